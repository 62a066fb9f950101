"""Lists and arrays give the same numbers; so do the plain and the fast reader of columns."""

import os
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from voting import Contest, Marks, Option, Ranking, count
from voting.formats import blt, fast_columns, rank_columns, scottish
from voting.methods import _arrays
from voting.papers import Papers, Rankings

WARDS = Path(__file__).parents[3] / "shared/data/scottish-council-elections/ballots"
STEP = 1 if os.environ.get("PB_ALL_DATA") else 24
"""All 936 files with PB_ALL_DATA=1, a sample of them otherwise."""


def by_lists(monkeypatch, contest, groups):
    monkeypatch.setattr(_arrays, "MANY", 1 << 60)
    return count(contest, groups).to_json()


def by_arrays(monkeypatch, contest, groups):
    monkeypatch.setattr(_arrays, "MANY", 0)
    return count(contest, groups).to_json()


@pytest.mark.skipif(not WARDS.exists(), reason="election data not beside the checkout")
def test_scottish_wards_by_both_paths(monkeypatch):
    paths = sorted(WARDS.glob("*.csv"))
    assert len(paths) == 936
    for path in paths[::STEP]:
        election = scottish.read(path)
        assert election.faults == (), path
        for method in ("scottish-stv", "irv"):
            seats = election.contest.seats if method == "scottish-stv" else 1
            contest = replace(election.contest, method=method, seats=seats)
            lists = by_lists(monkeypatch, contest, election.groups)
            assert by_arrays(monkeypatch, contest, election.groups) == lists, (path, method)


def some_marks(seed, number, options="ABCDEF"):
    """Papers of every sort, in a fixed order of chance."""
    chance = random.Random(seed)
    groups = {}
    for _ in range(number):
        ranks = []
        for _ in range(chance.randrange(6)):
            kind = chance.randrange(12)
            size = 0 if kind == 0 else 2 if kind == 1 else 1
            ranks.append(None if kind == 2 else tuple(chance.sample(options, size)))
        content = Marks(tuple(ranks))
        groups[content] = groups.get(content, 0) + chance.randrange(1, 9)
    return groups


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"overvotes": "skip", "skipped": 1},
        {"overvotes": "exhaust_if_several_continue", "repeated": "exhaust"},
        {"skipped": 0, "ranks": 3, "batch": True, "until_two": True},
    ],
)
def test_marks_by_both_paths(monkeypatch, settings):
    contest = Contest(tuple(map(Option, "ABCDEF")), "ranked", "irv", 1, settings=settings)
    for seed in range(20):
        groups = some_marks(seed, 60)
        assert by_arrays(monkeypatch, contest, groups) == by_lists(monkeypatch, contest, groups)


def test_rankings_of_a_file_are_looked_at_once_and_again_in_another_contest():
    election = scottish.read("2,1,\n3,1,2,\n2,2,\n\"Candidate 1\",\"Ann\",\"\",\n"
                         "\"Candidate 2\",\"Bob\",\"\",\n\"Ward\"\n")
    assert isinstance(election.groups, Rankings)
    assert count(election.contest, election.groups).valid == 5
    fewer = replace(election.contest, options=election.contest.options[:1])
    tally = count(fewer, election.groups)
    assert (tally.valid, tally.invalid) == (0, 5), "unknown options are refused all the same"
    blank = Rankings.of({Ranking(()): 1}, {"1"})
    unknown = Rankings.of({Ranking(("9",)): 1}, {"1"})
    assert not isinstance(blank, Rankings) and not isinstance(unknown, Rankings)


def test_papers_are_a_mapping_like_any_other():
    codes = np.array([[0, 1], [1, -1], [-1, -1], [0, 1]], np.int8)
    papers = Papers(("A", "B"), codes, None, {Marks((None, ("A",))): 2})
    assert dict(papers) == {
        Ranking(("A", "B")): 2,
        Ranking(("B",)): 1,
        Ranking(): 1,
        Marks((None, ("A",))): 2,
    }
    assert papers.ballots == 6
    for method in ("scottish-stv", "irv"):
        contest = Contest(tuple(map(Option, "CBA")), "ranked", method, 1)
        assert count(contest, papers) == count(contest, dict(papers))
    # A contest that must look at each ballot does so.
    strict = Contest(tuple(map(Option, "CBA")), "ranked", "irv", 1, max_choices=1)
    assert count(strict, papers).invalid == 2
    unknown = Contest((Option("A"),), "ranked", "irv", 1)
    assert count(unknown, papers).invalid == 3


NAMES = [
    '"Lee, Ann ""A"", x"',
    '"Bob"',
    '""',
    "Ann Lee",
    "Bob",
    "Ŵyn ap Siôn",
    "李明",
    "X" * 30,
    " skipped",
    "overvote",
    "",
    "Ann Lee ",
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_the_fast_reader_of_columns_reads_what_the_plain_one_does(tmp_path, newline, last):
    chance = random.Random(5)
    rows = ["id,rank1,rank2,rank3,precinct"]
    rows += [f"{n},{','.join(chance.choices(NAMES, k=3))},P{n % 7}" for n in range(5000)]
    path = tmp_path / "large.csv"
    text = newline.join(rows) + last.replace("\n", newline)
    path.write_bytes(text.encode())
    plain = rank_columns.read(text)
    # Small chunks, so that lines are cut at many places.
    for chunk in (1 << 20, 300):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fast_columns, "LARGE", 0)
            patch.setattr("voting.formats.fast_columns.CHUNK", chunk)
            fast = rank_columns._quick(path)
        assert fast is not None
        assert dict(fast.groups) == dict(plain.groups)
        assert fast.contest == plain.contest


