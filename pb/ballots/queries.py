"""Reading the roll, turnout, and (for the count) what lies in the box."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pb.ballots.content import from_json
from pb.ballots.models import AccessCode, Ballot, BallotGroup, CodeBatch, RollEntry
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


def contents_of(session: Session, process_id: int) -> Counter[Content]:
    """Every ballot of a process, grouped: contents and how often. For the count, after the close:
    whoever calls this has required the permission to run it."""
    found: Counter[Content] = Counter()
    for (content,) in session.execute(
        select(Ballot.content).where(Ballot.process_id == process_id).order_by(Ballot.id)
    ):
        found[from_json(content)] += 1
    for content, number in session.execute(
        select(BallotGroup.content, BallotGroup.number)
        .where(BallotGroup.process_id == process_id)
        .order_by(BallotGroup.id)
    ):
        found[from_json(content)] += number
    return found


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
