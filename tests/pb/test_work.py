"""Transactions: one writer, groups, savepoints, answers that a retry gets again."""

from __future__ import annotations

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
from pb.core.work import SYSTEM, Work, command


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
