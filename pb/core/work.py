"""Transactions: every change of the database goes through ``Runner.run(command, ...)``.

A command is a function marked with ``@command``; its first argument is a ``Work``. It makes four
moves: require, check, change, record; it never commits. ``run`` gives it a transaction, writes
the audit row, remembers the answer under the form's one-time key so that a retry gets the same
answer, and wakes the jobs that it left behind.

On SQLite all commands run on one writer thread, a savepoint each and one commit a group: many
threads racing for SQLite's lock wait far longer than a queue does. On PostgreSQL they run in the
caller's thread, serialisable unless the command says otherwise, and are tried again when the
database reports a serialisation failure.
"""

from __future__ import annotations

import hashlib
import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, String, select, update
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from pb.core import audit, events, jobs
from pb.core.database import Database, Model
from pb.core.errors import AppError, Busy

if TYPE_CHECKING:
    from pb.core.site import Site

P = ParamSpec("P")
R = TypeVar("R")

LARGEST_GROUP = 256
TRIES = 6
TO_BE_TRIED_AGAIN = {"40001", "40P01"}


@dataclass(frozen=True)
class Actor:
    """Who acts: ``grants`` are (role, scope) pairs, ``passes`` a scope's id to a pass's id."""

    person_id: int | None = None
    name: str = ""
    grants: frozenset[tuple[str, int | None]] = frozenset()
    passes: Mapping[int, int] = field(default_factory=dict)
    system: bool = False


NOBODY = Actor()
SYSTEM = Actor(name="system", system=True)


class Once(Model):
    """The answer that a form's one-time key got; a retry of the form gets it again."""

    __tablename__ = "once"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    command: Mapped[str] = mapped_column(String(100))
    result: Mapped[dict[str, Any]]
    made_on: Mapped[str] = mapped_column(String(10))
    """The day only: a row here must not date what was cast."""


@dataclass(frozen=True)
class CommandInfo:
    name: str
    audited: bool
    isolation: str


COMMANDS: dict[str, CommandInfo] = {}


