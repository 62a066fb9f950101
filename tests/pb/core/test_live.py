"""Screens that follow hear of each change within a second, and learn nothing else by it."""

from __future__ import annotations

import asyncio
import threading
import time
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
import uvicorn
from starlette.applications import Starlette

from pb.app import create_app
from pb.core import live
from pb.core.site import Site
from pb.core.work import Work
from tests.support import build
from tests.support.app import client

R = TypeVar("R")


def apart(work: Coroutine[Any, Any, R]) -> R:
    """Run in a thread of its own: a browser's test before this one leaves its loop behind."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def touch(work: Work, topic: str) -> None:
    live.touch(work, topic)


def changed(site: Site, topic: str) -> None:
    build.do(site, touch, topic)


def number(site: Site, topic: str) -> int:
    with site.database.reading() as session:
        return live.revision(session, topic)


def test_a_topics_number_grows_with_each_change(either: Site) -> None:
    assert number(either, "jury-1") == 0
    changed(either, "jury-1")
    changed(either, "jury-1")
    changed(either, "jury-2")
    assert (number(either, "jury-1"), number(either, "jury-2")) == (2, 1)


def test_changes_at_the_same_time_are_all_counted(either: Site) -> None:
    threads = [threading.Thread(target=changed, args=(either, "busy")) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert number(either, "busy") == 8


def test_a_change_that_is_undone_is_not_heard_of(site: Site) -> None:
    def refuse(work: Work, topic: str) -> None:
        live.touch(work, topic)
        raise ValueError(topic)

    with pytest.raises(ValueError, match="room"):
        build.do(site, refuse, "room")
    assert number(site, "room") == 0


async def _heard(site: Site, followers: int, change: Any) -> list[list[int]]:
    hub = live.Hub(site)
    heard: list[list[int]] = [[] for _ in range(followers)]

    async def follow(mine: list[int]) -> None:
        async for one in hub.follow("room", 0):
            mine.append(one)

    tasks = [asyncio.create_task(follow(mine)) for mine in heard]
    await asyncio.sleep(0)
    await change(heard)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not hub._followers, "who leaves is forgotten"
    await hub.close()
    return heard


async def _until(heard: list[list[int]], wanted: int) -> None:
    for _ in range(100):
        if all(mine and mine[-1] == wanted for mine in heard):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(heard)


def test_all_followers_hear_of_each_change_once(site: Site) -> None:
    async def change(heard: list[list[int]]) -> None:
        for wanted in (1, 2):
            await asyncio.to_thread(changed, site, "room")
            await asyncio.to_thread(changed, site, "elsewhere")
            await _until(heard, wanted)
        await asyncio.sleep(2 * live.LOOK)

    assert apart(_heard(site, 60, change)) == [[1, 2]] * 60


def test_who_comes_late_hears_of_what_was_missed(site: Site) -> None:
    changed(site, "room")

    async def change(heard: list[list[int]]) -> None:
        await _until(heard, 1)

    assert apart(_heard(site, 1, change)) == [[1]]


def test_a_database_that_fails_once_does_not_end_the_following(site: Site) -> None:
    real = live.Hub._numbers
    failed: list[bool] = []

    def once(self: live.Hub, topics: Any) -> dict[str, int]:
        if not failed:
            failed.append(True)
            from sqlalchemy.exc import OperationalError

            raise OperationalError("select", {}, Exception("gone"))
        return real(self, topics)

    async def change(heard: list[list[int]]) -> None:
        await asyncio.to_thread(changed, site, "room")
        await _until(heard, 1)

    live.Hub._numbers = once  # type: ignore[method-assign]
    try:
        assert apart(_heard(site, 1, change)) == [[1]]
    finally:
        live.Hub._numbers = real  # type: ignore[method-assign]
    assert failed


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def test_the_stream_says_that_something_changed_and_nothing_else(site: Site) -> None:
    path = live.address(site, "room", 0)
    with served(create_app(site)) as root:
        request = urllib.request.Request(root + path, headers={"host": "testserver"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            start = time.monotonic()
            changed(site, "room")
            lines = [answer.readline().decode().strip() for _ in range(3)]
            assert time.monotonic() - start < 5
    assert lines == ["id: 1", "data: 1", ""]


@pytest.mark.parametrize("token", ["room", "forged.token", "%00"])
def test_a_forged_address_leads_nowhere(site: Site, token: str) -> None:
    build.a_council(site)
    assert client(site).get(f"/live/{token}?after=0").status_code == 404
    good = live.address(site, "room", 0).partition("?")[0]
    assert client(site).get(f"{good}?after=x").status_code == 404
