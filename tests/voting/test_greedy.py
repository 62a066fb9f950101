"""Greedy with its variants, on contests small enough to follow by hand."""

from __future__ import annotations

import pytest

from voting import (
    Approval,
    Contest,
    ContestError,
    Group,
    Knapsack,
    Option,
    Points,
    Ranking,
    Tally,
    count,
)
from voting.contest import WHOLE


def a_contest(costs: dict[str, int], budget: int = 100, **fields: object) -> Contest:
    options = tuple(Option(name, cost=cost) for name, cost in costs.items())
    chosen: dict[str, object] = {"kind": "approval", "budgets": {WHOLE: budget}, **fields}
    return Contest(options=options, method="greedy", **chosen)  # type: ignore[arg-type]


def votes(**numbers: int) -> dict[Approval, int]:
    return {Approval((name,)): number for name, number in numbers.items()}


def selected(tally: Tally) -> tuple[str, ...]:
    assert tally.allocation is not None
    return tally.allocation.selected


def test_most_votes_first_and_what_does_not_fit_is_passed_over() -> None:
    contest = a_contest({"park": 60, "bridge": 50, "bench": 40})
    tally = count(contest, votes(park=30, bridge=20, bench=10))
    assert tally.method == "greedy/1"
    assert selected(tally) == ("park", "bench")
    assert tally.allocation is not None
    assert tally.allocation.cost == 100
    assert dict(tally.allocation.left) == {WHOLE: 0}
    assert tally.why["park"].code == "funded"
    assert tally.why["park"].parameters == {"votes": 30, "cost": 60, "money_left": 40}
    assert tally.why["bridge"].code == "no_money"
    assert tally.why["bridge"].parameters == {
        "votes": 20,
        "cost": 50,
        "short": 10,
        "votes_short": 10,  # At equal votes the cheaper one stands before.
        "lost_to": ("park",),
    }


def test_the_votes_said_to_be_missing_would_have_been_enough_and_not_one_fewer() -> None:
    contest = a_contest({"a": 30, "b": 30, "c": 35, "d": 45, "e": 10}, budget=80)
    cast = {"a": 40, "b": 31, "c": 20, "d": 12, "e": 3}
    why = count(contest, votes(**cast)).why
    for option in ("c", "d"):
        assert why[option].code == "no_money"
        missing = why[option].parameters["votes_short"]
        assert isinstance(missing, int)
        enough = count(contest, votes(**{**cast, option: cast[option] + missing}))
        assert option in selected(enough)
        one_fewer = count(contest, votes(**{**cast, option: cast[option] + missing - 1}))
        assert option not in selected(one_fewer)


def test_without_skipping_the_first_that_does_not_fit_ends_it() -> None:
    contest = a_contest(
        {"park": 60, "bridge": 50, "bench": 40, "tree": 5}, settings={"skip": False}
    )
    tally = count(contest, votes(park=30, bridge=20, bench=10))
    assert selected(tally) == ("park",)
    assert tally.why["bench"].code == "after_stop"
    assert tally.why["bench"].parameters["stopped_at"] == "bridge"
    assert tally.why["bench"].parameters["votes_short"] == 10
    assert tally.why["tree"].code == "no_votes"


def test_an_option_dearer_than_the_whole_purse_ends_nothing() -> None:
    contest = a_contest({"palace": 999, "bench": 40}, settings={"skip": False})
    tally = count(contest, votes(palace=50, bench=2))
    assert selected(tally) == ("bench",)
    assert tally.why["palace"].code == "too_dear"
    assert tally.why["palace"].parameters["short"] == 899


@pytest.mark.parametrize("fields", [{"settings": {"threshold": 10}}, {"min_support": 10}])
def test_a_threshold_is_met_by_exactly_its_number(fields: dict[str, object]) -> None:
    contest = a_contest({"park": 60, "bench": 40}, **fields)
    tally = count(contest, votes(park=10, bench=9))
    assert selected(tally) == ("park",)
    assert tally.why["bench"].parameters == {"votes": 9, "needed": 10, "votes_short": 1}


def test_of_an_exclusive_group_one_is_funded() -> None:
    group = Group("square", frozenset({"park", "parking"}))
    contest = a_contest({"park": 40, "parking": 40, "bench": 20}, groups=(group,))
    tally = count(contest, votes(park=3, parking=2, bench=1))
    assert selected(tally) == ("park", "bench")
    assert tally.why["parking"].code == "group_taken"
    assert tally.why["parking"].parameters["by"] == "park"


def test_areas_pay_from_their_own_purses_and_the_town_from_its_own() -> None:
    options = (
        Option("quay-1", cost=50, area="quay"),
        Option("quay-2", cost=40, area="quay"),
        Option("hill-1", cost=50, area="hill"),
        Option("town-1", cost=90),
    )
    budgets = {"quay": 60, "hill": 100, WHOLE: 90}
    contest = Contest(options, kind="approval", method="greedy", budgets=budgets)
    ballots = votes(**{"quay-1": 1, "quay-2": 9, "hill-1": 2, "town-1": 1})
    tally = count(contest, ballots)
    assert set(selected(tally)) == {"quay-2", "hill-1", "town-1"}
    assert tally.allocation is not None
    assert dict(tally.allocation.left) == {"quay": 20, "hill": 50, WHOLE: 0}
    assert tally.why["quay-1"].parameters["short"] == 30


