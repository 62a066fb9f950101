"""A session as its screens see it, read once for each change: sixty phones ask in one second.

Kept until the session's number changes (``core/live.py``), two seconds at most, since a juror's
name or the charter may change without it. The first screen that asks reads; those that ask
meanwhile wait for it instead of reading the same again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from deliberation.panels.models import Jury
from deliberation.sessions.models import JurySession
from deliberation.sessions.queries import Room, room_of
from deliberation.sessions.services import topic
from pb.core import live
from pb.core.database import Database
from pb.core.site import Site
from pb.processes.models import Process

SECONDS = 2
R = TypeVar("R")


@dataclass(frozen=True)
class Kept:
    """What was read: belongs to no database session any more, so nothing in it changes."""

    process: Process
    room: Room
    revision: int
    database: Database
    _more: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reading(self, name: str, read: Callable[[Session], R]) -> R:
        """Something more that many screens show alike (the wall, the votes), read once.

        ``read`` loads all that its readers need: what it finds belongs to no session after.
        Never what only one juror may see.
        """
        with self._lock:
            if name not in self._more:
                with self.database.reading() as own:
                    found = read(own)
                    own.expunge_all()
                self._more[name] = found
            known: R = self._more[name]
            return known


Mark = tuple[int, int]


@dataclass
class _Shelf:
    """The last reading of one session."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    mark: Mark | None = None
    kept: Kept | None = None


_KEPT: WeakKeyDictionary[Site, dict[int, _Shelf]] = WeakKeyDictionary()
_NEW = threading.Lock()


def kept_room(site: Site, session: Session, session_id: int, now: datetime) -> Kept:
    """The room of a session. ``session`` reads its number; the rest only where it is not kept."""
    revision = live.revision(session, topic(session_id))
    mark = (revision, int(now.timestamp()) // SECONDS)
    with _NEW:
        shelf = _KEPT.setdefault(site, {}).setdefault(session_id, _Shelf())
    with shelf.lock:
        # A screen that began to ask earlier takes what a later one has read: it is newer.
        if shelf.kept is not None and (shelf.mark == mark or shelf.kept.revision > revision):
            return shelf.kept
        with site.database.reading() as own:
            one = own.get_one(JurySession, session_id)
            jury = own.get_one(Jury, one.jury_id)
            process = own.get_one(Process, jury.process_id)
            shelf.kept = Kept(process, room_of(own, jury, one, now), revision, site.database)
            own.expunge_all()
        shelf.mark = mark
        return shelf.kept
