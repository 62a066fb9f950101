"""Who could join a voter to a ballot by a log of requests, beside database, backup, mail and key.

This app writes no such log; a proxy, a hosting company or the line may. The log here is what they
have in the worst case: each request's time, the device's address, the whole target, status and
size of the answer, in order, and somebody who knows whose device has which address.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pb.app import create_app
from pb.backup_cli import make_backup
from pb.ballots import receipts
from pb.ballots.content import canonical
from pb.ballots.holders import HOLDERS
from pb.core.backup import DATABASE
from pb.core.database import Database
from pb.core.padding import STEP
from pb.core.site import Site
from pb.core.web import Request
from tests.integration.test_ballot_box import (
    best_guess,
    destroy_now,
    orders_of_ballots,
    orders_of_voters,
    tracking_by_leaf,
)
from tests.integration.test_demo import free_port, wait_for
from tests.pb.ballots.test_box import finished
from tests.pb.ballots.vote import a_batch, enter, hidden, open_box, roll_id_of
from tests.support.app import run_jobs
from tests.support.build import WHEN, a_process, do
from tests.support.clock import TurnableClock
from tests.support.needs import ROOT

VOTERS = 30
GUESS = 1 / VOTERS
VOTE = "/processes/shared-budget/vote"
OFTEN = "1000/minute"


@dataclass(frozen=True)
class Line:
    """A request, as a proxy logs it."""

    at: float
    address: str
    method: str
    target: str
    status: int
    size: int


class Logged:
    """A proxy's log of every request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.lines: list[Line] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, size = 0, 0

        async def count(message: Message) -> None:
            nonlocal status, size
            status = message.get("status", status)
            size += len(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, count)
        query = scope["query_string"].decode()
        self.lines.append(Line(
            time.monotonic(), scope["client"][0], scope["method"],
            scope["path"] + (f"?{query}" if query else ""), status, size,
        ))


@dataclass
class Vote:
    """What happened, what the log says of it, and the truth that somebody tries to find."""

    process: int
    log: Logged
    devices: dict[str, int]
    """Addresses to rows of the roll."""
    tracking: dict[int, str]
    chosen: dict[int, str]
    browsers: dict[int, TestClient]

    def in_order_of_casts(self) -> list[int]:
        """The voters, each once, in the order in which the log has their last casts."""
        cast_by = [self.devices[line.address] for line in self.log.lines
                   if line.method == "POST" and line.target == f"{VOTE}/check"
                   and line.status == 303]
        return list(dict.fromkeys(reversed(cast_by)))[::-1]


def a_vote(site: Site) -> Vote:
    """Voters at home, each with a device, who choose and cast in an order of chance; some again."""
    chance = random.Random(17)
    process = a_process(site, projects=9)
    codes = a_batch(site, process, VOTERS)
    open_box(site, process)
    log = Logged(create_app(site))
    vote = Vote(process, log, {}, {}, {}, {})
    order = [*range(VOTERS), *chance.sample(range(VOTERS), 6)]
    chance.shuffle(order)
    for number in order:
        address = f"10.0.0.{number}"
        browser = TestClient(log, base_url=site.settings.base_url, client=(address, 50000))
        browser.headers["accept-language"] = "en"
        enter(browser, codes[number])
        page = browser.get(f"{VOTE}/ballot")
        choose = chance.sample([str(one) for one in range(1, 10)], chance.randint(1, 5))
        page = browser.post(f"{VOTE}/ballot",
                            data={**hidden(page.text), "choose": choose, "check": "1"})
        page = browser.post(f"{VOTE}/check", data={**hidden(page.text), "cast": "1"})
        assert page.url.path == f"{VOTE}/in"
        roll_id = roll_id_of(site, process, codes[number])
        kept = kept_receipt(site, browser, process, roll_id)
        assert kept.content is not None
        vote.devices[address] = roll_id
        vote.browsers[roll_id] = browser
        vote.tracking[roll_id] = kept.tracking
        vote.chosen[roll_id] = canonical(kept.content)
    return vote


def kept_receipt(site: Site, browser: TestClient, process: int, roll_id: int) -> receipts.Kept:
    class Request_:
        inner = type("Device", (), {"cookies": {
            name: value.strip('"') for name, value in browser.cookies.items()}})()

    Request_.site = site  # type: ignore[attr-defined]
    kept = receipts.kept(Request_(), process, "shared-budget", roll_id)  # type: ignore[arg-type]
    assert kept is not None
    return kept


