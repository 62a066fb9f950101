"""Ballot papers in piles, one a candidate, as a returning officer holds them.

A pile is parcels: papers received at one value lie together. Equal ballots are one paper
with a number. The arithmetic is the rule's: a value is whatever ``deal`` was given and
``move`` was told to make of it (integers in hundred-thousandths, fractions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from voting.ballots import Content
from voting.contest import Contest
from voting.methods._ledger import NOBODY

Number = int | Fraction


ENDS = ("exhausted", "overvote", "skipped", "repeated")
"""Why a paper is for nobody any more. In transfers the targets are NOBODY, NOBODY - 1, ..."""


def rankings(
    contest: Contest, groups: Mapping[Content, int]
) -> tuple[list[tuple[int, ...]], list[int]]:
    """Grouped rankings as option numbers, and their numbers of ballots.

    After the last preference comes the code of the end, number of options + place in ENDS:
    an end always continues, so no loop needs to look for it.
    """
    place = {option.id: number for number, option in enumerate(contest.options)}
    end = (len(place),)
    papers = [(*map(place.__getitem__, content.options), *end) for content in groups]
    return papers, list(groups.values())


class PlainPiles:
    """Piles in plain Python: the path that is easiest to check by reading.

    ``papers`` are codes as ``rankings`` gives them. ``overvotes`` are sets of options; their
    codes come after those of the ends. A paper stops at a set as soon as one of it continues:
    it is for that one, or an overvote if there are more.
    """

    def __init__(
        self,
        papers: Sequence[tuple[int, ...]],
        numbers: Sequence[int],
        options: int,
        overvotes: Sequence[frozenset[int]] = (),
    ) -> None:
        self.options = options
        self._papers = papers
        self._numbers = numbers
        self._overvotes = overvotes
        self._place = [-1] * len(papers)
        self._piles: list[dict[Number, list[int]]] = [{} for _ in range(options)]

    def deal(self, value: Number) -> dict[int, Number]:
        """Sort all papers by first preference; votes by option, or by end."""
        where = landing(self.options, self._overvotes, [True] * self.options)
        return self._sort(value, range(len(self._papers)), *where)

    def move(
        self,
        source: int,
        continuing: Sequence[bool],
        revalue: Callable[[Number], Number] | None = None,
    ) -> dict[int, Number]:
        """Move a whole pile to the next continuing preference of each paper.

        ``revalue`` makes the new value of a paper of its old one; without it papers keep
        their value. Gives the votes by target, ``NOBODY`` and below for papers at their end.
        """
        received: dict[int, Number] = {}
        pile, self._piles[source] = self._piles[source], {}
        where = landing(self.options, self._overvotes, continuing)
        for old, parcel in pile.items():
            value = revalue(old) if revalue else old
            for target, votes in self._sort(value, parcel, *where).items():
                received[target] = received.get(target, 0) + votes
        return received

    def _sort(
        self, value: Number, parcel: Sequence[int], stops: Sequence[bool], lands: Sequence[int]
    ) -> dict[int, Number]:
        """Put papers on the piles of their next preferences, at a value."""
        papers, place, numbers = self._papers, self._place, self._numbers
        moved: dict[int, list[int]] = {}
        for paper in parcel:
            preferences = papers[paper]
            at = place[paper] + 1
            while not stops[preferences[at]]:
                at += 1
            place[paper] = at
            moved.setdefault(lands[preferences[at]], []).append(paper)
        received: dict[int, Number] = {}
        for target, arrived in moved.items():
            received[target] = value * sum(numbers[paper] for paper in arrived)
            if target > NOBODY:
                self._piles[target].setdefault(value, []).extend(arrived)
        return received


def landing(
    options: int, overvotes: Sequence[frozenset[int]], continuing: Sequence[bool]
) -> tuple[list[bool], list[int]]:
    """By code: whether a paper stops there, and whose it then is."""
    stops = [*continuing, *[True] * len(ENDS)]
    lands = [*range(options), *(NOBODY - place for place in range(len(ENDS)))]
    for overvote in overvotes:
        left = [option for option in overvote if continuing[option]]
        stops.append(bool(left))
        lands.append(left[0] if len(left) == 1 else NOBODY - ENDS.index("overvote"))
    return stops, lands
