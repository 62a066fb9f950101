"""The office's mails: what waits for a second official, what became of it, roles."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from pb.accounts.models import Act, Person
from pb.core.i18n import Reader
from pb.core.site import Site
from pb.notifications.jobs import mail_kind
from pb.office import act_words
from pb.processes.checks import lacks
from pb.processes.models import Process


def act_context(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """What the mails about an act that takes two say."""
    act = session.get_one(Act, arguments["act_id"])
    process = session.get_one(Process, act.process_id)

    def name_of(person_id: int | None) -> str:
        return session.get_one(Person, person_id).name if person_id else ""

    return {
        "name": arguments["name"], "act": reader.sentence(f"act.{act.kind}"),
        "process": reader.plain(process.name), "reason": act.reason,
        "asked_by": name_of(act.asked_by), "confirmed_by": name_of(act.confirmed_by),
        "declined_by": name_of(act.declined_by), "declined_reason": act.declined_reason,
        "url": f"{site.settings.base_url}/office/acts/{act.id}", "invented": process.invented,
    }


for _kind in ("act_waiting", "act_done", "act_declined"):
    mail_kind(_kind)(act_context)


def role_context(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """What the mails about a role given or taken say."""
    process_id = arguments["process_id"]
    process = session.get_one(Process, process_id) if process_id else None
    return {
        "name": arguments["name"], "role": arguments["role"],
        "process": reader.plain(process.name) if process else "",
        "url": f"{site.settings.base_url}/office",
        "invented": bool(process and process.invented),
    }


for _kind in ("role_given", "role_taken"):
    mail_kind(_kind)(role_context)


def phase_context(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """What the mails about a phase that did not open say. What is missing is read anew: it may
    have been put right since."""
    process = session.get_one(Process, arguments["process_id"])
    phase = next((one for one in process.phases if one.id == arguments["phase_id"]), None)
    name = reader.plain(phase.name) if phase else ""
    return {
        "name": arguments["name"], "process": reader.plain(process.name),
        "step": name or reader.say(act_words.PHASES[arguments["phase"]]),
        "when": reader.datetime(phase.opens_at, "day") if phase else "",
        "lacks": [
            reader.say(lack.words, **lack.parameters)
            for lack in lacks(session, process, arguments["phase"])
        ],
        "url": f"{site.settings.base_url}/office/processes/{process.slug}",
        "invented": process.invented,
    }


for _kind in ("phase_held", "phase_missed"):
    mail_kind(_kind)(phase_context)
