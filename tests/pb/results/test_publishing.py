"""From the count to the final word: two officials, objections and answers, taking back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from pb.core.work import NOBODY, Actor
from pb.office.services import confirm_act
from pb.results import services
from tests.support.app import client, hidden, mails, run_jobs
from tests.support.build import a_person, a_process, actor, do, signed_in
from tests.support.results import approvals, cast, the_count

RESULT = "/processes/shared-budget/result"
OFFICE = "/office/processes/shared-budget/count"


class Town:
    """A vote that is over, with two officials and an auditor."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.process_id = a_process(site, phase="count", areas=(), whole=2_000_000, projects=3)
        cast(site, self.process_id, *approvals("1", "1 2", "1 2", "3"))
        self.lead = a_person(site, "Lead", "lead_official", "shared-budget")
        self.deputy = a_person(site, "Deputy", "deputy", "shared-budget", language="cy")
        self.auditor = a_person(site, "Auditor", "auditor", "shared-budget")

    def do(self, who: int | Actor, function: Any, *arguments: Any) -> Any:
        one = who if isinstance(who, Actor) else actor(self.site, who)
        return do(self.site, function, self.process_id, *arguments, actor=one)

    def counted(self) -> int:
        count_id: int = self.do(self.lead, services.ask_count)
        run_jobs(self.site)
        return count_id

    def published(self) -> int:
        count_id = self.counted()
        until = self.site.clock() + timedelta(days=7)
        act = self.do(self.lead, services.ask_publish, count_id, until)
        self.do(self.deputy, confirm_act, act)
        return count_id


@pytest.fixture
def town(site: Site) -> Town:
    return Town(site)


def test_one_official_alone_publishes_nothing(town: Town, site: Site) -> None:
    count_id = town.counted()
    until = site.clock() + timedelta(days=7)
    act = town.do(town.lead, services.ask_publish, count_id, until)
    assert the_count(site, count_id).state == "counted"
    with pytest.raises(NotAllowed):
        town.do(town.lead, confirm_act, act)
    assert the_count(site, count_id).state == "counted"

    town.do(town.deputy, confirm_act, act)

    row = the_count(site, count_id)
    assert (row.state, row.objections_until) == ("provisional", until)


def test_officials_and_auditors_are_told_in_their_language(town: Town, site: Site) -> None:
    town.published()
    run_jobs(site)
    told = {
        mail["To"]: mail for mail in mails(site)
        if mail["Subject"].startswith(("The result is published", "Cyhoeddwyd y canlyniad"))
    }
    assert {"lead@example.com", "deputy@example.com", "auditor@example.com"} == set(told)
    assert told["deputy@example.com"]["Subject"] == "Cyhoeddwyd y canlyniad: Y gyllideb a rennir"
    text = told["auditor@example.com"].get_body(("plain",)).get_content()
    assert f"{site.settings.base_url}{RESULT}" in text


def test_a_result_is_not_published_twice_nor_with_a_date_gone_by(town: Town, site: Site) -> None:
    count_id = town.counted()
    with pytest.raises(Invalid):
        town.do(town.lead, services.ask_publish, count_id, site.clock() - timedelta(hours=1))
    town.published()
    with pytest.raises(Conflict):
        town.do(town.lead, services.ask_publish, count_id, site.clock() + timedelta(days=1))


def test_an_objection_is_answered_in_public_and_by_mail(town: Town, site: Site) -> None:
    town.published()
    browser = client(site)
    page = browser.get(f"{RESULT}/object")
    form = {**hidden(page.text), "name": "Ann Objector", "email": "ann@example.org",
            "text": "The library was shut."}
    assert "Your objection is in" in browser.post(f"{RESULT}/object", data=form).text
    run_jobs(site)
    to_ann = [mail for mail in mails(site) if mail["To"] == "ann@example.org"]
    assert "The library was shut." in to_ann[0].get_body(("plain",)).get_content()
    told = [mail for mail in mails(site)
            if mail["To"] == "lead@example.com" and "objection" in mail["Subject"]]
    assert len(told) == 1

    public = browser.get(RESULT).text
    assert "1 objection waits" in public
    assert "The library was shut." not in public, "nothing is shown before it is answered"

    office = client(site)
    signed_in(site, office, town.lead)
    address = "/office/processes/shared-budget/objections/1"
    page = office.get(address)
    assert "The library was shut." in page.text
    office.post(address, data={**hidden(page.text), "answer": "It was open.", "upheld": "no"})
    run_jobs(site)
    answer = [mail for mail in mails(site) if mail["To"] == "ann@example.org"][-1]
    assert "It was open." in answer.get_body(("plain",)).get_content()
    public = client(site).get(RESULT).text
    assert "The library was shut." in public
    assert "It was open." in public
    assert "Ann Objector" not in public
    assert "ann@example.org" not in public


