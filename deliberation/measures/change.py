"""How opinions changed between two waves of a survey: paired answers only.

The test is Wilcoxon's signed rank test, exact for any ties: pairs without a change are left out
(Wilcoxon's own way), equal changes share their ranks, and the chance is counted over all signs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Change:
    """``mean`` of after less before; ``changed``: the share of pairs that differ; variances
    before and after (n - 1); ``p`` exact, two-sided; ``rank_biserial`` from -1 to 1."""

    pairs: int
    mean: Fraction
    changed: Fraction
    variance_before: Fraction
    variance_after: Fraction
    p: Fraction
    rank_biserial: Fraction


def change(before: Sequence[int], after: Sequence[int]) -> Change | None:
    """The figures of one question, answers by person in the same order; None without a pair."""
    pairs = list(zip(before, after, strict=True))
    if not pairs:
        return None
    steps = [later - earlier for earlier, later in pairs]
    up, ranks = _signed_ranks([step for step in steps if step])
    total = sum(ranks)
    return Change(
        pairs=len(pairs),
        mean=Fraction(sum(steps), len(pairs)),
        changed=Fraction(sum(step != 0 for step in steps), len(pairs)),
        variance_before=_variance(before),
        variance_after=_variance(after),
        p=_exact(up, ranks),
        rank_biserial=Fraction(2 * up - total, total) if total else Fraction(0),
    )


def _signed_ranks(steps: Sequence[int]) -> tuple[int, list[int]]:
    """Twice the sum of the ranks of steps upwards, and twice each rank (ties share, so halves)."""
    sizes = Counter(abs(step) for step in steps)
    rank, below = {}, 0
    for size in sorted(sizes):
        rank[size] = 2 * below + sizes[size] + 1
        below += sizes[size]
    return sum(rank[step] for step in steps if step > 0), [rank[abs(step)] for step in steps]


def _exact(up: int, ranks: Sequence[int]) -> Fraction:
    """How often signs by chance give a sum as far out, on either side; 1 without a change."""
    ways = Counter({0: 1})
    for rank in ranks:
        ways += Counter({total + rank: number for total, number in ways.items()})
    out = min(
        sum(number for total, number in ways.items() if total <= up),
        sum(number for total, number in ways.items() if total >= up),
    )
    return min(Fraction(1), Fraction(2 * out, 2 ** len(ranks)))


def _variance(values: Sequence[int]) -> Fraction:
    number = len(values)
    if number < 2:
        return Fraction(0)
    mean = Fraction(sum(values), number)
    return sum(((value - mean) ** 2 for value in values), Fraction()) / (number - 1)


def holm(chances: Sequence[Fraction]) -> list[Fraction]:
    """The chances of several questions, each raised for asking so many (Holm's step-down)."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    raised = [Fraction(1)] * len(chances)
    highest = Fraction(0)
    for step, place in enumerate(order):
        highest = max(highest, min(Fraction(1), chances[place] * (len(chances) - step)))
        raised[place] = highest
    return raised
