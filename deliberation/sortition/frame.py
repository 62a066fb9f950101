"""What every panel must satisfy, as rows: seats, targets, one of a household.

A panel is counted by type: x[t] people of type t, 0 <= x[t] <= size of t. Row 0 is the seats;
then a row for each target, in their order; then one for each household that several may share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deliberation.sortition.solver import Clock, Columns, Floats, Options, Program
from deliberation.sortition.targets import Targets
from deliberation.sortition.types import Types


@dataclass(frozen=True)
class Frame:
    """The rows of a draw and the columns of its types."""

    types: Types
    targets: Targets
    seats: int
    columns: Columns
    row_lower: Floats
    row_upper: Floats
    sizes: Floats

    @property
    def row_bounds(self) -> tuple[Floats, Floats]:
        return self.row_lower, self.row_upper

    def best(
        self,
        weights: Floats,
        clock: Clock,
        lower: Floats | None = None,
        upper: Floats | None = None,
        options: Options | None = None,
    ) -> Floats | None:
        """The panel (seats by type) of the greatest weight, between bounds; None if none is."""
        program = Program(
            self.columns,
            self.row_bounds,
            (
                np.zeros(len(self.sizes)) if lower is None else lower,
                self.sizes if upper is None else upper,
            ),
            -weights,
            integer=True,
            options=options,
        )
        found = program.solve(clock)
        return None if found is None else np.rint(found.values)

    def holds(self, panel: Floats) -> bool:
        """Whether this panel (seats by type) meets every row, in whole numbers."""
        seats = panel.astype(np.int64)
        if (seats != panel).any() or (seats < 0).any() or (seats > self.sizes).any():
            return False
        rows = self.columns.times(panel)
        return bool(((rows >= self.row_lower) & (rows <= self.row_upper)).all())


def build(types: Types, targets: Targets, seats: int) -> Frame:
    """The frame of a draw."""
    household_row = {}
    for place, kinds in enumerate(types.households):
        for kind in kinds:
            household_row[kind] = 1 + len(targets.rows) + place
    rows_of: list[Sequence[int]] = []
    for kind, traits in enumerate(types.traits):
        rows = [0, *(1 + target for target in traits)]
        if kind in household_row:
            rows.append(household_row[kind])
        rows_of.append(rows)
    count = 1 + len(targets.rows) + len(types.households)
    lower = np.zeros(count)
    upper = np.ones(count)
    lower[0] = upper[0] = seats
    for place, target in enumerate(targets.rows, start=1):
        lower[place], upper[place] = target.minimum, target.maximum
    return Frame(
        types,
        targets,
        seats,
        Columns(rows_of, count),
        lower,
        upper,
        np.array(types.sizes, dtype=np.float64),
    )
