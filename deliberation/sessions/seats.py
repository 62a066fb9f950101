"""Seats for a session by the seating library: new tables each time, pins and history kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deliberation.panels.models import Juror
from deliberation.sessions.models import Seat
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
