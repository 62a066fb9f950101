"""Runs commands: a transaction each, the audit row, answers kept for retries, groups.

``run`` gives a command a transaction, writes the audit row, remembers the answer under the form's
one-time key so that a retry gets the same answer, and wakes the jobs that it left behind.

On SQLite all commands run on one writer thread, a savepoint each and one commit a group: many
threads racing for SQLite's lock wait far longer than a queue does. On PostgreSQL they run in the
caller's thread, serialisable unless the command says otherwise, and are tried again when the
database reports a serialisation failure.

A command that comes by the thousand may declare a grouped form (``Together``): the writer thread
hands it all that wait, to do with a few statements; this writer there is on PostgreSQL as well.
Whatever does not add up there is done over, each call alone, by the command itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import queue
import random
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError, SQLAlchemyError

from pb.core import audit
from pb.core.database import Database
from pb.core.errors import AppError, Busy
from pb.core.work import Actor, CommandInfo, Once, Work

if TYPE_CHECKING:
    from pb.core.site import Site

R = TypeVar("R")

LARGEST_GROUP = 256
TRIES = 6
TO_BE_TRIED_AGAIN = {"40001", "40P01"}


@dataclass
class _Task:
    command: Callable[..., Any]
    actor: Actor
    arguments: tuple[Any, ...]
    once: str | None
    future: Future[Any] = field(default_factory=Future)


    @property
    def info(self) -> CommandInfo:
        info: CommandInfo = self.command.command  # type: ignore[attr-defined]
        return info

    @property
    def key(self) -> str | None:
        """Under which the answer is kept."""
        if not self.once:
            return None
        return hashlib.sha256(f"{self.info.name}\n{self.once}".encode()).hexdigest()


@dataclass
class _Outcome:
    task: _Task
    result: Any = None
    error: BaseException | None = None


class _Alone(Exception):
    """Not in this group: the command is to be run by itself."""


def _parts(group: list[_Task]) -> list[list[_Task]]:
    """The group in parts to be done at once: calls of one grouped command that may share one, and
    every other call by itself."""
    parts: list[list[_Task]] = []
    rounds: dict[tuple[str, int], list[_Task]] = {}
    seen: dict[tuple[str, Hashable], int] = {}
    for task in group:
        info = task.info
        if info.together is None:
            parts.append([task])
            continue
        mark = (info.name, info.together.apart(*task.arguments))
        number = seen[mark] = seen.get(mark, -1) + 1
        shared = rounds.get((info.name, number))
        if shared is None:
            shared = rounds[info.name, number] = []
            parts.append(shared)
        shared.append(task)
    return parts


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
            from sqlalchemy.dialects.sqlite import insert as insert_or_not
        else:
            from sqlalchemy.dialects.postgresql import (  # type: ignore[assignment]
                insert as insert_or_not,
            )
        self._take = (
            insert_or_not(table)
            .on_conflict_do_nothing(index_elements=["key"]).returning(table.c.key)
        )
        self._known = select(table.c.key, table.c.result).where(
            table.c.key.in_(bindparam("keys", expanding=True))
        )
        self._keep = insert(table)
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
        if threading.current_thread() is self._writer:
            raise RuntimeError("a command called run: call the other service instead")
        if self.database.sqlite or task.info.together is not None:
            self._ensure_writer()
            self._queue.put(task)
            try:
                return cast(R, task.future.result())
            except _Alone:
                pass
        return cast(R, self._run_here(task))

    async def run_together(
        self, command: Callable[..., R], actor: Actor, *arguments: Any, once: str | None = None
    ) -> R:
        """``run`` for a command with a grouped form, waiting on the event loop: for what comes by
        the thousand, waking a thread for each costs as much as the command."""
        task = _Task(command, actor, arguments, once)
        self._ensure_writer()
        self._queue.put(task)
        try:
            # A reader who goes away takes nothing back: the writer has it already.
            return cast(R, await asyncio.shield(asyncio.wrap_future(task.future)))
        except _Alone:
            return cast(R, await asyncio.to_thread(self._run_here, task))

    def close(self) -> None:
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()
            self._writer = None

    # -- one command -------------------------------------------------------------------------

    def _execute(self, connection: Connection, task: _Task) -> tuple[Any, bool]:
        """The command's result, and whether it left jobs."""
        info, key = task.info, task.key
        work = Work(self.site, connection, task.actor, self.site.clock())
        if key is not None:
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

    def _execute_together(self, connection: Connection, tasks: list[_Task]) -> list[_Outcome]:
        """The calls of a grouped command by its grouped form, with the answers that are known.

        Whatever is raised here sends each call its own way.
        """
        info, now = tasks[0].info, self.site.clock()
        assert info.together is not None
        keys = [task.key for task in tasks]
        asked = [key for key in keys if key is not None]
        known = {
            row.key: row.result
            for row in (connection.execute(self._known, {"keys": asked}) if asked else ())
        }
        fresh = [number for number, key in enumerate(keys) if key not in known]
        results = info.together.run(
            [Work(self.site, connection, tasks[number].actor, now) for number in fresh],
            [tasks[number].arguments for number in fresh],
        ) if fresh else []
        kept = [
            {"key": keys[number], "command": info.name, "result": {"value": result},
             "made_on": now.date().isoformat()}
            for number, result in zip(fresh, results, strict=True)
            if keys[number] is not None
        ]
        if kept:
            connection.execute(self._keep, kept)
        found = dict(zip(fresh, results, strict=True))
        return [
            _Outcome(task, found[number] if number in found else known[keys[number]]["value"])
            for number, task in enumerate(tasks)
        ]

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
        info = task.info
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

    def _group_on_postgres(self, group: list[_Task]) -> None:
        """Each part in a transaction of its own. If one fails, its callers go on by themselves, in
        their own threads: also when the commit's answer was lost, since the one-time key tells."""
        for tasks in _parts(group):
            try:
                with self.database.engine.connect() as connection:
                    connection.execution_options(isolation_level=tasks[0].info.isolation)
                    with connection.begin():
                        outcomes = self._execute_together(connection, tasks)
            except BaseException:  # noqa: BLE001 - each is told its own reason when it runs alone
                for task in tasks:
                    task.future.set_exception(_Alone())
            else:
                for outcome in outcomes:
                    outcome.task.future.set_result(outcome.result)

    # -- the writer --------------------------------------------------------------------------

    def _ensure_writer(self) -> None:
        with self._starting:
            if self._writer is None or not self._writer.is_alive():
                self._writer = threading.Thread(
                    target=self._write_for_ever, name="writer", daemon=True
                )
                self._writer.start()

    def _write_for_ever(self) -> None:
        if not self.database.sqlite:
            self._take_groups(self._group_on_postgres)
            return
        held: list[Connection] = []

        def write(group: list[_Task]) -> None:
            if not held:  # also after the disk failed so badly that the connection was let go
                held.append(self.database.writing())
            try:
                self._write_group(held[0], group)
                if held[0].in_transaction():
                    held[0].rollback()
            except BaseException:
                held.pop().invalidate()
                raise

        try:
            self._take_groups(write)
        finally:
            for connection in held:
                connection.close()

    def _take_groups(self, write: Callable[[list[_Task]], None]) -> None:
        """Hand on whatever waits, as one group, until the end."""
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
                write(group)
            except BaseException as error:  # noqa: BLE001 - nobody may wait for ever
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
            for tasks in _parts(group):
                if tasks[0].info.together is not None and len(tasks) > 1:
                    done = self._try_together(connection, tasks)
                    if done is not None:
                        outcomes += done
                        continue
                for task in tasks:
                    outcome, left = self._try_alone(connection, task)
                    outcomes.append(outcome)
                    if outcome.error is None:
                        audited |= task.info.audited
                        left_jobs |= left
        return outcomes, audited, left_jobs

    def _try_together(
        self, connection: Connection, tasks: list[_Task]
    ) -> list[_Outcome] | None:
        """The outcomes of the grouped form; None, with nothing changed, when it gave up."""
        savepoint = connection.begin_nested()
        try:
            outcomes = self._execute_together(connection, tasks)
            savepoint.commit()
        except OperationalError:
            raise  # the disk or the lock: no savepoint can be trusted any more
        except BaseException:  # noqa: BLE001 - each is told its own reason when it runs alone
            if not savepoint.is_active:
                raise PendingRollbackError("the group is lost") from None
            savepoint.rollback()
            return None
        return outcomes

    def _try_alone(self, connection: Connection, task: _Task) -> tuple[_Outcome, bool]:
        savepoint = connection.begin_nested()
        try:
            result, left = self._execute(connection, task)
            savepoint.commit()
        except OperationalError:
            raise
        except BaseException as error:
            if not savepoint.is_active:  # a failed flush took everything down with it
                raise PendingRollbackError("the group is lost") from error
            savepoint.rollback()
            return _Outcome(task, error=error), False
        return _Outcome(task, result), left
