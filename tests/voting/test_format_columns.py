"""CSV by ranks, RCTab's generic CSV, PrefLib's orders and spreadsheets."""

import gzip
import io
from pathlib import Path

import openpyxl
import pytest

from voting import Marks, Ranking, count
from voting.formats import (
    FormatError,
    clear_ballot,
    ess,
    format_of,
    preflib,
    rank_columns,
    rctab,
    read,
)

RANKS = """ballot id,precinct,rank1,rank2,rank3
1,North,Ŵyn ap Siôn,"Lee, Ann",
2,South,"Lee, Ann",,李明
3,South,overvote,李明,
4,South,"Lee, Ann",undervote,skipped
5,South,,,
6,South,李明,李明,Ŵyn ap Siôn
"""


def test_rank_columns():
    election = rank_columns.read(RANKS)
    assert [option.id for option in election.contest.options] == ["Lee, Ann", "Ŵyn ap Siôn", "李明"]
    assert (election.contest.method, election.contest.seats) == ("irv", 1)
    assert election.groups == {
        Ranking(("Ŵyn ap Siôn", "Lee, Ann")): 1,
        Marks((("Lee, Ann",), (), ("李明",))): 1,
        Marks((None, ("李明",))): 1,
        Ranking(("Lee, Ann",)): 1,
        Ranking(): 1,
        Marks((("李明",), ("李明",), ("Ŵyn ap Siôn",))): 1,
    }


@pytest.mark.parametrize(
    "headings",
    [
        "id,rank1,rank2",
        "id,Rank 1,Rank 2",
        "Record Id,Choice 1 (45),For Mayor Choice 2 (50)",
        "Precinct,1ST CHOICE MAYOR,2nd choice mayor",
        "Ballot #,1,2",
        "name,preference_1,preference_2",
        "voter,First choice,second_choice",
    ],
)
def test_headings_of_many_sorts(headings):
    assert rank_columns.recognise(headings + "\nx,A,B\n")
    assert rank_columns.read(headings + "\nx,A,B\n").groups == {Ranking(("A", "B")): 1}


def test_rank_columns_in_another_order_separator_and_with_a_count():
    election = rank_columns.read("rank2;count;rank1\nB;3;A\n;2;B\nB;4;A\n")
    assert election.groups == {Ranking(("A", "B")): 7, Ranking(("B",)): 2}


def test_rank_columns_faults():
    election = rank_columns.read("rank1,rank2\nA,B\nA,B,C\nB\n")
    assert [(fault.line, fault.code) for fault in election.faults] == [(3, "ranks.too_many_cells")]
    assert election.groups == {Ranking(("A", "B")): 1, Ranking(("B",)): 1}
    for text, line in (("rank1,count\nA,x\n", 2), ("name,age\nA,3\n", 1), ('rank1\n"A', 2)):
        with pytest.raises(FormatError) as error:
            rank_columns.read(text)
        assert error.value.faults[0].line == line


def test_lines_with_quotes_over_several_lines_keep_their_number():
    election = rank_columns.read('rank1,rank2\n"A\nB",C\nA,B,C\n')
    assert election.faults[0].line == 4


RCTAB = """Ballot ID,North,Anne,Bob,Cai
1,,1,2,3
2,,3,1,1
3,,2,,
4,1,4,x,2
5,,,,
"""


def test_rctab_generic_csv():
    election = rctab.read(RCTAB)
    assert [option.id for option in election.contest.options] == ["North", "Anne", "Bob", "Cai"]
    assert election.groups == {
        Ranking(("Anne", "Bob", "Cai")): 1,
        Marks((("Bob", "Cai"), (), ("Anne",))): 1,
        Marks(((), ("Anne",))): 1,
        Ranking(): 1,
    }
    assert [(fault.line, fault.code, fault.ballots) for fault in election.faults] == [
        (5, "ballot.rank", 1)
    ]


PREFLIB = """# FILE NAME: x.soi
# TITLE: A vote
# NUMBER ALTERNATIVES: 3
# ALTERNATIVE NAME 1: Ann, A.
# ALTERNATIVE NAME 2: Bob
# ALTERNATIVE NAME 3: Cai
5: 1,2,3
2: 3
1: {1,2},3
4: 1,1
3: 7
"""


