"""The proofs: they hold, and any number changed for the worse makes them fail."""

from dataclasses import replace
from fractions import Fraction

import pytest

from deliberation.sortition.certificate import Certificate, proved
from deliberation.sortition.exclusion import Case, Exclusion, Split
from deliberation.sortition.lottery import Lottery, certificate_holds, hold
from deliberation.sortition.pool import Pool
from deliberation.sortition.targets import Targets
from tests.deliberation.small_pools import pool_of, targets_of
from tests.deliberation.test_lottery import crossing, town

TEAMS = targets_of(team={"a": (1, 1), "b": (1, 2)})


def held_town() -> tuple[Lottery, Pool, Targets]:
    pool, targets = town()
    return hold(pool, targets, 9, seed="a", panels=20), pool, targets


def bound_of(certificate: Certificate, pool: Pool, targets: Targets, seats: int) -> Fraction | None:
    households = tuple(person.household for person in pool.people)
    return proved(certificate, pool.traits, households, targets, seats)


def test_a_certificate_worked_out_by_hand() -> None:
    """One seat of a for four people: weigh each a quarter, price the target a quarter."""
    pool = pool_of(TEAMS, "a", "a", "a", "a", "b", "b")
    certificate = Certificate(
        4, (1, 1, 1, 1, 0, 0), 0, (1, 0), (0, 0), (), (0,) * 6, Fraction(1, 4)
    )
    assert bound_of(certificate, pool, TEAMS, 2) == Fraction(1, 4)
    # The same by the other target's minimum: of two seats, one at least goes to b.
    other = replace(certificate, seat=1, at_most=(0, 0), at_least=(0, 1))
    assert bound_of(other, pool, TEAMS, 2) == Fraction(1, 4)
    # Prices too low cost the difference for each person: the bound is worse, but still true.
    cheap = replace(certificate, at_most=(0, 0))
    assert bound_of(cheap, pool, TEAMS, 2) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"denominator": 5},
        {"denominator": 0},
        {"weights": (2, 1, 1, 1, -1, 0)},
        {"weights": (1, 1, 1, 1, 1, 0)},
        {"at_most": (1, -1)},
        {"at_least": (-1, 0)},
        {"at_most": (1,)},
        {"household": (("home", -1),)},
        {"ceiling": (1, 0, 0, 0, 0, 0)},
        {"excluded": (0,)},
        {"excluded": (5,)},
    ],
)
def test_certificates_that_prove_nothing(change: dict[str, object]) -> None:
    pool = pool_of(TEAMS, "a", "a", "a", "a", "b", "b")
    good = Certificate(4, (1, 1, 1, 1, 0, 0), 0, (1, 0), (0, 0), (), (0,) * 6, Fraction(1, 4))
    assert bound_of(replace(good, **change), pool, TEAMS, 2) is None  # type: ignore[arg-type]


def test_a_lower_bound_than_proved_is_refused() -> None:
    held, pool, targets = held_town()
    assert certificate_holds(held, pool, targets)
    assert held.bound.denominator < 10_000  # the true fraction, not the solver's digits
    better = replace(held, bound=held.bound - Fraction(1, 10**9))
    assert not certificate_holds(better, pool, targets)
    assert not certificate_holds(replace(held, certificate=None), pool, targets)
    wider = Targets(tuple(replace(row, maximum=row.maximum + 1, minimum=0) for row in targets.rows))
    assert not certificate_holds(held, pool, wider)


def excluded_case() -> tuple[Lottery, Pool, Targets]:
    targets = targets_of(
        one={"i": (1, 1), "o": (0, 2)},
        two={"j": (1, 1), "u": (0, 2)},
        three={"k": (1, 1), "v": (0, 2)},
    )
    pool = pool_of(targets, "i j v", "o j k", "i u k", "o u v", "i j k", "o u v")
    return hold(pool, targets, 2, seed="a", panels=10), pool, targets


def test_an_exclusion_is_proved_and_cannot_be_bent() -> None:
    held, pool, targets = excluded_case()
    proof = held.certificate
    assert proof is not None and proof.exclusion is not None
    households = (None,) * 6
    holds = proof.exclusion.holds
    assert holds(proof.excluded, pool.traits, households, targets, 2)
    # It does not prove that others have no chance, nor the same for wider targets or more seats.
    for person in (3, 4, 5):
        assert not holds((*proof.excluded, person), pool.traits, households, targets, 2)
    free = Targets(tuple(replace(row, minimum=0, maximum=2) for row in targets.rows))
    assert not holds(proof.excluded, pool.traits, households, free, 2)
    without = replace(held, certificate=replace(proof, exclusion=None))
    assert not certificate_holds(without, pool, targets)


def test_a_tree_must_have_both_sides() -> None:
    """A split whose high side borrows the low side's prices proves nothing for the high side."""
    targets = targets_of(team={"a": (0, 2), "b": (0, 2)})
    pool = pool_of(targets, "a", "a", "b", "b")
    low = Case(1, 0, (0, 0), (0, 0), (), (1,))
    people = (0, 1)
    assert (
        Exclusion(Split(people, 0, low, low)).holds((0,), pool.traits, (None,) * 4, targets, 2)
        is False
    )
    only_low = Exclusion(Split(people, 0, low, Case(1, 0, (9, 9), (0, 0), (), (0,))))
    assert not only_low.holds((0,), pool.traits, (None,) * 4, targets, 2)
    short_path = Exclusion(Case(1, 0, (0, 0), (0, 0), (), (1,)))
    assert not short_path.holds((0,), pool.traits, (None,) * 4, targets, 2)


def test_the_sharper_bound_cannot_be_bent() -> None:
    pool, targets, seats = crossing()
    held = hold(pool, targets, seats, seed="a", panels=600)
    sharper = held.sharper
    assert sharper is not None and certificate_holds(held, pool, targets)
    weights = list(sharper.weights)
    heavy = max(range(len(weights)), key=weights.__getitem__)
    weights[heavy] -= 1
    for changed in (
        replace(sharper, weights=tuple(weights)),
        replace(sharper, denominator=sharper.denominator + 1),
        replace(sharper, ceiling=(1,) * len(weights)),
        replace(sharper, bound=sharper.bound - Fraction(1, 10**6)),
    ):
        assert not certificate_holds(replace(held, sharper=changed), pool, targets)
