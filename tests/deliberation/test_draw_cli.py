"""`python3 -m pb draw`: what it prints where, its exit codes, its words."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deliberation.panels.cli import draw_command

KEYS = {
    "seats",
    "pool",
    "types",
    "bound",
    "zero_chance",
    "panels",
    "probabilities",
    "min_probability",
    "max_shortfall",
    "gini",
    "certificate_ok",
    "exact",
    "gap",
    "drawn",
    "seconds",
}

TARGETS = """feature,value,min,max
side,left,1,2
side,right,1,2
age,young,1,2
age,old,1,2
"""

PEOPLE = "id,side,age,home\n" + "".join(
    f"q{at},{('left', 'right')[at % 2]},{('young', 'old', 'old')[at % 3]},house {at // 2}\n"
    for at in range(12)
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "targets.csv").write_text(TARGETS, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str, seats: int = 3) -> Result:
    given = ["--people", str(folder / "people.csv"), "--targets", str(folder / "targets.csv")]
    given += ["--seats", str(seats), "--seed", "s", *arguments]
    return CliRunner().invoke(draw_command, given)


def test_json_has_exactly_these_keys(files: Path) -> None:
    result = run(files, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert set(found) == KEYS
    assert found["seats"] == 3 and found["pool"] == 12 and found["panels"] == 1000
    assert found["types"] == 4 and found["zero_chance"] == []
    assert list(found["probabilities"]) == [f"q{at}" for at in range(12)]
    assert sum(found["probabilities"].values()) == pytest.approx(3)
    assert found["min_probability"] == min(found["probabilities"].values())
    assert found["certificate_ok"] is True and found["exact"] is True
    assert found["gap"] == pytest.approx(found["bound"] - found["min_probability"])
    assert len(found["drawn"]) == 3 and set(found["drawn"]) <= set(found["probabilities"])


def test_the_same_seed_draws_the_same_and_the_json_repeats(files: Path) -> None:
    one, two = (json.loads(run(files, "--json").stdout) for _ in range(2))
    assert one.pop("seconds") >= 0 and two.pop("seconds") >= 0
    assert one == two


def test_plain_output_is_the_ids_alone(files: Path) -> None:
    result = run(files)
    drawn = json.loads(run(files, "--json").stdout)["drawn"]
    assert result.stdout.split("\n") == [*drawn, ""]
    assert "The lowest chance is" in result.stderr


def test_a_fresh_seed_is_shown(files: Path) -> None:
    given = ["--people", str(files / "people.csv"), "--targets", str(files / "targets.csv")]
    result = CliRunner().invoke(draw_command, [*given, "--seats", "3", "--panels", "10"])
    assert result.exit_code == 0
    assert result.stderr.startswith("Seed: ")


def test_households_only_where_asked_for(files: Path) -> None:
    free = json.loads(run(files, "--json", "--panels", "50").stdout)
    tied = json.loads(run(files, "--json", "--panels", "50", "--household", "home").stdout)
    assert free["types"] == 4 and tied["types"] == 12
    homes = [int(name[1:]) // 2 for name in tied["drawn"]]
    assert len(set(homes)) == 3


@pytest.mark.parametrize("ceiling", ["0.3", "3/10", "30%"])
def test_a_ceiling_in_each_writing(files: Path, ceiling: str) -> None:
    found = json.loads(run(files, "--json", "--ceiling", ceiling).stdout)
    assert max(found["probabilities"].values()) <= 0.3


@pytest.mark.parametrize("ceiling", ["0", "1.5", "much", "1/0"])
def test_a_ceiling_that_is_none(files: Path, ceiling: str) -> None:
    result = run(files, "--ceiling", ceiling)
    assert result.exit_code == 2 and result.stdout == ""


def test_a_ceiling_too_low_says_the_lowest(files: Path) -> None:
    result = run(files, "--ceiling", "0.2", "--json")
    assert result.exit_code == 2 and result.stdout == ""
    assert "the lowest possible is 0.2500" in result.stderr


def test_targets_that_cannot_be_met_exit_2_with_what_would_help(files: Path) -> None:
    result = run(files, "--json", seats=5)
    assert result.exit_code == 2 and result.stdout == ""
    assert "No panel can meet these targets." in result.stderr
    assert "side: the maximums sum to 4, but there are 5 seats" in result.stderr
    assert "The smallest change that helps:" in result.stderr


def test_a_pool_that_is_one_household(files: Path) -> None:
    people = PEOPLE.replace("house 1", "x").replace("house", "x")
    shared = "\n".join(",".join([*row.split(",")[:3], "x"]) for row in people.split("\n")[1:-1])
    (files / "people.csv").write_text(f"id,side,age,home\n{shared}\n", encoding="utf-8")
    result = run(files, "--household", "home")
    assert result.exit_code == 2
    assert "Households: too few of them" in result.stderr


def test_faults_name_file_row_and_column(files: Path) -> None:
    (files / "people.csv").write_text("id,side,age\na,left,young\na,up,\n", encoding="utf-8")
    result = run(files)
    assert result.exit_code == 2 and result.stdout == ""
    assert "people.csv, row 3, column id: “a” is in row 2 already" in result.stderr
    assert "people.csv, row 3, column side: no target names “up”" in result.stderr
    assert "people.csv, row 3, column age: the cell is empty" in result.stderr


def test_who_has_no_chance_is_named_with_the_target(files: Path) -> None:
    wide = "feature,value,min,max\nside,left,2,2\nside,right,1,1\nage,young,3,3\nage,old,0,0\n"
    (files / "targets.csv").write_text(wide, encoding="utf-8")
    result = run(files, "--json", "--panels", "20")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["zero_chance"] == [f"q{at}" for at in range(12) if at % 3]
    assert found["min_probability"] > 0
    assert "8 people have no chance" in result.stderr
    assert "age, old: maximum 0 to 1" in result.stderr


def test_the_time_limit_before_any_panel_exits_3(files: Path) -> None:
    result = run(files, "--time-limit", "0.0000001")
    assert result.exit_code == 3 and result.stdout == ""
    assert "Allow more time" in result.stderr


def test_record_and_verify(files: Path) -> None:
    out = files / "record"
    found = json.loads(run(files, "--json", "--panels", "20", "--out", str(out)).stdout)
    checked = CliRunner().invoke(draw_command, ["--verify", str(out)])
    assert checked.exit_code == 0 and checked.stdout == "The record holds.\n"
    listed = (out / "sealed" / "drawn.csv").read_text(encoding="utf-8").split("\n")[1:-1]
    assert {row.split(",")[2] for row in listed} == set(found["drawn"])
    portfolio = out / "portfolio.json"
    portfolio.write_bytes(portfolio.read_bytes().replace(b"1", b"2", 1))
    altered = CliRunner().invoke(draw_command, ["--verify", str(out)])
    assert altered.exit_code == 1 and altered.stdout == ""
    assert "portfolio.json" in altered.stderr
    again = run(files, "--out", str(out))
    assert again.exit_code == 2 and "not empty" in again.stderr


def test_replacements_are_drawn_for_the_free_seats_and_chained(files: Path) -> None:
    first, second = files / "first", files / "second"
    drawn = json.loads(run(files, "--json", "--panels", "20", "--out", str(first)).stdout)["drawn"]
    (files / "sitting.txt").write_text("\n".join(drawn[1:]), encoding="utf-8")
    (files / "withdrawn.txt").write_text(f"{drawn[0]}\n", encoding="utf-8")
    lists = ["--sitting", str(files / "sitting.txt"), "--withdrawn", str(files / "withdrawn.txt")]
    result = run(
        files, "--json", "--panels", "20", *lists, "--after", str(first), "--out", str(second)
    )
    found = json.loads(result.stdout)
    assert found["seats"] == 1 and found["pool"] == 9
    assert not set(found["drawn"]) & set(drawn)
    chained = CliRunner().invoke(draw_command, ["--verify", str(second), "--after", str(first)])
    assert chained.exit_code == 0, chained.stderr
    stranger = files / "stranger"
    run(files, "--panels", "21", "--out", str(stranger))
    wrong = CliRunner().invoke(draw_command, ["--verify", str(second), "--after", str(stranger)])
    assert wrong.exit_code == 1
    (files / "sitting.txt").write_text("nobody\n", encoding="utf-8")
    unknown = run(files, *lists)
    assert unknown.exit_code == 2 and "nobody in the pool has the id “nobody”" in unknown.stderr


def test_what_is_needed(files: Path) -> None:
    result = CliRunner().invoke(draw_command, ["--people", str(files / "people.csv")])
    assert result.exit_code == 2 and "--targets" in result.stderr
