"""The office's forms about a process: what is wrong stands beside its field, nothing is lost."""

from __future__ import annotations

import pytest

from pb.core.errors import Conflict, Invalid
from pb.core.site import Site
from pb.processes import services
from pb.processes.models import Council, Notice, Process
from pb.processes.values import AreaValue
from tests.support import build
from tests.support.app import client

PROCESS = "/office/processes/shared-budget"


def official(site: Site, language: str = "en", **process: object) -> object:
    build.a_process(site, phase="assessment", **({"state": "draft"} | process))  # type: ignore[arg-type]
    browser = client(site, language)
    build.signed_in(site, browser, build.a_person(site, "Mair", "administrator"))
    return browser


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"voting_opens_at": "2027-05-23T20:00", "voting_closes_at": "2027-05-23T20:00"},
         "voting_closes_at"),
        ({"voting_opens_at": "2027-05-23T20:00", "voting_closes_at": "2027-05-22T20:00"},
         "voting_closes_at"),
        ({"voting_opens_at": "2027-05-23T20:00"}, "voting_closes_at"),
        ({"voting_opens_at": "2027-05-01T08:00", "voting_closes_at": "2027-05-22T20:00",
          "count_opens_at": "2027-05-22T19:59"}, "count_opens_at"),
        ({"voting_opens_at": "tomorrow"}, "voting_opens_at"),
        ({"voting_opens_at": "9999-01-01T00:00"}, "voting_opens_at"),
    ],
)
def test_wrong_dates_are_refused_beside_their_field(
    site: Site, typed: dict[str, str], field: str
) -> None:
    browser = official(site)
    answer = browser.post(f"{PROCESS}/dates", data=typed)  # type: ignore[attr-defined]
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert all(f'value="{text}"' in answer.text for text in typed.values())
    with site.database.reading() as session:
        assert len(session.get_one(Process, 1).phases) == 5


def test_dates_are_read_in_the_councils_own_time(site: Site) -> None:
    browser = official(site)
    answer = browser.post(f"{PROCESS}/dates", data={  # type: ignore[attr-defined]
        "voting_opens_at": "2027-05-01T08:00", "voting_closes_at": "2027-12-22T20:00",
    })
    assert answer.status_code == 200
    with site.database.reading() as session:
        (phase,) = session.get_one(Process, 1).phases
        assert phase.opens_at.isoformat() == "2027-05-01T07:00:00+00:00"  # summer
        assert phase.closes_at and phase.closes_at.isoformat() == "2027-12-22T20:00:00+00:00"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"ballot_kind": "ranked", "method": "greedy"}, "method"),
        ({"ballot_kind": "points", "method": "greedy"}, "max_points"),
        ({"ballot_kind": "ranked", "method": "scottish-stv"}, "seats"),
        ({"ballot_kind": "approval", "method": "greedy", "max_choices": "0"}, "max_choices"),
        ({"ballot_kind": "approval", "method": "greedy", "max_choices": "²"}, "max_choices"),
        ({"ballot_kind": "approval", "method": "greedy", "max_choices": "0" * 20 + "5"},
         "max_choices"),
        ({"ballot_kind": "nonsense", "method": "greedy"}, "ballot_kind"),
    ],
)
def test_rules_that_count_no_such_ballot_are_refused(
    site: Site, typed: dict[str, str], field: str
) -> None:
    browser = official(site)
    answer = browser.post(f"{PROCESS}/rule", data=typed)  # type: ignore[attr-defined]
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_other_language_keeps_what_was_typed(site: Site, language: str) -> None:
    browser = official(site, language)
    other = "cy" if language == "en" else "en"
    answer = browser.post(f"{PROCESS}/texts", data={  # type: ignore[attr-defined]
        "name_en": "Half a na", "purpose_cy": "Hanner tes", "language": other,
    })
    assert answer.status_code == 200 and f'<html lang="{other}"' in answer.text
    assert "Half a na" in answer.text and "Hanner tes" in answer.text
    with site.database.reading() as session:
        assert session.get_one(Process, 1).name["en"] == "Shared budget"