def by_size(vote: Vote, truth: dict[int, str], counts: Callable[[Line], bool]) -> float:
    """How many contents somebody knows who has seen, for each size of answers, the content that
    most often goes with it."""
    sizes: dict[int, list[int]] = defaultdict(list)
    for line in vote.log.lines:
        if counts(line):
            sizes[vote.devices[line.address]].append(line.size)
    seen: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    for roll_id, those in sizes.items():
        seen[tuple(those[-2:])][truth[roll_id]] += 1
    return sum(most.most_common(1)[0][1] for most in seen.values()) / len(sizes)


def of_the_vote(line: Line) -> bool:
    """Pages on which the voter's own choice stands."""
    return line.status == 200 and line.method == "GET" and (
        line.target.partition("?")[0] in (f"{VOTE}/check", f"{VOTE}/in"))


def of_own_ballots(line: Line) -> bool:
    return line.method == "POST" and line.target == "/processes/shared-budget/check"


def look_up_all(vote: Vote) -> None:
    """Every voter looks for their ballot among the published ones, at home again."""
    for roll_id, browser in vote.browsers.items():
        page = browser.get("/processes/shared-budget/check")
        page = browser.post("/processes/shared-budget/check", data={
            **hidden(page.text), "by": "code", "tracking": vote.tracking[roll_id]})
        assert page.status_code == 200


def in_backup(folder: Path, site: Site) -> tuple[list[list[int]], list[str]]:
    """Orders of who has voted, and all columns of the roll, in a backup made now."""
    file = folder / "copy.zip"
    make_backup(site, file)
    with zipfile.ZipFile(file) as archive:
        archive.extract(DATABASE, folder)
    database = Database(f"sqlite:///{folder / DATABASE}")
    found = []
    with database.engine.connect() as connection:
        for column in ("rowid", "id", "tag", "voted_on"):
            rows = connection.exec_driver_sql(
                f"SELECT id FROM roll WHERE voted_on IS NOT NULL ORDER BY {column}")
            found.append([row[0] for row in rows])
        leaf = list(connection.exec_driver_sql("SELECT leaf FROM roll").scalars())
    database.close()
    return found, leaf


