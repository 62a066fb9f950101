"""Figures of satisfaction, by hand and by their definitions."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from voting import Approval, Contest, Option
from voting.contest import WHOLE
from voting.satisfaction import gini, satisfaction


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
