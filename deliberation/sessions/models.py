"""Sessions, their agendas, tables and seats, and the passes by which screens come in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.core.database import Model

ROLES = ("juror", "table", "wall", "witness", "observer", "official", "whisperer", "evaluator",
         "steward")
"""What a screen can be, besides the facilitator's own, who signs in."""


class JurySession(Model):
    """One meeting of a jury. ``version`` grows with each step, so that one press counts once."""

    __tablename__ = "jury_sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    number: Mapped[int]
    title: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]
    ends_by: Mapped[datetime]
    tables: Mapped[int]
    grace_minutes: Mapped[int] = mapped_column(default=45)
    """How long after the start the seat of a juror who is late is kept."""
    state: Mapped[str] = mapped_column(String(20), default="planned")
    """planned, running or ended."""
    version: Mapped[int] = mapped_column(default=0)
    broadcast: Mapped[str] = mapped_column(String(300), default="")
    broadcast_language: Mapped[str] = mapped_column(String(2), default="en")
    plain_line: Mapped[str] = mapped_column(String(300), default="")
    """What is being said, in plain words: the whisperer's line on the wall."""
    plain_language: Mapped[str] = mapped_column(String(2), default="en")

    items: Mapped[list[AgendaItem]] = relationship(
        order_by="AgendaItem.position", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("jury_id", "number"),)


class AgendaItem(Model):
    """One part of a session. It runs from ``started_at``; ``ends_at`` is where its clock ends."""

    __tablename__ = "agenda_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int]
    title: Mapped[dict[str, str]]
    prompt: Mapped[dict[str, str]]
    steps: Mapped[list[Any]]
    """``[{"minutes": 2, "title": {...}}, ...]``: what a table goes through by itself."""
    out: Mapped[str] = mapped_column(String(40), default="")
    droppable: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]


class Move(Model):
    """A step of the lead facilitator, with what it changed, so that it can be undone."""

    __tablename__ = "session_moves"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    """start, next, extend, table, drop, minutes, add or undo."""
    before: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]


class Table(Model):
    """A small group in one session, as its facilitator's screen sees it."""

    __tablename__ = "jury_tables"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    number: Mapped[int]
    facilitator: Mapped[str] = mapped_column(String(200), default="")
    step: Mapped[int] = mapped_column(default=0)
    """Which of the running item's steps the table is at."""
    ends_at: Mapped[datetime | None]
    """When the running part ends for this table, where it alone was given more time."""
    help_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("session_id", "number"),)


class Seat(Model):
    """Who sits at which table in a session; ``pinned`` seats stay when seats are made anew."""

    __tablename__ = "jury_seats"
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), primary_key=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
    table_number: Mapped[int]
    """0 for a reserve who has come and waits."""
    pinned: Mapped[bool] = mapped_column(default=False)
    came_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]


class RoomPass(Model):
    """What lets a screen in: a code of six letters, for a juror, a table or a task.

    ``nonce`` is in the device's cookie; a code typed on another device changes it, and the old
    one can only look from then on.
    """

    __tablename__ = "room_passes"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    juror_id: Mapped[int | None] = mapped_column(ForeignKey("jurors.id"))
    table_number: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(200), default="")
    tag: Mapped[str] = mapped_column(String(64), unique=True)
    nonce: Mapped[str] = mapped_column(String(32), default="")
    ended_at: Mapped[datetime | None]
