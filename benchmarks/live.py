"""From the facilitator's "next" to the last screen, beside a bare Starlette event stream.

    .venv/bin/python benchmarks/live.py [DEVICES ...]          default 60 500

Each device follows the session by server-sent events and, told that something changed, asks for
its screen anew, as the app's own script does. The first sixty are the phones of sixty jurors,
further ones more of the same. Timed is from sending "next" until the last device
has heard, and until the last has its whole new screen. The bare one keeps a queue a listener,
tells all of them at once from memory, and answers with a page of the same bytes. Both run in a
process of their own on this machine, in turn in one run; the devices share another. Five presses
each; what is printed are medians.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import free_port
from deliberation.panels import services as panels
from deliberation.panels.values import JurorValue, JuryValue
from deliberation.sessions import queries, running, services
from deliberation.sessions.plan import runsheet
from pb import migrations
from pb.app import create_app, load_features
from pb.core import live
from pb.core.site import Site
from tests.support import build
from tests.support.app import make_settings

PRESSES = 5
TABLES = 10


def serve_ours(port: int, folder: str, told: multiprocessing.Queue[tuple[str, list[str]]]) -> None:
    """A jury in session; hands out the address to follow and the cookies of sixty phones.
    ``/next`` presses "next" (and when the agenda ends, takes it back), as the console would."""
    load_features()
    site = Site(make_settings(Path(folder), PB_BASE_URL=f"http://127.0.0.1:{port}"))
    migrations.upgrade(site.database)
    process = build.a_process(site, phase="assessment")
    lead = build.actor(site, build.a_person(site, "Gwen", "facilitator", "shared-budget"))
    run = site.work.run
    jury = run(panels.make_jury, lead, process, JuryValue(
        {"en": "Jury"}, {"en": "What?"}, {"en": "We answer."}, "", date(2027, 9, 1), "Nia", "4"))
    run(panels.set_charter, lead, jury, {"en": "We listen."})
    run(panels.accept_charter, lead, jury, 1)
    run(panels.set_jurors, lead, jury, [JurorValue(f"P {n}") for n in range(60)], {})
    run(services.make_sessions, lead, jury, runsheet("statements"), date(2027, 1, 2), 7, TABLES)
    run(services.make_passes, lead, jury)
    with site.database.reading() as session:
        first = queries.sessions_of(session, jury)[0].id
        codes = [services.code_of(site.secrets, one)
                 for one in queries.passes_of(session, jury) if one.role == "juror"]
    run(running.start, lead, first, 0)
    cookies = [f"room={run(services.enter_room, lead, code)}" for code in codes]
    version = [1]

    async def press(request: Request) -> Response:
        forward = version[0] % 2 == 1
        await asyncio.to_thread(
            run, running.advance if forward else running.undo, lead, first, version[0]
        )
        version[0] += 1
        return PlainTextResponse("ok")

    app = create_app(site)
    app.router.routes.insert(0, Route("/next", press))
    told.put((live.address(site, services.topic(first), 1), cookies))
    uvicorn.run(app, port=port, log_level="error", access_log=False)


def serve_bare(port: int, body: bytes) -> None:
    listeners: set[asyncio.Queue[int]] = set()

    async def listen(request: Request) -> Response:
        async def events() -> AsyncIterator[str]:
            queue: asyncio.Queue[int] = asyncio.Queue()
            listeners.add(queue)
            try:
                while True:
                    yield str(await queue.get())
            finally:
                listeners.discard(queue)

        return EventSourceResponse(events())

    async def press(request: Request) -> Response:
        for one in listeners:
            one.put_nowait(1)
        return PlainTextResponse("ok")

    async def page(request: Request) -> Response:
        return HTMLResponse(body)

    app = Starlette(routes=[Route("/live", listen), Route("/next", press),
                            Route("/room/screen", page)])
    uvicorn.run(app, port=port, log_level="error", access_log=False)


async def fetch(port: int, path: str, cookie: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        "X-Follows: 1\r\nConnection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise RuntimeError(head.decode(errors="replace").splitlines()[0])
    return body


class Device:
    """One screen: ``heard`` and ``shown`` are when it did, of the press under way."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        self.port, self.path, self.cookie = port, path, cookie
        self.heard = self.shown = 0.0
        self.done = asyncio.Event()

    async def follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        )
        with contextlib.closing(writer):
            async for line in reader:
                if line.startswith(b"data:"):
                    self.heard = time.perf_counter()
                    await fetch(self.port, "/room/screen", self.cookie)
                    self.shown = time.perf_counter()
                    self.done.set()


async def measure(port: int, path: str, cookies: list[str], number: int) -> tuple[float, float]:
    devices = [Device(port, path, cookies[place % len(cookies)]) for place in range(number)]
    tasks = [asyncio.create_task(one.follow()) for one in devices]
    await asyncio.sleep(2)
    heard, shown = [], []
    for _ in range(PRESSES):
        for one in devices:
            one.done.clear()
        start = time.perf_counter()
        await fetch(port, "/next", "")
        await asyncio.wait_for(asyncio.gather(*(one.done.wait() for one in devices)), 60)
        heard.append(max(one.heard for one in devices) - start)
        shown.append(max(one.shown for one in devices) - start)
        await asyncio.sleep(1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return statistics.median(heard), statistics.median(shown)


def main() -> None:
    numbers = [int(one) for one in sys.argv[1:]] or [60, 500]
    with tempfile.TemporaryDirectory() as folder:
        told: multiprocessing.Queue[tuple[str, list[str]]] = multiprocessing.Queue()
        ports = free_port(), free_port()
        ours = multiprocessing.Process(target=serve_ours, args=(ports[0], folder, told))
        ours.start()
        path, cookies = told.get(timeout=120)
        time.sleep(1)
        body = asyncio.run(fetch(ports[0], "/room/screen", cookies[0]))
        bare = multiprocessing.Process(target=serve_bare, args=(ports[1], body))
        bare.start()
        time.sleep(2)
        try:
            print(f"a screen of {len(body):,} bytes; medians of {PRESSES} presses, in seconds")
            print(f"{'devices':>8} {'':6} {'last heard':>11} {'last screen':>12}")
            for number in numbers:
                for who, port, where in (("ours", ports[0], path), ("bare", ports[1], "/live")):
                    heard, shown = asyncio.run(measure(port, where, cookies, number))
                    print(f"{number:>8} {who:6} {heard:>11.3f} {shown:>12.3f}", flush=True)
        finally:
            ours.terminate()
            bare.terminate()


if __name__ == "__main__":
    main()
