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

from deliberation.sortition.faults import LotteryError, TimeUp
from deliberation.sortition.frame import Frame
from deliberation.sortition.leximin import PRICE, SLACK
from deliberation.sortition.solver import INFINITY, Clock, Columns, Floats, Ints, Program

# A panel that would raise the level by less than this is not worth its search: a tenth of what
# one panel in 10,000 weighs.
WORTH = 1e-5
PASSING = 100.0  # what passing the ceiling by one costs, against raising the level by one


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

    On the time limit the best chances so far, with `finished` false. Raises
    LotteryError("ceiling.too_low", lowest=...) where no lottery over whole panels keeps under it.
    """
    known = list(np.unique(panels, axis=0))
    settled = np.full(len(frame.sizes), np.nan)
    settled[live == 0] = 0.0
    mix: _Mix | None = None
    finished = True
    first: tuple[float, Floats] | None = None
    try:
        while np.isnan(settled).any():
            master = _Master(frame, settled, ceiling, known)
            while True:
                progress(len(known))
                mix = master.solve(clock)
                panel = frame.best(mix.worth, clock)
                if panel is None or float(mix.worth @ panel) <= mix.duty + WORTH:
                    break
                known.append(panel)
                master.add(panel)
            if mix.passed > 10 * WORTH:
                raise LotteryError("ceiling.too_low", lowest=ceiling + mix.passed)
            first = first or (mix.level, mix.worth)
            open_kinds = np.flatnonzero(np.isnan(settled))
            if mix.level >= ceiling - SLACK:
                settled[open_kinds] = ceiling
                break
            theirs = mix.weights[open_kinds] * frame.sizes[open_kinds]
            settled[open_kinds[theirs >= min(PRICE, theirs.max())]] = mix.level
    except TimeUp:
        finished = False
    # Not even one mix: all panels alike.
    probabilities = np.full(len(known), 1.0 / len(known)) if mix is None else mix.probabilities
    rows = np.array(known)[: len(probabilities)]
    chances = (probabilities @ rows) / frame.sizes
    if finished:
        chances = np.where(np.isnan(settled), chances, np.minimum(chances, settled))
    return Exact(chances, rows, probabilities, finished, *(first or (None, None)))


class _Master:
    """Raises the level z of the unsettled over mixes of the known panels.

    Columns: z, then e, by how much the ceiling is passed (it costs far more than z gains), then
    a probability for each panel. Rows: probabilities sum to one; by type, expected seats minus
    size * z (unsettled) at or above size * settled chance; and where there is a ceiling, by type,
    expected seats minus size * e at or below size * ceiling.
    """

    def __init__(self, frame: Frame, settled: Floats, ceiling: float, known: list[Floats]) -> None:
        sizes = frame.sizes
        self._kinds = kinds = len(sizes)
        self._capped = ceiling < 1.0
        opened = np.isnan(settled)
        lower = np.where(opened, 0.0, np.nan_to_num(settled) - SLACK) * sizes
        upper = (ceiling + SLACK) * sizes if self._capped else np.zeros(0)
        at_open = np.flatnonzero(opened)
        rows_of = [(1 + at_open).tolist(), list(range(1 + kinds, 1 + kinds + len(upper)))]
        scale = [-sizes[at_open], -sizes if self._capped else np.zeros(0)]
        for panel in known:
            rows, seats = self._column(panel)
            rows_of.append(rows.tolist())
            scale.append(seats)
        many = len(known)
        self._program = Program(
            Columns(rows_of, 1 + kinds + len(upper)),
            (
                np.concatenate([[1.0], lower.clip(0.0), np.full(len(upper), -INFINITY)]),
                np.concatenate([[1.0], np.full(kinds, INFINITY), upper]),
            ),
            (np.zeros(2 + many), np.concatenate([[ceiling, 1.0], np.ones(many)])),
            np.concatenate([[-1.0, PASSING], np.zeros(many)]),
            scale=np.concatenate(scale),
        )

    def _column(self, panel: Floats) -> tuple[Ints, Floats]:
        """Rows and entries of a panel's column."""
        seated = np.flatnonzero(panel).astype(np.int32)
        blocks = [seated + 1, seated + 1 + self._kinds] if self._capped else [seated + 1]
        rows = np.concatenate([np.zeros(1, dtype=np.int32), *blocks])
        return rows, np.concatenate([[1.0], *[panel[seated]] * len(blocks)])

    def add(self, panel: Floats) -> None:
        rows, seats = self._column(panel)
        self._program.highs.addCol(0.0, 0.0, 1.0, len(rows), rows, seats)

    def solve(self, clock: Clock) -> "_Mix":
        found = self._program.solve(clock)
        assert found is not None  # the mix before stays feasible, and a ceiling can be passed
        kinds = self._kinds
        weights, caps = found.prices[1 : 1 + kinds], found.prices[1 + kinds :]
        return _Mix(
            float(found.values[0]),
            float(found.values[1]),
            found.values[2:],
            weights + caps if self._capped else weights,
            weights,
            float(-found.prices[0]),
        )


@dataclass(frozen=True)
class _Mix:
    """The level, how far the ceiling is passed, the probabilities of the panels; what a seat of
    each type is worth, how much it weighs for the level, and what a new panel must be worth.
    """

    level: float
    passed: float
    probabilities: Floats
    worth: Floats
    weights: Floats
    duty: float
