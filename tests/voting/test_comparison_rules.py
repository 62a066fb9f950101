"""The ranked rules that are there for comparison: exact STV, Meek, block preferential."""

from fractions import Fraction

import pytest

from voting import Contest, ContestError, Option, Ranking, count
from voting.ballots import Approval


def contest(options, seats, method):
    return Contest(tuple(map(Option, options)), "ranked", method, seats)


def papers(**numbers):
    return {Ranking(tuple(options)): number for options, number in numbers.items()}


RULES = ["exact-stv", "meek", "block-preferential"]


def test_exact_stv_loses_nothing():
    tally = count(contest("ABCD", 2, "exact-stv"), papers(AB=10, AC=5, C=4, D=2))
    assert tally.quota == 7
    assert tally.stages[1].totals == {
        "A": 7,
        "B": 10 * Fraction(8, 15),
        "C": 4 + 5 * Fraction(8, 15),
        "D": 2,
    }
    for stage in tally.stages:
        assert stage.lost_by_fraction == 0
        assert sum(stage.totals.values()) + stage.nontransferable == 21


def test_exact_stv_needs_more_than_the_quota():
    # Quota 6 / 3 = 2: three options have it, and only two seats are there.
    tally = count(contest("ABC", 2, "exact-stv"), papers(A=2, B=2, C=2))
    assert tally.stages[0].elected == ()
    assert tally.elected == ("A", "B")
    assert tally.ties[0].chosen == "C"


def test_meek_gives_the_vote_of_an_excluded_option_to_the_elected_too():
    # After C goes its papers rank A first, though A is elected: A then keeps less of each paper.
    groups = papers(AB=50, B=20, CAD=25, D=21)
    meek = count(contest("ABCD", 2, "meek"), groups)
    scottish = count(contest("ABCD", 2, "scottish-stv"), groups)
    assert scottish.stages[-1].totals["B"] != meek.stages[-1].totals["B"]
    last = meek.stages[-1]
    assert sum(last.totals.values()) + last.nontransferable == 116
    assert meek.elected[0] == "A"


def test_meek_lowers_the_quota_as_papers_are_exhausted():
    tally = count(contest("ABC", 1, "meek"), papers(A=5, B=4, C=3))
    assert tally.stages[0].threshold > tally.stages[-1].threshold
    assert tally.elected == ("A",)
    assert tally.stages[1].nontransferable == 3


def test_meek_says_how_close_the_last_seat_was():
    tally = count(contest("ABC", 2, "meek"), papers(AB=4, C=2))
    assert tally.why["C"].parameters["next"] == "B"
    assert tally.why["C"].parameters["margin"] == tally.why["B"].parameters["margin"]


def test_block_preferential_gives_a_majority_every_seat():
    groups = papers(ABCD=51, DEF=49)
    tally = count(contest("ABCDEF", 3, "block-preferential"), groups)
    assert tally.elected == ("A", "B", "C")
    assert [stage.action for stage in tally.stages] == ["first_preferences"] * 3
    assert tally.stages[1].totals["A"] == 0
    assert tally.why["B"].parameters["seat"] == 2
    assert count(contest("ABCDEF", 3, "scottish-stv"), groups).elected == ("A", "D", "B")


@pytest.mark.parametrize("method", RULES)
def test_the_edges(method):
    assert count(contest("AB", 1, method), {}).elected == ()
    assert [note.code for note in count(contest("AB", 1, method), {}).notes] == ["no_ballots"]
    assert count(contest("AB", 0, method), papers(A=2, B=1)).elected == ()
    assert set(count(contest("AB", 5, method), papers(A=2, B=1)).elected) == {"A", "B"}
    assert count(contest("", 1, method), {}).elected == ()
    with pytest.raises(ContestError):
        wrong = Contest((Option("A"),), "approval", method, 1)
        count(wrong, [Approval(("A",))])


@pytest.mark.parametrize("method", RULES)
def test_every_option_has_its_why(method):
    tally = count(contest("ABCDE", 2, method), papers(AB=9, BC=4, C=3, DE=2, E=1))
    assert list(tally.why) == list("ABCDE")
    for option, why in tally.why.items():
        assert why.code == "elected" if option in tally.elected else why.code != "elected"
        assert {"stage", "votes", "first"} <= set(why.parameters)
    assert tally.method.startswith(f"{method}/")
