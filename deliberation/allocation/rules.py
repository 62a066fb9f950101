"""Projects go to tables by a published seed: nobody too close sits there, areas and costs are
spread, and every table has as many as the next. Pure: the same seed gives the same tables."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST_AT_TABLE = 4
"""A table with fewer people than that is offered to be put together with another."""
BANDS = 3


@dataclass(frozen=True, slots=True)
class Given:
    """A project, as this knows it."""

    number: int
    area: int
    cost: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a project goes: its place in the order, who tests it in which session, who checks."""

    number: int
    place: int
    session: int
    tests: int
    checks: int


class AllocationError(ValueError):
    """A code with parameters."""

    def __init__(self, code: str, **parameters: object) -> None:
        self.code, self.parameters = code, parameters
        super().__init__(f"{code} {parameters}")


def lot(seed: str, label: str, number: int) -> str:
    """What orders by lot: a hash of the published seed and the number."""
    return hashlib.sha256(f"{seed}:{label}:{number}".encode()).hexdigest()


def in_order(seed: str, numbers: Iterable[int]) -> list[int]:
    return sorted(numbers, key=lambda one: lot(seed, "order", one))


def drawn(seed: str, reserves: Iterable[int]) -> int | None:
    """The reserve who takes a seat, by juror's number; None where there is none."""
    return min(reserves, key=lambda one: lot(seed, "reserve", one), default=None)


def allocate(
    projects: Sequence[Given], slots: Mapping[int, int], tables: int, check_session: int,
    barred: Mapping[tuple[int, int], frozenset[int]], seed: str,
) -> list[Placed]:
    """Every project with the table that tests it and another that checks it.

    ``slots``: how many projects a table tests, by session; what is more goes to the last.
    ``barred``: by session and project, the tables at which somebody is too close to it.
    Errors: AllocationError.
    """
    if tables < 2:
        raise AllocationError("allocation.tables")
    if not any(slots.values()):
        raise AllocationError("allocation.no_slots")
    by_number = {one.number: one for one in projects}
    order = in_order(seed, by_number)
    sessions = [number for number, many in sorted(slots.items()) if many]
    tests: dict[int, int] = {}
    session_of: dict[int, int] = {}
    left = list(order)
    for session in sessions:
        many = len(left) if session == sessions[-1] else slots[session] * tables
        part, left = left[:many], left[many:]
        session_of |= dict.fromkeys(part, session)
        tests |= spread(
            [by_number[one] for one in part], tables,
            {one: barred.get((session, one), frozenset()) for one in part}, f"{seed}:{session}",
        )
    checks = spread(
        projects, tables,
        {one: barred.get((check_session, one), frozenset()) | {tests[one]} for one in by_number},
        f"{seed}:check",
    )
    return [
        Placed(one, place, session_of[one], tests[one], checks[one])
        for place, one in enumerate(order, 1)
    ]


def spread(
    projects: Sequence[Given], tables: int, barred: Mapping[int, frozenset[int]], seed: str
) -> dict[int, int]:
    """A table for each project, none that is barred: first so that all fit, then by exchanges
    until areas and costs (in three bands) cannot be spread better. Errors: AllocationError."""
    order = sorted(projects, key=lambda one: lot(seed, "table", one.number))
    most = -(-len(order) // tables) if order else 0
    at: dict[int, int] = {}
    for one in order:
        if not _fit(one.number, at, barred, tables, most, seed, set()):
            raise AllocationError("allocation.too_close", project=one.number)
    cheap = sorted(order, key=lambda one: (one.cost, one.number))
    band = {one.number: place * BANDS // len(order) for place, one in enumerate(cheap)}
    area = {one.number: one.area for one in order}

    def uneven() -> int:
        whole: Counter[tuple[str, int, int]] = Counter()
        for number, table in at.items():
            whole["size", table, 0] += 1
            whole["area", table, area[number]] += 1
            whole["band", table, band[number]] += 1
        return sum((1000 if key[0] == "size" else 1) * many * many for key, many in whole.items())

    best, better = uneven(), True
    numbers = [one.number for one in order]
    while better:
        better = False
        for place, first in enumerate(numbers):
            for other in numbers[place + 1:]:
                mine, theirs = at[first], at[other]
                if mine == theirs or theirs in barred[first] or mine in barred[other]:
                    continue
                at[first], at[other] = theirs, mine
                if (found := uneven()) < best:
                    best, better = found, True
                else:
                    at[first], at[other] = mine, theirs
            for table in range(1, tables + 1):
                mine = at[first]
                if table == mine or table in barred[first]:
                    continue
                at[first] = table
                if (found := uneven()) < best:
                    best, better = found, True
                else:
                    at[first] = mine
    return at


def _fit(
    number: int, at: dict[int, int], barred: Mapping[int, frozenset[int]], tables: int, most: int,
    seed: str, tried: set[int],
) -> bool:
    """Give a project a table, moving others where all of its tables are full."""
    order = sorted(range(1, tables + 1), key=lambda one: lot(seed, f"t{number}", one))
    order.sort(key=lambda one: sum(1 for table in at.values() if table == one))
    for table in order:
        if table in barred[number] or table in tried:
            continue
        tried.add(table)
        sitting = [one for one, where in at.items() if where == table]
        if len(sitting) < most:
            at[number] = table
            return True
        for one in sitting:
            if _fit(one, at, barred, tables, most, seed, tried):
                at[number] = table
                return True
    return False
