"""Reading reports and complaints: each complaint by those whom it is for, and nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.complaints.models import Complaint, NoteReport
from deliberation.notes.models import Note
from deliberation.sessions.models import JurySession
from pb.core.security import Secrets


@dataclass(frozen=True)
class Reported:
    """A report with its note, for the lead alone."""

    report: NoteReport
    note: Note


def reports_of(session: Session, session_id: int) -> list[Reported]:
    """A session's reports, those without a decision first."""
    rows = session.execute(
        select(NoteReport, Note).join(Note, Note.id == NoteReport.note_id)
        .where(NoteReport.session_id == session_id).order_by(NoteReport.id.desc())
    ).all()
    return sorted((Reported(*row) for row in rows), key=lambda one: bool(one.report.decision))


def waiting_reports(session: Session, session_id: int) -> int:
    """How many reports wait for the lead."""
    return sum(1 for one in reports_of(session, session_id) if not one.report.decision)


def to_report(session: Session, session_id: int, table: int | None) -> Sequence[Note]:
    """The notes of others that a juror can read: their table's, and those on the wall."""
    notes = session.scalars(
        select(Note)
        .where(Note.session_id == session_id, Note.visibility != "private",
               Note.hidden_at.is_(None))
        .order_by(Note.written_at.desc(), Note.id.desc())
    )
    return [one for one in notes if one.visibility == "wall" or (
        table is not None and one.table_number == table)]


@dataclass(frozen=True)
class ComplaintView:
    """A complaint opened for somebody who may read it."""

    complaint: Complaint
    text: str
    answer: str


def _opened(keys: Secrets, one: Complaint) -> ComplaintView:
    return ComplaintView(
        one, keys.reveal("complaint", one.sealed).decode(),
        keys.reveal("complaint", one.answer).decode() if one.answer else "",
    )


def complaints_of(
    session: Session, keys: Secrets, jury_id: int, *, about_facilitator: bool
) -> list[ComplaintView]:
    """A jury's complaints, open ones first; those about the facilitator only where asked for."""
    rows = session.scalars(
        select(Complaint).where(Complaint.jury_id == jury_id).order_by(Complaint.id.desc())
    )
    return sorted(
        (_opened(keys, one) for one in rows if about_facilitator or one.about != "facilitator"),
        key=lambda view: view.complaint.state == "settled",
    )


def own_complaints(session: Session, keys: Secrets, juror_id: int) -> list[ComplaintView]:
    """What a juror complained of, with what came of it."""
    return [
        _opened(keys, one) for one in session.scalars(
            select(Complaint).where(Complaint.juror_id == juror_id).order_by(Complaint.id.desc())
        )
    ]


@dataclass(frozen=True)
class Counts:
    """The public's figures: how many, never what."""

    reported: int
    kept_hidden: int
    shown_again: int
    complaints: int
    settled: int


def counts_of(session: Session, jury_id: int) -> Counts:
    decisions = Counter(
        session.scalars(
            select(NoteReport.decision)
            .join(JurySession, JurySession.id == NoteReport.session_id)
            .where(JurySession.jury_id == jury_id)
        )
    )
    states = Counter(
        session.scalars(select(Complaint.state).where(Complaint.jury_id == jury_id))
    )
    return Counts(decisions.total(), decisions["hidden"], decisions["shown"], states.total(),
                  states["settled"])
