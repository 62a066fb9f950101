"""The jury's figures equal the design's vectors, and what can be worked out by hand."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.measures.agreement import key_finding, left_out, supermajority
from deliberation.measures.change import change, holm
from deliberation.measures.representation import _tail, concentration, likeness, shown
from deliberation.measures.voice import dominates, gini, gini_of_few

VECTORS = Path(__file__).parents[3] / "shared/design/metric-vectors.json"


@pytest.fixture(scope="module")
def vectors():
    if not VECTORS.exists():
        pytest.skip("the design's vectors are not beside the checkout")
    return json.loads(VECTORS.read_text(encoding="utf-8"))


def test_likeness(vectors) -> None:
    case = vectors["representativeness"]
    shares = [Fraction(str(share)) for share in case["census"]]
    found = likeness(case["panel"], shares, unanswered=6)
    assert found is not None
    assert float(found.dissimilarity) == case["D"]
    assert float(found.chi_square) == pytest.approx(case["chi2"], abs=1e-6)
    assert float(found.worst_ratio) == case["worst_ratio"]
    assert float(found.p) == pytest.approx(case["mc_p"], abs=0.03)
    assert found.unanswered == Fraction(6, 30)
    assert found == likeness(case["panel"], shares, unanswered=6), "the same chance again"


@pytest.mark.parametrize(("values", "far"), [(2, 3.8415), (3, 5.9915), (4, 7.8147), (6, 11.0705)])
def test_large_groups_are_held_against_the_distribution(values: int, far: float) -> None:
    """The table of the chi-square distribution at 0.05, for 1, 2, 3 and 5 degrees of freedom."""
    assert _tail(far, values - 1) == pytest.approx(0.05, abs=1e-5)
    equal = [Fraction(1, values)] * values
    found = likeness([40, 20, *[30] * (values - 2)], equal)
    assert found is not None and not found.simulated
    assert float(found.p) == pytest.approx(_tail(float(found.chi_square), values - 1))
    few = likeness([4, 2, *[3] * (values - 2)], equal)
    assert few is not None and few.simulated


def test_likeness_of_nobody_and_of_wrong_shares() -> None:
    half = [Fraction(1, 2)] * 2
    assert likeness([0, 0], half) is None
    with pytest.raises(ValueError, match="share"):
        likeness([1, 2], [Fraction(1, 2), Fraction(1, 3)])
    assert likeness([5, 5], half).p == 1


@pytest.mark.parametrize(
    ("number", "seen"), [(0, None), (9, None), (10, 10), (12, 10), (13, 15), (98, 100)]
)
def test_small_numbers_are_not_shown(number: int, seen: int | None) -> None:
    assert shown(number) == seen


def test_concentration(vectors) -> None:
    case = vectors["concentration"]
    assert float(concentration(case["pop"], case["spend"])) == pytest.approx(case["C"], abs=1e-6)
    assert concentration([10, 10], [5, 5]) == 0
    assert concentration([10, 10], [0, 0]) == 0


def test_voice(vectors) -> None:
    case = vectors["gini"]
    assert float(gini(case["x"])) == pytest.approx(case["G"], abs=1e-6)
    assert float(gini_of_few(case["x"])) == pytest.approx(case["G_norm"], abs=1e-6)
    assert gini([3] * 6) == case["equal"] == gini([0, 0])
    one = [0, 0, 0, 0, 0, 7]
    assert [float(gini(one)), float(gini_of_few(one))] == pytest.approx(
        case["one_speaker"], abs=1e-6
    )
    assert dominates(3, [3, 1, 1, 1, 1, 1]) and not dominates(2, [2, 1, 1, 1, 1, 1])
    assert not dominates(0, [0, 0])


def test_change(vectors) -> None:
    case = vectors["paired"]
    found = change(case["pre"], case["post"])
    assert found is not None
    assert float(found.p) == case["wilcoxon_p"]
    assert float(found.rank_biserial) == pytest.approx(case["rank_biserial"], abs=1e-6)
    assert float(found.mean) == pytest.approx(case["mean_change"], abs=1e-6)
    assert float(found.changed) == pytest.approx(case["share_changed"], abs=1e-6)
    assert change([], []) is None
    assert change([3], [3]).p == 1


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=8))
def test_the_exact_test_counts_all_signs(pairs: list[tuple[int, int]]) -> None:
    steps = [after - before for before, after in pairs if after != before]
    sizes = sorted(abs(step) for step in steps)
    rank = {
        size: Fraction(sizes.index(size) + 1 + len(sizes) - sizes[::-1].index(size), 2)
        for size in sizes
    }
    up = sum((rank[step] for step in steps if step > 0), Fraction())
    sums = [
        sum((rank[abs(step)] for step, sign in zip(steps, signs, strict=True) if sign), Fraction())
        for signs in product((0, 1), repeat=len(steps))
    ]
    low, high = sum(one <= up for one in sums), sum(one >= up for one in sums)
    found = change(*zip(*pairs, strict=True))
    assert found is not None
    assert found.p == min(Fraction(1), Fraction(2 * min(low, high), len(sums)))


def test_holm() -> None:
    chances = [Fraction(1, 100), Fraction(4, 100), Fraction(3, 100)]
    assert holm(chances) == [Fraction(3, 100), Fraction(6, 100), Fraction(6, 100)]


def test_supermajority(vectors) -> None:
    for eligible, needed in vectors["supermajority"].items():
        if eligible.isdigit():
            assert supermajority(int(eligible)) == needed
    assert key_finding(18, 24) and not key_finding(17, 24) and not key_finding(0, 0)


def test_a_slate_that_leaves_a_group_out(vectors) -> None:
    case = vectors["jr_audit"]
    jurors = [{"A", "B", "C", "E"}] * 18 + [{"D"}] * 6
    assert (case["n"], case["k"]) == (len(jurors), 4)
    assert left_out(jurors, "ABCE") == {"D": 6} and case["slate_ABCE"].startswith("fails")
    assert left_out(jurors, "ABCD") == {} and case["slate_ABCD"] == "passes"
    assert left_out(jurors, ()) == {}
