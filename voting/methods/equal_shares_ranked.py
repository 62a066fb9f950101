"""Equal shares on ranks: voters buy together, their first preferences before the others.

The specification stands beside this file (``equal_shares_ranked.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.methods._sharing import count_shares
from voting.tally import Tally

VERSION = "equal-shares-ranked/1"
KINDS = ("ranked",)


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count rankings by equal shares. Errors: ContestError for other kinds of ballots."""
    if contest.kind != "ranked":
        raise ContestError("contest.kind", kind=contest.kind, needed="ranked")
    return count_shares(contest, groups, lot_order, VERSION)
