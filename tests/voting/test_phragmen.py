"""Sequential Phragmén, maximum welfare, satisfaction and comparison, on small contests."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting import Approval, Contest, ContestError, Group, Option, Points, Ranking, Tally, count
from voting.compare import compare
from voting.contest import WHOLE
from voting.satisfaction import gini, satisfaction


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


def test_satisfaction_figures() -> None:
    options = (Option("a", cost=30, area="quay"), Option("b", cost=10), Option("c", cost=5))
    contest = Contest(options, "approval", "greedy", budgets={"quay": 30, WHOLE: 15})
    groups = {Approval(("a", "b")): 2, Approval(("b",)): 1, Approval(("c",)): 1, Approval(): 5}
    figures = satisfaction(contest, groups, ["a", "b"])
    assert (figures.voters, figures.with_a_project) == (4, 3)
    assert figures.exclusion_ratio == Fraction(1, 4)
    assert figures.share_with_a_project == Fraction(3, 4)
    assert figures.projects == Fraction(5, 4)
    assert figures.money == Fraction(90, 4)
    assert figures.gini == Fraction(5, 12)  # the amounts 0, 10, 40, 40
    assert dict(figures.by_area) == {"": 10, "quay": 30}
    nobody = satisfaction(contest, {}, [])
    assert (nobody.exclusion_ratio, nobody.gini, nobody.money) == (0, 0, 0)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_gini_is_half_the_mean_difference_over_the_mean(amounts: list[int]) -> None:
    number, total = len(amounts), sum(amounts)
    differences = sum(abs(one - other) for one in amounts for other in amounts)
    expected = Fraction(differences, 2 * number * total) if total else Fraction(0)
    assert gini(Counter(amounts)) == expected


def test_what_another_rule_would_have_funded() -> None:
    costs = {"pool": 60, "track": 40, "garden": 40}
    ballots = {Approval(("pool", "track")): 6, Approval(("garden",)): 4}
    contest = a_contest("greedy", costs, 100, completion="none")
    tally = count(contest, ballots)
    stands, shares, phragmen, welfare = compare(contest, ballots, tally)
    assert stands.selected == selected(tally) == ("track", "pool")
    assert stands.satisfaction is not None and stands.satisfaction.with_a_project == 6
    assert shares.version == "equal-shares/1"
    assert (shares.gained, shares.lost) == (("garden",), ("pool",))
    assert shares.satisfaction is not None and shares.satisfaction.exclusion_ratio == 0
    assert phragmen.method == "phragmen" and "garden" in phragmen.selected
    assert welfare.lost == ()


def test_rankings_are_compared_by_rules_for_rankings() -> None:
    costs = {"a": 30, "b": 30, "c": 30}
    ballots = {Ranking(("a", "c")): 5, Ranking(("b", "c")): 5, Ranking(("nowhere",)): 1}
    contest = a_contest("equal-shares-ranked", costs, 60, kind="ranked")
    found = compare(contest, ballots, count(contest, ballots))
    assert [other.method for other in found] == [
        "equal-shares-ranked",
        "expanding-approvals",
        "greedy",
    ]
    assert all(other.failed is None and len(other.selected) == 2 for other in found)
    failing = compare(contest, ballots, count(contest, ballots), methods=["phragmen"])
    assert failing[1].failed is not None and failing[1].failed.code == "contest.kind"
