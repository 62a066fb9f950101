"""What stands of the assessment on pages of earlier features."""

from __future__ import annotations

from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.rules import phase_of_kind
from pb.projects.models import Project
from pb.proposals.content import Part, page_part
from pb.proposals.models import SHOWN, Proposal
from pb.valuations.queries import authors_of, valuation_of


@page_part(10)
def council_says(request: Request, process: Process, proposal: Proposal) -> Part | None:
    """What the council says to an idea: the decision when it is public, before that only to the
    authors; and while the assessment has not begun, nothing."""
    if proposal.state not in SHOWN:
        return None
    valuation = valuation_of(request.session, proposal.id)
    public = valuation is not None and valuation.state == "decided"
    person_id = request.actor.person_id
    mine = person_id is not None and person_id in {
        person.id for person in authors_of(request.session, proposal)
    }
    phase = phase_of_kind(process, "assessment")
    begun = phase is not None and phase.opens_at <= request.now
    if not (public or begun or (mine and valuation is not None)):
        return None
    project = (
        request.session.get(Project, valuation.project_id)
        if valuation is not None and public and valuation.project_id else None
    )
    seen = valuation if public or mine else None
    return Part("valuations/part.html", {"valuation": seen, "project": project, "mine": mine})
