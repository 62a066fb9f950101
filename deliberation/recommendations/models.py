"""Recommendations with their minority notes, replies and the jurors' ratings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.core.database import Model


class Recommendation(Model):
    """One numbered text of a jury. Once published its words stay."""

    __tablename__ = "jury_recommendations"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    number: Mapped[int]
    text: Mapped[dict[str, str]]
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("jury_polls.id"))
    """The vote that carried it, or that did not."""
    published_at: Mapped[datetime | None]
    official_status: Mapped[str] = mapped_column(String(20), default="")
    """What the authority says has come of it: not_begun, begun or done."""
    official_status_at: Mapped[datetime | None]

    notes: Mapped[list[MinorityNote]] = relationship(
        order_by="MinorityNote.id", cascade="all, delete-orphan"
    )
    replies: Mapped[list[Reply]] = relationship(
        order_by="Reply.id", cascade="all, delete-orphan"
    )
    ratings: Mapped[list[Rating]] = relationship(cascade="all, delete-orphan")

    __table_args__ = (UniqueConstraint("jury_id", "number"),)


class MinorityNote(Model):
    """What two or more jurors say who see it otherwise. They stand as a number, not by name."""

    __tablename__ = "jury_minority_notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("jury_recommendations.id"), index=True
    )
    text: Mapped[dict[str, str]]
    jurors: Mapped[int]


class Reply(Model):
    """The authority's answer. A later one stands above the earlier ones and hides none."""

    __tablename__ = "jury_replies"
    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("jury_recommendations.id"), index=True
    )
    verdict: Mapped[str] = mapped_column(String(10))
    """accept, part or reject."""
    reason: Mapped[dict[str, str]]
    owner: Mapped[str] = mapped_column(String(200))
    """Who sees to it."""
    at: Mapped[datetime]


class Rating(Model):
    """What one juror says of the reply; shown only as sums, from five answers on."""

    __tablename__ = "jury_ratings"
    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("jury_recommendations.id"), primary_key=True
    )
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
    score: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    """What the juror sees has come of it: not_begun, begun or done."""
