"""Words that were flagged, and who flagged them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class FlaggedWord(Model):
    """A word that somebody did not understand: the one flag there is, wherever it was raised. It
    holds back every text of the jury in which the word stands. Once it has plain words in every
    language, it is one of the town's own words, and stands in the glossary."""

    __tablename__ = "jury_flagged_words"
    id: Mapped[int] = mapped_column(primary_key=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), index=True)
    folded: Mapped[str] = mapped_column(String(100))
    """The word as it is compared: without capitals."""
    word: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(2))
    names: Mapped[dict[str, str]]
    """The word by language, once it is plain."""
    plain: Mapped[dict[str, str]]
    """What it means, by language; while it is open, at most a beginning in one."""
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    """When it was put aside: it is no word that needs plain ones."""

    __table_args__ = (UniqueConstraint("jury_id", "folded"),)


class WordFlag(Model):
    """A juror flagged a word: once each. A word that who leads or whispers flagged has none."""

    __tablename__ = "jury_word_flags"
    word_id: Mapped[int] = mapped_column(ForeignKey("jury_flagged_words.id"), primary_key=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
