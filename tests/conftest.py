"""What every test may ask for: a site on a real database file, a clock to turn, a browser.

What a machine lacks (Chromium, PostgreSQL, the real elections) skips with its reason; CI has all
of it and fails on a skip.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pb import migrations
from pb.app import load_features
from pb.core.database import Database
from pb.core.site import Site
from tests.support.app import make_settings
from tests.support.clock import TurnableClock
from tests.support.needs import CHROMIUM, DATA

load_features()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("data") and not DATA.is_dir():
            item.add_marker(pytest.mark.skip(reason=f"the real elections are not at {DATA}"))
        if item.get_closest_marker("chromium") and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is not on this machine"))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("database") / "pb.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def site(tmp_path: Path, empty_database: Path, clock: TurnableClock) -> Iterator[Site]:
    """An installation of its own, on SQLite, without a worker: tests run the jobs themselves."""
    settings = make_settings(tmp_path)
    shutil.copy(empty_database, tmp_path / "pb.sqlite3")
    made = Site(settings, clock)
    yield made
    made.close()