def command(
    *, audited: bool = True, isolation: str = "SERIALIZABLE"
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a service function as a command. Its module's feature and its name are its name."""

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        feature = function.__module__.split(".")[-2]
        info = CommandInfo(f"{feature}.{function.__name__}", audited, isolation)
        COMMANDS[info.name] = info
        function.command = info  # type: ignore[attr-defined]
        return function

    return mark


class Work:
    """One transaction, as a command sees it."""

    def __init__(self, site: Site, connection: Connection, actor: Actor, now: datetime) -> None:
        self.site = site
        self.connection = connection
        self.actor = actor
        self.now = now
        self.subject: tuple[str, int | None] = ("", None)
        self.scope: int | None = None
        self.details: dict[str, Any] = {}
        self.left_jobs = False
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = Session(self.connection, join_transaction_mode="rollback_only")
        return self._session

    def about(
        self, kind: str, id: int | None, *, scope: int | None = None, **details: Any
    ) -> None:
        """Say what the audit row is about. Details are JSON values, never secrets."""
        self.subject = (kind, id)
        self.scope = scope if scope is not None else self.scope
        self.details.update(details)

    def later(self, job: jobs.Job, at: datetime | None = None, **arguments: Any) -> None:
        """Leave a job to be done after this transaction has been committed."""
        jobs.leave(self.connection, job, arguments, self.now, at)
        self.left_jobs = True

    def record(self, event: events.Event) -> None:
        """Announce what happened; each subscriber becomes a job."""
        for job in events.subscribers(type(event)):
            self.later(job, **events.as_arguments(event))

    def finish(self) -> None:
        if self._session is not None:
            self._session.flush()
            self._session.close()


@dataclass
class _Task:
    command: Callable[..., Any]
    actor: Actor
    arguments: tuple[Any, ...]
    once: str | None
    future: Future[Any] = field(default_factory=Future)


@dataclass
class _Outcome:
    task: _Task
    result: Any = None
    error: BaseException | None = None


class Runner:
    """Runs commands. One for each process of the app."""

    def __init__(self, site: Site, database: Database) -> None:
        self.site = site
        self.database = database
        self.woken = threading.Event()
        """Set when jobs were left; the worker waits for it."""
        self.revision = 0
        """Grows with each audited commit of this process; cached pages hang on it."""
        # Built once: building a statement takes longer than running it.
        table = Once.metadata.tables[Once.__tablename__]
        if database.sqlite:  # each dialect takes its time to be imported
            from sqlalchemy.dialects.sqlite import insert
        else:
            from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
        self._take = (
            insert(table).on_conflict_do_nothing(index_elements=["key"]).returning(table.c.key)
        )
        self._queue: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._starting = threading.Lock()

    def run(
        self,
        command: Callable[..., R],
        actor: Actor,
        *arguments: Any,
        once: str | None = None,
    ) -> R:
        """Run a command in one transaction; what it returns, once that is on the disk."""
        task = _Task(command, actor, arguments, once)
        if self.database.sqlite:
            if threading.current_thread() is self._writer:
                raise RuntimeError("a command called run: call the other service instead")
            self._ensure_writer()
            self._queue.put(task)
            return cast(R, task.future.result())
        return cast(R, self._run_here(task))

    def close(self) -> None:
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()
            self._writer = None

    # -- one command -------------------------------------------------------------------------

    def _execute(self, connection: Connection, task: _Task) -> tuple[Any, bool]:
        """The command's result, and whether it left jobs."""
        info: CommandInfo = task.command.command  # type: ignore[attr-defined]
        work = Work(self.site, connection, task.actor, self.site.clock())
        key = None
        if task.once:
            key = hashlib.sha256(f"{info.name}\n{task.once}".encode()).hexdigest()
            known = self._claim(connection, key, info.name, work.now)
            if known is not None:
                return known["value"], False
        result = task.command(work, *task.arguments)
        work.finish()
        if key is not None and result is not None:
            connection.execute(
                update(Once).where(Once.key == key).values(result={"value": result})
            )
        if info.audited:
            audit.write(connection, info.name, work)
        return result, work.left_jobs

    def _claim(
        self, connection: Connection, key: str, name: str, now: datetime
    ) -> dict[str, Any] | None:
        """Take the one-time key, or give the answer that it got before."""
        taken = connection.execute(
            self._take,
            {"key": key, "command": name, "result": {"value": None},
             "made_on": now.date().isoformat()},
        ).first()
        if taken is not None:
            return None
        row = connection.execute(select(Once.command, Once.result).where(Once.key == key)).one()
        return cast(dict[str, Any], row.result)

    def _committed(self, audited: bool, left_jobs: bool) -> None:
        if audited:
            self.revision += 1
        if left_jobs:
            self.woken.set()

    # -- PostgreSQL --------------------------------------------------------------------------

    def _run_here(self, task: _Task) -> Any:
        info: CommandInfo = task.command.command  # type: ignore[attr-defined]
        for attempt in range(TRIES):
            try:
                with self.database.engine.connect() as connection:
                    connection.execution_options(isolation_level=info.isolation)
                    with connection.begin():
                        result, left_jobs = self._execute(connection, task)
                self._committed(info.audited, left_jobs)
                return result
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in TO_BE_TRIED_AGAIN and not (
                    error.connection_invalidated and task.once
                ):
                    if isinstance(error, OperationalError):
                        raise Busy("database.busy") from error
                    raise
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)
        raise Busy("database.busy")

    # -- SQLite ------------------------------------------------------------------------------

    def _ensure_writer(self) -> None:
        with self._starting:
            if self._writer is None or not self._writer.is_alive():
                self._writer = threading.Thread(
                    target=self._write_for_ever, name="writer", daemon=True
                )
                self._writer.start()

    def _write_for_ever(self) -> None:
        with self.database.writing() as connection:
            while True:
                task = self._queue.get()
                if task is None:
                    return
                group = [task]
                closing = False
                while len(group) < LARGEST_GROUP:
                    try:
                        following = self._queue.get_nowait()
                    except queue.Empty:
                        break
                    if following is None:
                        closing = True
                        break
                    group.append(following)
                try:
                    self._write_group(connection, group)
                except BaseException as error:  # noqa: BLE001 - nobody may wait for ever
                    if connection.in_transaction():
                        connection.rollback()
                    for one in group:
                        if not one.future.done():
                            one.future.set_exception(error)
                if closing:
                    return

    def _write_group(self, connection: Connection, group: list[_Task]) -> None:
        """Commit the group at once; if that fails, each alone, so that one cannot harm another."""
        try:
            outcomes, audited, left_jobs = self._try_group(connection, group)
        except SQLAlchemyError as error:
            if connection.in_transaction():
                connection.rollback()
            if len(group) == 1:
                # A refusal after a failed flush is still the command's own word.
                own = error.__cause__
                refusal = own if isinstance(own, AppError) else Busy("database.busy")
                refusal.__cause__ = error if refusal is not own else None
                group[0].future.set_exception(refusal)
                return
            for task in group:
                self._write_group(connection, [task])
            return
        self._committed(audited, left_jobs)
        for outcome in outcomes:
            if outcome.error is not None:
                outcome.task.future.set_exception(outcome.error)
            else:
                outcome.task.future.set_result(outcome.result)

    def _try_group(
        self, connection: Connection, group: list[_Task]
    ) -> tuple[list[_Outcome], bool, bool]:
        outcomes: list[_Outcome] = []
        audited = left_jobs = False
        with connection.begin():
            for task in group:
                savepoint = connection.begin_nested()
                try:
                    result, left = self._execute(connection, task)
                    savepoint.commit()
                except OperationalError:
                    raise  # the disk or the lock: no savepoint can be trusted any more
                except BaseException as error:
                    if not savepoint.is_active:  # a failed flush took everything down with it
                        raise PendingRollbackError("the group is lost") from error
                    savepoint.rollback()
                    outcomes.append(_Outcome(task, error=error))
                else:
                    outcomes.append(_Outcome(task, result))
                    audited |= task.command.command.audited  # type: ignore[attr-defined]
                    left_jobs |= left
        return outcomes, audited, left_jobs