def test_a_log_of_requests_and_the_key_join_everybody_until_both_are_gone(
    either: Site, clock: TurnableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = either
    monkeypatch.setattr("pb.ballots.check_pages.CHECKS", OFTEN)
    vote = a_vote(site)
    process, truth = vote.process, vote.tracking
    logged = [vote.in_order_of_casts()]
    assert len(logged[0]) == VOTERS
    backed_up, links = in_backup(tmp_path, site)
    assert set(links) == {None}, "a backup leaves out whose envelope is whose"
    key: Any = HOLDERS["server"].private(site, process)
    run_jobs(site)

    # While voting is open, and until the key is gone: who has key and log joins everybody, also
    # with a backup and without the database's link. The page says who could.
    in_order = tracking_by_leaf(site, process, key)
    by_leaf = [[in_order[number] for number in sorted(in_order)]]
    assert best_guess(truth, logged, by_leaf) == 1.0
    assert best_guess(truth, backed_up, by_leaf) < 8 * GUESS, "a backup and the key alone do not"
    page = vote.browsers[vote.devices["10.0.0.1"]].get("/processes/shared-budget/secrecy").text
    assert "a list of who visited this site and when" in page
    assert "may write down who visits this site and when. We do not." in page

    # Without the key the log says who voted when, and nothing of what: not before the close ...
    sizes_open = by_size(vote, vote.chosen, of_the_vote)
    most_common = Counter(vote.chosen.values()).most_common(1)[0][1] / VOTERS
    assert sizes_open <= most_common + GUESS

    clock.now = WHEN["count"]
    run_jobs(site)
    assert best_guess(truth, logged, orders_of_ballots(site, process, key)) == 1.0, (
        "closing alone does not help against it")
    closed = best_guess(truth, logged, orders_of_ballots(site, process, None))
    assert closed < 8 * GUESS
    mailless: dict[str, int] = {}
    orders = [*orders_of_voters(site, mailless), *logged, *backed_up]

    # ... nor after it, nor from what voters look up, nor once all that was held is destroyed.
    finished(site, clock, process)
    look_up_all(vote)
    sizes_looked_up = by_size(vote, vote.chosen, of_own_ballots)
    assert sizes_looked_up <= most_common + GUESS
    do(site, destroy_now, process)
    run_jobs(site)
    assert tracking_by_leaf(site, process, key) == {}
    after = best_guess(truth, orders, orders_of_ballots(site, process, None))
    assert after < 8 * GUESS
    print(f"\n{VOTERS} voters, guessing {GUESS:.1%}: log and key 100% until destroyed; log without "
          f"key {closed:.1%} after the close, all sources {after:.1%} after destruction; contents "
          f"by sizes {sizes_open:.1%} and {sizes_looked_up:.1%}, guessing {most_common:.1%}")


def test_no_address_that_is_asked_for_says_what_was_chosen(
    site: Site, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pb.ballots.check_pages.CHECKS", OFTEN)
    vote = a_vote(site)
    finished(site, clock, vote.process)
    look_up_all(vote)
    targets = {line.target for line in vote.log.lines}
    assert f"{VOTE}/in" in targets
    for target in targets:
        assert not re.search(r"choose|option|content|tracking|receipt|CP1\.|off=|tied=", target)
        for tracking in vote.tracking.values():
            assert tracking not in target


def test_moving_a_project_up_leaves_its_number_out_of_the_address(site: Site) -> None:
    process = a_process(site, kind="ranked", method="scottish_stv", seats=2)
    (code,) = a_batch(site, process)
    open_box(site, process)
    log = Logged(create_app(site))
    browser = TestClient(log, base_url=site.settings.base_url, client=("10.0.0.1", 1))
    browser.headers["accept-language"] = "en"
    page = enter(browser, code)
    page = browser.post(f"{VOTE}/ballot", data={
        **hidden(page.text), "rank-1": "1", "rank-2": "2", "rank-3": "2", "move": "up-2"})
    assert page.status_code == 200 and page.url.path == f"{VOTE}/ballot"
    assert "Project 2" in re.findall(r'id="said".*?</', page.text, re.S)[0]
    assert log.lines[-1].target == f"{VOTE}/ballot?did=move"
    again = browser.get(f"{VOTE}/ballot?did=move")
    assert "Project 2, now" not in again.text, "said once"


def test_sizes_would_tell_what_was_chosen(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: pages as long as what they show."""
    monkeypatch.setattr(Request, "_of_one_size",
                        lambda request, html, status: HTMLResponse(html, status))
    vote = a_vote(site)
    most_common = Counter(vote.chosen.values()).most_common(1)[0][1] / VOTERS
    assert by_size(vote, vote.chosen, of_the_vote) > 3 * most_common


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_every_page_of_the_vote_is_of_one_size(site: Site, encoding: str) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    open_box(site, process)
    log = Logged(create_app(site))
    browser = TestClient(log, base_url=site.settings.base_url)
    browser.headers.update({"accept-language": "en", "accept-encoding": encoding})
    page = enter(browser, code)
    page = browser.post(f"{VOTE}/ballot",
                        data={**hidden(page.text), "choose": ["1", "3"], "check": "1"})
    assert page.text.rstrip().endswith("</html>"), "whole, also once it is unpacked"
    assert page.headers.get("content-encoding", "identity") == encoding
    browser.post(f"{VOTE}/check", data={**hidden(page.text), "cast": "1"})
    shown = [line for line in log.lines if line.status == 200 and line.target != VOTE]
    assert {line.target for line in shown} == {f"{VOTE}/ballot", f"{VOTE}/check", f"{VOTE}/in"}
    assert all(line.size % STEP == 0 for line in shown)


def test_the_app_itself_logs_no_request(tmp_path: Path) -> None:
    port = free_port()
    environment = {"PB_SETUP": "no", "PB_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin",
                   "PB_LOG_FORMAT": "json"}
    subprocess.run(
        [sys.executable, "-m", "pb", "init", "--name", "Town", "--official", "Mair", "--email",
         "mair@example.com"], cwd=ROOT, env=environment, check=True, capture_output=True)
    server = subprocess.Popen([sys.executable, "-m", "pb", "serve", "--port", str(port)], cwd=ROOT,
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
    try:
        wait_for(port, server)
        for path in ("/help", "/planted-1x7", "/processes/planted-1x7/vote"):
            httpx2.get(f"http://127.0.0.1:{port}{path}")
    finally:
        server.terminate()
        out, err = server.communicate(timeout=30)
    assert "Serving" in err
    assert "planted-1x7" not in out + err and "127.0.0.1:" in err and "GET" not in err
