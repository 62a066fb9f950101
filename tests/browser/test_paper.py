"""Paper, drafts and complaints in Chromium: a photo kept without a network, and pages that all can
use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from deliberation.notes import queries as notes
from deliberation.sessions import running
from tests.browser.test_moderation_journey import sign_in
from tests.browser.test_room import enter, shows
from tests.deliberation.test_drafts import write as write_draft
from tests.deliberation.test_paper import a_photo
from tests.deliberation.test_room import OFFICE, codes, jury
from tests.support.clock import TurnableClock

__all__ = ["jury"]
pytestmark = pytest.mark.chromium


def test_a_photo_is_kept_without_a_network_and_arrives_once(
    live: Any, new_page: Callable[..., Any], jury: dict[str, Any], clock: TurnableClock
) -> None:
    clock.now = datetime.now(UTC)
    first = jury["sessions"][0]
    live.site.work.run(running.start, jury["lead"], first, 0)
    table = new_page(live, width=360)
    enter(table, live.url, codes(live.site, jury)["table", 2])
    table.evaluate("navigator.serviceWorker.ready.then(() => true)")
    table.context.set_offline(True)
    table.fill("#note-text", "Our drawing")
    table.click("#note-form summary")
    table.set_input_files("#note-photo", {"name": "a.jpg", "mimeType": "image/jpeg",
                                          "buffer": a_photo()})
    table.click("#note-form button")
    expect(table.locator("#note-alt")).to_be_focused()  # what it shows is asked for first
    table.fill("#note-alt", "A map with three fires")
    table.click("#note-form button")
    shows(table, "#kept-list", "with a photo: A map with three fires")
    table.context.set_offline(False)
    expect(table.locator("#kept-list li")).to_have_count(0, timeout=15_000)
    expect(table.get_by_alt_text("A map with three fires")).to_be_visible(timeout=15_000)
    with live.site.database.reading() as session:
        found = notes.table_notes(session, first, 2)
        assert [(one.text, one.note.photo_alt) for one in found] == [
            ("Our drawing", "A map with three fires")]
        assert live.site.storage.path(found[0].note.photo).exists()


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("cy", "light")])
def test_the_pages_are_accessible(
    live: Any, new_page: Callable[..., Any], axe: Any, jury: dict[str, Any], language: str,
    theme: str,
) -> None:
    live.site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    write_draft(live.site, jury, 1)
    known = codes(live.site, jury)
    juror = next(code for key, code in known.items() if key[0] == "juror")
    for code, paths in ((known["table", 2], ("/room/drafts", "/room/drafts/1")),
                        (juror, ("/room/wrong",))):
        page = new_page(live, width=360, language=language, theme=theme)
        enter(page, live.url, code)
        for path in paths:
            page.goto(live.url + path)
            axe(page)
    office = new_page(live, width=360, language=language, theme=theme)
    sign_in(live, office, jury["lead"].person_id)
    for path in ("sessions/1/pack", "sessions/1/paper", "drafts/1", "choice", "complaints"):
        office.goto(f"{live.url}{OFFICE}/{path}")
        axe(office)
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not office.evaluate(wide), path
