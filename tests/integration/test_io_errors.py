"""Disks that fail and databases that restart while voters cast, over HTTP.

The server's system calls (PostgreSQL's, where it writes) are made to fail by strace: writing,
syncing, reading; for good or now and then. Every answer must be a receipt or a plain 503; each
voter sends the same form until it is taken. Then the box is counted: it holds what every voter was
told, once. That each failure happened is seen in the trace.
"""

from __future__ import annotations

import http.client
import random
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from pb import migrations
from pb.core.site import Site
from tests.integration.test_kill import PATH, Client, count_as_told, let_in, opened_cookie
from tests.integration.test_kill_disk import Stoppable, stoppable  # noqa: F401 - a fixture
from tests.pb.ballots.vote import a_batch, open_box
from tests.support import build
from tests.support.app import make_settings
from tests.support.clock import TurnableClock
from tests.support.killable import Killable

VOTERS = 12
BETWEEN = 20
"""Casts that must be taken before a failure and after it."""
needs_strace = pytest.mark.skipif(shutil.which("strace") is None,
                                  reason="strace is not on this machine")


@dataclass
class Seen:
    """What all voters were answered."""

    taken: int = 0
    refused: int = 0
    unheard: int = 0
    strange: list[str] = field(default_factory=list)


def ask(client: Client, server: Killable, once: str, seen: Seen) -> str | None:
    """Cast; the receipt's cookie, or None when it is to be sent again."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    try:
        connection.request("POST", PATH, f"{client.form}&once={once}", {
            "cookie": f"session={client.cookie}",
            "content-type": "application/x-www-form-urlencoded", "accept-language": "en",
        })
        answer = connection.getresponse()
        page = answer.read().decode()
    except (OSError, http.client.HTTPException):
        seen.unheard += 1
        return None
    finally:
        connection.close()
    if answer.status == 303:
        for name, value in answer.getheaders():
            if name == "set-cookie" and value.startswith("receipt-"):
                seen.taken += 1
                return value.split("=", 1)[1].split(";")[0].strip('"')
    if answer.status == 503 and "it counts once" in page and "Traceback" not in page:
        seen.refused += 1
    else:
        seen.strange.append(f"{answer.status}: {page[:300]}")
    return None


def cast_on(client: Client, server: Killable, site: Site, process: int, seen: Seen,
            stop: threading.Event) -> None:
    while not stop.is_set():
        once = f"{client.number}-{len(client.told)}-{random.getrandbits(64):x}"
        cookie = None
        while cookie is None and not seen.strange:
            cookie = ask(client, server, once, seen)
            if cookie is None:
                time.sleep(0.1)
        if cookie is None:
            return
        client.told.append((once, opened_cookie(site, process, client.roll_id, cookie)))


def wait_until(true: Callable[[], bool], seen: Seen) -> None:
    for _ in range(12000):
        if true() or seen.strange:
            return
        time.sleep(0.01)
    raise AssertionError(f"nothing happens: {seen}")


@contextmanager
def injected(pids: list[int], failure: str, log: Path, follow: bool = True) -> Iterator[None]:
    """Let system calls of processes fail: ``pwrite64:error=EIO:when=3+5``."""
    calls = failure.partition(":")[0]
    tracer = subprocess.Popen(
        ["strace", *(["-f"] if follow else []), "-e", f"trace={calls}", "-e", f"inject={failure}",
         "-o", str(log), *(part for pid in pids for part in ("-p", str(pid)))],
        stderr=subprocess.PIPE, text=True,
    )
    assert tracer.stderr is not None
    said = tracer.stderr.readline()
    if "attached" not in said:
        tracer.wait(10)
        tracer.stderr.close()
        pytest.skip(f"strace may not look at another process here: {said.strip()}")
    try:
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)


def times_injected(log: Path) -> int:
    return len(re.findall(r"\(INJECTED\)", log.read_text(errors="replace")))


@contextmanager
def voters_cast(site: Site, server: Killable, process: int, clients: list[Client], seen: Seen
                ) -> Iterator[None]:
    """While voters cast; afterwards each has heard an answer to their last form."""
    stop = threading.Event()
    threads = [threading.Thread(target=cast_on, args=(one, server, site, process, seen, stop))
               for one in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(120)


def taken_more(seen: Seen) -> None:
    """Until casts are taken (again)."""
    before = seen.taken
    wait_until(lambda: seen.taken >= before + BETWEEN, seen)


SQLITE_FAILURES = (
    "fdatasync,fsync:error=EIO",
    "fdatasync,fsync:error=EIO:when=2+3",
    "pwrite64:error=EIO",
    "pwrite64:error=EIO:when=4+7",
    "pwrite64:error=ENOSPC",
    "pread64:error=EIO",
)


@needs_strace
def test_a_failing_disk_under_sqlite_refuses_plainly_and_loses_nothing(
    site: Site, clock: TurnableClock, tmp_path: Path
) -> None:
    process = build.a_process(site)
    a_batch(site, process, VOTERS)
    open_box(site, process)
    clients = let_in(site, process)
    site.work.close()
    seen = Seen()
    server = Killable(tmp_path)
    found = []
    try:
        server.start()
        with voters_cast(site, server, process, clients, seen):
            for number, failure in enumerate(SQLITE_FAILURES):
                taken_more(seen)
                log, before = tmp_path / f"trace-{number}", seen.refused
                with injected([server.pid], failure, log):
                    if failure.startswith("pread64"):  # most is read from memory
                        wait_until(lambda log=log: times_injected(log) >= 20, seen)
                    else:
                        wait_until(lambda before=before: seen.refused >= before + 3, seen)
                found.append((failure, times_injected(log), seen.refused - before))
            taken_more(seen)
            # What was refused half-written must not come back as something else after a crash.
            server.kill()
            server.start()
            taken_more(seen)
    finally:
        server.close()
    assert seen.strange == []
    assert all(times for _failure, times, _refused in found), found
    assert all(refused for failure, _times, refused in found if "pread" not in failure), found
    count_as_told(site, clock, process, clients)
    print(f"\n{seen.taken} casts taken, {seen.refused} refused with 503, "
          + "; ".join(f"{failure}: {times} injected" for failure, times, _refused in found))


@pytest.fixture
def on_postgres(stoppable: Stoppable, tmp_path: Path, clock: TurnableClock  # noqa: F811
                ) -> Iterator[Site]:
    """A site on a PostgreSQL that may be stopped and broken."""
    made = Site(make_settings(tmp_path, PB_DATABASE_URL=stoppable.new_database()), clock)
    migrations.upgrade(made.database)
    yield made
    made.close()


def backends(site: Site) -> list[int]:
    """The processes of PostgreSQL that work for the app's server."""
    url = site.settings.database_url.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()")]


