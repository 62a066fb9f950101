"""What a plan of tables must keep to, checked before any planning, and a first plan that does.

A unit is what changes places as a whole: one person, or all present who must sit together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deliberation.sortition.seating import Gathering

Plan = list[list[list[int]]]
"""Rounds of tables of people's indexes."""

MOST_TRIES = 20_000
MOST_PEOPLE = 3_000  # the table of meetings grows with the square


class SeatingError(ValueError):
    """A gathering that cannot be seated, as a code with parameters; ``check`` lists the codes."""

    def __init__(self, code: str, **parameters: object) -> None:
        self.code = code
        self.parameters = parameters
        details = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        super().__init__(f"{code} ({details})" if details else code)


@dataclass(frozen=True)
class Units:
    """By round: the unit of each person, the people free to move, and whether each is.

    ``groups`` are those who sit together, as ids, whoever is present.
    """

    groups: tuple[frozenset[str], ...]
    unit_of: tuple[tuple[tuple[int, ...], ...], ...]
    free: tuple[tuple[int, ...], ...]
    is_free: tuple[tuple[bool, ...], ...]
    table_of: tuple[tuple[int, ...], ...]  # by round and person: where pinned, else -1


def check(gathering: Gathering) -> None:
    """Raise SeatingError for what contradicts itself. Codes, with their parameters:

    ``people.none``; ``people.many`` (people, most); ``people.repeated`` (person);
    ``tables.number`` (tables); ``rounds.number`` (rounds); ``traits.length`` (column);
    ``person.unknown`` (person, where); ``group.small`` (where); ``pin.table`` (person, table,
    tables); ``pin.round`` and ``absent.round`` (person, round, rounds); ``round.few`` (round,
    present, tables); ``apart.together`` (people); ``together.large`` (people, round, seats);
    ``together.pinned`` (people, round); ``apart.pinned`` (people, round); ``pin.full`` (round,
    table, pinned, seats). Planning adds ``together.fit`` (round).
    """
    people = set(gathering.people)
    if not people:
        raise SeatingError("people.none")
    if len(people) > MOST_PEOPLE:
        raise SeatingError("people.many", people=len(people), most=MOST_PEOPLE)
    if len(people) != len(gathering.people):
        repeated = next(p for p in gathering.people if gathering.people.count(p) > 1)
        raise SeatingError("people.repeated", person=repeated)
    if gathering.tables < 1:
        raise SeatingError("tables.number", tables=gathering.tables)
    if gathering.rounds < 1:
        raise SeatingError("rounds.number", rounds=gathering.rounds)
    for column, values in gathering.traits.items():
        if len(values) != len(people):
            raise SeatingError("traits.length", column=column)
    for where in ("together", "apart"):
        for group in getattr(gathering, where):
            if len(group) < 2:
                raise SeatingError("group.small", where=where)
            _known(sorted(group), people, where)
    _known([person for _, person in sorted(gathering.pins)], people, "pin")
    _known([person for _, person in sorted(gathering.absent)], people, "absent")
    for (number, person), table in sorted(gathering.pins.items()):
        if not 0 <= number < gathering.rounds:
            raise SeatingError("pin.round", person=person, round=number, rounds=gathering.rounds)
        if not 0 <= table < gathering.tables:
            raise SeatingError("pin.table", person=person, table=table, tables=gathering.tables)
    for number, person in sorted(gathering.absent):
        if not 0 <= number < gathering.rounds:
            raise SeatingError("absent.round", person=person, round=number, rounds=gathering.rounds)
    units = units_by_round(gathering)
    for together in units.groups:
        for apart in gathering.apart:
            both = sorted(together & apart)
            if len(both) > 1:
                raise SeatingError("apart.together", people=tuple(both))
    for number in range(gathering.rounds):
        _check_round(gathering, units, number)


def _known(persons: list[str], people: set[str], where: str) -> None:
    for person in persons:
        if person not in people:
            raise SeatingError("person.unknown", person=person, where=where)


