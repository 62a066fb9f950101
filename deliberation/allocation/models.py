"""The tables of projects, and who took whose seat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Allocation(Model):
    """Where one project is tested and checked; ``seed`` is the same for all of a jury."""

    __tablename__ = "jury_allocations"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    project_number: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int]
    session_number: Mapped[int]
    tests: Mapped[int]
    checks: Mapped[int]
    seed: Mapped[str] = mapped_column(String(64))


class Substitution(Model):
    """A reserve who was drawn for the seat of a juror who did not come."""

    __tablename__ = "jury_substitutions"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    away_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"))
    reserve_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"))
    among: Mapped[list[Any]]
    """The numbers of the reserves among whom the lot was drawn: with the seed it can be drawn
    again by anybody."""
    seed: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
