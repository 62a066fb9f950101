"""The ballot box: the one place that knows how a ballot is kept.

Everything else hands contents in and gets them back by ``seal``, ``put``, ``take_out``, ``look_in``
and ``mix``. Here a ballot is a row of plain JSON under a random id; a box of sealed envelopes
replaces this module and nothing around it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from pb.ballots.content import from_json, to_json
from pb.ballots.contests import Votable, contest_of
from pb.ballots.models import Ballot, RollEntry
from pb.core.work import Work
from pb.processes.models import Process
from voting.ballots import Content, check

CHUNK = 1000

# Made once: building a statement takes longer than running it, and the writer is one thread.
BOX = Ballot.metadata.tables[Ballot.__tablename__]
PUT = insert(BOX)
TAKE_OUT = delete(BOX).where(
    BOX.c.id == bindparam("ballot"), BOX.c.process_id == bindparam("process")
)
_ROLL = RollEntry.metadata.tables[RollEntry.__tablename__]
LOOK_IN_OF = select(BOX.c.content).join(_ROLL, _ROLL.c.ballot_id == BOX.c.id).where(
    _ROLL.c.id == bindparam("roll"), BOX.c.process_id == bindparam("process")
)


@dataclass(frozen=True)
class Envelope:
    """A ballot that may be cast, made ready before the write: checked, and bound to its process
    and to the area whose voters it is for."""

    process_id: int
    area_id: int | None
    payload: dict[str, Any]


def seal(
    process: Process, projects: Iterable[Votable], area_id: int | None, content: Content
) -> Envelope:
    """Check a content against the voter's contest and make it ready. Errors: BallotError."""
    check(content, contest_of(process, projects, area_id))
    return Envelope(process.id, area_id, to_json(content))


def put(work: Work, envelope: Envelope) -> str:
    """Put a ballot in; its random id, from which nothing follows about when or who."""
    ballot_id = secrets.token_hex(16)
    work.connection.execute(
        PUT, {"id": ballot_id, "process_id": envelope.process_id, "content": envelope.payload}
    )
    return ballot_id


def take_out(work: Work, process_id: int, ballot_id: str) -> None:
    """Take a ballot out that another one replaces."""
    work.connection.execute(TAKE_OUT, {"ballot": ballot_id, "process": process_id})


def look_in(session: Session, process_id: int, ballot_id: str | None) -> Content | None:
    """A voter's own ballot while it can be changed."""
    if ballot_id is None:
        return None
    content = session.scalar(
        select(Ballot.content).where(Ballot.id == ballot_id, Ballot.process_id == process_id)
    )
    return None if content is None else from_json(content)


def look_in_of(connection: Connection, process_id: int, roll_id: int) -> Content | None:
    """The same by the voter's row on the roll, in one reading without the ORM."""
    row = connection.execute(LOOK_IN_OF, {"roll": roll_id, "process": process_id}).first()
    return None if row is None else from_json(row.content)


def mix(work: Work, process_id: int) -> int:
    """Write every ballot anew, in the order of its random id, in one transaction; how many.

    What a database remembers of the transaction that wrote a row (PostgreSQL's ``xmin``) was the
    same for a ballot and its mark on the roll. After this it is the same for all of them.
    """
    rows = [
        {"id": ballot_id, "process_id": process_id, "content": content}
        for ballot_id, content in work.connection.execute(
            select(Ballot.id, Ballot.content)
            .where(Ballot.process_id == process_id)
            .order_by(Ballot.id)
        )
    ]
    work.connection.execute(delete(Ballot).where(Ballot.process_id == process_id))
    for start in range(0, len(rows), CHUNK):
        work.connection.execute(insert(Ballot), rows[start : start + CHUNK])
    return len(rows)
