"""Juries: what they are asked, what they were promised, and who sits on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.core.database import Model


class Jury(Model):
    """A panel at work in a process: its remit, the promise, its charter."""

    __tablename__ = "juries"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), unique=True)
    name: Mapped[dict[str, str]]
    remit: Mapped[dict[str, str]]
    """The question that the jury answers."""
    promise: Mapped[dict[str, str]]
    """What the commissioners promise to do with the answer."""
    commissioners: Mapped[str] = mapped_column(String(300), default="")
    reply_by: Mapped[date | None]
    """The day by which each recommendation is answered."""
    charter: Mapped[dict[str, str]]
    charter_version: Mapped[int] = mapped_column(default=0)
    """0 while there is none; grows with each change, and everybody accepts it anew."""
    charter_accepted: Mapped[int] = mapped_column(default=0)
    """The version that the facilitators have taken on; no session begins with a newer one."""
    conflict_name: Mapped[str] = mapped_column(String(200), default="")
    """Whom jurors can turn to, with how to reach them."""
    conflict_contact: Mapped[str] = mapped_column(String(200), default="")
    drawn: Mapped[dict[str, Any]]
    """The digest of the draw's record that the panel came from, or empty for a list of names."""
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    jurors: Mapped[list[Juror]] = relationship(
        order_by="Juror.number", cascade="all, delete-orphan"
    )


class Juror(Model):
    """One of a jury. ``number`` stands for the name wherever the public looks."""

    __tablename__ = "jurors"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    number: Mapped[int]
    pool_id: Mapped[str] = mapped_column(String(80), default="")
    """Their id in the draw's files."""
    name: Mapped[str] = mapped_column(String(200))
    reserve: Mapped[bool] = mapped_column(default=False)
    speaks: Mapped[str] = mapped_column(String(2), default="en")
    needs: Mapped[str] = mapped_column(String(1000), default="")
    """Access needs, for the facilitators alone."""
    traits: Mapped[dict[str, str]]
    accepted_charter: Mapped[int] = mapped_column(default=0)
    left_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("jury_id", "number"),)


class Interest(Model):
    """A juror who is too close to a project to judge it."""

    __tablename__ = "jury_interests"
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
    project_number: Mapped[int] = mapped_column(primary_key=True)
    why: Mapped[str] = mapped_column(String(500), default="")
    declared_at: Mapped[datetime]
