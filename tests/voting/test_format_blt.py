"""BLT: read with all that real files hold, refused line by line, written."""

from dataclasses import replace
from pathlib import Path

import pytest

from voting import Marks, Ranking, count
from voting.formats import FormatError, blt, read

BYELECTIONS = Path(__file__).parents[3] / "shared/data/scottish-council-elections/byelections"

GOOD = """3 2
4 1 2 0
2 3 0
1 0
0
"Castor ""the Twin\"""
"Pollux"
"Hélen; of Troy"
"A small election"
what comes after is not read
"""


def test_a_good_file():
    election = blt.read(GOOD)
    assert [option.name for option in election.contest.options] == [
        'Castor "the Twin"',
        "Pollux",
        "Hélen; of Troy",
    ]
    assert (election.contest.seats, election.contest.method) == (2, "scottish-stv")
    assert election.groups == {Ranking(("1", "2")): 4, Ranking(("3",)): 2, Ranking(): 1}
    assert (election.title, election.faults) == ("A small election", ())


def test_written_and_read_again_it_is_the_same():
    election = blt.read(GOOD)
    again = blt.read(blt.write(election.contest, election.groups, election.title))
    assert (again.contest, again.groups, again.title) == (
        election.contest,
        election.groups,
        election.title,
    )


def test_names_without_quotes_and_several_on_a_line():
    assert [o.name for o in blt.read("2 1\n1 1 0\n0\nAnn Lee\nBob Ray\nTitle").contest.options] == [
        "Ann Lee",
        "Bob Ray",
    ]
    election = blt.read('2 1\n1 1 0\n0\n"Ann" "Bob"\n"Title"\n')
    assert [option.name for option in election.contest.options] == ["Ann", "Bob"]


def test_saved_by_a_spreadsheet():
    election = blt.read("2 1,,\n3 1 2 0,\n0,,\nAnn,\nBob,\nTitle,,\n")
    assert election.groups == {Ranking(("1", "2")): 3}
    assert [option.name for option in election.contest.options] == ["Ann", "Bob"]


@pytest.mark.parametrize("line", ["-2", "[withdrawn 2]"])
def test_withdrawn_options_keep_their_number_but_are_passed_over(line):
    election = blt.read(f'3 1\n{line}\n5 2 3 0\n4 1 2 0\n2 2 0\n0\n"A"\n"B"\n"C"\n""\n')
    assert [option.id for option in election.contest.options] == ["1", "3"]
    assert election.groups == {Ranking(("3",)): 5, Ranking(("1",)): 4, Ranking(): 2}
    assert count(election.contest, election.groups).elected == ("3",)


def test_nicknames_overvotes_skips_and_named_ballots():
    text = "3 1\n[nick a b c]\n[droop precision=5]\n2 a b=c 0\n1 - b 0\n(x7) c a 0\n0\nA\nB\nC\n"
    election = blt.read(text)
    assert election.groups == {
        Marks((("1",), ("2", "3"))): 2,
        Marks(((), ("2",))): 1,
        Ranking(("3", "1")): 1,
    }
    assert [(fault.line, fault.code, fault.ballots) for fault in election.faults] == [
        (3, "blt.directive", 0)
    ]


def test_faulty_ballots_are_refused_with_their_line_and_number():
    election = blt.read(GOOD.replace("2 3 0\n", "2 3 0\n5 1 1 0\n6 9 0\n7 1 2\n8 1 0 2 0\n"))
    assert [(fault.line, fault.code, fault.ballots) for fault in election.faults] == [
        (4, "ballot.repeated", 5),
        (5, "ballot.unknown", 6),
        (6, "blt.no_end_of_ballot", 7),
        (7, "ballot.unknown", 8),
    ]
    assert election.refused == 26


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "blt.head"),
        ("three 2\n", 1, "blt.head"),
        ("2 1\n1 1 0\n", 2, "file.no_end"),
        ("2 1\n0.5 1 0\n0\nA\nB\n", 2, "file.ballots"),
        ("2 1\n1 1 0\n0\nA\n", 4, "file.no_name"),
        ("2 1\n-5\n1 1 0\n0\nA\nB\n", 2, "ballot.unknown"),
    ],
)
def test_a_file_that_makes_no_sense_says_where(text, line, code):
    with pytest.raises(FormatError) as error:
        blt.read(text)
    assert [(fault.line, fault.code) for fault in error.value.faults] == [(line, code)]


@pytest.mark.skipif(not BYELECTIONS.exists(), reason="election data not beside the checkout")
def test_all_by_elections_are_read_without_a_fault():
    paths = sorted(BYELECTIONS.glob("*.blt"))
    assert len(paths) == 30
    for path in paths:
        election = read(path)
        assert election.faults == (), path
        tally = count(election.contest, election.groups)
        assert len(tally.elected) == election.contest.seats
        if election.contest.seats == 1:
            # One seat: the same winner by instant-runoff voting.
            irv = count(replace(election.contest, method="irv"), election.groups)
            assert irv.elected == tally.elected, path
