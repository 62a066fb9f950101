"""Waves of surveys, their questions, and answers under a tag that is nobody's name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class SurveySet(Model):
    """A jury's own questions of the first and the last survey, in place of the shipped ones."""

    __tablename__ = "jury_survey_sets"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    items: Mapped[list[Any]]


class SurveyWave(Model):
    """One asking of one survey. ``items`` are its questions as they were asked; ``result`` is empty
    until it is closed and then holds sums alone, which stay whatever becomes of the answers."""

    __tablename__ = "jury_survey_waves"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"))
    kind: Mapped[str] = mapped_column(String(10))
    """exit, before, after or quality."""
    items: Mapped[list[Any]]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("jury_id", "kind", "session_id"),)


class SurveyAnswer(Model):
    """One person's answers, encrypted. ``tag`` is a keyed fingerprint: the same before and after,
    another one in every other wave, and nobody's name. No time: few answers in order tell whose."""

    __tablename__ = "jury_survey_answers"
    wave_id: Mapped[int] = mapped_column(ForeignKey("jury_survey_waves.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[str] = mapped_column(String(10), default="screen")
    """screen or paper."""
