"""SQLite and PostgreSQL: the same tables, and migrations that know all of them."""

from __future__ import annotations

import threading

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from pb import migrations
from pb.core import jobs
from pb.core.database import Model
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command

DONE: list[int] = []


@jobs.job
def note_number(site: Site, number: int) -> None:
    DONE.append(number)


@command()
def leave_jobs(work: Work, most: int) -> None:
    """Leave some jobs."""
    for number in range(most):
        work.later(note_number, number=number)


def test_the_migrations_make_the_tables_of_the_models(either: Site) -> None:
    with either.database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": migrations.described}
        )
        assert compare_metadata(context, Model.metadata) == []
    assert migrations.at_head(either.database)
    migrations.upgrade(either.database)  # a second time changes nothing


def test_each_job_is_done_once_by_several_workers(either: Site) -> None:
    DONE.clear()
    either.work.run(leave_jobs, SYSTEM, 30)
    threads = [threading.Thread(target=jobs.run_due, args=(either,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(DONE) == list(range(30))


@jobs.job
def fail_twice(site: Site, key: str) -> None:
    DONE.append(0)
    if len(DONE) < 3:
        raise ConnectionError("the mail server sleeps")


@command()
def leave_failing_job(work: Work) -> None:
    """Leave a job that fails at first."""
    work.later(fail_twice, key="x")


def test_a_job_that_fails_is_tried_again_later(either: Site, clock) -> None:  # type: ignore[no-untyped-def]
    DONE.clear()
    either.work.run(leave_failing_job, SYSTEM)
    for _ in range(4):
        jobs.run_due(either)
        clock.turn(minutes=10)
    assert len(DONE) == 3
