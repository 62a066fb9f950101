"""Seats for a session by the seating library: new tables each time, pins and history kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deliberation.panels.models import Juror
from deliberation.sessions.models import Seat
from deliberation.sessions.queries import pairs_met
from deliberation.sortition.seating import Gathering, plan


def seats_for(
    jurors: Sequence[Juror], tables: int, history: Sequence[Sequence[Sequence[int]]],
    pinned: Mapping[int, Seat], seed: str,
) -> dict[int, int]:
    """Juror's id to the table's number, from 1. Reserves wait and have no seat.

    Errors: SeatingError. Takes a second or two: it is worked out before the command.
    """
    people = [one for one in jurors if not one.reserve]
    ids = tuple(str(one.id) for one in people)
    here = set(ids)
    languages = tuple(one.speaks for one in people)
    past = tuple(
        tuple(tuple(str(one) for one in table if str(one) in here) for table in tables_then)
        for tables_then in history
    )
    gathering = Gathering(
        people=ids, tables=tables, rounds=1,
        # Who speaks Welsh should not be alone among tables of English, nor the other way.
        traits={"speaks": languages} if len(set(languages)) > 1 else {},
        pins={(0, str(juror_id)): seat.table_number - 1
              for juror_id, seat in pinned.items() if str(juror_id) in here},
        history=tuple(tuple(table for table in tables_then if table) for tables_then in past),
    )
    seating = plan(gathering, seed)
    return {
        int(person): number
        for number, table in enumerate(seating.rounds[0], 1)
        for person in table
    }


@dataclass(frozen=True, slots=True)
class Effect:
    """What a seating comes to, to be weighed before it is kept."""

    met: int
    """Pairs who have sat together by the end of the session."""
    new: int
    """Pairs who meet for the first time in it."""
    again: int
    """Pairs who sit together once more."""
    most: int
    """How often the two who sit together most do."""
    largest: int
    smallest: int
    alone: int
    """Tables at which one person is the only one of their language."""


def effect(
    history: Sequence[Sequence[Sequence[int]]], today: Mapping[int, int],
    speaks: Mapping[int, str], tables: int,
) -> Effect:
    """What the seats of one session (juror's id to table) come to after those before it."""
    at: dict[int, list[int]] = {number: [] for number in range(1, tables + 1)}
    for juror, table in sorted(today.items()):
        at.setdefault(table, []).append(juror)
    before = pairs_met(history)
    now = pairs_met([list(at.values())])
    met = before + now
    sizes = [len(one) for one in at.values()]
    return Effect(
        met=len(met), new=sum(1 for pair in now if not before[pair]),
        again=sum(1 for pair in now if before[pair]), most=max(met.values(), default=0),
        largest=max(sizes, default=0), smallest=min(sizes, default=0),
        alone=sum(
            1 for people in at.values()
            if 1 in Counter(speaks.get(one, "") for one in people).values() and len(people) > 1
        ),
    )


def moved(today: Mapping[int, int], juror: int, table: int, other: int | None) -> dict[int, int]:
    """The seats after one person goes to a table, in exchange with another if one is named."""
    after = dict(today)
    if other is not None and other in after and juror in after:
        after[other] = after[juror]
    after[juror] = table if other is None or other not in today else today[other]
    return after
