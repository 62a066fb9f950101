"""Reading where projects are tested, and who was away when they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.allocation.models import Allocation, Substitution
from deliberation.panels.models import Juror
from deliberation.sessions.models import JurySession, Seat


def allocation_of(session: Session, jury_id: int) -> list[Allocation]:
    """A jury's projects with their tables, in the order of the lot."""
    return list(session.scalars(
        select(Allocation).where(Allocation.jury_id == jury_id).order_by(Allocation.place)))


def tables_of(session: Session, jury_id: int, project_number: int) -> Allocation | None:
    """Who tests and who checks one project."""
    return session.get(Allocation, (jury_id, project_number))


@dataclass(frozen=True)
class Drawn:
    """A reserve who took a seat by lot, by numbers alone."""

    session: int
    away: int
    reserve: int
    row: Substitution


def drawn_of(session: Session, jury_id: int) -> list[Drawn]:
    """Every lot by which a reserve came in, in order."""
    numbers = {one.id: one.number for one in session.scalars(
        select(Juror).where(Juror.jury_id == jury_id))}
    return [
        Drawn(number, numbers[row.away_id], numbers[row.reserve_id], row)
        for row, number in session.execute(
            select(Substitution, JurySession.number)
            .join(JurySession, JurySession.id == Substitution.session_id)
            .where(JurySession.jury_id == jury_id).order_by(Substitution.id)
        )
    ]


def missed_by(session: Session, jury_id: int, juror_ids: Sequence[int]) -> dict[int, set[int]]:
    """Sessions that are over in which a juror was not: numbers by juror's id."""
    over = {one.id: one.number for one in session.scalars(
        select(JurySession).where(JurySession.jury_id == jury_id, JurySession.state == "ended"))}
    came = {(one.session_id, one.juror_id) for one in session.scalars(
        select(Seat).where(Seat.session_id.in_(list(over)), Seat.came_at.is_not(None)))}
    return {
        juror: {number for one, number in over.items() if (one, juror) not in came}
        for juror in juror_ids
    }


def away_when_tested(session: Session, jury_id: int, project_number: int) -> set[int]:
    """Jurors who were away in the session in which a project was tested: they may comment, and do
    not vote on what they have not seen. Nobody before that session is over."""
    found = tables_of(session, jury_id, project_number)
    if found is None:
        return set()
    ids = list(session.scalars(select(Juror.id).where(Juror.jury_id == jury_id)))
    missed = missed_by(session, jury_id, ids)
    return {one for one in ids if found.session_number in missed[one]}
