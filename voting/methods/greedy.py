"""Greedy: the projects with most votes are funded while the money lasts.

The specification with its variants stands beside this file (``greedy.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from voting.ballots import Content
from voting.contest import WHOLE, Contest, Group, Option
from voting.methods import _budget
from voting.tally import Step, Tally, Why

VERSION = "greedy/1"
KINDS = ("approval", "knapsack", "points", "ranked")


@dataclass(slots=True)
class _Purse:
    """The money of one area while it is given out; ``stopped_at`` ends the giving."""

    budget: int
    left: int
    stopped_at: str = ""


@dataclass(frozen=True, slots=True)
class _Decision:
    """One option's turn: what its purse held just before, and what became of it."""

    option: Option
    left_before: int
    open_before: bool
    why: Why
    paid: int = 0


@dataclass
class _Giving:
    """The rule's variant and its running state."""

    contest: Contest
    support: Mapping[str, int]
    needed: int
    exclusive: Mapping[str, tuple[Group, ...]]
    skip: bool
    part_percent: int
    purses: dict[str, _Purse]
    funded: list[str] = field(default_factory=list)

    def decide(self, option: Option) -> _Decision:
        """Fund the option or say why not; changes the purse and ``funded``."""
        purse = self.purses[option.area]
        before, was_open = purse.left, not purse.stopped_at
        votes = self.support[option.id]
        why = _budget.refused_at_once(option, votes, self.needed, purse.budget)
        rival = _budget.taken_by(option.id, self.exclusive, self.funded)
        paid = 0
        if why is not None:
            pass  # Dearer than its whole purse, it could never be funded: it stops nobody.
        elif rival:
            why = Why("group_taken", {"by": rival, "votes": votes, "cost": option.cost})
        elif not was_open:
            why = Why("after_stop", {"stopped_at": purse.stopped_at, "votes": votes})
        elif option.cost <= before:
            paid = option.cost
            why = Why("funded", {"votes": votes, "cost": paid, "money_left": before - paid})
        elif self.part_percent and before * 100 >= self.part_percent * option.cost:
            paid = before
            missing = option.cost - paid
            why = Why(
                "part_funded",
                {"votes": votes, "cost": option.cost, "paid": paid, "missing": missing},
            )
            purse.stopped_at = option.id
        else:
            short = option.cost - before
            why = Why("no_money", {"votes": votes, "cost": option.cost, "short": short})
            if not self.skip or self.part_percent:
                purse.stopped_at = option.id
        purse.left -= paid
        if why.code in ("funded", "part_funded"):
            self.funded.append(option.id)
        return _Decision(option, before, was_open, why, paid)


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count by the greedy rule. Errors: ContestError, also for rankings without points."""
    _budget.refuse_unknown_settings(contest)
    support = _budget.supports(contest, groups)
    giving = _Giving(
        contest,
        support,
        needed=_budget.support_needed(contest),
        exclusive=_budget.groups_of(contest),
        skip=_budget.yes_or_no(contest, "skip", True),
        part_percent=_budget.whole_number(contest, "part_funding_percent", 0),
        purses={area: _Purse(money, money) for area, money in _budget.purses(contest).items()},
    )
    order = _budget.by_support(contest.options, support, lot_order)
    pass_on = _budget.one_of(contest, "leftover", ("keep", "whole")) == "whole"
    if pass_on:
        order.sort(key=lambda option: option.area == WHOLE)

    decisions: list[_Decision] = []
    for option in order:
        if pass_on and option.area == WHOLE:
            _hand_over(giving.purses)
            pass_on = False
        decisions.append(giving.decide(option))

    rank = _Rank(support, _budget.lot_places(lot_order))
    steps = tuple(
        Step(
            decision.option.id,
            decision.why.code in ("funded", "part_funded"),
            _with_rivals(place, decisions, rank, giving.exclusive),
            decision.left_before - decision.paid,
        )
        for place, decision in enumerate(decisions)
    )
    return _budget.tally_of(
        VERSION,
        contest,
        groups,
        steps,
        left={area: purse.left for area, purse in giving.purses.items()},
        support=support,
        ties=_budget.ties_that_mattered(order, support, giving.funded, giving.needed),
        cost=sum(decision.paid for decision in decisions),
    )


def _hand_over(purses: dict[str, _Purse]) -> None:
    """Move what the areas did not use to the whole town's purse."""
    whole = purses[WHOLE]
    for area, purse in purses.items():
        if area != WHOLE:
            whole.left += purse.left
            whole.budget += purse.left
            purse.left = 0


@dataclass(frozen=True, slots=True)
class _Rank:
    """Where an option stands for a number of votes."""

    support: Mapping[str, int]
    place: Mapping[str, int]

    def votes_to_pass(self, option: Option, other: Option) -> int:
        """Votes at which ``option`` stands before ``other``, who keeps his."""
        wins_tie = (option.cost, self.place[option.id]) < (other.cost, self.place[other.id])
        return self.support[other.id] + (0 if wins_tie else 1)


def _with_rivals(
    place: int,
    decisions: Sequence[_Decision],
    rank: _Rank,
    exclusive: Mapping[str, tuple[Group, ...]],
) -> Why:
    """The reason, and for want of money also what would have helped.

    ``votes_short``: how many more votes, all else equal, would have brought the option to a
    place where its purse still held its cost. ``lost_to``: the options that were funded from
    that purse between there and its own place.
    """
    decision = decisions[place]
    why, option = decision.why, decision.option
    if why.code not in ("no_money", "after_stop"):
        return why
    lost_to: list[str] = []
    rivals = {rival for group in exclusive[option.id] for rival in group.options}
    for earlier in reversed(decisions[:place]):
        if earlier.option.area != option.area:
            continue
        if earlier.paid and earlier.option.id not in rivals:
            lost_to.insert(0, earlier.option.id)
        if earlier.open_before and earlier.left_before >= option.cost:
            votes = rank.votes_to_pass(option, earlier.option)
            return Why(
                why.code,
                {
                    **why.parameters,
                    "votes_short": votes - rank.support[option.id],
                    "lost_to": tuple(lost_to),
                },
            )
    raise AssertionError("an option within its purse would have been funded in the first place")
