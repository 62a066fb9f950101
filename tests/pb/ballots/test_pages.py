"""A voter's way over HTTP, in both languages, without a script."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from pb.ballots import services
from pb.ballots.models import AccessCode, OpenedBallot
from pb.core.site import Site
from tests.pb.ballots.vote import (
    a_batch,
    area_of,
    cast,
    contents,
    enter,
    hidden,
    leaves,
    roll_id_of,
)
from tests.support.app import client, run_jobs
from tests.support.build import WHEN, a_person, a_process, do, signed_in
from tests.support.clock import TurnableClock
from voting.ballots import Approval

BASE = "/processes/shared-budget/vote"
IN = {"en": "Your ballot is in", "cy": "Mae eich pleidlais wedi dod i law"}


def post(browser: Any, page: Any, path: str = "/ballot", **fields: Any) -> Any:
    """Send the page's form with these fields beside its hidden ones."""
    return browser.post(BASE + path, data={**hidden(page.text), **fields})


def options(page: Any) -> list[str]:
    return re.findall(r'data-option="([^"]+)"', page.text)


def ranking(page: Any) -> list[str]:
    """The order that the page shows."""
    return [one for one in hidden(page.text)["order"].split(",") if one]


# -- four kinds ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize(
    ("kind", "fields", "content"),
    [
        ("ranked", {"rank-2": "1", "rank-1": "2"}, {"ranking": ["2", "1"]}),
        ("approval", {"choose": ["2", "1"]}, {"approval": ["1", "2"]}),
        ("knapsack", {"choose": ["2", "1"]}, {"knapsack": ["1", "2"]}),
        ("points", {"points-1": "3", "points-2": "7", "points-3": ""},
         {"points": {"1": 3, "2": 7}}),
    ],
)
def test_enter_choose_check_cast_in(
    site: Site, kind: str, fields: dict[str, Any], content: dict[str, Any], language: str
) -> None:
    process = a_process(site, kind=kind, max_points=10 if kind == "points" else None)
    (code,) = a_batch(site, process)
    browser = client(site, language)
    page = enter(browser, code)
    assert page.url.path == f"{BASE}/ballot" and page.status_code == 200
    page = post(browser, page, **fields, check="1")
    assert page.url.path == f"{BASE}/check" and page.status_code == 200
    assert json.loads(hidden(page.text)["content"]) == content
    assert contents(site, process) == []  # nothing is kept here before the cast
    page = post(browser, page, "/check", cast="1")
    assert page.url.path == f"{BASE}/in" and IN[language] in page.text
    assert contents(site, process) == [content]
    assert ("Prosiect 2" if language == "cy" else "Project 2") in page.text
    assert IN[language] in browser.get(BASE).text


@pytest.mark.parametrize("kind", ["ranked", "approval", "knapsack", "points"])
def test_a_blank_vote_is_cast_on_purpose(site: Site, kind: str) -> None:
    process = a_process(site, kind=kind, max_points=10)
    (code,) = a_batch(site, process)
    browser = client(site)
    page = post(browser, enter(browser, code), blank="1")
    assert "This is a blank vote." in page.text and "Cast a blank ballot" in page.text
    page = post(browser, page, "/check", cast="1")
    assert "A blank vote." in page.text
    (content,) = contents(site, process)
    assert [*content.values()] == [{} if kind == "points" else []]


def test_the_order_is_drawn_for_the_voter_and_stays(site: Site) -> None:
    process = a_process(site, kind="ranked", projects=24)
    orders = []
    for code in a_batch(site, process, 3):
        page = enter(client(site), code)
        assert options(page) == options(enter(client(site), code))
        orders.append(tuple(options(page)))
    assert len(set(orders)) == 3
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(orders[0]))}


