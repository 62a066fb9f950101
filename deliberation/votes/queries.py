"""Reading polls: while one is open nobody sees more than how many have voted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from deliberation.panels.models import Interest, Jury
from deliberation.sessions.models import AgendaItem, JurySession, Seat
from deliberation.votes import rules
from deliberation.votes.models import Poll, PollKeying, PollVote
from pb.core.security import Secrets


@dataclass(frozen=True)
class PollView:
    """A poll with how many votes are in while it is open, and whether one repair is left."""

    poll: Poll
    voted: int
    may_repair: bool


def polls_of(session: Session, session_id: int) -> list[PollView]:
    """The polls of a session, the newest first."""
    polls = list(
        session.scalars(select(Poll).where(Poll.session_id == session_id).order_by(Poll.id.desc()))
    )
    numbers: dict[int, int] = {}
    for poll_id, number in session.execute(
        select(PollVote.poll_id, func.count()).group_by(PollVote.poll_id)
        .where(PollVote.poll_id.in_([one.id for one in polls]))
    ):
        numbers[poll_id] = number
    repaired = {one.before_id for one in polls}
    return [
        PollView(
            one,
            numbers.get(one.id, 0) if one.closed_at is None else one.result["voted"],
            one.id not in repaired and rules.may_repair(one.kind, one.round, one.result),
        )
        for one in polls
    ]


def has_voted(session: Session, poll_id: int, juror_id: int) -> bool:
    """Whether a juror's vote is in, for that juror's own screen."""
    return session.get(PollVote, (poll_id, juror_id)) is not None


def eligible(
    session: Session, jury: Jury, session_id: int, project_number: int | None,
    table: int | None = None,
) -> set[int]:
    """Who may vote on something, or weigh it: jurors who are here, at that table where it is one
    table's, and not too close to the project where it is about one."""
    here = select(Seat.juror_id).where(
        Seat.session_id == session_id, Seat.came_at.is_not(None), Seat.left_at.is_(None)
    )
    if table is not None:
        here = here.where(Seat.table_number == table)
    close = select(Interest.juror_id).where(Interest.project_number == project_number)
    may = set(session.scalars(here))
    if project_number is not None:
        may -= set(session.scalars(close))
    return {
        one.id for one in jury.jurors
        if not one.reserve and one.left_at is None and one.id in may
    }


def keyings_of(session: Session, poll_id: int) -> Sequence[PollKeying]:
    """Who has keyed the slips of an open poll: two people at most."""
    return session.scalars(
        select(PollKeying).where(PollKeying.poll_id == poll_id)
        .order_by(PollKeying.keyed_at, PollKeying.person_id)
    ).all()


def read_keying(keys: Secrets, keying: PollKeying) -> list[rules.Vote]:
    """A reading of the slips, for whoever keyed it and for the close."""
    return list(json.loads(keys.reveal("jury-slips", keying.sealed)))


def different_slips(keys: Secrets, keyings: Sequence[PollKeying]) -> list[int]:
    """The numbers of the slips that two people read differently."""
    if len(keyings) != 2:
        return []
    first, second = (read_keying(keys, one) for one in keyings)
    return rules.differences(first, second)


def rules_of(session: Session, jury_id: int) -> list[Poll]:
    """The rules on which a jury was asked for objections, in parts of a session that are for this;
    in the order in which they were put. The last with a title stands for those before it."""
    return list(
        session.scalars(
            select(Poll)
            .join(JurySession, JurySession.id == Poll.session_id)
            .join(AgendaItem, AgendaItem.session_id == JurySession.id)
            .where(
                JurySession.jury_id == jury_id, Poll.kind == "consent",
                Poll.project_number.is_(None), Poll.closed_at.is_not(None),
                AgendaItem.out.in_(("rules", "charter")),
                AgendaItem.started_at <= Poll.opened_at,
                or_(AgendaItem.ended_at.is_(None), AgendaItem.ended_at > Poll.opened_at),
            )
            .order_by(Poll.id)
        )
    )
