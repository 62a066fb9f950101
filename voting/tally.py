"""What a count gives: plain frozen data, each decision with its why.

A tally serialises to JSON (``to_json``) with nothing lost: votes are integers or fractions,
printed as decimal strings or as "p/q". Templates turn ``Why`` codes into sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

Votes = int | Fraction


@dataclass(frozen=True, slots=True)
class Tie:
    """Options that stood equal, and what settled it: "earlier_stage", "cost" or "lot".

    ``decision``  what was decided: "surplus" (whose moves first), "exclusion" or "election"
    ``earlier``   the stage at which they had differed, where that settled it
    """

    options: tuple[str, ...]
    stage: int
    settled_by: str
    chosen: str
    decision: str = ""
    earlier: int | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """The reason for one decision: a code with parameters, JSON values only.

    For a budget: ``funded``, ``no_money`` (short: minor units missing, votes_short: ballots
    that would have paid or lifted it, lost_to: options), ``below_threshold`` (votes, needed),
    ``no_votes``, ``group_taken`` (by), ``after_stop`` (greedy without skipping stopped at ...),
    ``too_dear`` (cost over the whole purse). A rule may add codes of its own; its
    specification lists them.

    For ranked choice, votes as decimal strings: ``elected`` (stage, votes, quota, first: first
    preferences, by: "quota" or "last_seats", margin: votes over the best option not elected
    at that moment, next: that option), ``excluded`` (stage, votes, first, margin: votes
    that it was short of the next option, next) and ``not_elected`` (still standing when the
    last seat was filled; the same parameters as ``excluded``).
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

    ``action``    "first_preferences", "surplus" or "exclusion"
    ``options``   whose surplus moved, or who was excluded
    ``totals``    by option, after this stage
    ``elected`` / ``excluded``  newly, in order
    ``nontransferable`` / ``lost_by_fraction``  votes so far that are for nobody any more, and
    votes so far lost to truncation: totals and these two add up to the valid ballots
    ``exhausted``  the nontransferable votes by reason, where a rule tells reasons apart
    ``threshold``  what was needed at this stage, where it changes from stage to stage
    """

    number: int
    action: str
    options: tuple[str, ...]
    totals: Mapping[str, Votes]
    transfers: Sequence[Transfer] = ()
    nontransferable: Votes = 0
    lost_by_fraction: Votes = 0
    elected: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    transfer_value: Votes | None = None
    exhausted: Mapping[str, Votes] = field(default_factory=dict)
    threshold: Votes | None = None


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

    def to_dict(self) -> dict[str, object]:
        """The tally as JSON values (see ``voting.tally_json``)."""
        from voting.tally_json import to_dict

        return to_dict(self)

    def to_json(self) -> str:
        """The tally as JSON: the same count gives the same bytes."""
        from voting.tally_json import to_json

        return to_json(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Tally:
        """The tally again from what ``to_dict`` gave."""
        from voting.tally_json import from_dict

        return from_dict(data)
