"""Whether any panel meets the targets, who can be on none, why, and the smallest way out.

All of it takes integer programs over types, fast enough to answer while targets are edited.
"""

from dataclasses import dataclass

import numpy as np

from deliberation.sortition.faults import Fault, LotteryError
from deliberation.sortition.frame import Frame, build
from deliberation.sortition.pool import Pool
from deliberation.sortition.rounding import Sifter
from deliberation.sortition.solver import Clock, Columns, Floats, Options, Program
from deliberation.sortition.targets import Target, Targets, tally
from deliberation.sortition.types import group

# To see somebody new, half of the most that one panel can show will do: proving "most" is what
# takes long. A gap relative to nothing is infinite, so "none at all" is still proved.
ROUGH: Options = {"mip_rel_gap": 0.5}


@dataclass(frozen=True)
class Change:
    """Move one end of one target: `end` is "minimum" or "maximum"."""

    target: Target
    end: str
    to: int


@dataclass(frozen=True)
class NoChance:
    """A type that no panel can hold, and the fewest changes of targets that would let it in."""

    kind: int
    changes: tuple[Change, ...]


def plain_reasons(frame: Frame) -> tuple[Fault, ...]:
    """What can be seen without a solver: sums past the seats, too few people for a minimum."""
    found = list(frame.targets.faults(frame.seats))
    people = sum(frame.types.sizes)
    if people < frame.seats:
        found.append(Fault("pool.smaller_than_seats", values={"pool": people}))
    traits = [
        traits
        for traits, size in zip(frame.types.traits, frame.types.sizes, strict=True)
        for _ in range(size)
    ]
    for target, have in zip(frame.targets.rows, tally(frame.targets, traits), strict=True):
        if have < target.minimum:
            found.append(
                Fault(
                    "targets.too_few_people",
                    column=target.category,
                    values={"value": target.value, "minimum": target.minimum, "have": have},
                )
            )
    return tuple(found)


def smallest_relaxation(
    frame: Frame, clock: Clock, must_hold: int | None = None
) -> tuple[Change, ...] | None:
    """The changes of targets, smallest in sum, that let some panel exist.

    With `must_hold`, some panel that holds a person of that type. Seats and households stay as
    they are; None where even no targets at all would not help.
    """
    kinds = len(frame.sizes)
    many = len(frame.targets.rows)
    start, index = frame.columns.start, frame.columns.index
    rows_of = [index[start[kind] : start[kind + 1]].tolist() for kind in range(kinds)]
    rows_of += [[1 + target] for target in range(many)] * 2  # seats missing, seats too many
    columns = Columns(rows_of, frame.columns.rows)
    scale = np.ones(len(columns.index))
    scale[columns.start[kinds + many] :] = -1.0
    lower = np.zeros(kinds + 2 * many)
    if must_hold is not None:
        lower[must_hold] = 1.0
    minimums = frame.row_lower[1 : 1 + many]
    most = np.full(many, float(max(frame.seats, 1)))
    program = Program(
        columns,
        frame.row_bounds,
        (lower, np.concatenate([frame.sizes, minimums, most])),
        np.concatenate([np.zeros(kinds), np.ones(2 * many)]),
        integer=True,
        scale=scale,
    )
    found = program.solve(clock)
    if found is None:
        return None
    slack = np.rint(found.values[kinds:]).astype(int)
    changes = []
    for target, row in enumerate(frame.targets.rows):
        if slack[target]:
            changes.append(Change(row, "minimum", row.minimum - int(slack[target])))
        if slack[many + target]:
            changes.append(Change(row, "maximum", row.maximum + int(slack[many + target])))
    return tuple(changes)


def covered(frame: Frame, clock: Clock) -> tuple[Floats, list[Floats]]:
    """Which types some panel can hold (1.0, else 0.0), and the panels that showed it.

    Each further panel holds many types unseen so far. When a quick search finds none, an integer
    program proves that none of the rest ever gets a seat, or finds somebody who does. Raises
    LotteryError("targets.infeasible") where no panel exists.
    """
    kinds = len(frame.sizes)
    known = np.zeros(kinds)
    panels: list[Floats] = []
    sifter = Sifter(frame.columns, frame.row_bounds)
    while not panels or not known.all():
        costs = known - 1.0
        panel = sifter.whole(costs, frame.sizes, clock)
        if panel is None:
            raise LotteryError("targets.infeasible")
        if panels and not ((panel > 0) & (known == 0)).any():
            panel = frame.best(-costs, clock, options=ROUGH)
            assert panel is not None  # there is one
            if not ((panel > 0) & (known == 0)).any():
                break
        panels.append(panel)
        known[panel > 0] = 1.0
    return known, panels


def without_chance(frame: Frame, live: Floats, clock: Clock) -> tuple[NoChance, ...]:
    """For each type that no panel can hold, the targets that keep it out."""
    found = []
    for kind in np.flatnonzero(live == 0):
        changes = smallest_relaxation(frame, clock, int(kind))
        found.append(NoChance(int(kind), changes or ()))
    return tuple(found)


@dataclass(frozen=True)
class Findings:
    """What to show while targets are edited.

    `feasible`: some panel meets the targets. If none does, `reasons` are those that can be seen
    at once, and `help` the smallest change (None: no change of targets helps). Otherwise
    `without` are people (places in the pool) whom no panel can hold, with what keeps them out.
    """

    feasible: bool
    reasons: tuple[Fault, ...] = ()
    help: tuple[Change, ...] | None = ()
    without: tuple[tuple[tuple[int, ...], tuple[Change, ...]], ...] = ()


def examine(pool: Pool, targets: Targets, seats: int, clock: Clock) -> Findings:
    """Whether these targets can be met by this pool, for whom not, and what would help.

    Raises TimeUp or Cancelled as the clock says.
    """
    drawn_from = build(group(pool), targets, seats)
    reasons = plain_reasons(drawn_from)
    try:
        if reasons:
            raise LotteryError("targets.infeasible")
        live, _ = covered(drawn_from, clock)
    except LotteryError:
        return Findings(False, reasons, smallest_relaxation(drawn_from, clock))
    members = drawn_from.types.members
    found = without_chance(drawn_from, live, clock)
    return Findings(True, without=tuple((members[one.kind], one.changes) for one in found))
