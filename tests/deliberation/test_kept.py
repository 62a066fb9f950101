"""Many screens that ask at once are answered from one reading, and never from an old one."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest

from deliberation.panels import services as panels
from deliberation.panels.values import JurorValue, JuryValue
from deliberation.sessions import kept, queries, running, services
from deliberation.sessions.plan import runsheet
from pb.core.site import Site
from tests.support import build
from tests.support.app import client


@pytest.fixture
def jury(site: Site) -> dict[str, Any]:
    process = build.a_process(site, phase="assessment")
    lead = build.actor(site, build.a_person(site, "Gwen", "facilitator", "shared-budget"))
    run = site.work.run
    made = run(panels.make_jury, lead, process, JuryValue(
        {"en": "Jury"}, {"en": "What?"}, {"en": "We answer."}, "", date(2027, 9, 1), "Nia", "4"))
    run(panels.set_charter, lead, made, {"en": "We listen."})
    run(panels.accept_charter, lead, made, 1)
    run(panels.set_jurors, lead, made, [JurorValue(f"P {one}") for one in range(4)], {})
    run(services.make_sessions, lead, made, runsheet("statements"), date(2027, 1, 16), 7, 2)
    run(services.make_passes, lead, made)
    with site.database.reading() as session:
        first = queries.sessions_of(session, made)[0].id
        codes = {one.role: services.code_of(site.secrets, one)
                 for one in queries.passes_of(session, made)}
    run(running.start, lead, first, 0)
    return {"id": made, "lead": lead, "first": first, "codes": codes}


def test_screens_that_ask_at_once_wait_for_one_reading(
    site: Site, jury: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[str] = []
    really, gate = kept.room_of, threading.Barrier(8)

    def counted(*arguments: Any) -> queries.Room:
        readings.append("room")
        return really(*arguments)

    monkeypatch.setattr(kept, "room_of", counted)
    found: list[kept.Kept] = []

    def ask() -> None:
        gate.wait(10)
        with site.database.reading() as session:
            one = kept.kept_room(site, session, jury["first"], site.clock())
        one.reading("wall", lambda own: readings.append("wall"))
        found.append(one)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(readings) == ["room", "wall"] and len({id(one) for one in found}) == 1


def test_a_step_is_read_at_once(site: Site, jury: dict[str, Any]) -> None:
    def position() -> int:
        with site.database.reading() as session:
            current = kept.kept_room(site, session, jury["first"], site.clock()).room.current
        assert current is not None
        return current.position

    assert position() == 0
    site.work.run(running.advance, jury["lead"], jury["first"], 1)
    assert position() == 1


def test_a_screen_that_follows_gets_its_live_parts(site: Site, jury: dict[str, Any]) -> None:
    with client(site) as phone:
        phone.post("/room", data={"code": jury["codes"]["juror"]})
        whole = phone.get("/room/screen").text
        again = phone.get("/room/screen", headers={"x-follows": "1"}).text
        welsh = phone.get("/room/screen", headers={"x-follows": "1", "accept-language": "cy"}).text
    parts = [f'id="part-{name}"' for name in ("now", "vote", "place", "notes", "agenda")]
    assert all(part in whole and part in again for part in parts)
    assert 'class="words' in whole and 'class="words' not in again
    assert "Nawr" in welsh and "Nawr" not in again, "the agenda is kept by language"
