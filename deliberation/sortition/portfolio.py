"""The portfolio: m panels, each as likely as the next, whose mean comes close to the target.

Each next panel is the one nearest to what is still owed. Owed by type: (panels so far + 1) times
the expected seats, minus the seats given. Nearest in the sum over people of squares, that is the
sum over types of (owed - seats)**2 / size. That is convex and separable, so with a column for
each unit of x it is a linear program; its vertex has at most as many broken numbers as there are
rows, and a small integer program over those and their nearest rivals makes it whole. What one
panel misses, the next ones are owed; a last pass draws again those panels whose change helps
people still short.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from deliberation.sortition.chance import Chance
from deliberation.sortition.faults import LotteryError, TimeUp
from deliberation.sortition.frame import Frame
from deliberation.sortition.rounding import Sifter
from deliberation.sortition.solver import Clock, Floats

# Of a type that may take more seats than this, only so many around what is owed are counted one
# by one; the seats below and above form two lumps, which a panel near its target never splits.
UNITS = 6

# After so many panels the greatest shortfall is looked at. Where a lottery with the wanted chances
# exists it stays at one or two panels; where none does, it doubles as the panels double.
LOOKS = (64, 128, 256, 512)


class Nearest:
    """Finds the panel nearest to what is owed; keeps the linear program warm between panels."""

    def __init__(self, frame: Frame, live: Floats) -> None:
        self._frame = frame
        kinds: list[int] = []
        units: list[int] = []
        for kind, size in enumerate(frame.types.sizes):
            if live[kind]:
                kinds += [kind] * min(size, UNITS)
                units += range(min(size, UNITS))
        self._kind = np.array(kinds, dtype=np.intp)
        self._unit = np.array(units, dtype=np.float64)
        self._size = frame.sizes[self._kind]
        self._large = self._size > UNITS
        self._columns = frame.columns.subset(self._kind)
        self._sifter = Sifter(self._columns, frame.row_bounds)

    def find(
        self, owed: Floats, clock: Clock, weights: Floats | None = None, most: Floats | None = None
    ) -> Floats:
        """Seats by type. `weights` stresses types; `most` caps seats by type.

        Raises LotteryError("portfolio.no_panel") where the caps leave no panel.
        """
        costs, upper = self._prices(owed, weights)
        if most is not None:
            upper = np.minimum(upper, self._room(most, upper))
        whole = self._sifter.whole(costs, upper, clock)
        if whole is None:
            raise LotteryError("portfolio.no_panel")
        panel = np.bincount(self._kind, whole, minlength=len(self._frame.sizes))
        return panel.astype(np.float64)

    def _prices(self, owed: Floats, weights: Floats | None) -> tuple[Floats, Floats]:
        """The cost of each column's seat and how many seats the column has."""
        last = self._unit
        width = np.ones(len(last))
        if self._large.any():
            # Column 0 holds the seats below the window, the last one those above it.
            window = UNITS - 2
            below = np.clip(
                np.floor(owed) - window // 2, 0, np.maximum(self._frame.sizes - window, 0)
            )[self._kind]
            first, final = self._unit == 0, self._unit == UNITS - 1
            widths = np.where(first, below, np.where(final, self._size - below - window, 1.0))
            ends = np.where(first, below - 1, below + self._unit - 1)
            last = np.where(self._large, ends, last)
            width = np.where(self._large, widths, width)
        # The seat after `last` others changes (owed - x)**2 / size by (2 last + 1 - 2 owed) / size.
        costs = (2 * last + 1 - 2 * owed[self._kind]) / self._size
        if weights is not None:
            costs = costs * weights[self._kind]
        return costs, width

    def _room(self, most: Floats, width: Floats) -> Floats:
        """By column, the seats left under the cap on its type when cheaper columns are full."""
        total = np.cumsum(width)
        before = total - width
        start = np.flatnonzero(self._unit == 0)
        base = np.repeat(before[start], np.diff(np.append(start, len(width))))
        return np.clip(most[self._kind] - (before - base), 0.0, None)


@dataclass(frozen=True)
class Portfolio:
    """Panels as seats by type (rows), and how the search ended.

    `cut_short`: by the time limit. `out_of_reach`: the shortfall grew with the panels, so that no
    lottery has these chances; the panels are fewer than asked for.
    """

    panels: Floats
    cut_short: bool = False
    out_of_reach: bool = False


def fill(
    frame: Frame,
    chances: Floats,
    panels: int,
    clock: Clock,
    *,
    most_of_person: int | None = None,
    start: Sequence[Floats] = (),
    spare: Sequence[Floats] = (),
    progress: Callable[[int], None] | None = None,
) -> Portfolio:
    """`panels` panels whose mean comes near `chances` (by type).

    `start` are panels to begin with. `most_of_person` is how many panels one person may be in
    (a ceiling on chances). On the time limit the rest is filled with the panels found so far and
    those in `spare`, in the proportion that comes nearest; LotteryError("time.no_panel") where
    there is none.
    """
    wanted = chances * frame.sizes
    nearest = Nearest(frame, (chances > 0).astype(np.float64))
    found: list[Floats] = list(start)[:panels]
    given = np.sum(found, axis=0) if found else np.zeros(len(wanted))
    cap = None if most_of_person is None else most_of_person * frame.sizes
    cut_short = False
    before = 0.0
    try:
        for number in range(len(found), panels):
            owed = (number + 1) * wanted - given
            panel = _under_cap(nearest, owed, clock, None if cap is None else cap - given)
            found.append(panel)
            given = given + panel
            if progress is not None:
                progress(number + 1)
            if number + 1 in LOOKS:
                now = float((((number + 1) * wanted - given) / frame.sizes).max())
                if now > 3.0 and now > 1.6 * before:
                    return Portfolio(np.array(found), out_of_reach=True)
                before = now
        _settle(nearest, frame, wanted, found, clock, cap)
    except TimeUp:
        cut_short = len(found) < panels or (
            shortfalls(frame, chances, np.array(found)).max() > 2.0 / panels
        )
        if not found and not spare:
            raise LotteryError("time.no_panel") from None
        _repeat(frame, wanted, found, [*found, *spare], panels, cap)
    return Portfolio(np.array(found), cut_short)


