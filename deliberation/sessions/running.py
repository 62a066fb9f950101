"""Commands while a session runs: the lead facilitator's steps, and what each screen may do.

A step is a compare-and-set on the session's version: of two who press "next" at once, one is
told who was faster. Each step keeps what it changed, so that the last one can be undone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from deliberation.panels import rules as panel_rules
from deliberation.panels.models import Jury
from deliberation.sessions import rules
from deliberation.sessions.events import SessionEnded
from deliberation.sessions.models import AgendaItem, JurySession, Move, RoomPass, Seat, Table
from deliberation.sessions.plan import KINDS, LONGEST_ITEM
from deliberation.sessions.services import code_tag, the_session, topic
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live, security
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command

MOST_EXTRA, MOST_LESS = 60, 60


def running_item(session: JurySession) -> AgendaItem | None:
    """What runs now: begun and not ended."""
    return next(
        (one for one in session.items if one.started_at is not None and one.ended_at is None), None
    )


def next_item(session: JurySession) -> AgendaItem | None:
    """What follows: the first that has neither begun nor been left out."""
    return next(
        (one for one in session.items if one.started_at is None and one.dropped_at is None), None
    )


def _step(work: Work, session: JurySession, version: int, kind: str,
          before: dict[str, Any]) -> None:
    """Take the step, or say who took one first. Errors: Conflict("session.moved", by)."""
    moved = work.connection.execute(
        update(JurySession)
        .where(JurySession.id == session.id, JurySession.version == version)
        .values(version=version + 1)
    )
    if not moved.rowcount:
        last = work.session.scalar(
            select(Move).where(Move.session_id == session.id).order_by(Move.id.desc()).limit(1)
        )
        raise Conflict("session.moved", by=last.by if last else "")
    work.session.refresh(session, ["version"])
    work.session.add(
        Move(session_id=session.id, at=work.now, by=work.actor.name, kind=kind, before=before)
    )
    live.touch(work, topic(session.id))


@command()
def start(work: Work, session_id: int, version: int) -> None:
    """Begin a session with its first item. Errors: Conflict, Invalid with what is missing."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if session.state != "planned":
        raise Conflict("session.moved", by="")
    missing = panel_rules.lacks(jury)
    if missing:
        raise Invalid("session.lacks", missing=missing)
    first = next_item(session)
    if first is None:
        raise Invalid("session.empty")
    _step(work, session, version, "start", {"item": first.id})
    session.state = "running"
    _begin(work, session, first)
    work.about("session", session.id, scope=process.id)


def _begin(work: Work, session: JurySession, item: AgendaItem) -> None:
    item.started_at = work.now
    item.ends_at = work.now + timedelta(minutes=item.minutes)
    work.session.flush()
    work.connection.execute(
        update(Table).where(Table.session_id == session.id).values(
            step=0, help_at=None, ends_at=None)
    )


@command()
def advance(work: Work, session_id: int, version: int) -> None:
    """End what runs and begin what follows; after the last item the session is over."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    current = running_item(session)
    if session.state != "running" or current is None:
        raise Conflict("session.not_running")
    follows = next_item(session)
    _step(work, session, version, "next",
          {"ended": current.id, "began": follows.id if follows else None,
           "tables": _own_ends(work, session)})
    current.ended_at = work.now
    if follows is not None:
        _begin(work, session, follows)
    else:
        session.state = "ended"
        work.record(SessionEnded(session.id))
    work.about("session", session.id, scope=process.id, item=current.position)


def _own_ends(work: Work, session: JurySession) -> dict[str, str]:
    """The ends of the tables that alone have more time, by number."""
    tables = work.session.scalars(select(Table).where(Table.session_id == session.id))
    return {str(one.number): one.ends_at.isoformat() for one in tables if one.ends_at}


@command()
def extend(work: Work, session_id: int, version: int, minutes: int) -> None:
    """Give what runs more time, or less; never to an end that is past. Errors: Invalid."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if minutes == 0 or not -MOST_LESS <= minutes <= MOST_EXTRA:
        raise Invalid("session.minutes", field="minutes", most=MOST_EXTRA)
    current = running_item(session)
    if current is None or current.ends_at is None:
        raise Conflict("session.not_running")
    _step(work, session, version, "extend",
          {"item": current.id, "ends_at": current.ends_at.isoformat()})
    # More time for what has run over counts from now.
    base = max(current.ends_at, work.now) if minutes > 0 else current.ends_at
    current.ends_at = max(base + timedelta(minutes=minutes), work.now)
    work.about("session", session.id, scope=process.id, minutes=minutes)


