"""Sequential Phragmén: small contests by hand, and beside the papers' own words in code."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting import Approval, Contest, ContestError, Group, Option, Points, Tally, count
from voting.contest import WHOLE


def a_contest(
    method: str, costs: dict[str, int], budget: int, kind: str = "approval", **settings: object
) -> Contest:
    options = tuple(Option(name, cost=cost) for name, cost in costs.items())
    return Contest(options, kind, method, budgets={WHOLE: budget}, settings=settings)


def selected(tally: Tally) -> tuple[str, ...]:
    assert tally.allocation is not None
    return tally.allocation.selected


def test_phragmen_spreads_the_load() -> None:
    costs = {"a": 6, "b": 6, "c": 6}
    ballots = {Approval(("a", "b")): 3, Approval(("c",)): 2}
    tally = count(a_contest("phragmen", costs, 12), ballots)
    # a: 6/3 = 2; then b: (3 x 2 + 6)/3 = 4 against c: 6/2 = 3.
    assert selected(tally) == ("a", "c")
    assert tally.why["c"].parameters["load"] == "3"
    assert tally.why["b"].code == "no_money"
    assert tally.why["b"].parameters == {"votes": 3, "cost": 6, "short": 6, "load": "4"}


def test_phragmen_ends_at_the_first_that_does_not_fit_unless_it_may_skip() -> None:
    costs = {"a": 6, "b": 9, "c": 4}
    ballots = {Approval(("a",)): 6, Approval(("b",)): 4, Approval(("c",)): 1}
    tally = count(a_contest("phragmen", costs, 12), ballots)
    assert selected(tally) == ("a",)
    assert tally.why["c"].parameters["stopped_at"] == "b"
    assert selected(count(a_contest("phragmen", costs, 12, skip=True), ballots)) == ("a", "c")


def test_phragmen_ties_groups_and_kinds() -> None:
    contest = a_contest("phragmen", {"x": 5, "y": 5}, 5, skip=True)
    for lot_order in (("x", "y"), ("y", "x")):
        tally = count(contest, {Approval(("x", "y")): 2}, lot_order)
        assert selected(tally) == lot_order[:1]
        assert [tie.settled_by for tie in tally.ties] == ["lot"]
    options = (Option("p", cost=1), Option("q", cost=1), Option("r", cost=2))
    groups = (Group("g", frozenset("pq")),)
    contest = Contest(options, "approval", "phragmen", budgets={WHOLE: 9}, groups=groups)
    tally = count(contest, {Approval(("p", "q", "r")): 2, Approval(("p",)): 1})
    assert selected(tally) == ("p", "r")
    assert tally.why["q"].parameters["by"] == "p"
    with pytest.raises(ContestError, match=r"contest\.kind"):
        count(a_contest("phragmen", {"x": 5}, 5, kind="points"), [Points((("x", 1),))])


@st.composite
def elections(draw: st.DrawFn) -> tuple[dict[str, int], int, Counter[Approval]]:
    names = "abcde"[: draw(st.integers(1, 5))]
    costs = {name: draw(st.integers(0, 9)) for name in names}
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=len(names))
    ballots = draw(st.lists(chosen.map(lambda c: Approval(tuple(c))), max_size=8))
    return costs, draw(st.integers(0, 25)), Counter(ballots)


def by_hand(costs: dict[str, int], budget: int, ballots: Counter[Approval]) -> list[str]:
    """Phragmén with one load a voter, in fractions, as it is written in the papers."""
    voters = [(set(ballot.options), Fraction(0)) for ballot in ballots.elements()]
    votes = {name: sum(name in ballot for ballot, _ in voters) for name in costs}
    names = sorted(
        (name for name in costs if votes[name] and costs[name] <= budget),
        key=lambda name: (-votes[name], costs[name], name),
    )
    funded: list[str] = []
    while names:
        loads = {
            name: (sum(load for ballot, load in voters if name in ballot) + costs[name])
            / votes[name]
            for name in names
        }
        name = min(names, key=lambda name: loads[name])
        if costs[name] > budget:
            break
        budget -= costs[name]
        names.remove(name)
        funded.append(name)
        voters = [(b, Fraction(loads[name]) if name in b else load) for b, load in voters]
    return funded


@settings(max_examples=200, deadline=None)
@given(elections())
def test_phragmen_as_in_the_papers(election: tuple[dict[str, int], int, Counter[Approval]]) -> None:
    costs, budget, ballots = election
    tally = count(a_contest("phragmen", costs, budget), ballots)
    assert list(selected(tally)) == by_hand(costs, budget, ballots)
    assert set(tally.why) == set(costs)