def test_moves_are_said_and_keep_the_rest(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    page = post(browser, enter(browser, code), **{"rank-1": "1", "rank-2": "2", "rank-3": "3"})
    page = post(browser, page, **{"rank-1": "1", "rank-2": "2", "rank-3": "3"}, move="down-1")
    assert ranking(page) == ["2", "1", "3"]
    assert "Project 1, now second of 3." in page.text
    page = post(browser, page, **{"rank-2": "1", "rank-1": "2", "rank-3": "3"}, move="add-4")
    assert ranking(page) == ["2", "1", "3", "4"]
    assert "Project 4, now fourth of 4." in page.text
    everything = {f"rank-{one}": str(place) for place, one in enumerate("21345", 1)}
    page = post(browser, page, **everything, move="add-6")
    assert ranking(page) == list("21345")
    assert "Your list is full. This did not fit: Project 6." in page.text
    page = post(browser, page, **everything | {"rank-6": "1"}, check="1")
    assert ranking(page) == list("62134")  # not on to the check: something fell off
    assert "This did not fit: Project 5." in page.text


def test_the_same_place_twice_is_said(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    page = post(browser, enter(browser, code), **{"rank-1": "1", "rank-2": "1"}, check="1")
    assert page.url.path == f"{BASE}/ballot"
    assert "You gave the same place more than once: Project 1, Project 2." in page.text


def test_money_left_is_in_sight_and_too_much_is_not_cast(site: Site) -> None:
    process = a_process(site, kind="knapsack", projects=30, max_choices=None)
    (code,) = a_batch(site, process, 1, area_of(site, process))
    browser = client(site)
    page = enter(browser, code)
    assert "Riverside: £60,000 left. The whole town: £35,000 left." in page.text
    many = ["1", "4", "7", "10", "13", "16", "19"]
    page = post(browser, page, choose=many, save="1")
    assert "Riverside: £10,000 too much." in page.text
    page = post(browser, page, choose=many, check="1")
    assert page.url.path == f"{BASE}/check"
    assert "costs £10,000 more than the £60,000 there is" in page.text
    assert 'name="cast"' not in page.text
    page = post(browser, page, "/check", cast="1")
    assert page.status_code == 422 and contents(site, process) == []
    page = browser.post(
        f"{BASE}/ballot",
        data={**hidden(page.text), "choose": many, "check": "1", "move": "drop-19"},
    )
    page = post(browser, page, "/check", cast="1")
    assert contents(site, process) == [
        {"knapsack": sorted(many[:-1])}
    ]


def test_too_many_approvals_and_points(site: Site) -> None:
    process = a_process(site, max_choices=2)
    (code,) = a_batch(site, process)
    browser = client(site)
    page = post(browser, enter(browser, code), choose=["1", "2", "3"], check="1")
    assert "At most 2 projects fit on a ballot." in page.text
    a_process(site, "points", kind="points", max_points=5)
    page = browser.get("/processes/points/vote/ballot")
    assert page.url.path == "/processes/points/vote"  # a pass of one vote opens no other


def test_points_that_are_no_numbers_stand_beside_their_field(site: Site) -> None:
    process = a_process(site, kind="points", max_points=10)
    (code,) = a_batch(site, process)
    browser = client(site)
    page = post(browser, enter(browser, code), **{"points-1": "many", "points-2": "4"}, check="1")
    assert page.status_code == 422
    assert "Enter a whole number from 0 to 10." in page.text
    assert 'value="many"' in page.text and 'value="4"' in page.text


# -- the draft -------------------------------------------------------------------------------


def test_what_is_not_cast_stays_on_the_device_only(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    page = post(browser, enter(browser, code), **{"rank-5": "1", "rank-4": "2"}, save="1")
    assert "What you choose is kept on this device only." in page.text
    assert ranking(browser.get(f"{BASE}/ballot")) == ["5", "4"]
    assert ranking(enter(client(site), code)) == []


def test_a_changed_ballot_says_that_the_earlier_one_counts(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    page = post(browser, enter(browser, code), **{"rank-5": "1"}, check="1")
    post(browser, page, "/check", cast="1")
    page = browser.get(f"{BASE}/ballot")
    page = post(browser, page, **{"rank-5": "2", "rank-1": "1"}, save="1")
    assert "Changed, not cast again" in page.text
    assert "Changed, not cast again" in browser.get(f"{BASE}/in").text
    assert "Changed, not cast again" in browser.get(BASE).text
    assert contents(site, process) == [{"ranking": ["5"]}]


def test_the_other_language_keeps_what_was_typed(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    page = post(browser, enter(browser, code), **{"rank-5": "1"}, language="cy")
    assert page.status_code == 200 and 'lang="cy"' in page.text
    assert ranking(page) == ["5"]
    page = post(browser, page, **{"rank-5": "1"}, check="1")
    page = post(browser, page, "/check", language="en")
    assert "Check your ballot" in page.text and contents(site, process) == []
    assert json.loads(hidden(page.text)["content"]) == {"ranking": ["5"]}


# -- two tabs, the back button, another voter, the close -------------------------------------


def checked(browser: Any, page: Any, *order: str) -> Any:
    """On to the check page with this order."""
    return post(browser, page, **{f"rank-{one}": str(n) for n, one in enumerate(order, 1)},
                check="1")


def test_a_double_click_casts_once(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    page = checked(browser, enter(browser, code), "1")
    first = post(browser, page, "/check", cast="1")
    second = post(browser, page, "/check", cast="1")
    assert first.url.path == second.url.path == f"{BASE}/in"
    shown, again = (re.findall(r'class="(?:receipt|hash)">([^<]+)<', one.text)
                    for one in (first, second))
    assert shown == again and len(shown) == 3
    assert len(leaves(site, process)) == 1


def test_an_old_check_page_does_not_undo_a_newer_ballot(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    old = checked(browser, enter(browser, code), "1")
    post(browser, old, "/check", cast="1")
    new = checked(browser, browser.get(f"{BASE}/ballot"), "2", "3")
    post(browser, new, "/check", cast="1")
    page = post(browser, old, "/check", cast="1")
    assert "That page was older than your ballot." in page.text
    assert contents(site, process) == [{"ranking": ["2", "3"]}]


def test_two_tabs_cast_what_each_showed(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    one = checked(browser, enter(browser, code), "1")
    two = checked(browser, browser.get(f"{BASE}/ballot"), "1", "2")
    page = post(browser, one, "/check", cast="1")
    assert "<strong>Project 1</strong>" in page.text
    assert "<strong>Project 2</strong>" not in page.text
    assert contents(site, process) == [{"ranking": ["1"]}]
    post(browser, two, "/check", cast="1")
    assert contents(site, process) == [{"ranking": ["1", "2"]}]


def test_a_page_of_another_voter_casts_nothing(site: Site) -> None:
    process = a_process(site, kind="ranked")
    first, second = a_batch(site, process, 2)
    browser = client(site)
    left_open = checked(browser, enter(browser, first), "1")
    form = browser.get(f"{BASE}/ballot")
    enter(browser, second)
    page = post(browser, left_open, "/check", cast="1")
    assert "belonged to another voter" in page.text and contents(site, process) == []
    page = post(browser, form, **{"rank-1": "1"}, save="1")
    assert "belonged to another voter" in page.text and ranking(page) == []


def test_signed_out_meanwhile_nothing_is_lost(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    page = enter(browser, code)
    browser.cookies.delete("session")
    page = post(browser, page, **{"rank-4": "1", "rank-2": "2"}, save="1")
    assert page.url.path == BASE and "What you chose is kept on this device" in page.text
    page = browser.post(BASE, data={**hidden(page.text), "code": code})
    assert ranking(page) == ["4", "2"]


def test_the_vote_closes_while_one_ranks(site: Site, clock: TurnableClock) -> None:
    process = a_process(site, kind="ranked")
    cast_before, never = a_batch(site, process, 2)
    earlier, late = client(site), client(site)
    page = checked(earlier, enter(earlier, cast_before), "1")
    post(earlier, page, "/check", cast="1")
    page = earlier.get(f"{BASE}/ballot")
    page = checked(earlier, page, "2", "1")
    other = checked(late, enter(late, never), "3")
    form = late.get(f"{BASE}/ballot")
    clock.now = WHEN["count"]
    page = post(earlier, page, "/check", cast="1")
    assert page.status_code == 409
    assert "The ballot you cast before counts." in page.text and "Project 2" in page.text
    page = post(late, other, "/check", cast="1")
    assert page.status_code == 409
    assert "the vote closed before you cast it. It is not counted." in page.text
    assert "Project 3" in page.text
    page = post(late, form, **{"rank-5": "1"}, save="1")
    assert page.status_code == 409 and "Project 5" in page.text
    assert contents(site, process) == [{"ranking": ["1"]}]
    run_jobs(site)
    page = earlier.get(BASE)
    assert "Voting is closed" in page.text and "Project 1" not in page.text


@pytest.mark.parametrize(
    "content",
    ["", "x", "[]", "{}", '{"ranking": [["1"]]}', '{"ranking": ["99"]}', '{"approval": ["1"]}',
     '{"marks": [["1"]]}', '{"ranking": ["1", "1"]}', '{"ranking": 7}', '{"points": {"1": true}}',
     "[" * 5000, '{"ranking": null}', '{"ranking": {"1": 2}, "x": 1}'],
)
def test_a_forged_ballot_is_refused_in_words(site: Site, content: str) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    page = checked(browser, enter(browser, code), "1")
    fields = {**hidden(page.text), "content": content}
    page = browser.post(f"{BASE}/check", data=fields)
    assert page.status_code == 422 and contents(site, process) == []
    assert "Load the page again" in page.text


def test_a_form_without_the_voter_s_mark_casts_nothing(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    page = checked(browser, enter(browser, code), "1")
    for mark in ("", "forged", hidden(page.text)["voter"] + "x"):
        browser.post(f"{BASE}/check", data={**hidden(page.text), "voter": mark})
    elsewhere = browser.post(
        f"{BASE}/check", data=hidden(page.text), headers={"sec-fetch-site": "cross-site"}
    )
    assert elsewhere.status_code == 403 and contents(site, process) == []


# -- the way in ------------------------------------------------------------------------------


def test_a_wrong_code_stays_typed_with_its_error(site: Site) -> None:
    a_process(site)
    page = enter(client(site), "ABCD EFGH JKMN PQRS")
    assert page.status_code == 422 and 'value="ABCD EFGH JKMN PQRS"' in page.text
    assert "This code is not one of this vote." in page.text
    page = enter(client(site, "cy"), "")
    assert page.status_code == 422 and "Rhowch y cod o’ch llythyr." in page.text


def test_codes_cannot_be_tried_without_end(site: Site) -> None:
    a_process(site)
    browser = client(site)
    answers = [
        browser.post(BASE, data={"code": f"{number:016d}"}).status_code for number in range(31)
    ]
    assert answers == [422] * 30 + [429]


def the_link(site: Site, process: int, code: str) -> str:
    with site.database.reading() as session:
        row = session.scalars(
            select(AccessCode).where(AccessCode.roll_id == roll_id_of(site, process, code))
        ).one()
        return f"{BASE}/link/{services.link_token(site.secrets, row)}"


def test_opening_a_link_uses_nothing_up_and_its_button_does(site: Site) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    address = the_link(site, process, code)
    for _ in range(2):
        assert client(site).head(address).status_code == 200
        assert client(site).get(address).status_code == 200
    browser = client(site)
    fields = hidden(browser.get(address).text)
    assert browser.post(address, data=fields).url.path == f"{BASE}/ballot"
    assert browser.post(address, data=fields).url.path == f"{BASE}/ballot"  # a double click
    late = client(site)
    page = late.post(address, data=hidden(late.get(address).text))
    assert page.status_code == 410
    assert "This link was used on Monday 17 May" in page.text
    page = late.post(BASE, data={**hidden(page.text), "code": code})
    assert page.url.path == f"{BASE}/ballot"


def test_an_incomplete_link_is_said(site: Site) -> None:
    a_process(site)
    browser = client(site, "cy")
    page = browser.post(f"{BASE}/link/nothing", data=hidden(browser.get(f"{BASE}/link/x").text))
    assert page.status_code == 410 and "Nid yw’r ddolen hon yn gyflawn" in page.text


def test_a_signed_in_person_on_the_roll_needs_no_code(site: Site) -> None:
    process = a_process(site)
    person = a_person(site)
    do(site, services.enrol_person, process, person, None)
    browser = client(site)
    signed_in(site, browser, person)
    page = browser.get(BASE)
    assert "You are on the roll of this vote, Mair." in page.text
    page = browser.post(BASE, data={**hidden(page.text), "go": "person"})
    assert page.url.path == f"{BASE}/ballot"
    stranger = client(site)
    signed_in(site, stranger, a_person(site, "Ifan"))
    assert "You are on the roll" not in stranger.get(BASE).text
    assert stranger.post(BASE, data={"go": "person"}).status_code == 403


@pytest.mark.parametrize(
    ("phase", "words"), [("assessment", "Voting has not opened yet"), ("count", "closed")]
)
def test_outside_the_vote_nobody_is_let_in(site: Site, phase: str, words: str) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    do_at = WHEN[phase]
    site.clock.now = do_at  # type: ignore[attr-defined]
    browser = client(site)
    assert words in browser.get(BASE).text
    page = enter(browser, code)
    assert page.status_code == 200 and words in page.text and page.url.path == BASE
    assert browser.get(f"{BASE}/ballot").url.path == BASE
    assert browser.get(f"{BASE}/in").url.path == BASE


def test_a_draft_process_has_no_vote(site: Site) -> None:
    a_process(site, state="draft")
    for path in ("", "/ballot", "/check", "/in", "/link/x"):
        assert client(site).get(BASE + path).status_code == 404


# -- weight ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ranked", "approval", "knapsack", "points"])
def test_forty_projects_load_in_under_50_kb(site: Site, kind: str) -> None:
    process = a_process(site, kind=kind, projects=40, max_points=10)
    (code,) = a_batch(site, process)
    browser = client(site)
    enter(browser, code)
    weight = 0
    with browser.stream("GET", f"{BASE}/ballot") as answer:
        weight += sum(len(part) for part in answer.iter_raw())
    page = browser.get(f"{BASE}/ballot").text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        with browser.stream("GET", address) as answer:
            weight += sum(len(part) for part in answer.iter_raw())
    assert 5_000 < weight < 50_000


# -- nothing of the counts -------------------------------------------------------------------


def test_no_page_shows_what_was_chosen_before_the_close(site: Site) -> None:
    """Planted figures: 137 ballots for one project, 41 for another; nowhere on any page."""
    process = a_process(site, projects=6)
    rolls = [roll_id_of(site, process, code) for code in a_batch(site, process, 3)]
    for roll_id in rolls:
        cast(site, process, roll_id, Approval(("1",)))

    def stuff(work: Any) -> None:
        for number in range(137 + 41):
            content = {"approval": ["5" if number < 137 else "6"]}
            work.session.add(OpenedBallot(process_id=process, tracking=f"{number:012d}", word="",
                                          content=content))

    do(site, stuff)
    official = client(site)
    signed_in(site, official, a_person(site, "Non", "administrator"))
    pages = [BASE, "/", "/processes/shared-budget", "/processes/shared-budget/projects",
             "/processes/shared-budget/projects/5", "/office/processes/shared-budget/voters",
             "/processes/shared-budget/result", "/processes/shared-budget/result/files/result.csv",
             "/processes/shared-budget/result/files/ballots.csv",
             "/office/processes/shared-budget/count", "/office/processes/shared-budget"]
    for browser in (client(site), official):
        for path in pages:
            text = re.sub(r'value="[^"]*"|v=[0-9a-f]+|d="[^"]*"', "", browser.get(path).text)
            for figure in ("137", "178", "140", "41"):
                assert not re.search(rf"(?<![\d.£,]){figure}(?![\d.,]\d|\d)", text), (path, figure)
