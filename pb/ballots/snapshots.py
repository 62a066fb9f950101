"""What every cast asks of a process (is it open, what is on the ballot), read once and kept.

Kept until the next audited change of this server or ten seconds, whichever comes first, like
finished pages. What is on the ballot cannot be changed while voting is open, and the time is asked
of the kept dates at each cast anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.ballots import sealing
from pb.ballots.contests import contest_of
from pb.ballots.models import Box
from pb.core.site import Site
from pb.processes.models import Process
from pb.processes.rules import phase_kind
from pb.projects.queries import project_rows
from pb.record.models import Log
from voting.contest import Contest

SECONDS = 10


@dataclass(frozen=True)
class Dates:
    """A phase's dates, as ``processes.rules`` reads them."""

    kind: str
    opens_at: datetime
    closes_at: datetime | None
    opened_at: datetime | None


@dataclass(frozen=True)
class OpenBox:
    """What sealing a ballot takes. ``state``: see ``models.Box``."""

    state: str
    key: X25519PublicKey
    origin: str
    bound_to: bytes
    plain_bytes: int
    level: str
    key_holder: str


@dataclass(frozen=True)
class Snapshot:
    """A process as the subject of a permission, with its contests by the voter's area.

    ``box`` is None until the box is open.
    """

    scope_id: int
    slug: str
    state: str
    time_zone: str
    phases: tuple[Dates, ...]
    contests: Mapping[int | None, Contest]
    box: OpenBox | None

    @property
    def is_public(self) -> bool:
        return self.state != "draft"

    @property
    def closes_at(self) -> datetime | None:
        """When the vote ends."""
        return next((one.closes_at for one in self.phases if one.kind == "voting"), None)

    def phase_kind(self, now: datetime) -> str:
        return phase_kind(self, now)  # type: ignore[arg-type]


Kept = tuple[tuple[int, int], dict[Any, Snapshot]]
_KEPT: WeakKeyDictionary[Site, Kept] = WeakKeyDictionary()
_READING = Lock()


def kept_of(site: Site, key: int | str, now: datetime) -> Snapshot | None:
    """The process with this id or slug as it is kept, without reading anything."""
    return _kept(site, now).get(key)


def snapshot_of(
    site: Site, opened: Callable[[], Session], key: int | str, now: datetime
) -> Snapshot | None:
    """The process with this id or slug; None if there is none. A session is only opened to read
    what is not kept."""
    found = kept_of(site, key, now)
    if found is None:
        session = opened()  # who waits here for a connection holds nobody up
        with _READING:  # one reads, for all who cast at this moment
            kept = _kept(site, now)
            found = kept.get(key)
            if found is None:
                column = Process.slug if isinstance(key, str) else Process.id
                process = session.scalar(select(Process).where(column == key))
                if process is None:
                    return None
                found = kept[key] = _taken(session, process)
    return found


def _kept(site: Site, now: datetime) -> dict[Any, Snapshot]:
    """What is known of this moment."""
    moment = (site.work.revision, int(now.timestamp()) // SECONDS)
    kept = _KEPT.get(site)
    if kept is None or kept[0] != moment:
        kept = _KEPT[site] = (moment, {})
    return kept[1]


def _taken(session: Session, process: Process) -> Snapshot:
    rows = project_rows(session, process.id)
    contests = {
        area_id: contest_of(process, rows, area_id)
        for area_id in [None, *(area.id for area in process.areas)]
    }
    return Snapshot(
        process.id, process.slug, process.state, process.time_zone,
        tuple(Dates(one.kind, one.opens_at, one.closes_at, one.opened_at)
              for one in process.phases),
        contests,
        box_of(session, process.id),
    )


def box_of(session: Session, process_id: int) -> OpenBox | None:
    """The process's box, once it has been opened for the first cast."""
    row = session.execute(
        select(Box, Log.origin)
        .join(Log, Log.process_id == Box.process_id)
        .where(Box.process_id == process_id, Box.state != "prepared")
    ).one_or_none()
    if row is None:
        return None
    box, origin = row
    return OpenBox(
        box.state, X25519PublicKey.from_public_bytes(bytes.fromhex(box.public_key)), origin,
        sealing.info(origin, bytes.fromhex(box.manifest)), box.plain_bytes, box.level,
        box.key_holder,
    )
