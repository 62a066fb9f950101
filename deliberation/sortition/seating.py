"""Who sits with whom: tables over several rounds, so that people meet many others.

A panel talks at small tables. Over the rounds everybody should meet as many others as possible
and nobody the same people again and again, while each table holds its share of each trait: with
31 women at 8 tables, 3 or 4 at each. What an organiser fixes is not up for trade: pins (a
facilitator's table, an interpreter), who must sit together and who must not always hold, or
there is no plan and an error says why.

The plan is found by annealing: two people of different tables change places, and the change is
kept if it lowers the cost, or by a chance that falls as the plan cools (Kirkpatrick, Gelatt,
Vecchi, "Optimization by simulated annealing", Science 220, 1983). The number of steps depends
on the size of the gathering alone and never on a clock, so the same input and seed give the
same plan on a slow machine and on a fast one. A step's cost is counted from the two tables
involved, about a microsecond for tables of eight.

Rounds, tables and people are counted from 0 here and from 1 wherever people read them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from deliberation.sortition.seating_rules import (
    Plan,
    SeatingError,
    Units,
    check,
    first_plan,
    units_by_round,
)

__all__ = ["Gathering", "Imbalance", "Seating", "SeatingError", "plan", "steps_for"]

FIRST_MEETING_AGAIN = 2
SECOND_MEETING_AGAIN = 5
LATER_MEETINGS_AGAIN = 2
IMBALANCE = 6
APART = 10_000
HOT, COLD, FROZEN = 3.0, 0.15, 0.01
FROZEN_PART = 0.95


@dataclass(frozen=True)
class Gathering:
    """Who comes, and what their seats must keep to.

    ``traits``    column -> value by person, in the order of ``people``
    ``together``  groups who share a table in every round; groups with a member in common join
    ``apart``     groups of whom no two share a table in any round
    ``pins``      (round, person) -> table
    ``absent``    (round, person)
    ``history``   rounds that have happened: tables of ids. People who have left may be in it
    """

    people: tuple[str, ...]
    tables: int
    rounds: int
    traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: tuple[frozenset[str], ...] = ()
    apart: tuple[frozenset[str], ...] = ()
    pins: Mapping[tuple[int, str], int] = field(default_factory=dict)
    absent: frozenset[tuple[int, str]] = frozenset()
    history: tuple[tuple[tuple[str, ...], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A table with fewer or more people of one value than its share, rounded down or up."""

    round: int
    table: int
    column: str
    value: str
    seated: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Seating:
    """The plan. Pairs count the rounds of the history too.

    ``rounds``         a round is a tuple of tables, a table a tuple of ids
    ``distinct_pairs`` pairs who have sat together at least once by the end
    ``possible_pairs`` pairs who could: not kept apart, and present together at least once
    ``most_meetings``  the most often that any two who need not sit together do
    """

    rounds: tuple[tuple[tuple[str, ...], ...], ...]
    distinct_pairs: int
    possible_pairs: int
    most_meetings: int
    imbalances: tuple[Imbalance, ...]


def steps_for(people: int, rounds: int) -> int:
    """Steps of annealing: 4,000 for each seat to fill, within bounds that keep it to seconds."""
    return min(6_000_000, max(300_000, 4_000 * people * rounds))


def plan(gathering: Gathering, seed: str = "1", steps: int | None = None) -> Seating:
    """Plan the rounds. The same gathering, seed and steps give the same plan.

    ``steps``: None for ``steps_for``. Errors: SeatingError, whose codes ``check`` lists, and
    ``apart.impossible`` (round, people) where no plan was found that keeps people apart.
    """
    check(gathering)
    random = Random(seed)
    units = units_by_round(gathering)
    start = first_plan(gathering, units, random)
    if steps is None:
        steps = steps_for(len(gathering.people), gathering.rounds)
    room = _Room(gathering, start)
    _anneal(room, units, random, steps)
    return _seating(gathering, room.seats)


