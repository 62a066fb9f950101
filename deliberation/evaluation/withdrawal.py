"""A juror withdraws their consent: what is about them goes, what was sealed into sums stays."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from deliberation.evaluation.models import Withdrawal
from deliberation.evaluation.queries import exports_of
from deliberation.evaluation.services import new_issue
from deliberation.honoraria.services import forget_payments
from deliberation.notes.models import Note, NoteEdit
from deliberation.panels.models import Interest, Juror, Jury
from deliberation.panels.services import process_of_jury
from deliberation.plain.models import WordFlag
from deliberation.recommendations.models import Rating
from deliberation.sessions.models import JurySession, RoomPass
from deliberation.sessions.services import topic
from deliberation.speaking.models import Nudge, Turn, Way
from deliberation.surveys.services import forget_answers
from deliberation.votes.models import PollVote
from deliberation.weighing.models import Mark
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.errors import Conflict, NotFound
from pb.core.pictures import settle_picture
from pb.core.work import Work, command
from pb.processes.models import Process


def _juror(work: Work, jury: Jury, juror_id: int) -> Juror:
    found = next((one for one in jury.jurors if one.id == juror_id), None)
    if found is None:
        raise NotFound("juror.unknown")
    if work.session.get(Withdrawal, juror_id) is not None:
        raise Conflict("juror.withdrawn")
    return found


@command()
def withdraw_for(work: Work, jury_id: int, juror_id: int) -> None:
    """The office does it because a juror asked for it. It cannot be undone. Errors: Conflict."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    _withdraw(work, process, jury, _juror(work, jury, juror_id))


@command()
def withdraw(work: Work, juror_id: int) -> None:
    """A juror does it on their own screen. It cannot be undone. Errors: Conflict."""
    juror = work.session.get_one(Juror, juror_id)
    process, jury = process_of_jury(work, juror.jury_id)
    require(work, Permission.ACT_AS_JUROR, process)
    _withdraw(work, process, jury, _juror(work, jury, juror_id))


def _withdraw(work: Work, process: Process, jury: Jury, juror: Juror) -> None:
    """Name, contact, needs, traits, notes and single answers go; the number stays in seats and
    sums. The evaluator's files are issued again, and their page says why."""
    work.session.add(Withdrawal(juror_id=juror.id, day=work.now.date()))
    juror.left_at = juror.left_at or work.now
    juror.name, juror.needs, juror.pool_id, juror.traits = "", "", "", {}
    forget_answers(work, process, jury, juror)
    forget_payments(work, juror)
    session = work.session
    notes, photos = [], set()
    for note_id, photo in session.execute(
        select(Note.id, Note.photo).where(Note.juror_id == juror.id)
    ):
        notes.append(note_id)
        photos.add(photo)
    session.execute(update(Note).where(Note.id.in_(notes)).values(
        text="", sealed=None, entered_by="", photo="", photo_alt="", hidden_at=work.now))
    for key in photos - {""}:
        work.later(settle_picture, key=key)
    session.execute(delete(NoteEdit).where(NoteEdit.note_id.in_(notes)))
    session.execute(update(Interest).where(Interest.juror_id == juror.id).values(why=""))
    session.execute(delete(Rating).where(Rating.juror_id == juror.id))
    for kept in (Way, Turn, Nudge, WordFlag):
        session.execute(delete(kept).where(kept.juror_id == juror.id))
    # A vote that is not closed yet is no sum: it goes with its juror.
    for sealed in (PollVote, Mark):
        session.execute(delete(sealed).where(sealed.juror_id == juror.id))
    session.execute(update(RoomPass).where(RoomPass.juror_id == juror.id,
                                           RoomPass.ended_at.is_(None))
                    .values(ended_at=work.now))
    session.flush()
    session.expire_all()
    if exports_of(session, jury.id):
        new_issue(work, process, jury, "withdrawn")
    for session_id in session.scalars(
        select(JurySession.id).where(JurySession.jury_id == jury.id)
    ):
        live.touch(work, topic(session_id))
    work.about("juror", juror.id, scope=process.id, withdrew=True)
