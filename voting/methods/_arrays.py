"""Piles of ballot papers in numpy: the same numbers as ``PlainPiles``, for many papers.

Papers are counted in 64-bit integers, values stay what the rule's arithmetic makes of them
(integers or fractions of any size): nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from voting.ballots import Content
from voting.contest import Contest
from voting.methods._gregory import Piles
from voting.methods._ledger import NOBODY
from voting.methods._piles import ENDS, Number, PlainPiles, landing, rankings
from voting.papers import Papers

MANY = 3000
"""From so many distinct papers on arrays are faster than lists."""

Places = npt.NDArray[np.intp]


def piles_of(contest: Contest, groups: Mapping[Content, int]) -> tuple[Piles, int]:
    """Piles for grouped rankings, by the path that suits their number; and the ballots."""
    if isinstance(groups, Papers) and not groups.others:
        codes = with_ends(contest, groups)
        return ArrayPiles(codes, groups.numbers, len(contest.options)), groups.ballots
    if len(groups) < MANY:
        ids = [option.id for option in contest.options]
        numbers = list(groups.values())
        return PlainPiles([content.options for content in groups], numbers, ids), sum(numbers)
    papers, numbers = rankings(contest, groups)
    return pile(papers, numbers, len(contest.options)), sum(numbers)


def with_others(
    contest: Contest,
    papers: Papers,
    code: Callable[[Content], tuple[int, ...]],
    overvotes: Sequence[frozenset[int]],
) -> Piles:
    """Piles for an array of rankings and the ``others`` beside it, which ``code`` reads.

    ``overvotes`` grows while they are read.
    """
    options = len(contest.options)
    rows = [code(content) for content in papers.others]
    rest = as_array(rows, options, overvotes)
    clean = with_ends(contest, papers)
    width = max(rest.shape[1], clean.shape[1])
    both = np.full((len(clean) + len(rest), width), options, rest.dtype)
    both[: len(clean), : clean.shape[1]] = clean
    both[len(clean) :, : rest.shape[1]] = rest
    numbers = np.concatenate([papers.numbers, np.array(list(papers.others.values()), np.int64)])
    return ArrayPiles(both, numbers, options, overvotes)


def pile(
    papers: Sequence[tuple[int, ...]],
    numbers: Sequence[int],
    options: int,
    overvotes: Sequence[frozenset[int]] = (),
) -> Piles:
    """Piles for papers in codes: option numbers, then ends, then overvotes."""
    if len(papers) < MANY:
        return PlainPiles(papers, numbers, range(options), overvotes)
    array = as_array(papers, options, overvotes)
    return ArrayPiles(array, np.array(numbers, np.int64), options, overvotes)


def code_type(options: int, overvotes: int = 0) -> type[Any]:
    """The smallest signed integers that hold all codes: sorting by them is much faster."""
    most = options + len(ENDS) + overvotes
    return np.int8 if most < 128 else np.int16 if most < 32768 else np.int32


def as_array(
    papers: Sequence[tuple[int, ...]], options: int, overvotes: Sequence[frozenset[int]] = ()
) -> npt.NDArray[Any]:
    """Codes of unequal length as rows of one array, filled up with the end."""
    lengths = np.fromiter(map(len, papers), np.intp, len(papers))
    width = int(lengths.max(initial=1))
    flat = np.fromiter(chain.from_iterable(papers), np.int64, int(lengths.sum()))
    array = np.full((len(papers), width), options, code_type(options, len(overvotes)))
    array[np.arange(width) < lengths[:, None]] = flat
    return array


def with_ends(contest: Contest, papers: Papers) -> npt.NDArray[Any]:
    """The codes of papers in the contest's numbering, an end behind the last preference."""
    options = len(contest.options)
    place = {option.id: number for number, option in enumerate(contest.options)}
    # -1 takes the last entry of the table: the end.
    table = np.array([*(place[option] for option in papers.options), options])
    kind = code_type(options)
    rows, width = papers.codes.shape
    ended = np.full((rows, width + 1), options, kind)
    for rank in range(width):  # one at a time: an index needs eight bytes a code
        ended[:, rank] = table.astype(kind)[papers.codes[:, rank]]
    return ended


class ArrayPiles:
    """As ``PlainPiles``; ``codes`` has a paper a row, ended by the code of its end."""

    def __init__(
        self,
        codes: npt.NDArray[Any],
        numbers: npt.NDArray[np.int64],
        options: int,
        overvotes: Sequence[frozenset[int]] = (),
    ) -> None:
        self.options = options
        self._width = codes.shape[1]
        self._codes = np.ascontiguousarray(codes).reshape(-1)
        self._numbers = numbers
        self._single = bool((numbers == 1).all())
        self._overvotes = overvotes
        # Where each paper stands, as a place in the flat codes.
        self._place = np.arange(len(codes), dtype=np.intp) * self._width - 1
        self._piles: list[dict[Number, list[Places]]] = [{} for _ in range(options)]

    def deal(self, value: Number) -> dict[int, Number]:
        where = landing(self.options, self._overvotes, [True] * self.options)
        papers = np.arange(len(self._place), dtype=np.intp)
        return self._sort(value, papers, *where)

    def move(
        self,
        source: int,
        continuing: Sequence[bool],
        revalue: Callable[[Number], Number] | None = None,
    ) -> dict[int, Number]:
        received: dict[int, Number] = {}
        pile, self._piles[source] = self._piles[source], {}
        where = landing(self.options, self._overvotes, continuing)
        for old, parcels in pile.items():
            value = revalue(old) if revalue else old
            parcel = parcels[0] if len(parcels) == 1 else np.concatenate(parcels)
            for target, votes in self._sort(value, parcel, *where).items():
                received[target] = received.get(target, 0) + votes
        return received

    def _sort(
        self, value: Number, parcel: Places, stops: Sequence[bool], lands: Sequence[int]
    ) -> dict[int, Number]:
        """Put papers on the piles of their next preferences, at a value."""
        stopping = np.array(stops)
        at = self._place[parcel] + 1
        codes = self._codes[at]
        left = np.flatnonzero(~stopping[codes])
        while len(left):
            at[left] += 1
            further = self._codes[at[left]]
            codes[left] = further
            left = left[~stopping[further]]
        self._place[parcel] = at
        order = np.argsort(codes, kind="stable")
        sizes = np.bincount(codes, minlength=len(stops)).tolist()
        moved = parcel[order]
        received: dict[int, Number] = {}
        end = 0
        for code, size in enumerate(sizes):
            if not size:
                continue
            arrived = moved[end : end + size]
            end += size
            papers = size if self._single else int(self._numbers[arrived].sum())
            target = lands[code]
            received[target] = received.get(target, 0) + value * papers
            if target > NOBODY:
                self._piles[target].setdefault(value, []).append(arrived)
        return received
