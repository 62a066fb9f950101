"""Meek's method: every elected option keeps just the part of each paper that it needs.

Specification: ``meek.md`` beside this file, whose names are used here. All numbers are
integers in units of 1/1,000,000,000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.methods._arrays import as_array, with_ends
from voting.methods._ledger import Ledger
from voting.methods._piles import rankings
from voting.papers import Papers
from voting.tally import Tally, Why

VERSION = 1
KINDS = ("ranked",)
UNITS = 1_000_000_000
OMEGA = UNITS // 1_000_000
"""Surplus that is small enough to stop at: a millionth of a vote."""


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count grouped rankings by Meek's method."""
    if contest.kind not in KINDS:
        raise ContestError("contest.kind_of_method", method=contest.method, kind=contest.kind)
    if isinstance(groups, Papers) and not groups.others:
        codes, numbers = with_ends(contest, groups), groups.numbers
    else:
        papers, counts = rankings(contest, groups)
        codes, numbers = as_array(papers, len(contest.options)), np.array(counts, np.int64)
    course = _Course(contest, codes, numbers, lot_order)
    course.run()
    notes = () if course.ballots else (Why("no_ballots"),)
    return course.ledger.tally(f"meek/{VERSION}", course.ballots, course.quota, notes)


class _Course:
    def __init__(
        self,
        contest: Contest,
        codes: npt.NDArray[Any],
        numbers: npt.NDArray[np.int64],
        lot_order: Sequence[str],
    ) -> None:
        self.ledger = Ledger(contest, lot_order, UNITS)
        self.seats = contest.seats
        self.options = len(contest.options)
        self.codes = codes
        self.numbers = numbers
        self.ballots = int(numbers.sum())
        self.hopeful = [True] * self.options
        self.keep = [UNITS] * self.options
        self.totals = [0] * self.options
        self.nontransferable = 0
        self.quota = 0
        self.excluded: int | None = None  # by the exclusion under way

    def run(self) -> None:
        ledger = self.ledger
        self.distribute()
        elected = self.elect()
        self._write("first_preferences", (), elected)
        while self.ballots and self._seats_left() and any(self.hopeful):
            if not self.settle_surplus():
                self.exclude_lowest()
        left = [option for option in range(self.options) if self.hopeful[option]]
        seated = [option for option in ledger.elected if ledger.ids[option] in self._latest()]
        for option in left:
            ledger.explain_short("not_elected", option, self.totals[option], seated, self.totals)

    def _seats_left(self) -> int:
        return self.seats - len(self.ledger.elected)

    def _latest(self) -> tuple[str, ...]:
        """Elected at the latest stage at which anyone was."""
        return next((stage.elected for stage in self.ledger.stages[::-1] if stage.elected), ())

    def distribute(self) -> None:
        """Each option takes its keep factor's part of what is left of a paper, rounded up."""
        keep = np.array([*self.keep, *[0] * 4], np.int64)  # the codes of ends keep nothing
        left = np.full(len(self.codes), UNITS, np.int64)
        totals = [0] * self.options
        papers = np.arange(len(self.codes))
        for rank in range(self.codes.shape[1]):
            option = self.codes[papers, rank]
            # Products stay below 10**18, within 64 bits.
            taken = (left[papers] * keep[option] + (UNITS - 1)) // UNITS
            left[papers] -= taken
            votes = taken * self.numbers[papers]
            # In two halves, since bincount adds up in floats, exact to 2**53 only.
            low = np.bincount(option, votes & 0xFFFFFF, minlength=self.options)
            high = np.bincount(option, votes >> 24, minlength=self.options)
            for place in range(self.options):
                totals[place] += int(low[place]) + (int(high[place]) << 24)
            papers = papers[(left[papers] > 0) & (option < self.options)]
            if not len(papers):
                break
        self.totals = totals
        self.nontransferable = self.ballots * UNITS - sum(totals)
        self.quota = sum(totals) // (self.seats + 1) + 1

    def elect(self) -> list[int]:
        """Hopeful options at the quota; then all, if no more are left than seats."""
        if not self.ballots:
            return []
        reached = [
            o for o in range(self.options) if self.hopeful[o] and self.totals[o] >= self.quota
        ]
        reached = self._in_order(reached)[: self._seats_left()]
        self._seat(reached, "quota")
        left = [option for option in range(self.options) if self.hopeful[option]]
        if left and len(left) <= self._seats_left():
            last = self._in_order(left)
            self._seat(last, "last_seats")
            reached += last
        return reached

    def _in_order(self, options: Sequence[int]) -> list[int]:
        return self.ledger.in_order(options, self.totals.__getitem__, "election")

    def _seat(self, options: Sequence[int], by: str) -> None:
        for option in options:
            self.hopeful[option] = False
        left = [option for option in range(self.options) if self.hopeful[option]]
        best = max(left, key=self.totals.__getitem__, default=None)
        for option in options:
            rival: tuple[int, int | Fraction] | None = None
            if best is not None:
                rival = best, self.totals[option] - self.totals[best]
            elif self.excluded is not None:
                # Nobody is left to be ahead of: what counted was the last exclusion.
                before = self.ledger.history[-1]
                rival = self.excluded, before[option] - before[self.excluded]
            self.ledger.explain_elected(option, self.totals[option], self.quota, by, rival)
            self.ledger.elected.append(option)

    def surplus(self) -> int:
        return sum(max(0, self.totals[option] - self.quota) for option in self.ledger.elected)

    def settle_surplus(self) -> bool:
        """Lower keep factors until the surplus is gone; True if someone was elected by it."""
        before = self.surplus()
        moved = before >= OMEGA
        while before >= OMEGA:
            for option in self.ledger.elected:
                product = -(-self.keep[option] * self.quota // UNITS)
                self.keep[option] = -(-product * UNITS // self.totals[option])
            self.distribute()
            elected = self.elect()
            if elected:
                already = [option for option in self.ledger.elected if option not in elected]
                self._write("surplus", already, elected)
                return True
            after = self.surplus()
            if after >= before:
                break
            before = after
        if moved:
            self._write("surplus", self.ledger.elected, ())
        return False

    def exclude_lowest(self) -> None:
        """The hopeful option with fewest votes goes; those within the surplus of it are equal."""
        ledger, totals = self.ledger, self.totals
        field = [option for option in range(self.options) if self.hopeful[option]]
        fewest = min(totals[option] for option in field)
        tied = [option for option in field if totals[option] <= fewest + self.surplus()]
        source = ledger.settle(tied, "exclusion", highest=False)
        self.hopeful[source] = False
        field.remove(source)
        ledger.explain_short("excluded", source, totals[source], field, totals)
        self.keep[source] = 0
        self.excluded = source
        self.distribute()
        elected = self.elect()
        self.excluded = None
        self._write("exclusion", (source,), elected)

    def _write(self, action: str, options: Sequence[int], elected: Sequence[int]) -> None:
        self.ledger.write(
            action,
            options,
            self.totals,
            nontransferable=self.nontransferable,
            elected=elected,
            excluded=options if action == "exclusion" else (),
            threshold=self.quota,
        )
