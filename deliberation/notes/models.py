"""Notes, and edits that met."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Note(Model):
    """A thought on a note. ``client_id`` is made by the device that wrote it, so that a note sent
    twice is there once; a private one is kept encrypted and its text column stays empty."""

    __tablename__ = "jury_notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_items.id"))
    """What was running when it was written, by the device's time."""
    table_number: Mapped[int | None]
    juror_id: Mapped[int | None] = mapped_column(ForeignKey("jurors.id"))
    client_id: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(2000), default="")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(2), default="en")
    visibility: Mapped[str] = mapped_column(String(10))
    """private (its juror alone), table, or wall."""
    source: Mapped[str] = mapped_column(String(10), default="screen")
    """screen, paper or assisted."""
    entered_by: Mapped[str] = mapped_column(String(200), default="")
    entered_person: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who typed it in from paper; somebody else confirms it."""
    confirmed_at: Mapped[datetime | None]
    """When its juror, or a second person who held the paper, said that this is what it says."""
    confirmed_by: Mapped[str] = mapped_column(String(200), default="")
    """Empty where its juror confirmed it on their own screen."""
    refused_at: Mapped[datetime | None]
    """When its juror said that this is not what they wrote; it is out of sight from then on."""
    photo: Mapped[str] = mapped_column(String(60), default="")
    """A key of the storage; the file was written afresh, without where or when."""
    photo_alt: Mapped[str] = mapped_column(String(300), default="")
    written_at: Mapped[datetime]
    received_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    hidden_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("session_id", "client_id"),)


class NoteEdit(Model):
    """An edit that met another one of the same version: both stand until the table chooses."""

    __tablename__ = "jury_note_edits"
    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("jury_notes.id"), index=True)
    client_id: Mapped[str] = mapped_column(String(40), unique=True)
    text: Mapped[str] = mapped_column(String(2000))
    written_at: Mapped[datetime]
    waiting: Mapped[bool] = mapped_column(default=True)
