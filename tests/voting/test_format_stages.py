"""The stages of a count, out: a table that adds up, and a summary like RCTab's."""

import csv
import io

from voting import Contest, Option, Ranking, count
from voting.formats.stages import summary, write_csv

CONTEST = Contest(
    (Option("1", "Ann, of the Hill"), Option("2", "=Bob"), Option("3", "Ŵyn")),
    "ranked",
    "scottish-stv",
    2,
)
GROUPS = {Ranking(("1", "2")): 10, Ranking(("1", "3")): 5, Ranking(("3",)): 4, Ranking(("2",)): 2}


def test_the_table_as_csv():
    tally = count(CONTEST, GROUPS)
    rows = list(csv.reader(io.StringIO(write_csv(CONTEST, tally))))
    assert rows[0] == [
        "option",
        "name",
        "stage 1 total",
        "stage 2 surplus 1",
        "stage 2 total",
        "stage 3 exclusion 3",
        "stage 3 total",
        "outcome",
        "outcome stage",
    ]
    assert rows[1] == ["1", "Ann, of the Hill", "15", "-7", "8", "0", "8", "elected", "1"]
    assert rows[2][:5] == ["2", "'=Bob", "2", "4.6666", "6.6666"]
    assert [row[1] for row in rows[4:]] == ["nontransferable", "lost by fraction"]
    for column in (2, 4, 6):
        assert sum(round(float(row[column]) * 100_000) for row in rows[1:]) == 21 * 100_000


def test_options_of_one_name_are_told_apart():
    contest = Contest((Option("1", "Ann"), Option("2", "Ann")), "ranked", "irv", 1)
    report = summary(contest, count(contest, {Ranking(("1",)): 2}))
    assert report["results"][0]["tally"] == {"1": "2", "2": "0"}


def test_a_surplus_in_the_summary():
    report = summary(CONTEST, count(CONTEST, GROUPS))
    assert [round_["tallyResults"] for round_ in report["results"]] == [
        [{"elected": "Ann, of the Hill", "transfers": {"=Bob": "4.6666", "Ŵyn": "2.3333"}}],
        [{"eliminated": "Ŵyn", "transfers": {"exhausted": "6.3333"}}],
        [{"elected": "=Bob", "transfers": {}}],
    ]
    assert report["summary"]["finalThreshold"] == "8"
