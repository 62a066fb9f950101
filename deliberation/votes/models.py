"""Polls of a jury, and the votes in them while they are open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model

KINDS = ("comfort", "consent", "ranked", "dots")


class Poll(Model):
    """One question to the jurors. ``result`` is empty until it is closed; then it holds sums and,
    for ranked votes, the count, never who said what."""

    __tablename__ = "jury_polls"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2), default="")
    """What its title, wording and options are written in; empty where each holds the words of
    every language side by side ("A / B")."""
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(String(4000), default="")
    """The wording that is voted on; with a second round the earlier one stays in its own poll."""
    options: Mapped[list[Any]]
    """What can be chosen, in order, for ranked votes and dots."""
    each: Mapped[int] = mapped_column(default=0)
    """Dots a juror has; for ranked votes how many options win."""
    project_number: Mapped[int | None]
    """A project on which jurors with an interest do not vote."""
    round: Mapped[int] = mapped_column(default=1)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("jury_polls.id"))
    """The first round, where this is the second after a repair."""
    lot_seed: Mapped[str] = mapped_column(String(64), default="")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]]


class PollKeying(Model):
    """The slips of a poll as one person read them, encrypted. Two people key every slip; at the
    close both readings must be the same, and then the rows are gone."""

    __tablename__ = "jury_poll_keyings"
    poll_id: Mapped[int] = mapped_column(ForeignKey("jury_polls.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    slips: Mapped[int]
    """How many: that much may be said while the poll is open."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    keyed_at: Mapped[datetime]


class PollVote(Model):
    """A juror's vote while the poll is open, encrypted. At the close the rows are gone."""

    __tablename__ = "jury_poll_votes"
    poll_id: Mapped[int] = mapped_column(ForeignKey("jury_polls.id"), primary_key=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
