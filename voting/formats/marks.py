"""Ranks as they stand in files, and columns that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from voting.ballots import Content, Marks, Ranking

Rank = tuple[str, ...] | None
"""The options at one rank; empty: skipped; None: an overvote of unnamed options."""

SKIPPED = {"", "skipped", "undervote", "blank"}
OVERVOTE = {"overvote", "overvoted"}

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
RANK_COLUMN = re.compile(
    r"""(?ix) ^\s*(\d+)\s*$                                          # 3
      | \b(?:rank|ranking|choice|preference|pref)[\W_]*(\d+)\b       # rank3, Choice 3 (55)
      | \b(\d+)\s*(?:st|nd|rd|th)\b                                  # 3rd choice, mayor
      | ^\s*(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b
    """
)
NUMBER_COLUMN = {"count", "ballots", "number", "weight", "votes"}
"""Headings of a column that says how many equal ballots a row stands for."""


def content_of(ranks: Iterable[Rank]) -> Content:
    """A ranking where the marks are one, else the marks."""
    ranks = list(ranks)
    while ranks and ranks[-1] == ():
        ranks.pop()
    options = [rank[0] for rank in ranks if rank is not None and len(rank) == 1]
    if len(options) == len(ranks) == len(set(options)):
        return Ranking(tuple(options))
    return Marks(tuple(ranks))


def rank_of(cell: str) -> Rank:
    """What a cell of a rank's column says: an option, skipped, or an overvote."""
    text = cell.strip()
    if text.lower() in SKIPPED:
        return ()
    return None if text.lower() in OVERVOTE else (text,)


def rank_columns(headings: Sequence[str]) -> list[int]:
    """The columns that hold ranks 1, 2, 3 ... by their headings; none if they are not such."""
    found: dict[int, int] = {}
    for column, heading in enumerate(headings):
        match = RANK_COLUMN.search(heading.strip().replace("_", " "))
        if match:
            said = match[match.lastindex or 0].lower()
            rank = ORDINALS.index(said) + 1 if said in ORDINALS else int(said)
            if rank in found:
                return []
            found[rank] = column
    if sorted(found) != list(range(1, len(found) + 1)):
        return []
    return [found[rank] for rank in sorted(found)]


def number_column(headings: Sequence[str]) -> int | None:
    """The column that says how many ballots a row stands for, if there is one."""
    for column, heading in enumerate(headings):
        if heading.strip().lower() in NUMBER_COLUMN:
            return column
    return None


def natural(options: Iterable[str]) -> list[str]:
    """Options in an order that does not hang on the ballots: by number, then by name."""
    return sorted(options, key=lambda o: (0, int(o), o) if o.isdecimal() else (1, 0, o))
