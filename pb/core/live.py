"""Live pages: a number a topic, and screens that hear of each change within a second.

A command that changes what a screen shows calls ``touch``: the topic's number in the database
grows in the same transaction. Each server looks every quarter of a second at the numbers of the
topics that somebody follows there, and tells the followers by server-sent events: the same on
SQLite, on PostgreSQL, behind a pool of connections and on many servers.

An event says that something changed and nothing else: the screen asks for its own page anew, so
nobody learns by listening what their page would not show. Without script a page asks for itself
again every few seconds (``components/live.html``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse, Response

from pb.core.database import Model
from pb.core.site import Site
from pb.core.work import Work

log = logging.getLogger("pb.live")

LOOK = 0.25
"""Seconds between two looks at the numbers."""
PING = 15
"""Seconds after which a quiet stream says that it lives, so that no proxy cuts it."""
LINK_SECONDS = 24 * 3600


class LiveTopic(Model):
    """How often what a topic shows has changed."""

    __tablename__ = "live_topics"
    topic: Mapped[str] = mapped_column(String(80), primary_key=True)
    revision: Mapped[int]


def touch(work: Work, topic: str) -> None:
    """Say that what a topic shows has changed, inside the command that changes it."""
    if work.site.database.sqlite:  # each dialect takes its time to be imported
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    work.connection.execute(
        insert(LiveTopic)
        .values(topic=topic, revision=1)
        .on_conflict_do_update(
            index_elements=["topic"], set_={"revision": LiveTopic.revision + 1}
        )
    )


def revision(session: Session, topic: str) -> int:
    """The number of a topic now; 0 where nothing has happened yet."""
    return session.scalar(select(LiveTopic.revision).where(LiveTopic.topic == topic)) or 0


def address(site: Site, topic: str, known: int) -> str:
    """Where a page hears of changes after the number that it was made at. The address is signed:
    only who was given the page can follow."""
    return f"/live/{site.secrets.sign('live', topic)}?after={known}"


def follows(inner: StarletteRequest) -> bool:
    """Whether a page that is already on a screen asks for itself again: only its live parts are
    taken from the answer, so that what stands outside of them may be left out."""
    return "x-follows" in inner.headers


class Hub:
    """The followers on one server. One look serves all of them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._followers: dict[str, set[asyncio.Queue[int]]] = {}
        self._known: dict[str, int] = {}
        self._looking: asyncio.Task[None] | None = None

    async def follow(self, topic: str, after: int) -> AsyncIterator[int]:
        """The numbers of a topic as they grow past ``after``; of several at once the last."""
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._followers.setdefault(topic, set()).add(queue)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        elif self._known.get(topic, 0) > after:
            queue.put_nowait(self._known[topic])
        try:
            while True:
                number = await queue.get()
                while not queue.empty():
                    number = queue.get_nowait()
                if number > after:
                    after = number
                    yield number
        finally:
            mine = self._followers.get(topic, set())
            mine.discard(queue)
            if not mine:
                self._followers.pop(topic, None)
                self._known.pop(topic, None)

    async def _look(self) -> None:
        """Look at the numbers while anybody follows."""
        while self._followers:
            try:
                found = await run_in_threadpool(self._numbers, list(self._followers))
            except SQLAlchemyError:
                log.exception("the numbers of live pages could not be read; the next look may")
                found = {}
            for topic, number in found.items():
                if self._known.get(topic) != number:
                    self._known[topic] = number
                    for queue in self._followers.get(topic, ()):
                        queue.put_nowait(number)
            await asyncio.sleep(LOOK)

    def _numbers(self, topics: Iterable[str]) -> dict[str, int]:
        with self.site.database.reading() as session:
            rows = session.execute(
                select(LiveTopic.topic, LiveTopic.revision).where(LiveTopic.topic.in_(topics))
            )
            return {str(topic): int(number) for topic, number in rows}

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)


def stream(site: Site, hub: Hub) -> Any:
    """The endpoint of ``address``."""

    async def listen(request: StarletteRequest) -> Response:
        topic = site.secrets.unsign("live", request.path_params["token"], LINK_SECONDS)
        after = request.query_params.get("after", "0")
        # A browser that comes back after a break says itself what it heard last.
        after = request.headers.get("last-event-id", after)
        if not isinstance(topic, str) or not (after.isascii() and after.isdecimal()):
            return PlainTextResponse("", 404)

        async def events() -> AsyncIterator[ServerSentEvent]:
            async for number in hub.follow(topic, int(after[:18])):
                yield ServerSentEvent(data=str(number), id=str(number))

        return EventSourceResponse(events(), ping=PING)

    return listen