def test_a_process_begins_as_a_draft_and_counts_what_it_lacks(site: Site) -> None:
    build.a_council(site)
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Mair", "administrator"))
    assert browser.post("/office/new", data={"name_en": " "}).status_code == 422
    data = {"name_en": "Café & Co’s budget", "once": "a-key-of-the-form"}
    pages = [browser.post("/office/new", data=data) for _ in range(2)]  # a double click
    assert {str(page.url) for page in pages} == {
        "http://testserver/office/processes/caf-cos-budget/begin/money"
    }
    overview = "/office/processes/caf-cos-budget"
    page = browser.get(overview).text
    assert "The vote has no dates." in page
    assert "There is no project to vote on." in page
    with site.database.reading() as session:
        assert session.query(Process).count() == 1
    stranger = client(site)
    assert stranger.get("/processes/caf-cos-budget").status_code == 404
    answer = browser.post(overview, data={})
    assert answer.status_code == 422 and "Something is still missing." in answer.text


def test_a_changed_budget_of_a_public_process_needs_a_reason(site: Site) -> None:
    build.a_process(site, phase="assessment")
    value = AreaValue({"en": "Riverside", "cy": "Ardal riverside"}, {}, 7_000_000, None)
    with pytest.raises(Invalid) as caught:
        build.do(site, services.edit_area, 1, 1, value)
    assert caught.value.parameters["field"] == "reason"
    build.do(site, services.edit_area, 1, 1,
             AreaValue({"en": "Riverside", "cy": "Ardal riverside"}, {}, 7_000_000, None,
                       "A grant came in."))
    with site.database.reading() as session:
        notice = session.query(Notice).one()
        assert (notice.details["before"], notice.details["after"]) == (6_000_000, 7_000_000)
        assert notice.reason == "A grant came in."


def test_an_area_with_projects_and_the_whole_town_stay(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=1)
    with pytest.raises(Conflict):
        build.do(site, services.remove_area, 1, 1, "It has no money.")
    with pytest.raises(Invalid):
        build.do(site, services.remove_area, 1, 3, "It has no money.")
    build.do(site, services.remove_area, 1, 2, "It has no money.")
    with site.database.reading() as session:
        assert [area.id for area in session.get_one(Process, 1).areas] == [1, 3]


def test_the_council_is_edited_in_both_languages(site: Site) -> None:
    browser = official(site)
    data = {"name_en": "New Town", "name_cy": "Y Dref Newydd", "phone": "01632 960001",
            "email": "post@example.com"}
    assert browser.post("/office/council", data=data | {"email": "x"}).status_code == 422  # type: ignore[attr-defined]
    assert browser.post("/office/council", data=data).status_code == 200  # type: ignore[attr-defined]
    with site.database.reading() as session:
        council = session.query(Council).one()
        assert council.name == {"en": "New Town", "cy": "Y Dref Newydd"}
    assert "Y Dref Newydd" in client(site, "cy").get("/").text


def test_the_log_finds_people_and_acts_and_shows_nobody_elses_process(site: Site) -> None:
    build.a_process(site, phase="assessment", state="draft")
    build.a_process(site, "other", phase="assessment", state="draft")
    olwen = build.actor(site, build.a_person(site, "Olwen", "lead_official", "shared-budget"))
    other = build.actor(site, build.a_person(site, "Stranger", "lead_official", "other"))
    basics = services.Basics({"en": "Changed"})
    build.do(site, services.edit_basics, 1, basics, actor=olwen)
    build.do(site, services.edit_basics, 2, basics, actor=other)
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Idris", "auditor", "shared-budget"))
    page = browser.get("/office/log").text
    assert "Olwen" in page and "Stranger" not in page
    assert "Changed the texts of a process" in page
    assert "Olwen" in browser.get("/office/log?words=texts+of").text
    assert "Olwen" not in browser.get("/office/log?words=%25").text
    for junk in ("page=0", "page=²", "page=999999", "words=%00", "words='%22<"):
        assert browser.get(f"/office/log?{junk}").status_code == 200, junk
