"""Commands on a plan before its session begins: add, change, move and remove parts."""

from __future__ import annotations

from datetime import timedelta

from deliberation.sessions.models import AgendaItem, JurySession
from deliberation.sessions.plan import KINDS, LONGEST_ITEM, MOST_ITEMS, NEVER_DROPPED, Item
from deliberation.sessions.services import the_session, topic
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.errors import Conflict, Invalid
from pb.core.work import Work, command


def _planned(session: JurySession) -> None:
    if session.state != "planned":
        raise Conflict("agenda.begun")


def _item(session: JurySession, item_id: int) -> AgendaItem:
    found = next((one for one in session.items if one.id == item_id), None)
    if found is None:
        raise Conflict("agenda.unknown")
    return found


def _settle(work: Work, session: JurySession) -> None:
    """Positions without gaps, and the end that the parts come to."""
    for place, one in enumerate(sorted(session.items, key=lambda one: one.position)):
        one.position = place
    session.ends_by = session.starts_at + timedelta(
        minutes=sum(one.minutes for one in session.items))
    work.session.flush()
    live.touch(work, topic(session.id))


@command()
def write_part(work: Work, session_id: int, item_id: int, part: Item) -> int:
    """Add a part at the end (``item_id`` 0), or change one; its id. Errors: Conflict, Invalid."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.EDIT_JURY, process)
    _planned(session)
    if part.kind not in KINDS or not 1 <= part.minutes <= LONGEST_ITEM or not part.title:
        raise Invalid("session.minutes", field="minutes", most=LONGEST_ITEM)
    if item_id:
        item = _item(session, item_id)
    elif len(session.items) >= MOST_ITEMS:
        raise Conflict("agenda.full", most=MOST_ITEMS)
    else:
        item = AgendaItem(position=len(session.items), out="")
        session.items.append(item)
    item.kind, item.minutes = part.kind, part.minutes
    item.title, item.prompt = dict(part.title), dict(part.prompt)
    item.steps = [{"minutes": one.minutes, "title": dict(one.title)} for one in part.steps]
    item.droppable = part.droppable and part.kind not in NEVER_DROPPED
    _settle(work, session)
    work.about("session", session_id, scope=process.id, item=item.position)
    return item.id


@command()
def keep_grace(work: Work, session_id: int, minutes: int) -> None:
    """For how long after the start a late juror's seat is kept. Errors: Conflict, Invalid."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.EDIT_JURY, process)
    _planned(session)
    if not 0 <= minutes <= LONGEST_ITEM:
        raise Invalid("agenda.grace", field="grace", most=LONGEST_ITEM)
    session.grace_minutes = minutes
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id, grace=minutes)


@command()
def move_part(work: Work, session_id: int, item_id: int, later: bool) -> None:
    """A part goes one place earlier or later. Errors: Conflict."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.EDIT_JURY, process)
    _planned(session)
    item = _item(session, item_id)
    place = item.position + (1 if later else -1)
    for one in session.items:
        if one.position == place:
            one.position, item.position = item.position, place
            break
    _settle(work, session)
    work.about("session", session_id, scope=process.id, item=item.position)


@command()
def remove_part(work: Work, session_id: int, item_id: int) -> None:
    """Take a part out of the plan. Errors: Conflict."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.EDIT_JURY, process)
    _planned(session)
    item = _item(session, item_id)
    if len(session.items) == 1:
        raise Conflict("agenda.last")
    place = item.position
    session.items.remove(item)
    work.session.flush()
    _settle(work, session)
    work.about("session", session_id, scope=process.id, item=place)
