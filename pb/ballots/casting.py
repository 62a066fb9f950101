"""The cast: the mark on the roll, the sealed envelope as a leaf of the record, and nothing else.

No person, address or time stands in what is written, and no audit, event or job row: the leaf is
the audit. Uniqueness lies in the roll's conditional update, not in a check before it. Casts that
wait together are done together (``cast_together``); what is unusual is done alone (``cast``).
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select, update

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.ballots import sealing
from pb.ballots.models import Box, RollEntry
from pb.ballots.services import local_day
from pb.ballots.snapshots import OpenBox, Snapshot, snapshot_of
from pb.core.errors import Conflict, NotAllowed, NotFound
from pb.core.security import Secrets, passes_of
from pb.core.work import Together, Work, command
from pb.record.rules import leaf_hash
from pb.record.services import append_many
from voting.ballots import Content, check
from voting.contest import Contest

# Made once: building a statement takes longer than running it, and the writer is one thread.
ROLL = RollEntry.metadata.tables[RollEntry.__tablename__]
BOXES = Box.metadata.tables[Box.__tablename__]
MARKS = (
    select(ROLL.c.id, ROLL.c.leaf, ROLL.c.voted_on, ROLL.c.voided, ROLL.c.area_id,
           ROLL.c.ballot_id, BOXES.c.state)
    .join_from(ROLL, BOXES, BOXES.c.process_id == ROLL.c.process_id)
    .where(ROLL.c.id.in_(bindparam("rolls", expanding=True)),
           ROLL.c.process_id == bindparam("process"))
    .order_by(ROLL.c.id)
    .with_for_update(of=ROLL)
)
LEAF_OF = select(ROLL.c.leaf).where(ROLL.c.id == bindparam("roll"))
NO_LEAF = -1
MOVE = (
    update(ROLL)
    .where(
        ROLL.c.id == bindparam("roll"),
        ROLL.c.process_id == bindparam("process"),
        ROLL.c.voided.is_(False),
        func.coalesce(ROLL.c.leaf, NO_LEAF) == bindparam("before"),
        # Asked once the log is locked: after the close nothing gets in, however late it is.
        exists().where(BOXES.c.process_id == bindparam("process"), BOXES.c.state == "open"),
    )
    .values(leaf=bindparam("after"), voted_on=bindparam("day"), told=False)
)


class NotTogether(Exception):
    """Something in a group is not as usual: each cast is done alone and gets its own answer."""


@dataclass(frozen=True)
class Envelope:
    """A sealed ballot, bound to its process and to the area whose voters it is for."""

    process_id: int
    area_id: int | None
    sealed: bytes


def seal(
    box: OpenBox, process_id: int, contest: Contest, area_id: int | None, content: Content,
    tracking: str, word: str = "",
) -> Envelope:
    """Check a content against the voter's contest and seal it. Errors: BallotError."""
    check(content, contest)
    opened = sealing.Opened(content, tracking, word)
    return Envelope(
        process_id, area_id, sealing.seal(opened, box.key, box.bound_to, box.plain_bytes)
    )


def tracking_code(keys: Secrets, process_id: int, roll_id: int, once: str) -> str:
    """The code that a voter finds their ballot by. It follows from the form's one-time key, so a
    form sent again gets the same one and nothing of it is kept."""
    return keys.code("tracking", process_id, roll_id, once, length=sealing.TRACKING)


def leaf_payload(sealed: bytes, replaces: int | None) -> bytes:
    """The leaf of a cast, as ``record.rules.payload`` writes it, without looking at each letter."""
    envelope = base64.b64encode(sealed)
    before = b"null" if replaces is None else str(replaces).encode()
    return b'{"envelope":"%b","kind":"cast","replaces":%b}' % (envelope, before)


def is_this(envelope: Envelope, replaces: int | None, digest: str) -> bool:
    """Whether an answer is about this envelope, and not about one that the same form cast before:
    sealing is never the same twice."""
    return leaf_hash(leaf_payload(envelope.sealed, replaces)).hex() == digest


def leaf_of(connection: Connection, roll_id: int) -> int | None:
    """The leaf of the ballot that a voter has in the box now."""
    return connection.execute(LEAF_OF, {"roll": roll_id}).scalar()


def open_vote(work: Work, process_id: int) -> Snapshot:
    """The process as a cast asks for it. Errors: NotFound."""
    found = snapshot_of(work.site, lambda: work.session, process_id, work.now)
    if found is None:
        raise NotFound("process.not_found")
    return found


