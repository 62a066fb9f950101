"""The mails of the assessment: to authors, and back to the officer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from pb.accounts.models import Person
from pb.core.i18n import Reader
from pb.core.site import Site
from pb.core.work import Work
from pb.notifications.jobs import mail_kind
from pb.notifications.services import tell
from pb.processes.models import Process
from pb.projects.models import Project
from pb.proposals.models import Proposal
from pb.valuations.models import Valuation

KINDS = ("valuation_refusal", "valuation_decided", "valuation_answered", "valuation_reopened")


def tell_all(work: Work, kind: str, people: Iterable[Person], valuation: Valuation) -> None:
    """Leave a mail for each, in their own language. Who has no address finds it on the page."""
    for person in people:
        if person.email:
            tell(work, kind, email=person.email, language=person.language, person_id=person.id,
                 valuation_id=valuation.id, name=person.name)


def _context(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    valuation = session.get_one(Valuation, arguments["valuation_id"])
    proposal = session.get_one(Proposal, valuation.proposal_id)
    process = session.get_one(Process, valuation.process_id)
    project = session.get(Project, valuation.project_id) if valuation.project_id else None
    base = f"{site.settings.base_url}/processes/{process.slug}"
    office = f"{site.settings.base_url}/office/processes/{process.slug}"
    return {
        "name": arguments["name"], "valuation": valuation, "proposal": proposal,
        "process": process, "project": project,
        "answer_link": f"{base}/ideas/{proposal.number}/decision",
        "proposal_link": f"{base}/ideas/{proposal.number}",
        "project_link": f"{base}/projects/{project.number}" if project else "",
        "office_link": f"{office}/assessment/{proposal.number}",
        "invented": process.invented,
    }


for _kind in KINDS:
    mail_kind(_kind)(_context)
