"""The demo’s jury: its first session is behind it, the second waits to be begun."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from deliberation.notes.models import Note
from deliberation.panels.models import Juror, Jury
from deliberation.panels.rules import read_jurors
from deliberation.sessions.models import JurySession, Seat
from deliberation.sessions.plan import SessionPlan, runsheet
from deliberation.sessions.services import add_session
from pb.access.permissions import Permission
from pb.access.policy import FACILITATOR, require
from pb.accounts.models import Person
from pb.accounts.services import give_role
from pb.core.work import Work, command
from pb.processes.models import Process

HERE = Path(__file__).resolve().parent
TABLE_OF_SIX = 6


@command()
def add_jury(work: Work, process_id: int, facilitator: str) -> int:
    """The jury of a process, its four sessions, who sat where and what they wrote; its id."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.INSTALL)
    data = tomllib.loads((HERE / "jury.toml").read_text(encoding="utf-8"))
    person = work.session.scalars(select(Person.id).where(Person.email == facilitator)).one()
    give_role(work, person, FACILITATOR, process.id)
    jury = _jury(work, process, data)
    sessions = [
        _session(work, process, jury, data["tables"], number, plan)
        for number, plan in enumerate(runsheet(data["plan"]).sessions, 1)
    ]
    work.session.flush()
    _sat(sessions[0])
    for number, session in enumerate(sessions[:2]):
        _seat(work, jury, session, data["tables"], number)
    for number, one in enumerate(data["notes"]):
        _note(work, sessions[0], number, one)
    work.about("jury", jury.id, scope=process.id)
    return jury.id


def _jury(work: Work, process: Process, data: dict[str, Any]) -> Jury:
    lines = "\n".join([*data["people"]["jurors"], *data["people"]["reserves"]])
    people, faults = read_jurors(lines)
    assert not faults, faults
    jury = Jury(
        process_id=process.id, name=data["name"], remit=data["remit"], promise=data["promise"],
        commissioners=data["commissioners"], reply_by=(work.now + timedelta(days=90)).date(),
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


def _sat(session: JurySession) -> None:
    """It went by its plan, to the minute."""
    session.state = "ended"
    moment = session.starts_at
    for item in session.items:
        item.started_at, item.ends_at = moment, moment + timedelta(minutes=item.minutes)
        item.ended_at = moment = item.ends_at
    session.version = len(session.items) + 1


def _seat(work: Work, jury: Jury, session: JurySession, tables: int, turn: int) -> None:
    """Each time other neighbours: by rows, then by columns."""
    people = [one for one in jury.jurors if not one.reserve]
    for place, juror in enumerate(people):
        table = place // TABLE_OF_SIX if turn == 0 else place % tables
        came = session.starts_at if session.state == "ended" else None
        work.session.add(
            Seat(session_id=session.id, juror_id=juror.id, table_number=table + 1, came_at=came)
        )


def _note(work: Work, session: JurySession, number: int, one: dict[str, Any]) -> None:
    item = next(each for each in session.items if each.kind == "criteria")
    assert item.started_at is not None
    written = item.started_at + timedelta(minutes=5 * number + 4)
    work.session.add(
        Note(
            session_id=session.id, item_id=item.id, table_number=one["table"],
            client_id=f"demo-note-{number}", text=one["text"], language=one["language"],
            visibility="wall" if one.get("wall") else "table", written_at=written,
            received_at=written,
        )
    )