@command()
def extend_table(
    work: Work, session_id: int, version: int, number: int, minutes: int
) -> None:
    """Give one table more time for what runs; the others end as they were to, and what follows
    waits for the table. Errors: Conflict, Invalid, NotFound."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if not 1 <= minutes <= MOST_EXTRA:
        raise Invalid("session.minutes", field="minutes", most=MOST_EXTRA)
    current = running_item(session)
    if current is None or current.ends_at is None:
        raise Conflict("session.not_running")
    table = _table(work, session, number)
    _step(work, session, version, "table",
          {"table": number, "ends_at": table.ends_at.isoformat() if table.ends_at else None})
    base = rules.table_end(current, table.ends_at) or work.now
    table.ends_at = max(base, work.now) + timedelta(minutes=minutes)
    work.about("session", session.id, scope=process.id, table=number, minutes=minutes)


@command()
def drop(work: Work, session_id: int, version: int, item_id: int) -> None:
    """Leave an item out. Private votes and reading back are never dropped. Errors: Invalid."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    item = next((one for one in session.items if one.id == item_id), None)
    if item is None or not rules.may_drop(item):
        raise Invalid("session.keep")
    _step(work, session, version, "drop", {"item": item.id})
    item.dropped_at = work.now
    work.about("session", session.id, scope=process.id, item=item.position)


@command()
def set_minutes(work: Work, session_id: int, version: int, item_id: int, minutes: int) -> None:
    """Give a part that has not begun more time, or less. Errors: Invalid."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if not 1 <= minutes <= LONGEST_ITEM:
        raise Invalid("session.minutes", field="minutes", most=LONGEST_ITEM)
    item = next((one for one in session.items if one.id == item_id), None)
    if item is None or item.started_at is not None or item.dropped_at is not None:
        raise Invalid("session.begun_part")
    _step(work, session, version, "minutes", {"item": item.id, "minutes": item.minutes})
    item.minutes = minutes
    work.about("session", session.id, scope=process.id, item=item.position, minutes=minutes)


@command()
def add_item(
    work: Work, session_id: int, version: int, kind: str, minutes: int, title: dict[str, str]
) -> None:
    """Put a new part in as the next one. Errors: Invalid, Conflict."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if session.state == "ended":
        raise Conflict("session.over")
    if kind not in KINDS or not 1 <= minutes <= LONGEST_ITEM or not title:
        raise Invalid("session.minutes", field="minutes", most=LONGEST_ITEM)
    begun = [one.position for one in session.items if one.started_at is not None]
    place = max(begun, default=-1) + 1
    added = AgendaItem(position=place, kind=kind, minutes=minutes, title=title, prompt={},
                       steps=[], droppable=True)
    for one in session.items:
        if one.position >= place:
            one.position += 1
    session.items.append(added)
    work.session.flush()
    _step(work, session, version, "add", {"item": added.id})
    work.about("session", session.id, scope=process.id, item=place, minutes=minutes)


