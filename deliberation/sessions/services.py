"""Commands before a session: its agenda from a plan, tables and seats, passes of screens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from deliberation.panels.models import Juror, Jury
from deliberation.panels.services import process_of_jury
from deliberation.sessions.models import (
    AgendaItem,
    JurySession,
    RoomPass,
    Seat,
    Table,
)
from deliberation.sessions.plan import Plan, SessionPlan
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live, security
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.security import Secrets
from pb.core.work import Work, command
from pb.processes.models import Process

CODE_LENGTH = 6
MOST_TABLES = 30
SINGLE_SCREENS = ("wall", "observer", "witness", "official", "whisperer", "evaluator",
                  "steward")
ONE_DEVICE = frozenset({"juror", "table"})
"""These act: a code typed on a second device makes the first one read-only."""


def topic(session_id: int) -> str:
    """What all screens of a session follow."""
    return f"session-{session_id}"


def the_session(work: Work, session_id: int) -> tuple[Process, Jury, JurySession]:
    found = work.session.get(JurySession, session_id)
    if found is None:
        raise NotFound("session.unknown")
    process, jury = process_of_jury(work, found.jury_id)
    return process, jury, found


# -- the agenda ------------------------------------------------------------------------------


@command()
def make_sessions(
    work: Work, jury_id: int, plan: Plan, first_day: date, days_between: int, tables: int
) -> int:
    """Make a jury's sessions of a plan, in place of those that have not begun; how many.

    Errors: Conflict once one has begun or anything is kept for one, Invalid.
    """
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    if not 1 <= tables <= MOST_TABLES:
        raise Invalid("session.tables", field="tables", most=MOST_TABLES)
    known = list(work.session.scalars(select(JurySession).where(JurySession.jury_id == jury_id)))
    if any(one.state != "planned" for one in known):
        raise Conflict("session.begun")
    if _is_referred_to(work, [one.id for one in known]):
        raise Conflict("session.in_use")
    for one in known:
        for table in (Seat, Table):
            work.session.execute(delete(table).where(table.session_id == one.id))
        work.session.delete(one)
    work.session.flush()
    zone = ZoneInfo(process.time_zone)
    for number, part in enumerate(plan.sessions):
        day = first_day + timedelta(days=days_between * number)
        starts_at = datetime.combine(day, part.start, zone).astimezone(work.now.tzinfo)
        add_session(work, jury.id, number + 1, part, starts_at, tables)
    work.about("jury", jury.id, scope=process.id, sessions=len(plan.sessions))
    return len(plan.sessions)


def _is_referred_to(work: Work, session_ids: Sequence[int]) -> bool:
    """Whether another feature keeps something for one of these sessions (a survey, a theme, a
    printed sheet). Later features are known by their foreign keys alone."""
    own = {one.__tablename__ for one in (AgendaItem, Seat, Table)}
    return any(
        work.session.execute(
            select(key.parent).where(key.parent.in_(session_ids)).limit(1)).first() is not None
        for table in JurySession.metadata.sorted_tables if table.name not in own
        for key in table.foreign_keys
        if key.column.table.name == JurySession.__tablename__
    ) if session_ids else False


def add_session(
    work: Work, jury_id: int, number: int, part: SessionPlan, starts_at: datetime, tables: int
) -> JurySession:
    """One session of a plan with its items and tables, inside another command."""
    session = JurySession(
        jury_id=jury_id, number=number, title=dict(part.title), starts_at=starts_at,
        ends_by=starts_at + timedelta(minutes=part.minutes), tables=tables,
        grace_minutes=part.grace,
    )
    session.items = [
        AgendaItem(
            position=place, kind=item.kind, minutes=item.minutes, title=dict(item.title),
            prompt=dict(item.prompt), out=item.out, droppable=item.droppable,
            steps=[{"minutes": step.minutes, "title": dict(step.title)} for step in item.steps],
        )
        for place, item in enumerate(part.items)
    ]
    work.session.add(session)
    work.session.flush()
    work.session.add_all(Table(session_id=session.id, number=one + 1) for one in range(tables))
    return session


# -- seats -----------------------------------------------------------------------------------


@command()
def keep_seats(work: Work, session_id: int, seats: Mapping[int, int], keep_pins: bool) -> None:
    """Seat people: juror's id to the table's number. Pinned ones stay where they are if
    ``keep_pins``. Who has come is kept. Errors: Invalid, Conflict."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.EDIT_JURY, process)
    if session.state == "ended":
        raise Conflict("session.over")
    people = {juror.id for juror in jury.jurors if juror.left_at is None}
    if not set(seats) <= people or not all(1 <= one <= session.tables for one in seats.values()):
        raise Invalid("seat.unknown")
    known = {one.juror_id: one for one in _seats(work, session_id)}
    for juror_id, number in seats.items():
        seat = known.get(juror_id)
        if seat is None:
            work.session.add(Seat(session_id=session_id, juror_id=juror_id, table_number=number))
        elif not (keep_pins and seat.pinned):
            seat.table_number = number
    for juror_id, seat in known.items():
        if juror_id not in seats and seat.came_at is None:
            work.session.delete(seat)
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id, seats=len(seats))