def test_preflib():
    election = preflib.read(PREFLIB)
    assert election.title == "A vote"
    assert [option.name for option in election.contest.options] == ["Ann, A.", "Bob", "Cai"]
    assert election.groups == {
        Ranking(("1", "2", "3")): 5,
        Ranking(("3",)): 2,
        Marks((("1", "2"), ("3",))): 1,
    }
    assert [(fault.line, fault.code, fault.ballots) for fault in election.faults] == [
        (10, "ballot.repeated", 4),
        (11, "ballot.unknown", 3),
    ]


def test_preflib_in_its_older_form():
    election = preflib.read("2\n1,Ann\n2,Bob\n7,7,2\n5,1,2\n2,2\n")
    assert election.groups == {Ranking(("1", "2")): 5, Ranking(("2",)): 2}
    with pytest.raises(FormatError):
        preflib.read("hello\n")


def test_spreadsheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Cast Vote Record", "Choice 1", "Choice 2", "COUNT"])
    book.active.append([1, "Ann ", "undervote", 3])
    book.active.append([2, "Bob", "Ann", 1])
    book.active.append([3, "overvote", None, 2])
    content = io.BytesIO()
    book.save(content)
    path = tmp_path / "records.xlsx"
    path.write_bytes(content.getvalue())
    assert read(path).groups == {
        Ranking(("Ann",)): 3,
        Ranking(("Bob", "Ann")): 1,
        Marks((None,)): 2,
    }
    with pytest.raises(FormatError):
        ess.read(b"no spreadsheet")


CLEAR = (
    'RowNumber,"Choice_1_1:Town, Auditor:1:Number of Winners 1:Ann Lee:NON",'
    '"Choice_1_1:Town, Auditor:2:Number of Winners 1:Ann Lee:NON",'
    '"Choice_2_1:Town, Auditor:1:Number of Winners 1:Bob: Jr:NON",'
    '"Choice_2_1:Town, Auditor:2:Number of Winners 1:Bob: Jr:NON"\n'
    "1,1,0,0,1\n2,1,0,1,0\n3,0,0,0,1\n4,0,0,0,0\n5,1,0,0,1\n6,1,2,0,0\n7,1,0\n"
)


def test_clear_ballot():
    election = clear_ballot.read(CLEAR)
    assert (election.title, election.contest.seats) == ("Town, Auditor", 1)
    assert [option.id for option in election.contest.options] == ["Ann Lee", "Bob: Jr"]
    assert election.groups == {
        Ranking(("Ann Lee", "Bob: Jr")): 2,
        Marks((("Ann Lee", "Bob: Jr"),)): 1,
        Marks(((), ("Bob: Jr",))): 1,
        Ranking(): 1,
    }
    assert [(fault.line, fault.code) for fault in election.faults] == [
        (7, "ballot.rank"),
        (8, "ranks.too_many_cells"),
    ]
    with pytest.raises(FormatError):
        clear_ballot.read(CLEAR.replace("2_1:Town, Auditor", "2_1:Town, Clerk"))


PORTLAND = Path(__file__).parents[3] / "shared/data/portland-2024"


@pytest.mark.skipif(not PORTLAND.exists(), reason="Portland's records not beside the checkout")
def test_portland_2024(tmp_path):
    (packed,) = PORTLAND.glob("*.csv.gz")
    path = tmp_path / "portland.csv"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    election = read(path)
    assert sum(election.groups.values()) == 332_969
    assert election.faults == ()
    tally = count(election.contest, election.groups)
    assert tally.elected == ("Simone Rede",)
    assert tally.valid + tally.blank == 332_969


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.csv", RANKS, "rank_columns"),
        ("a.csv", RCTAB, "rctab"),
        ("a.csv", CLEAR, "clear_ballot"),
        ("a.csv", "3,1,\n1,1,\n", "scottish"),
        ("a.txt", "3 1\n1 1 0\n", "blt"),
        ("a.blt", "anything", "blt"),
        ("a.soi", PREFLIB, "preflib"),
        ("a.txt", PREFLIB, "preflib"),
        ("a.pb", "META\n", "pabulib"),
        ("a.csv", "META\nkey;value\nnum_projects;1\n", "pabulib"),
    ],
)
def test_formats_are_told_apart(tmp_path, name, text, form):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert format_of(path) == form


def test_what_is_no_format_is_refused(tmp_path):
    for text in ("", "hello world\n", "name,age\nAnn,33\n"):
        path = tmp_path / "strange.csv"
        path.write_text(text)
        with pytest.raises(FormatError):
            read(path)
