"""An official or observer tries to act: it is refused, it stands in the log, who leads is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from deliberation.room import refusals
from deliberation.room.models import Refusal
from deliberation.sessions import running
from pb.core.audit import AuditRow
from pb.core.errors import NotAllowed
from pb.core.site import Site
from tests.deliberation.test_room import OFFICE, codes, enter, jury
from tests.support import build
from tests.support.app import client, hidden
from tests.support.clock import TurnableClock

__all__ = ["jury"]
CONSOLE = f"{OFFICE}/sessions/1"


def refused(site: Site) -> list[tuple[str, str, str]]:
    with site.database.reading() as session:
        return [(one.role, one.name, one.what)
                for one in session.scalars(select(Refusal).order_by(Refusal.id))]


def logged(site: Site) -> list[dict[str, Any]]:
    with site.database.reading() as session:
        return [one.details for one in session.scalars(
            select(AuditRow).where(AuditRow.command == "room.keep_refusal").order_by(AuditRow.id))]


def browser_of(site: Site, known: dict[str, Any], who: str) -> Any:
    browser = client(site)
    build.signed_in(site, browser, known[who].person_id)
    return browser


@pytest.fixture
def begun(site: Site, jury: dict[str, Any]) -> dict[str, Any]:
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    return jury | {"codes": codes(site, jury)}


@pytest.mark.parametrize("role", ["observer", "official", "wall"])
def test_who_only_looks_is_refused_logged_and_the_lead_is_told(
    site: Site, begun: dict[str, Any], role: str
) -> None:
    lead = browser_of(site, begun, "lead")
    assert "Refused" not in lead.get(CONSOLE).text
    screen = enter(site, begun["codes"][role, None])
    vote, write, table = (
        screen.post("/room/vote", data={"poll": "1", "answer": "ready"}),
        screen.post("/room/notes", headers={"accept": "application/json"},
                    data={"act": "write", "session": str(begun["sessions"][0]), "text": "x"}),
        screen.get("/room/minority"),
    )
    assert [one.status_code for one in (vote, write, table)] == [403, 403, 403]
    what = ["/room/vote", "/room/notes write", "/room/minority"]
    assert [(one[0], one[2]) for one in refused(site)] == [(role, one) for one in what]
    assert [(one["role"], one["refused"]) for one in logged(site)] == [(role, one) for one in what]
    page = lead.get(CONSOLE).text
    assert "Somebody who only looks on tried to act 3 times." in page
    assert all(one in page for one in what)
    assert "tried to act" not in browser_of(site, begun, "official").get(CONSOLE).text
    lead.post(CONSOLE, data={**hidden(page), "act": "seen"})
    assert "tried to act" not in lead.get(CONSOLE).text
    assert len(logged(site)) == 3, "what was read stays in the log"


def test_an_official_who_presses_what_is_the_leads_is_named(
    site: Site, begun: dict[str, Any]
) -> None:
    official = browser_of(site, begun, "official")
    for path, act in ((CONSOLE, "next"), (f"{OFFICE}/statements/3", "write"),
                      (f"{CONSOLE}/votes", "open")):
        answer = official.post(path, data={"act": act, "version": "1", "once": act,
                                           "kind": "consent", "title": "x", "text": "x"})
        assert answer.status_code == 403, path
    name = begun["official"].name
    assert [(one[1], one[2]) for one in refused(site)] == [
        (name, f"{CONSOLE} next"), (name, f"{OFFICE}/statements/3 write"),
        (name, f"{CONSOLE}/votes open")]
    assert f"In the office: {name}" in browser_of(site, begun, "lead").get(CONSOLE).text
    with pytest.raises(NotAllowed):
        site.work.run(refusals.see_refusals, begun["official"], begun["sessions"][0])
    with pytest.raises(NotAllowed):
        site.work.run(refusals.keep_refusal, begun["official"], begun["sessions"][0], "", "", "")


def test_the_same_within_a_minute_is_one_row_and_strangers_fill_no_log(
    site: Site, begun: dict[str, Any], clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = enter(site, begun["codes"]["observer", None])
    for _ in range(3):
        screen.post("/room/screen", data={"act": "next"})
    assert len(refused(site)) == 1
    clock.now += timedelta(minutes=2)
    screen.post("/room/screen", data={"act": "next"})
    assert len(refused(site)) == 2
    anybody = client(site)
    anybody.post("/room/screen", data={"act": "next"})
    anybody.post(CONSOLE, data={"act": "next"})
    stranger = client(site)
    build.signed_in(site, stranger, build.a_person(site, "Eira"))
    assert stranger.post(CONSOLE, data={"act": "next"}).status_code == 404
    juror = next(code for (role, _who), code in begun["codes"].items() if role == "juror")
    assert enter(site, juror).get("/room/minority").status_code == 403
    monkeypatch.setattr(refusals, "MOST", 2)
    screen.post("/room/screen", data={"act": "start"})
    assert len(refused(site)) == 2
