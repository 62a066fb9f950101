"""Reading flagged words: how many jurors flagged each, never who."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.notes.queries import wall_notes
from deliberation.plain.models import FlaggedWord, WordFlag
from deliberation.plain.rules import Piece, pieces, sentences_with, stands_in
from deliberation.sessions.models import JurySession
from pb.core.i18n import LANGUAGES

Said = tuple[str, str]
"""A language, and words in it."""
Texts = Callable[[Session, int], Iterable[Said]]
_READ_BY_ALL: list[Texts] = []


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


# -- where a word stands ---------------------------------------------------------------------


def read_by_all(function: Texts) -> Texts:
    """Register texts of a jury, by its id, that are meant for all in the end (drafts and statements
    too, never a private note): whoever explains a word is shown the sentences of them in which it
    stands. Later features add theirs."""
    _READ_BY_ALL.append(function)
    return function


def by_language(value: Mapping[str, Any]) -> Iterator[Said]:
    """A text that carries its languages, as (language, words)."""
    return ((one, value[one]) for one in LANGUAGES if value.get(one))


@read_by_all
def _on_the_wall(session: Session, jury_id: int) -> Iterator[Said]:
    """What stands, or stood, on the wall: the plain line, the lead's words, notes."""
    for one in session.scalars(
        select(JurySession).where(JurySession.jury_id == jury_id)
        .order_by(JurySession.number.desc())
    ):
        yield one.plain_language, one.plain_line
        yield one.broadcast_language, one.broadcast
        yield from ((note.language, note.text) for note in wall_notes(session, one.id))


def sentences_of(session: Session, word: FlaggedWord) -> list[Said]:
    """Where a flagged word stands, in texts that are meant for all."""
    return sentences_with(word.word, (
        said for texts in _READ_BY_ALL for said in texts(session, word.jury_id)))
