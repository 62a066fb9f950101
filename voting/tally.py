"""What a count gives: plain frozen data, each decision with its why.

A tally serialises to JSON (``to_json``) with nothing lost: votes are integers or fractions,
printed as decimal strings or as "p/q". Templates turn ``Why`` codes into sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

Votes = int | Fraction


@dataclass(frozen=True, slots=True)
class Tie:
    """Options that stood equal, and what settled it: "earlier_stage", "cost" or "lot"."""

    options: tuple[str, ...]
    stage: int
    settled_by: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Why:
    """The reason for one decision: a code with parameters, JSON values only.

    For a budget: ``funded``, ``no_money`` (short: minor units missing, votes_short: ballots
    that would have paid or lifted it, lost_to: options), ``below_threshold`` (votes, needed),
    ``no_votes``, ``group_taken`` (by), ``after_stop`` (greedy without skipping stopped at ...),
    ``too_dear`` (cost over the whole purse). A rule may add codes of its own; its
    specification lists them.
    """

    code: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Papers that moved in a stage. ``target`` None is not transferable."""

    source: str
    target: str | None
    votes: Votes


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a ranked count.

    ``action``    "first_preferences", "surplus" or "exclusion" ("close": the last seats)
    ``options``   whose surplus moved, or who was excluded
    ``totals``    by option, after this stage
    ``elected`` / ``excluded``  newly, in order
    ``lost_by_fraction``  votes lost to truncation so far
    """

    number: int
    action: str
    options: tuple[str, ...]
    totals: Mapping[str, Votes]
    transfers: tuple[Transfer, ...] = ()
    nontransferable: Votes = 0
    lost_by_fraction: Votes = 0
    elected: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    transfer_value: Votes | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One decision of a budget rule, in the rule's own order.

    ``money_left`` is that of the purse it was paid from, after the step, in minor units.
    ``details`` holds figures of the rule (price per vote, who paid what by group, ...).
    """

    option: str
    funded: bool
    why: Why
    money_left: int
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Money: what was funded, in the rule's order, and what was left by area."""

    selected: tuple[str, ...]
    cost: int
    left: Mapping[str, int]
    steps: tuple[Step, ...]
    support: Mapping[str, Votes]


@dataclass(frozen=True)
class Tally:
    """The outcome of a count.

    ``method`` names rule and version ("scottish-stv/1"). ``ballots`` = valid + blank + invalid.
    ``why`` has an entry for every option. ``stages`` for ranked choice, ``allocation`` for
    budgets; a rule on ranked ballots under a budget has both.
    """

    method: str
    ballots: int
    valid: int
    blank: int
    invalid: int
    why: Mapping[str, Why]
    seats: int = 0
    quota: Votes | None = None
    elected: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    ties: tuple[Tie, ...] = ()
    allocation: Allocation | None = None
    notes: tuple[Why, ...] = ()
