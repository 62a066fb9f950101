"""Targets that cannot be met: why, for whom, and the smallest way out."""

from itertools import product

import numpy as np
import pytest

from deliberation.sortition import feasibility, frame
from deliberation.sortition.faults import LotteryError
from deliberation.sortition.feasibility import Change
from deliberation.sortition.frame import Frame
from deliberation.sortition.pool import Pool
from deliberation.sortition.solver import Clock
from deliberation.sortition.targets import Target, Targets
from deliberation.sortition.types import group
from tests.deliberation.small_pools import every_panel, pool_of, targets_of


def framed(pool: Pool, targets: Targets, seats: int) -> Frame:
    return frame.build(group(pool), targets, seats)


def widened(targets: Targets, changes: tuple[Change, ...]) -> Targets:
    rows = list(targets.rows)
    for change in changes:
        at = rows.index(change.target) if change.target in rows else None
        assert at is not None
        row = rows[at]
        low = change.to if change.end == "minimum" else row.minimum
        high = change.to if change.end == "maximum" else row.maximum
        rows[at] = Target(row.category, row.value, low, high)
    return Targets(tuple(rows))


def cost(changes: tuple[Change, ...]) -> int:
    return sum(abs(change.to - getattr(change.target, change.end)) for change in changes)


def test_plain_reasons() -> None:
    targets = targets_of(
        side={"left": (2, 2), "right": (2, 2)}, age={"old": (0, 1), "young": (0, 1)}
    )
    pool = pool_of(targets, "left old", "left young", "right old")
    found = {fault.code for fault in feasibility.plain_reasons(framed(pool, targets, 3))}
    assert found == {
        "targets.minimums_past_seats",
        "targets.maximums_below_seats",
        "targets.too_few_people",
    }
    few = feasibility.plain_reasons(framed(pool, targets, 4))
    assert "pool.smaller_than_seats" in {fault.code for fault in few}


def test_infeasible_together_though_each_target_alone_can_be_met() -> None:
    """Two of the left and two of the old on three seats, but nobody is both."""
    targets = targets_of(
        side={"left": (2, 2), "right": (1, 1)}, age={"old": (2, 2), "young": (1, 1)}
    )
    pool = pool_of(targets, *["left young"] * 4, *["right old"] * 4)
    drawn_from = framed(pool, targets, 3)
    assert feasibility.plain_reasons(drawn_from) == ()
    with pytest.raises(LotteryError) as caught:
        feasibility.covered(drawn_from, Clock())
    assert caught.value.code == "targets.infeasible"
    changes = feasibility.smallest_relaxation(drawn_from, Clock())
    assert changes is not None and cost(changes) == 2
    assert list(every_panel(pool, widened(targets, changes), 3))


def test_the_relaxation_is_the_smallest() -> None:
    """Against every way to widen the targets by less."""
    targets = targets_of(
        side={"left": (3, 3), "right": (0, 0)}, age={"old": (3, 3), "young": (0, 0)}
    )
    pool = pool_of(targets, "left old", "left young", "right old", "right young", "right old")
    changes = feasibility.smallest_relaxation(framed(pool, targets, 3), Clock())
    assert changes is not None
    assert list(every_panel(pool, widened(targets, changes), 3))
    least = cost(changes)
    for steps in product(range(least), repeat=8):
        if 0 < sum(steps) < least:
            rows = tuple(
                Target(
                    row.category,
                    row.value,
                    max(0, row.minimum - steps[2 * at]),
                    row.maximum + steps[2 * at + 1],
                )
                for at, row in enumerate(targets.rows)
            )
            assert not list(every_panel(pool, Targets(rows), 3))


def test_who_has_no_chance_and_through_which_target() -> None:
    targets = targets_of(
        side={"left": (2, 2), "right": (1, 1)}, age={"old": (0, 0), "young": (3, 3)}
    )
    pool = pool_of(targets, *["left young"] * 3, "right young", "right old")
    drawn_from = framed(pool, targets, 3)
    live, panels = feasibility.covered(drawn_from, Clock())
    assert live.tolist() == [1.0, 1.0, 0.0]
    assert all(drawn_from.holds(panel) for panel in panels)
    (found,) = feasibility.without_chance(drawn_from, live, Clock())
    assert found.kind == 2
    named = {(change.target.value, change.end, change.to) for change in found.changes}
    assert named == {("old", "maximum", 1), ("young", "minimum", 2)}


def test_no_change_of_targets_helps_a_household_past_its_seat() -> None:
    targets = targets_of(side={"left": (0, 3), "right": (0, 3)})
    homes = dict.fromkeys(range(4), "home")
    pool = pool_of(targets, "left", "left", "right", "right", households=homes)
    assert feasibility.smallest_relaxation(framed(pool, targets, 2), Clock()) is None


def test_a_frame_refuses_what_is_no_panel() -> None:
    targets = targets_of(side={"left": (1, 2), "right": (1, 1)})
    pool = pool_of(targets, "left", "left", "right")
    drawn_from = framed(pool, targets, 2)
    assert drawn_from.holds(np.array([1.0, 1.0]))
    for wrong in ([2.0, 0.0], [0.5, 1.5], [3.0, -1.0], [1.0, 2.0]):
        assert not drawn_from.holds(np.array(wrong))


def test_the_quick_search_is_not_trusted_when_it_finds_nobody_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Were it to give the same panel over and over, everybody who can sit would be found still."""
    targets = targets_of(
        side={"left": (2, 2), "right": (1, 1)},
        age={"old": (0, 0), "young": (3, 3)},
        sort={"x": (0, 3), "y": (0, 3)},
    )
    rows = ["left young x", "left young y", "left young x", "right young x", "right young y"]
    pool = pool_of(targets, *rows, "right old x")
    drawn_from = framed(pool, targets, 3)
    stale = drawn_from.best(np.zeros(len(drawn_from.sizes)), Clock())
    monkeypatch.setattr(feasibility.Sifter, "whole", lambda *_: stale)
    live, panels = feasibility.covered(drawn_from, Clock())
    alive = {at for kind in np.flatnonzero(live) for at in drawn_from.types.members[kind]}
    assert alive == {at for panel in every_panel(pool, targets, 3) for at in panel} == set(range(5))
    assert all(drawn_from.holds(panel) for panel in panels)


def test_what_to_show_while_targets_are_edited() -> None:
    targets = targets_of(
        side={"left": (2, 2), "right": (1, 1)}, age={"old": (0, 0), "young": (3, 3)}
    )
    pool = pool_of(targets, *["left young"] * 3, "right young", "right old", "right old")
    found = feasibility.examine(pool, targets, 3, Clock())
    assert found.feasible and found.reasons == ()
    ((people, changes),) = found.without
    assert people == (4, 5) and cost(changes) == 2
    many = feasibility.examine(pool, targets, 4, Clock())
    assert not many.feasible and many.reasons and many.help is not None
    assert list(every_panel(pool, widened(targets, many.help), 4))
    homes = dict.fromkeys(range(6), "home")
    tied = pool_of(targets, *["left young"] * 5, "right young", households=homes)
    none = feasibility.examine(tied, targets, 3, Clock())
    assert not none.feasible and none.help is None
