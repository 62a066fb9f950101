"""From a panel with broken people to a whole one near it.

A vertex of a linear program over few rows has few broken numbers. Only those and their nearest
rivals are opened again: first by diving (round what is nearly whole, solve, go on), then, where
the dive ends without a panel, by an integer program, then over more columns.
"""

import numpy as np

from deliberation.sortition.solver import Clock, Columns, Floats, Options, Program, Solution

FREE = 80  # columns opened again at first
NEAR = 0.15  # broken numbers as near as this to a whole one are rounded at once
# All columns have both bounds and rows are few: the dual simplex flips columns between their
# bounds and needs a third of the steps of the primal one.
WARM: Options = {"presolve": "off", "simplex_strategy": 1}
ROUNDING: Options = {"presolve": "off", "mip_heuristic_effort": 0.0, "mip_rel_gap": 0.02}


def whole_near(
    columns: Columns,
    rows: tuple[Floats, Floats],
    upper: Floats,
    costs: Floats,
    found: Solution,
    clock: Clock,
) -> Floats | None:
    """Whole values by column, near the solution `found` of the same program.

    Columns lie between 0 and `upper`. None only where no whole solution exists at all.
    """
    whole: Floats = np.rint(found.values)
    broken = np.abs(found.values - whole) > 1e-6
    if not broken.any():
        return whole
    order = np.argsort(np.where(broken, -1.0, np.abs(found.reduced)), kind="stable")
    free = max(FREE, 3 * int(broken.sum()))
    while True:
        chosen = order[:free]
        rest = whole.copy()
        rest[chosen] = 0.0
        taken = columns.times(rest)
        small = columns.subset(chosen)
        left = (rows[0] - taken, rows[1] - taken)
        bounds = (np.zeros(len(chosen)), upper[chosen])
        part = _dive(small, left, bounds, costs[chosen], clock)
        if part is None:
            program = Program(small, left, bounds, costs[chosen], integer=True, options=ROUNDING)
            solved = program.solve(clock)
            part = None if solved is None else np.rint(solved.values)
        if part is not None:
            rest[chosen] = part
            return rest
        if free >= len(order):
            return None
        free *= 3


def _dive(
    columns: Columns,
    rows: tuple[Floats, Floats],
    bounds: tuple[Floats, Floats],
    costs: Floats,
    clock: Clock,
) -> Floats | None:
    """A good whole solution: rounds what is nearly whole, solves again, and so on.

    One wrong turn at a time is taken back; None where that does not help, or none was found.
    """
    program = Program(columns, rows, bounds, costs, options=WARM)
    lower, upper = bounds[0].copy(), bounds[1].copy()
    found = program.solve(clock)
    while found is not None:
        whole = np.rint(found.values)
        away = np.abs(found.values - whole)
        broken = away > 1e-6
        if not broken.any():
            return whole
        nearest = int(np.argmin(np.where(broken, away, 1.0)))
        chosen = broken & (away < NEAR)
        chosen[nearest] = True
        low, high = lower.copy(), upper.copy()
        low[chosen] = high[chosen] = whole[chosen]
        program.set_column_bounds(low, high)
        value = found.values[nearest]
        found = program.solve(clock)
        if found is None:
            low, high = lower.copy(), upper.copy()
            if whole[nearest] > value:
                high[nearest] = whole[nearest] - 1
            else:
                low[nearest] = whole[nearest] + 1
            program.set_column_bounds(low, high)
            found = program.solve(clock)
        lower, upper = low, high
    return None
