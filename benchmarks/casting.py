"""Casting beside a bare Starlette endpoint that takes the same bytes to the same writer.

    .venv/bin/python benchmarks/casting.py [seconds]

Needs ``wrk`` (Debian: apt install wrk). 64 connections of voters who are signed in post the check
page's form, each time with a new one-time key, so that every request is a cast. The bare endpoint
reads the same form and inserts one row of the same content by the same writer thread, fsync
included. Five runs each, in turn; what is printed is the median of five ratios. The aim: casting
within three times the bare endpoint.
"""

from __future__ import annotations

import multiprocessing
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pb import migrations
from pb.app import create_app
from pb.ballots import box, services
from pb.ballots.content import canonical, to_json
from pb.ballots.models import Ballot, RollEntry
from pb.core import security
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from tests.support import build
from tests.support.app import make_settings
from tests.support.clock import TurnableClock
from voting.ballots import Ranking

RUNS, CONNECTIONS, SECONDS, VOTERS, PROJECTS = 5, 64, 4, 640, 40
PATH = "/processes/shared-budget/vote/check"
CONTENT = Ranking(("4", "31", "7", "22", "16"))

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
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def the_site(folder: str, port: int) -> Site:
    settings = make_settings(Path(folder), PB_BASE_URL=f"http://127.0.0.1:{port}")
    site = Site(settings, TurnableClock())
    migrations.upgrade(site.database)
    return site


def serve_ours(port: int, folder: str) -> None:
    """A vote with its voters let in; a line of cookie and form for each of them."""
    site = the_site(folder, port)
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
        mark = site.secrets.sign("voter", [process, roll])
        lines.append(f"{cookie}\t{urlencode({'voter': mark, 'content': canonical(CONTENT)})}")
    ready = Path(folder) / "voters"
    ready.with_suffix(".new").write_text("\n".join(lines))
    ready.with_suffix(".new").rename(ready)
    uvicorn.run(create_app(site), port=port, log_level="error", access_log=False)


def serve_bare(port: int, folder: str) -> None:
    """The same form read, the same content written, and nothing asked."""
    site = the_site(folder, port)
    process = build.a_process(site, kind="ranked", projects=PROJECTS)
    content = to_json(CONTENT)

    def write(work: Work) -> None:
        box.put(work, box.Envelope(process, None, content))

    write.__module__ = "benchmarks.casting"
    writing = command(audited=False)(write)

    async def bare(request: Request) -> Response:
        await request.form()
        await run_in_threadpool(site.work.run, writing, SYSTEM)
        return RedirectResponse("/processes/shared-budget/vote/in", 303)

    routes = [Route(PATH, bare, methods=["POST"])]
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


def load(url: str, script: Path, seconds: int) -> tuple[float, int]:
    """Requests a second, and how many there were. Anything but a redirect stops it."""
    output = subprocess.run(
        ["wrk", f"-c{CONNECTIONS}", "-t2", f"-d{seconds}s", "-s", str(script), url],
        capture_output=True, text=True, check=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    number = re.search(r"(\d+) requests in", output)
    if rate is None or number is None or "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(output)
    return float(rate[1]), int(number[1])


def counted(folder: str, query: str) -> int:
    with sqlite3.connect(Path(folder) / "pb.sqlite3") as connection:
        return int(connection.execute(query).fetchone()[0])


def main() -> None:
    if not shutil.which("wrk"):
        raise SystemExit("This benchmark needs wrk: apt install wrk")
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    ours, bare = free_port(), free_port()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        servers: list[Any] = [
            multiprocessing.Process(target=serve_ours, args=(ours, one), daemon=True),
            multiprocessing.Process(target=serve_bare, args=(bare, other), daemon=True),
        ]
        for server in servers:
            server.start()
        wait_for(f"http://127.0.0.1:{ours}{PATH}")
        wait_for(f"http://127.0.0.1:{bare}{PATH}")
        script = Path(one) / "cast.lua"
        script.write_text(LUA.replace("VOTERS", str(Path(one) / "voters")))
        print(f"{VOTERS} voters, {CONNECTIONS} connections, {seconds} s, {RUNS} runs each\n")
        ratios, asked = [], 0
        for run in range(1, RUNS + 1):
            plain, _ = load(f"http://127.0.0.1:{bare}{PATH}", script, seconds)
            cast, number = load(f"http://127.0.0.1:{ours}{PATH}", script, seconds)
            asked += number
            ratios.append(plain / cast)
            print(f"run {run}: bare {plain:7,.0f}/s   casts {cast:7,.0f}/s   "
                  f"ratio {ratios[-1]:.2f}", flush=True)
        casts = counted(one, "SELECT count(*) FROM once WHERE command = 'ballots.cast'")
        ballots = counted(one, f"SELECT count(*) FROM {Ballot.__tablename__}")
        for server in servers:
            server.terminate()
    if casts < asked or ballots > VOTERS:
        raise SystemExit(f"{asked} casts were answered, {casts} happened, {ballots} ballots lie")
    print(f"\n{asked:,} answers, {casts:,} casts, {ballots} ballots of {VOTERS} voters")
    print(f"median: casting takes {statistics.median(ratios):.2f} times the bare endpoint")


if __name__ == "__main__":
    main()
