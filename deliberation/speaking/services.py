"""Commands on speaking: the switch, the queue, turns, invitations, and the sums in the end."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select

from deliberation.measures.voice import gini_of_few
from deliberation.panels.models import Juror, Jury
from deliberation.panels.services import process_of_jury
from deliberation.sessions.models import AgendaItem, JurySession, Seat
from deliberation.sessions.queries import room_of
from deliberation.sessions.running import running_item
from deliberation.sessions.services import the_session, topic
from deliberation.speaking import rules
from deliberation.speaking.models import Elsewhere, Nudge, Speaking, TalkTotal, Turn, Way
from deliberation.speaking.queries import How, elsewhere, talk_of, ways_of
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.work import Work, command

HEARD_EVERY = timedelta(seconds=15)


def _rule(work: Work, jury_id: int) -> Speaking:
    """The jury's rule. Errors: Conflict where turns are not timed."""
    rule = work.session.get(Speaking, jury_id)
    if rule is None or not rule.on:
        raise Conflict("speaking.off")
    return rule


def _running(work: Work, session: JurySession) -> AgendaItem:
    current = running_item(session)
    if current is None:
        raise Conflict("session.not_running")
    return current


@command()
def set_speaking(work: Work, jury_id: int, on: bool, seconds: int, invites: bool) -> None:
    """Switch the timing of turns on or off. Switched off, what was measured is gone."""
    process, _jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    if not rules.LEAST_SECONDS <= seconds <= rules.MOST_SECONDS:
        raise Invalid("speaking.seconds", field="seconds", least=rules.LEAST_SECONDS,
                      most=rules.MOST_SECONDS)
    rule = work.session.get(Speaking, jury_id)
    if rule is None:
        rule = Speaking(jury_id=jury_id)
        work.session.add(rule)
    rule.on, rule.seconds, rule.invites = on, seconds, invites
    sessions = list(work.session.scalars(
        select(JurySession.id).where(JurySession.jury_id == jury_id)))
    if not on:
        work.session.execute(delete(Turn).where(Turn.session_id.in_(sessions)))
    for one in sessions:
        live.touch(work, topic(one))
    work.about("jury", jury_id, scope=process.id, on=on, seconds=seconds, invites=invites)


@command()
def set_way(work: Work, jury_id: int, juror_id: int, remote: bool, interpreter: str) -> None:
    """Say how a juror takes part: from elsewhere, or through an interpreter."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    _juror(jury, juror_id)
    way = work.session.get(Way, juror_id)
    if way is None:
        way = Way(juror_id=juror_id)
        work.session.add(way)
    way.remote, way.interpreter = remote, interpreter
    for one in work.session.scalars(select(JurySession.id).where(JurySession.jury_id == jury_id)):
        live.touch(work, topic(one))
    work.about("juror", juror_id, scope=process.id, remote=remote, interpreted=bool(interpreter))


@command()
def set_elsewhere(work: Work, session_id: int, juror_id: int, remote: bool) -> None:
    """Say that a juror takes part in this session from elsewhere, or in the room after all."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.CHECK_IN, process)
    _juror(jury, juror_id)
    if session.state == "ended":
        raise Conflict("session.over")
    day = work.session.get(Elsewhere, (session_id, juror_id))
    if day is None:
        day = Elsewhere(session_id=session_id, juror_id=juror_id)
        work.session.add(day)
    day.remote = remote
    if work.session.get(Way, juror_id) is None:  # before their screens are heard of, two at once
        work.session.add(Way(juror_id=juror_id))
    work.session.flush()
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id, juror=juror_id, remote=remote)


