"""The lottery on pools whose panels can all be listed, and what it must never do."""

import hashlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import highspy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberation.sortition import lottery
from deliberation.sortition.faults import Cancelled, LotteryError
from deliberation.sortition.leximin import gini
from deliberation.sortition.lottery import certificate_holds, hold
from deliberation.sortition.pool import Person, Pool
from deliberation.sortition.targets import Target, Targets
from tests.deliberation.small_pools import check, every_panel, legal, pool_of, targets_of

ROOT = Path(__file__).resolve().parents[2]

SIDES = targets_of(side={"left": (2, 2), "right": (1, 1)})
FOUR_LEFT_ONE_RIGHT = pool_of(SIDES, "left", "left", "left", "left", "right")


def test_everybody_alike_gets_the_same() -> None:
    held = hold(FOUR_LEFT_ONE_RIGHT, SIDES, 3, seed="a", panels=100)
    check(held, FOUR_LEFT_ONE_RIGHT, SIDES)
    assert held.bound == Fraction(1, 2)
    assert held.counts == (50, 50, 50, 50, 100)
    assert held.exact and held.gap == 0.0 and held.notes == ()
    assert certificate_holds(held, FOUR_LEFT_ONE_RIGHT, SIDES)
    assert held.gini == pytest.approx(gini(np.array([0.5, 1.0]), np.array([4.0, 1.0])))


def test_leximin_goes_past_the_worst_off() -> None:
    """Three levels: the maximin alone would leave the middle ones where the lowest are."""
    targets = targets_of(team={"a": (1, 1), "b": (1, 1), "c": (1, 1)})
    pool = pool_of(targets, "a", "a", "a", "a", "b", "b", "c")
    held = hold(pool, targets, 3, seed="a", panels=100)
    assert held.target == pytest.approx((0.25,) * 4 + (0.5,) * 2 + (1.0,))
    assert held.counts == (25,) * 4 + (50,) * 2 + (100,)


def test_gini_by_hand() -> None:
    assert gini(np.array([0.0, 1.0]), np.array([1.0, 1.0])) == pytest.approx(0.5)
    assert gini(np.array([0.2, 0.2]), np.array([3.0, 4.0])) == pytest.approx(0.0)
    values = [0.1, 0.1, 0.4, 0.9]
    mean_difference = sum(abs(a - b) for a in values for b in values) / 16
    by_type = gini(np.array([0.9, 0.1, 0.4]), np.array([1.0, 2.0, 1.0]))
    assert by_type == pytest.approx(mean_difference / (2 * sum(values) / 4))


def test_who_has_no_chance_by_whole_panels_alone() -> None:
    """Each of p0, p1, p2 fits a panel by halves; listing all panels shows that none holds them."""
    targets = targets_of(
        one={"i": (1, 1), "o": (0, 2)},
        two={"j": (1, 1), "u": (0, 2)},
        three={"k": (1, 1), "v": (0, 2)},
    )
    pool = pool_of(targets, "i j v", "o j k", "i u k", "o u v", "i j k", "o u v")
    panels = list(every_panel(pool, targets, 2))
    assert panels == [(3, 4), (4, 5)]
    held = hold(pool, targets, 2, seed="a", panels=10)
    check(held, pool, targets)
    assert held.zero_chance == (0, 1, 2)
    assert held.counts == (0, 0, 0, 5, 10, 5)
    assert held.bound == Fraction(1, 2)
    proof = held.certificate
    assert proof is not None and proof.exclusion is not None and proof.excluded == (0, 1, 2)
    assert certificate_holds(held, pool, targets)


@st.composite
def draws(draw: st.DrawFn) -> tuple[Pool, Targets, int]:
    """Small pools with targets that some panel surely meets, narrow ones for the most part."""
    sizes = draw(st.lists(st.integers(2, 3), min_size=1, max_size=3))
    people = draw(st.integers(4, 9))
    seats = draw(st.integers(1, min(4, people)))
    values = [
        draw(st.lists(st.integers(0, size - 1), min_size=people, max_size=people)) for size in sizes
    ]
    homes = draw(
        st.lists(st.sampled_from([None, None, "h1", "h2"]), min_size=people, max_size=people)
    )
    panel = draw(st.permutations(range(people)))[:seats]
    slack = draw(st.integers(0, 1))
    rows, place = [], {}
    for category, size in enumerate(sizes):
        for value in range(size):
            count = sum(values[category][person] == value for person in panel)
            place[category, value] = len(rows)
            rows.append(Target(f"c{category}", f"v{value}", max(0, count - slack), count + slack))
    for at, person in enumerate(panel):  # the panel at hand must stay legal
        if homes[person] in [homes[other] for other in panel[:at]]:
            homes[person] = None
    pool = Pool(
        tuple(
            Person(
                f"p{person}",
                tuple(place[category, values[category][person]] for category in range(len(sizes))),
                homes[person],
            )
            for person in range(people)
        )
    )
    return pool, Targets(tuple(rows)), seats


