"""Reading sessions, and what a screen shows of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.panels.models import Juror, Jury
from deliberation.panels.queries import sitting
from deliberation.sessions import rules
from deliberation.sessions.models import AgendaItem, JurySession, Move, RoomPass, Seat, Table
from deliberation.sessions.running import next_item, running_item
from pb.core.security import Secrets

MOVES = 6
"""So many of the latest steps stand on the facilitator's screen."""


def sessions_of(session: Session, jury_id: int) -> list[JurySession]:
    return list(
        session.scalars(
            select(JurySession).where(JurySession.jury_id == jury_id).order_by(JurySession.number)
        )
    )


def session_by_number(session: Session, jury_id: int, number: int) -> JurySession | None:
    return session.scalar(
        select(JurySession).where(JurySession.jury_id == jury_id, JurySession.number == number)
    )


def todays_session(session: Session, jury_id: int) -> int | None:
    """The session that a screen shows, by its id: what runs, else the next, else the last."""
    known = session.execute(
        select(JurySession.id, JurySession.state)
        .where(JurySession.jury_id == jury_id)
        .order_by(JurySession.number)
    ).all()
    for state in ("running", "planned"):
        for row in known:
            if row.state == state:
                return int(row.id)
    return int(known[-1].id) if known else None


@dataclass(frozen=True)
class Row:
    """A line of the agenda: the item, when it runs, and where it stands."""

    item: AgendaItem
    slot: rules.Slot | None
    state: str
    """done, now, next, later or dropped."""


@dataclass(frozen=True)
class TableView:
    """A table as the lead facilitator sees it."""

    table: Table
    people: Sequence[tuple[Juror, Seat]]

    @property
    def present(self) -> int:
        return sum(
            1 for _juror, seat in self.people if seat.came_at and not seat.left_at
        )

    @property
    def expected(self) -> int:
        return len(self.people)


@dataclass(frozen=True)
class Room:
    """Everything that the screens of one session are made of."""

    jury: Jury
    session: JurySession
    rows: Sequence[Row]
    tables: Sequence[TableView]
    current: AgendaItem | None
    following: AgendaItem | None
    late: timedelta
    to_shed: Sequence[AgendaItem]
    moves: Sequence[Move]
    """The latest steps, the newest first."""
    waiting: Sequence[tuple[Juror, Seat]] = ()
    """Reserves who have come: they wait without a table."""
    agenda: dict[str, str] = field(default_factory=dict, compare=False)
    """The agenda as HTML by language, once a screen has shown it."""

    @property
    def last_move(self) -> Move | None:
        """The step that can be taken back."""
        return next(
            (one for one in self.moves if one.undone_at is None and one.kind != "undo"), None
        )

    @property
    def present(self) -> int:
        return sum(view.present for view in self.tables)

    @property
    def expected(self) -> int:
        return sum(view.expected for view in self.tables)

    @property
    def not_ready(self) -> list[int]:
        """The tables that are not at the last step of what runs, by number."""
        steps = len(self.current.steps) if self.current else 0
        return [view.table.number for view in self.tables if steps and view.table.step < steps - 1]

    def own_end(self, view: TableView) -> datetime | None:
        """When what runs ends for a table that alone has more time; None where it ends for all."""
        current, own = self.current, view.table.ends_at
        if current is None or current.ends_at is None or own is None or own <= current.ends_at:
            return None
        return own

    @property
    def late_from(self) -> datetime:
        """From when the seat of who has not come can go to a reserve."""
        return rules.late_from(self.session.items, self.session.starts_at,
                               self.session.grace_minutes)

    def presence_of(self, juror_id: int) -> Seat | None:
        """Whether and since when somebody is here, at a table or waiting."""
        place = self.seat_of(juror_id)
        if place is not None:
            return place[1]
        return next((seat for juror, seat in self.waiting if juror.id == juror_id), None)

    def seat_of(self, juror_id: int) -> tuple[TableView, Seat] | None:
        for view in self.tables:
            for juror, seat in view.people:
                if juror.id == juror_id:
                    return view, seat
        return None


