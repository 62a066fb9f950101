"""The leximin target: the chances that treat the worst off best, then the next, and so on.

Computed over the linear relaxation (panels may hold fractions of people), so it is a bound from
above on what any lottery can give the worst off. Only where extreme targets make the relaxation
too hopeful does the exact stage (exact.py) put its own target in this one's place.
"""

from dataclasses import dataclass

import numpy as np

from deliberation.sortition.faults import LotteryError
from deliberation.sortition.frame import Frame
from deliberation.sortition.solver import INFINITY, Clock, Columns, Floats, Ints, Program

# A price above this says that a type cannot rise without another's falling; prices of the
# types at one level sum to one, so real ones are far above it and the solver's noise far below.
PRICE = 1e-7
# How far below its level a settled type may lie while others rise: the solver works to 1e-9.
SLACK = 1e-8


@dataclass(frozen=True)
class Target:
    """Chances by type, and the lowest of those who have one."""

    chances: Floats
    lowest: float


def leximin(frame: Frame, live: Floats, ceiling: float, clock: Clock) -> Target:
    """Chances by type, leximin over the relaxation, none above `ceiling` (1.0: no ceiling).

    `live` is 1.0 by type that some panel can hold, else 0.0; the others keep a chance of 0. The
    variables are the expected seats of each type and the level z of the worst off; each round
    raises z, then settles the types whose price shows that they cannot rise further. Raises
    LotteryError("ceiling.too_low", lowest=...) where no lottery keeps under the ceiling.
    """
    kinds = len(frame.sizes)
    program, row_of = _program(frame, live, ceiling)
    chances = np.zeros(kinds)
    open_rows = dict(row_of)
    lowest: float | None = None
    while open_rows:
        found = program.solve(clock)
        if found is None:
            if lowest is None:
                raise LotteryError("ceiling.too_low", lowest=lowest_ceiling(frame, live, clock))
            raise LotteryError("solver.no_leximin")
        level = float(found.values[kinds])
        lowest = level if lowest is None else lowest
        if level >= ceiling - SLACK:
            settled = list(open_rows)
            level = ceiling
        else:
            prices = {kind: abs(found.prices[row]) for kind, row in open_rows.items()}
            floor = min(PRICE, max(prices.values()))
            settled = [kind for kind, price in prices.items() if price >= floor]
        for kind in settled:
            row = open_rows.pop(kind)
            chances[kind] = level
            program.highs.changeCoeff(row, kinds, 0.0)
            program.highs.changeRowBounds(
                row, max(0.0, (level - SLACK) * frame.sizes[kind]), INFINITY
            )
    return Target(chances, lowest or 0.0)


def worst_off_prices(
    frame: Frame, live: Floats, ceiling: float, clock: Clock
) -> tuple[Floats, Floats]:
    """Why the worst off cannot have more: a weight by person of each type, a price by row.

    The weights of all people sum to one; a row's price is positive where its upper end presses,
    negative where its lower end does.
    """
    program, row_of = _program(frame, live, ceiling)
    found = program.solve(clock)
    if found is None:
        raise LotteryError("ceiling.too_low", lowest=lowest_ceiling(frame, live, clock))
    weights = np.zeros(len(frame.sizes))
    for kind, row in row_of.items():
        weights[kind] = max(0.0, found.prices[row])
    return weights, -found.prices[: frame.columns.rows]


def _program(frame: Frame, live: Floats, ceiling: float) -> tuple[Program, dict[int, int]]:
    """The program that raises z, the last column, and the row of each type that may rise."""
    kinds = len(frame.sizes)
    base = frame.columns.rows
    places = np.flatnonzero(live)
    row_of = {int(kind): base + place for place, kind in enumerate(places)}
    rows_of = [
        [
            *frame.columns.index[frame.columns.start[kind] : frame.columns.start[kind + 1]],
            *([row_of[kind]] if kind in row_of else []),
        ]
        for kind in range(kinds)
    ]
    rows_of.append(list(row_of.values()))
    columns = Columns(rows_of, base + len(places))
    scale = np.ones(len(columns.index))
    scale[columns.start[kinds] :] = -frame.sizes[places]  # seats - size * z >= 0
    program = Program(
        columns,
        (
            np.concatenate([frame.row_lower, np.zeros(len(places))]),
            np.concatenate([frame.row_upper, np.full(len(places), INFINITY)]),
        ),
        (np.zeros(kinds + 1), np.append(frame.sizes * ceiling * live, INFINITY)),
        np.append(np.zeros(kinds), -1.0),
        scale=scale,
    )
    return program, row_of


def lowest_ceiling(frame: Frame, live: Floats, clock: Clock) -> float:
    """The lowest ceiling on chances that a lottery can keep under (over the relaxation)."""
    kinds = len(frame.sizes)
    base = frame.columns.rows
    start, index = frame.columns.start, frame.columns.index
    rows_of = [[*index[start[kind] : start[kind + 1]], base + kind] for kind in range(kinds)]
    rows_of.append(list(range(base, base + kinds)))
    columns = Columns(rows_of, base + kinds)
    scale = np.ones(len(columns.index))
    scale[columns.start[kinds] :] = -frame.sizes  # seats - size * ceiling <= 0
    program = Program(
        columns,
        (
            np.concatenate([frame.row_lower, np.full(kinds, -INFINITY)]),
            np.concatenate([frame.row_upper, np.zeros(kinds)]),
        ),
        (np.zeros(kinds + 1), np.append(frame.sizes * live, 1.0)),
        np.append(np.zeros(kinds), 1.0),
        scale=scale,
    )
    found = program.solve(clock)
    return 1.0 if found is None else float(found.values[kinds])


def gini(chances: Floats, sizes: Floats | Ints) -> float:
    """How unequal the chances of a pool are: 0 all alike, towards 1 a few have all.

    `chances` by type, `sizes` the people of each. Half the mean difference over the mean.
    """
    order = np.argsort(chances, kind="stable")
    value, people = chances[order], np.asarray(sizes, dtype=np.float64)[order]
    total = float((value * people).sum())
    if total <= 0.0:
        return 0.0
    before = np.cumsum(people) - people
    # Of n people in order, the i-th (from 1) counts 2 i - n - 1 times; summed over each type.
    everybody = float(people.sum())
    ranks = people * (2 * before + people - everybody)
    return float((ranks * value).sum() / (everybody * total))
