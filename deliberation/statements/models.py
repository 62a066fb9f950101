"""Statements with their versions, checks and replies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.lines.models import LineCheck
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

    checks: Mapped[list[StatementCheck]] = relationship(
        order_by="StatementCheck.id", cascade="all, delete-orphan"
    )
    replies: Mapped[list[FactReply]] = relationship(
        order_by="FactReply.id", cascade="all, delete-orphan"
    )
    notes: Mapped[list[StatementNote]] = relationship(
        order_by="StatementNote.id", cascade="all, delete-orphan"
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


class StatementNote(Model):
    """What two or more jurors say of the project who see it otherwise than the page. They stand
    as a number, not by name; the note is locked with the page."""

    __tablename__ = "jury_statement_notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("jury_statements.id"), index=True)
    table_number: Mapped[int | None]
    """The table whose screen wrote it; empty where who leads did."""
    text: Mapped[dict[str, str]]
    jurors: Mapped[int]
    written_at: Mapped[datetime]


class StatementCheck(LineCheck, Model):
    """What another table says of one line of a statement."""

    __tablename__ = "jury_line_checks"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("jury_statements.id"), index=True)


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


class ProcessLine(Model):
    """How the jury worked, in a few words: the same on every statement of it."""

    __tablename__ = "jury_process_lines"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    text: Mapped[dict[str, str]]
