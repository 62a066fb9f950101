"""What the pages say: every reason in words of both languages, small pages, addresses that hold."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from markupsafe import Markup

from pb.ballots.models import Box
from pb.core.site import Site
from pb.core.work import Work
from pb.results import services
from pb.results.comparison import compare_rules
from pb.results.words import SECOND_REASONS, Words
from tests.support.app import client
from tests.support.build import a_process, do
from tests.support.results import approvals, cast, rankings
from voting import Approval, Contest, Option, Ranking, count
from voting.tally import Tie, Why

BASE = "/processes/shared-budget/result"
VOTING = Path(__file__).resolve().parents[3] / "voting"

WHYS = [
    Why("funded", {"votes": 3, "cost": 500, "money_left": 100}),
    Why("funded", {"votes": 3, "cost": 500, "money_left": 1, "price": "166.6667", "rank": 2}),
    Why("funded_by_votes", {"votes": 1, "cost": 500, "money_left": 100}),
    Why("part_funded", {"votes": 6, "cost": 500, "paid": 300, "missing": 200}),
    Why("no_money", {"votes": 2, "cost": 500, "short": 310, "votes_short": 62, "lost_to": ("b",)}),
    Why("no_money", {"votes": 2, "cost": 9, "short": 3, "votes_short": 2, "supporters_left": 6}),
    Why("below_threshold", {"votes": 2, "needed": 5, "votes_short": 3}),
    Why("no_votes", {"votes": 0, "needed": 1}),
    Why("too_dear", {"cost": 700, "budget": 500, "short": 200, "votes": 1}),
    Why("group_taken", {"by": "b", "votes": 1, "cost": 5}),
    Why("after_stop", {"stopped_at": "b", "votes": 1, "votes_short": 4}),
    *(
        Why("elected", {"stage": 2, "votes": "12.5", "quota": "10", "by": by, "margin": "3",
                        "next": "b", "first": "4"})
        for by in ("quota", "last_seats", "majority", "tie")
    ),
    Why("excluded", {"stage": 2, "votes": "12", "first": "4", "margin": "0.08667", "next": "b"}),
    Why("not_elected", {"stage": 2, "votes": "12", "first": "4"}),
]


def words(site: Site, language: str) -> Words:
    return Words(site.reader(language), "GBP", {"a": "Alpha", "b": Markup('<i lang="pl">B</i>')})


@pytest.mark.parametrize("why", WHYS, ids=lambda why: why.code)
def test_every_reason_has_a_sentence_in_both_languages(site: Site, why: Why) -> None:
    english, welsh = (words(site, language).why(why) for language in ("en", "cy"))
    assert english != welsh
    for text in (english, welsh):
        assert why.code not in text
        assert "%(" not in text
        assert text.endswith(".")


def test_no_code_of_the_library_is_without_a_sentence() -> None:
    """Whoever adds a reason to a rule must say it here as well."""
    notes = {"no_ballots", "share", "comparison", "refused", "welfare"}
    codes = set()
    for path in (VOTING / "methods").glob("*.py"):
        codes |= set(re.findall(r'Why\(\s*"(\w+)"', path.read_text(encoding="utf-8")))
    assert codes - notes <= {why.code for why in WHYS} | {"elected"}, codes
    reasons = set()
    for name in ("crosscheck.py", "crosscheck_budgets.py"):
        reasons |= set(re.findall(r'"(second\.\w+)"', (VOTING / name).read_text(encoding="utf-8")))
    assert reasons <= set(SECOND_REASONS), reasons - set(SECOND_REASONS)


def test_a_sentence_keeps_the_language_of_a_title_and_escapes_the_rest(site: Site) -> None:
    say = words(site, "en")
    text = say.why(Why("group_taken", {"by": "b"}))
    assert '<i lang="pl">B</i>' in text
    assert "<b>" not in Words(site.reader("en"), "GBP", {"a": "<b>"}).title("a")


def test_votes_are_written_as_people_read_them(site: Site) -> None:
    say = words(site, "en")
    assert say.votes(Fraction(80607214, 100000)) == "806.07"
    assert say.votes("1322") == "1,322"
    assert say.votes("0.08667") == "0.09"


def test_a_tie_tells_what_settled_it(site: Site) -> None:
    say = words(site, "en")
    lot = say.tie(Tie(("a", "b"), 3, "lot", "a", "exclusion"))
    assert "order of lots" in lot
    assert "Excluded: Alpha." in lot
    earlier = say.tie(Tie(("a", "b"), 3, "earlier_stage", "a", "surplus", 1))
    assert "stage 1" in earlier


def test_what_another_rule_would_have_funded() -> None:
    """Three like one dear thing, two like two cheap ones: greedy serves the many only."""
    contest = Contest(
        (Option("dear", cost=60), Option("x", cost=20), Option("y", cost=20)),
        kind="approval", method="greedy", budgets={"": 60},
    )
    ballots = {Approval(("dear",)): 3, Approval(("x", "y")): 2}
    own, *others = compare_rules(contest, ballots, (), count(contest, ballots))["rules"]
    assert own["selected"] == ["dear"]
    assert (own["served"], own["voters"]) == (3, 5)
    assert own["gini"] == "0.4"
    assert {one["method"] for one in others} >= {"equal-shares", "phragmen"}
    shares = next(one for one in others if one["method"] == "equal-shares")
    assert "x" in shares["selected"]


def test_first_choices_beside_transferred_votes() -> None:
    options = tuple(Option(one) for one in "abc")
    contest = Contest(options, kind="ranked", method="irv", seats=1)
    ballots = {Ranking(("a",)): 4, Ranking(("b", "c")): 3, Ranking(("c", "b")): 2}
    own, first = compare_rules(contest, ballots, ("a", "b", "c"), count(contest, ballots))["rules"]
    assert (own["selected"], first["selected"]) == (["b"], ["a"])
    assert (own["first_choice"], first["first_choice"]) == (3, 4)


def a_ranked_result(site: Site, method: str = "scottish-stv", projects: int = 5) -> None:
    process_id = a_process(
        site, phase="results", kind="ranked", method=method, areas=(), projects=projects,
        seats=2 if method == "scottish-stv" else 0,
    )
    cast(site, process_id, *rankings(*["1 2"] * 9, *["2 1 3"] * 4, *["3 4"] * 3, "4 3", "5 2", ""))
    services.count_and_publish_now(site, process_id, final=False)


@pytest.mark.parametrize("method", ["scottish-stv", "equal-shares-ranked"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_page_of_a_ranked_result_works(site: Site, method: str, language: str) -> None:
    a_ranked_result(site, method)
    browser = client(site, language)
    for path in ("", "/stages", "/projects", "/projects/3", "/object"):
        answer = browser.get(BASE + path)
        assert answer.status_code == 200, path
        assert len(answer.content) < 50_000
    assert browser.get(f"{BASE}/projects/77").status_code == 404
    assert browser.get(f"{BASE}/files/secret.txt").status_code == 404


def test_every_drawing_has_its_table(site: Site) -> None:
    a_ranked_result(site)
    page = client(site).get(f"{BASE}/stages").text
    drawings = page.count('<svg class="flow"')
    assert drawings >= 2
    assert page.count('<details class="twin"') > drawings
    result = client(site).get(BASE).text
    assert result.count('<details class="twin"') >= 1


def test_points_are_called_points(site: Site) -> None:
    process_id = a_process(site, phase="results", kind="points", areas=(), projects=3,
                           whole=1_500_000, settings={"threshold": 3}, max_points=9)
    cast(site, process_id, {"points": {"1": 7, "2": 2}}, {"points": {"1": 1, "3": 4}})
    services.count_and_publish_now(site, process_id, final=True)
    page = client(site).get(BASE).text
    assert "8 points." in page
    assert "It needed 3 points and got 2: 1 too few." in page
    assert "votes." not in page.partition('id="explained"')[0].lower(), "but in the glossary"
    assert "8 o bwyntiau." in client(site, "cy").get(BASE).text


def test_a_knapsack_result_has_its_page_and_its_file(site: Site) -> None:
    process_id = a_process(site, phase="results", kind="knapsack", areas=(), projects=3,
                           whole=2_000_000)
    cast(site, process_id, {"knapsack": ["1", "3"]}, {"knapsack": ["1"]}, {"knapsack": []})
    services.count_and_publish_now(site, process_id, final=True)
    assert "2 projects won £20,000" in client(site).get(BASE).text
    lines = client(site).get(f"{BASE}/files/ballots.csv").text.split()
    assert lines == ["ballots,choice_1,choice_2", "1", "1,1", "1,1,3"]


def test_a_result_of_nothing_still_has_its_page(site: Site) -> None:
    process_id = a_process(site, phase="results", areas=(), projects=2)
    cast(site, process_id, *approvals("", ""))
    services.count_and_publish_now(site, process_id, final=True)
    page = client(site).get(BASE)
    assert page.status_code == 200
    assert "Nothing won." in page.text
    assert "Nobody voted for it." in page.text


def test_the_page_before_the_result_says_when(site: Site) -> None:
    a_process(site, phase="voting")
    page = client(site).get(BASE)
    assert page.status_code == 200
    assert "Voting closes at" in page.text
    for path in ("/stages", "/projects", "/projects/1", "/files/result.csv", "/object"):
        assert client(site).get(BASE + path).status_code == 404


@pytest.mark.parametrize(
    ("level", "files"),
    [("A", {"result.csv", "result.json", "ballots.csv", "result.pb"}),
     ("B", {"result.csv", "result.json", "ballots.csv"}), ("C", {"result.csv", "result.json"})],
)
def test_a_result_gives_out_what_its_level_of_publication_allows(
    site: Site, level: str, files: set[str]
) -> None:
    process_id = a_process(site, phase="results", areas=(), projects=3, whole=2_000_000)
    cast(site, process_id, *approvals(*["1"] * 10, "2,3"))

    def set_level(work: Work) -> None:
        work.session.merge(Box(process_id=process_id, state="opened", level=level))

    do(site, set_level)
    services.count_and_publish_now(site, process_id, final=True)
    page = client(site).get(BASE).text
    assert set(re.findall(r"result/files/([\w.]+)", page)) == files
    for name in ("result.csv", "result.json", "ballots.csv", "result.pb"):
        answer = client(site).get(f"{BASE}/files/{name}")
        assert answer.status_code == (200 if name in files else 404), name
    if level == "B":
        lines = client(site).get(f"{BASE}/files/ballots.csv").text.split()
        assert lines == ["ballots,choice_1", "10,1", "1,withheld"]
    assert ("hold every ballot" in page) == (level == "A")
