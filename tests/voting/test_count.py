"""The one entrance: what it refuses, what it groups, what never matters."""

import pytest

from voting import Contest, ContestError, Marks, Option, Ranking, count
from voting.ballots import Approval, BallotError


def contest(**changes):
    given = {"kind": "ranked", "method": "scottish-stv", "seats": 1, **changes}
    return Contest(tuple(map(Option, "ABC")), **given)


def test_faulty_ballots_are_refused_counted_and_noted():
    tally = count(
        contest(max_choices=2),
        [
            Ranking(("A",)),
            Ranking(),
            Ranking(("Z",)),
            Ranking(("Z",)),
            Ranking(("A", "B", "C")),
            Approval(("A",)),
        ],
        refused=7,
    )
    assert (tally.ballots, tally.valid, tally.blank, tally.invalid) == (13, 1, 1, 11)
    noted = {(note.parameters["fault"], note.parameters["ballots"]) for note in tally.notes}
    assert noted == {("ballot.unknown", 2), ("ballot.too_many", 1), ("ballot.kind", 1)}


def test_grouped_and_single_ballots_in_any_order_give_the_same_bytes():
    single = [Ranking(("A", "B")), Ranking(("C",)), Ranking(("A", "B")), Ranking(("B",))]
    grouped = {Ranking(("B",)): 1, Ranking(("C",)): 1, Ranking(("A", "B")): 2}
    assert count(contest(), single).to_json() == count(contest(), grouped).to_json()
    assert count(contest(), single[::-1]).to_json() == count(contest(), single).to_json()


def test_a_lot_order_must_name_every_option_once():
    with pytest.raises(ContestError, match=r"contest\.lot_order"):
        count(contest(), [], ("A", "B"))
    with pytest.raises(ContestError, match=r"contest\.lot_order"):
        count(contest(), [], ("A", "B", "B"))


def test_an_unknown_rule_is_named():
    with pytest.raises(ContestError) as error:
        count(contest(method="coin-toss"), [])
    assert error.value.code == "contest.method"


def test_a_rule_refuses_ballots_of_another_kind():
    with pytest.raises(ContestError) as error:
        count(contest(kind="approval"), [Approval(("A",))])
    assert error.value.code == "contest.kind_of_method"


def test_a_negative_number_of_ballots_is_no_count():
    with pytest.raises(ContestError):
        count(contest(), {Ranking(("A",)): -1})


def test_a_ranking_names_nobody_twice():
    with pytest.raises(BallotError, match=r"ballot\.repeated"):
        Ranking(("A", "B", "A"))


def test_marks_are_certain_up_to_the_first_skip_or_overvote():
    assert Marks((("A",), (), ("B",))).ranking() == Ranking(("A",))
    assert Marks((("A",), ("B", "C"), ("B",))).ranking() == Ranking(("A",))
    assert Marks((("A",), ("A",), ("B",))).ranking() == Ranking(("A", "B"))
    assert Marks((("A",), None, ("B",))).ranking() == Ranking(("A",))


def test_stv_counts_marked_papers_by_what_is_certain_on_them():
    tally = count(
        contest(),
        [Marks((("A",), (), ("B",))), Marks((("A", "B"),)), Marks(((), ("A",))), Marks()],
    )
    assert (tally.valid, tally.blank, tally.invalid) == (1, 1, 2)
    assert tally.notes[0].parameters == {"fault": "ballot.unclear", "ballots": 2}
