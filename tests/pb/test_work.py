"""Transactions: one writer, groups, savepoints, answers that a retry gets again."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from pb.core.audit import AuditRow
from pb.core.errors import Busy, Invalid
from pb.core.security import SessionRow
from pb.core.site import Site
from pb.core.work import SYSTEM, Together, Work, command


def add_row(work: Work, name: str, fail: bool = False) -> str:
    work.connection.execute(
        insert(SessionRow).values(hash=name, passes={}, made_at=work.now, ends_at=work.now)
    )
    work.about("session", None)
    if fail:
        raise Invalid("test.refused")
    return name


add = command()(add_row)


def rows(site: Site, table: Any) -> int:
    with site.database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(table)) or 0)


def test_a_command_leaves_its_row_and_its_audit(either: Site) -> None:
    assert either.work.run(add, SYSTEM, "a") == "a"
    assert rows(either, SessionRow) == rows(either, AuditRow) == 1


def test_a_refused_command_leaves_nothing(either: Site) -> None:
    with pytest.raises(Invalid):
        either.work.run(add, SYSTEM, "a", True)
    assert rows(either, SessionRow) == rows(either, AuditRow) == 0


def test_a_retry_gets_the_first_answer_and_changes_nothing(either: Site) -> None:
    first = either.work.run(add, SYSTEM, "a", once="key")
    again = either.work.run(add, SYSTEM, "b", once="key")
    assert first == again == "a"
    assert rows(either, SessionRow) == 1


def test_a_refused_command_can_be_sent_again_with_its_key(either: Site) -> None:
    with pytest.raises(Invalid):
        either.work.run(add, SYSTEM, "a", True, once="key")
    assert either.work.run(add, SYSTEM, "a", once="key") == "a"


def test_many_threads_one_faulty_among_them(either: Site) -> None:
    results: list[object] = []

    def one(number: int) -> None:
        try:
            results.append(either.work.run(add, SYSTEM, str(number), number % 10 == 3))
        except Invalid as error:
            results.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, Invalid) for one in results) == 10
    assert rows(either, SessionRow) == rows(either, AuditRow) == 90


def test_the_writer_asks_the_disk_to_keep_what_was_committed(site: Site, tmp_path: Path) -> None:
    with site.database.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_failed_flush_keeps_nobody_waiting(either: Site) -> None:
    """The ORM rolls the whole transaction back then; the writer must live on."""
    def twice(work: Work, refuse: bool) -> None:
        for _ in range(2):
            work.session.add(
                SessionRow(hash="same", passes={}, made_at=work.now, ends_at=work.now)
            )
            try:
                work.session.flush()
            except IntegrityError:
                if refuse:
                    raise Invalid("test.refused") from None
                raise
            work.session.expunge_all()

    broken = command(audited=False)(twice)
    with pytest.raises(Invalid):
        either.work.run(broken, SYSTEM, True)
    with pytest.raises((Busy, IntegrityError)):
        either.work.run(broken, SYSTEM, False)
    assert either.work.run(add, SYSTEM, "a") == "a"
    assert rows(either, SessionRow) == 1


# -- together --------------------------------------------------------------------------------

GROUPS: list[int] = []


def add_together(works: Any, calls: Any) -> list[str]:
    if any(fail for _name, fail in calls):
        raise ValueError("somebody in this group is not as usual")
    GROUPS.append(len(calls))
    works[0].connection.execute(
        insert(SessionRow),
        [{"hash": name, "passes": {}, "made_at": works[0].now, "ends_at": works[0].now}
         for name, _fail in calls],
    )
    return [name for name, _fail in calls]


def add_one(work: Work, name: str, fail: bool = False) -> str:
    return add_row(work, name, fail)


add_many = command(
    audited=False, isolation="READ COMMITTED",
    together=Together(add_together, lambda name, fail=False: name[:3]),
)(add_one)


@pytest.mark.parametrize("faulty", [False, True])
def test_what_waits_is_done_together_and_one_fault_harms_nobody_else(
    either: Site, faulty: bool
) -> None:
    GROUPS.clear()
    results: dict[str, object] = {}

    def one(number: int) -> None:
        name = f"{number:04}"
        fail = faulty and number % 10 == 3
        try:
            results[name] = either.work.run(add_many, SYSTEM, name, fail, once=name)
        except Invalid as error:
            results[name] = error

    threads = [threading.Thread(target=one, args=(number,)) for number in range(120)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [name for name, result in results.items() if isinstance(result, Invalid)]
    assert len(results) == 120 and len(refused) == (12 if faulty else 0)
    assert all(result == name for name, result in results.items() if name not in refused)
    assert rows(either, SessionRow) == 120 - len(refused)
    assert max(GROUPS) <= 12  # of ten numbers that begin alike one goes into each group
    for name in ("0000", "0119"):
        assert either.work.run(add_many, SYSTEM, name, False, once=name) == name
    assert rows(either, SessionRow) == 120 - len(refused)


def test_many_wait_on_one_loop_and_each_gets_its_own_answer(either: Site) -> None:
    GROUPS.clear()

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(
            either.work.run_together(add_many, SYSTEM, name, number % 10 == 3, once=name)
            for number, name in ((number, f"{number:04}") for number in range(40))
        ), return_exceptions=True)

    results = asyncio.run(all_at_once())
    assert [isinstance(one, Invalid) for one in results] == [
        number % 10 == 3 for number in range(40)
    ]
    assert all(
        result == f"{number:04}" for number, result in enumerate(results) if number % 10 != 3
    )
    assert rows(either, SessionRow) == 36


def test_what_a_reader_asked_for_who_went_away_is_done_and_harms_nobody(either: Site) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def waits(works: Any, calls: Any) -> list[str]:
        begun.set()
        assert go_on.wait(20)
        return add_together(works, [(name, False) for (name,) in calls])

    slow = command(
        audited=False, isolation="READ COMMITTED", together=Together(waits, lambda name: name),
    )(lambda work, name: waits([work], [(name,)])[0])

    async def goes_away() -> None:
        first, second = (
            asyncio.create_task(either.work.run_together(slow, SYSTEM, name))
            for name in ("first", "second")
        )
        await asyncio.to_thread(begun.wait, 20)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        go_on.set()
        assert await second == "second"

    asyncio.run(goes_away())
    assert either.work.run(add_many, SYSTEM, "later") == "later"  # the writer is there still
    assert rows(either, SessionRow) == 3


def test_a_grouped_command_writes_no_audit_row() -> None:
    with pytest.raises(ValueError, match="no audit row"):
        command(together=Together(add_together, lambda name: name))(add_one)
