"""The Scottish CSV: read, refused line by line, written."""

from pathlib import Path

import pytest

from voting import Ranking
from voting.formats import FormatError, read, scottish

GOOD = """3,2,
10,1,2,
5,3,
2,
"Candidate 1","Ann, of the Hill","Party ""A"" (A)",
"Candidate 2","Ŵyn ap Siôn","Annibynnol",
"Candidate 3","李明","",
"Ward 1 - Test"
"""


def test_a_good_file():
    election = scottish.read(GOOD)
    assert [option.name for option in election.contest.options] == [
        "Ann, of the Hill",
        "Ŵyn ap Siôn",
        "李明",
    ]
    assert election.contest.options[0].note == 'Party "A" (A)'
    assert (election.contest.seats, election.contest.method) == (2, "scottish-stv")
    assert election.groups == {Ranking(("1", "2")): 10, Ranking(("3",)): 5, Ranking(()): 2}
    assert election.title == "Ward 1 - Test"
    assert election.faults == ()


def test_written_and_read_again_it_is_the_same():
    election = scottish.read(GOOD)
    text = scottish.write(election.contest, election.groups, election.title)
    again = scottish.read(text)
    assert (again.contest, again.groups, again.title) == (
        election.contest,
        election.groups,
        election.title,
    )


def test_faulty_ballots_are_refused_with_their_line_and_number():
    text = GOOD.replace("5,3,", "5,3,\n4,1,1,\n3,9,\n2,x,\n1,2,1,")
    election = scottish.read(text)
    assert [(fault.line, fault.code, fault.ballots) for fault in election.faults] == [
        (4, "ballot.repeated", 4),
        (5, "ballot.unknown", 3),
        (6, "ballot.unknown", 2),
    ]
    assert election.refused == 9
    assert election.groups[Ranking(("2", "1"))] == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("3,2,\n", "x,2,\n", 1, "scottish.head"),
        ("10,1,2,", "-10,1,2,", 2, "file.ballots"),
        ("10,1,2,", "many,1,2,", 2, "file.ballots"),
        ('"Candidate 3","李明","",\n', "", 0, "file.no_name"),
        ('"Ward', '"Candidate 4","D","",\n"Ward', 0, "file.too_many_names"),
    ],
)
def test_a_file_that_makes_no_sense_says_where(old, new, line, code):
    with pytest.raises(FormatError) as error:
        scottish.read(GOOD.replace(old, new))
    assert [(fault.line, fault.code) for fault in error.value.faults] == [(line, code)]


def test_an_empty_file_and_wrong_bytes(tmp_path: Path):
    with pytest.raises(FormatError):
        scottish.read("")
    with pytest.raises(FormatError) as error:
        scottish.read(b"3,2,\n1,1,\n\xff\xfe")
    assert (error.value.faults[0].line, error.value.faults[0].code) == (3, "file.encoding")
    path = tmp_path / "ward.csv"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode().replace(b"\n", b"\r\n"))
    assert read(path).groups == scottish.read(GOOD).groups
