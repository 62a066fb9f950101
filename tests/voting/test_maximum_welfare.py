"""Maximum welfare, beside every set that the budget pays for."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from voting import Approval, Contest, Group, Option, Tally, count
from voting.contest import WHOLE


def a_contest(
    method: str, costs: dict[str, int], budget: int, kind: str = "approval", **settings: object
) -> Contest:
    options = tuple(Option(name, cost=cost) for name, cost in costs.items())
    return Contest(options, kind, method, budgets={WHOLE: budget}, settings=settings)


def selected(tally: Tally) -> tuple[str, ...]:
    assert tally.allocation is not None
    return tally.allocation.selected


@st.composite
def elections(draw: st.DrawFn) -> tuple[dict[str, int], int, Counter[Approval]]:
    names = "abcde"[: draw(st.integers(1, 5))]
    costs = {name: draw(st.integers(0, 9)) for name in names}
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=len(names))
    ballots = draw(st.lists(chosen.map(lambda c: Approval(tuple(c))), max_size=8))
    return costs, draw(st.integers(0, 25)), Counter(ballots)


@settings(max_examples=60, deadline=None)
@given(elections(), st.sampled_from(["cost", "cardinality"]))
def test_no_set_within_the_budget_is_worth_more(
    election: tuple[dict[str, int], int, Counter[Approval]], utility: str
) -> None:
    costs, budget, ballots = election
    contest = a_contest("maximum-welfare", costs, budget, utility=utility)
    tally = count(contest, ballots)
    assert tally.allocation is not None
    assert tally.allocation.cost <= budget
    votes = tally.allocation.support

    def worth(names: tuple[str, ...]) -> int:
        return sum(
            int(votes[name]) * ((costs[name] or 1) if utility == "cost" else 1) for name in names
        )

    best = max(
        worth(names)
        for size in range(len(costs) + 1)
        for names in combinations(costs, size)
        if sum(costs[name] for name in names) <= budget
    )
    assert worth(selected(tally)) == best
    assert tally.notes[0].parameters["welfare"] == best


def test_maximum_welfare_with_an_exclusive_group() -> None:
    options = (Option("p", cost=3), Option("q", cost=3), Option("r", cost=2))
    groups = (Group("g", frozenset("pq")),)
    contest = Contest(options, "approval", "maximum-welfare", budgets={WHOLE: 9}, groups=groups)
    tally = count(contest, {Approval(("p", "q", "r")): 2, Approval(("q",)): 1})
    assert set(selected(tally)) == {"q", "r"}
    assert tally.why["p"].code == "group_taken"
