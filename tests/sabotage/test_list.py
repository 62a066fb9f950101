"""Each sabotage in the list can still be done: its line is there once, and so is its test."""

from __future__ import annotations

import pytest

from tests.deliberation.test_failures import FAILURES
from tests.sabotage import Sabotage, listed
from tests.support.named import exists
from tests.support.needs import ROOT

SABOTAGES = listed()


@pytest.mark.parametrize("one", SABOTAGES, ids=[f"{one.belongs}-{place}" for place, one
                                                in enumerate(SABOTAGES)])
def test_each_sabotage_can_be_done(one: Sabotage) -> None:
    text = (ROOT / one.file).read_text(encoding="utf-8")
    assert one.done_to(text) != text
    assert exists(one.test), one.test


def test_every_failure_has_a_sabotage_of_one_of_its_tests() -> None:
    for code, failure in FAILURES.items():
        assert any(one.belongs == code and one.test.partition("[")[0] in failure.tests
                   for one in SABOTAGES), code


def test_a_line_that_stands_twice_is_refused() -> None:
    twice = Sabotage("x", "x", "x", "a", "b", "x")
    assert twice.done_to("  a\nc") == "  b\nc"
    for text in ("a\na", "c"):
        with pytest.raises(ValueError, match="times"):
            twice.done_to(text)
