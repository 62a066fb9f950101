"""The record of a count keeps a rule's own numbers; what is read from it are votes."""

from fractions import Fraction

import pytest

from voting.methods._ledger import Moved, Scale
from voting.tally import Transfer
from voting.tally_json import decimal


@pytest.mark.parametrize("units", [1, 100_000, 10**9])
@pytest.mark.parametrize("number", [0, 1, -1, 50_000, 100_000, -250_000, 1_234_500_000, 10**10 + 7])
def test_the_text_is_that_of_the_votes(units: int, number: int) -> None:
    scale = Scale(units)
    assert scale.votes(number) == Fraction(number, units)
    assert scale.text(number) == decimal(Fraction(number, units))
    assert isinstance(scale.votes(number), int) == (number % units == 0)


def test_fractions_keep_what_no_decimal_can_say() -> None:
    scale = Scale(1)
    assert scale.text(Fraction(10, 3)) == "10/3"
    assert scale.votes(Fraction(6, 3)) == 2


def test_transfers_are_read_like_a_tuple() -> None:
    moved = Moved(("a", "b"), ((0, 1, 150_000), (0, -1, 100_000)), Scale(100_000))
    first, last = Transfer("a", "b", Fraction(3, 2)), Transfer("a", None, 1)
    assert moved == (first, last)
    assert (first, last) == moved
    assert moved != (first,)
    assert moved[1:] == (last,)
    assert moved[-1] == last
    assert list(moved) == [first, last]
    assert len(moved) == 2