def while_postgres_fails(
    site: Site, clock: TurnableClock, folder: Path, rounds: int,
    fail: Callable[[int, Seen], None],
) -> Seen:
    """Casts through a real server while ``fail`` does its worst, so many times; then the count."""
    process = build.a_process(site)
    a_batch(site, process, VOTERS)
    open_box(site, process)
    clients = let_in(site, process)
    site.database.engine.dispose()
    seen = Seen()
    server = Killable(folder, PB_DATABASE_URL=site.settings.database_url)
    try:
        server.start()
        with voters_cast(site, server, process, clients, seen):
            for number in range(rounds):
                taken_more(seen)
                fail(number, seen)
            taken_more(seen)
    finally:
        server.close()
    assert seen.strange == []
    site.database.engine.dispose()
    count_as_told(site, clock, process, clients)
    return seen


@needs_strace
def test_a_failing_disk_under_postgres_refuses_plainly_and_loses_nothing(
    on_postgres: Site, clock: TurnableClock, tmp_path: Path
) -> None:
    found = []

    def fail(number: int, seen: Seen) -> None:
        failure = ("fdatasync,fsync:error=EIO", "pwrite64,pwritev:error=EIO")[number]
        log = tmp_path / f"trace-{number}"
        log.touch()
        # Whatever starts up after the crash is not traced: the disk is well again.
        with injected(backends(on_postgres), failure, log, follow=False):
            wait_until(lambda: times_injected(log) > 0, seen)
        found.append((failure, times_injected(log)))

    seen = while_postgres_fails(on_postgres, clock, tmp_path, 2, fail)
    assert all(times for _failure, times in found)
    print(f"\n{seen.taken} casts taken, {seen.refused} refused with 503, {seen.unheard} unheard; "
          + "; ".join(f"{failure}: {times} injected" for failure, times in found))


def test_postgres_is_restarted_while_voters_cast(
    on_postgres: Site, clock: TurnableClock, tmp_path: Path, stoppable: Stoppable  # noqa: F811
) -> None:
    def fail(number: int, seen: Seen) -> None:
        before = seen.refused
        stoppable.stop()
        wait_until(lambda: seen.refused >= before + 3, seen)
        stoppable.start()

    seen = while_postgres_fails(on_postgres, clock, tmp_path, 3, fail)
    assert seen.refused >= 9
    print(f"\n3 restarts, {seen.taken} casts taken, {seen.refused} refused with 503")


def test_while_the_database_is_gone_every_page_says_so_in_both_languages(
    on_postgres: Site, stoppable: Stoppable, caplog: pytest.LogCaptureFixture  # noqa: F811
) -> None:
    from tests.support.app import client

    build.a_process(on_postgres)
    browser, welsh = client(on_postgres), client(on_postgres, "cy")
    assert browser.get("/processes/shared-budget").status_code == 200
    stoppable.stop("fast")
    try:
        for path in ("/", "/processes/shared-budget/vote", "/sign-in", "/healthy",
                     "/processes/shared-budget/record/checkpoint"):
            page = browser.get(path)
            assert page.status_code == 503, path
            assert page.headers["retry-after"]
            assert page.text.index("We cannot take it just now") < page.text.index('lang="cy"')
        page = browser.post("/sign-in", data={"email": "planted@example.com"})
        assert page.status_code == 503
        assert welsh.get("/sign-in").text.index('lang="cy"') < welsh.get("/sign-in").text.index(
            "We cannot take it just now")
    finally:
        stoppable.start()
        on_postgres.database.engine.dispose()
    assert browser.get("/processes/shared-budget").status_code == 200
    said = caplog.text
    assert "the database cannot be asked" in said and "planted@example.com" not in said