def test_what_the_areas_leave_can_go_to_the_whole_town() -> None:
    options = (Option("quay", cost=50, area="quay"), Option("town", cost=90))
    budgets = {"quay": 60, WHOLE: 80}
    ballots = votes(quay=1, town=5)
    for leftover, expected in (("keep", {"quay"}), ("whole", {"quay", "town"})):
        contest = Contest(
            options, "approval", "greedy", budgets=budgets, settings={"leftover": leftover}
        )
        tally = count(contest, ballots)
        assert set(selected(tally)) == expected
        assert tally.allocation is not None
        assert sum(tally.allocation.left.values()) + tally.allocation.cost == 140


def test_part_funding_needs_its_share_of_the_cost() -> None:
    ballots = votes(park=3, bridge=2, bench=1)
    costs = {"park": 60, "bridge": 50, "bench": 1}
    tally = count(a_contest(costs, settings={"part_funding_percent": 80}), ballots)
    assert selected(tally) == ("park", "bridge")
    assert tally.why["bridge"].parameters["missing"] == 10
    assert tally.why["bench"].code == "after_stop"
    assert tally.allocation is not None
    assert tally.allocation.cost == 100
    tally = count(a_contest(costs, settings={"part_funding_percent": 81}), ballots)
    assert selected(tally) == ("park",)


def test_equal_votes_go_to_the_cheaper_then_to_the_lot() -> None:
    contest = a_contest({"dear": 60, "cheap": 50}, budget=60)
    tally = count(contest, votes(dear=5, cheap=5))
    assert selected(tally) == ("cheap",)
    assert [(tie.options, tie.settled_by) for tie in tally.ties] == [(("cheap", "dear"), "cost")]

    contest = a_contest({"left": 60, "right": 60}, budget=60)
    for lot_order in (("left", "right"), ("right", "left")):
        tally = count(contest, votes(left=5, right=5), lot_order)
        assert selected(tally) == lot_order[:1]
        assert [(tie.settled_by, tie.chosen) for tie in tally.ties] == [("lot", lot_order[0])]
    contest = a_contest({"left": 60, "right": 60}, budget=120)
    assert count(contest, votes(left=5, right=5)).ties == ()


def test_points_add_up_and_knapsacks_count_once_a_ballot() -> None:
    contest = a_contest({"park": 60, "bench": 60}, kind="points")
    ballots = {Points((("park", 1),)): 4, Points((("bench", 3),)): 2}
    assert selected(count(contest, ballots)) == ("bench",)

    contest = a_contest({"park": 60, "bench": 40}, kind="knapsack")
    tally = count(contest, {Knapsack(("park", "bench")): 1, Knapsack(("bench",)): 1})
    assert selected(tally) == ("bench", "park")


def test_a_ranking_has_no_votes_unless_the_rule_gives_points_by_place() -> None:
    ballots = {Ranking(("park", "bench")): 2, Ranking(("bench",)): 1}
    costs = {"park": 60, "bench": 60}
    with pytest.raises(ContestError, match=r"contest\.ranked"):
        count(a_contest(costs, kind="ranked"), ballots)
    tally = count(a_contest(costs, kind="ranked", settings={"rank_points": [3, 2]}), ballots)
    assert tally.allocation is not None
    assert dict(tally.allocation.support) == {"park": 6, "bench": 7}
    settings = {"rank_points": "by_length"}
    tally = count(a_contest(costs, kind="ranked", settings=settings), ballots)
    assert tally.allocation is not None
    assert dict(tally.allocation.support) == {"park": 4, "bench": 3}


def test_edges() -> None:
    contest = a_contest({"free": 0, "unwanted": 0, "dear": 101})
    tally = count(contest, [Approval(("free",)), Approval(), Approval(("nowhere",))])
    assert selected(tally) == ("free",)
    assert (tally.ballots, tally.valid, tally.blank, tally.invalid) == (3, 1, 1, 1)
    assert tally.why["unwanted"].code == "no_votes"
    assert set(tally.why) == {"free", "unwanted", "dear"}
    assert selected(count(contest, [])) == ()
    assert selected(count(a_contest({"park": 60}, budget=0), votes(park=4))) == ()


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"treshold": 3}, "contest.setting"),
        ({"threshold": "3"}, "contest.setting_value"),
        ({"threshold": -1}, "contest.setting_value"),
        ({"skip": 1}, "contest.setting_value"),
        ({"leftover": "burn"}, "contest.setting_value"),
    ],
)
def test_settings_are_checked(settings: dict[str, object], code: str) -> None:
    with pytest.raises(ContestError) as error:
        count(a_contest({"park": 60}, settings=settings), [])
    assert error.value.code == code
