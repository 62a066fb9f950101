"""Rehearsals, copies and the archive: what is tried is wiped, what is copied has no people, what is
archived stays as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from pb.ballots.models import RollEntry
from pb.core.database import Model
from pb.core.errors import Conflict, NotAllowed
from pb.core.site import Site
from pb.core.work import Actor
from pb.office import rehearsals
from pb.office.services import confirm_act
from pb.processes import copying, services
from pb.processes.models import Notice, Process
from pb.proposals.models import Category
from pb.record import heads
from tests.pb.ballots.vote import hidden
from tests.support import build
from tests.support.app import client, run_jobs
from tests.support.clock import TurnableClock

REHEARSAL = "/processes/shared-budget-rehearsal"


def lead_of(site: Site, name: str = "Olwen") -> Actor:
    return build.actor(site, build.a_person(site, name, "lead_official", "shared-budget"))


def rehearse(site: Site, **process: Any) -> tuple[Actor, Any]:
    """A process in assessment with its rehearsal open, and a browser that cast in it."""
    build.a_process(site, phase="assessment", **process)
    lead = lead_of(site)
    build.do(site, rehearsals.start_rehearsal, 1, actor=lead)
    run_jobs(site)
    browser = client(site)
    page = browser.get(f"{REHEARSAL}/rehearsal")
    ballot = browser.post(f"{REHEARSAL}/rehearsal", data=hidden(page.text))
    assert ballot.status_code == 200, ballot.text[:500]
    check = browser.post(str(ballot.url), data={**hidden(ballot.text), "choose": ["1", "2"],
                                                "check": "1"})
    cast = browser.post(str(check.url), data={**hidden(check.text), "cast": "1"})
    assert "Your ballot is in" in cast.text
    run_jobs(site)
    return lead, browser


def rows_of(site: Site, process_id: int) -> dict[str, int]:
    """How many rows each table has that name a process; the log of the office left out."""
    with site.database.reading() as session:
        return {
            table.name: number
            for table in Model.metadata.sorted_tables
            if "process_id" in table.c and (number := session.scalar(
                select(func.count()).select_from(table).where(table.c.process_id == process_id)
            ))
        }


def all_rows(site: Site) -> dict[str, int]:
    with site.database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Model.metadata.sorted_tables
            if table.name not in ("audit", "jobs", "once", "sessions", "processes", "messages",
                                  "topics")
        }


def test_a_rehearsal_is_tried_and_wiped_and_nothing_of_it_enters_the_count(either: Site) -> None:
    site = either
    build.a_process(site, phase="assessment")
    lead_of(site)
    before = all_rows(site)
    real = rows_of(site, 1)
    build.do(site, rehearsals.start_rehearsal, 1, actor=lead_of(site, "Gethin"))
    run_jobs(site)
    browser = client(site)
    page = browser.get(f"{REHEARSAL}/rehearsal")
    ballot = browser.post(f"{REHEARSAL}/rehearsal", data=hidden(page.text))
    check = browser.post(str(ballot.url), data={**hidden(ballot.text), "choose": ["1", "2"],
                                                "check": "1"})
    cast = browser.post(str(check.url), data={**hidden(check.text), "cast": "1"})
    assert "Your ballot is in" in cast.text
    tried = rows_of(site, 2)
    assert tried["roll"] == 1 and tried["projects"] == 6 and tried["phases"] == 1
    assert {**rows_of(site, 1), "roles": real["roles"]} == real, "the real one has none of it"
    build.do(site, rehearsals.end_rehearsal, 1, actor=lead_of(site, "Mari"))
    run_jobs(site)
    assert rows_of(site, 2) == {}
    after = all_rows(site)
    people = {"people", "roles"}
    assert {name: after[name] for name in after if name not in people} == {
        name: before[name] for name in before if name not in people
    }
    assert browser.get(REHEARSAL).status_code == 404
    assert browser.get(f"{REHEARSAL}/vote/ballot").status_code == 404
    assert not [one for one in heads.remembered(site) if "rehearsal" in one]
    with site.database.reading() as session:
        left = session.get_one(Process, 2)
        assert not left.is_public and left.name == {}
    assert "wiped" not in client(site).get("/").text


def test_every_page_of_a_rehearsal_says_so(site: Site) -> None:
    _, browser = rehearse(site)
    marked = "Nothing on this page counts."
    for page in ("", "/rehearsal", "/projects", "/projects/1", "/notices", "/vote", "/vote/ballot",
                 "/vote/check", "/vote/in", "/result", "/record"):
        answer = browser.get(REHEARSAL + page)
        if answer.status_code == 200 and "/sign-in" not in str(answer.url):
            assert marked in answer.text, f"{page} at {answer.url}"
        else:
            assert answer.status_code == 404, (page, answer.status_code)
    assert marked not in browser.get("/processes/shared-budget").text
    assert "shared-budget-rehearsal" not in client(site).get("/").text, "listed nowhere"


def test_a_rehearsal_is_never_counted(site: Site, clock: TurnableClock) -> None:
    rehearse(site)
    clock.turn(days=20)  # its two weeks are over
    run_jobs(site)
    with site.database.reading() as session:
        assert session.get_one(Process, 2).phase_kind(site.clock()) == "between"

    admin = build.actor(site, build.a_person(site, "Idris", "administrator"))
    from pb.results.services import ask_count

    with pytest.raises(NotAllowed):
        build.do(site, ask_count, 2, actor=admin)


def test_without_projects_it_has_invented_ones(site: Site) -> None:
    build.a_process(site, phase="ideas", projects=0)
    build.do(site, rehearsals.start_rehearsal, 1, actor=lead_of(site))
    run_jobs(site)
    page = client(site, "cy").get(f"{REHEARSAL}/projects").text
    assert "/projects/1" in page and "/projects/3" in page
    with pytest.raises(Conflict):
        build.do(site, rehearsals.start_rehearsal, 1, actor=lead_of(site, "Gethin"))


def test_the_vote_ends_the_rehearsal(site: Site, clock: TurnableClock) -> None:
    soon = clock.now + timedelta(days=1)
    build.a_process(
        site, phase="voting", opened=False,
        timetable=[("voting", soon, soon + timedelta(days=7))],
    )
    from tests.pb.processes.test_timetable import change

    change(site, Process, lead={"en": "Money.", "cy": "Arian."})
    build.do(site, rehearsals.start_rehearsal, 1, actor=lead_of(site))
    run_jobs(site)
    assert rows_of(site, 2)
    clock.now = soon
    run_jobs(site)
    assert rows_of(site, 2) == {}
    with pytest.raises(Conflict):
        build.do(site, rehearsals.start_rehearsal, 1, actor=lead_of(site, "Gethin"))


def test_what_was_let_in_to_a_rehearsal_is_let_in_nowhere_else(site: Site) -> None:
    lead, browser = rehearse(site)
    build.do(site, rehearsals.end_rehearsal, 1, actor=lead)
    build.a_process(site, "third", phase="voting")
    with site.database.reading() as session:
        third = session.scalars(select(Process).where(Process.slug == "third")).one()
        assert third.id == 3, "a rehearsal's number is not given again"
        assert session.scalar(select(func.count()).select_from(RollEntry)) == 0
    assert "choose" not in browser.get("/processes/third/vote/ballot").text


# -- copy ------------------------------------------------------------------------------------


def test_a_copy_has_choices_areas_and_texts_a_year_on_and_no_people(
    site: Site, clock: TurnableClock
) -> None:
    build.a_process(site, "budget-2026", phase="results", method="equal-shares", max_choices=3)
    lead = build.actor(site, build.a_person(site, "Olwen", "lead_official", "budget-2026"))
    build.a_person(site, "Idris", "auditor", "budget-2026")
    green = {"en": "Green places", "cy": "Mannau gwyrdd"}
    build.do(site, lambda work: work.session.add(
        Category(process_id=1, key="green", name=green, position=4)))
    slug = build.do(site, rehearsals.copy, 1, actor=lead)
    assert slug == "budget-2027"
    with site.database.reading() as session:
        old, new = session.get_one(Process, 1), session.get_one(Process, 2)
        assert new.state == "draft" and new.copied_from == 1
        assert (new.method, new.max_choices, new.purpose) == (old.method, 3, old.purpose)
        assert new.lot_seed != old.lot_seed
        assert [(one.key, one.budget) for one in new.areas] == [
            (one.key, one.budget) for one in old.areas
        ]
        for before, after in zip(old.phases, new.phases, strict=True):
            assert after.opens_at > clock.now and after.opened_at is None
            assert after.opens_at.weekday() == before.opens_at.weekday()
            local = [one.opens_at.astimezone().astimezone(tz=None) for one in (before, after)]
            assert len(local) == 2
        copied = session.scalars(select(Category).where(Category.process_id == 2)).one()
        assert (copied.key, copied.name, copied.position) == ("green", green, 4)
    assert rows_of(site, 2) == {
        "phases": 5, "areas": 3, "roles": 1, "categories": 1,
    }, "no projects, no people, no ballots"


def test_hours_stay_across_the_change_of_clocks() -> None:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Europe/London")
    summer = datetime(2026, 3, 30, 8, tzinfo=UTC)  # nine, the day after the clocks went on
    moved = copying.moved_on(summer, zone, 1)
    assert moved is not None and moved.astimezone(zone).hour == 9
    spring = datetime(2027, 3, 29, 8, tzinfo=UTC)
    assert moved == spring


# -- archive ---------------------------------------------------------------------------------


def test_two_put_a_process_into_the_archive_where_it_is_read_and_not_changed(
    site: Site, clock: TurnableClock
) -> None:
    build.a_process(site, phase="voting")
    lead, second = lead_of(site), lead_of(site, "Gethin")
    with pytest.raises(NotAllowed):
        build.do(site, services.ask_archive, 1, "Over.", actor=lead)
    clock.now = build.WHEN["results"]
    act = build.do(site, services.ask_archive, 1, {"en": "It is built."}, actor=lead)
    build.do(site, confirm_act, 1, act, actor=second)
    with site.database.reading() as session:
        process = session.get_one(Process, 1)
        assert process.state == "archived" and process.archived_at == clock.now
        assert session.scalars(select(Notice)).one().kind == "notice.archived"
    for command, *arguments in (
        (services.edit_basics, services.Basics({"en": "X"})),
        (services.ask_dates, [], "Why."),
        (services.ask_publish,),
        (services.ask_archive, "Again."),
    ):
        with pytest.raises(NotAllowed):
            build.do(site, command, 1, *arguments, actor=lead)
    page = client(site).get("/processes/shared-budget")
    assert page.status_code == 200 and "It is built." in page.text
    home = client(site).get("/").text
    assert "/archive" in home and "/processes/shared-budget" not in home
    assert "/processes/shared-budget" in client(site).get("/archive").text


def test_an_empty_archive_says_so(site: Site) -> None:
    build.a_council(site)
    assert "Nothing is in the archive yet" in client(site).get("/archive").text


def test_the_page_of_a_processs_life(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Mair", "administrator"))
    path = "/office/processes/shared-budget/life"
    for do, words in (("rehearse", "The rehearsal is open."), ("end", "The rehearsal is over")):
        page = browser.get(path)
        assert words in browser.post(path, data={**hidden(page.text), "do": do}).text
    copied = browser.post(path, data={"do": "copy"})
    assert str(copied.url).endswith("/office/processes/shared-budget-2")
    assert browser.post(path, data={"reason": "x"}).status_code == 403
