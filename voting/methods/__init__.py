"""The rules by name: one file a rule, its specification beside it, one line here.

A rule is a function ``(contest, groups, lot_order) -> Tally`` where ``groups`` maps each
distinct content to the number of its ballots, all of them checked before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import cast

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.tally import Tally

Rule = Callable[[Contest, Mapping[Content, int], Sequence[str]], Tally]

METHODS: dict[str, str] = {
    "scottish-stv": "voting.methods.scottish_stv",
    "irv": "voting.methods.irv",
    "exact-stv": "voting.methods.exact_stv",
    "meek": "voting.methods.meek",
    "block-preferential": "voting.methods.block_preferential",
    "greedy": "voting.methods.greedy",
    "equal-shares": "voting.methods.equal_shares",
    "equal-shares-ranked": "voting.methods.equal_shares_ranked",
    "expanding-approvals": "voting.methods.expanding_approvals",
    "phragmen": "voting.methods.phragmen",
    "maximum-welfare": "voting.methods.maximum_welfare",
}
"""Rule's name to its module, which has ``VERSION``, ``KINDS`` (of ballots) and ``run``."""


def rule(name: str) -> Rule:
    """The function behind a name; ContestError("contest.method") for an unknown one."""
    if name not in METHODS:
        raise ContestError("contest.method", method=name, known=tuple(METHODS))
    return cast(Rule, import_module(METHODS[name]).run)


def reads_marks(name: str) -> bool:
    """Whether a rule takes papers as marked (``Marks``), with skipped and repeated ranks."""
    return bool(getattr(import_module(METHODS[name]), "MARKS", False))
