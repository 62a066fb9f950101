"""The demo’s jury in session: its first Saturday is behind it, the second is running."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from deliberation.notes.models import Note
from deliberation.panels.models import Juror, Jury
from deliberation.panels.rules import read_jurors
from deliberation.sessions.models import JurySession, Seat, Table
from deliberation.sessions.plan import SessionPlan, runsheet
from deliberation.sessions.services import add_session
from pb.access.permissions import Permission
from pb.access.policy import FACILITATOR, require
from pb.accounts.models import Person
from pb.accounts.services import give_role
from pb.core.work import Work, command
from pb.demo.afterwards import add_terms
from pb.demo.learning import add_learning, learning
from pb.demo.town import HERE
from pb.processes.models import Process

TABLE_OF_SIX = 6


@command()
def add_jury(work: Work, process_id: int, facilitator: str) -> int:
    """The jury of a process, its four sessions, who sat where and what they wrote; its id."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.INSTALL)
    data = tomllib.loads((HERE / "jury.toml").read_text(encoding="utf-8"))
    person = work.session.scalars(select(Person.id).where(Person.email == facilitator)).one()
    give_role(work, person, FACILITATOR, process.id)
    jury = add_people(work, process, data, (work.now + timedelta(days=90)).date())
    sessions = [
        _session(work, process, jury, data["tables"], number, plan)
        for number, plan in enumerate(runsheet(data["plan"]).sessions, 1)
    ]
    work.session.flush()
    _sat(sessions[0])
    for number, session in enumerate(sessions[:2]):
        seat_people(work, jury, session, data["tables"], number)
    for number, one in enumerate(data["notes"]):
        add_note(work, sessions[0], number, one)
    _begin(work, sessions[1])
    for number, one in enumerate(data["notes_today"]):
        add_note(work, sessions[1], 50 + number, one)
    sessions[1].plain_line = data["plain_line"]
    sessions[1].plain_language = data["plain_language"]
    add_learning(work, process, jury, sessions, learning("runs"))
    add_terms(work, jury, learning("runs")["payments"])
    work.about("jury", jury.id, scope=process.id)
    return jury.id


def add_people(work: Work, process: Process, data: dict[str, Any], reply_by: date) -> Jury:
    """The jury with its remit, promise, charter and people."""
    lines = "\n".join([*data["people"]["jurors"], *data["people"]["reserves"]])
    people, faults = read_jurors(lines)
    assert not faults, faults
    jury = Jury(
        process_id=process.id, name=data["name"], remit=data["remit"], promise=data["promise"],
        commissioners=data["commissioners"], reply_by=reply_by,
        charter={key: words.strip() for key, words in data["charter"].items()},
        charter_version=1, charter_accepted=1, conflict_name=data["conflict"]["name"],
        conflict_contact=data["conflict"]["contact"], drawn={}, made_at=work.now,
    )
    jury.jurors = [
        Juror(number=number, name=one.name, reserve=one.reserve, speaks=one.speaks,
              needs=one.needs, traits={}, accepted_charter=1)
        for number, one in enumerate(people, 1)
    ]
    work.session.add(jury)
    work.session.flush()
    return jury


def _session(
    work: Work, process: Process, jury: Jury, tables: int, number: int, plan: SessionPlan
) -> JurySession:
    """The first a week ago, the second today, the others a week apart."""
    zone = ZoneInfo(process.time_zone)
    day = work.now.astimezone(zone).date() + timedelta(weeks=number - 2)
    starts_at = datetime.combine(day, plan.start, zone).astimezone(work.now.tzinfo)
    return add_session(work, jury.id, number, plan, starts_at, tables)


def add_sat_session(
    work: Work, process: Process, jury: Jury, data: dict[str, Any], number: int, day: datetime
) -> JurySession:
    """A session that is over, on the day of a moment."""
    plan, zone = runsheet(data["plan"]).sessions[number - 1], ZoneInfo(process.time_zone)
    starts_at = datetime.combine(day.astimezone(zone).date(), plan.start, zone)
    found = add_session(work, jury.id, number, plan, starts_at.astimezone(work.now.tzinfo),
                        data["tables"])
    _sat(found)
    return found


def _sat(session: JurySession) -> None:
    """It went by its plan, to the minute."""
    session.state = "ended"
    moment = session.starts_at
    for item in session.items:
        item.started_at, item.ends_at = moment, moment + timedelta(minutes=item.minutes)
        item.ended_at = moment = item.ends_at
    session.version = len(session.items) + 1


def _begin(work: Work, session: JurySession) -> None:
    """The second session is in its first proposal, table by table a little further."""
    session.state, session.version = "running", 2
    for table in work.session.scalars(select(Table).where(Table.session_id == session.id)):
        table.step = 3 + table.number % 3
        if table.number == 3:
            table.help_at = work.now - timedelta(minutes=1)
    set_today(session, work.now)


def set_today(session: JurySession, now: datetime) -> None:
    """Its times are as if it had begun half an hour ago, whenever one looks."""
    first, second = session.items[:2]
    shift = now - timedelta(minutes=32) - session.starts_at
    session.starts_at += shift
    session.ends_by += shift
    first.started_at, second.started_at = session.starts_at, now - timedelta(minutes=17)
    first.ends_at = first.ended_at = second.started_at
    second.ends_at = second.started_at + timedelta(minutes=second.minutes)


@command()
def keep_today(work: Work) -> None:
    """At each start of the demo the session that runs is in the middle of its morning."""
    require(work, Permission.INSTALL)
    for session in work.session.scalars(
        select(JurySession).where(JurySession.state == "running", JurySession.version == 2)
    ):
        set_today(session, work.now)
    work.about("demo", None)


def seat_people(work: Work, jury: Jury, session: JurySession, tables: int, turn: int) -> None:
    """Each time other neighbours: by rows, then by columns. All are here but two who are late."""
    people = [one for one in jury.jurors if not one.reserve]
    for place, juror in enumerate(people):
        table = place // TABLE_OF_SIX if turn % 2 == 0 else place % tables
        here = session.state == "ended" or place not in (5, 16)
        came = session.starts_at if here else None
        work.session.add(
            Seat(session_id=session.id, juror_id=juror.id, table_number=table + 1, came_at=came)
        )


def add_note(work: Work, session: JurySession, number: int, one: dict[str, Any]) -> None:
    """A note of a table: on criteria in a session that is over, on what runs in one that is not."""
    kind = "criteria" if session.state == "ended" else "table"
    item = next(each for each in session.items if each.kind == kind)
    assert item.started_at is not None
    written = item.started_at + timedelta(minutes=number % 50 * 3 + 2)
    work.session.add(
        Note(
            session_id=session.id, item_id=item.id, table_number=one["table"],
            client_id=f"demo-note-{number}", text=one["text"], language=one["language"],
            visibility="wall" if one.get("wall") else "table", written_at=written,
            received_at=written,
        )
    )
