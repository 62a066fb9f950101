"""Jobs: work left for after the commit, in a table written in the same transaction.

A job gets ids only, looks everything up again and may run twice: it must be idempotent. On
PostgreSQL several workers take jobs with SKIP LOCKED; on SQLite one thread does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, String, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model

if TYPE_CHECKING:
    from pb.core.site import Site
    from pb.core.work import Work

log = logging.getLogger("pb.jobs")

MOST_TRIES = 8
LOCK = timedelta(minutes=10)
PAUSE = 5.0
"""Seconds between looks at the table when nothing wakes the worker."""
STEADY_PAUSE = 8.0
"""Seconds between calls of what must not wait for a long job."""


class JobRow(Model):
    """One job; ``failed_at`` is set when it is given up."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    run_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(200), default="")


@dataclass(frozen=True)
class Job:
    name: str
    function: Callable[..., None]


JOBS: dict[str, Job] = {}
_PERIODIC: list[Callable[[Site], None]] = []
_STEADY: list[Callable[[Site], None]] = []


def job(function: Callable[..., None]) -> Job:
    """Register ``function(site, **arguments)`` as a job named by its feature and itself."""
    name = f"{function.__module__.split('.')[-2]}.{function.__name__}"
    if name in JOBS:
        raise ValueError(f"two jobs are named {name}")
    JOBS[name] = Job(name, function)
    return JOBS[name]


def periodic(function: Callable[[Site], None]) -> Callable[[Site], None]:
    """Register ``function(site)`` to be called at every look; it must be cheap and idempotent."""
    _PERIODIC.append(function)
    return function


def steady(function: Callable[[Site], None]) -> Callable[[Site], None]:
    """Register ``function(site)`` to be called every eight seconds, however long jobs take."""
    _STEADY.append(function)
    return function


def leave(
    connection: Connection,
    which: Job,
    arguments: dict[str, Any],
    now: datetime,
    at: datetime | None,
) -> None:
    connection.execute(
        insert(JobRow).values(
            name=which.name, arguments=arguments, made_at=now, run_at=at or now, tries=0, error=""
        )
    )


def _claim(work: Work) -> tuple[int, str, dict[str, Any], int] | None:
    """Lock the next due job for this worker."""
    due = (
        select(JobRow.id, JobRow.name, JobRow.arguments, JobRow.tries)
        .where(
            JobRow.done_at.is_(None),
            JobRow.failed_at.is_(None),
            JobRow.run_at <= work.now,
            (JobRow.locked_until.is_(None)) | (JobRow.locked_until < work.now),
        )
        .order_by(JobRow.run_at, JobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = work.connection.execute(due).first()
    if row is None:
        return None
    work.connection.execute(
        update(JobRow)
        .where(JobRow.id == row.id)
        .values(locked_until=work.now + LOCK, tries=row.tries + 1)
    )
    return row.id, row.name, row.arguments, row.tries + 1


def _settle(work: Work, job_id: int, tries: int, error: str) -> None:
    """Mark a job done, or put it off: 10 s, 20 s, 40 s ... and give up after the last try."""
    values: dict[str, Any] = {"locked_until": None, "error": error}
    if not error:
        values["done_at"] = work.now
    elif tries >= MOST_TRIES:
        values["failed_at"] = work.now
    else:
        values["run_at"] = work.now + timedelta(seconds=5 * 2**tries)
    work.connection.execute(update(JobRow).where(JobRow.id == job_id).values(**values))


def run_due(site: Site, most: int = 1000, steadily: bool = True) -> int:
    """Run what is due now, up to ``most`` jobs; how many ran. Not ``steadily`` where another
    thread calls what is to be called steadily."""
    from pb.core.work import SYSTEM, command

    # The row's own lock keeps others out: serialising them on top would only make them give way.
    alone = command(audited=False, isolation="READ COMMITTED")
    claim, settle = alone(_claim), alone(_settle)
    for look in (*_PERIODIC, *(_STEADY if steadily else ())):
        look(site)
    done = 0
    while done < most:
        claimed = site.work.run(claim, SYSTEM)
        if claimed is None:
            break
        job_id, name, arguments, tries = claimed
        error = ""
        try:
            JOBS[name].function(site, **arguments)
        except Exception as failure:
            # Only the kind goes to the table: a message may hold an address or a token.
            error = type(failure).__name__
            log.exception("job %s (%s) failed at try %s", job_id, name, tries)
        site.work.run(settle, SYSTEM, job_id, tries, error)
        done += 1
    return done


class Worker:
    """A thread that runs jobs until it is stopped."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="worker", daemon=True)
        self._steady = threading.Thread(target=self._steady_loop, name="steady", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._steady.start()

    def stop(self) -> None:
        self._stopped.set()
        self.site.work.woken.set()
        self._thread.join(timeout=10)
        self._steady.join(timeout=10)

    def _loop(self) -> None:
        while not self._stopped.is_set():
            self.site.work.woken.clear()
            try:
                run_due(self.site, steadily=False)
            except Exception:
                log.exception("the worker stumbled and goes on")
            self.site.work.woken.wait(PAUSE)

    def _steady_loop(self) -> None:
        while not self._stopped.is_set():
            for look in _STEADY:
                try:
                    look(self.site)
                except Exception:
                    log.exception("what is done steadily stumbled and goes on")
            self._stopped.wait(STEADY_PAUSE)
