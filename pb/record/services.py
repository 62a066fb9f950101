"""Writing the record: leaves within other features' commands, and the heads over them.

``start`` begins a process's log with its rules; ``append`` and ``append_many`` add leaves in the
transaction of the command that calls them, so that what is decided and what is recorded stand or
fall together. One row a log holds the next number: whoever adds a leaf locks it until the
transaction ends, so numbers have no gaps, whatever fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from pb.core.errors import Conflict
from pb.core.site import Site
from pb.core.work import Work
from pb.record import heads, jobs, keys, notes, queries, rules
from pb.record.models import LeafRow, Log

_LOGS = Log.metadata.tables[Log.__tablename__]
_LEAVES = LeafRow.metadata.tables[LeafRow.__tablename__]

# Built once: a cast pays for running them only.
_TAKE = (
    update(_LOGS)
    .where(_LOGS.c.process_id == bindparam("id"))
    .values(size=_LOGS.c.size + bindparam("more"))
    .returning(_LOGS.c.size)
)
_ADD = insert(_LEAVES)


@dataclass(frozen=True)
class Leaf:
    """Where something stands in the record: its number and its hash of 32 bytes."""

    number: int
    hash: bytes


def start(work: Work, process_id: int, slug: str, manifest: dict[str, Any]) -> Leaf:
    """Begin a process's log: leaf 0 is its rules. ``origin`` and ``signing_key`` are put in.

    Errors: Conflict where the log has begun already.
    """
    known = select(_LOGS.c.process_id).where(_LOGS.c.process_id == process_id)
    if work.connection.execute(known).first() is not None:
        raise Conflict("record.begun")
    origin = keys.origin(work.site.settings.base_url, slug)
    work.connection.execute(
        insert(_LOGS).values(process_id=process_id, slug=slug, origin=origin, size=0)
    )
    body = {**manifest, "origin": origin, "signing_key": keys.public_key(work.site).hex()}
    return append(work, process_id, "rules", body)


def append(work: Work, process_id: int, kind: str, body: dict[str, Any]) -> Leaf:
    """Add a leaf. Errors: Conflict when the log has not begun, ValueError for a wrong body."""
    content = rules.payload(kind, body)
    return Leaf(append_many(work, process_id, [content], kind), rules.leaf_hash(content))


def note(work: Work, process_id: int, kind: str, body: dict[str, Any]) -> Leaf | None:
    """Add a leaf if the log has begun; before, there is nothing that anybody was promised."""
    try:
        return append(work, process_id, kind, body)
    except Conflict:
        return None


def append_many(
    work: Work, process_id: int, payloads: Sequence[bytes], kind: str = "cast"
) -> int:
    """Add leaves of one kind (``rules.payload``) with two statements; the first one's number.

    The others follow it in the order given. Errors: Conflict when the log has not begun.
    """
    size = work.connection.execute(
        _TAKE, {"id": process_id, "more": len(payloads)}
    ).scalar_one_or_none()
    if size is None:
        raise Conflict("record.not_begun")
    first: int = size - len(payloads)
    work.connection.execute(
        _ADD,
        [
            {"process_id": process_id, "number": number, "kind": kind,
             "hash": rules.leaf_hash(content), "payload": content}
            for number, content in enumerate(payloads, first)
        ],
    )
    return first


def erase(work: Work, process_id: int, kind: str) -> int:
    """Take the payloads of a kind out of the record for good; how many. Their hashes stay."""
    if not work.connection.dialect.name.startswith("postgres"):
        work.connection.exec_driver_sql("PRAGMA secure_delete=ON")  # freed pages are overwritten
    done = work.connection.execute(
        update(_LEAVES)
        .where(_LEAVES.c.process_id == process_id, _LEAVES.c.kind == kind,
               _LEAVES.c.payload.is_not(None))
        .values(payload=None)
    )
    return done.rowcount


def ask_head(work: Work, process_id: int) -> None:
    """Have the head signed at once after this transaction, as at a close."""
    work.later(jobs.sign_head, process_id=process_id)


def sign_now(site: Site, process_id: int) -> queries.TheHead | None:
    """Sign over all that is committed, outside any command. None before the log has begun."""
    return heads.sign(site, process_id)


# -- what is signed beside heads -------------------------------------------------------------


def forget(site: Site, slug: str) -> None:
    """Forget the signed head of a log that is gone on purpose, so that a server starts without
    it. Only for what was never a real vote."""
    heads.forget(site, keys.origin(site.settings.base_url, slug))


def public_key(site: Site) -> bytes:
    """The 32 bytes with which signatures of this installation are checked."""
    return keys.public_key(site)


def sign(site: Site, message: bytes) -> bytes:
    """The log key's bare signature, for a bundle's index. The message must say what it is."""
    return keys.log_key(site).sign(message)


def promise(site: Site, origin: str, leaf: Leaf) -> bytes:
    """The signed promise that a leaf will stand under the heads within ten seconds: the 68 bytes
    of a note's signature line, for a receipt."""
    text = notes.receipt_text(origin, leaf.number, leaf.hash)
    return notes.signature(keys.log_key(site), origin, text)


def promised(public: bytes, origin: str, leaf: Leaf, line: bytes) -> bool:
    """Whether 68 bytes are the promise for this leaf by the key's owner."""
    return notes.holds(public, origin, notes.receipt_text(origin, leaf.number, leaf.hash), line)
