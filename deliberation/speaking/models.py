"""The switch, the turns while a session runs, and the sums that are left of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Speaking(Model):
    """Whether a jury times its turns. Without a row nothing is measured."""

    __tablename__ = "jury_speaking"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    on: Mapped[bool] = mapped_column("is_on", default=False)
    seconds: Mapped[int] = mapped_column(default=45)
    """How long a turn is."""
    invites: Mapped[bool] = mapped_column(default=False)
    """Whether who has been silent for long is invited, on their own phone alone."""


class Way(Model):
    """How a juror takes part: from elsewhere, or through an interpreter."""

    __tablename__ = "jury_ways"
    juror_id: Mapped[int] = mapped_column(
        ForeignKey("jurors.id", ondelete="CASCADE"), primary_key=True
    )
    remote: Mapped[bool] = mapped_column(default=False)
    interpreter: Mapped[str] = mapped_column(String(100), default="")
    """The interpreter's name; empty without one."""
    heard_at: Mapped[datetime | None]
    """When a remote juror's screen was last heard of."""


class Elsewhere(Model):
    """How a juror takes part in one session, where it is not as always: from elsewhere, or not."""

    __tablename__ = "jury_elsewhere"
    session_id: Mapped[int] = mapped_column(
        ForeignKey("jury_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    juror_id: Mapped[int] = mapped_column(
        ForeignKey("jurors.id", ondelete="CASCADE"), primary_key=True
    )
    remote: Mapped[bool]


class Turn(Model):
    """A request to speak, and the turn that came of it. Deleted when its session ends. One that
    ended without having begun lost its place: its juror was cut off for too long."""

    __tablename__ = "jury_turns"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"))
    table_number: Mapped[int]
    """The table's queue; 0 is the queue of all together."""
    seconds: Mapped[int]
    """How long this turn may be."""
    asked_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    """Since when its clock stands, for the interpreter."""
    paused_seconds: Mapped[int] = mapped_column(default=0)


class Nudge(Model):
    """An invitation to speak that a juror was shown: one in each part of a session at most."""

    __tablename__ = "jury_nudges"
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_items.id"), primary_key=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    at: Mapped[datetime]


class TalkTotal(Model):
    """What is left of a table's turns: sums, and nobody's own share."""

    __tablename__ = "jury_talk_totals"
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), primary_key=True)
    table_number: Mapped[int] = mapped_column(primary_key=True)
    turns: Mapped[int]
    seconds: Mapped[int]
    people: Mapped[int]
    balance: Mapped[str] = mapped_column(String(20))
    """The Gini coefficient of the seconds, as a fraction, for few people."""
    nudges: Mapped[int]
