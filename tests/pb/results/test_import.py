"""Real elections through ``pb import``: the outcome on record, on the page and in the files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from pb.ballots.models import Ballot, BallotGroup
from pb.commands import open_site
from pb.core.site import Site
from pb.processes.models import Process
from pb.results import importing
from pb.results.import_cli import import_command
from tests.support.app import client, make_settings
from tests.support.needs import DATA
from voting.formats import blt, read

LODZ = DATA / "pabulib" / "files" / "Poland_Lodz_2022.pb"
SCOTLAND = DATA / "scottish-council-elections"
EDINBURGH = SCOTLAND / "ballots" / "edinburgh_2017_ward1.csv"

SMALL = """META
key;value
description;Small vote
unit;Somewhere
num_projects;3
num_votes;4
budget;1500.50
vote_type;approval
rule;greedy
currency;PLN
language;pl
date_begin;01.03.2024
date_end;10.03.2024
PROJECTS
project_id;cost;votes;name;selected
a;1000;3;Ławki w parku;1
b;800;2;Drzewa;0
c;500.50;1;Most;1
VOTES
voter_id;vote
1;a,b
2;a
3;a,b
4;c
"""

Import = Callable[..., Result]


@pytest.fixture
def pb_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """The command on a folder of its own."""
    monkeypatch.setenv("PB_BASE_URL", "http://testserver")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(import_command, [*arguments, "--data", str(tmp_path / "data")])

    return run


@pytest.fixture
def imported(tmp_path: Path) -> Callable[[], Site]:
    def site() -> Site:
        return open_site(make_settings(tmp_path / "data"))

    return site


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.pb"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_file_becomes_a_published_process(
    pb_import: Import, imported: Callable[[], Site], small: Path
) -> None:
    done = pb_import(str(small), "--process", "Gmina Łódź, żółw")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == "http://testserver/processes/gmina-lodz-zolw/result\n"
    assert "The file records the same result." in done.stderr
    site = imported()
    browser = client(site)
    page = browser.get("/processes/gmina-lodz-zolw/result").text
    assert "2 projects won" in page
    assert '<span lang="pl">Ławki w parku</span>' in page
    assert "small.pb" in page
    assert "299.50\N{NO-BREAK SPACE}PLN short." in page, "what was missing is told"
    written = browser.get("/processes/gmina-lodz-zolw/result/files/result.pb").text
    again = read_text(written)
    assert again.expected["selected"] == ("a", "c")
    assert sorted(again.groups.values()) == [1, 1, 2]
    site.close()


def read_text(text: str) -> Any:
    from voting.formats import pabulib

    return pabulib.read(text)


def test_the_same_name_twice_is_refused_and_changes_nothing(
    pb_import: Import, imported: Callable[[], Site], small: Path
) -> None:
    assert pb_import(str(small), "--process", "Twice").exit_code == 0
    again = pb_import(str(small), "--process", "Twice")
    assert again.exit_code == 2
    assert "already" in again.stderr
    assert again.stdout == ""
    site = imported()
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Process)) == 1
        assert session.scalar(select(func.sum(BallotGroup.number))) == 4
    site.close()


def test_a_failed_import_leaves_nothing_and_can_be_tried_again(
    pb_import: Import, imported: Callable[[], Site], small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(importing, "chunks", broken)
        assert isinstance(pb_import(str(small), "--process", "Once").exception, RuntimeError)
    site = imported()
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Process)) == 0
    site.close()
    assert pb_import(str(small), "--process", "Once").exit_code == 0


def test_faults_are_told_with_file_and_line(pb_import: Import, tmp_path: Path) -> None:
    path = tmp_path / "broken.pb"
    path.write_text(SMALL.replace("a;1000", "a;lots"), encoding="utf-8")
    done = pb_import(str(path))
    assert done.exit_code == 2
    assert done.stdout == ""
    line = SMALL[: SMALL.index("a;1000")].count("\n") + 1
    assert f"broken.pb:{line}: " in done.stderr


def test_refused_ballots_are_counted_and_said(
    pb_import: Import, imported: Callable[[], Site], tmp_path: Path
) -> None:
    path = tmp_path / "some.pb"
    path.write_text(SMALL + "5;a,unknown\n", encoding="utf-8")
    done = pb_import(str(path), "--process", "Some")
    assert done.exit_code == 0
    assert "some.pb:25: " in done.stderr
    site = imported()
    assert "1 could not be counted." in client(site).get("/processes/some/result").text
    site.close()


@pytest.mark.data
def test_lodz_funds_what_the_file_says(
    pb_import: Import, imported: Callable[[], Site]
) -> None:
    done = pb_import(str(LODZ), "--process", "Łódź 2022")
    assert done.exit_code == 0, done.stderr
    expected = set(read(LODZ).expected["selected"])  # type: ignore[call-overload]
    site = imported()
    browser = client(site)
    base = "/processes/lodz-2022/result"
    result = browser.get(f"{base}/files/result.json").json()
    assert set(result["tally"]["selected"]) == expected
    assert result["tally"]["ballots"] == 90_494
    assert all("failed" not in one for one in result["comparison"]["rules"])

    page = browser.get(base)
    assert len(page.content) < 50_000
    assert f"{len(expected)} projects won" in page.text
    rows = list(csv.DictReader(io.StringIO(browser.get(f"{base}/files/result.csv").text)))
    assert {row["id"] for row in rows if row["won"] == "1"} == expected
    shown = "".join(browser.get(f"{base}/projects?page={number}").text for number in (1, 2, 3, 4))
    tags = re.findall(
        r'result/projects/(\d+)">.*?<span class="tag tag-(yes|no)"', shown, re.S
    )
    ids = {row["number"]: row["id"] for row in rows}
    assert len(tags) == 160
    assert {ids[number] for number, tag in tags if tag == "yes"} == expected
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == 0
        assert session.scalar(select(func.sum(BallotGroup.number))) == 90_494
    site.close()


@pytest.mark.data
def test_edinburgh_elects_whom_the_returning_officer_named_stage_by_stage(
    pb_import: Import, imported: Callable[[], Site]
) -> None:
    done = pb_import(str(EDINBURGH), "--process", "Edinburgh")
    assert done.exit_code == 0, done.stderr
    official = json.loads((SCOTLAND / "official-results.json").read_text())[EDINBURGH.name]
    site = imported()
    browser = client(site)
    base = "/processes/edinburgh/result"
    tally = browser.get(f"{base}/files/result.json").json()["tally"]
    assert {int(option) - 1 for option in tally["elected"]} == set(official["winners"])
    page = browser.get(f"{base}/stages").text
    tables = re.findall(r'<div class="stage".*?</details>', page, re.S)
    names = {one["index"]: row for one, row in zip(
        official["candidates"], read(EDINBURGH).contest.options, strict=True)}
    compared = 0
    for one in official["candidates"]:
        for stage, total in one["totals"].items():
            assert Decimal(tally["stages"][int(stage) - 1]["totals"][str(one["index"] + 1)]) \
                == Decimal(str(total))
            if total:
                figure = f"{Decimal(str(total)).normalize():,f}"
                row = re.search(
                    rf'<th scope="row">{re.escape(names[one["index"]].name)}</th>(.*?)</tr>',
                    tables[int(stage) - 1], re.S,
                )
                assert row and f">{figure}</td>" in row[1], (one["official_name"], stage)
                compared += 1
    assert compared > 50

    ballots = blt.read(browser.get(f"{base}/files/ballots.blt").text)
    assert sum(ballots.groups.values()) == tally["ballots"]
    site.close()
