"""Claims; criteria with the ideas of the tables behind them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model

KINDS = ("fact", "estimate", "value")


class Claim(Model):
    """A sentence of the evidence that jurors weigh: a fact, an estimate or a value."""

    __tablename__ = "jury_claims"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("jury_rounds.id"))
    """The round in which it was weighed; empty until that is closed."""
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(2))
    source: Mapped[str] = mapped_column(String(500))
    """Where it comes from: who said it, or what it stands in."""
    table_number: Mapped[int | None]
    hidden_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("jury_id", "number"),)


class Criterion(Model):
    """What the jury judges by. ``label`` is its name in the vote with dots."""

    __tablename__ = "jury_criteria"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    name: Mapped[dict[str, str]]
    label: Mapped[str] = mapped_column(String(200), default="")
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("jury_polls.id"))


class CriterionIdea(Model):
    """What a table would judge by, out of what its jurors wrote for themselves."""

    __tablename__ = "jury_criterion_ideas"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"))
    table_number: Mapped[int | None]
    text: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("jury_criteria.id"))
