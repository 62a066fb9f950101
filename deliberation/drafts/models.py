"""Drafts of options with their versions, checks and objections; themes of notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.lines.models import LineCheck
from pb.core.database import Model


class OptionDraft(Model):
    """An option that a table drafts. ``number`` is its own in the jury and never given again."""

    __tablename__ = "jury_drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    number: Mapped[int]
    table_number: Mapped[int]
    """The table that writes; the others test."""
    state: Mapped[str] = mapped_column(String(20), default="draft")
    """draft, ready, asked (a vote chooses among those ready), chosen, not_chosen or aside."""
    version: Mapped[int] = mapped_column(default=0)
    sections: Mapped[dict[str, Any]]
    """``{"title": {...}, "text": {...}, "costs": [{"label": {...}, "amount": 5000}]}``"""
    why: Mapped[str] = mapped_column(String(500), default="")
    """Why it was set aside or opened again, if it was."""

    checks: Mapped[list[DraftCheck]] = relationship(
        order_by="DraftCheck.id", cascade="all, delete-orphan"
    )
    objections: Mapped[list[DraftObjection]] = relationship(
        order_by="DraftObjection.id", cascade="all, delete-orphan"
    )
    versions: Mapped[list[DraftVersion]] = relationship(
        order_by="DraftVersion.version", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("jury_id", "number"),)


class DraftVersion(Model):
    """What a draft said at one time, and who saved it. Nothing is overwritten."""

    __tablename__ = "jury_draft_versions"
    draft_id: Mapped[int] = mapped_column(ForeignKey("jury_drafts.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    sections: Mapped[dict[str, Any]]
    saved_by: Mapped[str] = mapped_column(String(200))
    """"table 2", or the facilitator's name."""
    saved_at: Mapped[datetime]


class DraftCheck(LineCheck, Model):
    """What another table says of one line of a draft."""

    __tablename__ = "jury_draft_checks"
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("jury_drafts.id"), index=True)


class DraftObjection(Model):
    """What another table holds against a draft, and what its own table answers."""

    __tablename__ = "jury_draft_objections"
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("jury_drafts.id"), index=True)
    version: Mapped[int]
    table_number: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(500), default="")
    answer_language: Mapped[str] = mapped_column(String(2), default="")
    answered_at: Mapped[datetime | None]


class Theme(Model):
    """A heading under which the jury puts what its tables wrote in a session."""

    __tablename__ = "jury_themes"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    name: Mapped[dict[str, str]]


class ThemeNote(Model):
    """Which theme a note belongs to; one at most."""

    __tablename__ = "jury_theme_notes"
    note_id: Mapped[int] = mapped_column(ForeignKey("jury_notes.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("jury_themes.id"), index=True)
