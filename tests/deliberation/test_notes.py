"""Notes arrive once each, in their own times; edits that meet both stand; private is private."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from deliberation.notes import queries as notes
from deliberation.notes import services
from deliberation.notes.models import Note
from deliberation.notes.services import NoteValue, Place
from deliberation.sessions import running
from deliberation.sessions import services as sessions
from pb.core.errors import Invalid, NotAllowed, NotFound
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_room import codes, enter, jury, room
from tests.support.app import hidden
from tests.support.clock import TurnableClock

__all__ = ["jury"]

AT_TWO = Place(table=2)


@pytest.fixture
def table(site: Site, jury: dict[str, Any]) -> Actor:
    """The screen of table two, in a session that runs."""
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    return Actor(name="table 2", grants=frozenset({("table", jury["process"])}))


def note(text: str, client_id: str = "device-1", visibility: str = "table", when: Any = None,
         ) -> NoteValue:
    return NoteValue(client_id, text, "en", visibility, when)


def read(site: Site, jury: dict[str, Any], which: int | None = 2) -> list[notes.NoteView]:
    with site.database.reading() as session:
        found = notes.table_notes(session, jury["sessions"][0], which)
        session.expunge_all()
        return found


def test_a_note_sent_twice_is_there_once(
    either: Site, request: pytest.FixtureRequest
) -> None:
    # On both databases: the once-only rests on a key of the table.
    from tests.deliberation.test_room import jury as make

    found = make.__wrapped__(either)
    either.work.run(running.start, found["lead"], found["sessions"][0], 0)
    screen = Actor(name="table 2", grants=frozenset({("table", found["process"])}))
    ids = {
        either.work.run(services.write_note, screen, found["sessions"][0], AT_TWO,
                        note("Once."))
        for _ in range(3)
    }
    assert len(ids) == 1
    assert [one.text for one in read(either, found)] == ["Once."]


def test_notes_kept_without_a_network_come_in_their_own_times(
    site: Site, jury: dict[str, Any], table: Actor, clock: TurnableClock
) -> None:
    first = jury["sessions"][0]
    began = clock.now
    clock.turn(minutes=2)
    site.work.run(running.advance, jury["lead"], first, 1)
    clock.turn(minutes=25)
    for place, minute in enumerate((1, 3, 20)):
        site.work.run(
            services.write_note, table, first, AT_TWO,
            note(f"At {minute}", f"device-{place}", when=began + timedelta(minutes=minute)),
        )
    found = read(site, jury)
    assert [one.text for one in found] == ["At 20", "At 3", "At 1"]
    assert [one.note.received_at for one in found] == [clock.now] * 3
    items = room(site, jury).session.items
    assert [one.note.item_id for one in found] == [items[1].id, items[1].id, items[0].id]


@pytest.mark.parametrize("off", [timedelta(days=-3), timedelta(days=3)])
def test_a_device_whose_clock_is_days_off_moves_nothing(
    site: Site, jury: dict[str, Any], table: Actor, clock: TurnableClock, off: timedelta
) -> None:
    site.work.run(services.write_note, table, jury["sessions"][0], AT_TWO,
                  note("Now", when=clock.now + off))
    assert read(site, jury)[0].note.written_at == clock.now


def test_two_edits_of_one_version_both_stand_until_the_table_chooses(
    site: Site, jury: dict[str, Any], table: Actor
) -> None:
    run, first = site.work.run, jury["sessions"][0]
    which = run(services.write_note, table, first, AT_TWO, note("A ramp"))
    edit = services.edit_note
    assert run(edit, table, first, AT_TWO, which, 1, note("A ramp at the door", "edit-one"))
    assert not run(edit, table, first, AT_TWO, which, 1, note("Two ramps", "edit-two"))
    assert not run(edit, table, first, AT_TWO, which, 1, note("Two ramps", "edit-two")), "again"
    one = read(site, jury)[0]
    assert (one.text, [edit.text for edit in one.waiting]) == ("A ramp at the door", ["Two ramps"])
    run(services.choose_edit, table, first, AT_TWO, one.waiting[0].id, True)
    one = read(site, jury)[0]
    assert (one.text, list(one.waiting), one.note.version) == ("Two ramps", [], 3)


def test_a_table_reads_and_changes_its_own_notes_alone(
    site: Site, jury: dict[str, Any], table: Actor
) -> None:
    run, first = site.work.run, jury["sessions"][0]
    which = run(services.write_note, table, first, AT_TWO, note("Ours"))
    assert read(site, jury, 3) == []
    with pytest.raises(NotFound):
        run(services.edit_note, table, first, Place(table=3), which, 1, note("x", "edit-three"))
    observer = Actor(name="observer", grants=frozenset({("observer", jury["process"])}))
    with pytest.raises(NotAllowed):
        run(services.write_note, observer, first, AT_TWO, note("x", "device-2"))
    with pytest.raises(Invalid, match=r"note\.visibility"):
        run(services.write_note, table, first, AT_TWO, note("x", "device-3", "private"))
    with pytest.raises(Invalid, match=r"note\.empty"):
        run(services.write_note, table, first, AT_TWO, note("  ", "device-4"))


def test_nobody_reads_a_private_note_until_it_is_shared(
    site: Site, jury: dict[str, Any], table: Actor
) -> None:
    first = jury["sessions"][0]
    person = room(site, jury).jury.jurors[0]
    site.work.run(sessions.move_seat, jury["lead"], first, person.id, 2, False)
    known = codes(site, jury)
    phone = enter(site, known["juror", person.id])
    page = phone.get("/room/screen")
    phone.post("/room/notes", data={**hidden(page.text), "act": "write", "private": "yes",
                                    "text": "I am not sure yet."})
    assert "I am not sure yet." in phone.get("/room/screen").text
    everywhere = [enter(site, known[role, key]).get("/room/screen").text
                  for role, key in (("table", 2), ("wall", None), ("evaluator", None),
                                    ("juror", room(site, jury).jury.jurors[1].id))]
    from tests.support import build
    from tests.support.app import client

    for who in ("lead", "official"):
        browser = client(site)
        build.signed_in(site, browser, jury[who].person_id)
        everywhere += [browser.get(f"/office/processes/shared-budget/jury/sessions/1{path}").text
                       for path in ("", "/pack", "/seats")]
    assert not any("I am not sure yet." in page for page in everywhere)
    with site.database.reading() as session:
        stored = session.scalars(select(Note)).one()
        assert stored.text == "" and b"not sure" not in (stored.sealed or b"")
        which = stored.id
    with pytest.raises(NotFound):
        site.work.run(services.put_on_wall, jury["lead"], first, which, True)
    page = phone.get("/room/screen")
    phone.post("/room/notes", data={"session": str(first), "act": "share",
                                    "which": str(which), "once": "s1"})
    assert "I am not sure yet." in enter(site, known["table", 2]).get("/room/screen").text
    with site.database.reading() as session:
        assert session.scalars(select(Note)).one().sealed is None


def test_a_paper_note_is_typed_in_and_confirmed_by_its_juror(
    site: Site, jury: dict[str, Any], table: Actor
) -> None:
    run, first = site.work.run, jury["sessions"][0]
    person = room(site, jury).jury.jurors[0]
    which = run(services.enter_paper, jury["lead"], first, None, 2, person.id,
                note("More benches", "paper-0001"))
    assert run(services.enter_paper, jury["lead"], first, None, 2, person.id,
               note("More benches", "paper-0001")) == which
    phone = enter(site, codes(site, jury)["juror", person.id])
    page = phone.get("/room/screen").text
    assert "From paper, typed in by Gwen" in page and "Yes, I wrote this" in page
    phone.post("/room/notes", data={"session": str(first), "act": "confirm",
                                    "which": str(which), "once": "c1"})
    assert read(site, jury)[0].note.confirmed_at is not None


def test_the_facilitator_puts_notes_on_the_wall_and_takes_bad_ones_away(
    site: Site, jury: dict[str, Any], table: Actor
) -> None:
    run, first = site.work.run, jury["sessions"][0]
    good = run(services.write_note, table, first, AT_TWO, note("A ramp", "device-1"))
    bad = run(services.write_note, table, first, AT_TWO, note("An insult", "device-2"))
    run(services.put_on_wall, jury["lead"], first, good, True)
    run(services.hide_note, jury["lead"], first, bad)
    wall = enter(site, codes(site, jury)["wall", None]).get("/room/screen").text
    assert "A ramp" in wall and "An insult" not in wall
    assert [one.text for one in read(site, jury)] == ["A ramp"]
    with pytest.raises(NotAllowed):
        run(services.hide_note, jury["official"], first, good)


def test_the_script_is_told_what_became_of_a_note(site: Site, jury: dict[str, Any]) -> None:
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    screen = enter(site, codes(site, jury)["table", 2])
    json = {"accept": "application/json"}
    data = {"session": str(jury["sessions"][0]), "act": "write", "text": "Hi",
            "client_id": "device-77"}
    first = screen.post("/room/notes", data=data, headers=json)
    assert first.json() == screen.post("/room/notes", data=data, headers=json).json()
    empty = screen.post("/room/notes", data={**data, "text": "", "client_id": "device-78"},
                        headers=json)
    assert empty.status_code == 422 and empty.json() == {"error": "The note is empty."}
    elsewhere = screen.post("/room/notes", data={**data, "session": "999"}, headers=json)
    assert elsewhere.status_code == 403


def test_the_worker_of_the_room_may_keep_the_room_alone(site: Site, jury: dict[str, Any]) -> None:
    from tests.support.app import client

    answer = client(site).get("/room/worker.js")
    assert answer.headers["service-worker-allowed"] == "/room"
    assert answer.headers["content-type"].startswith("text/javascript")
