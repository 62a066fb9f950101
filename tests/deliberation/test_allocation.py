"""Projects to tables by lot, small tables, reserves, and who does not vote on what they missed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deliberation.allocation import queries as allocation
from deliberation.allocation import rules, services
from deliberation.allocation.models import Substitution
from deliberation.allocation.rules import AllocationError, Given
from deliberation.panels import services as panels
from deliberation.panels.models import Interest, Juror
from deliberation.panels.values import JurorValue, JuryValue
from deliberation.sessions import queries, running, writing
from deliberation.sessions import services as sessions
from deliberation.sessions.models import AgendaItem, JurySession, Seat
from deliberation.sessions.plan import runsheet
from deliberation.sessions.rules import late_from
from deliberation.votes import services as votes
from deliberation.votes.services import PollValue
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from tests.support import build
from tests.support.app import client
from tests.support.clock import TurnableClock

OFFICE = "/office/processes/shared-budget/jury"
FORTY = [Given(one, one % 5, one * 1000) for one in range(1, 41)]
SLOTS = {1: 0, 2: 7, 3: 3, 4: 0}


def test_forty_projects_at_four_tables_are_ten_tests_and_ten_checks_each() -> None:
    placed = rules.allocate(FORTY, SLOTS, 4, 3, {}, "a seed")
    assert Counter(one.tests for one in placed) == dict.fromkeys((1, 2, 3, 4), 10)
    assert Counter(one.checks for one in placed) == dict.fromkeys((1, 2, 3, 4), 10)
    assert all(one.tests != one.checks for one in placed)
    assert Counter((one.session, one.tests) for one in placed) == {
        **{(2, table): 7 for table in (1, 2, 3, 4)}, **{(3, table): 3 for table in (1, 2, 3, 4)},
    }
    assert placed == rules.allocate(list(reversed(FORTY)), SLOTS, 4, 3, {}, "a seed")
    assert placed != rules.allocate(FORTY, SLOTS, 4, 3, {}, "another")


def test_areas_and_costs_are_spread_over_the_tables() -> None:
    at = rules.spread(FORTY, 4, dict.fromkeys(range(1, 41), frozenset()), "a seed")
    areas = Counter((at[one.number], one.area) for one in FORTY)
    assert set(areas.values()) == {2}, "eight of each area at four tables"
    dear = Counter(at[one] for one in range(28, 41))
    assert max(dear.values()) - min(dear.values()) <= 1


def test_nobody_who_is_too_close_sits_at_either_table() -> None:
    barred = {(session, one): frozenset({1, 2}) for session in (2, 3) for one in range(1, 11)}
    placed = {one.number: one for one in rules.allocate(FORTY, SLOTS, 4, 3, barred, "a seed")}
    assert all({placed[one].tests, placed[one].checks} == {3, 4} for one in range(1, 11))
    assert Counter(one.tests for one in placed.values()) == dict.fromkeys((1, 2, 3, 4), 10)
    with pytest.raises(AllocationError, match=r"allocation\.too_close"):
        rules.allocate(FORTY, SLOTS, 4, 3,
                       {(session, 7): frozenset({1, 2, 3, 4}) for session in (2, 3)}, "a seed")
    with pytest.raises(AllocationError, match=r"allocation\.no_slots"):
        rules.allocate(FORTY, {1: 0}, 4, 1, {}, "a seed")


@pytest.fixture
def jury(site: Site) -> dict[str, Any]:
    """Twelve jurors and two reserves at three tables, seated in every session."""
    process = build.a_process(site, phase="assessment")
    lead = build.actor(site, build.a_person(site, "Gwen", "facilitator", "shared-budget"))
    run = site.work.run
    made = run(panels.make_jury, lead, process, JuryValue(
        {"en": "Jury"}, {"en": "What?"}, {"en": "We answer."}, "", date(2027, 9, 1), "Nia", "4"))
    run(panels.set_charter, lead, made, {"en": "We listen."})
    run(panels.accept_charter, lead, made, 1)
    run(panels.set_jurors, lead, made,
        [JurorValue(f"Person {one}", "", one > 12) for one in range(1, 15)], {})
    run(sessions.make_sessions, lead, made, runsheet("statements"), date(2027, 1, 16), 7, 3)
    run(sessions.make_passes, lead, made)
    with site.database.reading() as session:
        numbers = [one.id for one in queries.sessions_of(session, made)]
        ids = {one.number: one.id for one in session.get_one(panels.Jury, made).jurors}
        codes = {one.juror_id: sessions.code_of(site.secrets, one)
                 for one in queries.passes_of(session, made) if one.role == "juror"}
    for one in numbers:
        run(sessions.keep_seats, lead, one,
            {ids[number]: 1 + number % 3 for number in range(1, 13)}, False)
    return {"id": made, "process": process, "lead": lead, "sessions": numbers, "ids": ids,
            "codes": codes}


def begin(site: Site, jury: dict[str, Any], which: int, here: set[int], end: bool = False) -> None:
    run, one = site.work.run, jury["sessions"][which]
    for number in here:
        run(running.be_present, jury["lead"], one, jury["ids"][number], True)
    run(running.start, jury["lead"], one, 0)
    while end:
        with site.database.reading() as session:
            found = session.get_one(JurySession, one)
            state, version = found.state, found.version
        if state == "ended":
            return
        run(running.advance, jury["lead"], one, version)


def rows(site: Site, jury: dict[str, Any]) -> dict[int, Any]:
    with site.database.reading() as session:
        found = {one.project_number: one for one in allocation.allocation_of(session, jury["id"])}
        session.expunge_all()
        return found


def close(site: Site, jury: dict[str, Any], number: int, project: int) -> None:
    with site.database.engine.begin() as connection:
        connection.execute(Interest.__table__.insert().values(
            juror_id=jury["ids"][number], project_number=project, why="own",
            declared_at=site.clock()))


def test_the_tables_are_drawn_shown_and_exported_with_their_seed(
    site: Site, jury: dict[str, Any]
) -> None:
    close(site, jury, 3, 1)  # sits at table 1
    seed = site.work.run(services.allocate, jury["lead"], jury["id"])
    found = rows(site, jury)
    assert found and all(one.seed == seed and one.tests != one.checks for one in found.values())
    assert 1 not in (found[1].tests, found[1].checks)
    with client(site) as browser:
        page = browser.get("/processes/shared-budget/jury/tables")
        assert page.status_code == 200 and seed in page.text
        lines = browser.get("/processes/shared-budget/jury/tables.csv").text.splitlines()
        assert len(lines) == len(found) + 1
        build.signed_in(site, browser, jury["lead"].person_id)
        assert seed in browser.get("/office/processes/shared-budget/jury/allocation").text
        page = browser.get("/office/processes/shared-budget/jury/statements/1").text
        assert f'value="{found[1].tests}"' in page
    begin(site, jury, 0, set(range(1, 13)), end=True)
    begin(site, jury, 1, set(range(1, 13)))
    with pytest.raises(Conflict, match=r"allocation\.begun"):
        site.work.run(services.allocate, jury["lead"], jury["id"])


def test_seats_come_first(site: Site, jury: dict[str, Any]) -> None:
    with site.database.engine.begin() as connection:
        connection.execute(Seat.__table__.delete())
    with pytest.raises(Invalid, match=r"allocation\.no_seats"):
        site.work.run(services.allocate, jury["lead"], jury["id"])
    with pytest.raises(NotAllowed):
        site.work.run(services.allocate, build.actor(site, build.a_person(site, "Ann")),
                      jury["id"])


def test_a_table_of_three_is_offered_to_be_put_together_and_its_projects_go_along(
    site: Site, jury: dict[str, Any]
) -> None:
    run, lead = site.work.run, jury["lead"]
    run(services.allocate, lead, jury["id"])
    before = rows(site, jury)
    begin(site, jury, 0, set(range(1, 13)), end=True)
    begin(site, jury, 1, set(range(1, 13)) - {3})  # table 1 has three
    with client(site) as browser:
        build.signed_in(site, browser, lead.person_id)
        page = browser.get("/office/processes/shared-budget/jury/sessions/2").text
        assert page.count("Fewer than four are here") == 1
        with pytest.raises(Invalid, match=r"allocation\.merge"):
            run(services.merge_tables, lead, jury["sessions"][1], 2, 1)
        answer = browser.post("/office/processes/shared-budget/jury/sessions/2/tables",
                              data={"act": "merge", "table": 1, "into": 2})
        assert answer.status_code == 200
    after = rows(site, jury)
    for number, one in after.items():
        was = before[number]
        moved = was.session_number == 2 and was.tests == 1
        assert one.tests == (2 if moved else was.tests)
        assert one.tests != one.checks and one.checks != 1
    with site.database.reading() as session:
        found = session.get_one(Seat, (jury["sessions"][1], jury["ids"][6]))
        assert found.table_number == 2


def test_a_late_jurors_seat_is_kept_until_a_quarter_to_eleven(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    """The first run-sheet: check-in from half past nine, the start at ten, 45 minutes of grace."""
    run, lead, ids = site.work.run, jury["lead"], jury["ids"]
    run(sessions.make_sessions, lead, jury["id"], runsheet("bonfire"), date(2027, 6, 12), 7, 3)
    with site.database.reading() as session:
        first, second = [one.id for one in queries.sessions_of(session, jury["id"])][:2]
    run(sessions.keep_seats, lead, first,
        {ids[number]: 1 + number % 3 for number in range(1, 13)}, False)
    zone = ZoneInfo("Europe/London")
    clock.now = datetime(2027, 6, 12, 9, 30, tzinfo=zone).astimezone(UTC)
    for number in (*range(3, 13), 14):  # of the reserves only number 14 is in the hall
        run(running.be_present, lead, first, ids[number], True)
    run(running.start, lead, first, 0)
    page = f"{OFFICE}/sessions/1"
    with client(site) as desk:
        build.signed_in(site, desk, lead.person_id)
        clock.now = datetime(2027, 6, 12, 10, 44, tzinfo=zone).astimezone(UTC)
        early = desk.get(page).text
        assert "A reserve can be drawn from 10:45am." in early and "Draw a reserve" not in early
        assert "10 of 12 here" in early, "who waits sits at no table"
        refused = desk.post(f"{page}/tables", data={"act": "reserve", "juror": ids[1]})
        assert refused.status_code == 409 and "The seat is kept until 10:45." in refused.text
        clock.now = datetime(2027, 6, 12, 10, 46, tzinfo=zone).astimezone(UTC)
        assert "Draw a reserve for the seat" in desk.get(page).text
        desk.post(f"{page}/tables", data={"act": "reserve", "juror": ids[1], "once": "r"})
        with site.database.reading() as session:
            lot = session.query(Substitution).one()
            assert (lot.away_id, lot.reserve_id, lot.among) == (ids[1], ids[14], [14])
            assert rules.drawn(lot.seed, lot.among) == 14
            seed = lot.seed
        # Who is not in the hall is drawn where nobody else is left.
        assert run(services.seat_reserve, lead, first, ids[2]) == ids[13]
        # Who lost their seat by not coming is not drawn for the next one, before they have come.
        run(running.be_present, lead, first, ids[3], False)
        with pytest.raises(Conflict, match=r"allocation\.no_reserve"):
            run(services.seat_reserve, lead, first, ids[3])
        run(running.be_present, lead, first, ids[2], True)
        assert run(services.seat_reserve, lead, first, ids[3]) == ids[2]
        public = client(site).get("/processes/shared-budget/jury/tables").text
        assert "juror 1 had not come" in public and "Reserve 14 was drawn among 14" in public
        assert seed in public
    # A plan may keep seats for longer, until its session begins.
    run(writing.keep_grace, lead, second, 90)
    with site.database.reading() as session:
        one = session.get_one(JurySession, second)
        assert late_from(one.items, one.starts_at, one.grace_minutes) - one.starts_at == (
            timedelta(minutes=90))
    with pytest.raises(Conflict, match=r"agenda\.begun"):
        run(writing.keep_grace, lead, first, 5)


def test_a_session_that_begins_late_keeps_its_seats_for_longer() -> None:
    start = datetime(2027, 6, 12, 8, 30, tzinfo=UTC)
    items = [AgendaItem(kind="arrival", minutes=30), AgendaItem(kind="welcome", minutes=40)]
    assert late_from(items, start, 45) == start + timedelta(minutes=75)
    items[0].started_at = start + timedelta(minutes=20)
    assert late_from(items, start, 45) == start + timedelta(minutes=95)
    items[0].started_at = start - timedelta(minutes=20)
    assert late_from(items, start, 45) == start + timedelta(minutes=75), "never earlier"


def test_a_reserve_is_drawn_for_an_empty_seat_until_the_second_session(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, first = site.work.run, jury["lead"], jury["sessions"][0]
    begin(site, jury, 0, set(range(2, 13)))
    with site.database.reading() as session:
        clock.now = max(clock.now, session.get_one(JurySession, first).starts_at)
    clock.now += timedelta(minutes=75)
    with pytest.raises(Conflict, match=r"allocation\.is_here"):
        run(services.seat_reserve, lead, first, jury["ids"][2])
    drawn = run(services.seat_reserve, lead, first, jury["ids"][1])
    with site.database.reading() as session:
        one = session.query(Substitution).one()
        assert rules.drawn(one.seed, [13, 14]) == session.get_one(Juror, drawn).number
        assert session.get_one(Seat, (first, drawn)).table_number == 2
        assert session.get_one(Juror, jury["ids"][1]).reserve
        assert not session.get_one(Juror, drawn).reserve
        version = session.get_one(JurySession, first).version
    while True:
        with site.database.reading() as session:
            found = session.get_one(JurySession, first)
            state, version = found.state, found.version
        if state == "ended":
            break
        run(running.advance, lead, first, version)
    run(running.start, lead, jury["sessions"][1], 0)
    with pytest.raises(Conflict, match=r"allocation\.too_late"):
        run(services.seat_reserve, lead, jury["sessions"][1], jury["ids"][5])


def test_who_was_away_when_a_project_was_tested_does_not_vote_on_it(
    site: Site, jury: dict[str, Any]
) -> None:
    run, lead, everybody = site.work.run, jury["lead"], set(range(1, 13))
    run(services.allocate, lead, jury["id"])
    assert {one.session_number for one in rows(site, jury).values()} == {2}
    begin(site, jury, 0, everybody, end=True)
    begin(site, jury, 1, everybody - {5}, end=True)
    begin(site, jury, 2, everybody)
    with client(site) as phone:
        phone.post("/room", data={"code": jury["codes"][jury["ids"][5]]})
        for project, status in ((1, 409), (None, 200)):
            poll = run(votes.open_poll, lead, jury["sessions"][2],
                       PollValue("consent", "Is it fair?", project_number=project))
            answer = phone.post("/room/vote", data={"poll": poll, "answer": "ready"})
            assert answer.status_code == status
            result = run(votes.close_poll, lead, poll)
            assert result["eligible"] == (11 if project else 12)
