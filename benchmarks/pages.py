"""A page of 50 projects, or pages of 5,000 ideas (the list, a search, a filter, the map), beside a
bare Starlette response of the same bytes.

    .venv/bin/python benchmarks/pages.py [projects|ideas|search|filter|map] [--afresh]

Needs ``wrk`` (Debian: apt install wrk). Both are served by uvicorn, one process each, on this
machine; ``wrk`` loads them in turn, five times each, with 16 connections for 4 seconds. What is
printed is the median of five ratios. The aim: the cached list page takes at most ten times as long
as the bare response. ``--afresh`` sends a cookie, so that each page is made anew.
"""

from __future__ import annotations

import multiprocessing
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pb import migrations
from pb.app import create_app
from pb.core.site import Site
from tests.support import build, ideas
from tests.support.app import make_settings
from tests.support.clock import TurnableClock

RUNS, CONNECTIONS, SECONDS = 5, 16, 4
PATHS = {
    "projects": "/processes/shared-budget/projects",
    "ideas": "/processes/shared-budget/ideas?seed=7",
    "search": "/processes/shared-budget/ideas?seed=7&words=llyfrgell+bus",
    "filter": "/processes/shared-budget/ideas?seed=7&area=2&state=published",
    "map": "/processes/shared-budget/ideas/map",
}
"""What can be measured: 50 projects on one page, or what shows 5,000 ideas."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve_ours(port: int, folder: str, what: str) -> None:
    """A site with 50 projects, or with 5,000 ideas."""
    site = Site(
        make_settings(Path(folder), PB_BASE_URL=f"http://127.0.0.1:{port}"), TurnableClock()
    )
    migrations.upgrade(site.database)
    if what != "projects":
        ideas.many_ideas(site, ideas.a_process(site), 5000)
    else:
        build.a_process(site, projects=50)
    uvicorn.run(create_app(site), port=port, log_level="error", access_log=False)


def serve_bare(port: int, path: str, body: bytes) -> None:
    async def bare(request: Request) -> HTMLResponse:
        return HTMLResponse(body)

    app = Starlette(routes=[Route(path.partition("?")[0], bare)])
    uvicorn.run(app, port=port, log_level="error", access_log=False)


def wait_for(url: str) -> bytes:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def load(url: str, afresh: bool) -> tuple[float, float]:
    """Requests a second, and the mean latency in milliseconds."""
    output = subprocess.run(
        ["wrk", f"-c{CONNECTIONS}", "-t2", f"-d{SECONDS}s",
         *(["-H", "Cookie: ideas=nobody"] if afresh else []), url],
        capture_output=True, text=True, check=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if rate is None or "Non-2xx" in output:
        raise SystemExit(output)
    return float(rate[1]), 1000 * CONNECTIONS / float(rate[1])


def main() -> None:
    if not shutil.which("wrk"):
        raise SystemExit("This benchmark needs wrk: apt install wrk")
    afresh = "--afresh" in sys.argv
    what = next((one for one in sys.argv[1:] if one in PATHS), "projects")
    path = PATHS[what]
    ours, bare = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        servers = [
            multiprocessing.Process(target=serve_ours, args=(ours, folder, what), daemon=True)
        ]
        servers[0].start()
        body = wait_for(f"http://127.0.0.1:{ours}{path}")
        servers.append(
            multiprocessing.Process(target=serve_bare, args=(bare, path, body), daemon=True)
        )
        servers[1].start()
        wait_for(f"http://127.0.0.1:{bare}{path}")
        print(f"{len(body):,} bytes; {CONNECTIONS} connections, {SECONDS} s, {RUNS} runs each\n")
        ratios = []
        for run in range(1, RUNS + 1):
            one = load(f"http://127.0.0.1:{bare}{path}", afresh)
            other = load(f"http://127.0.0.1:{ours}{path}", afresh)
            ratios.append(one[0] / other[0])
            print(f"run {run}: bare {one[0]:8,.0f}/s   ours {other[0]:8,.0f}/s   "
                  f"ratio {ratios[-1]:.2f}")
        for server in servers:
            server.terminate()
    print(f"\nmedian: the page takes {statistics.median(ratios):.2f} times the bare response")


if __name__ == "__main__":
    main()
