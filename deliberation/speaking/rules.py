"""Turns, queues and the balance of a table: pure, from times that the server wrote down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Protocol

from deliberation.measures.voice import dominates, gini_of_few

AT_TABLES = frozenset(
    {"writing", "pairs", "table", "claims", "criteria", "pressure", "draft", "check"}
)
"""Kinds of parts in which each table talks by itself; in all others there is one queue."""
LEAST_SECONDS, MOST_SECONDS = 15, 600
LONG = 120
"""Seconds after which a turn is marked."""
PLACE_KEPT = timedelta(minutes=3)
"""How long a remote juror who dropped out keeps their place."""
LINK_HOLDS = timedelta(seconds=75)
"""Two of a screen's half-minutely words may be lost before its link counts as cut."""
EVEN, UNEVEN = Fraction(3, 10), Fraction(1, 2)


class Spoken(Protocol):
    """A turn, as these rules see it."""

    @property
    def juror_id(self) -> int: ...
    @property
    def table_number(self) -> int: ...
    @property
    def seconds(self) -> int: ...
    @property
    def asked_at(self) -> datetime: ...
    @property
    def began_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def paused_seconds(self) -> int: ...


def credited(seconds: int, interpreted: bool) -> int:
    """A length of time for somebody who speaks through an interpreter: half as long again."""
    return seconds * 3 // 2 if interpreted else seconds


def queue_of(kind: str, table: int | None) -> int:
    """The queue that a request joins: the table's own, or (0) the one of all together."""
    return table if table is not None and kind in AT_TABLES else 0


def talked(turn: Spoken, now: datetime) -> int:
    """Seconds that a turn has taken so far, without the time its clock stood."""
    if turn.began_at is None:
        return 0
    until = turn.ended_at or turn.paused_at or now
    return max(0, int((until - turn.began_at).total_seconds()) - turn.paused_seconds)


def ends_at(turn: Spoken, now: datetime) -> datetime | None:
    """When a running turn's time is up; a clock that stands moves it on."""
    if turn.began_at is None:
        return None
    stood = timedelta(seconds=turn.paused_seconds)
    if turn.paused_at is not None:
        stood += now - turn.paused_at
    return turn.began_at + timedelta(seconds=turn.seconds) + stood


def lost(heard_at: datetime | None, asked_at: datetime, now: datetime) -> bool:
    """Whether a remote juror has been away too long to keep their place."""
    return now - max(heard_at or asked_at, asked_at) > PLACE_KEPT


def kept_until(heard_at: datetime | None, asked_at: datetime) -> datetime:
    """Until when a remote juror who is cut off keeps their place."""
    return max(heard_at or asked_at, asked_at) + PLACE_KEPT


def gave_up(turns: Sequence[Spoken], juror_id: int) -> datetime | None:
    """When a juror's latest request lost its place, if it did."""
    mine = [one for one in turns if one.juror_id == juror_id]
    latest = max(mine, key=lambda one: one.asked_at, default=None)
    return latest.ended_at if latest is not None and latest.began_at is None else None


def link(heard_at: datetime | None, now: datetime) -> str:
    """A remote juror's link: there, cut (their place is kept) or away."""
    if heard_at is None:
        return "away"
    since = now - heard_at
    return "there" if since <= LINK_HOLDS else "cut" if since <= PLACE_KEPT else "away"


def waiting(
    turns: Sequence[Spoken], remote: Mapping[int, datetime | None], now: datetime
) -> list[Spoken]:
    """Who waits, by the time of the request: the room and those elsewhere in one order.

    ``remote``: jurors elsewhere, with when their screens were last heard of.
    """
    return sorted(
        (one for one in turns if one.began_at is None and one.ended_at is None
         and not (one.juror_id in remote and lost(remote[one.juror_id], one.asked_at, now))),
        key=lambda one: (one.asked_at, one.juror_id),
    )


def amounts(turns: Sequence[Spoken], people: Sequence[int], now: datetime) -> dict[int, int]:
    """Seconds of talk by juror; who said nothing counts with 0."""
    found = dict.fromkeys(people, 0)
    for one in turns:
        if one.juror_id in found:
            found[one.juror_id] += talked(one, now)
    return found


def flagged(
    turns: Sequence[Spoken], people: Sequence[int], interpreted: frozenset[int], now: datetime
) -> set[int]:
    """Jurors who take more than twice an even share, or took a turn of over two minutes."""
    shares = amounts(turns, people, now)
    values = list(shares.values())
    spoke = sum(1 for one in values if one) > 1  # whoever speaks first has all, and dominates not
    return {one for one, mine in shares.items() if spoke and dominates(mine, values)} | {
        one.juror_id for one in turns
        if one.juror_id in shares
        and talked(one, now) > credited(LONG, one.juror_id in interpreted)
    }


def balance(seconds: Sequence[int]) -> str:
    """One word on how a table's talk is shared: none, even, some or few."""
    if not any(seconds):
        return "none"
    share = gini_of_few(sorted(seconds))
    return "even" if share < EVEN else "some" if share < UNEVEN else "few"


def silent(
    turns: Sequence[Spoken], juror_id: int, people: Sequence[int], since: datetime, now: datetime
) -> bool:
    """Whether a juror has said nothing for more than two minutes for each at the table, while
    the table took turns. ``since``: when this part began or the juror came, the later."""
    if juror_id not in people:
        return False
    begun = [one for one in turns if one.began_at is not None and one.began_at >= since]
    if not any(one.juror_id != juror_id for one in begun):
        return False
    mine = [one for one in turns if one.juror_id == juror_id and one.ended_at is None]
    if mine:
        return False  # speaks, or has asked to
    last = max((one.ended_at for one in turns
                if one.juror_id == juror_id and one.began_at and one.ended_at), default=since)
    return now - max(last, since) > timedelta(minutes=2 * len(people))
