"""From a panel with broken people to a whole one near it.

A vertex of a linear program over few rows has few broken numbers. Only those and their nearest
rivals are opened again: first by diving (round what is nearly whole, solve, go on), then, where
the dive ends without a panel, by an integer program, then over more columns.
"""

import numpy as np
from numpy.typing import NDArray

from deliberation.sortition.solver import Clock, Columns, Floats, Options, Program, Solution

NEAR = 0.3  # broken numbers as near as this to a whole one are rounded at once
ROUNDS = 2  # of sifting; after that, near the best is good enough
# All columns have both bounds and rows are few: the dual simplex flips columns between their
# bounds and needs a third of the steps of the primal one.
WARM: Options = {"presolve": "off", "simplex_strategy": 1}
ROUNDING: Options = {"presolve": "off", "mip_heuristic_effort": 0.0, "mip_rel_gap": 0.02}


class Sifter:
    """Whole solutions near the best, of one program after another whose costs differ little.

    The rows' prices of the last solution tell which columns are in question now: those whose
    reduced cost is near nothing. Only they are opened; of the others each lies at the bound that
    its sign says. New prices may put others in question; then these are opened instead.
    """

    def __init__(self, columns: Columns, rows: tuple[Floats, Floats]) -> None:
        self._columns = columns
        self._rows = rows
        self._prices = np.zeros(columns.rows)
        self._open = min(len(columns), max(120, 5 * columns.rows))

    def whole(self, costs: Floats, upper: Floats, clock: Clock) -> Floats | None:
        """Whole values by column, between 0 and `upper`, of nearly the least cost; None if none.

        Which of several nearly best ones it finds depends on the calls before.
        """
        many = len(self._columns)
        size = self._open
        reduced = costs - self._columns.priced(self._prices)
        for step in range(ROUNDS):
            chosen = _least(np.abs(reduced), size)
            part = _Part(self._columns, self._rows, chosen, reduced < 0, upper, costs)
            found = part.program.solve(clock)
            if found is None:
                if size >= many:
                    return None
                size = min(many, 3 * size)
                continue
            self._prices = found.prices
            reduced = costs - self._columns.priced(found.prices)
            wrong = np.where(part.rest > 0, reduced > 1e-7, reduced < -1e-7)
            wrong[chosen] = False
            if step == ROUNDS - 1 or not wrong.any():
                whole = part.round(found, clock)
                if whole is not None:
                    return whole
                break
        return self._widely(costs, upper, reduced, size, clock)

    def _widely(
        self, costs: Floats, upper: Floats, reduced: Floats, size: int, clock: Clock
    ) -> Floats | None:
        """The same with more and more columns open, until there is a solution or surely none."""
        many = len(self._columns)
        while True:
            size = min(many, 3 * size)
            chosen = _least(np.abs(reduced), size)
            part = _Part(self._columns, self._rows, chosen, reduced < 0, upper, costs)
            found = part.program.solve(clock)
            whole = None if found is None else part.round(found, clock)
            if whole is not None or size >= many:
                return whole


def _least(values: Floats, count: int) -> NDArray[np.intp]:
    """The places of the `count` least values, in order of place; of equal ones the first."""
    if count >= len(values):
        return np.arange(len(values))
    edge = np.partition(values, count - 1)[count - 1]
    below = np.flatnonzero(values < edge)
    at_edge = np.flatnonzero(values == edge)[: count - len(below)]
    return np.sort(np.concatenate([below, at_edge]))


class _Part:
    """A program over some columns, the others being held at one of their bounds."""

    def __init__(
        self,
        columns: Columns,
        rows: tuple[Floats, Floats],
        chosen: NDArray[np.intp],
        high: NDArray[np.bool_],
        upper: Floats,
        costs: Floats,
    ) -> None:
        self.rest = np.where(high, upper, 0.0)
        self.rest[chosen] = 0.0
        taken = columns.times(self.rest)
        self._chosen = chosen
        self._columns = columns.subset(chosen)
        self._rows = (rows[0] - taken, rows[1] - taken)
        self._upper = upper[chosen]
        self._costs = costs[chosen]
        self.program = self._make(WARM, integer=False)

    def _make(self, options: Options, *, integer: bool) -> Program:
        bounds = (np.zeros(len(self._upper)), self._upper)
        return Program(
            self._columns, self._rows, bounds, self._costs, integer=integer, options=options
        )

    def round(self, found: Solution, clock: Clock) -> Floats | None:
        """Makes the solution whole; None where these columns allow none."""
        part = self._dive(found, clock)
        if part is None:
            solved = self._make(ROUNDING, integer=True).solve(clock)
            part = None if solved is None else np.rint(solved.values)
        if part is None:
            return None
        whole = self.rest.copy()
        whole[self._chosen] = part
        return whole

    def _dive(self, found: Solution | None, clock: Clock) -> Floats | None:
        """Rounds what is nearly whole, solves again, and so on.

        One wrong turn at a time is taken back; None where that does not help.
        """
        lower, upper = np.zeros(len(self._upper)), self._upper.copy()
        while found is not None:
            whole: Floats = np.rint(found.values)
            away = np.abs(found.values - whole)
            broken = away > 1e-6
            if not broken.any():
                return whole
            nearest = int(np.argmin(np.where(broken, away, 1.0)))
            chosen = broken & (away < NEAR)
            chosen[nearest] = True
            low, high = lower.copy(), upper.copy()
            low[chosen] = high[chosen] = whole[chosen]
            self.program.set_column_bounds(low, high)
            value = found.values[nearest]
            found = self.program.solve(clock)
            if found is None:
                low, high = lower.copy(), upper.copy()
                if whole[nearest] > value:
                    high[nearest] = whole[nearest] - 1
                else:
                    low[nearest] = whole[nearest] + 1
                self.program.set_column_bounds(low, high)
                found = self.program.solve(clock)
            lower, upper = low, high
        return None
