"""The course of a weighted inclusive Gregory count, whatever its arithmetic.

Specification of the course: ``scottish_stv.md``; what differs (quota, value of a transferred
paper, ties) comes as an ``Arithmetic``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import ge
from typing import Protocol

from voting.contest import Contest
from voting.methods._ledger import NOBODY, Ledger
from voting.methods._piles import Number
from voting.tally import Tally, Why


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How a rule calculates.

    ``units``    what one vote is in the rule's numbers
    ``quota``    (votes in units, seats) to the quota in units
    ``revalue``  (value when received, surplus, total) to the value at which a paper moves on
    ``reached``  (votes, quota) to whether that elects
    """

    units: int
    quota: Callable[[int, int], Number]
    revalue: Callable[[Number, Number, Number], Number]
    reached: Callable[[Number, Number], bool] = ge


class Piles(Protocol):
    """What the count needs of the papers (``PlainPiles``, ``ArrayPiles``)."""

    def deal(self, value: Number) -> dict[int, Number]: ...

    def move(
        self,
        source: int,
        continuing: Sequence[bool],
        revalue: Callable[[Number], Number] | None = None,
    ) -> dict[int, Number]: ...


def count(
    contest: Contest,
    piles: Piles,
    ballots: int,
    lot_order: Sequence[str],
    arithmetic: Arithmetic,
    method: str,
) -> Tally:
    """Run the count to its end. ``ballots`` is the number of valid papers in the piles."""
    course = _Course(contest, piles, ballots, lot_order, arithmetic)
    notes = () if ballots else (Why("no_ballots"),)
    course.run()
    return course.ledger.tally(method, ballots, course.quota, notes)


class _Course:
    def __init__(
        self,
        contest: Contest,
        piles: Piles,
        ballots: int,
        lot_order: Sequence[str],
        arithmetic: Arithmetic,
    ) -> None:
        self.piles = piles
        self.ledger = Ledger(contest, lot_order, arithmetic.units)
        self.arithmetic = arithmetic
        self.seats = contest.seats
        self.ballots = ballots
        self.votes = ballots * arithmetic.units
        self.quota = arithmetic.quota(self.votes, contest.seats)
        dealt = piles.deal(arithmetic.units)
        self.totals = [dealt.get(option, 0) for option in range(len(contest.options))]
        self.continuing = [True] * len(contest.options)
        self.waiting: list[int] = []  # elected, their surplus not moved yet
        self.nontransferable: Number = 0
        self.excluded: int | None = None  # by the transfer under way

    def run(self) -> None:
        ledger = self.ledger
        elected = self.elect()
        ledger.write("first_preferences", (), self.totals, nontransferable=0, elected=elected)
        while self.vacancies() and any(self.continuing) and self.ballots:
            if self.waiting:
                self.move_surplus()
            else:
                self.exclude_lowest()
        left = [option for option, goes_on in enumerate(self.continuing) if goes_on]
        seated = self._seated_last()
        for option in left:
            ledger.explain_short("not_elected", option, self.totals[option], seated, self.totals)

    def vacancies(self) -> int:
        return self.seats - len(self.ledger.elected)

    def _seated_last(self) -> list[int]:
        """Those elected at the latest stage at which anyone was."""
        for stage in reversed(self.ledger.stages):
            if stage.elected:
                return [self.ledger.ids.index(option) for option in stage.elected]
        return []

    def elect(self) -> list[int]:
        """Elect who has reached the quota, then fill the last seats where no choice is left."""
        ledger, totals = self.ledger, self.totals
        if not self.ballots:
            return []
        reached = [
            option
            for option, goes_on in enumerate(self.continuing)
            if goes_on and self.arithmetic.reached(totals[option], self.quota)
        ]
        reached = ledger.in_order(reached, totals.__getitem__, "election")[: self.vacancies()]
        self._seat(reached, "quota")
        self.waiting += [option for option in reached if totals[option] > self.quota]
        left = [option for option, goes_on in enumerate(self.continuing) if goes_on]
        if left and len(left) <= self.vacancies():
            last = ledger.in_order(left, totals.__getitem__, "election")
            self._seat(last, "last_seats")
            reached += last
        return reached

    def _seat(self, options: Sequence[int], by: str) -> None:
        for option in options:
            self.continuing[option] = False
        left = [option for option, goes_on in enumerate(self.continuing) if goes_on]
        best = max(left, key=self.totals.__getitem__, default=None)
        for option in options:
            rival: tuple[int, Number] | None = None
            if best is not None:
                rival = best, self.totals[option] - self.totals[best]
            elif self.excluded is not None:
                # Nobody is left to be ahead of: what counted was the last exclusion.
                before = self.ledger.history[-1]
                rival = self.excluded, before[option] - before[self.excluded]
            self.ledger.explain_elected(option, self.totals[option], self.quota, by, rival)
            self.ledger.elected.append(option)

    def move_surplus(self) -> None:
        """The largest surplus moves; its papers go on at a part of their value."""
        ledger, totals = self.ledger, self.totals
        largest = max(totals[option] for option in self.waiting)
        tied = [option for option in self.waiting if totals[option] == largest]
        source = ledger.settle(tied, "surplus", highest=True, past=len(ledger.history) - 1)
        self.waiting.remove(source)
        self.excluded = None
        total, surplus = totals[source], totals[source] - self.quota
        revalue = self.arithmetic.revalue
        received = self.piles.move(
            source, self.continuing, lambda value: revalue(value, surplus, total)
        )
        totals[source] = self.quota
        self._credit("surplus", source, received, Fraction(surplus) / Fraction(total))

    def exclude_lowest(self) -> None:
        """The candidate with fewest votes goes; the papers keep their value."""
        ledger, totals = self.ledger, self.totals
        field = [option for option, goes_on in enumerate(self.continuing) if goes_on]
        fewest = min(totals[option] for option in field)
        tied = [option for option in field if totals[option] == fewest]
        source = ledger.settle(tied, "exclusion", highest=False, past=len(ledger.history) - 1)
        self.continuing[source] = False
        self.excluded = source
        field.remove(source)
        ledger.explain_short("excluded", source, totals[source], field, totals)
        received = self.piles.move(source, self.continuing)
        totals[source] = 0
        self._credit("exclusion", source, received)

    def _credit(
        self,
        action: str,
        source: int,
        received: dict[int, Number],
        transfer_value: Fraction | None = None,
    ) -> None:
        for target, votes in received.items():
            if target <= NOBODY:
                self.nontransferable += votes
            else:
                self.totals[target] += votes
        lost = self.votes - sum(self.totals) - self.nontransferable
        elected = self.elect()
        self.ledger.write(
            action,
            (source,),
            self.totals,
            nontransferable=self.nontransferable,
            lost=lost,
            transfers=[(source, target, received[target]) for target in sorted(received)],
            elected=elected,
            excluded=(source,) if action == "exclusion" else (),
            transfer_value=transfer_value,
        )
