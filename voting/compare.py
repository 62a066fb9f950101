"""What another rule would have funded, from the same ballots and the same lot order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.count import count, sift
from voting.satisfaction import Satisfaction, satisfaction
from voting.tally import Tally, Why

RULES: Mapping[str, tuple[str, ...]] = {
    "approval": ("greedy", "equal-shares", "phragmen", "maximum-welfare"),
    "knapsack": ("greedy", "equal-shares", "phragmen", "maximum-welfare"),
    "points": ("greedy", "equal-shares", "maximum-welfare"),
    "ranked": ("equal-shares-ranked", "expanding-approvals", "greedy"),
}
"""Rules to compare, by kind of ballot."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One rule's outcome beside the one that stands.

    ``version``       of the rule, as in a tally; "" where it could not count
    ``selected``      what it would have funded
    ``gained``        of these, not funded as it stands; ``lost`` the other way round
    ``satisfaction``  None where it could not count
    ``failed``        why it could not count
    """

    method: str
    version: str
    selected: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    cost: int = 0
    satisfaction: Satisfaction | None = None
    failed: Why | None = None
    settings: Mapping[str, object] = field(default_factory=dict)


def compare(
    contest: Contest,
    groups: Mapping[Content, int],
    tally: Tally,
    lot_order: Sequence[str] = (),
    methods: Sequence[str] | None = None,
) -> tuple[Alternative, ...]:
    """The outcome that stands first, then those of other rules for this kind of ballot.

    The contest's settings hold for every rule that knows them; greedy on rankings gives the
    first of a ballot's k options k points. Ballots that may not be cast are left out.
    """
    if tally.allocation is None:
        raise ContestError("contest.no_budget", method=contest.method)
    valid, _, _ = sift(contest, groups)
    stands = tally.allocation.selected
    found = [
        Alternative(
            contest.method,
            tally.method,
            stands,
            cost=tally.allocation.cost,
            satisfaction=satisfaction(contest, valid, stands),
            settings=contest.settings,
        )
    ]
    for method in RULES[contest.kind] if methods is None else methods:
        if method == contest.method:
            continue
        settings = dict(contest.settings)
        if contest.kind == "ranked" and method in ("greedy", "maximum-welfare"):
            settings.setdefault("rank_points", "by_length")
        other = replace(contest, method=method, settings=settings)
        try:
            result = count(other, valid, lot_order)
        except ContestError as error:
            failed = Why(error.code, error.parameters)
            found.append(Alternative(method, "", failed=failed, settings=settings))
            continue
        assert result.allocation is not None
        selected = result.allocation.selected
        found.append(
            Alternative(
                method,
                result.method,
                selected,
                gained=tuple(option for option in selected if option not in stands),
                lost=tuple(option for option in stands if option not in selected),
                cost=result.allocation.cost,
                satisfaction=satisfaction(contest, valid, selected),
                settings=settings,
            )
        )
    return tuple(found)
