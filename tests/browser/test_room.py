"""The room in Chromium: screens that follow, and a table that is without network for 25 minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from deliberation.notes import queries as notes
from deliberation.sessions import running, services
from deliberation.speaking.services import set_elsewhere
from tests.deliberation.test_room import codes, jury
from tests.support.clock import TurnableClock

__all__ = ["jury"]
pytestmark = pytest.mark.chromium


def enter(page: Any, url: str, code: str) -> None:
    page.goto(f"{url}/room")
    page.fill("#code", code)
    page.click("main button.btn")
    page.wait_for_url("**/room/screen")


def shows(page: Any, where: str, words: str, most: int = 5000) -> None:
    page.locator(where, has_text=words).first.wait_for(timeout=most)


def test_a_table_without_network_loses_nothing(
    live: Any, new_page: Callable[..., Any], jury: dict[str, Any], clock: TurnableClock
) -> None:
    clock.now = datetime.now(UTC)
    run, first = live.site.work.run, jury["sessions"][0]
    run(running.start, jury["lead"], first, 0)
    known = codes(live.site, jury)
    table, wall = new_page(live, width=360), new_page(live, width=1200)
    enter(table, live.url, known["table", 2])
    enter(wall, live.url, known["wall", None])
    table.evaluate("navigator.serviceWorker.ready.then(() => true)")
    table.reload()
    assert table.evaluate("navigator.serviceWorker.controller !== null")

    table.context.set_offline(True)
    for text in ("First, without a network.", "Second, the same."):
        table.fill("#note-text", text)
        table.click("#note-form button")
        shows(table, "#kept-list", text)
    assert table.locator("#kept-list").inner_text().count("Saved here, not sent") == 2
    # Loaded again, the screen is still there, and so are the notes.
    table.reload()
    expect(table.locator("#kept-list li")).to_have_count(2)
    assert "Arrival, check-in and access" in table.inner_text("h1")
    clock.turn(minutes=25)
    run(running.advance, jury["lead"], first, 1)
    shows(wall, "h1", "promise")

    table.context.set_offline(False)
    expect(table.locator("#kept-list li")).to_have_count(0, timeout=15_000)
    with live.site.database.reading() as session:
        found = notes.table_notes(session, first, 2)
        assert [one.text for one in found] == ["Second, the same.", "First, without a network."]
        for one in found:
            late = one.note.received_at - one.note.written_at
            assert timedelta(minutes=24) < late < timedelta(minutes=27), "their own times"
    shows(table, "h1", "promise", 15_000)
    shows(table, "#part-notes", "First, without a network.")


def test_screens_follow_each_step_within_a_second(
    live: Any, new_page: Callable[..., Any], jury: dict[str, Any]
) -> None:
    run, first = live.site.work.run, jury["sessions"][0]
    run(running.start, jury["lead"], first, 0)
    known = codes(live.site, jury)
    pages = [new_page(live) for _ in range(3)]
    for page, key in zip(pages, (("wall", None), ("table", 1), ("observer", None)), strict=True):
        enter(page, live.url, known[key])
    pages[1].fill("#note-text", "Half a thought")
    run(services.make_passes, jury["lead"], jury["id"])
    run(running.advance, jury["lead"], first, 1)
    for page in pages:
        shows(page, "h1", "promise")
    assert pages[1].input_value("#note-text") == "Half a thought", "what one types stays"


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("cy", "dark")])
def test_the_screens_are_accessible(
    live: Any, new_page: Callable[..., Any], axe: Any, jury: dict[str, Any], language: str,
    theme: str,
) -> None:
    run, first = live.site.work.run, jury["sessions"][0]
    run(running.start, jury["lead"], first, 0)
    run(running.broadcast, jury["lead"], first, "Lunch is in the garden.", "en")
    run(running.whisper, jury["lead"], first, "In other words: soon.", "en")
    run(running.ask_help, jury["lead"], first, 3, True)
    known = codes(live.site, jury)
    juror = next(key for key in known if key[0] == "juror")
    for key in (("wall", None), ("table", 1), juror, ("whisperer", None)):
        page = new_page(live, width=360, language=language, theme=theme)
        enter(page, live.url, known[key])
        axe(page)


def test_the_tech_stewards_screen_notices_a_cut_link_by_itself(
    live: Any, new_page: Callable[..., Any], axe: Any, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, first = live.site.work.run, jury["sessions"][0]
    known = codes(live.site, jury)
    which = next(key for key in known if key[0] == "juror")
    run(running.start, jury["lead"], first, 0)
    run(set_elsewhere, jury["lead"], first, which[1], True)
    phone, steward = new_page(live, width=360), new_page(live, width=360, language="cy")
    enter(phone, live.url, known[which])
    steward.clock.install()
    enter(steward, live.url, known["steward", None])
    shows(steward, "#part-links .tag", "Wedi cysylltu")
    axe(steward)
    phone.context.set_offline(True)
    clock.turn(seconds=80)
    # Nobody does anything: the screen asks anew after twenty seconds of its own clock.
    steward.clock.fast_forward(21_000)
    shows(steward, "#part-links .tag", "Wedi’i dorri")
    phone.context.set_offline(False)
    phone.reload()
    shows(steward, "#part-links .tag", "Wedi cysylltu")
