"""The wizard over HTTP: what is odd is refused beside its field, what is typed is kept, and the
examples are what the rules do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from pb.core.site import Site
from pb.office import examples
from pb.office.services import confirm_act
from pb.processes import services
from pb.processes.models import Process
from tests.support import build
from tests.support.app import client
from tests.support.clock import TurnableClock

BEGIN = "/office/processes/shared-budget/begin"
HOSTILE = "<script>alert(1)</script>\u202e \U0001f600 ' \" %s {{ 7*7 }} Ŵŷ"


def begun(site: Site, language: str = "en") -> Any:
    """A browser of an official with a draft that has just been named."""
    build.a_council(site)
    browser = client(site, language)
    build.signed_in(site, browser, build.a_person(site, "Mair", "administrator"))
    answer = browser.post("/office/new", data={
        "name_en": "Shared budget", "name_cy": "Cyllideb", "lead_en": "Lead", "lead_cy": "Arwain",
        "purpose_en": "Purpose", "purpose_cy": "Diben",
    })
    assert str(answer.url).endswith("/begin/money")
    return browser


def process(site: Site) -> Process:
    with site.database.reading() as session:
        found = session.get_one(Process, 1)
        assert found.areas is not None and found.phases is not None
        session.expunge_all()
        return found


@pytest.mark.parametrize(
    ("step", "typed", "field"),
    [
        ("money", {}, "whole"),
        ("money", {"whole": "lots"}, "whole"),
        ("money", {"whole": "-5"}, "whole"),
        ("money", {"whole": "1", "money_0": "5"}, "area_0_en"),
        ("money", {"whole": "1", "area_0_en": "Quay"}, "money_0"),
        ("who", {"least_age": "16"}, "ways"),
        ("who", {"ways": "list", "least_age": "200"}, "least_age"),
        ("rule", {"way": "nonsense"}, "way"),
        ("rule", {"way": "ranks-stv"}, "seats"),
        ("rule", {"way": "ticks-most", "quorum": "-1"}, "quorum"),
        ("dates", {"steps": "voting"}, "start"),
        ("dates", {"start": "2027-05-16", "steps": "voting"}, "start"),
        ("dates", {"start": "2027-02-30", "steps": "voting"}, "start"),
        ("dates", {"start": "2027-07-05", "steps": "ideas"}, "steps"),
        ("dates", {"start": "2027-07-05", "steps": "voting", "reply": "2027-07-06"}, "reply"),
    ],
)
def test_what_is_odd_is_refused_beside_its_field(
    site: Site, step: str, typed: dict[str, str], field: str
) -> None:
    browser = begun(site)
    answer = browser.post(f"{BEGIN}/{step}", data=typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    kept = [text for name, text in typed.items() if name not in ("way", "ways", "steps")]
    assert all(f'value="{text}"' in answer.text for text in kept)


@pytest.mark.parametrize("step", ["name", "money", "rule", "who"])
def test_hostile_text_is_text(site: Site, step: str) -> None:
    browser = begun(site)
    fields = {
        "name": {"name_en": HOSTILE, "lead_en": HOSTILE, "purpose_cy": HOSTILE},
        "money": {"whole": "1", "area_0_en": HOSTILE, "money_0": "1"},
        "rule": {"way": "ticks-most", "why_en": HOSTILE},
        "who": {"ways": HOSTILE},
    }[step]
    browser.post(f"{BEGIN}/{step}", data=fields)
    for page in (f"{BEGIN}/{step}", f"{BEGIN}/check", "/processes/shared-budget"):
        html = browser.get(page)
        assert html.status_code == 200
        assert "<script>alert" not in html.text and "\u202e" not in html.text


def test_pages_that_are_not_there_and_a_public_process(site: Site) -> None:
    browser = begun(site)
    assert browser.get(f"{BEGIN}/nothing").status_code == 404
    build.a_process(site, "other", phase="assessment")
    answer = browser.get("/office/processes/other/begin/money")
    assert str(answer.url).endswith("/office/processes/other")


def test_areas_come_change_and_go(site: Site) -> None:
    browser = begun(site)
    rows = {"whole": "£1,000", "area_0_en": "Quay", "area_0_cy": "Cei", "money_0": "20",
            "area_1_en": "Quay", "money_1": "30.50"}
    assert str(browser.post(f"{BEGIN}/money", data=rows).url).endswith("/begin/who")
    assert [(one.key, one.budget, one.whole) for one in process(site).areas] == [
        ("quay", 2000, False), ("quay-2", 3050, False), ("", 100_000, True),
    ]
    rows = {"whole": "0", "area_1_en": "Hill", "money_1": "40"}
    browser.post(f"{BEGIN}/money", data=rows)
    assert [(one.key, one.name["en"], one.budget) for one in process(site).areas] == [
        ("quay-2", "Hill", 4000), ("", "The whole town", 0),
    ]


def test_the_usual_reason_stands_in_both_languages_where_none_is_written(site: Site) -> None:
    browser = begun(site)
    browser.post(f"{BEGIN}/rule", data={"way": "ranks-shares", "why_cy": "Ein rheswm ni.",
                                        "max_choices": "3", "min_support": "9", "quorum": "70"})
    made = process(site)
    assert (made.ballot_kind, made.method, made.max_choices) == ("ranked", "equal-shares-ranked", 3)
    assert (made.min_support, made.quorum) == (9, 70)
    assert made.rule_reason["cy"] == "Ein rheswm ni."
    assert made.rule_reason["en"] == examples.WAYS["ranks-shares"].reason.text
    page = browser.get(f"{BEGIN}/rule").text
    assert "Ein rheswm ni." in page
    shown = page.split('id="why_en"')[1].split("</textarea>")[0]
    assert "first choices" not in shown, "another way would keep the usual reason of this one"


def test_a_timetable_is_made_of_its_first_day_and_single_dates_stay(
    site: Site, clock: TurnableClock
) -> None:
    browser = begun(site)
    steps = {"start": "2027-10-04", "steps": ["ideas", "jury", "voting", "count", "results"]}
    browser.post(f"{BEGIN}/dates", data=steps)
    zone = ZoneInfo("Europe/London")
    phases = process(site).phases
    local = [(one.kind, one.opens_at.astimezone(zone).strftime("%d.%m. %H:%M")) for one in phases]
    assert local == [
        ("ideas", "04.10. 09:00"), ("jury", "01.11. 09:00"), ("voting", "15.11. 09:00"),
        ("count", "28.11. 20:00"), ("results", "02.12. 09:00"),
    ], "nine o’clock stays nine o’clock when the clocks go back"
    assert phases[2].band == "together" and phases[2].reply_by is not None
    assert phases[-1].closes_at is None
    moved = [services.PhaseValue(one.kind, one.opens_at, one.closes_at) for one in phases]
    moved[0] = services.PhaseValue("ideas", phases[0].opens_at,
                                   phases[0].opens_at + timedelta(days=3))
    build.do(site, services.edit_dates, 1, moved)
    browser.post(f"{BEGIN}/dates", data=steps)
    assert process(site).phases[0].closes_at == moved[0].closes_at


def test_the_check_page_says_what_is_missing_and_asks_once(site: Site) -> None:
    browser = begun(site)
    page = browser.get(f"{BEGIN}/check").text
    assert "The vote has no dates." in page and "second_email" not in page
    for step, data in (
        ("money", {"whole": "5000"}), ("rule", {"way": "ticks-shares"}),
        ("dates", {"start": "2027-07-05", "steps": ["ideas", "voting", "count"]}),
    ):
        browser.post(f"{BEGIN}/{step}", data=data)
    assert "second_email" in browser.get(f"{BEGIN}/check").text
    wrong = browser.post(f"{BEGIN}/check", data={"second_name": "G", "second_email": "nobody"})
    assert wrong.status_code == 422 and 'value="nobody"' in wrong.text
    gethin = build.actor(site, build.a_person(site, "Gethin", "deputy", "shared-budget"))
    asked = browser.post(f"{BEGIN}/check", data={"once": "one-key"})
    assert "Asked." in asked.text
    again = browser.get(f"{BEGIN}/check").text
    assert "A second official has to confirm" in again and "<form id=" not in again
    build.do(site, confirm_act, 1, 1, actor=gethin)
    with site.database.reading() as session:
        made = session.scalars(select(Process)).one()
        assert made.state == "published" and made.published_at is not None


# -- the examples ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(examples.WAYS))
def test_the_example_of_each_way_shows_what_its_words_say(name: str) -> None:
    rows = {row.option: row for row in examples.example(name)}
    assert {one: row.voters for one, row in rows.items()} == {"play": 6, "bench": 5, "shelter": 4}
    won = {one for one, row in rows.items() if row.wins}
    # Most votes first leaves the four who want the shelter with nothing; the others do not.
    assert won == ({"play", "bench"} if name == "ticks-most" else {"play", "shelter"})


def test_ways_are_told_apart() -> None:
    pairs = [(way.ballot, way.method) for way in examples.WAYS.values()]
    assert len(set(pairs)) == len(pairs)
    assert examples.way_of("knapsack", "greedy") == ""
