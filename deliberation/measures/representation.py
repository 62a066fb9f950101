"""How like its town a group of people is: pool, panel, those who came, those who voted.

A trait's people are compared with the census: ``counts`` are people by value of the trait,
``shares`` the census's share of each value, in the same order, together 1. Those who did not
answer stand in neither; ``Likeness.unanswered`` keeps their share in sight.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import erfc, exp, gamma, lcm, sqrt

from deliberation.sortition.chance import Chance

FEW = 5
"""An expected count below this makes the chi-square distribution a poor guide."""
TRIALS = 4000
LEAST, STEP = 10, 5
"""Cells below LEAST are not shown, others to the nearest STEP, outside the official's own view."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """``dissimilarity``: the share of people who would have to have another value of the trait
    for the group to be like the census, 0 to 1. ``worst_ratio``: the least share of the group
    over that of the census; 1 where none is short. ``p``: how often a group drawn by chance
    from the census is at least as far from it as this one is."""

    people: int
    unanswered: Fraction
    dissimilarity: Fraction
    worst_ratio: Fraction
    chi_square: Fraction
    p: Fraction
    simulated: bool
    """Whether ``p`` was drawn (Monte Carlo, ``TRIALS``) or comes of the distribution."""


def likeness(
    counts: Sequence[int], shares: Sequence[Fraction], unanswered: int = 0, seed: str = "likeness"
) -> Likeness | None:
    """The figures of one trait; None where nobody answered.

    Where an expected count is below ``FEW``, ``p`` is simulated (Monte Carlo, ``TRIALS`` draws
    from ``seed``); else it is the chi-square distribution's. Errors: ValueError where the
    shares are not all above 0 and together 1.
    """
    if len(counts) != len(shares) or min(shares, default=0) <= 0 or sum(shares) != 1:
        raise ValueError("a share above 0 for each count, together 1")
    people = sum(counts)
    if not people:
        return None
    mine = [Fraction(count, people) for count in counts]
    simulated = min(shares) * people < FEW
    chi_square = _chi_square(counts, shares)
    return Likeness(
        people=people,
        unanswered=Fraction(unanswered, people + unanswered),
        dissimilarity=sum((abs(q - p) for q, p in zip(mine, shares, strict=True)), Fraction()) / 2,
        worst_ratio=min(q / p for q, p in zip(mine, shares, strict=True)),
        chi_square=chi_square,
        p=_simulated(people, tuple(shares), chi_square, seed) if simulated
        else Fraction(_tail(float(chi_square), len(shares) - 1)),
        simulated=simulated,
    )


def _chi_square(counts: Sequence[int], shares: Sequence[Fraction]) -> Fraction:
    people = sum(counts)
    return sum(
        ((count - people * share) ** 2 / (people * share)
         for count, share in zip(counts, shares, strict=True)),
        Fraction(),
    )


def _tail(chi_square: float, freedom: int) -> float:
    """The chance of at least this much in the chi-square distribution, in closed form.

    With an even freedom it is a Poisson sum, with an odd one it begins at erfc.
    """
    half = chi_square / 2
    if freedom % 2 == 0:
        terms = [half**step / gamma(step + 1) for step in range(freedom // 2)]
        return min(1.0, exp(-half) * sum(terms)) if freedom else 1.0
    terms = [half ** (step - 0.5) / gamma(step + 0.5) for step in range(1, (freedom + 1) // 2)]
    return min(1.0, erfc(sqrt(half)) + exp(-half) * sum(terms))


@lru_cache(maxsize=512)
def _simulated(
    people: int, shares: tuple[Fraction, ...], found: Fraction, seed: str
) -> Fraction:
    """The share of groups drawn by chance that lie as far off, this one counted among them."""
    chance = Chance(seed, "likeness")
    common = lcm(*(share.denominator for share in shares))
    weights = [int(share * common) for share in shares]
    limits = [sum(weights[: place + 1]) for place in range(len(weights))]
    # Comparing chi-squares is comparing the sums of count² / weight, here in whole numbers.
    scale = lcm(*weights)
    factors = [scale // weight for weight in weights]
    # chi² = common / (people * scale) * sum(factor * count²) - people
    border = (found + people) * people * scale / common
    as_far = 1
    for _ in range(TRIALS):
        counts = [0] * len(weights)
        for _ in range(people):
            counts[bisect_right(limits, chance.below(common))] += 1
        far = sum(factor * count * count for factor, count in zip(factors, counts, strict=True))
        as_far += far >= border
    return Fraction(as_far, TRIALS + 1)


def shown(number: int) -> int | None:
    """A number of people as the public sees it: None where few could be known again."""
    return None if number < LEAST else (number + STEP // 2) // STEP * STEP


def concentration(people: Sequence[int], spent: Sequence[int]) -> Fraction:
    """How money lies over areas, ranked from the most deprived: below 0 where the poor gain.

    The concentration index, 2 cov(spend per head, rank) / mean, over people; the rank of an
    area's people is the middle of their place among all. 0 where nothing is spent.
    """
    total, money = sum(people), sum(spent)
    if not money or not total:
        return Fraction(0)
    mean = Fraction(money, total)
    covariance = Fraction()
    before = 0
    for number, amount in zip(people, spent, strict=True):
        if not number:
            continue
        rank = Fraction(2 * before + number, 2 * total)
        covariance += Fraction(number, total) * (Fraction(amount, number) - mean) * (
            rank - Fraction(1, 2)
        )
        before += number
    return 2 * covariance / mean
