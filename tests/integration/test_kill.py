"""Killed at any moment: no acknowledged ballot is lost, none counts twice, a retry gets the same.

A real server is killed with -9 while voters cast; each voter asks again until they hear an answer.
Then the vote is closed and counted, and compared with what every voter was told. A kill proves
nothing about the disk, since the kernel keeps what was written; ``test_kill_disk.py`` does that.

    pytest tests/integration/test_kill.py --kills 1000       # as many as wanted
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from pb.ballots import casting, receipts
from pb.ballots.content import canonical
from pb.ballots.models import RollEntry
from pb.core import security
from pb.core.site import Site
from pb.core.work import Work
from tests.pb.ballots.vote import a_batch, leaves, leaves_of, open_box, opened_ballots
from tests.support import build
from tests.support.app import run_jobs
from tests.support.clock import TurnableClock
from tests.support.killable import Killable
from voting.ballots import Approval

VOTERS = 24
PATH = "/processes/shared-budget/vote/check"


@dataclass
class Client:
    """One voter's browser: it casts again and again, each time until it hears an answer."""

    number: int
    roll_id: int
    cookie: str
    form: str
    told: list[tuple[str, receipts.Kept]] = field(default_factory=list)
    lost: int = 0
    """Casts that were sent and whose answer never came."""


def let_in(site: Site, process: int) -> list[Client]:
    """Voters with a session and the fields that their check page has."""

    def make(work: Work) -> list[tuple[int, str]]:
        rolls = work.session.query(RollEntry.id).order_by(RollEntry.id)
        return [(roll, security.open_session(work, None, passes={process: roll}))
                for (roll,) in rolls]

    make.__module__ = __name__
    found = []
    for number, (roll_id, cookie) in enumerate(build.do(site, make)):
        mark = f"{roll_id}."
        mark = f"{mark}.{site.secrets.tag('voter', process, mark)[:40]}"
        content = canonical(Approval((str(number % 6 + 1),)))
        found.append(Client(number, roll_id, cookie,
                            urlencode({"voter": mark, "content": content})))
    return found


def once_cast(client: Client, url: str, once: str) -> str | None:
    """The receipt's cookie, or None when no answer came."""
    import http.client

    host = url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=20)
    sent = False
    try:
        connection.connect()
        sent = True
        connection.request("POST", PATH, f"{client.form}&once={once}", {
            "cookie": f"session={client.cookie}",
            "content-type": "application/x-www-form-urlencoded",
        })
        answer = connection.getresponse()
        assert answer.status == 303, answer.status
        answer.read()
        for name, value in answer.getheaders():
            if name == "set-cookie" and value.startswith("receipt-"):
                return value.split("=", 1)[1].split(";")[0].strip('"')
        raise AssertionError(f"no receipt: {answer.getheaders()}")
    except (OSError, http.client.HTTPException):
        client.lost += sent
        return None
    finally:
        connection.close()


def opened_cookie(site: Site, process: int, roll_id: int, value: str) -> receipts.Kept:
    class Device:
        cookies = {receipts.cookie(process): value}  # noqa: RUF012

    class Request:
        inner = Device()

    Request.site = site  # type: ignore[attr-defined]
    kept = receipts.kept(Request(), process, "shared-budget", roll_id)  # type: ignore[arg-type]
    assert kept is not None
    return kept


def go_on(client: Client, server: Killable, site: Site, process: int, stop: threading.Event,
          faults: list[BaseException]) -> None:
    """Cast until told to stop; the last cast is asked for until its answer comes."""
    try:
        while not stop.is_set():
            once = f"{client.number}-{len(client.told)}-{random.getrandbits(64):x}"
            cookie = None
            while cookie is None:
                cookie = once_cast(client, server.url, once)
                if cookie is None:
                    time.sleep(0.02)
            client.told.append((once, opened_cookie(site, process, client.roll_id, cookie)))
    except BaseException as fault:
        faults.append(fault)
        raise


