"""Reports of notes, and complaints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model

ABOUT = ("remark", "facilitator", "other")


class NoteReport(Model):
    """A juror finds a note abusive: it is out of sight until the lead has decided, with a reason.

    Who reported is nowhere written down."""

    __tablename__ = "jury_note_reports"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("jury_notes.id"), index=True)
    why: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(10), default="")
    """hidden or shown; empty until the lead has decided."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    decided_at: Mapped[datetime | None]


class Complaint(Model):
    """What a juror complains of, encrypted. One about the facilitator is read by the person for
    complaints alone; the others by the facilitator too."""

    __tablename__ = "jury_complaints"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"))
    about: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    """open, looking (somebody has it in hand) or settled."""
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What came of it, encrypted: for the juror who complained."""
    settled_at: Mapped[datetime | None]
