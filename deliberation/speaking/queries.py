"""Reading who speaks and who waits, for each screen what it may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.panels.models import Juror
from deliberation.sessions.queries import Room, TableView
from deliberation.speaking import rules
from deliberation.speaking.models import Nudge, Speaking, TalkTotal, Turn, Way


@dataclass(frozen=True)
class Share:
    """A juror's talk, for their own table's facilitator."""

    juror: Juror
    seconds: int
    flagged: bool


@dataclass(frozen=True)
class Talk:
    """The speaking of one session. None of it where the jury has not switched it on."""

    rule: Speaking | None
    turns: Sequence[Turn]
    ways: dict[int, Way]
    nudges: frozenset[tuple[int, int]]

    @property
    def on(self) -> bool:
        return self.rule is not None and self.rule.on

    def way(self, juror_id: int) -> Way | None:
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

    def remote_links(
        self, room: Room, now: datetime
    ) -> list[tuple[Juror, datetime | None, str]]:
        """Jurors elsewhere: when each was last heard of, and whether the link holds."""
        return [
            (juror, way.heard_at, rules.link(way.heard_at, now))
            for juror in room.jury.jurors
            if juror.left_at is None and (way := self.ways.get(juror.id)) is not None and way.remote
        ]

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
        ways_of(session, jury_id),
        frozenset(
            (item, juror) for item, juror in session.execute(
                select(Nudge.item_id, Nudge.juror_id).where(Nudge.session_id == session_id)
            )
        ) if on else frozenset(),
    )


def ways_of(session: Session, jury_id: int) -> dict[int, Way]:
    """How jurors take part, where it is not in the room and by themselves."""
    return {
        one.juror_id: one for one in session.scalars(
            select(Way).join(Juror, Juror.id == Way.juror_id).where(Juror.jury_id == jury_id)
        )
    }


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