class _Room:
    """The plan in the making, with all counts that make a step cheap. People are indexes."""

    def __init__(self, gathering: Gathering, start: Plan) -> None:
        people = gathering.people
        index = {person: number for number, person in enumerate(people)}
        self.seats = start
        self.tables = gathering.tables
        self.meetings = [[0] * len(people) for _ in people]
        for past in gathering.history:
            for table in past:
                self._count([index[person] for person in table if person in index])
        self.table_of = [[-1] * len(people) for _ in start]
        for number, tables in enumerate(start):
            for at, seated in enumerate(tables):
                self._count(seated)
                for one in seated:
                    self.table_of[number][one] = at
        # Pairs kept apart count as having met very often already: one rule serves both.
        usual = len(start) + len(gathering.history)
        for pair in _pairs(gathering.apart):
            a, b = (index[person] for person in pair)
            self.meetings[a][b] = self.meetings[b][a] = usual + 1 + self.meetings[a][b]
        #: cost of one more meeting, by the meetings so far; convex, so that repeats spread out.
        self.again = [
            0,
            FIRST_MEETING_AGAIN,
            *(SECOND_MEETING_AGAIN + LATER_MEETINGS_AGAIN * more for more in range(usual)),
        ][: usual + 1] + [APART] * (2 * usual + 2)
        #: the same by the meetings before one ends; entry 0 serves a person and himself.
        self.ended = [0, *self.again]
        self.values: list[tuple[int, ...]] = [() for _ in people]
        self._count_traits(gathering)

    def _count(self, table: Sequence[int]) -> None:
        for a in table:
            for b in table:
                if a != b:
                    self.meetings[a][b] += 1

    def _count_traits(self, gathering: Gathering) -> None:
        """Number all values of all traits; by round and table, how many of each sit there.

        ``more[round][value][k]`` is the cost of one more person of the value at a table that
        has k of them, ``less`` of one fewer.
        """
        codes: dict[tuple[str, str], int] = {}
        for column, values in gathering.traits.items():
            for person, value in enumerate(values):
                code = codes.setdefault((column, value), len(codes))
                self.values[person] = (*self.values[person], code)
        self.seated: list[list[list[int]]] = []
        self.more: list[list[list[int]]] = []
        self.less: list[list[list[int]]] = []
        for tables in self.seats:
            seated = [[0] * len(codes) for _ in tables]
            for at, table in enumerate(tables):
                for person in table:
                    for code in self.values[person]:
                        seated[at][code] += 1
            longest = max(len(table) for table in tables) + 2
            more, less = [], []
            for code in range(len(codes)):
                total = sum(counts[code] for counts in seated)
                cost = [_imbalance(k, total, self.tables) for k in range(longest + 1)]
                more.append([cost[k + 1] - cost[k] for k in range(longest)])
                less.append([0] + [cost[k - 1] - cost[k] for k in range(1, longest)])
            self.seated.append(seated)
            self.more.append(more)
            self.less.append(less)

    def change(self, number: int, a: int, b: int) -> int:
        """What it would cost if persons a and b of different tables changed places."""
        table_of = self.table_of[number]
        table_a, table_b = table_of[a], table_of[b]
        met_a, met_b = self.meetings[a], self.meetings[b]
        again, ended = self.again, self.ended
        cost = -2 * again[met_a[b]]  # the sums below seat each also beside the other, who leaves
        for other in self.seats[number][table_b]:
            cost += again[met_a[other]] - ended[met_b[other]]
        for other in self.seats[number][table_a]:
            cost += again[met_b[other]] - ended[met_a[other]]
        values_a, values_b = self.values[a], self.values[b]
        if values_a != values_b:
            more, less = self.more[number], self.less[number]
            seated_a, seated_b = self.seated[number][table_a], self.seated[number][table_b]
            for x, y in zip(values_a, values_b, strict=True):
                if x != y:
                    cost += less[x][seated_a[x]] + more[y][seated_a[y]]
                    cost += more[x][seated_b[x]] + less[y][seated_b[y]]
        return cost

    def swap(self, number: int, a: int, b: int) -> None:
        """Persons a and b of different tables change places."""
        table_of, meetings = self.table_of[number], self.meetings
        table_a, table_b = table_of[a], table_of[b]
        met_a, met_b = meetings[a], meetings[b]
        beside_a, beside_b = self.seats[number][table_a], self.seats[number][table_b]
        beside_a.remove(a)
        beside_b.remove(b)
        for other in beside_a:
            met_a[other] -= 1
            meetings[other][a] -= 1
            met_b[other] += 1
            meetings[other][b] += 1
        for other in beside_b:
            met_b[other] -= 1
            meetings[other][b] -= 1
            met_a[other] += 1
            meetings[other][a] += 1
        beside_a.append(b)
        beside_b.append(a)
        table_of[a], table_of[b] = table_b, table_a
        seated_a, seated_b = self.seated[number][table_a], self.seated[number][table_b]
        for x, y in zip(self.values[a], self.values[b], strict=True):
            seated_a[x] -= 1
            seated_b[x] += 1
            seated_a[y] += 1
            seated_b[y] -= 1

    def cost(self) -> int:
        """The whole cost, counted afresh: what the sum of all changes must equal (for tests)."""
        total = 0
        for a, b in combinations(range(len(self.meetings)), 2):
            total += sum(self.again[: self.meetings[a][b]])
        for seated in self.seated:
            for code in range(len(seated[0])):
                whole = sum(counts[code] for counts in seated)
                total += sum(_imbalance(counts[code], whole, self.tables) for counts in seated)
        return total


def _pairs(groups: Iterable[Iterable[str]]) -> set[frozenset[str]]:
    """All pairs of people within a group."""
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}


def _share(total: int, tables: int) -> tuple[int, int]:
    """The least and most people of a value that a table should hold."""
    return total // tables, -(-total // tables)


