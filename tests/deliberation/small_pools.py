"""Pools small enough that every panel can be listed, and ways to check a lottery against them."""

from collections.abc import Iterator
from itertools import combinations

from deliberation.sortition.lottery import Lottery
from deliberation.sortition.pool import Person, Pool
from deliberation.sortition.targets import Target, Targets, tally


def targets_of(**categories: dict[str, tuple[int, int]]) -> Targets:
    """targets_of(age={"young": (1, 2), "old": (1, 2)})"""
    return Targets(
        tuple(
            Target(category, value, low, high)
            for category, values in categories.items()
            for value, (low, high) in values.items()
        )
    )


def pool_of(targets: Targets, *rows: str, households: dict[int, str] | None = None) -> Pool:
    """One person a row, "female young"; ids p0, p1, ...; households by place."""
    place = {row.value: at for at, row in enumerate(targets.rows)}
    return Pool(
        tuple(
            Person(
                f"p{at}",
                tuple(place[value] for value in row.split()),
                (households or {}).get(at),
            )
            for at, row in enumerate(rows)
        )
    )


def legal(pool: Pool, targets: Targets, seats: int, panel: tuple[int, ...]) -> bool:
    """Whether these people may be the panel, said as plainly as possible."""
    people = [pool.people[at] for at in panel]
    if len(set(panel)) != seats or len(panel) != seats:
        return False
    homes = [person.household for person in people if person.household is not None]
    if len(homes) != len(set(homes)):
        return False
    counts = tally(targets, [person.traits for person in people])
    return all(
        row.minimum <= count <= row.maximum for row, count in zip(targets.rows, counts, strict=True)
    )


def every_panel(pool: Pool, targets: Targets, seats: int) -> Iterator[tuple[int, ...]]:
    for panel in combinations(range(len(pool.people)), seats):
        if legal(pool, targets, seats, panel):
            yield panel


def check(held: Lottery, pool: Pool, targets: Targets) -> None:
    """What is true of every lottery."""
    assert held.ids == pool.ids
    for panel in held.panels:
        assert panel == tuple(sorted(panel))
        assert legal(pool, targets, held.seats, panel)
    assert sum(held.counts) == held.seats * len(held.panels)
    assert all(held.counts[person] == 0 for person in held.zero_chance)
    assert held.lowest <= held.bound
    # People of one type are dealt in turn: their numbers of panels differ by one at most.
    by_type: dict[int, list[int]] = {}
    for kind, count in zip(held.type_of, held.counts, strict=True):
        by_type.setdefault(kind, []).append(count)
    assert all(max(counts) - min(counts) <= 1 for counts in by_type.values())