def _under_cap(
    nearest: Nearest,
    owed: Floats,
    clock: Clock,
    most: Floats | None,
    weights: Floats | None = None,
) -> Floats:
    """The nearest panel under the cap; where no panel is left under it, the nearest of all.

    The last panels may meet that; the lottery says it if the ceiling is passed in the end.
    """
    try:
        return nearest.find(owed, clock, weights, most)
    except LotteryError:
        if most is None:
            raise
        return nearest.find(owed, clock, weights)


def shortfalls(frame: Frame, chances: Floats, panels: Floats) -> Floats:
    """By type, how much its least lucky person's chance lies below the target."""
    given: Floats = panels.sum(axis=0)
    least: Floats = np.floor(given / frame.sizes) / len(panels)  # dealt in turn: floor or ceiling
    return (chances - least).clip(0.0)


def excess(frame: Frame, ceiling: float, panels: Floats) -> float:
    """By how much the likeliest person's chance is past the ceiling, at most; else 0."""
    most = np.ceil(panels.sum(axis=0) / frame.sizes).max() / len(panels)
    return max(0.0, float(most) - ceiling)


def _settle(
    nearest: Nearest,
    frame: Frame,
    wanted: Floats,
    found: list[Floats],
    clock: Clock,
    cap: Floats | None,
) -> None:
    """Draws single panels again while somebody is short by more than one panel and a bit.

    A panel without the type that is shortest (or with the one that is past its cap) is let go
    and found anew with stress on all that are short or past; kept when what is past the caps, or
    else the greatest shortfall, or else the sum of squares, becomes less.
    """
    many = len(found)
    goal = wanted * many
    place = many - 1
    given = np.sum(found, axis=0)

    def past(seats: Floats) -> Floats:
        if cap is None:
            return np.zeros(len(seats))
        over: Floats = np.ceil((seats - cap) / frame.sizes)
        return over.clip(0.0)

    def score(seats: Floats) -> tuple[float, float, float]:
        short = goal / frame.sizes - np.floor(seats / frame.sizes)
        squares = float((short.clip(1.0) ** 2).sum())
        return float(past(seats).sum()), round(float(short.max()), 6), squares

    best = score(given)
    for _ in range(max(50, many // 4)):
        over = past(given)
        if best[0] == 0.0 and best[1] <= 1.25:
            return
        if best[0] > 0.0:
            worst, leaves = int(np.argmax(over)), True
        else:
            short = goal / frame.sizes - np.floor(given / frame.sizes)
            worst, leaves = int(np.argmax(short)), False
        for _ in range(many):
            place = (place + 1) % many
            if bool(found[place][worst] > 0) is leaves:
                break
        rest = given - found[place]
        weights = 1.0 + 3.0 * np.clip((goal - given) / frame.sizes - 0.5, 0.0, 4.0) + 9.0 * over
        panel = _under_cap(
            nearest, goal - rest, clock, None if cap is None else cap - rest, weights
        )
        after = score(rest + panel)
        if after < best:
            best = after
            found[place] = panel
            given = rest + panel


def _repeat(
    frame: Frame,
    wanted: Floats,
    found: list[Floats],
    repertoire: list[Floats],
    panels: int,
    cap: Floats | None,
) -> None:
    """Fills up with panels known already, each time the one nearest to what is owed."""
    known = np.unique(np.array(repertoire), axis=0)
    weighted = known / frame.sizes
    squares = (known * weighted).sum(axis=1)
    towards = weighted @ wanted
    among = weighted @ known.T  # what a panel given takes from the worth of each, kept up below
    given = np.sum(found, axis=0) if found else np.zeros(len(wanted))
    worth = weighted @ ((len(found) + 1) * wanted - given)
    while len(found) < panels:
        costs = squares - 2.0 * worth
        if cap is not None:
            fits = (given + known <= cap).all(axis=1)
            costs = np.where(fits, costs, costs + 1e9)
        best = int(np.argmin(costs))
        found.append(known[best])
        given = given + known[best]
        worth += towards - among[:, best]


def deal(frame: Frame, panels: Floats, seed: str) -> tuple[tuple[int, ...], ...]:
    """Gives the seats of each type to its people in turn: their numbers of panels differ by one.

    The turn is shuffled anew each time round; whoever sits on the panel at which a turn ends
    goes to the end of the next, so that nobody gets two seats on one panel.
    """
    chance = Chance(seed, "dealing")
    queues: list[list[int]] = [[] for _ in frame.types.members]
    dealt = []
    for panel in panels.astype(int):
        people: list[int] = []
        for kind in np.flatnonzero(panel):
            members = frame.types.members[kind]
            seats = int(panel[kind])
            if len(members) == seats:
                people += members
                continue
            queue = queues[kind]
            taken = queue[:seats]
            del queue[:seats]
            if len(taken) < seats:
                turn = chance.shuffled(members)
                turn.sort(key=set(taken).__contains__)
                missing = seats - len(taken)
                taken += turn[:missing]
                queue += turn[missing:]
            people += taken
        dealt.append(tuple(sorted(people)))
    return tuple(Chance(seed, "numbering").shuffled(dealt))
