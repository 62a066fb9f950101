"""The database: tables' base, column types, engines for reading and writing.

SQLite out of the box (WAL, ``synchronous=FULL``), PostgreSQL by psycopg. Reads open a read
transaction of their own; all writing goes through ``pb.core.work``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets time zones; this refuses naive times and restores UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Localised = dict[str, str]
"""A text by language: ``{"en": "...", "cy": "..."}``."""


class Model(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        datetime: Instant,
        dict[str, str]: JSON,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[Any]: JSON,
    }


class Database:
    """One database, with an engine for reads and one for the writer."""

    def __init__(self, url: str, threads: int = 40) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        if self.sqlite:
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(
                url, poolclass=QueuePool, pool_size=threads, max_overflow=20,
                hide_parameters=True,  # a failure's words go to the log: no address, no token
                connect_args={"check_same_thread": False, "timeout": 30},
            )
            _set_up_sqlite(self.engine)
        else:
            # Prepared statements break behind pgbouncer's transaction pooling.
            self.engine = create_engine(
                # A request reads by one connection and writes by another: with fewer, all threads
                # could hold their first and wait for a second.
                url, pool_size=min(threads, 20), max_overflow=2 * threads, pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"prepare_threshold": None},
            )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, in one transaction that is always rolled back."""
        with self.engine.connect() as connection, Session(connection) as session:
            yield session
            session.rollback()

    def glance(self, statement: str, values: tuple[Any, ...]) -> Any:
        """One row by a plain statement of SQLite, outside any transaction."""
        raw = self.engine.raw_connection()
        try:
            connection: Any = raw.driver_connection
            return connection.execute(statement, values).fetchone()
        finally:
            raw.close()

    def writing(self) -> Connection:
        """A connection whose transactions take the write lock at once."""
        return self.engine.connect().execution_options(immediate=True)

    def write_anew(self, table: str, index: str) -> None:
        """Write a table anew in the order of an index, and let go of what it was before.

        A database keeps old versions of rows until something else is written there, and
        PostgreSQL lays a changed row where it finds room: the order of rows would tell the order
        of changes. Other work on the table waits meanwhile.
        """
        raw = self.engine.raw_connection()
        try:
            connection: Any = raw.driver_connection
            if self.sqlite:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                connection.autocommit = True
                connection.execute(f"CLUSTER {table} USING {index}")
                connection.execute(f"ANALYZE {table}")
                connection.autocommit = False
        finally:
            raw.close()

    def close(self) -> None:
        self.engine.dispose()


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
