"""The second, independent count of budgets, by pabutools where it is installed.

It is shown beside our result and never decides. pabutools (the optional extra
``second-count``) is the reference of the literature and counts in exact fractions; it runs in a
process of its own, so a time limit can end it. Ties are settled for it by our published order,
so on the rules that both know there is no reason to differ.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from voting.ballots import Content, Points
from voting.contest import Contest
from voting.count import sift
from voting.crosscheck import SECONDS, SecondCount, SecondCountError, ask_worker
from voting.methods import _budget
from voting.methods._electorate import candidates_of
from voting.tally import Tally, Why

WORKER = "crosscheck_budgets_worker.py"

RULES: Mapping[str, Mapping[str, tuple[object, ...]]] = {
    "greedy": {
        "skip": (True,),
        "leftover": ("keep",),
        "part_funding_percent": (0,),
    },
    "equal-shares": {"integral_start": (False,), "comparison": ("none",)},
    "phragmen": {"skip": (False,)},
    "maximum-welfare": {},
}
"""Rules that both libraries have, with the values that our settings must have for it."""


def second_count(
    contest: Contest,
    groups: Mapping[Content, int],
    tally: Tally,
    seconds: float = SECONDS,
    lot_order: Sequence[str] = (),
) -> SecondCount:
    """Count again by pabutools and compare what is funded with that of a tally.

    ``lot_order`` as in the count itself. Reasons beside those of ``SecondCount``:
    ``second.setting`` and ``second.groups`` (pabutools has no such variant), and where the
    outcomes differ ``second.outcome`` with ``ours`` and ``theirs``.
    """
    try:
        by = f"pabutools {version('pabutools')}"
    except PackageNotFoundError:
        return SecondCount("unavailable", Why("second.not_installed"))
    reason = _not_comparable(contest)
    if reason is not None or tally.allocation is None:
        return SecondCount("not_comparable", reason or Why("second.rule"), by=by)
    valid, _, _ = sift(contest, groups)
    if not valid:
        return SecondCount("not_comparable", Why("second.no_ballots"), by=by)
    try:
        theirs: list[str] = ask_worker(
            WORKER, _question(contest, valid, lot_order), seconds
        )
    except subprocess.TimeoutExpired:
        return SecondCount("unavailable", Why("second.too_slow", {"seconds": seconds}), by=by)
    except SecondCountError as error:
        return SecondCount("unavailable", Why("second.failed", {"detail": str(error)}), by=by)
    # pabutools leaves out what costs nothing, so this is not compared.
    ours = [option for option in tally.allocation.selected if contest.by_id[option].cost]
    theirs = [option for option in theirs if contest.by_id[option].cost]
    same = set(ours) == set(theirs)
    if contest.method == "maximum-welfare" and not same:
        same = _welfare(contest, tally, ours) == _welfare(contest, tally, theirs)
    if same:
        return SecondCount("agrees", None, tuple(theirs), by)
    parameters = {
        "ours": [option for option in ours if option not in theirs],
        "theirs": [option for option in theirs if option not in ours],
    }
    return SecondCount("differs", Why("second.outcome", parameters), tuple(theirs), by)


def _not_comparable(contest: Contest) -> Why | None:
    if contest.method not in RULES or contest.kind == "ranked":
        return Why("second.rule", {"method": contest.method})
    if contest.groups:
        return Why("second.groups", {"groups": [group.id for group in contest.groups]})
    for setting, values in RULES[contest.method].items():
        if contest.settings.get(setting, values[0]) not in values:
            return Why("second.setting", {"setting": setting})
    return None


def _welfare(contest: Contest, tally: Tally, selected: Sequence[str]) -> int:
    assert tally.allocation is not None
    by_cost = contest.settings.get("utility", "cost") == "cost"
    support = tally.allocation.support
    return sum(
        int(support[option]) * (contest.by_id[option].cost if by_cost else 1) for option in selected
    )


def _question(
    contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]
) -> dict[str, object]:
    """What the worker is asked: numbers and names only, options in the order of ties."""
    order = tuple(lot_order) or tuple(option.id for option in contest.options)
    support = _budget.supports(contest, groups)
    needed = _budget.support_needed(contest)
    purses = []
    for area, budget in _budget.purses(contest).items():
        candidates = candidates_of(contest, area, support, needed, order)
        place = {option.id: number for number, option in enumerate(candidates)}
        _, cut = _budget.of_area(contest, groups, area)
        papers = []
        for content, number in sorted(cut.items(), key=lambda item: repr(item[0])):
            if isinstance(content, Points):
                choices = [[place[o], given] for o, given in content.points if o in place]
            else:
                choices = [[place[option], 1] for option in content.options if option in place]
            papers.append([choices, number])
        if candidates:
            purses.append(
                {
                    "budget": budget,
                    "options": [[option.id, option.cost] for option in candidates],
                    "papers": papers,
                }
            )
    settings = contest.settings
    return {
        "method": contest.method,
        "points": contest.kind == "points",
        "utility": settings.get("utility", "cost"),
        "completion": settings.get("completion", "add1"),
        "increment": settings.get("increment", 100),
        "exhaustive_stop": settings.get("exhaustive_stop", False),
        "purses": purses,
    }
