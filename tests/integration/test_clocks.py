"""Servers whose clocks are days off, over HTTP: none closes the box early, none takes a late cast.

The servers are real processes with a worker each. Their own clocks are set wrong; the database is
one PostgreSQL. The control lets each server go by its own clock, and shows what would happen.
"""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from pb.app import make_site
from pb.ballots import box
from pb.ballots.models import Box
from pb.cli import main
from pb.commands import check_clock
from pb.core.clock import utc_now
from pb.core.site import Site
from pb.core.work import Work
from pb.processes.models import Phase
from tests.integration.test_kill import PATH, Client, let_in, once_cast
from tests.pb.ballots.vote import a_batch, leaves, leaves_of, open_box
from tests.support import build
from tests.support.clock import TurnableClock
from tests.support.killable import Killable

WRONG = """
import datetime as real, pathlib
import pb.core.clock as clock
clock.utc_now = lambda: real.datetime.now(real.UTC) + real.timedelta(days={days})
from pb.core import jobs
before = jobs.run_due
def run_due(*arguments, **rest):
    done = before(*arguments, **rest)
    with pathlib.Path({looks!r}).open("a") as looks:
        looks.write("looked\\n")
    return done
jobs.run_due = run_due
jobs.PAUSE = 0.1
{more}
"""
BY_ITS_OWN = "clock._asked = lambda database: clock.utc_now()"
HOUR = timedelta(hours=1)


@contextmanager
def a_server(site: Site, folder: Path, days: int, more: str = "") -> Iterator[Killable]:
    """A server with a worker, whose clock is so many days off."""
    folder.mkdir(exist_ok=True)
    server = Killable(
        folder, WRONG.format(days=days, looks=str(folder / "looks"), more=more), clock=None,
        PB_DATABASE_URL=site.settings.database_url, PB_RUN_WORKER="true",
        PB_SECRET_KEY=site.settings.secret_key,
    )
    try:
        server.start()
        yield server
    finally:
        server.close()


def wait_for_looks(folder: Path, number: int = 3) -> None:
    """Until the worker has looked so often at what is due."""
    looks = folder / "looks"
    for _ in range(1200):
        if looks.exists() and len(looks.read_text().splitlines()) >= number:
            return
        time.sleep(0.1)
    raise AssertionError("the worker does not look")


def a_vote(site: Site, clock: TurnableClock, closes_in: timedelta) -> tuple[int, list[Client]]:
    """A vote of today, by the real clock, and voters who are let in."""
    now = utc_now()
    clock.now = now - HOUR
    process = build.a_process(site, timetable=(
        ("voting", now - 240 * HOUR, now + closes_in), ("count", now + 480 * HOUR, None),
    ))
    clock.now = now - HOUR  # the builder turned it
    a_batch(site, process, 2)
    open_box(site, process)
    return process, let_in(site, process)


def state_of(site: Site, process: int) -> str:
    with site.database.reading() as session:
        return session.get_one(Box, process).state


def test_a_server_that_runs_ahead_closes_nothing(
    postgres_site: Site, clock: TurnableClock, tmp_path: Path
) -> None:
    site = postgres_site
    process, (first, second) = a_vote(site, clock, 24 * HOUR)
    with a_server(site, tmp_path / "ahead", days=3) as ahead:
        wait_for_looks(tmp_path / "ahead")
        assert once_cast(first, ahead.url, "a form of Monday's")
        with a_server(site, tmp_path / "behind", days=-3) as behind:
            assert once_cast(second, behind.url, "another form")
            # What one server answered the other one answers too.
            assert once_cast(first, behind.url, "a form of Monday's")
        wait_for_looks(tmp_path / "ahead", 6)
    assert state_of(site, process) == "open" and len(leaves(site, process)) == 2
    assert leaves_of(site, process, "close") == []


def test_it_would_close_early_by_its_own_clock(
    postgres_site: Site, clock: TurnableClock, tmp_path: Path
) -> None:
    """The control."""
    site = postgres_site
    process, _voters = a_vote(site, clock, 24 * HOUR)
    with a_server(site, tmp_path / "ahead", 3, BY_ITS_OWN):
        wait_for_looks(tmp_path / "ahead")
    assert state_of(site, process) != "open"


def too_late(client: Client, server: Killable) -> tuple[int, str]:
    """What a cast is answered that comes too late."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    try:
        connection.request("POST", PATH, f"{client.form}&once=late-{random.random()}", {
            "cookie": f"session={client.cookie}",
            "content-type": "application/x-www-form-urlencoded", "accept-language": "en",
        })
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("more", ["", BY_ITS_OWN], ids=["shared", "control"])
def test_a_server_that_runs_behind_takes_no_late_cast(
    postgres_site: Site, clock: TurnableClock, tmp_path: Path, more: str
) -> None:
    site = postgres_site
    process, (first, _second) = a_vote(site, clock, HOUR)

    def close_an_hour_ago(work: Work) -> None:
        work.session.execute(update(Phase).where(Phase.process_id == process,
                                                 Phase.kind == "voting")
                             .values(closes_at=utc_now() - HOUR))

    close_an_hour_ago.__module__ = __name__
    build.do(site, close_an_hour_ago)
    assert state_of(site, process) == "open"  # no worker has come by yet
    # Its worker would close the box, so that even a wrong clock took nothing: it is stopped.
    stopped = "jobs.Worker.start = jobs.Worker.stop = lambda self: None\n" + more
    with a_server(site, tmp_path / "behind", -3, stopped) as behind:
        status, page = too_late(first, behind)
    if more:
        assert status == 303 and len(leaves(site, process)) == 1, "the control takes it"
    else:
        assert status == 409 and "What was not cast" in page and leaves(site, process) == []


def test_a_clock_before_what_was_done_serves_nothing(site: Site, clock: TurnableClock) -> None:
    """A machine that starts up days behind: votes that are over would be open again."""
    process = build.a_process(site)
    clock.now = utc_now() + timedelta(days=3)
    build.do(site, box.choose_level, process, "B")  # leaves a row in the log
    site.close()
    data = str(site.settings.data)
    said = CliRunner().invoke(main, ["serve", "--port", "1", "--data", data])
    assert said.exit_code == 1 and "Put the clock right" in said.output
    again = make_site(site.settings)
    check_clock(again, accepted=True)
    clock.turn(minutes=-1)
    check_clock(make_site(site.settings, clock))  # a minute is no trouble
