"""How a jury decides about the ballot, declared in public before it does, and what it chose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model

KINDS = ("options", "ranked", "consent")
"""The jury's own options by a ranked vote; projects by a ranked vote; projects by consent."""


class BallotChoice(Model):
    """What a jury may choose for the ballot, and what it chose. One a jury."""

    __tablename__ = "jury_choices"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    seats: Mapped[int]
    """How many options or projects a ranked vote chooses; 0 with consent."""
    session_number: Mapped[int]
    """The session in which the jury decides. It is declared before this begins."""
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    """Which budget the options are paid from."""
    reason: Mapped[dict[str, str]]
    """Why the ballot is made so, in public; with a shortlist it stands on projects left off."""
    declared_at: Mapped[datetime]
    options: Mapped[dict[str, Any]]
    """In a ranked vote: the option's words to the draft's or project's number."""
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("jury_polls.id"))
    chosen: Mapped[list[Any]]
    """Numbers of drafts or projects, in the order in which they were chosen."""
    decided_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    """When two officials had put it on the ballot."""

    @property
    def of_projects(self) -> bool:
        return self.kind != "options"


class JuryProject(Model):
    """A project that a jury wrote, and the draft that it comes from."""

    __tablename__ = "jury_projects"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    draft_id: Mapped[int] = mapped_column(ForeignKey("jury_drafts.id"), unique=True)
