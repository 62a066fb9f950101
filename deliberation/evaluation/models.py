"""What a jury is compared with, its published evaluation, exports, and the organiser's words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Census(Model):
    """The town that a jury should be like, and its pool as numbers of people, never as people."""

    __tablename__ = "jury_census"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(300), default="")
    shares: Mapped[dict[str, Any]]
    """By trait: ``[[value, people], ...]``, as the census or the targets count them."""
    pool: Mapped[dict[str, Any]]
    """By trait: people by value, with those who did not answer under "". Empty without a pool."""
    pool_people: Mapped[int] = mapped_column(default=0)
    pool_sha256: Mapped[str] = mapped_column(String(64), default="")
    set_at: Mapped[datetime]


class Evaluation(Model):
    """The evaluation as it was published: figures with the names of their formulas."""

    __tablename__ = "jury_evaluations"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    version: Mapped[int]
    figures: Mapped[list[Any]]
    published_at: Mapped[datetime]


class Export(Model):
    """One issue of the evaluator's files. ``content`` goes when a later issue takes its place; its
    hash and the reason stay in public."""

    __tablename__ = "jury_exports"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(20))
    """first, renewed or withdrawn."""
    sha256: Mapped[str] = mapped_column(String(64))
    files: Mapped[dict[str, Any]]
    """Name to hash, as the manifest in it says."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("jury_id", "number"),)


class Withdrawal(Model):
    """That a juror withdrew their consent, and on which day. No more is kept of them."""

    __tablename__ = "jury_withdrawals"
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
    day: Mapped[date]


class PrincipleWords(Model):
    """The organiser's own sentence about one of the eleven principles."""

    __tablename__ = "jury_principle_words"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    principle: Mapped[str] = mapped_column(String(30), primary_key=True)
    text: Mapped[dict[str, str]]
