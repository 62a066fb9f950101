"""Ballot papers in piles, one a candidate, as a returning officer holds them.

A pile is parcels: papers received at one value lie together. Equal ballots are one paper
with a number. The arithmetic is the rule's: a value is whatever ``deal`` was given and
``move`` was told to make of it (integers in hundred-thousandths, fractions).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import repeat

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

    After the last preference comes the code of the end, number of options + place in ENDS.
    """
    place = {option.id: number for number, option in enumerate(contest.options)}
    end = (len(place),)
    number = place.__getitem__
    papers = [(*map(number, content.options), *end) for content in groups]
    return papers, list(groups.values())


class PlainPiles:
    """Piles in plain Python: the path that is easiest to check by reading.

    ``papers`` are sequences of codes: ``names`` has an option's code by its number (for plain
    rankings just its id), behind them those of the ends and of ``overvotes``, sets of options.
    A paper stops at a set as soon as one of it continues: it is for that one, or an overvote
    if there are more.
    """

    def __init__(
        self,
        papers: Iterable[Sequence[Hashable]],
        numbers: Sequence[int],
        names: Sequence[Hashable],
        overvotes: Sequence[frozenset[int]] = (),
    ) -> None:
        self.options = len(names)
        # Each paper is read once, from its first preference on, and remembers how far.
        self._papers = list(map(iter, papers))
        self._numbers = numbers
        self._overvotes = overvotes
        others = range(self.options, self.options + len(ENDS) + len(overvotes))
        self._codes = (*names, *others)
        self._piles: list[dict[Number, list[int]]] = [{} for _ in names]

    def deal(self, value: Number) -> dict[int, Number]:
        """Sort all papers by first preference; votes by option, or by end."""
        lands = self._lands([True] * self.options)
        boxes = _boxes(lands)
        # Nobody is out yet, so each paper stops where it begins.
        firsts = map(next, self._papers, repeat(NOBODY))
        for paper, code in enumerate(firsts):
            boxes[code].append(paper)
        return self._store(value, boxes, lands)

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
        lands = self._lands(continuing)
        for old, parcel in pile.items():
            value = revalue(old) if revalue else old
            for target, votes in self._sort(value, parcel, lands).items():
                received[target] = received.get(target, 0) + votes
        return received

    def _lands(self, continuing: Sequence[bool]) -> dict[Hashable, int]:
        """The codes at which a paper stops now, and whose it then is."""
        stops, lands = landing(self.options, self._overvotes, continuing)
        places = zip(self._codes, stops, lands, strict=True)
        return {code: target for code, stop, target in places if stop} | {NOBODY: NOBODY}

    def _sort(
        self, value: Number, parcel: Iterable[int], lands: Mapping[Hashable, int]
    ) -> dict[int, Number]:
        """Put papers on the piles of their next preferences, at a value."""
        papers = self._papers
        boxes = _boxes(lands)
        ended = boxes[NOBODY]
        for paper in parcel:
            for code in papers[paper]:
                if code in boxes:
                    boxes[code].append(paper)
                    break
            else:
                ended.append(paper)
        return self._store(value, boxes, lands)

    def _store(
        self, value: Number, boxes: Mapping[Hashable, list[int]], lands: Mapping[Hashable, int]
    ) -> dict[int, Number]:
        """Put sorted papers on the piles of those whose they are now."""
        number = self._numbers.__getitem__
        received: dict[int, Number] = {}
        for code, arrived in boxes.items():
            if not arrived:
                continue
            target = lands[code]
            votes = value * sum(map(number, arrived))
            received[target] = received.get(target, 0) + votes
            if target > NOBODY:
                pile = self._piles[target]
                if value in pile:
                    pile[value] += arrived
                else:
                    pile[value] = arrived
        return received


def _boxes(lands: Iterable[Hashable]) -> dict[Hashable, list[int]]:
    """An empty box for each code at which papers stop."""
    return {code: [] for code in lands}


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
