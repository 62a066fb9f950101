"""A session is made, seated and run from the office and from the screens in the room."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta
from typing import Any

import pytest

from deliberation.panels import services as panels
from deliberation.panels.queries import jury_of
from deliberation.panels.values import JurorValue, JuryValue
from deliberation.sessions import queries, running, services
from deliberation.sessions.plan import runsheet
from deliberation.sessions.seats import seats_for
from pb.core import live
from pb.core.errors import AppError, Conflict, Invalid, NotAllowed
from pb.core.site import Site
from tests.support import build
from tests.support.app import client, hidden
from tests.support.clock import TurnableClock

OFFICE = "/office/processes/shared-budget/jury"
READY = JuryValue(
    {"en": "Our jury", "cy": "Ein rheithgor"}, {"en": "What shall the money do?"},
    {"en": "We answer each recommendation."}, "The council", date(2027, 9, 1), "Nia", "ext. 4",
)


@pytest.fixture
def jury(site: Site) -> dict[str, Any]:
    """A jury of 24 with 4 reserves, ready to sit, with its facilitators and an official."""
    process = build.a_process(site, phase="assessment")
    lead = build.actor(site, build.a_person(site, "Gwen", "facilitator", "shared-budget"))
    second = build.actor(site, build.a_person(site, "Huw", "facilitator", "shared-budget"))
    official = build.actor(site, build.a_person(site, "Ceri", "lead_official", "shared-budget"))
    run = site.work.run
    jury_id = run(panels.make_jury, official, process, READY)
    run(panels.set_charter, official, jury_id, {"en": "We listen."})
    people = [
        JurorValue(f"Person {one}", f"p{one}", one > 24, "cy" if one % 4 == 0 else "en")
        for one in range(1, 29)
    ]
    run(panels.set_jurors, official, jury_id, people, {"ids": ["p1", "p28"]})
    run(panels.accept_charter, lead, jury_id, 1)
    run(services.make_sessions, official, jury_id, runsheet("statements"), date(2027, 1, 16), 7, 4)
    with site.database.reading() as session:
        numbers = [one.id for one in queries.sessions_of(session, jury_id)]
    return {"process": process, "id": jury_id, "lead": lead, "second": second,
            "official": official, "sessions": numbers}


def room(site: Site, jury: dict[str, Any], which: int = 0) -> Any:
    with site.database.reading() as session:
        found = jury_of(session, jury["process"])
        one = session.get_one(queries.JurySession, jury["sessions"][which])
        view = queries.room_of(session, found, one, site.clock())
        session.expunge_all()
        return view


def version(site: Site, jury: dict[str, Any]) -> int:
    return int(room(site, jury).session.version)


def test_sessions_stand_on_local_days_across_a_change_of_the_clock(
    site: Site, jury: dict[str, Any]
) -> None:
    site.work.run(services.make_sessions, jury["official"], jury["id"], runsheet("statements"),
                  date(2027, 3, 27), 7, 4)
    with site.database.reading() as session:
        found = queries.sessions_of(session, jury["id"])
        assert [one.starts_at.strftime("%d %H:%M") for one in found] == [
            "27 09:00", "03 08:30", "10 08:30", "17 08:30",
        ], "UTC: the clocks went forward on the 28th, people's watches did not notice"


def test_nothing_begins_before_it_is_ready(site: Site, jury: dict[str, Any]) -> None:
    run = site.work.run
    run(panels.set_charter, jury["official"], jury["id"], {"en": "We listen well."})
    with pytest.raises(Invalid, match=r"session\.lacks") as found:
        run(running.start, jury["lead"], jury["sessions"][0], 0)
    assert found.value.parameters["missing"] == ["jury.lacks_acceptance"]
    with pytest.raises(Conflict, match=r"charter\.other"):
        run(panels.accept_charter, jury["lead"], jury["id"], 1)
    run(panels.accept_charter, jury["lead"], jury["id"], 2)
    run(panels.edit_jury, jury["official"], jury["id"],
        JuryValue({"en": "Our jury"}, {"en": "What?"}, {"en": "We answer."}, "", None, "", ""))
    with pytest.raises(Invalid) as found:
        run(running.start, jury["lead"], jury["sessions"][0], 0)
    assert found.value.parameters["missing"] == ["jury.lacks_promise", "jury.lacks_conflict"]


def test_two_presses_of_next_advance_once(site: Site, jury: dict[str, Any]) -> None:
    run = site.work.run
    first = jury["sessions"][0]
    run(running.start, jury["lead"], first, 0)
    outcomes: list[str] = []

    def press(actor: Any) -> None:
        try:
            run(running.advance, actor, first, 1)
            outcomes.append("done")
        except Conflict as error:
            outcomes.append(f"{error.code} {error.parameters['by']}")

    threads = [threading.Thread(target=press, args=(jury[one],)) for one in ("lead", "second")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes)[0] == "done"
    assert sorted(outcomes)[1] in ("session.moved Gwen", "session.moved Huw")
    view = room(site, jury)
    assert view.current.position == 1 and view.session.version == 2


def test_the_clock_extends_sheds_and_is_taken_back(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, first = site.work.run, jury["sessions"][0]
    run(running.start, jury["lead"], first, 0)
    began = room(site, jury).current
    clock.now = began.ends_at + timedelta(minutes=10)
    late = room(site, jury)
    assert late.late >= timedelta(minutes=10)
    run(running.extend, jury["lead"], first, 1, 5)
    assert room(site, jury).current.ends_at == clock.now + timedelta(minutes=5)
    assert run(running.undo, jury["lead"], first, 2) == "extend"
    assert room(site, jury).current.ends_at == began.ends_at
    run(running.advance, jury["lead"], first, 3)
    assert room(site, jury).current.position == 1
    assert run(running.undo, jury["lead"], first, 4) == "next"
    back = room(site, jury)
    assert (back.current.position, back.current.ends_at) == (0, began.ends_at)
    with pytest.raises(Invalid, match=r"session\.keep"):
        run(running.drop, jury["lead"], first, 5, back.rows[2].item.id)
    with pytest.raises(Invalid, match=r"session\.minutes"):
        run(running.extend, jury["lead"], first, 5, 0)
    assert run(running.undo, jury["lead"], first, 5) == "start"
    with pytest.raises(Conflict, match=r"session\.nothing"):
        run(running.undo, jury["lead"], first, 6)


def test_a_session_goes_through_all_its_parts_and_ends(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, which = site.work.run, jury["sessions"][1]
    run(running.start, jury["lead"], which, 0)
    parts = len(room(site, jury, 1).rows)
    run(running.drop, jury["lead"], which, 1, next(
        row.item.id for row in room(site, jury, 1).rows if row.item.droppable))
    for step in range(2, parts + 1):
        clock.now += timedelta(minutes=30)
        run(running.advance, jury["lead"], which, step)
    done = room(site, jury, 1)
    assert done.session.state == "ended" and done.current is None
    assert [row.state for row in done.rows].count("dropped") == 1
    with pytest.raises(Conflict, match=r"session\.not_running"):
        run(running.advance, jury["lead"], which, parts + 1)


def test_seats_over_four_sessions_meet_as_many_as_can_be(
    site: Site, jury: dict[str, Any]
) -> None:
    with site.database.reading() as session:
        people = list(jury_of(session, jury["process"]).jurors)
        session.expunge_all()
    for number, session_id in enumerate(jury["sessions"], 1):
        with site.database.reading() as session:
            history = queries.past_tables(session, jury["id"], number)
        seats = seats_for(people, 4, history, {}, str(number))
        site.work.run(services.keep_seats, jury["lead"], session_id, seats, True)
    with site.database.reading() as session:
        history = queries.past_tables(session, jury["id"], 5)
    met = queries.pairs_met(history)
    assert [len(table) for one in history for table in one] == [6] * 16
    assert max(met.values()) <= 2
    assert len(met) >= 185, "of 276 pairs; 192 where all four sessions are planned at once"


def test_a_pinned_seat_stays_when_seats_are_planned_anew(
    site: Site, jury: dict[str, Any]
) -> None:
    first = jury["sessions"][0]
    # Five at one table: a plan that knows nothing of them puts them there once in thousands.
    pinned = room(site, jury).jury.jurors[:5]
    for juror in pinned:
        site.work.run(services.move_seat, jury["lead"], first, juror.id, 3, True)
    browser = client(site)
    build.signed_in(site, browser, jury["lead"].person_id)
    page = browser.get(f"{OFFICE}/sessions/1/seats")
    answer = browser.post(f"{OFFICE}/sessions/1/seats", data={**hidden(page.text), "act": "plan"})
    assert answer.status_code == 200 and "pairs have sat together" in answer.text
    view = room(site, jury)
    places = [view.seat_of(juror.id) for juror in pinned]
    assert [place[0].table.number for place in places if place] == [3] * 5
    assert [table.expected for table in view.tables] == [6, 6, 6, 6]


@pytest.mark.parametrize("command", [running.start, running.advance, running.undo])
def test_officials_prepare_and_look_on_but_never_lead(
    site: Site, jury: dict[str, Any], command: Any
) -> None:
    with pytest.raises(NotAllowed):
        site.work.run(command, jury["official"], jury["sessions"][0], 0)
    browser = client(site)
    build.signed_in(site, browser, jury["official"].person_id)
    page = browser.get(f"{OFFICE}/sessions/1")
    assert page.status_code == 200 and "You look on." in page.text
    assert 'value="start"' not in page.text
    assert browser.post(f"{OFFICE}/sessions/1", data={"act": "start", "version": "0"}
                        ).status_code == 403
    assert room(site, jury).session.state == "planned"


# -- screens ---------------------------------------------------------------------------------


def codes(site: Site, jury: dict[str, Any]) -> dict[tuple[str, Any], str]:
    site.work.run(services.make_passes, jury["lead"], jury["id"])
    with site.database.reading() as session:
        return {
            (one.role, one.table_number or one.juror_id): services.code_of(site.secrets, one)
            for one in queries.passes_of(session, jury["id"])
        }


def enter(site: Site, code: str, language: str = "en") -> Any:
    browser = client(site, language)
    page = browser.get("/room")
    inside = browser.post("/room", data={**hidden(page.text), "code": code})
    assert inside.status_code == 200 and inside.url.path == "/room/screen", inside.text
    return browser


def test_each_screen_sees_its_own_and_no_more(site: Site, jury: dict[str, Any]) -> None:
    known = codes(site, jury)
    people = room(site, jury).jury.jurors
    site.work.run(services.move_seat, jury["lead"], jury["sessions"][0], people[0].id, 2, False)
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    pages = {}
    for role, key in (("juror", people[0].id), ("table", 2), ("table", 1), ("wall", None),
                      ("observer", None), ("official", None), ("witness", None),
                      ("evaluator", None), ("whisperer", None)):
        browser = enter(site, known[role, key].lower())
        pages[role, key] = browser.get("/room/screen").text
        assert "Arrival, check-in and access" in pages[role, key]
    assert "Table 2" in pages["juror", people[0].id]
    names = {where for where, page in pages.items() if "Person 1" in page}
    assert names == {("table", 2)}, "names are at the juror's own table alone"
    for role in ("wall", "observer", "official", "witness", "evaluator"):
        assert 'name="act"' not in pages[role, None], role
    assert 'value="whisper"' in pages["whisperer", None]


def test_a_screen_that_only_looks_is_refused_when_it_acts(
    site: Site, jury: dict[str, Any]
) -> None:
    known = codes(site, jury)
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    for role in ("wall", "observer", "official", "witness", "evaluator"):
        browser = enter(site, known[role, None])
        for act in ("whisper", "help", "next", "accept"):
            answer = browser.post("/room/screen", data={"act": act, "words": "x"})
            assert answer.status_code == 403, (role, act)
    assert room(site, jury).session.plain_line == ""


def test_the_whisperers_line_is_on_the_wall(site: Site, jury: dict[str, Any]) -> None:
    known = codes(site, jury)
    whisperer = enter(site, known["whisperer", None])
    page = whisperer.get("/room/screen")
    whisperer.post("/room/screen", data={**hidden(page.text), "act": "whisper",
                                         "words": "A bond is a loan to the council."})
    assert "A bond is a loan" in enter(site, known["wall", None], "cy").get("/room/screen").text


def test_a_table_calls_for_help_and_goes_its_steps(site: Site, jury: dict[str, Any]) -> None:
    known = codes(site, jury)
    run, which = site.work.run, jury["sessions"][1]
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    for step in range(1, len(room(site, jury).rows) + 1):
        run(running.advance, jury["lead"], jury["sessions"][0], step)
    run(running.start, jury["lead"], which, 0)
    run(running.advance, jury["lead"], which, 1)
    table = enter(site, known["table", 3])
    page = table.get("/room/screen")
    assert "Read in silence" in page.text
    table.post("/room/screen", data={**hidden(page.text), "act": "step", "which": "2"})
    page = table.get("/room/screen")
    table.post("/room/screen", data={**hidden(page.text), "act": "help"})
    view = room(site, jury, 1)
    assert [one.table.step for one in view.tables] == [0, 0, 2, 0]
    assert [bool(one.table.help_at) for one in view.tables] == [False, False, True, False]
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    page = lead.get(f"{OFFICE}/sessions/2")
    assert "Asks for help" in page.text and "Questions and answers" in page.text
    lead.post(f"{OFFICE}/sessions/2", data={**hidden(page.text), "act": "well", "which": "3"})
    assert not any(one.table.help_at for one in room(site, jury, 1).tables)


def test_a_table_moves_to_another_device_and_the_old_one_can_only_look(
    site: Site, jury: dict[str, Any]
) -> None:
    known = codes(site, jury)
    old, new = enter(site, known["table", 1]), None
    assert 'value="help"' in old.get("/room/screen").text
    new = enter(site, known["table", 1])
    page = old.get("/room/screen").text
    assert "taken over by another device" in page and 'value="help"' not in page
    assert old.post("/room/screen", data={"act": "help"}).status_code == 403
    assert new.post("/room/screen", data={"act": "help"}).status_code == 200
    assert room(site, jury).tables[0].table.help_at is not None


def test_a_code_that_was_lost_opens_nothing_any_more(site: Site, jury: dict[str, Any]) -> None:
    known = codes(site, jury)
    wall = enter(site, known["wall", None])
    with site.database.reading() as session:
        lost = next(one.id for one in queries.passes_of(session, jury["id"]) if one.role == "wall")
    site.work.run(services.renew_pass, jury["lead"], jury["id"], lost)
    assert wall.get("/room/screen").url.path == "/room"
    stranger = client(site)
    page = stranger.get("/room")
    for code in (known["wall", None], "", "ABC", "O0O0O0"):
        answer = stranger.post("/room", data={**hidden(page.text), "code": code})
        assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    assert codes(site, jury)["wall", None] != known["wall", None]


def test_codes_are_guessed_at_slowly(site: Site, jury: dict[str, Any]) -> None:
    stranger = client(site)
    page = stranger.get("/room")
    answers = [
        stranger.post("/room", data={**hidden(page.text), "code": f"X{one:05}"}).status_code
        for one in range(25)
    ]
    assert answers[:20] == [422] * 20 and set(answers[20:]) == {429}
    known = codes(site, jury)["wall", None]
    right = stranger.post("/room", data={**hidden(page.text), "code": known})
    assert right.status_code == 429, "a right guess among many wrong ones opens nothing"


def test_a_whole_hall_comes_in_from_one_address(site: Site, jury: dict[str, Any]) -> None:
    known = codes(site, jury)
    assert len(known) > 35
    for code in known.values():
        enter(site, code)


def test_each_step_is_heard_of_by_all_screens(site: Site, jury: dict[str, Any]) -> None:
    first = jury["sessions"][0]

    def heard() -> int:
        with site.database.reading() as session:
            return live.revision(session, services.topic(first))

    numbers = [heard()]
    run, lead = site.work.run, jury["lead"]
    juror = room(site, jury).jury.jurors[0].id
    for act in (
        lambda: run(running.start, lead, first, 0),
        lambda: run(running.extend, lead, first, 1, 5),
        lambda: run(running.broadcast, lead, first, "Lunch is late.", "en"),
        lambda: run(running.be_present, lead, first, juror, True),
        lambda: run(running.ask_help, lead, first, 1, True),
        lambda: run(running.whisper, lead, first, "Plain.", "en"),
        lambda: run(running.undo, lead, first, 2),
    ):
        act()
        numbers.append(heard())
    assert numbers == sorted(set(numbers)), "each act is one more number"


def test_a_juror_accepts_the_charter_on_their_phone(site: Site, jury: dict[str, Any]) -> None:
    known = codes(site, jury)
    juror = room(site, jury).jury.jurors[4]
    phone = enter(site, known["juror", juror.id])
    page = phone.get("/room/screen")
    assert "I accept the charter" in page.text
    phone.post("/room/screen", data={**hidden(page.text), "act": "accept"})
    assert room(site, jury).jury.jurors[4].accepted_charter == 1
    assert "You accepted it" in phone.get("/room/screen").text


# -- the office ------------------------------------------------------------------------------


def test_a_facilitator_makes_a_jury_from_nothing(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Gwen", "facilitator", "shared-budget"))
    assert "has no jury yet" in browser.get(OFFICE).text

    def send(path: str, **data: Any) -> Any:
        page = browser.get(f"{OFFICE}/{path}")
        return browser.post(f"{OFFICE}/{path}", data={**hidden(page.text), **data})

    assert send("edit", name_en="").status_code == 422
    send("edit", name_en="Our jury", remit_en="What?", promise_en="We answer.",
         commissioners="The council", reply_by="2027-09-01", conflict_name="Nia",
         conflict_contact="ext. 4")
    assert "A charter" in browser.get(OFFICE).text or "charter" in browser.get(OFFICE).text
    assert send("edit", name_en="Our jury", reply_by="soon").status_code == 422
    send("charter", charter_en="We listen.")
    send("charter", accept="1")
    wrong = send("jurors", lines="Mair\nMair\nJo; p2; perhaps")
    assert wrong.status_code == 422 and "Line 2" in wrong.text and "Line 3" in wrong.text
    assert "Jo; p2; perhaps" in wrong.text, "what was typed is kept"
    send("jurors", lines="\n".join(f"Person {one}" for one in range(1, 19)))
    assert "Nothing is missing." in browser.get(OFFICE).text
    assert send("sessions", plan="bonfire").status_code == 422
    done = send("sessions", plan="bonfire", first_day="2027-01-16", days_between="7", tables="3")
    assert "Test the evidence" in done.text
    plan = browser.get(f"{OFFICE}/plan.toml").text
    page = browser.get(f"{OFFICE}/sessions")
    again = browser.post(
        f"{OFFICE}/sessions",
        data={**hidden(page.text), "plan": "file", "first_day": "2027-02-06",
              "days_between": "14", "tables": "2"},
        files={"file": ("ours.toml", plan.replace("Test the evidence", "Weigh the evidence"))},
    )
    assert "Weigh the evidence" in again.text
    bad = browser.post(
        f"{OFFICE}/sessions",
        data={**hidden(page.text), "plan": "file", "first_day": "2027-02-06",
              "days_between": "14", "tables": "2"},
        files={"file": ("ours.toml", "hello")},
    )
    assert bad.status_code == 422 and "This is not a plan" in bad.text
    public = client(site).get("/processes/shared-budget/jury").text
    assert "18 residents, drawn by lot" in public and "Person" not in public


def test_nobody_drawn_is_left_out_of_the_list(site: Site, jury: dict[str, Any]) -> None:
    other = build.a_process(site, slug="other", phase="assessment")
    run, official = site.work.run, build.actor(
        site, build.a_person(site, "Ann", "lead_official", "other"))
    jury_id = run(panels.make_jury, official, other, READY)
    with pytest.raises(Invalid, match=r"jurors\.not_drawn") as found:
        run(panels.set_jurors, official, jury_id, [JurorValue("Jo", "p1")], {"ids": ["p1", "p7"]})
    assert found.value.parameters["ids"] == "p7"
    with pytest.raises(AppError):
        run(panels.make_jury, official, other, READY)


def test_who_leaves_is_forgotten(site: Site, jury: dict[str, Any]) -> None:
    juror = room(site, jury).jury.jurors[2]
    site.work.run(panels.let_go, jury["lead"], jury["id"], juror.id)
    gone = room(site, jury).jury.jurors[2]
    assert (gone.name, gone.pool_id, gone.needs, gone.number) == ("", "", "", 3)
    reserve = room(site, jury).jury.jurors[24]
    site.work.run(panels.seat_reserve, jury["lead"], jury["id"], reserve.id)
    assert not room(site, jury).jury.jurors[24].reserve
    assert not re.search("Person 3\\b", client(site).get("/processes/shared-budget/jury").text)


def test_the_plan_changes_while_the_session_runs(site: Site, jury: dict[str, Any]) -> None:
    run, lead, first = site.work.run, jury["lead"], jury["sessions"][0]
    run(running.start, lead, first, 0)
    following = room(site, jury).following
    run(running.set_minutes, lead, first, 1, following.id, 12)
    with pytest.raises(Invalid, match=r"session\.begun_part"):
        run(running.set_minutes, lead, first, 2, room(site, jury).current.id, 12)
    browser = client(site)
    build.signed_in(site, browser, lead.person_id)
    path = f"{OFFICE}/sessions/1/plan"
    assert browser.get(path).status_code == 200
    assert browser.post(path, data={"version": "2", "kind": "pause", "minutes": "3"}
                        ).status_code == 422
    done = browser.post(path, data={"version": "2", "kind": "pause", "minutes": "3",
                                    "title_en": "A breath", "once": "b1"})
    assert "A breath" in done.text
    assert [row.item.title.get("en") for row in room(site, jury).rows][1] == "A breath"
    assert [row.item.position for row in room(site, jury).rows] == list(range(13))
    run(running.undo, lead, first, 3)
    run(running.undo, lead, first, 4)
    back = room(site, jury)
    assert len(back.rows) == 12
    assert back.following.minutes == following.minutes
    assert browser.post(path, data={"version": "5", "item": str(back.following.id),
                                    "minutes": "999"}).status_code == 422