@given(draws())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_against_a_list_of_all_panels(case: tuple[Pool, Targets, int]) -> None:
    """Legality, who has no chance, the proof; and the worst off against the best mixture."""
    pool, targets, seats = case
    panels = list(every_panel(pool, targets, seats))
    held = hold(pool, targets, seats, seed="h", panels=60)
    check(held, pool, targets)
    ever = {person for panel in panels for person in panel}
    assert set(held.zero_chance) == set(range(len(pool.people))) - ever
    assert certificate_holds(held, pool, targets)
    best = best_lowest(pool, targets, seats, held.zero_chance)
    assert best - 2.5 / 60 <= float(held.lowest)
    assert best <= float(held.best_bound) + 1e-9
    assert held.exact


def crossing() -> tuple[Pool, Targets, int]:
    """Eleven people, two seats: by fractions the worst off get 2 of 11, by whole panels 1 of 6."""
    targets = targets_of(
        one={"a": (0, 1), "b": (0, 2), "c": (0, 2)},
        two={"d": (0, 2), "e": (0, 2), "f": (0, 1)},
        three={"g": (1, 3), "h": (0, 1)},
    )
    rows = ["b f h", "a f g", "b f h", "c f g", "c d g", "c d g"]
    rows += ["c e h", "c e g", "b e h", "c f g", "b d g"]
    homes = {0: "home", 1: "home", 3: "home", 8: "home", 9: "home"}
    return pool_of(targets, *rows, households=homes), targets, 2


def test_the_exact_stage_takes_over_where_fractions_promise_too_much() -> None:
    pool, targets, seats = crossing()
    held = hold(pool, targets, seats, seed="a", panels=600)
    check(held, pool, targets)
    assert held.exact
    assert held.bound == Fraction(2, 11)
    assert best_lowest(pool, targets, seats, held.zero_chance) == pytest.approx(1 / 6)
    assert min(held.target) == pytest.approx(1 / 6, abs=2e-5)
    assert held.lowest >= Fraction(98, 600)
    # The sharper bound is proved by cases, in exact fractions.
    assert held.sharper is not None and held.best_bound == Fraction(1, 6)
    assert certificate_holds(held, pool, targets)
    lower = replace(held.sharper, bound=Fraction(1, 7))
    assert not certificate_holds(replace(held, sharper=lower), pool, targets)


def test_a_ceiling_in_the_exact_stage() -> None:
    """By fractions a ceiling of 2/11 could be kept; by whole panels 1/5 is the lowest."""
    pool, targets, seats = crossing()
    with pytest.raises(LotteryError) as caught:
        hold(pool, targets, seats, seed="a", panels=600, ceiling=Fraction(19, 100))
    assert caught.value.code == "ceiling.too_low"
    assert caught.value.values["lowest"] == pytest.approx(1 / 5, abs=1e-5)
    held = hold(pool, targets, seats, seed="a", panels=600, ceiling=Fraction(21, 100))
    check(held, pool, targets)
    assert max(held.probabilities) <= Fraction(21, 100)
    assert held.notes == () and certificate_holds(held, pool, targets)


def test_the_exact_stage_keeps_its_time_limit() -> None:
    """A limit that ends in the exact stage still gives panels, and says that it was cut."""
    pool, targets, seats = crossing()
    clock_end = [0]

    def slow(stage: str, done: int, of: int) -> None:
        if stage == "exact":
            clock_end[0] += 1
            time.sleep(1.0)

    held = hold(pool, targets, seats, seed="a", panels=300, time_limit=0.9, progress=slow)
    assert clock_end[0] >= 1
    check(held, pool, targets)
    assert len(held.panels) == 300
    assert not held.exact and "time.cut_short" in held.notes


