"""Signed heads: made while something happens, one a size, and never two that disagree.

The hashes are read and the head is signed outside any write; a short command keeps it. What was
signed last is written to ``keys/last-heads.json`` as well, beside the key and outside the
database: a database that was put back to an earlier state shows by it.
"""

from __future__ import annotations

import fcntl
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.record import keys, notes, queries, tree
from pb.record.models import HeadRow, NodeRow

log = logging.getLogger("pb.record")

NAME = "last-heads.json"


class Contradiction(RuntimeError):
    """The log is not a continuation of what was signed; nothing more is signed over it."""


@dataclass(frozen=True)
class Remembered:
    """What ``last-heads.json`` says of one log."""

    size: int
    root: bytes


# -- the file beside the key -----------------------------------------------------------------


@contextmanager
def _locked(site: Site) -> Iterator[Path]:
    folder = keys.folder(site)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # gone when the file is closed
        yield folder / NAME


def _read(path: Path) -> dict[str, Remembered]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {
            origin: Remembered(int(one["size"]), bytes.fromhex(one["root"]))
            for origin, one in found.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise keys.Unusable(f"{path} is damaged: it names no heads.") from None


def remembered(site: Site) -> dict[str, Remembered]:
    """The last head of each log, by its origin."""
    return _read(keys.folder(site) / NAME)


def remember(site: Site, origin: str, head: Remembered, *, anyway: bool = False) -> None:
    """Write a head down, if it is newer; ``anyway`` after a rollback that was accepted."""
    with _locked(site) as path:
        known = _read(path)
        before = known.get(origin)
        if before is not None and before.size >= head.size and not anyway:
            return
        known[origin] = head
        _write(path, known)


def _write(path: Path, known: dict[str, Remembered]) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_text(
        json.dumps(
            {name: {"size": one.size, "root": one.root.hex()}
             for name, one in sorted(known.items())},
            indent=1,
        ),
        encoding="utf-8",
    )
    unfinished.replace(path)


def forget(site: Site, origin: str) -> None:
    """Take a log out of the file, once its process was taken away on purpose (a rehearsal)."""
    with _locked(site) as path:
        known = _read(path)
        if known.pop(origin, None) is not None:
            _write(path, known)


# -- signing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Grown:
    """What a log grew by: its new head and the subtrees that are complete now."""

    head: notes.Head
    nodes: list[tuple[int, int, bytes]]


def sign(site: Site, process_id: int) -> queries.TheHead | None:
    """The signed head over everything that is committed; None without a log.

    Errors: Contradiction where the log is not a continuation of its last head.
    """
    known = remembered(site)  # before the log is read: it can only have grown since
    with site.database.engine.connect() as connection:
        # In this order: another server may sign a longer log between the two.
        last = queries.last_head(connection, process_id)
        the_log = queries.log_of(connection, process_id)
        if the_log is None:
            return None
        if last is not None and last.size >= the_log.size:
            if last.size > the_log.size:
                raise Contradiction(f"{the_log.origin} is smaller than its last head")
            remember(site, the_log.origin, Remembered(last.size, last.root))
            return last
        grown = _grow(connection, the_log, last, known.get(the_log.origin))
    key = keys.log_key(site)
    note = notes.signed(key, the_log.origin, notes.head_text(grown.head))
    kept = queries.TheHead(grown.head.size, grown.head.root, note)
    site.work.run(keep_head, SYSTEM, process_id, kept, grown.nodes)
    remember(site, the_log.origin, Remembered(kept.size, kept.root))
    return kept


def _grow(
    connection: Connection, the_log: queries.TheLog, last: queries.TheHead | None,
    known: Remembered | None,
) -> _Grown:
    stored = queries.hashes_of(connection, the_log.process_id)
    before = last.size if last else 0
    fresh = {
        (level, number): digest
        for level, number, digest in tree.growth(stored, before, the_log.size)
    }

    def hashes(level: int, start: int, stop: int) -> list[bytes]:
        if not level:
            return list(stored(level, start, stop))
        there = max(start, min(stop, before >> level))  # up to here they are kept already
        older = stored(level, start, there) if start < there else []
        return [*older, *(fresh[level, number] for number in range(there, stop))]

    if last is not None and tree.root(hashes, 0, last.size) != last.root:
        raise Contradiction(f"{the_log.origin} does not continue its head of size {last.size}")
    if known is not None and (
        known.size > the_log.size or tree.root(hashes, 0, known.size) != known.root
    ):
        raise Contradiction(
            f"{the_log.origin} does not continue the head of size {known.size} in {NAME}"
        )
    root = tree.root(hashes, 0, the_log.size)
    nodes = [(level, number, digest) for (level, number), digest in fresh.items()]
    return _Grown(notes.Head(the_log.origin, the_log.size, root), nodes)


@command(audited=False)
def keep_head(
    work: Work, process_id: int, head: queries.TheHead, nodes: list[tuple[int, int, bytes]]
) -> None:
    """Keep a signed head with the hashes that it brought. Another server's equal one is no harm.

    No audit row: rows with times beside the log would date what was cast. Errors: Contradiction
    where another head of this size is kept.
    """
    require(work, Permission.RUN_JOBS)
    if work.connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    if nodes:
        work.connection.execute(
            insert(NodeRow).on_conflict_do_nothing(),
            [
                {"process_id": process_id, "level": level, "number": number, "hash": digest}
                for level, number, digest in nodes
            ],
        )
    work.connection.execute(
        insert(HeadRow).on_conflict_do_nothing(),
        {"process_id": process_id, "size": head.size, "root": head.root, "note": head.note},
    )
    there = queries.last_head(work.connection, process_id, head.size)
    if there is None or there.root != head.root:
        raise Contradiction(f"a head of size {head.size} is kept that says something else")


def sign_all(site: Site) -> int:
    """Sign the head of every log that grew; how many. One that contradicts itself stops none."""
    with site.database.engine.connect() as connection:
        grown = queries.logs_without_head(connection)
    done = 0
    for process_id in grown:
        try:
            done += sign(site, process_id) is not None
        except (Contradiction, queries.Incomplete, keys.Unusable) as error:
            log.error("no head is signed: %s", error)
    return done
