"""Reading the roll, turnout, and (for the count) what lies in the box."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from pb.ballots.content import from_json
from pb.ballots.models import (
    AccessCode,
    Ballot,
    BallotGroup,
    Box,
    CodeBatch,
    OpenedBallot,
    RollEntry,
)
from pb.core.errors import Conflict
from pb.record.models import LeafRow
from voting.ballots import Content


@dataclass(frozen=True)
class AreaTurnout:
    """``area_id`` is None for voters without an area of their own."""

    area_id: int | None
    entitled: int
    voted: int


def roll_entry(session: Session, process_id: int, roll_id: int) -> RollEntry | None:
    """A voter's row in this process's roll."""
    row = session.get(RollEntry, roll_id)
    return row if row is not None and row.process_id == process_id else None


def turnout_by_area(session: Session, process_id: int) -> list[AreaTurnout]:
    """How many may vote and how many have, by area. Voided entries are neither."""
    rows = session.execute(
        select(RollEntry.area_id, func.count(), func.count(RollEntry.voted_on))
        .where(RollEntry.process_id == process_id, RollEntry.voided.is_(False))
        .group_by(RollEntry.area_id)
        .order_by(RollEntry.area_id)
    ).all()
    return [AreaTurnout(*row) for row in rows]


def turnout_by_day(session: Session, process_id: int) -> list[tuple[date, int]]:
    """Voters by the local day on which they last cast, in order."""
    rows = session.execute(
        select(RollEntry.voted_on, func.count())
        .where(RollEntry.process_id == process_id, RollEntry.voided.is_(False),
               RollEntry.voted_on.is_not(None))
        .group_by(RollEntry.voted_on)
        .order_by(RollEntry.voted_on)
    ).all()
    return [(day, number) for day, number in rows if day is not None]


def box_state(session: Session, process_id: int) -> str:
    """The state of a process's box (``models.Box``); "prepared" where it has none yet."""
    state = session.scalar(select(Box.state).where(Box.process_id == process_id))
    return state or "prepared"


def publication_level(session: Session, process_id: int) -> str:
    """What is published of this process's ballots: A, B or C."""
    level = session.scalar(select(Box.level).where(Box.process_id == process_id))
    return level or "A"


def contents_of(session: Session, process_id: int) -> Counter[Content]:
    """Every ballot of a process, grouped: contents and how often. For the count, after the close:
    whoever calls this has required the permission to run it.

    Errors: Conflict("box.not_opened") while envelopes are still sealed.
    """
    if box_state(session, process_id) in ("open", "closed"):
        raise Conflict("box.not_opened")
    found: Counter[Content] = Counter()
    for table, order in ((OpenedBallot, OpenedBallot.tracking), (Ballot, Ballot.id)):
        for (content,) in session.execute(
            select(table.content).where(table.process_id == process_id).order_by(order)
        ):
            found[from_json(content)] += 1
    for content, number in session.execute(
        select(BallotGroup.content, BallotGroup.number)
        .where(BallotGroup.process_id == process_id)
        .order_by(BallotGroup.id)
    ):
        found[from_json(content)] += number
    return found


# -- envelopes -------------------------------------------------------------------------------


@dataclass(frozen=True)
class CastLeaf:
    """A cast in the record; ``envelope`` is None once it is destroyed."""

    number: int
    replaces: int | None
    envelope: str | None


def cast_leaves(connection: Connection, process_id: int) -> Iterator[CastLeaf]:
    """Every cast of a process in the order of the record."""
    rows = connection.execute(
        select(LeafRow.number, LeafRow.payload)
        .where(LeafRow.process_id == process_id, LeafRow.kind == "cast")
        .order_by(LeafRow.number)
    )
    for number, payload in rows:
        value = json.loads(payload) if payload is not None else {}
        yield CastLeaf(number, value.get("replaces"), value.get("envelope"))


def voided_leaves(connection: Connection, process_id: int) -> set[int]:
    """The casts that two officials took out, by the leaves that say so."""
    rows = connection.execute(
        select(LeafRow.payload)
        .where(LeafRow.process_id == process_id, LeafRow.kind == "void")
        .order_by(LeafRow.number)
    )
    return {
        number for (payload,) in rows if payload is not None
        for number in json.loads(payload).get("leaves", [])
    }


def gone_leaves(connection: Connection, process_id: int, number: int) -> tuple[bool, bool]:
    """Whether a later cast replaced this one, and whether it was taken out."""
    end = f":{number}}}".encode()  # of a payload: {..."replaces":17}
    later = connection.execute(
        select(LeafRow.number).where(
            LeafRow.process_id == process_id, LeafRow.kind == "cast", LeafRow.number > number,
            func.substr(LeafRow.payload, func.length(LeafRow.payload) - len(end) + 1) == end,
        ).limit(1)
    ).first()
    return later is not None, number in voided_leaves(connection, process_id)


def published_ballot(session: Session, process_id: int, tracking: str) -> OpenedBallot | None:
    """The opened ballot with this tracking code."""
    return session.get(OpenedBallot, (process_id, tracking))


def counting_leaves(connection: Connection, process_id: int) -> list[CastLeaf]:
    """The casts that count: not replaced by a later one, and not taken out."""
    leaves = list(cast_leaves(connection, process_id))
    gone = {leaf.replaces for leaf in leaves} | voided_leaves(connection, process_id)
    return [leaf for leaf in leaves if leaf.number not in gone]


@dataclass(frozen=True)
class BatchView:
    """A batch of codes as officials see it."""

    batch: CodeBatch
    voted: int


def batches_of(session: Session, process_id: int) -> list[BatchView]:
    """The batches of codes, the newest first, each with how many of its voters have voted."""
    rows = session.execute(
        select(AccessCode.batch, func.count(RollEntry.voted_on))
        .join(RollEntry, RollEntry.id == AccessCode.roll_id)
        .where(AccessCode.process_id == process_id)
        .group_by(AccessCode.batch)
    )
    voted: dict[int, int] = {}
    for number_of_batch, number in rows:
        voted[number_of_batch] = number
    batches = session.scalars(
        select(CodeBatch).where(CodeBatch.process_id == process_id).order_by(CodeBatch.id.desc())
    )
    return [BatchView(batch, voted.get(batch.id, 0)) for batch in batches]
