"""Statements with their versions, checks, replies and words to be made plain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.core.database import Model


class Statement(Model):
    """A jury's page about one project. ``version`` grows with each save; 0 is nothing yet."""

    __tablename__ = "jury_statements"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), unique=True)
    project_number: Mapped[int]
    table_number: Mapped[int | None]
    """The table that writes; another one checks."""
    state: Mapped[str] = mapped_column(String(20), default="draft")
    """draft, checked or locked."""
    version: Mapped[int] = mapped_column(default=0)
    sections: Mapped[dict[str, Any]]
    jurors: Mapped[int] = mapped_column(default=0)
    """Of how many jurors the tallies are, once locked."""
    checked_at: Mapped[datetime | None]
    """When every line was first checked: from then on it is public and facts can be answered."""
    locked_at: Mapped[datetime | None]
    reopened: Mapped[str] = mapped_column(String(500), default="")
    """Why it was opened again after it had been locked, if it was."""

    checks: Mapped[list[LineCheck]] = relationship(
        order_by="LineCheck.id", cascade="all, delete-orphan"
    )
    replies: Mapped[list[FactReply]] = relationship(
        order_by="FactReply.id", cascade="all, delete-orphan"
    )
    flags: Mapped[list[JargonFlag]] = relationship(
        order_by="JargonFlag.id", cascade="all, delete-orphan"
    )


class StatementVersion(Model):
    """What a statement said at one time. Nothing is overwritten."""

    __tablename__ = "jury_statement_versions"
    statement_id: Mapped[int] = mapped_column(
        ForeignKey("jury_statements.id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    sections: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class LineCheck(Model):
    """What another table says of one line, in the version that it read."""

    __tablename__ = "jury_line_checks"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("jury_statements.id"), index=True)
    version: Mapped[int]
    line: Mapped[str] = mapped_column(String(20))
    colour: Mapped[str] = mapped_column(String(10))
    """red, amber or green."""
    comment: Mapped[str] = mapped_column(String(500), default="")
    table_number: Mapped[int]
    at: Mapped[datetime]


class FactReply(Model):
    """Somebody disputes a fact in a statement, and what the jury answers. Both are public."""

    __tablename__ = "jury_fact_replies"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("jury_statements.id"), index=True)
    side: Mapped[str] = mapped_column(String(20))
    """proposer, opponent or official."""
    name: Mapped[str] = mapped_column(String(200), default="")
    line: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(1000))
    source: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(10), default="")
    """keep or change; empty until the jury has answered."""
    reason: Mapped[dict[str, str]]
    answered_at: Mapped[datetime | None]


class JargonFlag(Model):
    """A word that somebody did not understand; resolved once plain words stand in its place."""

    __tablename__ = "jury_jargon_flags"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("jury_statements.id"), index=True)
    word: Mapped[str] = mapped_column(String(100))
    plain: Mapped[str] = mapped_column(String(300), default="")
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("statement_id", "word"),)


class ProcessLine(Model):
    """How the jury worked, in a few words: the same on every statement of it."""

    __tablename__ = "jury_process_lines"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    text: Mapped[dict[str, str]]
