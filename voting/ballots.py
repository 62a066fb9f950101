"""What a ballot says. The paper and the person are elsewhere; here is only the content.

Each content is frozen and hashable, so that equal ballots group by themselves:
``Counter(ballots)`` is the grouped form which every rule works on. The constructors hold the
invariants that need no contest (nothing twice, no negative points); what needs the contest
(unknown options, too many choices, over the budget) is checked by ``check``.

An empty content is a blank vote: valid, counted as cast, and for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voting.contest import Contest


class BallotError(ValueError):
    """A ballot that cannot stand, as a code with parameters.

    The sentence is written where it is shown, in the reader's language. Codes:
    ``ballot.kind``, ``ballot.unknown``, ``ballot.repeated``, ``ballot.too_many``,
    ``ballot.too_few``, ``ballot.over_budget``, ``ballot.points``, ``ballot.group``,
    ``ballot.area``.
    """

    def __init__(self, code: str, **parameters: object) -> None:
        self.code = code
        self.parameters = parameters
        details = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        super().__init__(f"{code} ({details})" if details else code)


def _refuse_repeats(options: Iterable[str]) -> None:
    seen: set[str] = set()
    for option in options:
        if option in seen:
            raise BallotError("ballot.repeated", option=option)
        seen.add(option)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Options in order of preference, the first preferred most."""

    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse_repeats(self.options)


@dataclass(frozen=True, slots=True)
class Approval:
    """A set of options, kept sorted so that equal ballots are equal values."""

    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse_repeats(self.options)
        object.__setattr__(self, "options", tuple(sorted(self.options)))


@dataclass(frozen=True, slots=True)
class Knapsack:
    """A set of options whose costs together stay within the budget of their purse."""

    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse_repeats(self.options)
        object.__setattr__(self, "options", tuple(sorted(self.options)))


@dataclass(frozen=True, slots=True)
class Points:
    """Points by option (positive integers), kept sorted by option."""

    points: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        _refuse_repeats(option for option, _ in self.points)
        for option, number in self.points:
            if number <= 0:
                raise BallotError("ballot.points", option=option, points=number)
        object.__setattr__(self, "points", tuple(sorted(self.points)))

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(option for option, _ in self.points)


@dataclass(frozen=True, slots=True)
class Marks:
    """A ranked paper as it was marked: the options at rank 1, at rank 2, and so on.

    An empty rank was skipped, a rank with several options is an overvote (``None`` where a
    file says only that there was one), an option may come again. Which of these a rule
    forgives is the rule's business: ``irv`` reads marks by its settings, every other rule
    counts ``ranking()``.
    """

    ranks: tuple[tuple[str, ...] | None, ...] = ()

    def __post_init__(self) -> None:
        ranks = [None if rank is None else tuple(sorted(set(rank))) for rank in self.ranks]
        while ranks and ranks[-1] == ():
            ranks.pop()
        object.__setattr__(self, "ranks", tuple(ranks))

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(option for rank in self.ranks for option in rank or ()))

    def ranking(self) -> Ranking:
        """What is certain: the preferences up to the first skipped or overvoted rank.

        An option marked again adds nothing and its rank is passed over.
        """
        certain: dict[str, None] = {}
        for rank in self.ranks:
            if rank is None or len(rank) != 1:
                break
            certain[rank[0]] = None
        return Ranking(tuple(certain))


Content = Ranking | Approval | Knapsack | Points | Marks

KINDS: dict[str, tuple[type, ...]] = {
    "ranked": (Ranking, Marks),
    "approval": (Approval,),
    "knapsack": (Knapsack,),
    "points": (Points,),
}


def check(content: Content, contest: Contest) -> None:
    """Raise BallotError unless the content may be cast in the contest."""
    if not isinstance(content, KINDS[contest.kind]):
        raise BallotError("ballot.kind", expected=contest.kind)
    for option in content.options:
        if option not in contest.by_id:
            raise BallotError("ballot.unknown", option=option)
    chosen = len(content.options)
    if contest.max_choices is not None and chosen > contest.max_choices:
        raise BallotError("ballot.too_many", chosen=chosen, most=contest.max_choices)
    if chosen and chosen < contest.min_choices:
        raise BallotError("ballot.too_few", chosen=chosen, least=contest.min_choices)
    if isinstance(content, Points) and contest.max_points is not None:
        total = sum(number for _, number in content.points)
        if total > contest.max_points:
            raise BallotError("ballot.points", points=total, most=contest.max_points)
    if isinstance(content, Knapsack):
        spent: dict[str, int] = {}
        for option in content.options:
            area = contest.by_id[option].area
            spent[area] = spent.get(area, 0) + contest.by_id[option].cost
        for area, cost in sorted(spent.items()):
            purse = contest.purse(area)
            if cost > purse:
                raise BallotError("ballot.over_budget", area=area, cost=cost, budget=purse)
    for group in contest.groups:
        inside = [option for option in content.options if option in group.options]
        if group.exclusive_on_ballot and len(inside) > 1:
            raise BallotError("ballot.group", group=group.id, options=tuple(inside))
