"""STV with exact fractions: nothing is rounded, so nothing is lost.

Specification: ``exact_stv.md`` beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from operator import gt

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.methods._arrays import piles_of
from voting.methods._gregory import Arithmetic, count
from voting.methods._piles import Number
from voting.tally import Tally

VERSION = 1
KINDS = ("ranked",)


def quota(votes: int, seats: int) -> Fraction:
    """Valid votes / (seats + 1), unrounded; more than this elects."""
    return Fraction(votes, seats + 1)


def revalue(value: Number, surplus: Number, total: Number) -> Fraction:
    """The part of a paper's value that was not needed."""
    return Fraction(surplus) * value / total


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count grouped rankings with exact fractions."""
    if contest.kind not in KINDS:
        raise ContestError("contest.kind_of_method", method=contest.method, kind=contest.kind)
    piles, ballots = piles_of(contest, groups)
    arithmetic = Arithmetic(1, quota, revalue, reached=gt)
    return count(contest, piles, ballots, lot_order, arithmetic, f"exact-stv/{VERSION}")
