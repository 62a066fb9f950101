"""A session as its screens see it, read once for each change: sixty phones ask in one second.

Kept until the session's number changes (``core/live.py``), two seconds at most, since a juror's
name or the charter may change without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from deliberation.panels.models import Jury
from deliberation.sessions.models import JurySession
from deliberation.sessions.queries import Room, room_of
from deliberation.sessions.services import topic
from pb.core import live
from pb.core.site import Site
from pb.processes.models import Process

SECONDS = 2


@dataclass(frozen=True)
class Kept:
    """What was read: belongs to no database session any more, so nothing in it changes."""

    process: Process
    room: Room
    revision: int


Mark = tuple[int, int]
_KEPT: WeakKeyDictionary[Site, dict[int, tuple[Mark, Kept]]] = WeakKeyDictionary()


def kept_room(site: Site, session: Session, session_id: int, now: datetime) -> Kept:
    """The room of a session. ``session`` reads its number; the rest only where it is not kept."""
    revision = live.revision(session, topic(session_id))
    mark = (revision, int(now.timestamp()) // SECONDS)
    rooms = _KEPT.setdefault(site, {})
    known = rooms.get(session_id)
    if known is not None and known[0] == mark:
        return known[1]
    with site.database.reading() as own:
        one = own.get_one(JurySession, session_id)
        jury = own.get_one(Jury, one.jury_id)
        process = own.get_one(Process, jury.process_id)
        kept = Kept(process, room_of(own, jury, one, now), revision)
        own.expunge_all()
    rooms[session_id] = (mark, kept)
    return kept