@dataclass
class Storm:
    """What a server that was killed again and again leaves behind."""

    process: int
    clients: list[Client]
    lost: int

    @property
    def answers(self) -> int:
        return sum(len(one.told) for one in self.clients)


def storm(site: Site, folder: Path, kills: int, prelude: str = "") -> Storm:
    """Voters cast while the server is killed so many times."""
    process = build.a_process(site)
    a_batch(site, process, VOTERS)
    open_box(site, process)
    clients = let_in(site, process)
    site.work.close()  # the server is the only writer from here on
    server = Killable(folder, prelude=prelude)
    stop = threading.Event()
    faults: list[BaseException] = []
    try:
        server.start()
        threads = [
            threading.Thread(target=go_on, args=(one, server, site, process, stop, faults))
            for one in clients
        ]
        for thread in threads:
            thread.start()
        chance = random.Random(5)
        while server.kills < kills and not faults:
            told = sum(len(one.told) for one in clients)
            while sum(len(one.told) for one in clients) == told and not faults:
                time.sleep(0.005)  # until it takes casts again
            time.sleep(chance.uniform(0, 0.05))
            server.kill()
            server.start()
        stop.set()
        for thread in threads:
            thread.join(60)
    finally:
        stop.set()
        server.close()
    assert not faults and server.kills == kills
    lost = sum(one.lost for one in clients)
    assert lost >= kills, "the kills must have met casts on their way"
    return Storm(process, clients, lost)


FORGETFUL = """
import pb.core.runner
pb.core.runner._Task.key = property(lambda task: None)
"""


def test_a_server_that_forgot_its_answers_would_be_found(site: Site, tmp_path: Path) -> None:
    """The control: without the kept answers a retry casts once more."""
    after = storm(site, tmp_path, 12, FORGETFUL)
    assert len(leaves(site, after.process)) > after.answers


def count_as_told(
    site: Site, clock: TurnableClock, process: int, clients: list[Client]
) -> None:
    """Whether the record, and the count after the close, hold what every voter was told."""
    answers = sum(len(one.told) for one in clients)
    # Each form sent again gets the receipt that it got, also now, long after.
    with site.database.reading() as session:
        now_in = {row.id: row.leaf for row in session.query(RollEntry)}
    for one in clients:
        _once, last = one.told[-1]
        assert now_in[one.roll_id] == last.receipt.number, "the last acknowledged one counts"
    numbers = {kept.receipt.number for one in clients for _once, kept in one.told}
    assert len(numbers) == answers, "no two casts were told the same place"
    casts = leaves(site, process)
    assert len(casts) == answers, "what was told was done, and nothing else"
    assert {leaf.number for leaf in casts} == numbers
    with site.database.engine.connect() as connection:
        for one in clients:
            for _once, kept in one.told:
                assert receipts.verdict(site, connection, process, "shared-budget",
                                        kept.receipt) in ("in", "replaced")

    clock.now = build.WHEN["count"]
    run_jobs(site)
    (close,) = leaves_of(site, process, "close")
    assert (close["counted"], close["voted"]) == (len(clients), len(clients))
    assert close["replaced"] == answers - len(clients)
    ballots = {one.tracking: one.content for one in opened_ballots(site, process)}
    assert len(ballots) == len(clients)
    for one in clients:
        once, last = one.told[-1]
        assert last.tracking == casting.tracking_code(site.secrets, process, one.roll_id, once)
        assert ballots[last.tracking] == {"approval": [str(one.number % 6 + 1)]}


def test_killed_again_and_again_while_voters_cast(
    site: Site, clock: TurnableClock, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    kills = int(pytestconfig.getoption("--kills"))
    after = storm(site, tmp_path, kills)
    process, clients, answers = after.process, after.clients, after.answers

    count_as_told(site, clock, process, clients)
    print(f"\n{kills} kills, {answers} casts told, {after.lost} answers lost on their way, "
          f"0 ballots lost, 0 counted twice")
