"""The solver (HiGHS) behind a small face: programs over columns, limits that hold, one thread.

One thread and no randomness of its own: the same program gives the same answer each time.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from deliberation.sortition.faults import Cancelled, TimeUp

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Options = dict[str, bool | int | float | str]

INFINITY = float(highspy.kHighsInf)


class Clock:
    """A time limit in seconds, from now, and a question whether to stop."""

    def __init__(
        self, limit: float | None = None, cancelled: Callable[[], bool] | None = None
    ) -> None:
        self._start = time.monotonic()
        self._limit = limit
        self.cancelled = cancelled

    def spent(self) -> float:
        return time.monotonic() - self._start

    def left(self) -> float:
        return INFINITY if self._limit is None else self._limit - self.spent()

    def check(self) -> None:
        """Raises Cancelled or TimeUp when it is time to stop."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled
        if self.left() <= 0:
            raise TimeUp


class Columns:
    """The columns of a sparse matrix of ones, by the rows that each touches."""

    def __init__(self, rows_of: Sequence[Sequence[int]], rows: int) -> None:
        lengths = [len(touched) for touched in rows_of]
        self.start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        flat = [row for touched in rows_of for row in touched]
        self.index = np.array(flat, dtype=np.int32)
        self.rows = rows
        self._column_of = np.repeat(np.arange(len(lengths)), lengths)

    def __len__(self) -> int:
        return len(self.start) - 1

    def times(self, amounts: Floats) -> Floats:
        """By row, the sum of `amounts` over the columns that touch it."""
        counts = np.bincount(self.index, amounts[self._column_of], minlength=self.rows)
        return counts.astype(np.float64)

    def priced(self, prices: Floats) -> Floats:
        """By column, the sum of `prices` over the rows that it touches."""
        sums = np.bincount(self._column_of, prices[self.index], minlength=len(self))
        return sums.astype(np.float64)

    def subset(self, chosen: NDArray[np.intp]) -> "Columns":
        """The columns of these numbers, in this order; numbers may repeat."""
        lengths = self.start[chosen + 1] - self.start[chosen]
        ends = np.cumsum(lengths)
        places = np.arange(int(ends[-1])) + np.repeat(self.start[chosen] - ends + lengths, lengths)
        part = Columns((), self.rows)
        part.start = np.append(0, ends).astype(np.int32)
        part.index = self.index[places]
        part._column_of = np.repeat(np.arange(len(chosen)), lengths)
        return part


@dataclass(frozen=True)
class Solution:
    """Values and reduced costs by column, prices by row, and the objective (a minimum)."""

    values: Floats
    reduced: Floats
    prices: Floats
    objective: float


class Program:
    """Minimise costs over columns between bounds, rows between bounds; warm from run to run."""

    def __init__(
        self,
        columns: Columns,
        row_bounds: tuple[Floats, Floats],
        column_bounds: tuple[Floats, Floats],
        costs: Floats,
        *,
        integer: bool = False,
        scale: Floats | None = None,
        options: Options | None = None,
    ) -> None:
        model = highspy.HighsLp()
        model.num_col_ = len(columns)
        model.num_row_ = columns.rows
        model.col_cost_ = costs
        model.col_lower_, model.col_upper_ = column_bounds
        model.row_lower_, model.row_upper_ = row_bounds
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = columns.start
        model.a_matrix_.index_ = columns.index
        model.a_matrix_.value_ = np.ones(len(columns.index)) if scale is None else scale
        if integer:
            model.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
        self._integer = integer
        self._watched = False
        self._numbers = np.arange(len(columns), dtype=np.int32)
        self.highs: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
        settings: Options = {
            "output_flag": False,
            "threads": 1,
            "primal_feasibility_tolerance": 1e-9,
            "dual_feasibility_tolerance": 1e-9,
        }
        for name, value in (settings | (options or {})).items():
            self.highs.setOptionValue(name, value)
        self.highs.passModel(model)

    def set_costs(self, costs: Floats) -> None:
        self.highs.changeColsCost(len(self._numbers), self._numbers, costs)

    def set_column_bounds(self, lower: Floats, upper: Floats) -> None:
        self.highs.changeColsBounds(len(self._numbers), self._numbers, lower, upper)

    def solve(self, clock: Clock) -> Solution | None:
        """The best solution; None where there is none. Raises TimeUp or Cancelled."""
        clock.check()
        # HiGHS counts its time over all runs of one object, so the limit does as well.
        limit = min(clock.left(), 1e9)
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + limit)
        if clock.cancelled is not None and self._integer and not self._watched:
            self._watch(clock)
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            found = self.highs.getSolution()
            return Solution(
                np.array(found.col_value),
                np.array(found.col_dual),
                np.array(found.row_dual),
                float(self.highs.getObjectiveValue()),
            )
        infeasible = (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,  # all our columns are bounded
        )
        if status in infeasible:
            return None
        clock.check()
        if status == highspy.HighsModelStatus.kTimeLimit:
            raise TimeUp
        raise SolverFailed(self.highs.modelStatusToString(status))

    def _watch(self, clock: Clock) -> None:
        """An integer program can run for long: ask inside it whether to stop."""
        ask = clock.cancelled
        assert ask is not None

        def stop(event: object) -> None:
            if ask():
                event.interrupt()  # type: ignore[attr-defined]

        self.highs.cbMipInterrupt += stop
        self._watched = True


class SolverFailed(RuntimeError):
    """The solver ended without an answer; its status is the message."""
