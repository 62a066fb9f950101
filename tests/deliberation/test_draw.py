"""The index is uniform, follows from what was published alone, and cannot be chosen afterwards."""

import hashlib
from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from deliberation.sortition import draw
from deliberation.sortition.beacon import Beacon, BeaconError
from deliberation.sortition.draw import Dice, DrawError, Numbers, Seed, index_of, uniform
from deliberation.sortition.lottery import Lottery

PORTFOLIO = hashlib.sha256(b"a portfolio").digest()
ROUND_1000 = Beacon(
    1000,
    bytes.fromhex(
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125"
        "e342b73a8dd2bacbe47e4b6b63ed5e39"
    ),
)
WITNESSES = ("the town clerk", "a member of the public")


def dice(*throws: tuple[int, ...], faces: tuple[int, int] = (0, 9)) -> Dice:
    return Dice("ten-sided dice", (faces,) * len(throws[0]), throws, WITNESSES)


def test_a_million_draws_of_the_index_are_uniform() -> None:
    panels = 1_000
    draws = (index_of(PORTFOLIO, panels, (Seed(str(number)),)) for number in range(1_000_000))
    counts = np.bincount(np.fromiter(draws, dtype=np.int64), minlength=panels)
    assert len(counts) == panels
    chi_square = float(((counts - 1_000.0) ** 2).sum() / 1_000)
    # 999 degrees of freedom: mean 999, standard deviation 44.7; four of them either way.
    assert 820 < chi_square < 1_178
    assert abs(counts - 1_000).max() < 5 * 1_000**0.5


@pytest.mark.parametrize(("span", "count"), [(256, 100), (256, 1), (256, 256), (10, 7), (97, 96)])
def test_rejection_leaves_no_number_likelier_than_another(span: int, count: int) -> None:
    """All numbers of a small span, each followed by one that is always fair: exact, no sample."""
    fair = span // count * count
    drawn = Counter(uniform(iter((first, 0)), span, count) for first in range(span) if first < fair)
    assert set(drawn) == set(range(count))
    assert len(set(drawn.values())) == 1
    for unfair in range(fair, span):
        assert uniform(iter((unfair, count - 1)), span, count) == count - 1


def test_the_index_is_what_the_formula_says() -> None:
    digest = hashlib.sha256(b"draw-v1" + PORTFOLIO + ROUND_1000.randomness).digest()
    expected = int.from_bytes(digest, "big") % 1_000
    assert index_of(PORTFOLIO, 1_000, (ROUND_1000,)) == expected
    thrown = index_of(PORTFOLIO, 1_000, (ROUND_1000, dice((9, 0, 7))))
    assert thrown == (expected + 907) % 1_000
    assert index_of(PORTFOLIO, 1_000, (dice((9, 0, 7)), ROUND_1000)) == thrown


def test_dice_alone_are_uniform() -> None:
    """All 216 throws of three dice for 50 panels: 200 count, four for each panel."""
    counted = Counter()
    again = 0
    for throw in product(range(1, 7), repeat=3):
        try:
            counted[index_of(PORTFOLIO, 50, (dice(throw, faces=(1, 6)),))] += 1
        except DrawError as error:
            assert error.code == "dice.unfair"
            again += 1
    assert again == 16
    assert set(counted) == set(range(50)) and set(counted.values()) == {4}


def test_the_first_fair_throw_counts_and_no_other() -> None:
    # 100 outcomes, 30 panels: 90 and above are thrown again.
    at = index_of(PORTFOLIO, 30, (dice((9, 5), (3, 1)),))
    assert at == index_of(PORTFOLIO, 30, (dice((3, 1)),))
    for throws, code in (
        (((9, 5),), "dice.unfair"),
        (((3, 1), (4, 1)), "dice.superfluous"),
        (((9, 5), (3, 1), (2, 2)), "dice.superfluous"),
    ):
        with pytest.raises(DrawError) as caught:
            index_of(PORTFOLIO, 30, (dice(*throws),))
        assert caught.value.code == code


