"""Equal shares, on approvals, points and ranks: cases to follow by hand, and real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from voting import Approval, Contest, ContestError, Group, Option, Points, Ranking, Tally, count
from voting.ballots import Content
from voting.contest import WHOLE
from voting.formats import pabulib

DATA = Path(__file__).parents[2] / "../shared/data/pabulib/files"
with_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the elections beside the checkout (../shared/data) are absent"
)


def a_contest(
    costs: dict[str, int], budget: int, kind: str = "approval", **settings: object
) -> Contest:
    return Contest(
        tuple(Option(name, cost=cost) for name, cost in costs.items()),
        kind,
        "equal-shares-ranked" if kind == "ranked" else "equal-shares",
        budgets={WHOLE: budget},
        settings={"completion": "none", "increment": 1, **settings},
    )


def selected(tally: Tally) -> tuple[str, ...]:
    assert tally.allocation is not None
    return tally.allocation.selected


def test_a_minority_buys_with_its_own_share() -> None:
    contest = a_contest({"pool": 60, "track": 70, "garden": 40}, budget=100)
    ballots = {Approval(("pool", "track")): 6, Approval(("garden",)): 4}
    tally = count(contest, ballots)
    # Ten pounds each: the six buy the pool with all they have, the four the garden.
    assert selected(tally) == ("pool", "garden")
    assert tally.method == "equal-shares/1"
    assert tally.why["pool"].parameters == {
        "votes": 6,
        "cost": 60,
        "money_left": 40,
        "price": "10",
        "paid_price": 0,
        "paid_all_they_had": 6,
    }
    assert tally.why["track"].code == "no_money"
    assert tally.why["track"].parameters == {
        "votes": 6,
        "cost": 70,
        "supporters_left": 0,
        "short": 70,
        "purse_short": 70,
        "votes_short": 7,
        "lost_to": ("pool",),
        "went_to": {"pool": 60},
    }
    assert tally.notes[0].parameters == {"area": "", "voters": 10, "start": "10", "end": "10"}


def test_who_has_less_gives_all_and_the_others_share_the_rest() -> None:
    contest = a_contest({"a": 10, "b": 15}, budget=36)
    ballots = {Approval(("a",)): 1, Approval(("a", "b")): 1, Approval(("b",)): 1}
    tally = count(contest, ballots)
    # Of twelve each, a costs 5 from two; then b gets 7, which is all, and 8.
    assert selected(tally) == ("a", "b")
    why = tally.why["b"].parameters
    assert (why["price"], why["paid_price"], why["paid_all_they_had"]) == ("8", 1, 1)


def test_worth_by_cost_and_by_number_choose_differently() -> None:
    costs = {"hall": 50, "bench": 25}
    ballots = {Approval(("hall", "bench")): 4, Approval(("hall",)): 2, Approval(("bench",)): 1}
    by_cost = count(a_contest(costs, 70), ballots)
    assert selected(by_cost) == ("hall",)  # 6 pay for it against 5
    by_number = count(a_contest(costs, 70, utility="cardinality"), ballots)
    assert selected(by_number) == ("bench",)  # 5 each against 8.33


def test_points_are_paid_for_by_the_point() -> None:
    contest = a_contest({"a": 12}, 20, kind="points", utility="cardinality")
    ballots = {Points((("a", 3),)): 1, Points((("a", 1),)): 1}
    why = count(contest, ballots).why["a"]
    # 9 and 3 for 3 and 1 points.
    assert why.parameters["price"] == "3"
    assert count(a_contest({"a": 17}, 20, kind="points"), ballots).why["a"].parameters == {
        "votes": 4,
        "cost": 17,
        "money_left": 3,
        "price": "7",
        "paid_price": 1,
        "paid_all_they_had": 1,
    }


def left_over() -> tuple[dict[str, int], dict[Content, int]]:
    costs = {"a": 30, "b": 36, "c": 44, "d": 60}
    ballots: dict[Content, int] = {
        Approval(("a",)): 3,
        Approval(("a", "b")): 2,
        Approval(("c",)): 3,
        Approval(("d",)): 2,
    }
    return costs, ballots


def test_raised_shares_use_more_of_the_money() -> None:
    costs, ballots = left_over()
    assert selected(count(a_contest(costs, 100), ballots)) == ("a",)
    tally = count(a_contest(costs, 100, completion="add1"), ballots)
    # At 15 the three buy c for 44; at 24 the two would buy b, which costs too much in all.
    assert selected(tally) == ("a", "c")
    assert tally.notes[0].parameters["end"] == "23"
    tally = count(a_contest(costs, 110, completion="add1"), ballots)
    assert selected(tally) == ("a", "c", "b")


def test_the_stop_at_the_first_outcome_to_which_nothing_fits() -> None:
    costs, ballots = left_over()
    settings = {"completion": "add1", "exhaustive_stop": True}
    tally = count(a_contest(costs, 100, **settings), ballots)
    assert selected(tally) == ("a", "c")
    assert tally.notes[0].parameters["end"] == "15"


def test_completion_by_utility() -> None:
    costs, ballots = left_over()
    tally = count(a_contest(costs, 100, completion="utility"), ballots)
    assert selected(tally) == ("a", "c")
    assert tally.why["c"].code == "funded_by_votes"
    tally = count(a_contest(costs, 150, completion="add1-utility"), ballots)
    assert sum(costs[option] for option in selected(tally)) <= 150


def test_a_share_may_start_as_a_whole_number() -> None:
    contest = a_contest({"a": 100}, 100, completion="add1", increment=10, integral_start=True)
    tally = count(contest, {Approval(("a",)): 3})
    # From 30, the three can pay at 40.
    assert tally.notes[0].parameters == {"area": "", "voters": 3, "start": "30", "end": "40"}
    assert selected(tally) == ("a",)


def test_greedy_stands_where_more_voters_are_better_off() -> None:
    costs = {"town": 100, "a": 35, "b": 35}
    ballots = {Approval(("town",)): 4, Approval(("town", "a")): 4, Approval(("b",)): 5}
    settings = {"completion": "add1"}
    assert selected(count(a_contest(costs, 100, **settings), ballots)) == ("b", "a")
    tally = count(a_contest(costs, 100, comparison="satisfaction", **settings), ballots)
    assert selected(tally) == ("town",)
    assert tally.notes[0].parameters == {
        "area": "",
        "by": "satisfaction",
        "for_shares": 5,
        "for_greedy": 8,
        "adopted": "greedy",
    }
    tally = count(a_contest(costs, 100, comparison="exclusion", **settings), ballots)
    assert selected(tally) == ("b", "a")
    assert tally.notes[0].parameters["for_shares"] == 9


def test_equal_prices_go_by_votes_then_cost_then_lot() -> None:
    ballots = {Approval(("left", "right")): 2}
    contest = a_contest({"left": 6, "right": 6}, 10)
    for lot_order in (("left", "right"), ("right", "left")):
        tally = count(contest, ballots, lot_order)
        assert selected(tally) == lot_order[:1]
        assert [(tie.options, tie.settled_by) for tie in tally.ties] == [(lot_order, "lot")]
    contest = a_contest({"left": 6, "right": 5}, 9)
    tally = count(contest, ballots)
    assert selected(tally) == ("right",)
    assert tally.ties[0].settled_by == "cost"


def test_prices_equal_in_fractions_only_are_still_equal() -> None:
    """Thirds and sevenths that no float holds: both cost a third of a third each."""
    costs = {"x": 7, "y": 7, "z": 3}
    ballots = {Approval(("z", "x")): 3, Approval(("z", "y")): 3, Approval(("z",)): 1}
    tally = count(a_contest(costs, 20), ballots, ("y", "x", "z"))
    assert selected(tally)[1] == "y"
    tally = count(a_contest(costs, 20), ballots, ("x", "y", "z"))
    assert selected(tally)[1] == "x"


def test_an_exclusive_group() -> None:
    contest = Contest(
        (Option("park", cost=4), Option("parking", cost=4), Option("bench", cost=2)),
        "approval",
        "equal-shares",
        budgets={WHOLE: 20},
        groups=(Group("square", frozenset({"park", "parking"})),),
    )
    tally = count(contest, {Approval(("park", "parking", "bench")): 2, Approval(("park",)): 1})
    assert set(selected(tally)) == {"park", "bench"}
    assert tally.why["parking"].code == "group_taken"


def town(kind: str, method: str, groups: tuple[Group, ...] = ()) -> Contest:
    return Contest(
        (
            Option("quay-1", cost=40, area="quay"),
            Option("quay-2", cost=40, area="quay"),
            Option("hill-1", cost=30, area="hill"),
            Option("town-1", cost=80),
            Option("town-2", cost=80),
        ),
        kind,
        method,
        budgets={"quay": 50, "hill": 30, WHOLE: 100},
        settings={"increment": 1},
        groups=groups,
    )


def test_each_purse_is_shared_among_those_who_vote_in_it() -> None:
    contest = town("ranked", "equal-shares-ranked")
    ballots = {
        Ranking(("town-2", "quay-1")): 3,
        Ranking(("quay-2", "town-1", "quay-1")): 2,
        Ranking(("hill-1", "town-1")): 4,
    }
    tally = count(contest, ballots)
    assert set(selected(tally)) == {"quay-1", "hill-1", "town-1"}
    shares = {note.parameters["area"]: note.parameters["voters"] for note in tally.notes}
    assert shares == {"quay": 5, "hill": 4, WHOLE: 9}
    assert tally.allocation is not None
    assert dict(tally.allocation.left) == {"quay": 10, "hill": 0, WHOLE: 20}
    assert tally.why["quay-1"].parameters["rank"] == 1
    assert tally.why["town-2"].code == "no_money"


def test_a_group_over_two_purses_is_refused() -> None:
    group = Group("g", frozenset({"quay-1", "town-1"}))
    with pytest.raises(ContestError, match=r"contest\.group_areas"):
        count(town("approval", "equal-shares", (group,)), [])


def test_first_preferences_buy_before_later_ones() -> None:
    costs = {"a": 30, "b": 30, "c": 30}
    # By approval all ten agree on c; by rank nobody wants it before a or b.
    ballots = {Ranking(("a", "c")): 5, Ranking(("b", "c")): 5}
    tally = count(a_contest(costs, 60, kind="ranked"), ballots)
    assert set(selected(tally)) == {"a", "b"}
    assert tally.why["c"].parameters["votes"] == 10
    approvals = {Approval(("a", "c")): 5, Approval(("b", "c")): 5}
    assert selected(count(a_contest(costs, 60), approvals)) == ("c",)


def test_kinds_of_ballots() -> None:
    with pytest.raises(ContestError, match=r"contest\.ranked"):
        count(town("ranked", "equal-shares"), [])
    with pytest.raises(ContestError, match=r"contest\.kind"):
        count(town("approval", "equal-shares-ranked"), [])


def test_nobody_nothing_and_free() -> None:
    tally = count(a_contest({"a": 1}, 10), [])
    assert selected(tally) == ()
    assert tally.why["a"].code == "no_votes"
    tally = count(a_contest({"free": 0, "b": 10}, 0, completion="add1"), [Approval(("free", "b"))])
    assert selected(tally) == ("free",)
    assert tally.why["b"].code == "too_dear"


@with_data
@pytest.mark.parametrize("name", ["Netherlands_Assen_2024", "Poland_Wieliczka_2023_Green_Budget"])
def test_towns_that_counted_by_equal_shares(name: str) -> None:
    election = pabulib.read(DATA / f"{name}.pb")
    assert election.contest.method == "equal-shares"
    assert election.method_recorded
    tally = count(election.contest, election.groups)
    assert set(selected(tally)) == set(election.expected["selected"])  # type: ignore[call-overload]
