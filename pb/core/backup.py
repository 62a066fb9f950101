"""Copies of a whole installation: one archive of database and pictures, from either database.

The archive is a ZIP of ``backup.json`` (what it is, and the SHA-256 of each member),
``database.sqlite3`` (all tables as one SQLite file, also when they come from PostgreSQL) and
``files/``. No key is in it: the folder of keys and the secret key are kept apart, or whoever
finds a copy could open and sign everything.

Both ways the copy is of one moment: SQLite's own backup takes all pages in one step, PostgreSQL
is read in one snapshot. What must not travel is taken out of the copy before it is packed, and
the file is written anew, so that no trace of it is left between the rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    MetaData,
    Table,
    bindparam,
    insert,
    select,
    text,
    update,
)

from pb.core.database import Database, Model

VERSION = 1
FACTS = "backup.json"
DATABASE = "database.sqlite3"
FILES = "files/"
BATCH = 1000


class BackupError(Exception):
    """A copy that cannot be made or used; the message says why, in plain words."""


@dataclass(frozen=True)
class LeftOut:
    """What a copy must not hold: columns that are emptied, rows that go (an SQL condition)."""

    columns: Mapping[str, Sequence[str]]
    rows: Mapping[str, str]


# -- the database into one file --------------------------------------------------------------


def copy_database(database: Database, into: Path, left_out: LeftOut) -> None:
    """Copy the database of one moment to an SQLite file. For PostgreSQL the file must have the
    tables already (``migrations``)."""
    if database.sqlite:
        source = sqlite3.connect(database.url.removeprefix("sqlite:///"))
        target = sqlite3.connect(into)
        try:
            source.backup(target, pages=-1)
        finally:
            source.close()
            target.close()
    else:
        file = Database(f"sqlite:///{into}")
        try:
            with database.engine.connect() as reading:
                reading.execution_options(isolation_level="REPEATABLE READ")
                with file.engine.connect() as writing:
                    copy_tables(reading, writing)
        finally:
            file.close()
    _take_out(into, left_out)


def _take_out(path: Path, left_out: LeftOut) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA secure_delete=ON")
        for table, columns in left_out.columns.items():
            empty = ", ".join(f"{column} = NULL" for column in columns)
            connection.execute(f"UPDATE {table} SET {empty}")
        for table, condition in left_out.rows.items():
            connection.execute(f"DELETE FROM {table} WHERE {condition}")
        connection.execute("VACUUM")
    finally:
        connection.close()


def copy_tables(reading: Connection, writing: Connection) -> None:
    """Copy every row of every table that the models know, in the order of their references.

    Between SQLite and PostgreSQL, either way; the tables to be filled are there and empty.
    """
    sqlite = writing.dialect.name == "sqlite"
    if sqlite:  # outside of any transaction, where alone SQLite heeds it
        raw = writing.connection.dbapi_connection
        assert raw is not None
        raw.cursor().execute("PRAGMA foreign_keys=OFF")
    for table in Model.metadata.sorted_tables:
        plain = _as_stored(table)
        # A row may point to a later one of its own table: that is filled in when all are there.
        own = [] if sqlite else sorted(
            {key.parent.name for key in table.foreign_keys if key.column.table is table}
        )
        for batch in _rows(reading, plain):
            writing.execute(
                insert(plain), [{**row, **dict.fromkeys(own)} for row in batch] if own else batch
            )
        if own:
            _point_within(reading, writing, plain, own)
        number = next(iter(table.primary_key.columns), None)
        if not sqlite and number is not None and number is table.autoincrement_column:
            # The next row gets the number after the last one that was copied.
            writing.execute(text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{number.name}'), "
                f"coalesce(max({number.name}), 1), max({number.name}) IS NOT NULL) "
                f"FROM {table.name}"
            ))
    writing.commit()


def _point_within(
    reading: Connection, writing: Connection, table: Table, names: Sequence[str]
) -> None:
    keys = [one.name for one in table.primary_key.columns]
    change = update(table).where(
        *(table.c[name] == bindparam(f"key_{name}") for name in keys)
    ).values({name: bindparam(f"to_{name}") for name in names})
    for batch in _rows(reading, table):
        moves = [
            {f"key_{name}": row[name] for name in keys} | {f"to_{name}": row[name]
                                                           for name in names}
            for row in batch if any(row[name] is not None for name in names)
        ]
        if moves:
            writing.execute(change, moves)


def _as_stored(table: Table) -> Table:
    """The table with JSON columns that keep a missing value apart from JSON's own null."""
    columns = [
        Column(
            one.name,
            JSON(none_as_null=bool(one.nullable)) if isinstance(one.type, JSON) else one.type,
            primary_key=one.primary_key, autoincrement=False,
        )
        for one in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def _rows(reading: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    statement = select(table).order_by(*table.primary_key.columns)
    found = reading.execution_options(stream_results=True).execute(statement)
    for part in found.mappings().partitions(BATCH):
        yield [dict(row) for row in part]


# -- the archive -----------------------------------------------------------------------------


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(file: Path, database: Path, files: Path, facts: Mapping[str, Any]) -> None:
    """Write the archive, whole or not at all, readable by its owner only."""
    members = {DATABASE: database}
    if files.is_dir():
        for path in sorted(files.rglob("*")):
            if path.is_file() and path.suffix != ".part":
                members[FILES + path.relative_to(files).as_posix()] = path
    unfinished = file.with_name(file.name + ".part")
    handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
                listed = {}
                for name, path in members.items():
                    archive.write(path, name)
                    listed[name] = _digest(path)
                whole = {**facts, "version": VERSION, "members": listed}
                archive.writestr(FACTS, json.dumps(whole, indent=1, ensure_ascii=False))
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Lay an archive out in an empty folder and check every byte of it; what it says of itself.

    Errors: BackupError.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            facts: dict[str, Any] = json.loads(archive.read(FACTS))
            if facts.get("version") != VERSION:
                raise BackupError(f"{file} is of a kind that this version does not know.")
            members: dict[str, str] = facts["members"]
            if set(archive.namelist()) != {FACTS, *members}:
                raise BackupError(f"{file} does not hold what it says it holds.")
            for name, digest in members.items():
                path = folder / name
                if not path.resolve().is_relative_to(folder.resolve()):
                    raise BackupError(f"{file} names a file outside of its folder: {name}")
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target)
                if _digest(path) != digest:
                    raise BackupError(f"{file} is damaged: {name} is not as it was packed.")
            if DATABASE not in members:
                raise BackupError(f"{file} holds no database.")
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, AttributeError) as error:
        raise BackupError(f"{file} is no backup, or it is damaged: {error}") from None
    return facts
