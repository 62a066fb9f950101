"""``pb count FILE``: result on standard output, all else on standard error, errors exit 2."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pb.results.cli import count_command
from pb.results.cli_faults import FAULTS, fault_sentence
from voting.formats import Fault

ROOT = Path(__file__).parents[2]

WARD = """3,1,
4,1,
3,2,1,
2,3,2,
"Candidate 1","Ann","",
"Candidate 2","Bob","",
"Candidate 3","Cai","",
"Ward of the Test"
"""


@pytest.fixture
def ward(tmp_path):
    path = tmp_path / "ward.csv"
    path.write_text(WARD, encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(count_command, [str(argument) for argument in arguments])


def test_text(ward):
    result = run(ward)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "Rule: scottish-stv/1 (the usual one for this kind of file)" in result.stdout
    assert "1. 2 Bob" in result.stdout
    assert "3 Cai: excluded at stage 2 with 2 votes, 1 short of 2 Bob" in result.stdout


def test_json_is_one_object_of_the_promised_shape(ward):
    data = json.loads(run(ward, "--json").stdout)
    assert data["method"] == "scottish-stv/1"
    assert (data["ballots"], data["valid"], data["seats"], data["quota"]) == (9, 9, 1, 5)
    assert data["elected"] == ["2"]
    assert data["stages"][0]["action"] == "first_preferences"
    assert data["stages"][0]["totals"] == {"1": "4", "2": "3", "3": "2"}
    assert data["stages"][1]["totals"] == {"1": "4", "2": "5", "3": "0"}
    assert data["stages"][1]["nontransferable"] == "0"
    assert data["ties"] == []


def test_method_and_seats_from_the_command(ward):
    data = json.loads(run(ward, "--json", "--method", "irv").stdout)
    assert (data["method"], data["method_from"]) == ("irv/1", "command")
    assert json.loads(run(ward, "--json", "--seats", "2").stdout)["elected"] == ["1", "2"]
    assert json.loads(run(ward, "--json", "--seats", "9").stdout)["elected"] == ["1", "2", "3"]
    assert json.loads(run(ward, "--json", "--seats", "0").stdout)["elected"] == []


def test_crosscheck(ward):
    data = json.loads(run(ward, "--json", "--crosscheck").stdout)
    assert data["second_count"]["status"] == "agrees"
    assert "comes to the same result" in run(ward, "--crosscheck").stdout


def test_lot_order(ward, tmp_path):
    tied = WARD.replace("2,3,2,", "3,3,")
    ward.write_text(tied)
    order = tmp_path / "order.txt"
    order.write_text("1\n3\n2\n")
    data = json.loads(run(ward, "--json", "--lot-order", order).stdout)
    assert data["ties"][0]["chosen"] == "2"
    order.write_text("1\n9\n1\n")
    result = run(ward, "--lot-order", order)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{order}:2: '9' is not an option of this election",
        f"{order}:3: option '1' stands there twice",
        f"{order}: option '2' is missing",
        f"{order}: option '3' is missing",
    ]


def test_refused_ballots_are_counted_and_reported_on_standard_error(ward):
    ward.write_text(WARD.replace("2,3,2,", "2,3,2,\n5,1,1,\n1,7,"))
    result = run(ward, "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert (data["ballots"], data["valid"], data["invalid"]) == (15, 9, 6)
    assert result.stderr.splitlines() == [
        f"{ward}:5: option '1' stands there twice (5 ballots refused)",
        f"{ward}:6: '7' is not an option of this election (1 ballot refused)",
    ]


def test_errors_end_with_2_and_a_line_each(ward, tmp_path):
    ward.write_text(WARD.replace("4,1,", "?,1,").replace("3,2,1,", "!,2,1,"))
    result = run(ward)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        f"{ward}:2",
        f"{ward}:3",
    ]
    strange = tmp_path / "strange.csv"
    strange.write_text("hello world\n")
    assert run(strange).exit_code == 2
    assert run(tmp_path / "absent.csv").exit_code == 2
    ward.write_text(WARD)
    result = run(ward, "--method", "irv", "--seats", "2")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "fills one seat, not 2" in result.stderr
    assert run(ward, "--method", "coin").exit_code == 2
    assert run(ward, "--method", "irv", "--setting", "overvotes=guess").exit_code == 2


PURSE = """META
key;value
description;Test vote
num_projects;4
num_votes;4
budget;1000.50
rule;greedy
vote_type;approval
PROJECTS
project_id;cost;votes;name
p1;700.25;3;Bench; with "semicolon"
p2;300.25;2;Tree
p3;400;1;Pond
p4;5000;1;Tower
VOTES
voter_id;vote
1;p1,p2
2;p1,p3
3;p1
4;p2,p4
"""


def test_a_budget(tmp_path):
    path = tmp_path / "purse.pb"
    path.write_text(PURSE.replace('Bench; with "semicolon"', '"Bench; with semicolon"'))
    data = json.loads(run(path, "--json").stdout)
    assert data["method"].startswith("greedy/")
    assert (data["selected"], data["cost"], data["budget"]) == (["p1", "p2"], "1000.50", "1000.50")
    assert data["why"]["p3"]["code"] == "no_money"
    assert json.loads(run(path, "--json", "--budget", "700.25").stdout)["selected"] == ["p1"]
    assert json.loads(run(path, "--json", "--budget", "0").stdout)["selected"] == []
    for wrong in ("much", "1.005", "nan", "-1"):
        result = run(path, "--budget", wrong)
        assert (result.exit_code, result.stdout) == (2, "")
    text = run(path).stdout
    assert "* p1 Bench; with semicolon" in text
    assert "400 short" in text
    assert "dearer than the whole budget" in text


def test_every_code_of_the_library_has_its_sentence():
    codes = set()
    for path in (ROOT / "voting").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(
            r'(?:Fault\([^"]*?|ContestError\(|BallotError\()\s*"([a-z]+\.[a-z_]+)"', text
        ):
            codes.add(match[1])
    assert len(codes) > 50
    assert codes - set(FAULTS) == set(), "write their sentences in pb/results/cli_faults.py"
    assert set(FAULTS) - codes <= {"contest.budget", "contest.budget_of_areas"} | {
        code for code in FAULTS if code.startswith(("lot.", "file."))
    }


def test_a_sentence_is_chosen_by_its_parameters():
    assert fault_sentence(Fault(1, "pb.fields", {"found": 3, "expected": 2})) == (
        "3 fields, 2 expected"
    )
    assert fault_sentence(Fault(1, "pb.fields", {"found": 3}, 1)) == (
        "3 fields, more than columns (1 ballot refused)"
    )
    assert fault_sentence(Fault(1, "unheard.of", {"x": 1})) == "unheard.of (x=1)"
