"""Items of evidence, the note on the balance of time, and questions to witnesses."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model

STANCES = ("background", "for", "care", "own")
"""Background; reasons for; reasons for care; the process's own words."""
GIVEN = ("planned", "live", "recorded", "written", "missing")
"""How it reached the jury. ``recorded``: a recorded statement stood in for the witness."""


class EvidenceItem(Model):
    """One thing that the jury hears or reads. ``number`` is its own in the jury, and stays."""

    __tablename__ = "jury_evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    number: Mapped[int]
    title: Mapped[dict[str, str]]
    witness: Mapped[str] = mapped_column(String(200), default="")
    """Who gives it; a witness's screen knows its slots by this name."""
    stance: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int]
    """Planned; 0 for what is only read."""
    heard: Mapped[int | None]
    """Minutes that it really took; empty until it was heard."""
    given: Mapped[str] = mapped_column(String(20), default="planned")
    text: Mapped[dict[str, str]]
    link: Mapped[str] = mapped_column(String(500), default="")
    alt: Mapped[dict[str, str]]
    """What the file behind the link says or shows, for who cannot open or see it."""
    recorded: Mapped[dict[str, str]]
    """What was put in the witness's place, and why, where that was so."""
    project_number: Mapped[int | None]
    session_number: Mapped[int | None]
    slot_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(String(500), default="")
    changed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("jury_id", "number"),)


class LedgerNote(Model):
    """Why the two sides did not have equal time, in the facilitator's words."""

    __tablename__ = "jury_ledger_notes"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    text: Mapped[dict[str, str]]
    longer: Mapped[int]
    shorter: Mapped[int]
    """The sides' minutes that the note speaks of; when they change, it is written anew."""
    at: Mapped[datetime]


class Question(Model):
    """What a juror wants to know. Nobody's name is on it: not who wrote it, nor who wants it."""

    __tablename__ = "jury_questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"))
    number: Mapped[int]
    witness: Mapped[str] = mapped_column(String(200), default="")
    """Whom it is for; empty: whoever knows."""
    text: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(2))
    source: Mapped[str] = mapped_column(String(10), default="screen")
    """screen, or paper."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    """open (jurors are still choosing), kept, left or hidden."""
    wanted: Mapped[int] = mapped_column(default=0)
    """How many jurors want it, once the choice is closed."""
    gap: Mapped[int] = mapped_column(default=0)
    """How many jurors it would have spoken for who have none of theirs on the slate."""
    sent_at: Mapped[datetime | None]
    due: Mapped[date | None]
    answer: Mapped[str] = mapped_column(String(3000), default="")
    answer_language: Mapped[str] = mapped_column(String(2), default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (UniqueConstraint("jury_id", "number"),)
