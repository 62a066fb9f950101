"""What another rule would have funded."""

from __future__ import annotations

from voting import Approval, Contest, Option, Ranking, Tally, count
from voting.compare import compare
from voting.contest import WHOLE


def a_contest(
    method: str, costs: dict[str, int], budget: int, kind: str = "approval", **settings: object
) -> Contest:
    options = tuple(Option(name, cost=cost) for name, cost in costs.items())
    return Contest(options, kind, method, budgets={WHOLE: budget}, settings=settings)


def selected(tally: Tally) -> tuple[str, ...]:
    assert tally.allocation is not None
    return tally.allocation.selected


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
