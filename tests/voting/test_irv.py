"""Instant-runoff voting and its settings for imperfect papers, counted by hand."""

import pytest

from voting import Contest, ContestError, Marks, Option, Ranking, count


def contest(options="ABC", seats=1, **settings):
    return Contest(tuple(map(Option, options)), "ranked", "irv", seats, settings=settings)


def test_the_lowest_goes_until_one_has_more_than_half():
    tally = count(contest(), {Ranking(("A",)): 4, Ranking(("B", "C")): 2, Ranking(("C", "B")): 3})
    assert [stage.threshold for stage in tally.stages] == [5, 5]
    assert tally.stages[1].excluded == ("B",)
    assert tally.stages[1].totals == {"A": 4, "B": 0, "C": 5}
    assert tally.elected == ("C",)
    assert tally.why["C"].parameters["by"] == "majority"
    assert tally.why["A"].parameters["margin"] == "1"


def test_the_threshold_falls_when_papers_are_exhausted():
    tally = count(contest(), {Ranking(("A",)): 4, Ranking(("B",)): 3, Ranking(("C",)): 2})
    assert [stage.threshold for stage in tally.stages] == [5, 4]
    assert tally.stages[1].exhausted == {"exhausted": 2}
    assert tally.quota == 4


def test_the_last_two_equal_are_settled_by_the_tie_break():
    ballots = {Ranking(("A",)): 2, Ranking(("B",)): 2}
    tally = count(contest("AB"), ballots, ("B", "A"))
    assert tally.elected == ("B",)
    assert tally.ties[0].decision == "election"
    assert tally.why["B"].parameters["by"] == "tie"


# One paper, marked badly, decides between A (first in lot order) and B.
@pytest.mark.parametrize(
    ("ranks", "settings", "winner"),
    [
        ((("A", "C"), ("B",)), {"overvotes": "exhaust"}, "A"),
        ((("A", "C"), ("B",)), {"overvotes": "skip"}, "B"),
        (((), ("B",)), {}, "B"),
        (((), ("B",)), {"skipped": 1}, "B"),
        (((), ("B",)), {"skipped": 0}, "A"),
        (((), (), ("B",)), {"skipped": 1}, "A"),
        (((), (), ("B",)), {"ranks": 2}, "A"),
        ((("C",), ("C",), ("B",)), {"repeated": "skip"}, "B"),
        ((("C",), ("C",), ("B",)), {"repeated": "exhaust"}, "A"),
        ((None, ("B",)), {"overvotes": "exhaust"}, "A"),
        ((None, ("B",)), {"overvotes": "skip"}, "B"),
        ((("C", "D"), ("B",)), {"overvotes": "exhaust_if_several_continue"}, "A"),
    ],
)
def test_settings_decide_about_an_imperfect_paper(ranks, settings, winner):
    ballots = {Ranking(("A",)): 5, Ranking(("B",)): 5, Marks(ranks): 1, Ranking(("C",)): 1}
    tally = count(contest("ABCD", tie_break="lot", **settings), ballots)
    assert tally.elected == (winner,)
    assert tally.valid == 12
    for stage in tally.stages:
        assert sum(stage.totals.values()) + stage.nontransferable == 12


def test_an_overvote_counts_for_the_only_one_that_continues():
    ballots = {
        Ranking(("A",)): 5,
        Ranking(("B",)): 4,
        Ranking(("C", "A")): 1,
        Marks((("C",), ("C", "B"))): 2,
    }
    tally = count(contest(overvotes="exhaust_if_several_continue"), ballots)
    assert tally.stages[1].totals == {"A": 6, "B": 6, "C": 0}


def test_reasons_are_told_apart():
    ballots = {
        Ranking(("A",)): 5,
        Marks((("A", "B"),)): 1,
        Marks(((), (), ("B",))): 2,
        Marks((("C",), ("C",), ("B",))): 3,
        Ranking(("B",)): 4,
    }
    tally = count(contest(skipped=1, repeated="exhaust"), ballots)
    assert tally.stages[0].exhausted == {"overvote": 1, "skipped": 2}
    assert tally.stages[1].exhausted == {"overvote": 1, "skipped": 2, "repeated": 3}


def test_batch_excludes_all_who_cannot_catch_up():
    ballots = {
        Ranking(("A",)): 20,
        Ranking(("B",)): 15,
        Ranking(("C", "B")): 3,
        Ranking(("D", "B")): 2,
        Ranking(("E", "B")): 1,
    }
    tally = count(contest("ABCDE", batch=True), ballots)
    assert set(tally.stages[1].options) == {"C", "D", "E"}
    assert tally.stages[1].totals["B"] == 21
    assert tally.elected == ("B",)


def test_until_two_goes_on_after_the_winner():
    ballots = {Ranking(("A",)): 9, Ranking(("B", "C")): 2, Ranking(("C", "B")): 3}
    tally = count(contest(until_two=True), ballots)
    assert tally.stages[0].elected == ("A",)
    assert tally.stages[1].totals == {"A": 9, "B": 0, "C": 5}
    assert tally.elected == ("A",)


def test_undeclared_write_ins_go_first_and_never_win():
    ballots = {Ranking(("C",)): 9, Ranking(("A",)): 2, Ranking(("B",)): 1}
    tally = count(contest(undeclared=["C"]), ballots)
    assert tally.stages[1].excluded == ("C",)
    assert tally.elected == ("A",)


def test_what_cannot_be_counted_is_refused():
    wrong = [{"overvotes": "guess"}, {"skipped": -1}, {"ranks": True}, {"undeclared": ["Z"]}]
    for settings in wrong:
        with pytest.raises(ContestError) as error:
            count(contest(**settings), [Ranking(("A",))])
        assert error.value.code == "contest.setting_value"
    with pytest.raises(ContestError) as error:
        count(contest(surprise=1), [Ranking(("A",))])
    assert error.value.code == "contest.setting"
    with pytest.raises(ContestError) as error:
        count(contest(seats=2), [Ranking(("A",))])
    assert error.value.code == "contest.seats_of_method"


def test_papers_for_nobody_elect_nobody():
    tally = count(contest(), [Marks((("A", "B"),))])
    assert tally.elected == ()
    assert [note.code for note in tally.notes] == ["no_ballots"]
