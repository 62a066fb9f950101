"""Sequential Phragmén: each project's cost is spread as evenly as possible over its voters.

The specification stands beside this file (``phragmen.md``).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.methods import _budget
from voting.methods._electorate import Electorate, candidates_of, electorate
from voting.methods._share_reasons import decimal
from voting.tally import Step, Tally, Tie, Why

VERSION = "phragmen/1"
KINDS = ("approval", "knapsack")


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count by sequential Phragmén. Errors: ContestError, also for points and rankings."""
    if contest.kind not in KINDS:
        raise ContestError("contest.kind", kind=contest.kind, needed="approval")
    _budget.refuse_unknown_settings(contest)
    _budget.refuse_groups_over_areas(contest)
    skip = _budget.yes_or_no(contest, "skip", False)
    support = _budget.supports(contest, groups)
    needed = _budget.support_needed(contest)
    exclusive = _budget.groups_of(contest)
    left = _budget.purses(contest)
    steps: list[Step] = []
    ties: list[Tie] = []
    for area, purse in list(left.items()):
        candidates = candidates_of(contest, area, support, needed, lot_order)
        if candidates:
            voters = electorate(contest, area, candidates, groups, exclusive, "cardinality")
            spread = _Spread(voters, support, skip)
            steps += spread.run()
            ties += spread.ties()
            left[area] = spread.left
        told = {step.option for step in steps}
        inside = [option for option in contest.options if option.area == area]
        for option in _budget.by_support(inside, support, lot_order):
            why = _budget.refused_at_once(option, support[option.id], needed, purse)
            if why is not None and option.id not in told:
                steps.append(Step(option.id, False, why, left[area]))
    return _budget.tally_of(VERSION, contest, groups, steps, left, support, ties)


class _Spread:
    """One purse. A voter's load is that of the last purchase he took part in, so the sum over
    many voters has as many terms as there were purchases, each with a whole-number factor."""

    def __init__(self, voters: Electorate, support: Mapping[str, int], skip: bool) -> None:
        self.voters = voters
        self.support = support
        self.skip = skip
        self.left = voters.budget
        self._loads: list[Fraction] = [Fraction(0)]
        self._last = np.zeros(len(voters.voters), dtype=np.int64)
        self._equal: list[tuple[int, list[int]]] = []
        self._funded: set[int] = set()

    def run(self) -> list[Step]:
        """Loads only grow, so an old load is a lower bound: a queue of bounds finds the least."""
        options = self.voters.options
        queue = [(self._load(option), option) for option in range(len(options))]
        heapq.heapify(queue)
        steps: list[Step] = []
        out: dict[int, int] = {}
        stopped_at = ""
        while queue:
            bound, option = heapq.heappop(queue)
            votes, cost = self.support[options[option].id], options[option].cost
            values: dict[str, object] = {"votes": votes, "cost": cost}
            if option in out:
                why = Why("group_taken", {**values, "by": options[out[option]].id})
                steps.append(Step(options[option].id, False, why, self.left))
                continue
            load = self._load(option)
            if load > bound:
                heapq.heappush(queue, (load, option))
                continue
            if stopped_at:
                why = Why("after_stop", {**values, "stopped_at": stopped_at})
            elif cost > self.left:
                short = cost - self.left
                why = Why("no_money", {**values, "short": short, "load": decimal(load)})
                stopped_at = "" if self.skip else options[option].id
                self._note_equals(option, load, queue)
            else:
                self._note_equals(option, load, queue)
                self._loads.append(load)
                self._last[self.voters.members[option]] = len(self._loads) - 1
                self.left -= cost
                self._funded.add(option)
                out |= dict.fromkeys(self.voters.rivals[option], option)
                why = Why("funded", {**values, "money_left": self.left, "load": decimal(load)})
            funded = why.code == "funded"
            steps.append(Step(options[option].id, funded, why, self.left))
        return steps

    def _load(self, option: int) -> Fraction:
        """What each supporter's load would be if the option were bought now."""
        members = self.voters.members[option]
        numbers = np.zeros(len(self._loads), dtype=np.int64)
        np.add.at(numbers, self._last[members], self.voters.voters[members])
        total = sum(
            (
                self._loads[purchase] * int(numbers[purchase])
                for purchase in np.flatnonzero(numbers)
            ),
            Fraction(self.voters.options[option].cost),
        )
        return total / int(numbers.sum())

    def _note_equals(
        self, option: int, load: Fraction, queue: Sequence[tuple[Fraction, int]]
    ) -> None:
        equal = [o for bound, o in queue if bound <= load and self._load(o) == load]
        if equal:
            self._equal.append((option, sorted([option, *equal])))

    def ties(self) -> list[Tie]:
        """Equal loads where some of the equals were funded and some were not."""
        found = []
        for first, equal in self._equal:
            if self._funded.issuperset(equal) or self._funded.isdisjoint(equal):
                continue
            options = [self.voters.options[place] for place in equal]
            ids = tuple(option.id for option in options)
            settled_by = "lot"
            if self.support[ids[0]] != self.support[ids[1]]:
                settled_by = "votes"
            elif options[0].cost != options[1].cost:
                settled_by = "cost"
            found.append(Tie(ids, 0, settled_by, self.voters.options[first].id))
        return found
