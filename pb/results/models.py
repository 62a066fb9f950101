"""Counts, what became of them, and objections against them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Count(Model):
    """One run of the count. ``state``: running, counted, provisional, final, withdrawn, failed."""

    __tablename__ = "counts"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    progress: Mapped[str] = mapped_column(String(40), default="")
    """The step that is under way, a code, while it runs."""
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    counted_at: Mapped[datetime | None]
    tally: Mapped[dict[str, Any]]
    second_count: Mapped[dict[str, Any]]
    comparison: Mapped[dict[str, Any]]
    turnout: Mapped[dict[str, Any]]
    """Frozen with the count: entitled and voted by area, votes by day."""
    input_digest: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of the canonical input, so that a recount can be seen to be of the same ballots."""
    published_at: Mapped[datetime | None]
    objections_until: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(2000), default="")

    __table_args__ = (UniqueConstraint("process_id", "number"),)


class Objection(Model):
    """An objection against a provisional result and its public answer."""

    __tablename__ = "objections"
    id: Mapped[int] = mapped_column(primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("counts.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(String(4000))
    made_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(4000), default="")
    answer_language: Mapped[str] = mapped_column(String(2), default="")
    upheld: Mapped[bool | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
