"""People alike in all traits are one type, which makes the programs small.

Where households count, people who share theirs with somebody else in the pool form types of
their own household (a couple alike in all traits is one type), tied by "at most one seat".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.sortition.pool import Pool


@dataclass(frozen=True)
class Types:
    """The pool by type: tuples "by type" have one length and order."""

    members: tuple[tuple[int, ...], ...]  # people by type
    traits: tuple[tuple[int, ...], ...]  # targets by type
    households: tuple[tuple[int, ...], ...]  # types that may hold one seat together
    household_names: tuple[str, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(people) for people in self.members)

    def of_people(self) -> tuple[int, ...]:
        """The type of each person, in the pool's order."""
        found = [0] * sum(len(people) for people in self.members)
        for kind, people in enumerate(self.members):
            for person in people:
                found[person] = kind
        return tuple(found)


def group(pool: Pool, order: Sequence[int] | None = None) -> Types:
    """Sorts the pool into types.

    `order` numbers all people; types and their members then come in that order. A lottery passes
    one of chance, so that no place in the file can favour anybody where the solver meets a tie.
    """
    sharing: dict[str, int] = {}
    for person in pool.people:
        if person.household is not None:
            sharing[person.household] = sharing.get(person.household, 0) + 1
    members: dict[tuple[tuple[int, ...], str | None], list[int]] = {}
    for place in range(len(pool.people)) if order is None else order:
        person = pool.people[place]
        shared = person.household
        if shared is not None and sharing[shared] == 1:
            shared = None
        members.setdefault((person.traits, shared), []).append(place)
    tied: dict[str, list[int]] = {}
    for kind, (_, household) in enumerate(members):
        if household is not None:
            tied.setdefault(household, []).append(kind)
    return Types(
        tuple(tuple(people) for people in members.values()),
        tuple(traits for traits, _ in members),
        tuple(tuple(kinds) for kinds in tied.values()),
        tuple(tied),
    )
