"""The command ``seat``: files in, a plan out, faults in plain words with row and column."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deliberation.panels.seat_cli import SENTENCES, seat_command
from deliberation.sortition import seating_rules

DATA = Path(__file__).parents[3] / "shared/data/seating"
PEOPLE = "ID,sex,age\n" + "".join(f"p{at},{'fm'[at % 2]},{'abc'[at % 3]}\n" for at in range(12))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


def seat(folder: Path, *arguments: str, **files: str) -> Result:
    """Run ``seat people.csv --tables 3 --rounds 2``; a keyword is an option and its file's text."""
    options = []
    for name, text in files.items():
        suffix = ".json" if text.startswith("{") else ".csv"
        (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
        options += [f"--{name}", str(folder / f"{name}{suffix}")]
    fixed = [str(folder / "people.csv"), "--tables", "3", "--rounds", "2", "--steps", "3000"]
    return CliRunner().invoke(seat_command, [*fixed, *options, *arguments])


def plan_of(result: Result) -> dict:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def everybody_at(tables: list[list[str]]) -> list[str]:
    return [person for table in tables for person in table]


def refusal(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


def test_json_is_one_object_that_agrees_with_its_own_rounds(folder: Path) -> None:
    result = seat(folder, "--json", "--balance", "sex, age")
    plan = plan_of(result)
    assert result.stderr == ""
    pairs = {
        frozenset(pair)
        for tables in plan["rounds"]
        for table in tables
        for pair in combinations(table, 2)
    }
    assert (plan["distinct_pairs"], plan["possible_pairs"]) == (len(pairs), 66)
    assert plan["violations"] == len(plan["imbalances"]) == 0
    everybody = sorted(f"p{at}" for at in range(12))
    assert [sorted(everybody_at(tables)) for tables in plan["rounds"]] == [everybody] * 2


def test_words_go_to_standard_output_and_their_worth_to_standard_error(folder: Path) -> None:
    result = seat(folder)
    assert result.stdout.startswith("Round 1\n  Table 1: ")
    assert "of 66 pairs meet" in result.stderr
    assert "pairs" not in result.stdout


def test_pins_absences_apart_and_together_are_read_from_their_files(folder: Path) -> None:
    plan = plan_of(
        seat(
            folder,
            "--json",
            pin="id,table,round\np0,3,\np1,2,1\n",
            absent="id,round\np5,2\n",
            apart="id,id\np2,p3\n",
            together="p6;p7;p8\n",
        )
    )
    first, second = plan["rounds"]
    assert "p0" in first[2] and "p0" in second[2] and "p1" in first[1]
    assert any("p5" in table for table in first) and not any("p5" in table for table in second)
    for table in first + second:
        assert not {"p2", "p3"} <= set(table)
        assert len({"p6", "p7", "p8"} & set(table)) in (0, 3)


def test_a_printed_plan_is_a_history_and_numbers_of_rounds_count_on(folder: Path) -> None:
    printed = seat(folder, "--json").stdout
    again = plan_of(
        seat(
            folder,
            "--json",
            "--happened",
            "1",
            history=printed,
            pin="id,table,round\np0,1,1\np0,3,2\np0,2,3\n",
        )
    )
    assert again["history"] == json.loads(printed)["rounds"][:1]
    assert "p0" in again["rounds"][0][2] and "p0" in again["rounds"][1][1]
    pairs = {
        frozenset(pair)
        for tables in again["history"] + again["rounds"]
        for table in tables
        for pair in combinations(table, 2)
    }
    assert again["distinct_pairs"] == len(pairs)
    rows = "".join(
        f"{number},{at},{person}\n"
        for number, tables in enumerate(again["history"], start=1)
        for at, table in enumerate(tables, start=1)
        for person in table
    )
    same = plan_of(seat(folder, "--json", history="round,table,id\n" + rows))
    assert same["history"] == again["history"]


def test_without_an_id_column_people_are_numbered(folder: Path) -> None:
    (folder / "people.csv").write_text("sex\nf\nm\nf\n", encoding="utf-8")
    plan = plan_of(seat(folder, "--json", "--balance", "sex"))
    assert sorted(everybody_at(plan["rounds"][0])) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ("id,sex\na,f\nb,m\na,f\n", "people.csv, row 4, column id: “a” is in row 2 already."),
        ("id,sex\na,f\nb,\nc,f\n", "people.csv, row 3, column sex: this cell is empty."),
        ("id,age\na,f\n", "there is no column sex. The columns are: id, age."),
        ("id,sex\n", "there is a header but nobody below it."),
        ("\n\n", "there is nothing in this file."),
        ("id,sex\na,f,x\n", "people.csv, row 2: 3 cells, but the header has 2."),
        ("id,sex,SEX\na,f,f\n", "people.csv, row 1: the column SEX is there twice."),
        ('id,sex\na,"f\n', "people.csv, row 2: cannot be read as CSV"),
        ("id,sex\na,f\nb,m\n", "In round 1 there are 2 people for 3 tables."),
    ],
)
def test_faults_of_the_people_say_row_and_column(folder: Path, people: str, words: str) -> None:
    (folder / "people.csv").write_text(people, encoding="utf-8")
    assert words in refusal(seat(folder, "--balance", "sex"))


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("pin", "id,table\np0,4\n", "pin.csv, row 2, column table: there is no table 4"),
        ("pin", "id,table\np0,x\n", "row 2, column table: “x” is not a whole number from 1."),
        ("pin", "id,table\nwho,1\n", "row 2, column id: there is nobody with the id “who”."),
        ("pin", "id,table\np0,1\np0,2\n", "row 3, column table: “p0” is pinned to table 1"),
        ("pin", "id,table,round\np0,1,9\n", "row 2, column round: there is no round 9"),
        ("pin", "id\np0\n", "there is no column table"),
        ("absent", "id,round\np0,0\n", "“0” is not a whole number from 1."),
        ("apart", "p0,who\n", "apart.csv, row 1: there is nobody with the id “who”."),
        ("together", "id1,id2\np0\n", "together.csv, row 2: a row names two people or more."),
        ("history", '{"round": []}', "there is no “rounds” in it."),
        ("history", '{"rounds": 5}', "“rounds” is not a list."),
        ("history", '{"rounds": [["p0"]]}', "round 1 is not a list of tables."),
        ("history", '{"rounds": ', "cannot be read as JSON"),
        ("history", "round,table,id\n1,1,p0\n1,2,p0\n", "“p0” sits twice in round 1."),
        ("history", "round,table,id\n2,1,p0\n", "there is a round 2 but no round 1."),
        ("together", "p0,p1,p2,p3,p4\n", "but in round 1 a table has 4 seats"),
    ],
)
def test_faults_of_the_other_files_say_where(
    folder: Path, option: str, text: str, words: str
) -> None:
    assert words in refusal(seat(folder, **{option: text}))


