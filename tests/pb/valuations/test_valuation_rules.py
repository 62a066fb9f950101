"""Routes, medians, quadrants and what a decision needs: tables worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from pb.valuations import rules

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kinds", "route"),
    [
        ([], ""),
        (["", ""], ""),
        (["simple"], "officers"),
        (["complicated"], "expert"),
        (["complex"], "jury"),
        (["urgent"], "at_once"),
        (["simple", "simple", "simple"], "officers"),
        (["urgent", "urgent"], "at_once"),
        (["simple", ""], "officers"),
        # Two who disagree: the jury, whatever the two said.
        (["simple", "complicated"], "jury"),
        (["simple", "urgent"], "jury"),
        (["complicated", "urgent"], "jury"),
        (["complex", "simple"], "jury"),
        (["simple", "simple", "complicated"], "jury"),
    ],
)
def test_route(kinds: list[str], route: str) -> None:
    assert rules.route(kinds) == route
    assert rules.route(reversed(kinds)) == route


@pytest.mark.parametrize(
    ("scores", "median", "low", "high"),
    [
        ([4], 4, 4, 4),
        ([1, 6], Fraction(7, 2), 1, 6),
        ([2, 5, 3], 3, 2, 5),
        ([6, 1, 1, 2], Fraction(3, 2), 1, 6),
        ([3, 3, 3, 3, 3], 3, 3, 3),
    ],
)
def test_median_and_spread(
    scores: list[int], median: Fraction, low: int, high: int
) -> None:
    assert rules.spread(scores) == rules.Spread(Fraction(median), low, high, len(scores))


def test_no_score_has_no_median() -> None:
    assert rules.spread([]) is None


@pytest.mark.parametrize(
    ("impact", "effort", "name"),
    [
        (6, 1, "quick_win"), (4, 3, "quick_win"),
        (6, 6, "big_project"), (4, 4, "big_project"),
        (1, 1, "small_extra"), (3, 3, "small_extra"),
        (1, 6, "back_burner"), (3, 4, "back_burner"),
        # Exactly in the middle the benefit of the doubt is the proposal's, on both axes.
        (Fraction(7, 2), Fraction(7, 2), "quick_win"),
        (Fraction(7, 2), 4, "big_project"),
        (3, Fraction(7, 2), "small_extra"),
    ],
)
def test_quadrants(impact: Fraction, effort: Fraction, name: str) -> None:
    assert rules.quadrant(Fraction(impact), Fraction(effort)) == name


@pytest.mark.parametrize(
    ("path", "has_jury", "phase", "may"),
    [
        ("officers", True, "assessment", True),
        ("expert", True, "assessment", True),
        ("", True, "assessment", True),
        ("jury", True, "ideas", False),
        ("jury", True, "assessment", False),
        ("jury", True, "jury", True),
        ("jury", False, "assessment", True),
    ],
)
def test_what_is_the_jurys_is_not_refused_before_it(
    path: str, has_jury: bool, phase: str, may: bool
) -> None:
    assert rules.may_refuse(path, has_jury, phase) is may


WHOLE = {"feasibility": "yes", "cost": 100, "reason": True, "changes": False,
         "path": "officers", "advice": False}


@pytest.mark.parametrize(
    ("outcome", "given", "missing"),
    [
        ("pass", {}, []),
        ("pass", {"feasibility": ""}, ["valuation.feasibility_needed"]),
        ("pass", {"feasibility": "no"}, ["valuation.feasibility_needed"]),
        ("pass", {"feasibility": "changed"}, ["valuation.changes_needed"]),
        ("pass", {"feasibility": "changed", "changes": True}, []),
        ("pass", {"cost": 0}, ["valuation.cost_needed"]),
        ("pass", {"reason": False}, ["valuation.reason_needed"]),
        ("pass", {"path": "expert"}, ["valuation.advice_needed"]),
        ("pass", {"path": "expert", "advice": True}, []),
        ("refuse", {"cost": 0, "feasibility": "no"}, []),
        ("refuse", {"reason": False}, ["valuation.reason_needed"]),
        ("refuse", {"path": "expert"}, ["valuation.advice_needed"]),
        ("park", {"feasibility": "", "cost": 0}, []),
        ("park", {"reason": False}, ["valuation.reason_needed"]),
        ("act", {"cost": 0, "path": "expert"}, []),
        ("act", {"reason": False}, ["valuation.reason_needed"]),
        ("pass", {"feasibility": "", "cost": 0, "reason": False},
         ["valuation.feasibility_needed", "valuation.cost_needed", "valuation.reason_needed"]),
    ],
)
def test_what_a_decision_needs(
    outcome: str, given: dict[str, object], missing: list[str]
) -> None:
    assert rules.lacks(outcome, **(WHOLE | given)) == missing  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("due", "state", "late"),
    [
        (None, "open", False),
        (NOW + timedelta(seconds=1), "open", False),
        (NOW, "open", True),
        (NOW - timedelta(days=3), "answered", True),
        (NOW - timedelta(days=3), "told", False),
        (NOW - timedelta(days=3), "decided", False),
    ],
)
def test_overdue(due: datetime | None, state: str, late: bool) -> None:
    assert rules.is_overdue(due, state, NOW) is late
