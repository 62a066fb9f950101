"""Pabulib files, in and out: every kind of ballot, and what is wrong with some of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from voting import Approval, Contest, ContestError, Option, Points, Ranking, count
from voting.contest import WHOLE
from voting.formats import FormatError, format_of, pabulib
from voting.formats.election import Election

DATA = Path(__file__).parents[2] / "../shared/data/pabulib/files"
with_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the elections beside the checkout (../shared/data) are absent"
)

APPROVALS = """META
key;value
description;"Two; of a kind"
budget;1000.0
vote_type;approval
rule;greedy-threshold
min_project_score_threshold;2
max_length;2
currency;GBP
PROJECTS
project_id;cost;votes;name;selected
1;600.00;3;"Bench; with a ""back""
and a view";1
ł-2;500;2;Pont droed yr Wennol;2
3;400;1;Arbre;0
VOTES
voter_id;vote;age
a;1,ł-2;30
b;1;
c;1,1;40
d;ł-2,3;50
e;;
f;9;20
g;1,ł-2,3;20
"""


def text_with(old: str, new: str) -> str:
    assert old in APPROVALS
    return APPROVALS.replace(old, new)


def test_approvals_with_everything_odd_about_them() -> None:
    election = pabulib.read(APPROVALS)
    contest = election.contest
    assert contest.options[0] == Option("1", 'Bench; with a "back"\nand a view', 600)
    assert dict(contest.budgets) == {WHOLE: 1000}
    assert (election.money_scale, election.currency) == (1, "GBP")
    assert (contest.method, contest.min_support, election.method_recorded) == ("greedy", 2, True)
    assert election.groups == {
        Approval(("1", "ł-2")): 1,
        Approval(("1",)): 2,
        Approval(("ł-2", "3")): 1,
        Approval(): 1,
    }
    assert [(fault.line, fault.code, fault.ballots) for fault in election.faults] == [
        (20, "ballot.repeated", 0),
        (23, "ballot.unknown", 1),
        (24, "ballot.too_many", 1),
    ]
    assert election.refused == 2
    assert election.expected["selected"] == ("1",)
    assert election.expected["also_funded"] == ("ł-2",)
    assert election.title == "Two; of a kind"
    tally = count(contest, election.groups, refused=election.refused)
    assert tally.allocation is not None
    assert tally.allocation.selected == ("1",)
    assert (tally.ballots, tally.blank, tally.invalid) == (7, 1, 2)


def test_true_decimals_make_minor_units() -> None:
    election = pabulib.read(text_with("3;400;1", "3;400.5;1"))
    assert election.money_scale == 100
    assert dict(election.contest.budgets) == {WHOLE: 100_000}
    assert election.contest.by_id["3"].cost == 40_050


def test_points_by_place_in_the_list() -> None:
    text = (
        text_with("vote_type;approval", "vote_type;cumulative")
        .replace("vote;age", "vote;points")
        .replace("a;1,ł-2;30", "a;1,ł-2;3,0")
        .replace("b;1;", "b;1;2")
        .replace("c;1,1;40", "c;3;x")
        .replace("d;ł-2,3;50", "d;ł-2,3;1")
    )
    election = pabulib.read(text)
    assert election.groups == {
        Points((("1", 3),)): 1,
        Points((("1", 2),)): 1,
        Points(): 1,
    }
    assert [fault.code for fault in election.faults if fault.ballots] == [
        "ballot.points",
        "ballot.points",
        "ballot.unknown",
        "ballot.points",
    ]


def test_ordinal_ballots_keep_their_order_and_score_by_length() -> None:
    election = pabulib.read(text_with("vote_type;approval", "vote_type;ordinal"))
    assert Ranking(("ł-2", "3")) in election.groups
    tally = count(election.contest, election.groups)
    assert tally.allocation is not None
    assert dict(tally.allocation.support) == {"1": 4, "ł-2": 3, "3": 1}


@pytest.mark.parametrize(
    ("recorded", "method", "settings"),
    [
        ("greedy-no-skip", "greedy", {"skip": False}),
        ("equalshares/add1", "equal-shares", {"completion": "add1"}),
        (
            "equalshares/add1-comparison",
            "equal-shares",
            {"completion": "add1", "comparison": "satisfaction"},
        ),
    ],
)
def test_the_recorded_rule(recorded: str, method: str, settings: dict[str, object]) -> None:
    contest = pabulib.read(text_with("greedy-threshold", recorded)).contest
    assert contest.method == method
    assert dict(contest.settings) == {"increment": 1, **settings}


def test_an_unknown_rule_is_said_to_be_replaced() -> None:
    election = pabulib.read(text_with("greedy-threshold", "by-applause"))
    assert not election.method_recorded
    assert (election.faults[0].line, election.faults[0].code) == (6, "pb.rule")


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 0, "pb.meta_missing"),
        ("a;b\n", 1, "pb.no_section"),
        (text_with("budget;1000.0", "budget;lots"), 4, "pb.amount"),
        (text_with("3;400;1", "3;-400;1"), 15, "pb.amount"),
        (text_with("3;400;1", "1;400;1"), 15, "pb.project_repeated"),
        (text_with("vote_type;approval", "vote_type;shouting"), 5, "pb.vote_type"),
        (text_with("max_length;2", "max_length;many"), 8, "pb.number"),
        (text_with("voter_id;vote;age", "voter_id;choice;age"), 0, "pb.column_missing"),
        (text_with("Arbre;0", "Arbre;0;0"), 15, "pb.fields"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text: str, line: int, code: str) -> None:
    with pytest.raises(FormatError) as error:
        pabulib.read(text)
    assert (error.value.faults[0].line, error.value.faults[0].code) == (line, code)


def test_stray_quotes_are_read_as_they_stand() -> None:
    election = pabulib.read(text_with("3;400;1;Arbre", '3;400;1;"Odkupmy" i 19" my'))
    assert election.contest.by_id["3"].name == 'Odkupmy i 19" my'
    assert election.contest.by_id["1"].name == 'Bench; with a "back"\nand a view'
    assert [fault.line for fault in election.faults] == [20, 23, 24]


@pytest.mark.parametrize("name", ['"Arbre', '"Arbre"x;"'])
def test_a_quote_that_is_never_closed_swallows_nothing(name: str) -> None:
    with pytest.raises(FormatError) as error:
        pabulib.read(text_with("3;400;1;Arbre", f"3;400;1;{name}"))
    assert (error.value.faults[0].line, error.value.faults[0].code) == (15, "pb.quoting")


def test_numbers_that_are_not_as_said_are_remarked() -> None:
    text = text_with("max_length;2", "max_length;2\nnum_votes;8\nnum_projects;3")
    remarks = [fault for fault in pabulib.read(text).faults if fault.code == "pb.number_differs"]
    assert [(remark.line, dict(remark.parameters)) for remark in remarks] == [
        (9, {"key": "num_votes", "said": 8, "found": 7})
    ]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "broken.pb"
    path.write_bytes(b"META\n\xff")
    with pytest.raises(FormatError) as error:
        pabulib.read(path)
    assert error.value.faults[0].code == "file.encoding"


def test_what_is_written_reads_back_as_it_was() -> None:
    for kind in ("approval", "ordinal"):
        election = pabulib.read(text_with("vote_type;approval", f"vote_type;{kind}"))
        tally = count(election.contest, election.groups)
        again = pabulib.read(pabulib.write(election, tally))
        assert again.groups == election.groups
        assert again.contest == election.contest
        assert again.faults == ()
        assert tally.allocation is not None
        assert again.expected["selected"] == tally.allocation.selected


def test_an_area_is_written_by_itself() -> None:
    contest = Contest(
        (Option("q", "Ysgol; gardd", 4050, "quay"), Option("t", "Town", 100)),
        kind="points",
        method="greedy",
        budgets={"quay": 5000, WHOLE: 100},
    )
    groups = {Points((("q", 2), ("t", 1))): 2, Points((("t", 3),)): 1}
    election = Election(contest, groups, money_scale=100)
    with pytest.raises(ContestError, match=r"pb\.area"):
        pabulib.write(election)
    again = pabulib.read(pabulib.write(election, area="quay", meta={"country": "Wales"}))
    assert again.groups == {Points((("q", 2),)): 2}
    assert again.contest.by_id["q"].cost == 4050
    assert again.money_scale == 100


def test_a_pb_file_is_recognised_by_its_name_and_by_its_content(tmp_path: Path) -> None:
    assert pabulib.recognise('\ufeffMETA\nkey;value\n"')
    assert not pabulib.recognise("10,4,\n36,1,2,\n")
    path = tmp_path / "election.pb"
    path.write_text(APPROVALS, encoding="utf-8")
    assert format_of(path) == "pabulib"
    assert pabulib.read(path).groups == pabulib.read(APPROVALS).groups


@with_data
@pytest.mark.parametrize("name", ["Poland_Lodz_2022", "Poland_Katowice_2020", "Poland_Krakow_2024"])
def test_cities_funded_what_greedy_funds(name: str) -> None:
    election = pabulib.read(DATA / f"{name}.pb")
    assert election.refused == 0
    tally = count(election.contest, election.groups)
    assert tally.allocation is not None
    assert set(tally.allocation.selected) == set(election.expected["selected"])  # type: ignore[call-overload]
    assert tally.ballots == election.expected["ballots"]