def test_what_is_no_text_or_needs_a_history_is_refused(folder: Path) -> None:
    assert "--happened needs --history." in refusal(seat(folder, "--happened", "1"))
    (folder / "people.csv").write_bytes(b"id\n\xff\n")
    assert "this is not UTF-8 text" in refusal(seat(folder))


def test_every_code_of_the_library_has_its_sentence() -> None:
    text = seating_rules.check.__doc__ or ""
    codes = {word.strip("`;.,") for word in text.split() if word.startswith("``")}
    assert len(codes) > 15
    assert codes | {"apart.impossible"} == set(SENTENCES)


@pytest.mark.parametrize(
    ("name", "tables", "columns"),
    [("30i_4j_3k_3d_data.csv", 4, 3), ("100i_4j_3k_3d_data.csv", 4, 4)],
)
def test_real_files_are_read_and_balanced(name: str, tables: int, columns: int) -> None:
    if not DATA.is_dir():
        pytest.skip(f"the test data beside the checkout are not here: {DATA}")
    balance = ",".join(("gender", "age", "region", "nation")[:columns])
    result = CliRunner().invoke(
        seat_command,
        [
            *(str(DATA / name), "--tables", str(tables), "--rounds", "3"),
            *("--balance", balance, "--steps", "100000", "--json"),
        ],
    )
    plan = plan_of(result)
    assert plan["violations"] <= 1
    assert sum(len(table) for table in plan["rounds"][0]) in (30, 100)