def apart(process_id: int, roll_id: int, envelope: Envelope) -> tuple[int, int]:
    """Two casts of one voter follow each other; they never share a group."""
    return process_id, roll_id


def cast_together(works: Sequence[Work], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """``cast`` for many: a read, the leaves, one update of the roll for each process.

    Errors: any, where one of the calls is not as usual.
    """
    results: list[Any] = [None] * len(calls)
    processes = defaultdict(list)
    for number, (process_id, _roll_id, _envelope) in enumerate(calls):
        processes[process_id].append(number)
    for process_id in sorted(processes):
        numbers = processes[process_id]
        vote = open_vote(works[0], process_id)
        connection = works[0].connection
        _claims_hold([works[number] for number in numbers], process_id)
        for number in numbers:
            _may_cast(works[number], vote, calls[number][1])
        rows = {
            row.id: row
            for row in connection.execute(
                MARKS, {"process": process_id, "rolls": [calls[one][1] for one in numbers]}
            )
        }
        payloads, moves = [], []
        day = local_day(works[0], vote.time_zone)
        for number in numbers:
            _, roll_id, envelope = calls[number]
            row = rows.get(roll_id)
            _check(row, envelope, process_id)
            assert row is not None
            payloads.append(leaf_payload(envelope.sealed, row.leaf))
            moves.append({
                "roll": roll_id, "process": process_id, "day": day,
                "before": NO_LEAF if row.leaf is None else row.leaf,
            })
        first = append_many(works[0], process_id, payloads)
        for place, move in enumerate(moves):
            move["after"] = first + place
        if connection.execute(MOVE, moves).rowcount != len(moves):
            raise NotTogether
        for place, number in enumerate(numbers):
            before = moves[place]["before"]
            results[number] = [first + place, leaf_hash(payloads[place]).hex(),
                               None if before == NO_LEAF else before, process_id]
    return results


def _claims_hold(works: Sequence[Work], process_id: int) -> None:
    """Whether the sessions hold the passes that are claimed for them. Errors: NotAllowed."""
    claims = {work.actor.claimed for work in works if work.actor.claimed}
    if not claims:
        return
    held = passes_of(works[0].connection, sorted(claims), works[0].now)
    for work in works:
        actor = work.actor
        if actor.claimed and (
            held.get(actor.claimed, {}).get(str(process_id)) != actor.passes.get(process_id)
        ):
            raise NotAllowed("access.not_you")


def _may_cast(work: Work, vote: Snapshot, roll_id: int) -> None:
    require(work, Permission.CAST, vote)
    if not work.actor.system and work.actor.passes.get(vote.scope_id) != roll_id:
        raise NotAllowed("access.not_you")


def _check(row: Any, envelope: Envelope, process_id: int) -> None:
    """Whether a voter's row takes this envelope. Errors: NotAllowed, Conflict."""
    if row is None or row.voided:
        raise NotAllowed("roll.voided")
    if row.state != "open":
        raise NotAllowed("box.closed" if row.state != "prepared" else "box.not_open")
    if row.voted_on is not None and row.leaf is None:
        raise Conflict("ballot.fixed")
    if (envelope.process_id, envelope.area_id) != (process_id, row.area_id):
        raise Conflict("ballot.other_area")


@command(audited=False, isolation="READ COMMITTED", together=Together(cast_together, apart))
def cast(work: Work, process_id: int, roll_id: int, envelope: Envelope) -> list[Any]:
    """Put a voter's sealed ballot into the box, in the place of the one they cast before.

    The number on the roll moves from the old leaf to the new one by a conditional update, so of
    casts at the same time each replaces the one before it and one counts. The answer: leaf number,
    its hash in hexadecimal, the leaf that it replaces or None, the process.
    Errors: NotAllowed (not now, not this voter, no longer on the roll), Conflict.
    """
    require(work, Permission.CAST, open_vote(work, process_id))
    vote = open_vote(work, process_id)
    _claims_hold([work], process_id)
    _may_cast(work, vote, roll_id)
    row = work.connection.execute(MARKS, {"process": process_id, "rolls": [roll_id]}).one_or_none()
    _check(row, envelope, process_id)
    assert row is not None
    payload = leaf_payload(envelope.sealed, row.leaf)
    number = append_many(work, process_id, [payload])
    moved = work.connection.execute(MOVE, {
        "roll": roll_id, "process": process_id, "after": number,
        "before": NO_LEAF if row.leaf is None else row.leaf,
        "day": local_day(work, vote.time_zone),
    })
    if not moved.rowcount:
        raise Conflict("ballot.again")
    return [number, leaf_hash(payload).hex(), row.leaf, process_id]