def _imbalance(seated: int, total: int, tables: int) -> int:
    least, most = _share(total, tables)
    return IMBALANCE * max(0, least - seated, seated - most)


def _anneal(room: _Room, units: Units, random: Random, steps: int) -> None:
    """Change places ``steps`` times or keep them, ever more strictly.

    Only units change places (a person, or all who sit together); pinned ones are not among them.
    """
    rounds = [number for number, free in enumerate(units.free) if len(free) > 1]
    if not rounds or room.tables < 2:
        return
    chance, log = random.random, math.log
    free_by_round, unit_by_round, table_of = units.free, units.unit_of, room.table_of
    heat = HOT
    for step in range(steps):
        if step % 1000 == 0:
            done = step / (steps * FROZEN_PART)
            heat = HOT * (COLD / HOT) ** done if done < 1 else FROZEN
        number = rounds[int(chance() * len(rounds))]
        free = free_by_round[number]
        a, b = free[int(chance() * len(free))], free[int(chance() * len(free))]
        if table_of[number][a] == table_of[number][b]:
            continue
        allowed = -heat * log(1.0 - chance())
        unit_of = unit_by_round[number]
        if len(unit_of[a]) == 1 == len(unit_of[b]):
            if room.change(number, a, b) <= allowed:
                room.swap(number, a, b)
            continue
        pairs = _exchange(room, units, number, a, b, random)
        cost = 0
        for done_pairs, (x, y) in enumerate(pairs):
            cost += room.change(number, x, y)
            room.swap(number, x, y)
            if done_pairs == len(pairs) - 1 and cost > allowed:
                for back, forth in reversed(pairs):
                    room.swap(number, back, forth)


def _exchange(
    room: _Room, units: Units, number: int, a: int, b: int, random: Random
) -> list[tuple[int, int]]:
    """Pairs to swap so that a's unit and b's change tables; the smaller brings single people.

    Empty if its table has too few single people who are free.
    """
    unit_of = units.unit_of[number]
    small, large = sorted((unit_of[a], unit_of[b]), key=len)
    singles = [
        person
        for person in room.seats[number][room.table_of[number][small[0]]]
        if person not in small and len(unit_of[person]) == 1 and units.is_free[number][person]
    ]
    missing = len(large) - len(small)
    if len(singles) < missing:
        return []
    brought = list(small)
    for _ in range(missing):
        brought.append(singles.pop(int(random.random() * len(singles))))
    return list(zip(brought, large, strict=True))


def _seating(gathering: Gathering, seats: Plan) -> Seating:
    """Turn indexes into ids and count, from the plan alone, what it is worth."""
    people = gathering.people
    rounds = tuple(
        tuple(tuple(people[person] for person in sorted(table)) for table in tables)
        for tables in seats
    )
    here = set(people)
    meetings = Counter(
        frozenset(pair)
        for tables in (*gathering.history, *rounds)
        for table in tables
        for pair in combinations([person for person in table if person in here], 2)
    )
    apart = _pairs(gathering.apart)
    for number, tables in enumerate(rounds):
        for table in tables:
            for pair in combinations(table, 2):
                if frozenset(pair) in apart:
                    raise SeatingError("apart.impossible", round=number, people=pair)
    together = _pairs(units_by_round(gathering).groups)
    return Seating(
        rounds=rounds,
        distinct_pairs=len(meetings),
        possible_pairs=_possible_pairs(gathering, meetings.keys(), apart),
        most_meetings=max((n for pair, n in meetings.items() if pair not in together), default=0),
        imbalances=_imbalances(gathering, rounds),
    )


def _possible_pairs(
    gathering: Gathering, met: Collection[frozenset[str]], apart: Collection[frozenset[str]]
) -> int:
    """Pairs present together in a round and not kept apart, and those who have met already."""
    present = {
        person: sum(
            1 << number
            for number in range(gathering.rounds)
            if (number, person) not in gathering.absent
        )
        for person in gathering.people
    }

    def overlap(pair: Iterable[str]) -> bool:
        a, b = pair
        return present[a] & present[b] != 0

    possible = sum(map(overlap, combinations(gathering.people, 2)))
    possible -= sum(overlap(pair) and pair not in met for pair in apart)
    return possible + sum(not overlap(pair) for pair in met)


def _imbalances(
    gathering: Gathering, rounds: tuple[tuple[tuple[str, ...], ...], ...]
) -> tuple[Imbalance, ...]:
    found = []
    for number, tables in enumerate(rounds):
        for column, values in gathering.traits.items():
            value_of = dict(zip(gathering.people, values, strict=True))
            present = [value_of[person] for table in tables for person in table]
            for value in sorted(set(values)):
                least, most = _share(present.count(value), gathering.tables)
                for at, table in enumerate(tables):
                    seated = sum(value_of[person] == value for person in table)
                    if not least <= seated <= most:
                        found.append(Imbalance(number, at, column, value, seated, least, most))
    return tuple(found)