def _check_round(gathering: Gathering, units: Units, number: int) -> None:
    people = gathering.people
    present = sum((number, person) not in gathering.absent for person in people)
    if present < gathering.tables:
        raise SeatingError("round.few", round=number, present=present, tables=gathering.tables)
    seats = -(-present // gathering.tables)
    for unit in dict.fromkeys(units.unit_of[number]):
        names = tuple(people[person] for person in unit)
        if len(unit) > seats:
            raise SeatingError("together.large", people=names, round=number, seats=seats)
        pins = {gathering.pins[number, name] for name in names if (number, name) in gathering.pins}
        if len(pins) > 1:
            raise SeatingError("together.pinned", people=names, round=number)
    pinned_to = {
        people[person]: table for person, table in enumerate(units.table_of[number]) if table >= 0
    }
    for group in gathering.apart:
        for pair in combinations(sorted(group & pinned_to.keys()), 2):
            if pinned_to[pair[0]] == pinned_to[pair[1]]:
                raise SeatingError("apart.pinned", people=pair, round=number)
    pinned = list(pinned_to.values())
    for table, size in enumerate(table_sizes(gathering, units, number)):
        if pinned.count(table) > size:
            raise SeatingError(
                "pin.full", round=number, table=table, pinned=pinned.count(table), seats=size
            )


def table_sizes(gathering: Gathering, units: Units, number: int) -> list[int]:
    """Seats by table in a round: all alike or one more, the larger where most are pinned."""
    present = sum((number, person) not in gathering.absent for person in gathering.people)
    size, larger = divmod(present, gathering.tables)
    pinned = units.table_of[number]
    order = sorted(range(gathering.tables), key=lambda table: (-pinned.count(table), table))
    sizes = [size] * gathering.tables
    for table in order[:larger]:
        sizes[table] += 1
    return sizes


def units_by_round(gathering: Gathering) -> Units:
    """Who moves with whom, and who not at all. A pin of one holds all who sit with him."""
    index = {person: number for number, person in enumerate(gathering.people)}
    groups: list[set[str]] = []
    for group in gathering.together:
        joined = set(group)
        for overlapping in [known for known in groups if known & joined]:
            joined |= overlapping
            groups.remove(overlapping)
        groups.append(joined)
    unit_of, free, is_free, table_of = [], [], [], []
    for number in range(gathering.rounds):
        here = [(number, person) not in gathering.absent for person in gathering.people]
        units: list[tuple[int, ...]] = [
            (person,) if here[person] else () for person in range(len(here))
        ]
        for joined in groups:
            unit = tuple(sorted(index[name] for name in joined if here[index[name]]))
            for member in unit:
                units[member] = unit
        pins = [-1] * len(here)
        for member, unit in enumerate(units):
            table = gathering.pins.get((number, gathering.people[member]), -1)
            if table >= 0:
                for other in unit:
                    pins[other] = table
        loose = [there and pin < 0 for there, pin in zip(here, pins, strict=True)]
        unit_of.append(tuple(units))
        is_free.append(tuple(loose))
        free.append(tuple(at for at, is_loose in enumerate(loose) if is_loose))
        table_of.append(tuple(pins))
    return Units(
        tuple(frozenset(joined) for joined in groups),
        tuple(unit_of),
        tuple(free),
        tuple(is_free),
        tuple(table_of),
    )


def first_plan(gathering: Gathering, units: Units, random: Random) -> Plan:
    """A plan by chance in which all pins hold and all who sit together do."""
    rounds = []
    for number in range(gathering.rounds):
        tables: list[list[int]] = [[] for _ in range(gathering.tables)]
        room = table_sizes(gathering, units, number)
        for person, table in enumerate(units.table_of[number]):
            if table >= 0:
                tables[table].append(person)
                room[table] -= 1
        unit_of, is_free = units.unit_of[number], units.is_free[number]
        loose = [unit for unit in dict.fromkeys(unit_of) if unit and is_free[unit[0]]]
        groups = sorted((unit for unit in loose if len(unit) > 1), key=lambda unit: -len(unit))
        places = _fit([len(group) for group in groups], room)
        if places is None:
            raise SeatingError("together.fit", round=number)
        for group, table in zip(groups, places, strict=True):
            tables[table].extend(group)
            room[table] -= len(group)
        singles = [unit[0] for unit in loose if len(unit) == 1]
        for last in range(len(singles) - 1, 0, -1):
            other = int(random.random() * (last + 1))
            singles[last], singles[other] = singles[other], singles[last]
        for table, left in enumerate(room):
            for _ in range(left):
                tables[table].append(singles.pop())
        rounds.append(tables)
    return rounds


def _fit(sizes: list[int], room: list[int]) -> list[int] | None:
    """A table for each group (largest first) by trying, the roomiest table first; None if none.

    Tables with equal room are alike, so one of them is tried. Gives up after MOST_TRIES.
    """
    places: list[int] = []
    left = list(room)
    tries = 0

    def seat(group: int) -> bool:
        nonlocal tries
        if group == len(sizes):
            return True
        tried: set[int] = set()
        for table in sorted(range(len(left)), key=lambda table: (-left[table], table)):
            if left[table] < sizes[group] or left[table] in tried or tries > MOST_TRIES:
                continue
            tried.add(left[table])
            tries += 1
            left[table] -= sizes[group]
            places.append(table)
            if seat(group + 1):
                return True
            places.pop()
            left[table] += sizes[group]
        return False

    return places if seat(0) else None