@command()
def undo(work: Work, session_id: int, version: int) -> str:
    """Take the last step back; its kind. The clock of what ran goes on as if it had never
    stopped. Errors: Conflict where there is nothing to take back."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    last = work.session.scalar(
        select(Move)
        .where(Move.session_id == session_id, Move.undone_at.is_(None), Move.kind != "undo")
        .order_by(Move.id.desc())
        .limit(1)
    )
    if last is None:
        raise Conflict("session.nothing")
    _step(work, session, version, "undo", {"move": last.id})
    last.undone_at = work.now
    items = {one.id: one for one in session.items}
    if last.kind == "start":
        items[last.before["item"]].started_at = items[last.before["item"]].ends_at = None
        session.state = "planned"
    elif last.kind == "next":
        items[last.before["ended"]].ended_at = None
        session.state = "running"
        began = last.before["began"]
        if began is not None:
            items[began].started_at = items[began].ends_at = None
        for number, own_end in last.before.get("tables", {}).items():
            _table(work, session, int(number)).ends_at = datetime.fromisoformat(own_end)
    elif last.kind == "extend":
        items[last.before["item"]].ends_at = datetime.fromisoformat(last.before["ends_at"])
    elif last.kind == "table":
        own = last.before["ends_at"]
        _table(work, session, last.before["table"]).ends_at = (
            datetime.fromisoformat(own) if own else None)
    elif last.kind == "drop":
        items[last.before["item"]].dropped_at = None
    elif last.kind == "minutes":
        items[last.before["item"]].minutes = last.before["minutes"]
    elif last.kind == "add":
        session.items.remove(items[last.before["item"]])
    work.about("session", session.id, scope=process.id, undone=last.kind)
    return last.kind


@command()
def broadcast(work: Work, session_id: int, words: str, language: str) -> None:
    """Say something on every screen, or (with nothing) take it away."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    session.broadcast = words
    session.broadcast_language = language
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id)


@command()
def be_present(work: Work, session_id: int, juror_id: int, here: bool) -> None:
    """Note that a juror has come, or has left for today."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.CHECK_IN, process)
    _presence(work, jury, session, juror_id, here)
    work.about("session", session_id, scope=process.id, juror=juror_id, here=here)


@command()
def check_in(work: Work, session_id: int, typed: str) -> int:
    """A juror has come, by the code of their own screen; the juror's number. Errors: Invalid."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.CHECK_IN, process)
    tag = code_tag(work.site.secrets, security.read_code(typed))
    found = work.session.scalar(select(RoomPass).where(
        RoomPass.tag == tag, RoomPass.jury_id == jury.id, RoomPass.juror_id.is_not(None),
        RoomPass.ended_at.is_(None)))
    juror = next((one for one in jury.jurors if found and one.id == found.juror_id), None)
    if juror is None or juror.left_at is not None:
        raise Invalid("steward.code", field="code")
    _presence(work, jury, session, juror.id, True)
    work.about("session", session_id, scope=process.id, juror=juror.id, here=True)
    return juror.number


def _presence(
    work: Work, jury: Jury, session: JurySession, juror_id: int, here: bool
) -> None:
    session_id = session.id
    juror = next((one for one in jury.jurors if one.id == juror_id), None)
    if session.state == "ended" or juror is None:
        raise Conflict("session.over")
    seat = work.session.get(Seat, (session_id, juror_id))
    if seat is None:
        seat = Seat(session_id=session_id, juror_id=juror_id,
                    table_number=0 if juror.reserve else 1)
        work.session.add(seat)
    if here:
        seat.came_at, seat.left_at = seat.came_at or work.now, None
    else:
        seat.left_at = work.now
    live.touch(work, topic(session_id))


# -- tables and the whisperer ----------------------------------------------------------------


def _table(work: Work, session: JurySession, number: int) -> Table:
    found = work.session.scalar(
        select(Table).where(Table.session_id == session.id, Table.number == number)
    )
    if found is None:
        raise NotFound("table.unknown")
    return found


@command()
def set_step(work: Work, session_id: int, number: int, step: int) -> None:
    """A table goes on to one of the running item's steps."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.LEAD_TABLE, process)
    current = running_item(session)
    if current is None or not 0 <= step < max(1, len(current.steps)):
        raise Conflict("session.not_running")
    _table(work, session, number).step = step
    live.touch(work, topic(session_id))
    work.about("table", number, scope=process.id, step=step)


@command()
def ask_help(work: Work, session_id: int, number: int, wanted: bool) -> None:
    """A table asks the lead facilitator to come, or says that it is well."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.LEAD_TABLE, process)
    _table(work, session, number).help_at = work.now if wanted else None
    live.touch(work, topic(session_id))
    work.about("table", number, scope=process.id, help=wanted)


@command()
def whisper(work: Work, session_id: int, words: str, language: str) -> None:
    """What is being said, in plain words, on the wall."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.WHISPER, process)
    session.plain_line, session.plain_language = words, language
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id)
