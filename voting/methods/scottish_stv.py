"""Scottish STV: the single transferable vote as Scotland's councils are elected.

Specification: ``scottish_stv.md`` beside this file, whose names are used here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.methods._arrays import piles_of
from voting.methods._gregory import Arithmetic, count
from voting.methods._piles import Number
from voting.tally import Tally

VERSION = 1
KINDS = ("ranked",)
UNITS = 100_000
"""One vote: values are kept to five decimals, any remainder ignored."""


def quota(votes: int, seats: int) -> int:
    """The whole number above valid votes / (seats + 1), in units."""
    return (votes // UNITS // (seats + 1) + 1) * UNITS


def revalue(value: Number, surplus: Number, total: Number) -> Number:
    """Transfer value: surplus times value when received, over the total; cut at 5 decimals."""
    return surplus * value // total


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count grouped rankings by the Scottish rules."""
    if contest.kind not in KINDS:
        raise ContestError("contest.kind_of_method", method=contest.method, kind=contest.kind)
    piles, ballots = piles_of(contest, groups)
    arithmetic = Arithmetic(UNITS, quota, revalue)
    return count(contest, piles, ballots, lot_order, arithmetic, f"scottish-stv/{VERSION}")
