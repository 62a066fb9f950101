"""A lottery in a process of its own: same outcome, errors pass, a kill harms nobody."""

import os
import signal
import subprocess
import threading
import time
from fractions import Fraction
from typing import Any

import pytest

from deliberation.sortition import apart
from deliberation.sortition.apart import hold_apart
from deliberation.sortition.faults import Cancelled, LotteryError
from deliberation.sortition.lottery import hold
from tests.deliberation.test_lottery import FOUR_LEFT_ONE_RIGHT, SIDES, town


def test_the_outcome_is_the_same() -> None:
    pool, targets = town()
    heard: list[tuple[str, int, int]] = []
    found = hold_apart(
        pool, targets, 9, seed="a", panels=40, progress=lambda *step: heard.append(step)
    )
    assert found == hold(pool, targets, 9, seed="a", panels=40)
    assert heard


def test_errors_come_through_with_their_values() -> None:
    with pytest.raises(LotteryError) as caught:
        hold_apart(FOUR_LEFT_ONE_RIGHT, SIDES, 3, seed="a", ceiling=Fraction(1, 10))
    assert caught.value.code == "ceiling.too_low"
    assert caught.value.values["lowest"] == pytest.approx(1.0)


def test_cancel_kills_the_child_at_once() -> None:
    pool, targets = town()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        hold_apart(
            pool,
            targets,
            9,
            seed="a",
            panels=200_000,
            cancelled=lambda: time.monotonic() - began > 1.0,
        )
    assert time.monotonic() - began < 3.0


def test_a_solver_killed_half_way(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, targets = town()
    children: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def remember(*arguments: Any, **settings: Any) -> subprocess.Popen[bytes]:
        children.append(start(*arguments, **settings))
        return children[-1]

    monkeypatch.setattr(apart.subprocess, "Popen", remember)
    killer = threading.Timer(1.0, lambda: os.kill(children[0].pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(LotteryError) as caught:
        hold_apart(pool, targets, 9, seed="a", panels=200_000)
    killer.join()
    assert caught.value.code == "solver.ended"
    assert caught.value.values["status"] == -signal.SIGKILL