@pytest.mark.parametrize(
    "text",
    [
        'rank1,rank2\n"A\nB",C\n',  # a line break inside quotes
        'rank1,rank2\nA"B,C"D\n',  # quotes inside a cell
        'rank1,rank2\nA,"B" \n',
        'rank1,rank2\n"A,B\n',
        "rank1,rank2\nA,B,C\nA\n",  # a long row
        "rank1,count\nA,two\n",
        "rank1,count\nA,\n",
        'rank1;rank2\n"A;x";B\n',
        "rank1,rank2\nA,B\0\n",
        f"rank1,rank2\nA,{'x' * 99}\n",
    ],
)
def test_a_file_that_is_not_plain_is_left_to_the_plain_reader(monkeypatch, text):
    monkeypatch.setattr(fast_columns, "LARGE", 0)
    assert rank_columns._quick(text.encode()) is None


def test_two_texts_at_one_place_of_the_table_are_told_apart(monkeypatch):
    monkeypatch.setattr(fast_columns, "LARGE", 0)
    monkeypatch.setattr("voting.formats.fast_columns.TABLE_BITS", 4)
    names = [f"option {number}" for number in range(1000)]
    text = "rank1,rank2\n" + "".join(f"{a},{b}\n" for a, b in pairwise(names))
    fast = rank_columns._quick(text.encode())
    assert fast is not None
    assert dict(fast.groups) == dict(rank_columns.read(text).groups)


@pytest.mark.parametrize(
    "text",
    [
        "rank1,rank2,rank3\nA\n\nB,A\nA,,B\n,\nC,A,B\n",  # short and empty rows
        "rank1\nA\n\nB\n",
        "rank2,count,rank1\nB,3,A\n,12,B\nB,3,A\nA,2,A\n\n",
        "id;rank1;rank2\n1;A;B\n2;B\n",
        "rank1\trank2\nA\tB\nA\tovervote",
    ],
)
def test_the_fast_reader_reads_rows_of_any_length_and_numbers(monkeypatch, text):
    plain = rank_columns.read(text)
    monkeypatch.setattr(fast_columns, "LARGE", 0)
    fast = rank_columns._quick(text.encode())
    assert fast is not None
    assert (dict(fast.groups), fast.contest) == (dict(plain.groups), plain.contest)


BALLOT_LINES = [(3, "1 2"), (1, "3"), (2, "1 2"), (7, ""), (1, "2 3 1"), (0, "1")]


def blt_text(lines):
    papers = "".join(f"{n} {paper} 0\n".replace("  ", " ") for n, paper in lines)
    return f'3 2\n{papers}0\n"Ann"\n"Bob Ŵ"\n"Cai"\n"Title"\n'


def scottish_text(lines):
    papers = "".join(f"{n},{paper.replace(' ', ',')}{',' if paper else ''}\n" for n, paper in lines)
    names = "".join(f'"Candidate {n}","{name}","P",\n' for n, name in enumerate("ABC", 1))
    return f'3,2,\n{papers}{names}"Ward"\n'


@pytest.mark.parametrize(("form", "text"), [(blt, blt_text), (scottish, scottish_text)])
def test_large_blt_and_scottish_files_are_read_the_same(monkeypatch, form, text):
    good = text(BALLOT_LINES)
    plain = form.read(good)
    monkeypatch.setattr(fast_columns, "LARGE", 0)
    for content in (good, good.replace("\n", "\r\n"), "\ufeff" + good):
        fast = form._quick(content.encode())
        assert fast is not None
        assert dict(fast.groups) == dict(plain.groups)
        assert (fast.contest, fast.title) == (plain.contest, plain.title)
        assert count(fast.contest, fast.groups) == count(plain.contest, plain.groups)
    # Whatever is faulty goes to the plain reader, which names the line.
    for wrong in ((5, "1 1"), (5, "9"), (5, "x"), ("x", "1"), (5, "1 2 3 1")):
        lines = [*BALLOT_LINES[:2], wrong, *BALLOT_LINES[2:]]
        assert form._quick(text(lines).encode()) is None


@pytest.mark.parametrize(
    "line", ["-2", "[withdrawn 2]", "5 1 2", "5 1 0 2 0", "5 - 1 0", "(a) 1 0"]
)
def test_special_lines_of_blt_go_to_the_plain_reader(monkeypatch, line):
    good = blt_text(BALLOT_LINES)
    monkeypatch.setattr(fast_columns, "LARGE", 0)
    assert blt._quick(good.encode()) is not None
    assert blt._quick(good.replace("\n1 3 0\n", f"\n{line}\n1 3 0\n").encode()) is None
