"""What is voted on: options with their costs and areas, seats or budgets, and the rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

WHOLE = ""
"""The id of the area that is everybody's: the whole town, the city-wide purse."""


class ContestError(ValueError):
    """A contest that cannot be counted, as a code with parameters (see BallotError)."""

    def __init__(self, code: str, **parameters: object) -> None:
        self.code = code
        self.parameters = parameters
        details = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        super().__init__(f"{code} ({details})" if details else code)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. ``cost`` in minor units, 0 where there is no money.

    ``note`` is what stands beside the name on the paper, such as a party.
    """

    id: str
    name: str = ""
    cost: int = 0
    area: str = WHOLE
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Options of which at most one may be funded ("exclusive")."""

    id: str
    options: frozenset[str]
    exclusive_on_ballot: bool = False


@dataclass(frozen=True)
class Contest:
    """Everything about a vote but the ballots.

    ``kind``         ranked, approval, knapsack or points
    ``method``       a name from ``voting.methods`` ("scottish-stv", "greedy", ...)
    ``seats``        how many are to be elected; 0 where a budget decides
    ``budgets``      minor units by area; ``WHOLE`` is the city-wide purse
    ``settings``     the rule's own options by name, JSON values only
    ``max_choices``  most options on a ballot, None without limit
    ``max_points``   most points on a ballot
    ``min_support``  votes (or points) an option needs to be funded at all
    """

    options: tuple[Option, ...]
    kind: str
    method: str
    seats: int = 0
    budgets: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    max_choices: int | None = None
    min_choices: int = 0
    max_points: int | None = None
    min_support: int = 0

    def __post_init__(self) -> None:
        if self.kind not in ("ranked", "approval", "knapsack", "points"):
            raise ContestError("contest.kind", kind=self.kind)
        if len({option.id for option in self.options}) != len(self.options):
            raise ContestError("contest.repeated_option")
        for option in self.options:
            if option.cost < 0:
                raise ContestError("contest.negative_cost", option=option.id)
        if self.seats < 0:
            raise ContestError("contest.negative_seats", seats=self.seats)
        for area, budget in self.budgets.items():
            if budget < 0:
                raise ContestError("contest.negative_budget", area=area)
        object.__setattr__(self, "budgets", MappingProxyType(dict(self.budgets)))
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))

    @cached_property
    def by_id(self) -> Mapping[str, Option]:
        return {option.id: option for option in self.options}

    def purse(self, area: str) -> int:
        """The budget that pays for the options of an area, in minor units."""
        return self.budgets.get(area, 0)