@command()
def seat_elsewhere(work: Work, session_id: int, table: int) -> int:
    """Those from elsewhere form one table, or join it, and stay there when seats are planned; how
    many they are. Errors: Invalid, Conflict."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.EDIT_JURY, process)
    if session.state == "ended":
        raise Conflict("session.over")
    people = elsewhere(work.session, jury, session_id)
    if not people or not 1 <= table <= session.tables:
        raise Invalid("steward.nobody" if not people else "seat.unknown")
    for juror in people:
        seat = work.session.get(Seat, (session_id, juror.id))
        if seat is None:
            seat = Seat(session_id=session_id, juror_id=juror.id)
            work.session.add(seat)
        seat.table_number, seat.pinned = table, True
    work.session.flush()
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id, table=table, people=len(people))
    return len(people)


def _juror(jury: Jury, juror_id: int) -> Juror:
    found = next((one for one in jury.jurors if one.id == juror_id and one.left_at is None), None)
    if found is None:
        raise Invalid("speaking.juror")
    return found


# -- the queue -------------------------------------------------------------------------------


@command(audited=False)
def ask(work: Work, session_id: int, juror_id: int, wanted: bool) -> None:
    """A juror asks to speak from their own screen, or asks no more.

    No row of the log: what is measured of a juror's talk goes when the session ends.
    """
    process, jury, session = the_session(work, session_id)
    require(work, Permission.ACT_AS_JUROR, process)
    if wanted:
        _queue(work, jury, session, juror_id, None)
    else:
        work.session.execute(delete(Turn).where(
            Turn.session_id == session_id, Turn.juror_id == juror_id, Turn.began_at.is_(None)))
    live.touch(work, topic(session_id))


@command(audited=False)
def raise_hand(work: Work, session_id: int, table: int, juror_id: int) -> None:
    """A hand raised in the room is entered: at a table by its facilitator, else by the lead."""
    process, jury, session = the_session(work, session_id)
    require(work, leads(table), process)
    _queue(work, jury, session, juror_id, table)
    live.touch(work, topic(session_id))


def leads(table: int) -> Permission:
    """A table's queue is led by its facilitator, the one of all together by the lead alone."""
    return Permission.LEAD_TABLE if table else Permission.RUN_SESSION


def _queue(
    work: Work, jury: Jury, session: JurySession, juror_id: int, table: int | None
) -> None:
    rule, current = _rule(work, jury.id), _running(work, session)
    juror = _juror(jury, juror_id)
    seat = work.session.get(Seat, (session.id, juror_id))
    if juror.reserve or seat is None or seat.came_at is None or seat.left_at is not None:
        raise Conflict("speaking.not_here")
    if table and seat.table_number != table:
        raise NotAllowed("access.not_you")
    way = ways_of(work.session, jury.id, session.id).get(juror_id)
    if way is not None and way.remote:
        _heard(work, session.id, way)
    known = work.session.scalar(select(Turn.id).where(
        Turn.session_id == session.id, Turn.juror_id == juror_id, Turn.ended_at.is_(None)))
    if known is not None:
        return  # asked already: the place by the first request stays
    queue = rules.queue_of(current.kind, seat.table_number) if table is None else table
    work.session.add(Turn(
        session_id=session.id, juror_id=juror_id, table_number=queue, asked_at=work.now,
        seconds=rules.credited(rule.seconds, way is not None and bool(way.interpreter)),
    ))
    work.session.flush()


def _speaker(work: Work, session_id: int, table: int) -> Turn | None:
    return work.session.scalar(select(Turn).where(
        Turn.session_id == session_id, Turn.table_number == table,
        Turn.began_at.is_not(None), Turn.ended_at.is_(None)))


@command(audited=False)
def call_next(work: Work, session_id: int, table: int, after: int) -> None:
    """The turn that runs is over and the next begins. ``after``: the speaker that the screen
    showed (0: nobody), so that two who press at once move the queue once."""
    process, jury, session = the_session(work, session_id)
    require(work, leads(table), process)
    _rule(work, jury.id)
    _running(work, session)
    speaks = _speaker(work, session_id, table)
    if (speaks.id if speaks else 0) != after:
        raise Conflict("speaking.moved")
    if speaks is not None:
        _end(work, speaks)
    line = talk_of(work.session, jury.id, session_id).queue(table, work.now)
    if line:
        line[0].began_at = work.now
    work.session.flush()
    live.touch(work, topic(session_id))


def _end(work: Work, turn: Turn) -> None:
    if turn.paused_at is not None:
        turn.paused_seconds += int((work.now - turn.paused_at).total_seconds())
        turn.paused_at = None
    turn.ended_at = work.now
    work.session.flush()


@command(audited=False)
def finish(work: Work, session_id: int, table: int) -> None:
    """The turn that runs is over; nobody is called."""
    process, _jury, _session = the_session(work, session_id)
    require(work, leads(table), process)
    speaks = _speaker(work, session_id, table)
    if speaks is not None:
        _end(work, speaks)
        live.touch(work, topic(session_id))


