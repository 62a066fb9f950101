"""Acceptance on the pools beside the checkout, to the tolerances of the design.

Lowest chance at least the bound less 0.002, largest shortfall at most 0.0025, leximin's Gini
within 0.003, every panel legal, with 1,000 panels.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from deliberation.sortition.lottery import certificate_holds, hold
from deliberation.sortition.pool import parse_people
from deliberation.sortition.targets import decode, parse_targets
from tests.deliberation.small_pools import check

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "sortition"
NAMES = (
    "example_small_20",
    "example_large_200",
    "sa_fix_22",
    "syn_200_20",
    "syn_1000_40",
    "twin_mass_24",
    "twin_sfc_44",
    "odlp_20",
    "tight_60_12",
)

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the folder shared/data/sortition is not beside the checkout"
)


def expected(name: str) -> dict[str, Any]:
    found = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))[name]
    assert isinstance(found, dict)
    return found


def test_every_case_is_tried() -> None:
    assert set(json.loads((DATA / "expected.json").read_text(encoding="utf-8"))) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_acceptance(name: str) -> None:
    case = expected(name)
    targets = parse_targets(decode((DATA / name / "categories.csv").read_bytes()))
    pool = parse_people(decode((DATA / name / "respondents.csv").read_bytes()), targets)
    held = hold(pool, targets, case["seats"], seed="acceptance", panels=1000)
    check(held, pool, targets)
    bound = case.get("bound", case.get("bound_over_the_rest"))
    assert len(pool.people) == case["pool"] or "pool" not in case
    assert float(held.best_bound) == pytest.approx(bound, abs=1e-5)
    assert len(held.zero_chance) == case.get("zero_chance", 0)
    assert float(held.lowest) >= bound - 0.002
    assert held.largest_shortfall <= 0.0025
    assert held.gini == pytest.approx(case["leximin_gini"], abs=0.003)
    assert held.exact
    assert certificate_holds(held, pool, targets)
