"""The proof that no lottery treats the worst off better: prices, checked in exact fractions.

Give each person a weight, all weights summing to one. The lowest chance in a lottery is at most
the weighted mean of chances, and that is at most the greatest weight a panel can carry. What a
panel can carry is bounded by prices: a price for a seat, for each target's maximum and minimum,
for each household; who weighs more than the prices of his or her seat adds the difference. This
is the duality of linear programming; to check it takes nothing but sums of whole numbers, so the
prices need not be trusted: wrong ones prove a worse bound or none.

People without a chance are left out of the weights. That they have none is a claim that the
bound may rest on; it is proved in the same way by `Exclusion` (see exclusion.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

import numpy as np

from deliberation.sortition.exclusion import Exclusion, prove, prove_most
from deliberation.sortition.faults import TimeUp
from deliberation.sortition.frame import Frame
from deliberation.sortition.leximin import worst_off_prices
from deliberation.sortition.pool import Pool
from deliberation.sortition.solver import Clock, Floats
from deliberation.sortition.targets import Targets


@dataclass(frozen=True)
class Certificate:
    """Weights and prices, all integers over one denominator.

    `weights` is by person and sums to `denominator`; who has no chance weighs 0. `at_most` and
    `at_least` are by target, `household` by name, `ceiling` by person: none negative. `seat` may
    have either sign. `excluded` are people held to have no chance, `exclusion` the proof of it
    (None where nobody is excluded, or where the proof was not found).
    """

    denominator: int
    weights: tuple[int, ...]
    seat: int
    at_most: tuple[int, ...]
    at_least: tuple[int, ...]
    household: tuple[tuple[str, int], ...]
    ceiling: tuple[int, ...]
    bound: Fraction
    excluded: tuple[int, ...] = ()
    exclusion: Exclusion | None = None


@dataclass(frozen=True)
class WholeProof:
    """A sharper bound, where whole panels can do less than the relaxation promises.

    The same weights and ceiling prices as in Certificate, but what a panel can carry is bounded
    by cases (exclusion.py) in place of one set of prices.
    """

    denominator: int
    weights: tuple[int, ...]
    ceiling: tuple[int, ...]
    cases: Exclusion
    bound: Fraction
    excluded: tuple[int, ...] = ()
    exclusion: Exclusion | None = None


def proved_whole(
    proof: WholeProof,
    traits: Sequence[Sequence[int]],
    households: Sequence[str | None],
    targets: Targets,
    seats: int,
    ceiling: Fraction | None = None,
) -> Fraction | None:
    """The bound that the cases prove, or None if they prove none. Whole numbers only."""
    out = proof.excluded
    if out and (
        proof.exclusion is None
        or any(proof.weights[person] for person in out)
        or not proof.exclusion.holds(out, traits, households, targets, seats)
    ):
        return None
    signed = (*proof.weights, *proof.ceiling)
    if proof.denominator <= 0 or sum(proof.weights) != proof.denominator or min(signed) < 0:
        return None
    if ceiling is None and any(proof.ceiling):
        return None
    worth = [weight - price for weight, price in zip(proof.weights, proof.ceiling, strict=True)]
    most = proof.cases.most(worth, out, traits, households, targets, seats)
    if most is None:
        return None
    if ceiling is not None:
        most += sum(proof.ceiling) * ceiling
    return most / proof.denominator


def certify_whole(
    frame: Frame,
    pool: Pool,
    live: Floats,
    prices: Floats,
    level: float,
    before: Certificate,
    ceiling: Fraction | None,
    clock: Clock,
) -> WholeProof | None:
    """Proves the level that the exact stage found, by its prices; None if that takes too long.

    `prices` is by type, what a seat of it is worth: negative where a ceiling presses.
    """
    numbers = [Fraction(price).limit_denominator(10_000) for price in prices.tolist()]
    shared = lcm(*(number.denominator for number in numbers))
    if shared > 10**12:
        shared = 10**9
    whole = [round(float(price) * shared) for price in prices]
    weights, caps = [0] * len(pool.people), [0] * len(pool.people)
    for kind, members in enumerate(frame.types.members):
        for person in members:
            if live[kind]:
                weights[person] = max(0, whole[kind])
                caps[person] = max(0, -whole[kind])
    total = sum(weights)
    if total == 0:
        return None
    worth = np.array(whole, dtype=np.float64) * live
    rest = float(ceiling or 0) * sum(caps) / total
    households = tuple(person.household for person in pool.people)
    for slack in (1e-7, 2e-5):  # the exact stage stops when a panel would add less than 1e-5
        try:
            cases = prove_most(frame, live, worth, total, level - rest + slack, clock)
        except TimeUp:
            return None
        if cases is None:
            continue
        proof = WholeProof(
            total,
            tuple(weights),
            tuple(caps),
            cases,
            Fraction(0),
            before.excluded,
            before.exclusion,
        )
        bound = proved_whole(proof, pool.traits, households, frame.targets, frame.seats, ceiling)
        if bound is not None and bound < before.bound:
            return replace(proof, bound=bound)
    return None


def proved(
    certificate: Certificate,
    traits: Sequence[Sequence[int]],
    households: Sequence[str | None],
    targets: Targets,
    seats: int,
    ceiling: Fraction | None = None,
) -> Fraction | None:
    """The bound that the certificate proves, or None if it proves none. Whole numbers only.

    `traits` (places in the targets) and `households` are by person.
    """
    out = certificate.excluded
    if out:
        exclusion = certificate.exclusion
        if exclusion is None or any(certificate.weights[person] for person in out):
            return None
        if not exclusion.holds(out, traits, households, targets, seats):
            return None
    return priced(certificate, traits, households, targets, seats, ceiling)


def priced(
    certificate: Certificate,
    traits: Sequence[Sequence[int]],
    households: Sequence[str | None],
    targets: Targets,
    seats: int,
    ceiling: Fraction | None = None,
) -> Fraction | None:
    """The bound that the prices prove if the excluded have no chance; None if they prove none."""
    c = certificate
    prices = dict(c.household)
    signed = (*c.at_most, *c.at_least, *prices.values(), *c.ceiling, *c.weights)
    if c.denominator <= 0 or sum(c.weights) != c.denominator or min(signed, default=0) < 0:
        return None
    if not len(c.at_most) == len(c.at_least) == len(targets.rows):
        return None
    if ceiling is None and any(c.ceiling):
        return None
    out = set(c.excluded)
    total = Fraction(c.seat * seats + sum(prices.values()))
    if ceiling is not None:
        total += sum(c.ceiling) * ceiling
    for most, least, target in zip(c.at_most, c.at_least, targets.rows, strict=True):
        total += most * target.maximum - least * target.minimum
    for person, (theirs, household) in enumerate(zip(traits, households, strict=True)):
        if person in out:
            continue
        cost = c.seat + c.ceiling[person]
        cost += sum(c.at_most[target] - c.at_least[target] for target in theirs)
        if household is not None:
            cost += prices.get(household, 0)
        total += max(0, c.weights[person] - cost)
    return total / c.denominator


def certify(
    frame: Frame, pool: Pool, live: Floats, ceiling: Fraction | None, clock: Clock
) -> Certificate:
    """The best prices over the relaxation, made whole, with the bound that they prove."""
    level = 1.0 if ceiling is None else float(ceiling)
    weights, rows = worst_off_prices(frame, live, level, clock)
    try:
        exclusion = prove(frame, live, clock)
    except TimeUp:  # the bound stands, only its proof lacks a part; the check will say so
        exclusion = None
    households = tuple(person.household for person in pool.people)
    best: Certificate | None = None
    for largest in (1_000, 50_000, None):
        found = _whole(frame, live, weights, rows, ceiling, largest)
        if found is None:
            continue
        bound = priced(found, pool.traits, households, frame.targets, frame.seats, ceiling)
        if bound is not None and (best is None or bound < best.bound):
            best = replace(found, bound=bound, exclusion=exclusion)
    assert best is not None  # the last way always gives a bound
    return best


def _whole(
    frame: Frame,
    live: Floats,
    weights: Floats,
    rows: Floats,
    ceiling: Fraction | None,
    largest: int | None,
) -> Certificate | None:
    """Prices over one denominator: as fractions with denominators up to `largest`, else rounded.

    Where the solver's numbers stand for small fractions, those prove the bound to the last digit.
    """
    types = frame.types
    floats = [*weights.tolist(), *rows.tolist()]
    if largest is None:
        numbers = [round(number * 10**12) for number in floats]
    else:
        fractions = [Fraction(number).limit_denominator(largest) for number in floats]
        shared = lcm(*(number.denominator for number in fractions))
        if shared > 10**15:
            return None
        numbers = [int(number * shared) for number in fractions]
    by_type = [max(0, number) for number in numbers[: len(weights)]]
    prices = numbers[len(weights) :]
    many = len(frame.targets.rows)
    at_most = tuple(max(0, price) for price in prices[1 : 1 + many])
    at_least = tuple(max(0, -price) for price in prices[1 : 1 + many])
    household = [max(0, price) for price in prices[1 + many :]]
    theirs = dict(zip(types.household_names, household, strict=True))
    household_of = {
        kind: theirs[name]
        for name, kinds in zip(types.household_names, types.households, strict=True)
        for kind in kinds
    }
    people = sum(types.sizes)
    weight_of, ceiling_of = [0] * people, [0] * people
    for kind, members in enumerate(types.members):
        cost = prices[0] + household_of.get(kind, 0)
        cost += sum(at_most[target] - at_least[target] for target in types.traits[kind])
        for person in members:
            weight_of[person] = by_type[kind]
            if ceiling is not None and live[kind]:
                ceiling_of[person] = max(0, by_type[kind] - cost)
    excluded = sorted(p for kind in np.flatnonzero(live == 0) for p in types.members[kind])
    return Certificate(
        sum(weight_of),
        tuple(weight_of),
        prices[0],
        at_most,
        at_least,
        tuple((name, price) for name, price in theirs.items() if price),
        tuple(ceiling_of),
        Fraction(0),
        tuple(excluded),
    )
