"""The exact stage: leximin over whole panels, by column generation.

Where extreme targets make the relaxation too hopeful, its chances belong to no lottery. Here the
lottery is over panels that exist: a master program spreads probability over the panels known so
far, its prices say which panel would help most, an integer program finds that panel, and when it
helps no more the level is proved. Then the people whom the prices hold at the level are settled
and the next level is raised (Flanigan et al. 2021, with types in place of people).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deliberation.sortition.faults import TimeUp
from deliberation.sortition.frame import Frame
from deliberation.sortition.leximin import PRICE, SLACK
from deliberation.sortition.solver import INFINITY, Clock, Columns, Floats, Program

# A panel that would raise the level by less than this is not worth its search: a tenth of what
# one panel in 10,000 weighs.
WORTH = 1e-5


@dataclass(frozen=True)
class Exact:
    """Chances by type, the panels and probabilities that give them, and whether it ended.

    `level` is the chance of the worst off and `prices` what a seat of each type is worth there:
    no panel is worth more than the level. None if the limit came before.
    """

    chances: Floats
    panels: Floats
    probabilities: Floats
    finished: bool
    level: float | None = None
    prices: Floats | None = None

    def start(self, count: int) -> list[Floats]:
        """Of `count` panels, the whole part of what each known panel should have."""
        copies = np.floor(self.probabilities * count + 1e-9).astype(int)
        return [panel for panel, many in zip(self.panels, copies, strict=True) for _ in range(many)]


def leximin(
    frame: Frame,
    live: Floats,
    ceiling: float,
    panels: Floats,
    clock: Clock,
    progress: Callable[[int], None],
) -> Exact:
    """Leximin over all panels, beginning with `panels` (seats by type, one a row).

    On the time limit the best chances so far, with `finished` false.
    """
    known = list(np.unique(panels, axis=0))
    settled = np.full(len(frame.sizes), np.nan)
    settled[live == 0] = 0.0
    mix = np.zeros(0)
    finished = True
    first: tuple[float, Floats] | None = None
    try:
        while np.isnan(settled).any():
            master = _Master(frame, settled, ceiling, known)
            while True:
                progress(len(known))
                level, mix, prices, duty = master.solve(clock)
                panel = frame.best(prices, clock)
                if panel is None or float(prices @ panel) <= duty + WORTH:
                    break
                known.append(panel)
                master.add(panel)
            first = first or (level, prices)
            open_kinds = np.flatnonzero(np.isnan(settled))
            if level >= ceiling - SLACK:
                settled[open_kinds] = ceiling
                break
            theirs = prices[open_kinds] * frame.sizes[open_kinds]
            settled[open_kinds[theirs >= min(PRICE, theirs.max())]] = level
    except TimeUp:
        finished = False
    if len(mix) == 0:  # not even the first master was solved: all panels alike
        mix = np.full(len(known), 1.0 / len(known))
    rows = np.array(known)[: len(mix)]
    chances = (mix @ rows) / frame.sizes
    if finished:
        chances = np.where(np.isnan(settled), chances, np.minimum(chances, settled))
    return Exact(chances, rows, mix, finished, *(first or (None, None)))


class _Master:
    """Raises the level z of the unsettled over mixes of the known panels.

    Columns: a probability for each panel, then z is column 0. Rows: probabilities sum to one; by
    type, expected seats minus size * z (unsettled) stay at or above size * settled chance.
    """

    def __init__(self, frame: Frame, settled: Floats, ceiling: float, known: list[Floats]) -> None:
        self._frame = frame
        self._open = np.isnan(settled)
        sizes = frame.sizes
        kinds = len(sizes)
        lower = np.where(self._open, 0.0, np.nan_to_num(settled) - SLACK) * sizes
        upper = np.full(kinds, INFINITY) if ceiling >= 1.0 else (ceiling + SLACK) * sizes
        opened = np.flatnonzero(self._open)
        rows_of = [[1 + int(kind) for kind in opened]]
        scale = [-sizes[opened]]
        for panel in known:
            seated = np.flatnonzero(panel)
            rows_of.append([0, *(1 + seated).tolist()])
            scale.append(np.append(1.0, panel[seated]))
        self._count = len(known)
        self._program = Program(
            Columns(rows_of, 1 + kinds),
            (np.append(1.0, lower.clip(0.0)), np.append(1.0, upper)),
            (np.zeros(1 + len(known)), np.append(ceiling, np.ones(len(known)))),
            np.append(-1.0, np.zeros(len(known))),
            scale=np.concatenate(scale),
        )

    def add(self, panel: Floats) -> None:
        seated = np.flatnonzero(panel)
        self._program.highs.addCol(
            0.0,
            0.0,
            1.0,
            1 + len(seated),
            np.append(0, 1 + seated).astype(np.int32),
            np.append(1.0, panel[seated]),
        )
        self._count += 1

    def solve(self, clock: Clock) -> tuple[float, Floats, Floats, float]:
        """The level, the probabilities, the price of a seat by type, and what a panel must beat."""
        found = self._program.solve(clock)
        assert found is not None  # the mix before stays feasible
        prices = found.prices[1:]
        return float(found.values[0]), found.values[1:], prices, float(-found.prices[0])
