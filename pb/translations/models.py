"""Translations: of each text that carries its language, who put it into the other one, and when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Translation(Model):
    """One text in one other language, as far as a translator has brought it.

    What nobody has begun has no row. A finished text also stands at its owner, where readers find
    it; a draft stands only here.
    """

    __tablename__ = "translations"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    """Whose text it is, as registered in ``subjects``."""
    subject_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(40))
    source_language: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(10))
    """draft, done or checked."""
    text: Mapped[str] = mapped_column(Text)
    source_digest: Mapped[str] = mapped_column(String(64))
    """Of the source as it was translated; another one now: the source has changed since."""
    translated_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    translator: Mapped[str] = mapped_column(String(200))
    """Their name as readers see it, kept as it was."""
    translated_at: Mapped[datetime]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    checked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    """Grows with each change, so that a second translator does not write over the first."""

    __table_args__ = (UniqueConstraint("kind", "subject_id", "field", "language"),)
