"""Reading the record: logs, leaves, heads and the kept hashes. Core throughout: lists are long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, literal_column, select

from pb.record import tree
from pb.record.models import HeadRow, LeafRow, Log, NodeRow

_LOGS = Log.metadata.tables[Log.__tablename__]
_LEAVES = LeafRow.metadata.tables[LeafRow.__tablename__]
_NODES = NodeRow.metadata.tables[NodeRow.__tablename__]
_HEADS = HeadRow.metadata.tables[HeadRow.__tablename__]


@dataclass(frozen=True)
class TheLog:
    process_id: int
    slug: str
    origin: str
    size: int


@dataclass(frozen=True)
class TheLeaf:
    """A leaf; ``payload`` is None once it was erased."""

    number: int
    kind: str
    hash: bytes
    payload: bytes | None


@dataclass(frozen=True)
class TheHead:
    size: int
    root: bytes
    note: str


_LOG = select(_LOGS.c.process_id, _LOGS.c.slug, _LOGS.c.origin, _LOGS.c.size)


def _one_log(connection: Connection, statement: Select[Any]) -> TheLog | None:
    row = connection.execute(statement).first()
    return TheLog(*row) if row is not None else None


def log_of(connection: Connection, process_id: int) -> TheLog | None:
    """The log of a process; None before it has begun."""
    return _one_log(connection, _LOG.where(_LOGS.c.process_id == process_id))


def log_by_slug(connection: Connection, slug: str) -> TheLog | None:
    return _one_log(connection, _LOG.where(_LOGS.c.slug == slug))


def all_logs(connection: Connection) -> list[TheLog]:
    return [TheLog(*row) for row in connection.execute(_LOG.order_by(_LOGS.c.process_id))]


def leaves(connection: Connection, process_id: int, start: int, stop: int) -> list[TheLeaf]:
    """The leaves numbered start to stop - 1."""
    return [
        TheLeaf(*row)
        for row in connection.execute(
            select(_LEAVES.c.number, _LEAVES.c.kind, _LEAVES.c.hash, _LEAVES.c.payload)
            .where(_LEAVES.c.process_id == process_id, _LEAVES.c.number >= start,
                   _LEAVES.c.number < stop)
            .order_by(_LEAVES.c.number)
        )
    ]


def leaf(connection: Connection, process_id: int, number: int) -> TheLeaf | None:
    found = leaves(connection, process_id, number, number + 1)
    return found[0] if found else None


def acts(
    connection: Connection, process_id: int, skip: int = 0, most: int | None = None
) -> list[TheLeaf]:
    """The leaves that are no casts: what was decided and done, in order; some of them, by place."""
    return [
        TheLeaf(*row)
        for row in connection.execute(
            select(_LEAVES.c.number, _LEAVES.c.kind, _LEAVES.c.hash, _LEAVES.c.payload)
            .where(_LEAVES.c.process_id == process_id, literal_column("kind <> 'cast'"))
            .order_by(_LEAVES.c.number).offset(skip).limit(most)
        )
    ]


def count_acts(connection: Connection, process_id: int) -> int:
    return connection.execute(
        select(func.count()).select_from(_LEAVES)
        .where(_LEAVES.c.process_id == process_id, literal_column("kind <> 'cast'"))
    ).scalar_one()


def last_head(connection: Connection, process_id: int, size: int | None = None) -> TheHead | None:
    """The head of a size, or the newest."""
    statement = select(_HEADS.c.size, _HEADS.c.root, _HEADS.c.note).where(
        _HEADS.c.process_id == process_id
    )
    if size is not None:
        statement = statement.where(_HEADS.c.size == size)
    row = connection.execute(statement.order_by(_HEADS.c.size.desc()).limit(1)).first()
    return TheHead(*row) if row is not None else None


def heads(connection: Connection, process_id: int, start: int = 0, most: int = -1) -> list[TheHead]:
    """The heads of a size of ``start`` or more, the smallest first; at most so many."""
    statement = (
        select(_HEADS.c.size, _HEADS.c.root, _HEADS.c.note)
        .where(_HEADS.c.process_id == process_id, _HEADS.c.size >= start)
        .order_by(_HEADS.c.size)
    )
    if most >= 0:
        statement = statement.limit(most)
    return [TheHead(*row) for row in connection.execute(statement)]


def count_heads(connection: Connection, process_id: int) -> int:
    return connection.execute(
        select(func.count()).select_from(_HEADS).where(_HEADS.c.process_id == process_id)
    ).scalar_one()


class Incomplete(RuntimeError):
    """Hashes are missing that were there: the database is not as this program left it."""


def hashes_of(connection: Connection, process_id: int, kept: bool = True) -> tree.Hashes:
    """The hashes of a log as ``pb.record.tree`` wants them; without ``kept``, leaves only."""

    def hashes(level: int, start: int, stop: int) -> Sequence[bytes]:
        if level and not kept:
            width = 1 << level
            return [
                tree.fold(hashes(0, number * width, (number + 1) * width))
                for number in range(start, stop)
            ]
        table = _NODES if level else _LEAVES
        statement = select(table.c.hash).where(
            table.c.process_id == process_id, table.c.number >= start, table.c.number < stop
        )
        if level:
            statement = statement.where(table.c.level == level)
        found = list(connection.scalars(statement.order_by(table.c.number)))
        if len(found) != stop - start:
            raise Incomplete(
                f"the record of process {process_id} lacks hashes of level {level} "
                f"between {start} and {stop}"
            )
        return found

    return hashes


def logs_without_head(connection: Connection) -> list[int]:
    """The processes whose log is longer than its last head."""
    newest = (
        select(func.max(_HEADS.c.size)).where(_HEADS.c.process_id == _LOGS.c.process_id)
        .scalar_subquery()
    )
    return list(
        connection.scalars(
            select(_LOGS.c.process_id).where(_LOGS.c.size > func.coalesce(newest, -1))
        )
    )