def test_an_objection_that_lacks_something_comes_back_whole(town: Town, site: Site) -> None:
    town.published()
    browser = client(site)
    form = {**hidden(browser.get(f"{RESULT}/object").text), "name": "", "email": "nowhere",
            "text": "Kept words."}
    answer = browser.post(f"{RESULT}/object", data=form)
    assert answer.status_code == 422
    assert "Enter your name." in answer.text
    assert "Kept words." in answer.text


def test_final_only_after_the_date_and_after_every_answer(town: Town, site: Site) -> None:
    count_id = town.published()
    objection = town.do(NOBODY, services.object_to, "Ann", "ann@example.org", "en", "No.")
    with pytest.raises(Conflict) as early:
        town.do(town.lead, services.ask_finish)
    assert early.value.code == "result.objections_run"
    site.clock.turn(days=8)  # type: ignore[attr-defined]
    with pytest.raises(Conflict) as late:
        town.do(NOBODY, services.object_to, "Bob", "bob@example.org", "en", "Me too.")
    assert late.value.code == "objection.late"
    with pytest.raises(Conflict) as unanswered:
        town.do(town.lead, services.ask_finish)
    assert unanswered.value.code == "result.objections_open"
    town.do(town.lead, services.answer_objection, objection, "Yes.", "en", False)

    act = town.do(town.lead, services.ask_finish)
    assert the_count(site, count_id).state == "provisional"
    town.do(town.deputy, confirm_act, act)

    assert the_count(site, count_id).state == "final"
    assert "Declared final" in client(site).get(RESULT).text


def test_a_withdrawn_result_leaves_its_reason_and_no_figure(town: Town, site: Site) -> None:
    count_id = town.published()
    assert client(site).get(f"{RESULT}/files/result.csv").status_code == 200
    act = town.do(town.lead, services.ask_withdraw, "A box was forgotten.")
    town.do(town.deputy, confirm_act, act)

    assert the_count(site, count_id).state == "withdrawn"
    page = client(site).get(RESULT).text
    assert "A box was forgotten." in page
    assert "Project 1" not in page
    assert client(site).get(f"{RESULT}/files/result.csv").status_code == 404
    again = town.published()
    assert the_count(site, again).state == "provisional"


def test_a_recount_of_the_same_ballots_shows_that_it_is_the_same(town: Town, site: Site) -> None:
    town.published()
    town.counted()
    office = client(site)
    signed_in(site, office, town.lead)
    assert "came to the same as the published result" in office.get(OFFICE).text
    with site.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM opened_ballots WHERE content LIKE '%[\"3\"]%'")
    town.counted()
    assert "differs from the published result" in office.get(OFFICE).text


def test_the_office_runs_the_count_and_sees_it_first(town: Town, site: Site) -> None:
    office = client(site)
    signed_in(site, office, town.lead)
    page = office.get(OFFICE)
    office.post(OFFICE, data={**hidden(page.text), "do": "count"})
    running = office.get(OFFICE)
    assert "The count is running" in running.text
    assert 'http-equiv="refresh"' in running.text
    run_jobs(site)
    assert "Counted, not published" in office.get(OFFICE).text
    assert "2 projects won" in office.get(f"{OFFICE}/preview").text
    for link in re.findall(r'href="(/[^"#?]*)', office.get(f"{OFFICE}/preview").text):
        assert office.get(link).status_code == 200, f"{link} leads nowhere from the preview"
    assert "There is no result yet" in client(site).get(RESULT).text
    for person in (town.auditor, None):
        other = client(site)
        if person:
            signed_in(site, other, person)
        assert "2 projects won" not in other.get(f"{OFFICE}/preview").text
