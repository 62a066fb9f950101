"""How evenly people were heard: the Gini coefficient of turns or of seconds.

Whoever sat at the table and said nothing counts with 0; facilitators are left out by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def gini(amounts: Sequence[int]) -> Fraction:
    """0 where all have the same, towards 1 where one has all; 0 where nobody has anything."""
    number, total = len(amounts), sum(amounts)
    if not total:
        return Fraction(0)
    ranked = sum(place * amount for place, amount in enumerate(sorted(amounts), 1))
    return Fraction(2 * ranked, number * total) - Fraction(number + 1, number)


def gini_of_few(amounts: Sequence[int]) -> Fraction:
    """The same times n / (n - 1), so that one speaker at a table of any size makes 1."""
    number = len(amounts)
    return gini(amounts) * Fraction(number, number - 1) if number > 1 else Fraction(0)


def dominates(mine: int, amounts: Sequence[int]) -> bool:
    """Whether one share of the talk is above twice an even one: the table's facilitator sees it."""
    total = sum(amounts)
    return total > 0 and mine * len(amounts) > 2 * total
