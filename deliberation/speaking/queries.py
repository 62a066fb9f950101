"""Reading who speaks and who waits, for each screen what it may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.panels.models import Juror, Jury
from deliberation.panels.queries import sitting
from deliberation.sessions.queries import Room, TableView
from deliberation.speaking import rules
from deliberation.speaking.models import Elsewhere, Nudge, Speaking, TalkTotal, Turn, Way


@dataclass(frozen=True)
class Share:
    """A juror's talk, for their own table's facilitator."""

    juror: Juror
    seconds: int
    flagged: bool


@dataclass(frozen=True)
class How:
    """How a juror takes part: in one session, or (of the office) always."""

    juror_id: int
    remote: bool
    interpreter: str
    heard_at: datetime | None


@dataclass(frozen=True)
class Link:
    """A juror elsewhere, as the tech steward and the lead see them."""

    juror: Juror
    table: int | None
    heard_at: datetime | None
    state: str
    """there, cut or away."""
    place: int
    """In the queue, from 1; 0 for who does not wait."""
    kept_until: datetime | None
    """Until when the place of who is cut off is kept."""
    gave_up: datetime | None
    """When their place was given up."""


@dataclass(frozen=True)
class Talk:
    """The speaking of one session. None of it where the jury has not switched it on."""

    rule: Speaking | None
    turns: Sequence[Turn]
    ways: dict[int, How]
    nudges: frozenset[tuple[int, int]]

    @property
    def on(self) -> bool:
        return self.rule is not None and self.rule.on

    def way(self, juror_id: int) -> How | None:
        return self.ways.get(juror_id)

    def _of(self, table: int) -> list[Turn]:
        return [one for one in self.turns if one.table_number == table]

    def speaker(self, table: int) -> Turn | None:
        return next((one for one in self._of(table)
                     if one.began_at is not None and one.ended_at is None), None)

    def queue(self, table: int, now: datetime) -> list[Turn]:
        remote = {one.juror_id: one.heard_at for one in self.ways.values() if one.remote}
        return cast("list[Turn]", rules.waiting(self._of(table), remote, now))

    def mine(self, juror_id: int) -> Turn | None:
        """A juror's open request or turn."""
        return next((one for one in self.turns
                     if one.juror_id == juror_id and one.ended_at is None), None)

    def place(self, turn: Turn, now: datetime) -> int:
        """Where a request stands in its queue, from 1; 0 where it lost its place."""
        ids = [one.id for one in self.queue(turn.table_number, now)]
        return ids.index(turn.id) + 1 if turn.id in ids else 0

    def gave_up(self, juror_id: int) -> datetime | None:
        return rules.gave_up(self.turns, juror_id)

    def ends_at(self, turn: Turn, now: datetime) -> datetime | None:
        return rules.ends_at(turn, now)

    def shares(self, view: TableView, now: datetime) -> list[Share]:
        """A table's talk, the largest share first. For its own facilitator's screen alone."""
        turns, people = self._of(view.table.number), here(view)
        found = rules.amounts(turns, people, now)
        marked = rules.flagged(turns, people, self._interpreted(), now)
        return sorted(
            (Share(juror, found[juror.id], juror.id in marked)
             for juror, _seat in view.people if juror.id in found),
            key=lambda one: (-one.seconds, one.juror.number),
        )

    def balance(self, view: TableView, now: datetime) -> str:
        """One word on a table, for the lead: no seat can be picked out of it."""
        found = rules.amounts(self._of(view.table.number), here(view), now)
        return rules.balance(list(found.values()))

    def invited(self, room: Room, juror_id: int, now: datetime) -> bool:
        """Whether a juror is invited to speak now: seen on their own screen alone."""
        if room.current is None or self.mine(juror_id) is not None:
            return False
        if (room.current.id, juror_id) not in self.nudges:
            return False
        began = room.current.started_at
        return not any(one.juror_id == juror_id and one.began_at and began
                       and one.began_at >= began for one in self.turns)

    def is_silent(self, room: Room, juror_id: int, now: datetime) -> bool:
        """Whether an invitation is due that was not made yet in this part."""
        place, item = room.seat_of(juror_id), room.current
        if (not self.on or self.rule is None or not self.rule.invites or place is None
                or item is None or item.started_at is None or item.kind not in rules.AT_TABLES
                or (item.id, juror_id) in self.nudges):
            return False
        view, seat = place
        since = max(item.started_at, seat.came_at or item.started_at)
        return rules.silent(self._of(view.table.number), juror_id, here(view), since, now)

    def at_table(self, view: TableView) -> list[Juror]:
        """Who is at a table and could raise a hand."""
        ids = here(view)
        return [juror for juror, _seat in view.people if juror.id in ids]

    def here(self, room: Room) -> list[Juror]:
        """The same of the whole room, by number."""
        found = [juror for view in room.tables for juror in self.at_table(view)]
        return sorted(found, key=lambda one: one.number)

    def remote_links(self, room: Room, now: datetime) -> list[Link]:
        """Jurors elsewhere: whether each one's link holds, and what became of their place."""
        return [
            self._link(room, juror, way, now) for juror in room.jury.jurors
            if juror.left_at is None and (way := self.ways.get(juror.id)) is not None and way.remote
        ]

    def _link(self, room: Room, juror: Juror, way: How, now: datetime) -> Link:
        turn, seat = self.mine(juror.id), room.seat_of(juror.id)
        waits = turn is not None and turn.began_at is None
        place = self.place(turn, now) if turn is not None and waits else 0
        kept = rules.kept_until(way.heard_at, turn.asked_at) if turn is not None and waits else None
        state = rules.link(way.heard_at, now)
        return Link(
            juror, seat[0].table.number if seat else None, way.heard_at, state, place,
            kept if place and state != "there" else None,
            kept if waits and not place else self.gave_up(juror.id),
        )

    def _interpreted(self) -> frozenset[int]:
        return frozenset(one.juror_id for one in self.ways.values() if one.interpreter)


