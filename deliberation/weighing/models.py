"""Rounds of private marks, and the marks while a round is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Round(Model):
    """A time in which jurors mark things in private. ``result`` is empty until it is closed; then
    it holds sums, never who said what."""

    __tablename__ = "jury_rounds"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """questions, claims or project."""
    table_number: Mapped[int | None]
    """A table's own round; None is everybody's."""
    project_number: Mapped[int | None]
    """The project that is rated; who is too close to it does not."""
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]]


class Mark(Model):
    """All that a juror marks in an open round, encrypted. At the close the rows are gone."""

    __tablename__ = "jury_round_marks"
    round_id: Mapped[int] = mapped_column(ForeignKey("jury_rounds.id"), primary_key=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