@command()
def move_seat(work: Work, session_id: int, juror_id: int, table: int, pinned: bool) -> None:
    """Seat one person by hand; pinned, they stay there when seats are made anew."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.EDIT_JURY, process)
    if session.state == "ended":
        raise Conflict("session.over")
    here = any(one.id == juror_id and one.left_at is None for one in jury.jurors)
    if not here or not 1 <= table <= session.tables:
        raise Invalid("seat.unknown")
    seat = work.session.get(Seat, (session_id, juror_id))
    if seat is None:
        seat = Seat(session_id=session_id, juror_id=juror_id, table_number=table)
        work.session.add(seat)
    seat.table_number, seat.pinned = table, pinned
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id, juror=juror_id, table=table)


@command()
def exchange_seats(work: Work, session_id: int, one_id: int, other_id: int, pinned: bool) -> None:
    """Two people change places; pinned, both stay there when seats are made anew."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.EDIT_JURY, process)
    if session.state == "ended":
        raise Conflict("session.over")
    one, other = (work.session.get(Seat, (session_id, juror)) for juror in (one_id, other_id))
    if one is None or other is None or one_id == other_id:
        raise Invalid("seat.unknown")
    one.table_number, other.table_number = other.table_number, one.table_number
    one.pinned = other.pinned = pinned
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id, juror=one_id, other=other_id)


def _seats(work: Work, session_id: int) -> Sequence[Seat]:
    return work.session.scalars(select(Seat).where(Seat.session_id == session_id)).all()


# -- passes ----------------------------------------------------------------------------------


def code_of(keys: Secrets, room_pass: RoomPass) -> str:
    """The pass's code, made again from its row: who leads may print it again."""
    return keys.code("room-pass", room_pass.id, room_pass.jury_id, length=CODE_LENGTH)


def code_tag(keys: Secrets, code: str) -> str:
    return keys.tag("room-code", code)


@command()
def make_passes(work: Work, jury_id: int) -> int:
    """Make the passes that are missing: one a juror, a table and a kind of screen; how many."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    known = {
        (one.role, one.juror_id, one.table_number)
        for one in work.session.scalars(
            select(RoomPass).where(RoomPass.jury_id == jury_id, RoomPass.ended_at.is_(None),
                                   RoomPass.name == "")
        )
    }
    tables = max(
        work.session.scalars(select(JurySession.tables).where(JurySession.jury_id == jury_id)),
        default=0,
    )
    wanted: list[tuple[str, int | None, int | None]] = [
        *(("juror", one.id, None) for one in jury.jurors if one.left_at is None),
        *(("table", None, number + 1) for number in range(tables)),
        *((role, None, None) for role in SINGLE_SCREENS),
    ]
    made = 0
    for role, juror_id, table in wanted:
        if (role, juror_id, table) not in known:
            new_pass(work, jury_id, role, juror_id, table)
            made += 1
    work.about("jury", jury_id, scope=process.id, passes=made)
    return made


def new_pass(
    work: Work, jury_id: int, role: str, juror_id: int | None, table: int | None, name: str = ""
) -> None:
    """A pass for one more screen, inside another command."""
    made = RoomPass(jury_id=jury_id, role=role, juror_id=juror_id, table_number=table, name=name,
                    tag=secrets.token_hex(16), nonce=secrets.token_hex(8))
    work.session.add(made)
    work.session.flush()
    # The code hangs on the row's id, so its mark is known only now.
    made.tag = code_tag(work.site.secrets, code_of(work.site.secrets, made))
    work.session.flush()


@command()
def renew_pass(work: Work, jury_id: int, pass_id: int) -> None:
    """A code that was lost or seen is ended at once, and a new one made for the same screen."""
    process, _jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    old = work.session.get(RoomPass, pass_id)
    if old is None or old.jury_id != jury_id or old.ended_at is not None:
        raise NotFound("pass.unknown")
    old.ended_at = work.now
    new_pass(work, jury_id, old.role, old.juror_id, old.table_number, old.name)
    work.about("room_pass", pass_id, scope=process.id, role=old.role)


@command()
def enter_room(work: Work, typed: str) -> str:
    """Let a screen in by its code; what its cookie holds. On a second device the code of a table
    or juror makes the first one read-only at once. Errors: Invalid."""
    require(work, Permission.ENTER_ROOM)
    code = security.read_code(typed)
    found = work.session.scalar(
        select(RoomPass).where(
            RoomPass.tag == code_tag(work.site.secrets, code), RoomPass.ended_at.is_(None)
        )
    )
    if found is None:
        raise Invalid("room.code", field="code")
    if found.role in ONE_DEVICE:
        nonce = secrets.token_hex(8)
        work.session.execute(
            update(RoomPass).where(RoomPass.id == found.id).values(nonce=nonce)
        )
        found.nonce = nonce
    work.about("room_pass", found.id, role=found.role)
    return work.site.secrets.sign("room", [found.id, found.nonce])


def jurors_by_id(jury: Jury) -> dict[int, Juror]:
    return {juror.id: juror for juror in jury.jurors}
