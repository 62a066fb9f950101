"""Which words of a text can be flagged, and whether a word stands in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONG = 8
"""Letters from which a word is offered to be flagged with one tap; shorter ones are typed."""
SHOWN = 5
"""Sentences that show where a flagged word stands, at most."""
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+|\s*\n\s*")
_MARKS = re.compile(r"^(?:[>#*+-]+\s+)+|\*\*|__|`")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


def long_words(texts: Iterable[str], most: int = 24) -> list[str]:
    """The long words of some texts, each once, in their order."""
    found: dict[str, str] = {}
    for text in texts:
        for word in _WORD.findall(text):
            bare = word.strip("’'-")
            if len(bare) >= LONG:
                found.setdefault(bare.casefold(), bare)
    return list(found.values())[:most]


@dataclass(frozen=True)
class Piece:
    """A part of a text; ``word`` is what is flagged by tapping it, empty where it cannot be."""

    text: str
    word: str


def pieces(text: str) -> list[Piece]:
    """A text in parts: the words that can be flagged with one tap, and what lies between."""
    found, end = [], 0
    for match in _WORD.finditer(text):
        bare = match.group().strip("’'-")
        if len(bare) < LONG:
            continue
        start = match.start() + match.group().index(bare)
        found += [Piece(text[end:start], ""), Piece(bare, bare)]
        end = start + len(bare)
    return [one for one in (*found, Piece(text[end:], "")) if one.text]


def stands_in(word: str, text: str) -> bool:
    """Whether a word, or words, stand in a text as a whole."""
    return re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", text.casefold()) is not None


def sentences_with(word: str, texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The sentences in which a word stands, from (language, text): each once, with its language,
    without the marks of emphasis and lists; a few."""
    found: dict[tuple[str, str], None] = {}
    for language, text in texts:
        for part in _SENTENCE_ENDS.split(text):
            sentence = _MARKS.sub("", part).strip()
            if stands_in(word, sentence):
                found.setdefault((language, sentence))
    return list(found)[:SHOWN]