def here(view: TableView) -> list[int]:
    """Who is at a table now, by juror's id."""
    return [juror.id for juror, seat in view.people if seat.came_at and not seat.left_at]


def talk_of(session: Session, jury_id: int, session_id: int) -> Talk:
    """Everything that is known of a session's speaking."""
    rule = session.get(Speaking, jury_id)
    on = rule is not None and rule.on
    return Talk(
        rule,
        list(session.scalars(
            select(Turn).where(Turn.session_id == session_id).order_by(Turn.asked_at, Turn.id)
        )) if on else [],
        ways_of(session, jury_id, session_id),
        frozenset(
            (item, juror) for item, juror in session.execute(
                select(Nudge.item_id, Nudge.juror_id).where(Nudge.session_id == session_id)
            )
        ) if on else frozenset(),
    )


def ways_of(session: Session, jury_id: int, session_id: int | None = None) -> dict[int, How]:
    """How jurors take part, where it is not in the room and by themselves: always, or in one
    session, for which it may be said otherwise."""
    found = {
        one.juror_id: How(one.juror_id, one.remote, one.interpreter, one.heard_at)
        for one in session.scalars(
            select(Way).join(Juror, Juror.id == Way.juror_id).where(Juror.jury_id == jury_id)
        )
    }
    if session_id is not None:
        for day in session.scalars(select(Elsewhere).where(Elsewhere.session_id == session_id)):
            known = found.get(day.juror_id, How(day.juror_id, False, "", None))
            found[day.juror_id] = replace(known, remote=day.remote)
    return found


def elsewhere(session: Session, jury: Jury, session_id: int) -> list[Juror]:
    """The jurors who take part in a session from elsewhere and have a seat in it."""
    ways = ways_of(session, jury.id, session_id)
    return [one for one in sitting(jury.jurors)
            if not one.reserve and one.id in ways and ways[one.id].remote]


def totals_of(session: Session, session_ids: Sequence[int]) -> list[tuple[TalkTotal, str]]:
    """What is left of sessions that are over, each with its word on the balance."""
    return [
        (one, _word(Fraction(one.balance), one.seconds)) for one in session.scalars(
            select(TalkTotal).where(TalkTotal.session_id.in_(session_ids))
            .order_by(TalkTotal.session_id, TalkTotal.table_number)
        )
    ]


def _word(share: Fraction, seconds: int) -> str:
    if not seconds:
        return "none"
    return "even" if share < rules.EVEN else "some" if share < rules.UNEVEN else "few"
