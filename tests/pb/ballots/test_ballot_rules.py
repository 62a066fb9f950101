"""Orders and moves of a ballot's form, on literals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.ballots.rules import Arranged, arrange, move, purses, within, without
from voting import Contest, Option
from voting.ballots import Approval, Points, Ranking

ABC = ("a", "b", "c")


def places(order: tuple[str, ...], **changes: int) -> dict[str, int]:
    return {one: place for place, one in enumerate(order, 1)} | changes


@pytest.mark.parametrize(
    ("wanted", "order"),
    [
        (places(ABC), ABC),
        (places(ABC, d=1), ("d", "a", "b", "c")),
        (places(ABC, d=2, e=3), ("a", "d", "e", "b", "c")),
        (places(ABC, a=3), ("b", "c", "a")),
        (places(ABC, c=1), ("c", "a", "b")),
        (places(ABC, b=0), ("a", "c")),
        (places(ABC, d=5), ("a", "b", "c", "d")),
        ({}, ()),
    ],
)
def test_the_order_that_the_selects_ask_for(
    wanted: dict[str, int], order: tuple[str, ...]
) -> None:
    assert arrange(ABC, wanted, 5) == Arranged(order)


def test_two_with_one_place_stand_in_the_form_s_order_and_are_named() -> None:
    assert arrange((), {"x": 1, "y": 2, "z": 1}, 5) == Arranged(("x", "z", "y"), (), ("x", "z"))


def test_what_does_not_fit_falls_off_the_end_and_is_named() -> None:
    assert arrange(ABC, places(ABC, d=1), 3) == Arranged(("d", "a", "b"), ("c",))


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=5),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 5)),
)
def test_every_option_with_a_place_is_ranked_or_named(
    before: list[str], wanted: dict[str, int]
) -> None:
    got = arrange(before, wanted, 5)
    assert sorted(got.order + got.off) == sorted(one for one, place in wanted.items() if place)
    assert len(got.order) <= 5


@pytest.mark.parametrize(
    ("way", "option", "order"),
    [
        ("up", "b", ("b", "a", "c")), ("up", "a", ABC), ("down", "a", ("b", "a", "c")),
        ("down", "c", ABC), ("add", "d", (*ABC, "d")), ("add", "b", ABC),
        ("drop", "b", ("a", "c")), ("drop", "z", ABC), ("up", "z", ABC), ("sideways", "a", ABC),
    ],
)
def test_moves(way: str, option: str, order: tuple[str, ...]) -> None:
    assert move(ABC, way, option, 5) == Arranged(order)


def test_a_full_list_takes_no_more() -> None:
    assert move(ABC, "add", "d", 3) == Arranged(ABC, ("d",))


def test_taking_out() -> None:
    assert without(Ranking(ABC), "b") == Ranking(("a", "c"))
    assert without(Points((("a", 1), ("b", 2))), "a") == Points((("b", 2),))
    assert within(Approval(("a", "x")), "abc") == Approval(("a",))


def test_the_money_of_each_area() -> None:
    contest = Contest(
        (Option("a", cost=30, area="q"), Option("b", cost=80, area="q"), Option("c", cost=5)),
        "knapsack", "greedy", budgets={"q": 100, "": 50, "none": 9},
    )
    quay, whole = purses(contest, ("a", "b"))
    assert (quay.area, quay.left, quay.over) == ("q", -10, 10)
    assert (whole.area, whole.left, whole.over) == ("", 50, 0)
