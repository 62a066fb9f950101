"""Equal shares: the money is shared among the voters, who buy together what they approve.

The specification with its options stands beside this file (``equal_shares.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.methods._sharing import count_shares
from voting.tally import Tally

VERSION = "equal-shares/1"
KINDS = ("approval", "knapsack", "points")


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count by equal shares. Errors: ContestError; rankings have a rule of their own."""
    if contest.kind == "ranked":
        raise ContestError("contest.ranked", needed="equal-shares-ranked")
    return count_shares(contest, groups, lot_order, VERSION)