@command(audited=False)
def pause(work: Work, session_id: int, juror_id: int, stand: bool) -> None:
    """The interpreter stops the clock of the juror beside them, on that juror's screen, or lets
    it go on. Errors: Conflict for who has no interpreter."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.ACT_AS_JUROR, process)
    way = work.session.get(Way, juror_id)
    turn = work.session.scalar(select(Turn).where(
        Turn.session_id == session_id, Turn.juror_id == juror_id,
        Turn.began_at.is_not(None), Turn.ended_at.is_(None)))
    if way is None or not way.interpreter or turn is None:
        raise Conflict("speaking.no_interpreter")
    if stand and turn.paused_at is None:
        turn.paused_at = work.now
    elif not stand and turn.paused_at is not None:
        turn.paused_seconds += int((work.now - turn.paused_at).total_seconds())
        turn.paused_at = None
    live.touch(work, topic(session_id))


# -- who is heard of, who is invited ---------------------------------------------------------


@command(audited=False)
def be_heard(work: Work, session_id: int, juror_id: int) -> bool:
    """A juror's screen says that it is there; whether they are invited to speak, just now."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.ACT_AS_JUROR, process)
    way = ways_of(work.session, jury.id, session_id).get(juror_id)
    if way is not None and way.remote and (
        way.heard_at is None or work.now - way.heard_at >= HEARD_EVERY
    ):
        _heard(work, session_id, way)
    talk = talk_of(work.session, jury.id, session_id)
    room = room_of(work.session, jury, session, work.now)
    if room.current is None or not talk.is_silent(room, juror_id, work.now):
        return False
    work.session.add(Nudge(session_id=session_id, item_id=room.current.id, juror_id=juror_id,
                           at=work.now))
    work.session.flush()
    live.touch(work, topic(session_id))
    return True


def _heard(work: Work, session_id: int, way: How) -> None:
    """A juror elsewhere is heard of again. Where that took too long their place is given up for
    good: they ask anew, behind who has asked meanwhile."""
    for turn in work.session.scalars(select(Turn).where(
        Turn.session_id == session_id, Turn.juror_id == way.juror_id,
        Turn.began_at.is_(None), Turn.ended_at.is_(None),
    )):
        if rules.lost(way.heard_at, turn.asked_at, work.now):
            turn.ended_at = rules.kept_until(way.heard_at, turn.asked_at)
    work.session.get_one(Way, way.juror_id).heard_at = work.now
    work.session.flush()
    if rules.link(way.heard_at, work.now) != "there":
        live.touch(work, topic(session_id))


@command()
def settle(work: Work, session_id: int) -> None:
    """What is left of a session that is over: sums by table, and nobody's own share."""
    require(work, Permission.RUN_JOBS)
    process, _jury, session = the_session(work, session_id)
    turns = list(work.session.scalars(select(Turn).where(Turn.session_id == session_id)))
    work.about("session", session_id, scope=process.id, turns=len(turns))
    if session.state != "ended" or not turns:
        return
    seats: dict[int, list[int]] = {}
    for seat in work.session.scalars(select(Seat).where(Seat.session_id == session_id)):
        if seat.came_at is not None and seat.table_number:
            seats.setdefault(seat.table_number, []).append(seat.juror_id)
    nudges: dict[int, int] = {}
    for table, number in work.session.execute(
        select(Seat.table_number, func.count()).select_from(Nudge)
        .join(Seat, (Seat.session_id == Nudge.session_id) & (Seat.juror_id == Nudge.juror_id))
        .where(Nudge.session_id == session_id).group_by(Seat.table_number)
    ):
        nudges[int(table)] = int(number)
    everybody = [one for people in seats.values() for one in people]
    work.session.execute(delete(TalkTotal).where(TalkTotal.session_id == session_id))
    for table in sorted({one.table_number for one in turns} | set(nudges)):
        people = seats.get(table, []) if table else everybody
        spoken = [one for one in turns if one.table_number == table and one.began_at is not None]
        shares = rules.amounts(spoken, people, work.now)
        work.session.add(TalkTotal(
            session_id=session_id, table_number=table, turns=len(spoken),
            seconds=sum(shares.values()), people=len(people),
            balance=str(gini_of_few(sorted(shares.values()))), nudges=nudges.get(table, 0),
        ))
    for kind in (Turn, Nudge):
        work.session.execute(delete(kind).where(kind.session_id == session_id))
