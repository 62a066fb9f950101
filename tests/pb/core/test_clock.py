"""A clock that leaps, on one machine and on one of several."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from pb.core import clock as clocks
from pb.core.clock import BELIEVED_AFTER, SteadyClock, of_database
from pb.core.security import Secrets
from pb.core.site import Site

START = datetime(2027, 5, 17, 10, 0, tzinfo=UTC)
DAYS = timedelta(days=3)


class Machine:
    """A machine's clock, which can be set, and the seconds that pass, which cannot."""

    def __init__(self) -> None:
        self.passed, self.off, self.asked = 100.0, timedelta(), 0
        self.deaf = False

    def elapsed(self) -> float:
        return self.passed

    def __call__(self) -> datetime:
        self.asked += 1
        if self.deaf:
            raise OSError("nobody answers")
        return self.right + self.off

    @property
    def right(self) -> datetime:
        return START + timedelta(seconds=self.passed)


@pytest.mark.parametrize("leap", [DAYS, -DAYS, timedelta(minutes=5)])
def test_a_clock_that_leaps_is_not_followed_at_once(
    leap: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    machine = Machine()
    clock = SteadyClock(machine, elapsed=machine.elapsed)
    assert clock() == machine.right
    machine.off = leap
    for _ in range(9):
        machine.passed += 60
        assert clock() == machine.right
    assert [record.levelno for record in caplog.records] == [logging.ERROR], "said once"
    machine.off = timedelta()  # somebody put it right
    machine.passed += 60
    assert clock() == machine.right
    machine.off = leap  # and it leaps again: the ten minutes begin anew
    for _ in range(9):
        machine.passed += 60
        assert clock() == machine.right


def test_a_clock_that_keeps_to_its_new_time_is_believed() -> None:
    machine = Machine()
    clock = SteadyClock(machine, elapsed=machine.elapsed)
    clock()
    machine.off = DAYS
    assert clock() == machine.right
    machine.passed += BELIEVED_AFTER
    assert clock() == machine.right + DAYS


def test_a_clock_that_goes_wild_is_never_believed() -> None:
    machine = Machine()
    clock = SteadyClock(machine, elapsed=machine.elapsed)
    clock()
    for day in range(1, 60):
        machine.off = timedelta(days=day)
        machine.passed += 60
        assert clock() == machine.right


def test_a_clock_that_is_put_right_little_by_little_is_followed() -> None:
    machine = Machine()
    clock = SteadyClock(machine, elapsed=machine.elapsed)
    for _ in range(100):
        machine.off += timedelta(seconds=30)
        machine.passed += 1000
        assert clock() == machine.right + machine.off


def test_the_time_goes_on_while_nobody_tells_it() -> None:
    machine = Machine()
    clock = SteadyClock(machine, every=10, elapsed=machine.elapsed)
    assert clock() == machine.right and machine.asked == 1
    machine.passed += 5
    assert clock() == machine.right and machine.asked == 1, "asked every ten seconds only"
    machine.deaf = True
    machine.passed += 3600
    assert clock() == machine.right and machine.asked == 2
    assert clock() == machine.right and machine.asked == 2, "and not more often when it is deaf"


def test_a_slow_answer_tells_no_time() -> None:
    machine = Machine()

    def slow() -> datetime:
        said = machine()
        machine.passed += 60
        return said

    clock = SteadyClock(machine, elapsed=machine.elapsed)
    clock()
    clock._source = slow
    assert clock() == machine.right


def test_servers_of_one_database_share_its_time(
    postgres_site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    own = [datetime.now(UTC)]
    found = []
    for off in (timedelta(), DAYS, -DAYS):
        monkeypatch.setattr(clocks, "utc_now", lambda off=off: datetime.now(UTC) + off)
        found.append(of_database(postgres_site.database)())
        own.append(datetime.now(UTC))
    for before, shared, after in zip(own, found, own[1:], strict=False):
        assert before - DAYS / 1000 < shared < after + DAYS / 1000
    assert len([one for one in caplog.records if "off the database's" in one.getMessage()]) == 2


def test_without_a_database_to_ask_the_own_clock_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        sqlite = False
        url = "postgresql://nobody@/nothing?host=/nowhere"

    clock = of_database(Gone())  # type: ignore[arg-type]
    assert abs(clock() - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_one_server_signs_another_takes_whose_second_begins_later() -> None:
    now = [START]
    secrets = Secrets("a-key-of-thirty-two-characters-and-more", lambda: now[0])
    signed = secrets.sign("visit", 7)
    for seconds, value in ((-300, None), (-1, 7), (0, 7), (60, 7), (61, None)):
        now[0] = START + timedelta(seconds=seconds)
        assert secrets.unsign("visit", signed, 60) == value, seconds
    now[0] = START + timedelta(days=999)
    assert secrets.unsign("visit", signed) == 7
