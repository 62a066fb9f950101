"""The only place that reads the time. Rules get ``now`` as an argument.

A machine's clock may be wrong, and a vote opens and closes by it. Therefore:

- servers that share a database share its time, whatever their own clocks say (``of_database``);
- a clock that is suddenly set ahead or back is not followed at once (``SteadyClock``): the time
  goes on as it went, and the log says so. Set right again within ten minutes, nothing has happened;
  kept to for longer, it is believed, since the old time may have been the wrong one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pb.core.database import Database

log = logging.getLogger("pb.clock")

Clock = Callable[[], datetime]
TOLERANCE = timedelta(minutes=2)
"""A clock that is put right by so little is followed at once."""
BELIEVED_AFTER = 600.0
"""Seconds for which a clock must keep to its new time before it is believed."""
LOOK_EVERY = 10.0
"""Seconds between two questions to the database."""
SLOW = 2.0
"""Seconds; an answer that took longer tells the time too roughly."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def elapsed() -> float:
    """Seconds since some moment, which nobody can set; sleep of the machine counts."""
    which = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if which is None else time.clock_gettime(which)


class SteadyClock:
    """The time of ``source``, without its leaps.

    ``source`` may raise OSError where it cannot be asked; the time then goes on by itself.
    ``every``: seconds between two questions to it.
    """

    def __init__(
        self, source: Clock, every: float = 0.0, elapsed: Callable[[], float] = elapsed
    ) -> None:
        self._source = source
        self._every = every
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._began: datetime | None = None
        """The moment at which ``elapsed`` was nought, by the time that is kept to."""
        self._other: tuple[datetime, float] | None = None
        """The same by a source that has leapt, and since when it says so."""
        self._looked = float("-inf")

    def __call__(self) -> datetime:
        if self._elapsed() - self._looked >= self._every:
            if self._began is None:
                with self._lock:  # the first to ask waits for the answer
                    self._look()
            elif self._lock.acquire(blocking=False):
                try:
                    self._look()
                finally:
                    self._lock.release()
        if self._began is None:
            return utc_now()
        return self._began + timedelta(seconds=self._elapsed())

    def _look(self) -> None:
        before = self._elapsed()
        try:
            said = self._source()
        except OSError:
            self._looked = before
            return
        self._looked = after = self._elapsed()
        if after - before > SLOW:
            return
        began = said - timedelta(seconds=after)  # told last, just before the answer
        if self._began is None or abs(began - self._began) <= TOLERANCE:
            self._began, self._other = began, None
        elif self._other is None or abs(began - self._other[0]) > TOLERANCE:
            self._other = (began, after)
            log.error("The clock was set by %s. Unless it is put right, that is believed in %d "
                      "minutes.", began - self._began, BELIEVED_AFTER // 60)
        elif after - self._other[1] >= BELIEVED_AFTER:
            log.error("The clock kept to its new time, which is believed now: %s further.",
                      began - self._began)
            self._began, self._other = began, None


def of_database(database: Database) -> Clock:
    """The clock of everybody who shares this database: the machine's own for SQLite, the
    database's for PostgreSQL."""
    if database.sqlite:
        return SteadyClock(utc_now)
    warned: list[datetime] = []

    def ask() -> datetime:
        now: datetime = _asked(database)
        off = utc_now() - now
        if abs(off) > TOLERANCE and not warned:
            warned.append(now)
            log.warning("This machine's clock is %s off the database's, which is kept to.", off)
        return now

    return SteadyClock(ask, LOOK_EVERY)


def _asked(database: Database) -> Any:
    """The database's time, over a connection of its own: requests may hold all others."""
    from sqlalchemy import create_engine, func, select
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    engine = create_engine(database.url, poolclass=NullPool,
                           connect_args={"prepare_threshold": None, "connect_timeout": 3})
    try:
        with engine.connect() as connection:
            return connection.execute(select(func.clock_timestamp())).scalar_one().astimezone(UTC)
    except SQLAlchemyError as error:
        raise OSError("the database does not tell the time") from error