def room_of(session: Session, jury: Jury, one: JurySession, now: datetime) -> Room:
    """A session as it stands now, in a handful of reads."""
    current, following = running_item(one), next_item(one)
    tables = list(session.scalars(
        select(Table).where(Table.session_id == one.id).order_by(Table.number)
    ))
    ends = [table.ends_at for table in tables]
    slots = rules.timetable(one.items, one.starts_at, now, ends)
    rows = [
        Row(item, slot, _state(item, current, following))
        for item, slot in zip(one.items, slots, strict=True)
    ]
    late = rules.over_by(one.items, one.starts_at, one.ends_by, now, ends)
    seats: dict[int, list[tuple[Juror, Seat]]] = {}
    people = {juror.id: juror for juror in sitting(jury.jurors)}
    for seat in session.scalars(select(Seat).where(Seat.session_id == one.id)):
        if seat.juror_id in people:
            seats.setdefault(seat.table_number, []).append((people[seat.juror_id], seat))
    return Room(
        jury, one, rows,
        [
            TableView(table, sorted(seats.get(table.number, []), key=lambda pair: pair[0].number))
            for table in tables
        ],
        current, following, late,
        [one.items[place] for place in rules.to_shed(one.items, late)] if late else [],
        session.scalars(
            select(Move).where(Move.session_id == one.id).order_by(Move.id.desc()).limit(MOVES)
        ).all(),
        waiting=seats.get(0, ()),
    )


def _state(item: AgendaItem, current: AgendaItem | None, following: AgendaItem | None) -> str:
    if item.dropped_at is not None:
        return "dropped"
    if item.ended_at is not None:
        return "done"
    if item is current:
        return "now"
    return "next" if item is following else "later"


def passes_of(session: Session, jury_id: int) -> list[RoomPass]:
    """The passes that let screens in, jurors first."""
    order = {"juror": 0, "table": 1}
    known = session.scalars(
        select(RoomPass).where(RoomPass.jury_id == jury_id, RoomPass.ended_at.is_(None))
    )
    return sorted(known, key=lambda one: (order.get(one.role, 2), one.table_number or 0, one.id))


@dataclass(frozen=True)
class Screen:
    """A device in the room. ``acts``: whether it may still do things, or its place has moved."""

    room_pass: RoomPass
    acts: bool


def screen_of(session: Session, keys: Secrets, cookie: str) -> Screen | None:
    """The pass behind a device's cookie; None when it is forged or the pass was ended."""
    value = keys.unsign("room", cookie) if cookie else None
    if not value:
        return None
    found = session.get(RoomPass, value[0])
    if found is None or found.ended_at is not None:
        return None
    return Screen(found, found.nonce == value[1])


def past_tables(session: Session, jury_id: int, before: int) -> list[list[list[int]]]:
    """Who sat together in the sessions before this one: tables of jurors' ids, by session."""
    found: dict[int, dict[int, list[int]]] = {}
    for number, juror_id, table in session.execute(
        select(JurySession.number, Seat.juror_id, Seat.table_number)
        .join(Seat, Seat.session_id == JurySession.id)
        .where(JurySession.jury_id == jury_id, JurySession.number < before,
               Seat.table_number > 0)
        .order_by(JurySession.number, Seat.table_number, Seat.juror_id)
    ):
        found.setdefault(number, {}).setdefault(table, []).append(juror_id)
    return [[tables[one] for one in sorted(tables)] for _, tables in sorted(found.items())]


def pairs_met(rounds: Sequence[Sequence[Sequence[int]]]) -> Counter[frozenset[int]]:
    """How often each two have sat together."""
    met: Counter[frozenset[int]] = Counter()
    for tables in rounds:
        for people in tables:
            for place, one in enumerate(people):
                for other in people[place + 1 :]:
                    met[frozenset((one, other))] += 1
    return met
