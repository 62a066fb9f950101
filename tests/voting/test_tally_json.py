"""A tally as JSON: exact, round and round again."""

import json
from fractions import Fraction

import pytest

from voting import Contest, Option, Ranking, Tally, count
from voting.tally import Allocation, Stage, Step, Transfer, Why
from voting.tally_json import decimal


@pytest.mark.parametrize(
    ("votes", "text"),
    [
        (1322, "1322"),
        (-3, "-3"),
        (0, "0"),
        (Fraction(80607214, 100000), "806.07214"),
        (Fraction(1, 8), "0.125"),
        (Fraction(-1, 20), "-0.05"),
        (Fraction(1, 10**7), "0.0000001"),
        (Fraction(-5, 1), "-5"),
        (Fraction(0), "0"),
        (Fraction(10, 3), "10/3"),
    ],
)
def test_decimal_is_the_shortest_exact_text(votes, text):
    assert decimal(votes) == text


def test_decimal_rounds_only_when_asked():
    assert decimal(Fraction(2, 3), 4) == "0.6667"
    assert decimal(Fraction(1, 2), 4) == "0.5"


def test_a_count_comes_back_equal():
    contest = Contest(tuple(map(Option, "ABC")), "ranked", "scottish-stv", 2)
    tally = count(contest, {Ranking(("A", "B")): 10, Ranking(("C",)): 4, Ranking(("Z",)): 1})
    again = Tally.from_dict(json.loads(tally.to_json()))
    assert again == tally
    assert again.to_json() == tally.to_json()


def test_fractions_without_a_finite_decimal_are_kept_exactly():
    stage = Stage(
        1, "first_preferences", (), {"A": Fraction(10, 3)}, (Transfer("A", None, Fraction(1, 7)),)
    )
    tally = Tally("x/1", 4, 4, 0, 0, {"A": Why("elected")}, 1, Fraction(4, 3), ("A",), (stage,))
    data = tally.to_dict()
    assert data["quota"] == "1.333333333333"
    assert data["quota_exact"] == "4/3"
    assert data["stages"][0]["totals"] == {"A": "3.333333333333"}
    assert Tally.from_dict(json.loads(tally.to_json())) == tally


def test_money_comes_back_equal():
    step = Step("park", True, Why("funded", {"votes": 5, "paid_by": ("x", "y")}), 300, {"p": "1/3"})
    allocation = Allocation(("park",), 700, {"": 300}, (step,), {"park": 5})
    tally = Tally("greedy/1", 5, 5, 0, 0, {"park": step.why}, allocation=allocation)
    data = json.loads(tally.to_json())
    assert (data["selected"], data["cost"]) == (["park"], 700)
    assert Tally.from_dict(data) == tally
