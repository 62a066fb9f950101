"""Expanding approvals: supporters pay in proportion to what they have, best ranks first.

The specification stands beside this file (``expanding_approvals.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.methods import _budget
from voting.methods._electorate import Electorate, Integers, candidates_of, electorate
from voting.methods._share_reasons import decimal
from voting.tally import Step, Tally, Tie, Why

VERSION = "expanding-approvals/1"
KINDS = ("ranked",)

FINENESS = 10**6
"""Parts of a minor unit, times the voters, in which money is counted (see ``_Buying.start``)."""

NUMPY_LIMIT = 2**62
"""Sums from here on are left to Python's integers."""


@dataclass
class _Purchase:
    option: int
    rank: int
    supporters_had: int
    members: Integers
    paid: Integers


@dataclass
class _Buying:
    """One purse: what every voter has left and what was bought.

    ``fineness``: fine units in a minor unit. It is a multiple of the number of voters, so
    everybody's share is whole.
    """

    voters: Electorate
    money: Integers
    fineness: int
    purchases: list[_Purchase] = field(default_factory=list)
    ties: list[tuple[int, list[int]]] = field(default_factory=list)

    @classmethod
    def start(cls, voters: Electorate) -> _Buying:
        share = voters.budget * FINENESS
        fits = voters.ballots * share < NUMPY_LIMIT
        money = np.full(len(voters.voters), share, dtype=np.int64 if fits else object)
        return cls(voters, money, voters.ballots * FINENESS)

    def run(self) -> None:
        still_open = set(range(len(self.voters.options)))
        for rank in range(self.voters.rank_count):
            while (option := self._next(sorted(still_open), rank)) is not None:
                self._buy(option, rank)
                still_open -= {option, *self.voters.rivals[option]}

    def _supporters(self, option: int, rank: int) -> Integers:
        ranks = self.voters.ranks[option]
        assert ranks is not None
        return self.voters.members[option][: int(np.searchsorted(ranks, rank, "right"))]

    def _has(self, members: Integers) -> int:
        return int((self.voters.voters[members] * self.money[members]).sum())

    def _next(self, still_open: Sequence[int], rank: int) -> int | None:
        """Whose supporters have most for its cost; None where nobody's have enough."""
        offers: list[tuple[Fraction, int]] = []
        for option in still_open:
            cost = self.voters.options[option].cost * self.fineness
            members = self._supporters(option, rank)
            if not len(members):
                continue
            has = self._has(members)
            if has >= cost:
                offers.append((Fraction(has, cost) if cost else Fraction(-1), option))
        if not offers:
            return None
        free = [option for ratio, option in offers if ratio < 0]
        if free:
            return free[0]
        most = max(ratio for ratio, _ in offers)
        equal = [option for ratio, option in offers if ratio == most]
        if len(equal) > 1:
            self.ties.append((len(self.purchases), equal))
        return equal[0]

    def _buy(self, option: int, rank: int) -> None:
        members = self._supporters(option, rank)
        cost = self.voters.options[option].cost * self.fineness
        has = self._has(members)
        before = self.money[members]
        if cost:
            # Equal amounts shrink equally; Python's integers hold the products exactly. They
            # are rounded up: all roundings together stay below one minor unit, so the budget
            # holds, and nobody misses a project by a rounding.
            amounts, where = np.unique(before, return_inverse=True)
            kept = [-(int(amount) * (cost - has) // has) for amount in amounts]
            after = np.array(kept, dtype=before.dtype)[where]
        else:
            after = before
        self.money[members] = after
        self.purchases.append(_Purchase(option, rank, has, members, before - after))


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count rankings by expanding approvals. Errors: ContestError."""
    if contest.kind != "ranked":
        raise ContestError("contest.kind", kind=contest.kind, needed="ranked")
    _budget.refuse_unknown_settings(contest)
    _budget.refuse_groups_over_areas(contest)
    complete = _budget.one_of(contest, "completion", ("none", "utility", "add1", "add1-utility"))
    support = _budget.listings(contest, groups)
    needed = _budget.support_needed(contest)
    left = _budget.purses(contest)
    steps: list[Step] = []
    ties: list[Tie] = []
    notes: list[Why] = []
    for area, purse in list(left.items()):
        candidates = candidates_of(contest, area, support, needed, lot_order)
        if candidates:
            exclusive = _budget.groups_of(contest)
            voters = electorate(contest, area, candidates, groups, exclusive, "cardinality")
            buying = _Buying.start(voters)
            buying.run()
            story = _Story(voters, buying, support)
            steps += story.steps(complete.endswith("utility"))
            ties += story.ties(steps)
            left[area] = steps[-1].money_left
            share = decimal(Fraction(voters.budget, voters.ballots))
            values = {"area": area, "voters": voters.ballots, "start": share, "end": share}
            notes.append(Why("share", values))
        told = {step.option for step in steps}
        inside = [option for option in contest.options if option.area == area]
        for option in _budget.by_support(inside, support, lot_order):
            why = _budget.refused_at_once(option, support[option.id], needed, purse)
            if why is not None and option.id not in told:
                steps.append(Step(option.id, False, why, left[area]))
    return _budget.tally_of(VERSION, contest, groups, steps, left, support, ties, notes)


@dataclass(frozen=True)
class _Story:
    """Why each option of a purse was bought or not."""

    voters: Electorate
    buying: _Buying
    support: Mapping[str, int]

    def steps(self, complete: bool) -> list[Step]:
        options = self.voters.options
        left = self.voters.budget
        funded: list[int] = []
        steps: list[Step] = []
        for purchase in self.buying.purchases:
            option = options[purchase.option]
            left -= option.cost
            funded.append(purchase.option)
            had = Fraction(purchase.supporters_had, self.buying.fineness)
            why = Why(
                "funded",
                {
                    "votes": self.support[option.id],
                    "cost": option.cost,
                    "money_left": left,
                    "rank": purchase.rank + 1,
                    "payers": int(self.voters.voters[purchase.members].sum()),
                    "supporters_had": int(had),
                    "share_paid": decimal(option.cost / had if had else Fraction(0), 6),
                },
            )
            steps.append(Step(option.id, True, why, left))
        waiting: list[Step] = []
        for place, option in enumerate(options):
            if place in funded:
                continue
            votes = self.support[option.id]
            rival = next((other for other in funded if place in self.voters.rivals[other]), None)
            if rival is not None:
                values = {"by": options[rival].id, "votes": votes, "cost": option.cost}
                waiting.append(Step(option.id, False, Why("group_taken", values), left))
            elif complete and option.cost <= left:
                left -= option.cost
                funded.append(place)
                values = {"votes": votes, "cost": option.cost, "money_left": left}
                steps.append(Step(option.id, True, Why("funded_by_votes", values), left))
            else:
                waiting.append(Step(option.id, False, self._not_bought(place, left), left))
        return steps + [Step(step.option, False, step.why, left) for step in waiting]

    def _not_bought(self, place: int, left: int) -> Why:
        option = self.voters.options[place]
        members = self.voters.members[place]
        fineness = self.buying.fineness
        has = int((self.voters.voters[members] * self.buying.money[members]).sum())
        short = option.cost * fineness - has
        inside = np.zeros(len(self.voters.voters), dtype=bool)
        inside[members] = True
        went_to: dict[str, int] = {}
        for purchase in self.buying.purchases:
            mine = inside[purchase.members]
            paid = purchase.paid[mine] * self.voters.voters[purchase.members[mine]]
            amount = (int(paid.sum()) + fineness // 2) // fineness
            if amount:
                went_to[self.voters.options[purchase.option].id] = amount
        by_amount = sorted(went_to, key=lambda other: -went_to[other])
        share = self.voters.budget * FINENESS
        return Why(
            "no_money",
            {
                "votes": self.support[option.id],
                "cost": option.cost,
                "supporters_left": has // fineness,
                "short": -(-short // fineness),
                "purse_short": max(0, option.cost - left),
                "votes_short": -(-short // share) if share else None,
                "lost_to": tuple(by_amount),
                "went_to": {other: went_to[other] for other in by_amount},
            },
        )

    def ties(self, steps: Sequence[Step]) -> list[Tie]:
        """Equal claims where one of the equals was not funded in the end."""
        funded = {step.option for step in steps if step.funded}
        found = []
        for number, equal in self.buying.ties:
            options = [self.voters.options[place] for place in equal]
            ids = tuple(option.id for option in options)
            if funded.issuperset(ids):
                continue
            settled_by = "lot"
            if self.support[ids[0]] != self.support[ids[1]]:
                settled_by = "votes"
            elif options[0].cost != options[1].cost:
                settled_by = "cost"
            found.append(Tie(ids, number + 1, settled_by, ids[0]))
        return found
