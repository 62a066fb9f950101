"""The proof that no lottery treats the worst off better: prices, checked in exact fractions.

Give each person a weight, all weights summing to one. The lowest chance in a lottery is at most
the weighted mean of chances, and that is at most the greatest weight a panel can carry. What a
panel can carry is bounded by prices: a price for a seat, for each target's maximum and minimum,
for each household, such that nobody's weight exceeds what his or her seat costs. This is the
duality of linear programming; to check it takes nothing but additions of fractions.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Certificate:
    """Weights and prices, all integers over one denominator.

    `weights` is by person and sums to `denominator`; people without a chance weigh 0.
    `at_most` and `at_least` are by target, in the targets' order, none negative. `household`
    pairs a household's name with its price, none negative. `seat` may have either sign.
    """

    denominator: int
    weights: tuple[int, ...]
    seat: int
    at_most: tuple[int, ...]
    at_least: tuple[int, ...]
    household: tuple[tuple[str, int], ...]
    bound: Fraction