def best_lowest(pool: Pool, targets: Targets, seats: int, without: tuple[int, ...]) -> float:
    """The best lowest chance of any mixture of all panels: one linear program over the list."""
    panels = list(every_panel(pool, targets, seats))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.addVar(0.0, 1.0)
    solver.changeColCost(0, -1.0)
    for _ in panels:
        solver.addVar(0.0, 1.0)
    every = np.arange(1, len(panels) + 1, dtype=np.int32)
    solver.addRow(1.0, 1.0, len(panels), every, np.ones(len(panels)))
    for person in set(range(len(pool.people))) - set(without):
        on = [at + 1 for at, panel in enumerate(panels) if person in panel]
        solver.addRow(
            0.0,
            highspy.kHighsInf,
            len(on) + 1,
            np.array([0, *on], dtype=np.int32),
            np.array([-1.0, *[1.0] * len(on)]),
        )
    solver.run()
    return float(solver.getSolution().col_value[0])


def test_households_hold_one_seat_and_the_bound_is_proved() -> None:
    targets = targets_of(side={"left": (1, 2), "right": (1, 2)})
    couple = {0: "home", 1: "home", 2: "home"}
    pool = pool_of(targets, "left", "left", "right", "right", "left", households=couple)
    held = hold(pool, targets, 3, seed="a", panels=300)
    check(held, pool, targets)
    assert all(len({0, 1, 2} & set(panel)) == 1 for panel in held.panels)
    # Three share one seat, the other two are always there.
    assert held.bound == Fraction(1, 3)
    assert held.counts == (100, 100, 100, 300, 300)
    proof = held.certificate
    assert proof is not None and certificate_holds(held, pool, targets)
    free = Pool(tuple(Person(one.id, one.traits) for one in pool.people))
    assert hold(free, targets, 3, seed="a", panels=300).bound > held.bound


def test_a_household_of_the_whole_pool() -> None:
    rows = ["left", "left", "right"]
    pool = pool_of(SIDES, *rows, households=dict.fromkeys(range(3), "home"))
    with pytest.raises(LotteryError) as caught:
        hold(pool, SIDES, 3, seed="a")
    assert caught.value.code == "targets.infeasible"
    one = targets_of(side={"left": (0, 1), "right": (0, 1)})
    held = hold(pool, one, 1, seed="a", panels=99)
    assert held.counts == (33, 33, 33)


def test_a_ceiling_too_low_names_the_lowest() -> None:
    """One of four, two of three: the three sit with 2/3, and no lottery can make it less."""
    targets = targets_of(side={"left": (1, 1), "right": (2, 2)})
    pool = pool_of(targets, *["left"] * 4, *["right"] * 3)
    held = hold(pool, targets, 3, seed="a", panels=300, ceiling=Fraction(2, 3))
    check(held, pool, targets)
    assert max(held.probabilities) == Fraction(2, 3)
    with pytest.raises(LotteryError) as caught:
        hold(pool, targets, 3, seed="a", ceiling=Fraction(1, 2))
    assert caught.value.code == "ceiling.too_low"
    assert caught.value.values["lowest"] == pytest.approx(2 / 3)


def test_a_ceiling_moves_chances_from_the_likely_to_the_rest() -> None:
    """One left, one right, and somebody who says yes: p0, or p6.

    With q the chance of p0, the four others at right share q, and the five at left share 1 - q.
    Leximin makes q 4/9, so p6 sits with 5/9. A ceiling of 1/2 makes q 1/2.
    """
    targets = targets_of(side={"left": (1, 1), "right": (1, 1)}, says={"yes": (1, 1), "no": (1, 1)})
    rows = ["left yes", *["left no"] * 5, "right yes", *["right no"] * 4]
    pool = pool_of(targets, *rows)
    free = hold(pool, targets, 2, seed="a", panels=360)
    assert free.bound == Fraction(1, 9)
    assert free.counts == (160, *[40] * 5, 200, *[40] * 4)
    held = hold(pool, targets, 2, seed="a", panels=360, ceiling=Fraction(1, 2))
    check(held, pool, targets)
    assert held.bound == Fraction(1, 10)
    assert held.counts == (180, *[36] * 5, 180, *[45] * 4)
    assert certificate_holds(held, pool, targets)
    assert held.notes == ()


def town(people: int = 60) -> tuple[Pool, Targets]:
    """People in uneven mixture, and targets that some combinations meet more easily."""
    targets = targets_of(
        age={"young": (2, 3), "middle": (3, 4), "old": (3, 4)},
        place={"north": (3, 4), "south": (3, 4), "west": (2, 3)},
        home={"own": (5, 6), "rent": (3, 4)},
    )
    ages = ("young", "middle", "old", "old")
    places = ("north", "south", "west", "south", "south")
    homes = ("own", "own", "rent")
    rows = [
        f"{ages[at * 3 % 7 % 4]} {places[at * 4 % 11 % 5]} {homes[at * 5 % 13 % 3]}"
        for at in range(people)
    ]
    return pool_of(targets, *rows), targets