def test_named_numbers_decide_and_their_name_matters() -> None:
    numbers = Numbers("a national lottery of a named day", (3, 17, 22, 40, 41, 49), WITNESSES)
    at = index_of(PORTFOLIO, 1_000, (numbers,))
    assert 0 <= at < 1_000
    others = {
        index_of(PORTFOLIO, 1_000, (Numbers(numbers.name, (3, 17, 22, 40, 41, n), WITNESSES),))
        for n in range(42, 60)
    }
    assert len(others) > 15
    assert at != index_of(PORTFOLIO, 1_000, (Numbers("another day", numbers.numbers, WITNESSES),))


def test_sources_that_prove_nothing_are_refused() -> None:
    for wrong, code in (
        (lambda: Numbers("x", (1,), ("one",)), "source.witnesses"),
        (lambda: Numbers("x", (1,), ("one", " one ")), "source.witnesses"),
        (lambda: Numbers(" ", (1,), WITNESSES), "source.name"),
        (lambda: Numbers("x", (), WITNESSES), "numbers.none"),
        (lambda: dice((1, 2, 10)), "dice.throw"),
        (lambda: Dice("d", ((1, 6),), ((1, 2),), WITNESSES), "dice.throw"),
        (lambda: Dice("d", ((1, 6),), (), WITNESSES), "dice.throw"),
        (lambda: Dice("d", ((6, 6),), ((6,),), WITNESSES), "dice.faces"),
        (lambda: index_of(PORTFOLIO, 1_000, (dice((1, 2)),)), "dice.few"),
        (lambda: index_of(PORTFOLIO, 1_000, ()), "source.kind"),
        (lambda: index_of(PORTFOLIO, 1_000, (Seed("1"), ROUND_1000)), "source.kind"),
    ):
        with pytest.raises(DrawError) as caught:
            wrong()
        assert caught.value.code == code
    with pytest.raises(BeaconError):
        index_of(PORTFOLIO, 1_000, (Beacon(1001, ROUND_1000.signature),))


def test_seeds_differ_by_source_and_by_commitment() -> None:
    root, other = b"\x00" * 32, b"\x01" * 32
    assert draw.seed_from(Seed("as it is"), root) == "as it is"
    sources = (ROUND_1000, dice((1, 2, 3)), Numbers("x", (1, 2, 3), WITNESSES))
    seeds = {draw.seed_from(source, at) for source in sources for at in (root, other)}
    assert len(seeds) == 6
    assert (
        draw.seed_from(ROUND_1000, root)
        == hashlib.sha256(b"seed-v1" + root + ROUND_1000.randomness).hexdigest()
    )


def test_tickets_are_a_permutation_that_the_seed_alone_decides() -> None:
    assert sorted(draw.tickets(50, "a")) == list(range(1, 51))
    assert draw.tickets(50, "a") == draw.tickets(50, "a") != draw.tickets(50, "b")


def test_a_lottery_is_drawn_by_its_own_seed_unless_told_otherwise() -> None:
    lottery = Lottery(
        ids=("a", "b", "c", "d"),
        seats=2,
        panels=((0, 1), (2, 3), (0, 2), (1, 3)) * 25,
        target=(0.5,) * 4,
        zero_chance=(),
        type_of=(0,) * 4,
        bound=Fraction(1, 2),
        certificate=None,
        exact=True,
        gap=0.0,
        seed="7",
    )
    at = draw.draw(lottery)
    assert at == draw.draw(lottery, (Seed("7"),))
    digest = hashlib.sha256(draw.portfolio_bytes(draw.numbered(lottery))).digest()
    assert draw.draw(lottery, (dice((4, 2)),)) == index_of(digest, 100, (dice((4, 2)),))
    assert {draw.draw(lottery, (Seed(str(n)),)) for n in range(9)} != {at}
