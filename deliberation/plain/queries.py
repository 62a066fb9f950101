"""Reading flagged words: how many jurors flagged each, never who."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.plain.models import FlaggedWord, WordFlag
from deliberation.plain.rules import Piece, pieces, stands_in


@dataclass(frozen=True)
class WordView:
    """A flagged word with how many jurors flagged it."""

    word: FlaggedWord
    jurors: int

    @property
    def open(self) -> bool:
        return self.word.resolved_at is None


def words_of(session: Session, jury_id: int) -> list[WordView]:
    """The words of a jury that were not put aside: the open ones first, the most flagged first."""
    rows = session.execute(
        select(FlaggedWord, func.count(WordFlag.juror_id))
        .outerjoin(WordFlag, WordFlag.word_id == FlaggedWord.id)
        .where(FlaggedWord.jury_id == jury_id, FlaggedWord.dropped_at.is_(None))
        .group_by(FlaggedWord.id).order_by(FlaggedWord.id)
    )
    return sorted((WordView(word, number) for word, number in rows),
                  key=lambda one: (not one.open, -one.jurors))


def standing(views: Iterable[WordView], texts: Iterable[str]) -> list[WordView]:
    """Those of some words that stand in some texts."""
    said = list(texts)
    return [one for one in views if any(stands_in(one.word.word, text) for text in said)]


def open_words_in(session: Session, jury_id: int, texts: Iterable[str]) -> list[str]:
    """The open words that stand in some texts: these cannot be the last word on anything."""
    return [one.word.word for one in standing(words_of(session, jury_id), texts) if one.open]


@dataclass(frozen=True)
class Taps:
    """What a juror's screen needs so that the words of a line can be flagged by tapping them."""

    may: bool
    open: frozenset[str]
    """The words that wait for plain ones, without capitals."""
    mine: frozenset[str]

    @staticmethod
    def pieces(text: str) -> list[Piece]:
        return pieces(text)


def taps_of(session: Session, jury_id: int, juror_id: int, *, may: bool) -> Taps:
    """The open words of a jury, and which of them this juror flagged."""
    views, mine = words_of(session, jury_id), flagged_by(session, juror_id)
    return Taps(may, frozenset(one.word.folded for one in views if one.open),
                frozenset(one.word.folded for one in views if one.word.id in mine))


def flagged_by(session: Session, juror_id: int) -> set[int]:
    """The words that a juror flagged, for their own screen."""
    return set(session.scalars(select(WordFlag.word_id).where(WordFlag.juror_id == juror_id)))


def town_words(session: Session) -> list[FlaggedWord]:
    """Every word that has been made plain: the town's part of the glossary."""
    return list(session.scalars(
        select(FlaggedWord)
        .where(FlaggedWord.resolved_at.is_not(None), FlaggedWord.dropped_at.is_(None))
        .order_by(FlaggedWord.id)
    ))
