"""The proof that certain people have no chance: no panel that meets the targets holds them.

A panel is made of whole people, and that is what excludes some whom fractions would let in. So
the proof goes by cases: "either at most 3 of these people are on the panel, or at least 4", and
so on, until in each case prices (as in certificate.py) show that a panel holds less than one of
the excluded. Each case is checked by sums of whole numbers alone.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from deliberation.sortition.frame import Frame
from deliberation.sortition.solver import INFINITY, Clock, Columns, Floats, Program
from deliberation.sortition.targets import Targets

GRAIN = 10**9  # prices are rounded to this part of the whole weight
CASES = 1000  # more cases than this nobody would check


@dataclass(frozen=True)
class Case:
    """Prices for one case, over `denominator`; `splits` one a split on the way here.

    A person of weight 1 is worth `denominator`.
    """

    denominator: int
    seat: int
    at_most: tuple[int, ...]
    at_least: tuple[int, ...]
    household: tuple[tuple[str, int], ...]
    splits: tuple[int, ...]


@dataclass(frozen=True)
class Split:
    """Two cases: at most `at_most` of `people` on the panel, or more."""

    people: tuple[int, ...]
    at_most: int
    low: "Split | Case"
    high: "Split | Case"


@dataclass(frozen=True)
class Exclusion:
    """The tree of cases."""

    root: Split | Case

    def cases(self) -> Iterator[tuple[tuple[tuple[Split, bool], ...], Case]]:
        """Each case with the splits on its way and whether it took the higher side."""
        stack: list[tuple[tuple[tuple[Split, bool], ...], Split | Case]] = [((), self.root)]
        while stack:
            path, node = stack.pop()
            if isinstance(node, Case):
                yield path, node
            else:
                stack.append(((*path, (node, True)), node.high))
                stack.append(((*path, (node, False)), node.low))

    def holds(
        self,
        excluded: Collection[int],
        traits: Sequence[Sequence[int]],
        households: Sequence[str | None],
        targets: Targets,
        seats: int,
    ) -> bool:
        """Whether every case proves that a panel holds less than one of `excluded`."""
        weights = [0] * len(traits)
        for person in excluded:
            weights[person] = 1
        most = self.most(weights, (), traits, households, targets, seats)
        return most is not None and most < 1

    def most(
        self,
        weights: Sequence[int],
        barred: Collection[int],
        traits: Sequence[Sequence[int]],
        households: Sequence[str | None],
        targets: Targets,
        seats: int,
    ) -> Fraction | None:
        """The greatest weight of a panel without `barred` that the cases allow; None if wrong."""
        out = set(barred)
        splits: list[list[Split]] = [[] for _ in traits]  # by person, the splits that name them
        for split in self._splits():
            for person in set(split.people):
                splits[person].append(split)
        # People alike in all that counts here are summed up together: a pool has many of them.
        alike: dict[tuple[tuple[int, ...], str | None, int, tuple[int, ...]], _Alike] = {}
        for person, (theirs, household) in enumerate(zip(traits, households, strict=True)):
            if person in out:
                continue
            named = tuple(map(id, splits[person]))
            key = (tuple(theirs), household, weights[person], named)
            alike[key] = _Alike(
                key[0],
                household,
                weights[person],
                frozenset(named),
                alike[key].people + 1 if key in alike else 1,
            )
        worst: Fraction | None = None
        for path, case in self.cases():
            found = _most_in_case(case, path, alike.values(), targets, seats)
            if found is None:
                return None
            worst = found if worst is None else max(worst, found)
        return worst

    def _splits(self) -> Iterator[Split]:
        """Each split once."""
        stack = [self.root]
        while stack:
            node = stack.pop()
            if isinstance(node, Split):
                yield node
                stack += [node.low, node.high]


@dataclass(frozen=True)
class _Alike:
    """So many people of these traits, household and weight, named by these splits (by id)."""

    traits: tuple[int, ...]
    household: str | None
    weight: int
    splits: frozenset[int]
    people: int


def _most_in_case(
    case: Case,
    path: tuple[tuple[Split, bool], ...],
    pool: Iterable[_Alike],
    targets: Targets,
    seats: int,
) -> Fraction | None:
    prices = dict(case.household)
    signed = (*case.at_most, *case.at_least, *case.splits, *prices.values())
    many = len(targets.rows)
    if case.denominator <= 0 or min(signed, default=0) < 0 or len(case.splits) != len(path):
        return None
    if len(case.at_most) != many or len(case.at_least) != many:
        return None
    total = case.seat * seats + sum(prices.values())
    for most, least, target in zip(case.at_most, case.at_least, targets.rows, strict=True):
        total += most * target.maximum - least * target.minimum
    on_the_way: list[tuple[int, int]] = []
    for (split, high), price in zip(path, case.splits, strict=True):
        total += -price * (split.at_most + 1) if high else price * split.at_most
        on_the_way.append((id(split), -price if high else price))
    for group in pool:
        cost = case.seat
        cost += sum(case.at_most[target] - case.at_least[target] for target in group.traits)
        cost += sum(price for split, price in on_the_way if split in group.splits)
        if group.household is not None:
            cost += prices.get(group.household, 0)
        total += group.people * max(0, group.weight * case.denominator - cost)
    return Fraction(total, case.denominator)


def prove(frame: Frame, live: Floats, clock: Clock) -> Exclusion | None:
    """The proof that the types with `live` 0 have no chance; None if it takes too many cases."""
    if live.all():
        return None
    weights = (live == 0).astype(np.float64)
    root = _Search(frame, weights, 1, frame.sizes, 1.0 - 1e-4, clock).node(())
    return None if root is None else Exclusion(root)


def prove_most(
    frame: Frame, live: Floats, weights: Floats, unit: int, most: float, clock: Clock
) -> Exclusion | None:
    """The proof that no panel weighs more than `most` units; None if it takes too many cases.

    `weights` are whole numbers, by person of each type.
    """
    root = _Search(frame, weights / unit, unit, frame.sizes * live, most, clock).node(())
    return None if root is None else Exclusion(root)


@dataclass(frozen=True)
class _Row:
    """A split on the way: these types, at most or at least so many."""

    kinds: tuple[int, ...]
    at_most: int
    high: bool


class _Search:
    """Branch and bound on counts of targets first, then of types."""

    def __init__(
        self,
        frame: Frame,
        weights: Floats,
        unit: int,
        upper: Floats,
        most: float,
        clock: Clock,
    ) -> None:
        self._frame = frame
        self._unit = unit
        self._grain = max(1, GRAIN // unit)
        self._weights = weights
        self._upper = upper
        self._most = most
        # A case without panels has prices too, since breaking a row by one costs so much.
        self._penalty = 1000.0 * max(1.0, float(np.abs(weights).max()))
        self._clock = clock
        self._cases = 0

    def node(self, path: tuple[_Row, ...]) -> Split | Case | None:
        if self._cases > CASES:
            return None
        values, prices, bound = self._relax(path)
        if bound <= self._most:
            self._cases += 1
            return self._case(path, prices)
        kinds = self._branch(values)
        if kinds is None:
            return None
        at_most = int(np.floor(values[list(kinds)].sum() + 1e-6))
        low = self.node((*path, _Row(kinds, at_most, False)))
        high = None if low is None else self.node((*path, _Row(kinds, at_most, True)))
        if low is None or high is None:
            return None
        members = self._frame.types.members
        people = tuple(sorted(person for kind in kinds for person in members[kind]))
        return Split(people, at_most, low, high)

    def _relax(self, path: tuple[_Row, ...]) -> tuple[Floats, Floats, float]:
        """Seats by type, price by row and the most weight, every row breakable at a penalty."""
        frame = self._frame
        base = frame.columns.rows
        kinds = len(frame.sizes)
        start, index = frame.columns.start, frame.columns.index
        rows_of = [index[start[kind] : start[kind + 1]].tolist() for kind in range(kinds)]
        for place, row in enumerate(path):
            for kind in row.kinds:
                rows_of[kind].append(base + place)
        rows = base + len(path)
        rows_of += [[row] for row in range(rows)] * 2
        columns = Columns(rows_of, rows)
        scale = np.ones(len(columns.index))
        scale[columns.start[kinds + rows] :] = -1.0
        lower = [float(row.at_most + 1) if row.high else -INFINITY for row in path]
        upper = [INFINITY if row.high else float(row.at_most) for row in path]
        found = Program(
            columns,
            (np.append(frame.row_lower, lower), np.append(frame.row_upper, upper)),
            (
                np.zeros(kinds + 2 * rows),
                np.concatenate([self._upper, np.full(2 * rows, 1e6)]),
            ),
            np.concatenate([-self._weights, np.full(2 * rows, self._penalty)]),
            scale=scale,
        ).solve(self._clock)
        assert found is not None  # every row can be broken
        return found.values[:kinds], -found.prices, -found.objective

    def _branch(self, values: Floats) -> tuple[int, ...] | None:
        """The types whose count is the furthest from whole: those of a target, else one type."""
        counts = self._frame.columns.times(values)[1 : 1 + len(self._frame.targets.rows)]
        broken = np.abs(counts - np.rint(counts))
        if broken.size and broken.max() > 1e-5:
            target = int(np.argmax(broken))
            return tuple(
                kind for kind, traits in enumerate(self._frame.types.traits) if target in traits
            )
        broken = np.abs(values - np.rint(values))
        return (int(np.argmax(broken)),) if broken.max() > 1e-5 else None

    def _case(self, path: tuple[_Row, ...], prices: Floats) -> Case:
        whole = [round(float(price) * self._unit * self._grain) for price in prices]
        many = len(self._frame.targets.rows)
        base = self._frame.columns.rows
        targets = whole[1 : 1 + many]
        names = self._frame.types.household_names
        return Case(
            self._grain,
            whole[0],
            tuple(max(0, price) for price in targets),
            tuple(max(0, -price) for price in targets),
            tuple(
                (name, price)
                for name, price in zip(names, whole[1 + many : base], strict=True)
                if price > 0
            ),
            tuple(
                max(0, -price if row.high else price)
                for row, price in zip(path, whole[base:], strict=True)
            ),
        )
