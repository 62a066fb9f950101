"""Commands on reports and complaints. Those of jurors leave no row in the log: who complained is
for those alone whom the complaint is for."""

from __future__ import annotations

from sqlalchemy import select

from deliberation.complaints.models import ABOUT, Complaint, NoteReport
from deliberation.notes.models import Note
from deliberation.notes.services import put_out_of_sight
from deliberation.panels.services import process_of_jury
from deliberation.sessions.services import the_session, topic
from pb.access.permissions import Permission
from pb.access.policy import CONFLICT_OFFICER, FACILITATOR, can, require
from pb.accounts.models import Person
from pb.accounts.queries import people_with
from pb.core import live
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.work import Work, command
from pb.notifications.services import tell
from pb.processes.models import Process

LONGEST = 2000
MOST_OPEN = 5
"""Complaints of one juror that are not settled yet."""


@command(audited=False)
def report_note(work: Work, session_id: int, table: int | None, note_id: int, why: str) -> None:
    """A juror reports a note that they can read: it is out of sight at once, on every screen.

    One that the lead has decided to show stays where it is, and the lead is told again.
    Errors: NotFound.
    """
    process, jury, session = the_session(work, session_id)
    require(work, Permission.REPORT_NOTE, process)
    note = work.session.get(Note, note_id)
    readable = note is not None and note.session_id == session.id and (
        note.visibility == "wall" or (note.visibility == "table" and note.table_number == table)
    )
    if note is None or not readable or note.hidden_at is not None:
        raise NotFound("note.unknown")
    decided = work.session.scalar(
        select(NoteReport.id).where(NoteReport.note_id == note_id, NoteReport.decision == "shown")
    )
    waiting = work.session.scalar(
        select(NoteReport.id).where(NoteReport.note_id == note_id, NoteReport.decision == "")
    )
    if waiting is None:
        work.session.add(NoteReport(jury_id=jury.id, session_id=session_id, note_id=note_id,
                                    why=why[:300], at=work.now))
    if decided is None:
        put_out_of_sight(work, note, True)
    live.touch(work, topic(session_id))


@command()
def decide_report(work: Work, session_id: int, report_id: int, shown: bool, reason: str) -> None:
    """The lead keeps a reported note out of sight, or shows it again, with a reason."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    report = work.session.get(NoteReport, report_id)
    if report is None or report.session_id != session_id:
        raise NotFound("report.unknown")
    if report.decision:
        raise Conflict("report.decided")
    if not reason:
        raise Invalid("report.reason")
    report.decision, report.reason = "shown" if shown else "hidden", reason
    report.decided_at = work.now
    note = work.session.get_one(Note, report.note_id)
    put_out_of_sight(work, note, not shown)
    live.touch(work, topic(session_id))
    work.about("note", note.id, scope=process.id, shown=shown, reason=reason)


@command(audited=False)
def complain(work: Work, jury_id: int, juror_id: int, about: str, text: str) -> int:
    """A juror complains; the complaint's id. Errors: Invalid, Conflict."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.COMPLAIN, process)
    if all(one.id != juror_id for one in jury.jurors):
        raise NotFound("juror.unknown")
    if about not in ABOUT:
        raise Invalid("complaint.about", field="about")
    words = text.strip()
    if not 0 < len(words) <= LONGEST:
        raise Invalid("complaint.text", field="text", most=LONGEST)
    mine = work.session.scalars(
        select(Complaint.id).where(Complaint.juror_id == juror_id, Complaint.state != "settled")
    ).all()
    if len(mine) >= MOST_OPEN:
        raise Conflict("complaint.enough", most=MOST_OPEN)
    made = Complaint(jury_id=jury.id, juror_id=juror_id, about=about, at=work.now, state="open",
                     sealed=work.site.secrets.hide("complaint", words.encode()))
    work.session.add(made)
    work.session.flush()
    for person in _readers(work, process, about):
        tell(work, "complaint_made", email=person.email or "", language=person.language,
             person_id=person.id, jury_id=jury.id)
    return made.id


def _readers(work: Work, process: Process, about: str) -> list[Person]:
    """Who is told that a complaint came: those who may read it."""
    leads = people_with(work.session, process.id, {FACILITATOR})
    officers = people_with(work.session, process.id, {CONFLICT_OFFICER})
    if about == "facilitator":
        led_by = {one.id for one in leads}
        return [one for one in officers if one.id not in led_by]
    return [*{one.id: one for one in (*officers, *leads)}.values()]


def reads_all(leads: bool, officer: bool) -> bool:
    """Whether somebody reads also what is about the facilitator. Who leads the jury does not,
    whatever other role they hold."""
    return officer and not leads


def _readable(work: Work, process: Process, complaint_id: int) -> Complaint:
    found = work.session.get(Complaint, complaint_id)
    if found is None:
        raise NotFound("complaint.unknown")
    leads, officer = (
        can(work.actor, one, process, work.now)
        for one in (Permission.RUN_SESSION, Permission.READ_ALL_COMPLAINTS)
    )
    if found.about == "facilitator" and not reads_all(leads, officer):
        raise NotAllowed("access.not_you")
    return found


@command()
def handle(work: Work, jury_id: int, complaint_id: int, state: str, answer: str) -> None:
    """Take a complaint in hand, or settle it and tell the juror what came of it.

    The log says that it was handled, never what it was. Errors: Invalid, Conflict, NotAllowed.
    """
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.READ_COMPLAINTS, process)
    found = _readable(work, process, complaint_id)
    if found.jury_id != jury.id:
        raise NotFound("complaint.unknown")
    if found.state == "settled":
        raise Conflict("complaint.settled")
    if state not in ("looking", "settled"):
        raise Invalid("complaint.state")
    if state == "settled" and not answer:
        raise Invalid("complaint.answer")
    found.state = state
    if answer:
        found.answer = work.site.secrets.hide("complaint", answer[:LONGEST].encode())
    found.settled_at = work.now if state == "settled" else None
    work.about("complaint", found.id, scope=process.id, state=state)
