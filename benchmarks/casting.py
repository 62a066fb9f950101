"""Casting beside a bare Starlette endpoint that takes the same bytes to the same writer.

    .venv/bin/python benchmarks/casting.py [seconds] [--postgres]

Needs ``wrk`` (Debian: apt install wrk). 64 connections of voters who are signed in post the check
page's form, each time with a new one-time key, so that every request is a cast: sealed, entered in
the record, answered with a signed receipt. The bare endpoint reads the same form and inserts one
row of as many bytes as a cast's leaf, by the same writer in the same groups, fsync included. Five
runs each, in turn; what is printed is the median of five ratios, for the throughput and for the
time within which 99 of 100 requests are answered. The aims: within 2.5 times and within 4 times.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from sqlalchemy import insert, text
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pb import migrations
from pb.ballots import services
from pb.ballots.casting import leaf_payload
from pb.ballots.content import canonical
from pb.ballots.models import RollEntry
from pb.commands import serve
from pb.core import security
from pb.core.database import Database
from pb.core.site import Site
from pb.core.work import SYSTEM, Together, Work, command
from pb.record.models import LeafRow
from tests.support import build
from tests.support.app import make_settings
from tests.support.clock import TurnableClock
from tests.support.postgres import started
from voting.ballots import Ranking

RUNS, CONNECTIONS, SECONDS, VOTERS, PROJECTS = 5, 64, 4, 640, 40
PATH = "/processes/shared-budget/vote/check"
CONTENT = Ranking(("4", "31", "7", "22", "16"))
SEALED = bytes(208)
"""As long as an envelope of this vote."""

LUA = """
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
function init(args)
  cookies, bodies, number = {}, {}, 0
  for line in io.lines("VOTERS") do
    local cookie, body = line:match("([^\\t]+)\\t(.+)")
    cookies[#cookies + 1] = cookie
    bodies[#bodies + 1] = body
  end
  run = tostring(os.time()) .. tostring(math.random(1, 1e9)) .. "-" .. id .. "-"
end
function request()
  number = number + 1
  local voter = ((number * 2 + id) % #cookies) + 1
  local headers = {
    ["Cookie"] = "session=" .. cookies[voter],
    ["Content-Type"] = "application/x-www-form-urlencoded",
  }
  return wrk.format("POST", nil, headers, bodies[voter] .. "&once=" .. run .. number)
end
function done(summary, latency, requests)
  io.write(string.format("within %d\\n", latency:percentile(99.0)))
end
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def the_site(folder: str, port: int, database: str) -> Site:
    more = {"PB_DATABASE_URL": database} if database else {}
    settings = make_settings(Path(folder), PB_BASE_URL=f"http://127.0.0.1:{port}", **more)
    site = Site(settings, TurnableClock())
    migrations.upgrade(site.database)
    return site


def serve_ours(port: int, folder: str, database: str) -> None:
    """A vote with its voters let in; a line of cookie and form for each of them."""
    site = the_site(folder, port, database)
    process = build.a_process(site, kind="ranked", projects=PROJECTS)
    codes = services.codes_for(site.secrets, "benchmark", VOTERS)
    build.do(site, services.make_codes, process, None, "Benchmark", codes)

    def let_in(work: Work) -> list[tuple[int, str]]:
        rolls = work.session.query(RollEntry.id).order_by(RollEntry.id)
        return [(roll, security.open_session(work, None, passes={process: roll}))
                for (roll,) in rolls]

    let_in.__module__ = "benchmarks.casting"  # a command is named by its module
    lines = []
    for roll, cookie in site.work.run(command(audited=False)(let_in), SYSTEM):
        mark = f"{roll}..{site.secrets.tag('voter', process, f'{roll}.')[:40]}"
        lines.append(f"{cookie}\t{urlencode({'voter': mark, 'content': canonical(CONTENT)})}")
    ready = Path(folder) / "voters"
    ready.with_suffix(".new").write_text("\n".join(lines))
    ready.with_suffix(".new").rename(ready)
    serve(site, "127.0.0.1", port)


def serve_bare(port: int, folder: str, database: str) -> None:
    """The same form read, as many bytes written in the same way, and nothing asked."""
    site = the_site(folder, port, database)
    payload = leaf_payload(SEALED, None)
    table = LeafRow.metadata.tables[LeafRow.__tablename__]
    adding = insert(table)
    numbers = iter(range(1, 10**9))

    def row() -> dict[str, Any]:
        return {"process_id": 1, "number": next(numbers), "kind": "cast", "hash": bytes(32),
                "payload": payload}

    def write_together(works: Sequence[Work], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        works[0].connection.execute(adding, [row() for _ in calls])
        return [None] * len(calls)

    def write(work: Work, number: int) -> None:
        work.connection.execute(adding, row())

    write.__module__ = "benchmarks.casting"
    writing = command(
        audited=False, isolation="READ COMMITTED",
        together=Together(write_together, lambda number: number),
    )(write)
    calls = iter(range(10**9))

    async def bare(request: Request) -> Response:
        await request.form()
        await run_in_threadpool(site.work.run, writing, SYSTEM, next(calls))
        return RedirectResponse("/processes/shared-budget/vote/in", 303)

    routes = [Route(PATH, bare, methods=["POST"])]
    gc.freeze()  # as ``serve`` does
    gc.set_threshold(50_000, 20, 20)
    uvicorn.run(Starlette(routes=routes), port=port, log_level="error", access_log=False)


def wait_for(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=10)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{url} does not answer")


@dataclass(frozen=True)
class Load:
    """``within``: milliseconds in which 99 of 100 requests were answered."""

    rate: float
    within: float
    number: int


def load(url: str, script: Path, seconds: int) -> Load:
    """One run. Anything but a redirect stops it."""
    output = subprocess.run(
        ["wrk", f"-c{CONNECTIONS}", "-t2", f"-d{seconds}s", "-s", str(script), url],
        capture_output=True, text=True, check=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    number = re.search(r"(\d+) requests in", output)
    within = re.search(r"within (\d+)", output)
    if (rate is None or number is None or within is None or "Non-2xx" in output
            or "Socket errors" in output):
        raise SystemExit(output)
    return Load(float(rate[1]), int(within[1]) / 1000, int(number[1]))


def counted(url: str, query: str) -> int:
    database = Database(url)
    with database.engine.connect() as connection:
        found = int(connection.execute(text(query)).scalar_one())
    database.close()
    return found


def main() -> None:
    if not shutil.which("wrk"):
        raise SystemExit("This benchmark needs wrk: apt install wrk")
    seconds = next((int(one) for one in sys.argv[1:] if one.isdigit()), SECONDS)
    on_postgres = "--postgres" in sys.argv
    with contextlib.ExitStack() as stack:
        one, other = (stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2))
        urls = ["", ""]
        if on_postgres:
            server = stack.enter_context(started())
            urls = ["postgresql+psycopg" + server.new_database().removeprefix("postgresql")
                    for _ in range(2)]
        measure(one, other, urls, seconds, on_postgres)


def measure(one: str, other: str, urls: list[str], seconds: int, on_postgres: bool) -> None:
    ours, bare = free_port(), free_port()
    servers: list[Any] = [
        multiprocessing.Process(target=serve_ours, args=(ours, one, urls[0]), daemon=True),
        multiprocessing.Process(target=serve_bare, args=(bare, other, urls[1]), daemon=True),
    ]
    for server in servers:
        server.start()
    wait_for(f"http://127.0.0.1:{ours}{PATH}")
    wait_for(f"http://127.0.0.1:{bare}{PATH}")
    script = Path(one) / "cast.lua"
    script.write_text(LUA.replace("VOTERS", str(Path(one) / "voters")))
    name = "PostgreSQL" if on_postgres else "SQLite, synchronous=FULL"
    print(f"{name}: {VOTERS} voters, {CONNECTIONS} connections, {seconds} s, {RUNS} runs each\n")
    ratios, slower, asked = [], [], 0
    for run in range(1, RUNS + 1):
        plain = load(f"http://127.0.0.1:{bare}{PATH}", script, seconds)
        cast = load(f"http://127.0.0.1:{ours}{PATH}", script, seconds)
        asked += cast.number
        ratios.append(plain.rate / cast.rate)
        slower.append(cast.within / plain.within)
        print(f"run {run}: bare {plain.rate:6,.0f}/s p99 {plain.within:5,.0f} ms   "
              f"casts {cast.rate:6,.0f}/s p99 {cast.within:5,.0f} ms   "
              f"ratios {ratios[-1]:.2f} and {slower[-1]:.2f}", flush=True)
    for server in servers:
        server.terminate()
        server.join()
    url = urls[0] or f"sqlite:///{one}/pb.sqlite3"
    casts = counted(url, "SELECT count(*) FROM leaves WHERE kind = 'cast'")
    marked = counted(url, "SELECT count(*) FROM roll WHERE leaf IS NOT NULL")
    if casts < asked or marked > VOTERS:
        raise SystemExit(f"{asked} casts were answered, {casts} happened, {marked} voters marked")
    print(f"\n{asked:,} answers, {casts:,} casts, {marked} voters with a ballot of {VOTERS}")
    print(f"median: casting takes {statistics.median(ratios):.2f} times the bare endpoint, "
          f"its p99 {statistics.median(slower):.2f} times")


if __name__ == "__main__":
    main()
