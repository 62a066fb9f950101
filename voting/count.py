"""The one entrance: a contest, ballots and a lot order in, a tally out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.methods import rule
from voting.tally import Tally


def count(
    contest: Contest,
    ballots: Iterable[Content] | Mapping[Content, int],
    lot_order: Sequence[str] = (),
) -> Tally:
    """Count ballots by the contest's rule.

    ``ballots``: contents one by one, or grouped (content to number). The order never matters.
    ``lot_order``: a permutation of the option ids that settles ties, the earlier one first;
    empty means the contest's own order. Errors: ContestError.
    """
    order = tuple(lot_order) or tuple(option.id for option in contest.options)
    if sorted(order) != sorted(contest.by_id):
        raise ContestError("contest.lot_order")
    groups = ballots if isinstance(ballots, Mapping) else Counter(ballots)
    return rule(contest.method)(contest, groups, order)
