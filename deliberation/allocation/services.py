"""Commands on tables: projects to tables by lot, small tables put together, reserves seated."""

from __future__ import annotations

import secrets
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from deliberation.allocation import rules
from deliberation.allocation.models import Allocation, Substitution
from deliberation.allocation.rules import Given
from deliberation.panels.models import Interest, Juror, Jury
from deliberation.panels.queries import interests_of
from deliberation.panels.services import process_of_jury
from deliberation.sessions.models import JurySession, Seat, Table
from deliberation.sessions.rules import late_from
from deliberation.sessions.services import the_session, topic
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.errors import Conflict, Invalid
from pb.core.work import Work, command
from pb.projects.queries import project_rows


@command()
def allocate(work: Work, jury_id: int) -> str:
    """Give every project a table that tests it and another that checks it; the seed, drawn now
    and published. Errors: Conflict once a testing session has begun, Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    sessions = list(work.session.scalars(
        select(JurySession).where(JurySession.jury_id == jury_id).order_by(JurySession.number)))
    slots = {one.number: sum(1 for item in one.items if item.kind == "table" and item.steps)
             for one in sessions}
    testing = [one for one in sessions if slots[one.number]]
    if any(one.state != "planned" for one in testing):
        raise Conflict("allocation.begun")
    checking = next((one for one in reversed(sessions)
                     if any(item.kind == "check" for item in one.items)),
                    testing[-1] if testing else None)
    tables = min((one.tables for one in testing), default=0)
    barred: dict[tuple[int, int], frozenset[int]] = {}
    for one in {two.id: two for two in [*testing, *([checking] if checking else [])]}.values():
        barred |= _barred(work, jury, one)
    seed = secrets.token_hex(32)
    given = [Given(row.number, row.area_id, row.cost)
             for row in project_rows(work.session, process.id)]
    try:
        placed = rules.allocate(given, slots, tables, checking.number if checking else 0, barred,
                                seed)
    except rules.AllocationError as error:
        raise Invalid(error.code, **error.parameters) from None
    work.session.execute(delete(Allocation).where(Allocation.jury_id == jury_id))
    work.session.add_all(
        Allocation(jury_id=jury_id, project_number=one.number, place=one.place,
                   session_number=one.session, tests=one.tests, checks=one.checks, seed=seed)
        for one in placed
    )
    work.about("jury", jury_id, scope=process.id, projects=len(placed), seed=seed)
    return seed


def _barred(work: Work, jury: Jury, one: JurySession) -> dict[tuple[int, int], frozenset[int]]:
    """By session and project: the tables at which somebody is too close. Errors: Invalid where
    nobody has a seat yet."""
    at = {seat.juror_id: seat.table_number for seat in work.session.scalars(
        select(Seat).where(Seat.session_id == one.id))}
    if not at:
        raise Invalid("allocation.no_seats", session=one.number)
    return {
        (one.number, project): frozenset(at[close.juror_id] for close in ones
                                         if close.juror_id in at)
        for project, ones in interests_of(work.session, jury.id).items()
    }


@command()
def merge_tables(work: Work, session_id: int, small: int, into: int) -> None:
    """Put a table of few people together with another. What it had to test in this session goes
    to the merged table; what the merged table would check of its own goes to another.

    Errors: Conflict, Invalid.
    """
    process, jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if session.state != "running":
        raise Conflict("session.not_running")
    seats = list(work.session.scalars(select(Seat).where(Seat.session_id == session_id)))
    here = [one for one in seats
            if one.came_at is not None and one.left_at is None and one.table_number]
    moving = [one for one in here if one.table_number == small]
    known = {one.table_number for one in here} - {small}
    if into not in known or len(moving) >= rules.LEAST_AT_TABLE:
        raise Invalid("allocation.merge")
    close = set(work.session.scalars(select(Interest.project_number).where(
        Interest.juror_id.in_([one.juror_id for one in here
                               if one.table_number in (small, into)]))))
    rows = list(work.session.scalars(
        select(Allocation).where(Allocation.jury_id == jury.id).order_by(Allocation.place)))
    # Each testing part that is over is one project of every table, in the order of the lot.
    over = sum(1 for one in session.items
               if one.kind == "table" and one.steps and one.ended_at is not None)
    done = {
        row.project_number for table in (small, into)
        for row in [one for one in rows
                    if one.session_number == session.number and one.tests == table][:over]
    }
    for row in rows:
        now = row.session_number == session.number and row.project_number not in done
        if now and row.tests in (small, into) and row.project_number in close:
            row.tests = _other(known, {into, row.checks}, row.project_number)
        elif now and row.tests == small:
            row.tests = into
        if row.checks == small:
            row.checks = into
        if row.checks == row.tests or (row.checks == into and row.project_number in close):
            row.checks = _other(known, {into, row.tests}, row.project_number)
    for seat in seats:
        if seat.table_number == small:
            seat.table_number = into
    work.session.execute(update(Table).where(
        Table.session_id == session_id, Table.number == small).values(help_at=None))
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id, table=small, into=into)


def _other(known: set[int], but: set[int], number: int) -> int:
    """Another table, turn by turn. Errors: Invalid where there is none."""
    free = sorted(known - but)
    if not free:
        raise Invalid("allocation.merge")
    return free[number % len(free)]


@command()
def seat_reserve(work: Work, session_id: int, away_id: int) -> int:
    """A reserve, drawn by a recorded seed, takes the seat of a juror who did not come in time; the
    reserve's id. Only once the time of grace has passed, and until the second session begins.
    Who is in the hall is drawn first. Errors: Conflict."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    begun = work.session.scalar(select(JurySession.id).where(
        JurySession.jury_id == jury.id, JurySession.number >= 2, JurySession.state != "planned"))
    if begun is not None or session.state == "ended":
        raise Conflict("allocation.too_late")
    seat = work.session.get(Seat, (session_id, away_id))
    away = next((one for one in jury.jurors if one.id == away_id), None)
    if away is None or away.reserve or (seat is not None and seat.came_at and not seat.left_at):
        raise Conflict("allocation.is_here")
    late = late_from(session.items, session.starts_at, session.grace_minutes)
    if away.left_at is None and work.now < late:
        raise Conflict("allocation.too_early",
                       time=f"{late.astimezone(ZoneInfo(process.time_zone)):%H:%M}")
    reserves = _reserves(work, jury, session_id)
    seed = secrets.token_hex(32)
    number = rules.drawn(seed, reserves)
    if number is None:
        raise Conflict("allocation.no_reserve")
    reserve = reserves[number]
    table = seat.table_number if seat is not None else 1
    if seat is not None:
        work.session.delete(seat)
        work.session.flush()
    mine = work.session.get(Seat, (session_id, reserve.id))
    if mine is None:
        mine = Seat(session_id=session_id, juror_id=reserve.id)
        work.session.add(mine)
    mine.table_number, mine.came_at, mine.left_at = table, work.now, None
    away.reserve, reserve.reserve = True, False
    work.session.add(Substitution(session_id=session_id, away_id=away_id, reserve_id=reserve.id,
                                  among=sorted(reserves), seed=seed, at=work.now))
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id, away=away.number, reserve=number,
               among=sorted(reserves), seed=seed)
    return reserve.id


def _reserves(work: Work, jury: Jury, session_id: int) -> dict[int, Juror]:
    """The reserves who can be drawn, by number: those who were checked in, or else all who have
    not left. Who lost their own seat by not coming is drawn only once they are here."""
    seats = {one.juror_id: one for one in work.session.scalars(
        select(Seat).where(Seat.session_id == session_id))}
    left = {key for key, one in seats.items() if one.left_at is not None}
    left |= {away for away in work.session.scalars(
        select(Substitution.away_id).where(Substitution.session_id == session_id))
        if away not in seats or seats[away].came_at is None}
    free = {one.number: one for one in jury.jurors
            if one.reserve and one.left_at is None and one.id not in left}
    here = {number: one for number, one in free.items()
            if one.id in seats and seats[one.id].came_at is not None}
    return here or free
