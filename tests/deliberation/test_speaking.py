"""Who speaks: one queue, timed turns, a balance that only the table sees, and sums in the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from deliberation.panels import services as panels
from deliberation.panels.values import JurorValue, JuryValue
from deliberation.sessions import queries, running, services
from deliberation.sessions.models import JurySession, Seat
from deliberation.sessions.plan import runsheet
from deliberation.speaking import rules
from deliberation.speaking import services as speaking
from deliberation.speaking.models import Nudge, TalkTotal, Turn
from deliberation.speaking.queries import talk_of, ways_of
from pb.core.errors import Conflict, NotAllowed
from pb.core.site import Site
from tests.support import build
from tests.support.app import client, run_jobs
from tests.support.clock import TurnableClock

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2027, 1, 16, 12, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Said:
    juror_id: int
    asked_at: datetime = NOON
    began_at: datetime | None = None
    ended_at: datetime | None = None
    paused_at: datetime | None = None
    paused_seconds: int = 0
    table_number: int = 1
    seconds: int = 45


def said(juror_id: int, start: int, end: int) -> Said:
    return Said(juror_id, at(start), at(start), at(end))


def test_a_turn_through_an_interpreter_is_half_as_long_again_and_its_clock_can_stand() -> None:
    assert (rules.credited(45, False), rules.credited(45, True)) == (45, 67)
    turn = Said(1, began_at=at(0), paused_at=at(20))
    assert rules.talked(turn, at(50)) == 20, "while the clock stands nothing is added"
    assert rules.ends_at(turn, at(50)) == at(75)
    on = replace(turn, paused_at=None, paused_seconds=30)
    assert rules.talked(on, at(60)) == 30 and rules.ends_at(on, at(60)) == at(75)


def test_one_queue_by_time_of_request_and_a_dropped_link_keeps_its_place_three_minutes() -> None:
    turns = [Said(3, at(9)), Said(1, at(5)), Said(2, at(7))]
    remote = {1: at(6), 3: at(9)}
    assert [one.juror_id for one in rules.waiting(turns, remote, at(186))] == [1, 2, 3]
    assert [one.juror_id for one in rules.waiting(turns, remote, at(187))] == [2, 3]
    assert rules.link(at(0), at(75)) == "there" and rules.link(at(0), at(180)) == "cut"
    assert rules.link(at(0), at(181)) == "away" and rules.link(None, at(0)) == "away"


def test_more_than_twice_an_even_share_or_two_minutes_is_marked() -> None:
    people = [1, 2, 3, 4]
    half = [said(1, 0, 100), said(2, 100, 200)]
    assert rules.flagged(half, people, frozenset(), at(300)) == set(), "twice an even share is not"
    assert rules.flagged([said(1, 0, 101), *half[1:]], people, frozenset(), at(300)) == {1}
    long = [said(one, 0, 121) for one in people]
    assert rules.flagged(long, people, frozenset({1}), at(300)) == {2, 3, 4}
    assert [rules.balance(one) for one in ([0, 0], [60, 50, 60], [90, 30, 30], [90, 0, 0])] == [
        "none", "even", "some", "few",
    ]


def test_who_is_silent_for_two_minutes_for_each_at_the_table_is_so_once_others_spoke() -> None:
    people, spoke = [1, 2, 3], [said(1, 10, 40)]
    assert not rules.silent([], 2, people, NOON, at(3600)), "nobody uses the queue"
    assert not rules.silent(spoke, 2, people, NOON, at(360))
    assert rules.silent(spoke, 2, people, NOON, at(361))
    assert not rules.silent([*spoke, Said(2, at(350))], 2, people, NOON, at(361)), "has asked"
    assert not rules.silent([*spoke, said(2, 50, 60)], 2, people, NOON, at(361))


@pytest.fixture
def jury(site: Site, clock: TurnableClock) -> dict[str, Any]:
    """Six jurors at two tables; table talk runs, all are here; turns are timed."""
    process = build.a_process(site, phase="assessment")
    lead = build.actor(site, build.a_person(site, "Gwen", "facilitator", "shared-budget"))
    run = site.work.run
    made = run(panels.make_jury, lead, process, JuryValue(
        {"en": "Jury"}, {"en": "What?"}, {"en": "We answer."}, "", date(2027, 9, 1), "Nia", "4"))
    run(panels.set_charter, lead, made, {"en": "We listen."})
    run(panels.accept_charter, lead, made, 1)
    run(panels.set_jurors, lead, made, [JurorValue(f"Person {one}") for one in range(1, 7)], {})
    run(services.make_sessions, lead, made, runsheet("bonfire"), date(2027, 1, 16), 7, 2)
    run(services.make_passes, lead, made)
    with site.database.reading() as session:
        first = queries.sessions_of(session, made)[0].id
        passes = queries.passes_of(session, made)
        codes = {(one.role, one.juror_id or one.table_number): services.code_of(
            site.secrets, one) for one in passes}
        ids = [one.juror_id for one in passes if one.role == "juror"]
    run(services.keep_seats, lead, first,
        {juror: 1 + place % 2 for place, juror in enumerate(ids)}, False)
    for juror in ids:
        run(running.be_present, lead, first, juror, True)
    run(running.start, lead, first, 0)
    run(running.add_item, lead, first, 1, "table", 60, {"en": "Talk"})
    run(running.advance, lead, first, 2)
    return {"id": made, "process": process, "lead": lead, "first": first, "ids": ids,
            "codes": codes}


def switch_on(site: Site, jury: dict[str, Any], invites: bool = False) -> None:
    site.work.run(speaking.set_speaking, jury["lead"], jury["id"], True, 45, invites)


def talk(site: Site, jury: dict[str, Any]) -> Any:
    with site.database.reading() as session:
        found = talk_of(session, jury["id"], jury["first"])
        session.expunge_all()
        return found


def test_it_is_off_until_it_is_switched_on_and_off_again_nothing_is_left(
    site: Site, jury: dict[str, Any]
) -> None:
    run, lead, first, ids = site.work.run, jury["lead"], jury["first"], jury["ids"]
    with pytest.raises(Conflict, match=r"speaking\.off"):
        run(speaking.raise_hand, lead, first, 1, ids[0])
    switch_on(site, jury)
    run(speaking.raise_hand, lead, first, 1, ids[0])
    run(speaking.set_speaking, lead, jury["id"], False, 45, False)
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Turn)) == 0


def test_phones_and_hands_stand_in_one_queue_and_two_presses_call_one(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, first, ids = site.work.run, jury["lead"], jury["first"], jury["ids"]
    switch_on(site, jury)
    with client(site) as phone, client(site) as table, client(site) as other:
        phone.post("/room", data={"code": jury["codes"]["juror", ids[2]]})
        table.post("/room", data={"code": jury["codes"]["table", 1]})
        other.post("/room", data={"code": jury["codes"]["table", 2]})
        assert "I would like to speak" in phone.get("/room/screen").text
        assert phone.post("/room/speaking", data={"act": "ask"}).status_code == 200
        clock.now += timedelta(seconds=1)
        table.post("/room/speaking", data={"act": "hand", "juror": ids[0]})
        clock.now += timedelta(seconds=1)
        run(speaking.raise_hand, lead, first, 1, ids[4])
        now = clock.now
        assert [one.juror_id for one in talk(site, jury).queue(1, now)] == [ids[2], ids[0], ids[4]]
        assert "Place in the queue: 1" in phone.get("/room/screen").text
        # Another table's screen may not enter hands of this one.
        assert other.post("/room/speaking",
                          data={"act": "hand", "juror": ids[0]}).status_code == 403
        assert phone.post("/room/speaking", data={"act": "next", "after": 0}).status_code == 403
        table.post("/room/speaking", data={"act": "next", "after": "0"})
        assert "It is your turn" in phone.get("/room/screen").text
        with pytest.raises(Conflict, match=r"speaking\.moved"):
            run(speaking.call_next, lead, first, 1, 0)
        clock.now += timedelta(seconds=130)
        page = table.get("/room/screen").text
        assert "Person 3" in page and 'class="clock clock-over"' in page
        assert "Much" in page, "over two minutes, seen at the table"
        assert "How the talk is shared" not in phone.get("/room/screen").text
        assert "Person 3" not in other.get("/room/screen").text
    with client(site) as desk:
        build.signed_in(site, desk, lead.person_id)
        page = desk.get("/office/processes/shared-budget/jury/sessions/1").text
        assert "A few speak most" in page, "the lead sees one word on the table"
        assert "Much" not in page and "How the talk is shared" not in page
        assert desk.get("/office/processes/shared-budget/jury/speaking").status_code == 200


def test_the_interpreter_stops_the_clock_of_the_juror_beside_them(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, first, ids = site.work.run, jury["lead"], jury["first"], jury["ids"]
    switch_on(site, jury)
    run(speaking.set_way, lead, jury["id"], ids[0], False, "Elin")
    run(running.add_item, lead, first, 3, "plenary", 20, {"en": "All together"})
    run(running.advance, lead, first, 4)
    with client(site) as phone, client(site) as wall:
        phone.post("/room", data={"code": jury["codes"]["juror", ids[0]]})
        wall.post("/room", data={"code": jury["codes"]["wall", None]})
        phone.post("/room/speaking", data={"act": "ask"})
        run(speaking.call_next, lead, first, 0, 0)
        assert talk(site, jury).speaker(0).seconds == 67
        page = wall.get("/room/screen").text
        assert "Person 1" in page and "with the interpreter Elin" in page
        clock.now += timedelta(seconds=10)
        phone.post("/room/speaking", data={"act": "stand"})
        clock.now += timedelta(seconds=100)
        assert "stopped the clock" in wall.get("/room/screen").text
        phone.post("/room/speaking", data={"act": "go"})
    turn = talk(site, jury).speaker(0)
    assert (turn.juror_id, turn.paused_seconds) == (ids[0], 100)
    assert rules.talked(turn, clock.now) == 10, "credited to the juror, without the pause"


def test_the_silent_are_invited_once_a_part_on_their_own_phone_alone(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, first, ids = site.work.run, jury["lead"], jury["first"], jury["ids"]
    words = "The table would like to hear you too"
    switch_on(site, jury)
    with client(site) as phone, client(site) as near, client(site) as table:
        phone.post("/room", data={"code": jury["codes"]["juror", ids[0]]})
        near.post("/room", data={"code": jury["codes"]["juror", ids[2]]})
        table.post("/room", data={"code": jury["codes"]["table", 1]})
        run(speaking.raise_hand, lead, first, 1, ids[2])
        run(speaking.call_next, lead, first, 1, 0)
        run(speaking.finish, lead, first, 1)
        clock.now += timedelta(minutes=6, seconds=1)
        phone.post("/room/here")
        assert words not in phone.get("/room/screen").text, "not switched on"
        switch_on(site, jury, invites=True)
        phone.post("/room/here")
        phone.post("/room/here")
        assert words in phone.get("/room/screen").text
        assert all(words not in one.get("/room/screen").text for one in (near, table))
        with site.database.reading() as session:
            assert session.scalars(select(Nudge.juror_id)).all() == [ids[0]]
        phone.post("/room/speaking", data={"act": "ask"})
        assert words not in phone.get("/room/screen").text


def test_when_the_session_ends_only_sums_of_tables_are_left(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, first, ids = site.work.run, jury["lead"], jury["first"], jury["ids"]
    switch_on(site, jury)
    for juror, seconds in ((ids[0], 30), (ids[2], 60)):
        run(speaking.raise_hand, lead, first, 1, juror)
        run(speaking.call_next, lead, first, 1, 0)
        clock.now += timedelta(seconds=seconds)
        run(speaking.finish, lead, first, 1)
    while True:
        with site.database.reading() as session:
            one = session.get_one(JurySession, first)
            state, version = one.state, one.version
        if state == "ended":
            break
        run(running.advance, lead, first, version)
    run_jobs(site)
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Turn)) == 0
        total = session.scalars(select(TalkTotal)).one()
        # (30, 60, 0): Gini of few is 2/3.
        assert (total.table_number, total.turns, total.seconds, total.people, total.balance) == (
            1, 2, 90, 3, "2/3",
        )


def test_the_switch_and_the_ways_are_the_offices(site: Site, jury: dict[str, Any]) -> None:
    stranger = build.actor(site, build.a_person(site, "Ann"))
    with pytest.raises(NotAllowed):
        site.work.run(speaking.set_speaking, stranger, jury["id"], True, 45, False)
    with pytest.raises(NotAllowed):
        site.work.run(speaking.set_way, stranger, jury["id"], jury["ids"][0], True, "")


def plenary(site: Site, jury: dict[str, Any]) -> None:
    """One queue of all together, with Person 1 elsewhere for this session alone."""
    switch_on(site, jury)
    run, lead, first = site.work.run, jury["lead"], jury["first"]
    run(running.add_item, lead, first, 3, "plenary", 20, {"en": "All together"})
    run(running.advance, lead, first, 4)
    run(speaking.set_elsewhere, lead, first, jury["ids"][0], True)


def test_a_place_that_was_given_up_is_not_given_back(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    """F05: three minutes after the last word the place is gone, and stays gone."""
    run, lead, first, ids = site.work.run, jury["lead"], jury["first"], jury["ids"]
    plenary(site, jury)
    began = clock.now

    def queue() -> list[int]:
        return [one.juror_id for one in talk(site, jury).queue(0, clock.now)]

    with client(site) as far, client(site) as steward, client(site) as desk:
        far.post("/room", data={"code": jury["codes"]["juror", ids[0]]})
        steward.post("/room", data={"code": jury["codes"]["steward", None]})
        build.signed_in(site, desk, lead.person_id)
        console = "/office/processes/shared-budget/jury/sessions/1"
        far.post("/room/speaking", data={"act": "ask"})
        clock.now += timedelta(seconds=1)
        run(speaking.raise_hand, lead, first, 0, ids[2])
        assert queue() == [ids[0], ids[2]], "the room and those elsewhere in one order"
        for page in (steward.get("/room/screen").text, desk.get(console).text):
            assert "Connected" in page and "Waits to speak, place 1." in page
        clock.now = began + timedelta(minutes=3)
        for page in (steward.get("/room/screen").text, desk.get(console).text):
            assert "Cut" in page and "The place is kept until" in page
            assert f"{clock.now.astimezone(LONDON):%H:%M:%S}" in page, "to the second"
        assert queue() == [ids[0], ids[2]]
        clock.now += timedelta(seconds=1)
        assert queue() == [ids[2]]
        for page in (steward.get("/room/screen").text, desk.get(console).text):
            assert "Away" in page and "The place in the queue was given up at" in page
        # Back, by a page without script: they ask anew and stand behind who asked meanwhile.
        page = far.get("/room/screen").text
        assert "Your place is gone" in page and "I would like to speak" in page
        assert "You take part from elsewhere today" in page
        assert queue() == [ids[2]]
        clock.now += timedelta(seconds=20)
        assert "Connected" in steward.get("/room/screen").text
        assert "Your place is gone" in far.get("/room/screen").text
        far.post("/room/speaking", data={"act": "ask"})
        assert queue() == [ids[2], ids[0]]
        assert "Place in the queue: 2" in far.get("/room/screen").text
        # A short cut costs nothing.
        clock.now += timedelta(minutes=2, seconds=59)
        far.get("/room/screen")
        clock.now += timedelta(minutes=2, seconds=59)
        assert queue() == [ids[2], ids[0]]


def test_the_tech_steward_checks_in_and_says_who_is_elsewhere_today(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, first, ids = site.work.run, jury["lead"], jury["first"], jury["ids"]
    run(running.be_present, lead, first, ids[3], False)
    with client(site) as steward, client(site, "cy") as other, client(site) as observer:
        steward.post("/room", data={"code": jury["codes"]["steward", None]})
        other.post("/room", data={"code": jury["codes"]["steward", None]})
        observer.post("/room", data={"code": jury["codes"]["observer", None]})
        page = steward.get("/room/screen").text
        assert "Nobody takes part from elsewhere" in page and "Person 4" in page
        assert page.index("Person 4") < page.index("Person 1"), "who is missing comes first"
        assert "Person 4" not in observer.get("/room/screen").text
        wrong = steward.post("/room/screen", data={"act": "code", "code": "ZZZZZZ", "once": "a"})
        assert wrong.status_code == 422 and "No juror has this code." in wrong.text
        assert 'value="ZZZZZZ"' in wrong.text, "what was typed is still there"
        table = jury["codes"]["table", 1]
        assert steward.post("/room/screen", data={"act": "code", "code": table}).status_code == 422
        done = steward.post("/room/screen", data={
            "act": "code", "code": jury["codes"]["juror", ids[3]].lower(), "once": "b"})
        assert "They are here now." in done.text
        with site.database.reading() as session:
            seat = session.get_one(Seat, (first, ids[3]))
            assert seat.came_at is not None and seat.left_at is None
        steward.post("/room/steward", data={"act": "left", "juror": ids[3], "once": "c"})
        steward.post("/room/steward", data={"act": "elsewhere", "juror": ids[1], "once": "d"})
        page = other.get("/room/screen").text
        assert "Cysylltiadau" in page and "Person 2" in page
        with site.database.reading() as session:
            assert session.get_one(Seat, (first, ids[3])).left_at is not None
            second = queries.sessions_of(session, jury["id"])[1].id
            assert ways_of(session, jury["id"], first)[ids[1]].remote
            assert not ways_of(session, jury["id"], second)[ids[1]].remote, "today alone"
        for act in ("came", "elsewhere"):
            refused = observer.post("/room/steward", data={"act": act, "juror": ids[1]})
            assert refused.status_code == 403
        assert observer.post("/room/screen", data={"act": "code", "code": "x"}).status_code == 403
        for act in ("next", "whisper", "say"):
            assert steward.post("/room/screen", data={"act": act, "words": "x"}).status_code == 403


def test_those_elsewhere_form_a_table_or_join_one(site: Site, jury: dict[str, Any]) -> None:
    run, lead, ids = site.work.run, jury["lead"], jury["ids"]
    with site.database.reading() as session:
        second = queries.sessions_of(session, jury["id"])[1].id
    run(services.keep_seats, lead, second,
        {juror: 1 + place % 2 for place, juror in enumerate(ids)}, False)
    run(speaking.set_way, lead, jury["id"], ids[0], True, "")
    run(speaking.set_elsewhere, lead, second, ids[1], True)
    with client(site) as desk:
        build.signed_in(site, desk, lead.person_id)
        page = "/office/processes/shared-budget/jury/elsewhere"
        assert desk.post(page, data={"session": "2", "table": "9"}).status_code == 422
        done = desk.post(page, data={"session": "2", "table": "2", "once": "s"})
        assert "Those from elsewhere sit at one table now." in done.text
        assert desk.post(page, data={"session": "7", "table": "2"}).status_code == 404
    with site.database.reading() as session:
        seats = {one.juror_id: (one.table_number, one.pinned) for one in session.scalars(
            select(Seat).where(Seat.session_id == second))}
    assert [seats[one] for one in ids[:2]] == [(2, True), (2, True)]
    assert sorted(table for table, _pinned in seats.values()) == [1, 1, 1, 2, 2, 2], "around them"
    # In a session that runs only they move.
    run(speaking.set_elsewhere, lead, jury["first"], ids[1], True)
    run(speaking.seat_elsewhere, lead, jury["first"], 1)
    with site.database.reading() as session:
        at = {one.juror_id: one.table_number for one in session.scalars(
            select(Seat).where(Seat.session_id == jury["first"]))}
    assert [at[one] for one in ids] == [1, 1, 1, 2, 1, 2]