def test_the_same_seed_gives_the_same_lottery_and_another_another() -> None:
    pool, targets = town()
    one, same, other = (hold(pool, targets, 9, seed=seed, panels=50) for seed in "aab")
    assert one == same
    assert one.panels != other.panels
    assert one.target == pytest.approx(other.target, abs=1e-6)
    assert one.bound == other.bound


@pytest.mark.parametrize("hash_seed", ["0", "1", "4711"])
def test_the_hash_seed_changes_nothing(hash_seed: str) -> None:
    program = (
        "from tests.deliberation.test_lottery import town\n"
        "from deliberation.sortition.lottery import hold\n"
        "import hashlib\n"
        "pool, targets = town()\n"
        "held = hold(pool, targets, 9, seed='a', panels=50)\n"
        "print(hashlib.sha256(repr(held).encode()).hexdigest())\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    pool, targets = town()
    here = hold(pool, targets, 9, seed="a", panels=50)
    assert found.stdout.strip() == hashlib.sha256(repr(here).encode()).hexdigest()


def test_the_order_of_the_file_changes_no_chance() -> None:
    pool, targets = town()
    turned = Pool(tuple(reversed(pool.people)))
    one = hold(pool, targets, 9, seed="a", panels=50)
    other = hold(turned, targets, 9, seed="a", panels=50)
    assert one.target == pytest.approx(tuple(reversed(other.target)), abs=1e-6)
    assert one.bound == other.bound


def test_cancel_ends_soon_and_returns_nothing() -> None:
    pool, targets = town()
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 40

    with pytest.raises(Cancelled):
        hold(pool, targets, 9, seed="a", panels=100_000, cancelled=stop)
    assert asked < 60


def test_the_time_limit_holds_and_the_gap_is_said() -> None:
    pool, targets = town()
    began = time.monotonic()
    held = hold(pool, targets, 9, seed="a", panels=20_000, time_limit=1.0)
    assert time.monotonic() - began < 6.0  # the rest is filled up and dealt after the limit
    check(held, pool, targets)
    assert len(held.panels) == 20_000
    assert not held.exact and held.notes == ("time.cut_short",)
    assert held.gap == pytest.approx(float(held.bound - held.lowest))
    with pytest.raises(LotteryError) as caught:
        hold(pool, targets, 9, seed="a", time_limit=1e-6)
    assert caught.value.code == "time.no_panel"


def test_progress_is_heard() -> None:
    pool, targets = town()
    heard: list[tuple[str, int, int]] = []
    hold(pool, targets, 9, seed="a", panels=30, progress=lambda *step: heard.append(step))
    assert ("panels", 30, 30) in heard
    assert list(dict.fromkeys(stage for stage, _, _ in heard)) == [
        "feasibility",
        "target",
        "panels",
    ]


def test_numbers_without_sense() -> None:
    for settings_ in (
        {"seats": 0},
        {"seats": 3, "panels": 0},
        {"seats": 3, "ceiling": Fraction(2)},
    ):
        with pytest.raises(LotteryError) as caught:
            hold(FOUR_LEFT_ONE_RIGHT, SIDES, seed="a", **settings_)  # type: ignore[arg-type]
        assert caught.value.code == "lottery.bad_numbers"


def test_more_panels_for_a_large_pool() -> None:
    assert lottery.usual_panels(FOUR_LEFT_ONE_RIGHT) == 1_000
    assert lottery.usual_panels(Pool(FOUR_LEFT_ONE_RIGHT.people * 1_000)) == 1_000
    assert lottery.usual_panels(Pool(FOUR_LEFT_ONE_RIGHT.people * 1_001)) == 10_000


def test_the_checks_above_can_fail() -> None:
    """`legal` refuses what it must, so that the tests that lean on it mean something."""
    assert legal(FOUR_LEFT_ONE_RIGHT, SIDES, 3, (0, 1, 4))
    assert not legal(FOUR_LEFT_ONE_RIGHT, SIDES, 3, (0, 1, 2))
    assert not legal(FOUR_LEFT_ONE_RIGHT, SIDES, 3, (0, 0, 4))
    shared = pool_of(SIDES, "left", "left", "right", households={0: "h", 1: "h"})
    assert not legal(shared, SIDES, 3, (0, 1, 2))
    assert len(list(combinations(range(5), 3))) == 10
    assert len(list(every_panel(FOUR_LEFT_ONE_RIGHT, SIDES, 3))) == 6
