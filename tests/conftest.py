"""What every test may ask for: a site on a real database file, a clock to turn, a browser.

What a machine lacks (Chromium, PostgreSQL, the real elections) skips with its reason; CI has all
of it and fails on a skip.
"""

from __future__ import annotations

import contextlib
import gc
import shutil
import subprocess
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
from tests.support.postgres import Server, started

load_features()
# As when serving: what is here stays, and is not looked through for garbage again and again.
gc.freeze()
gc.set_threshold(50_000, 20, 20)


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, or a skip that says why there is none."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(started())
        except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
            pytest.skip(f"no PostgreSQL can be started on this machine: {error}")
        yield server


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


@pytest.fixture
def postgres_site(postgres: Server, tmp_path: Path, clock: TurnableClock) -> Iterator[Site]:
    """An installation of its own on PostgreSQL."""
    made = Site(make_settings(tmp_path, PB_DATABASE_URL=postgres.new_database()), clock)
    migrations.upgrade(made.database)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest) -> Site:
    """The same test on SQLite and on PostgreSQL."""
    name = "site" if request.param == "sqlite" else "postgres_site"
    found = request.getfixturevalue(name)
    assert isinstance(found, Site)
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", default=60, help="how often the server is killed while casting")
    parser.addoption("--stops", default=3, help="how often PostgreSQL is stopped at once")
    parser.addoption("--voters", default=500, help="voters who cast many times at once")
    parser.addoption("--casts", default=20, help="casts at once of each of them")
    parser.addoption("--inputs", default=20000, help="bad inputs that are sent to all addresses")
    parser.addoption("--inputs-seed", default=1, help="from which they are drawn")
