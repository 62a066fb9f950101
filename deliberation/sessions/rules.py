"""The clock of a session: pure arithmetic on agenda items and times.

What is left of an item is always its end less the time that it is now, never a number that
ticks: a laptop that slept, a page that was reloaded and a second screen all show the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from deliberation.sessions.plan import NEVER_DROPPED


class Planned(Protocol):
    """An agenda item, as the clock sees it."""

    @property
    def kind(self) -> str: ...
    @property
    def minutes(self) -> int: ...
    @property
    def droppable(self) -> bool: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def dropped_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """When an item runs, or would."""

    opens_at: datetime
    ends_at: datetime


def timetable(
    items: Sequence[Planned], starts_at: datetime, now: datetime,
    tables: Sequence[datetime | None] = (),
) -> list[Slot | None]:
    """When each item runs, in order: what was, what is, and what follows from it.

    What has not begun follows the end of what runs now (or now, where that is over); before
    the session begins everything follows its planned start. None for what was left out.
    ``tables``: the ends of tables that alone have more time; all wait for the last of them.
    """
    slowest = max((one for one in tables if one is not None), default=now)
    slots: list[Slot | None] = []
    cursor = starts_at
    for item in items:
        if item.dropped_at is not None:
            slots.append(None)
            continue
        if item.started_at is not None:
            end = item.ended_at or item.ends_at or item.started_at
            slots.append(Slot(item.started_at, end))
            # An item that runs over pushes all that follows.
            cursor = end if item.ended_at is not None else max(end, now, slowest)
            continue
        end = cursor + timedelta(minutes=item.minutes)
        slots.append(Slot(cursor, end))
        cursor = end
    return slots


def late_from(items: Sequence[Planned], starts_at: datetime, grace_minutes: int) -> datetime:
    """From when a juror who has not come is too late: minutes after the start of the first part
    that is no arrival. A session that begins late moves it along; one that begins early does not.
    """
    begun = items[0].started_at if items and items[0].started_at else starts_at
    arrival = 0
    for item in items:
        if item.kind != "arrival":
            break
        arrival += item.minutes
    return max(begun, starts_at) + timedelta(minutes=arrival + grace_minutes)


def remaining(item: Planned, now: datetime) -> timedelta:
    """What is left of a running item; below zero it has run over."""
    if item.ends_at is None:
        return timedelta(minutes=item.minutes)
    return item.ends_at - now


def table_end(item: Planned, own: datetime | None) -> datetime | None:
    """When a running part ends for a table: its own end, where that is later than everybody's."""
    return max(item.ends_at, own) if item.ends_at and own else item.ends_at


def over_by(
    items: Sequence[Planned], starts_at: datetime, ends_by: datetime, now: datetime,
    tables: Sequence[datetime | None] = (),
) -> timedelta:
    """By how much the session would end late if nothing changed; zero or less where it fits."""
    slots = [slot for slot in timetable(items, starts_at, now, tables) if slot is not None]
    return slots[-1].ends_at - ends_by if slots else timedelta()


def may_drop(item: Planned) -> bool:
    """Whether an item may be left out: it has not begun, and it is none of those that a jury
    must not lose (its private votes, reading back, surveys)."""
    return (
        item.droppable and item.kind not in NEVER_DROPPED
        and item.started_at is None and item.dropped_at is None
    )


def to_shed(items: Sequence[Planned], late: timedelta) -> list[int]:
    """Which items, by place, to offer for leaving out: the last ones first, until time fits."""
    offered = []
    saved = timedelta()
    for place in range(len(items) - 1, -1, -1):
        if saved >= late:
            break
        if may_drop(items[place]):
            offered.append(place)
            saved += timedelta(minutes=items[place].minutes)
    return offered
