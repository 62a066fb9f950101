"""Replacements: what is left of the targets, and a panel that meets the first ones again."""

import pytest

from deliberation.sortition.faults import InputError
from deliberation.sortition.lottery import hold
from deliberation.sortition.replacements import vacancies
from tests.deliberation.small_pools import check, legal, pool_of, targets_of
from tests.deliberation.test_lottery import town


def codes(caught: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [fault.code for fault in caught.value.faults]


def test_the_remaining_targets() -> None:
    targets = targets_of(side={"left": (2, 3), "right": (1, 2)})
    pool = pool_of(targets, "left", "left", "left", "right", "right", "right")
    found = vacancies(pool, targets, 4, {"p0", "p3", "p4"}, {"p1"})
    assert found.seats == 1
    assert [(row.minimum, row.maximum) for row in found.targets.rows] == [(1, 2), (0, 0)]
    assert found.pool.ids == ("p2", "p5")


def test_a_panel_filled_up_meets_the_first_targets() -> None:
    pool, targets = town()
    first = hold(pool, targets, 9, seed="a", panels=30)
    for drawn in first.panels[:5]:
        gone = {pool.people[at].id for at in drawn[:3]}
        stays = {pool.people[at].id for at in drawn[3:]}
        left = vacancies(pool, targets, 9, stays, gone)
        held = hold(left.pool, left.targets, left.seats, seed="b", panels=20)
        check(held, left.pool, left.targets)
        place = {name: at for at, name in enumerate(pool.ids)}
        for panel in held.panels:
            names = stays | {left.pool.people[at].id for at in panel}
            assert not names & gone
            assert legal(pool, targets, 9, tuple(sorted(place[name] for name in names)))


def test_who_shares_a_household_with_somebody_sitting_is_out() -> None:
    targets = targets_of(side={"left": (0, 3), "right": (0, 3)})
    homes = {0: "home", 1: "home", 2: "other", 3: "other"}
    pool = pool_of(targets, "left", "left", "right", "right", "left", households=homes)
    found = vacancies(pool, targets, 2, {"p0"}, ())
    assert found.pool.ids == ("p2", "p3", "p4")


def test_faults() -> None:
    targets = targets_of(side={"left": (0, 1), "right": (0, 3)})
    pool = pool_of(targets, "left", "left", "right", "right")
    with pytest.raises(InputError) as caught:
        vacancies(pool, targets, 2, {"p0", "p1", "nobody"}, {"p1", "no one"})
    assert codes(caught) == [
        "replacement.unknown",
        "replacement.unknown",
        "replacement.sits_and_withdrew",
        "replacement.no_seat_free",
        "replacement.past_maximum",
    ]
