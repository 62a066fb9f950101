"""One session in four browsers: the facilitator's screen by keyboard alone, a table that is without
network for 25 minutes, a juror's phone, and the wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from deliberation.notes import queries as notes
from deliberation.sessions import services
from pb.core import security
from tests.browser.test_room import enter
from tests.deliberation.test_room import OFFICE, codes, jury, room
from tests.support import build
from tests.support.clock import TurnableClock

__all__ = ["jury"]
pytestmark = pytest.mark.chromium

LONG = 15_000
"""Milliseconds that a state may take to come, on a slow machine; nothing is asserted before."""


FOCUSED = """() => {
  const one = document.activeElement;
  return /^(A|BUTTON|SUMMARY)$/.test(one.tagName) ? one.textContent.replace(/\\s+/g, " ") : "";
}"""


class Keyboard:
    """The facilitator's hands: no mouse."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def to(self, words: str) -> None:
        """Go on by Tab until what is in focus says this."""
        for _ in range(250):
            if words in self.page.evaluate(FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to “{words}”")

    def press(self, words: str) -> None:
        expect(self.page.get_by_role("button", name=words).first).to_be_attached(timeout=LONG)
        self.to(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def open(self, words: str) -> None:
        self.to(words)
        self.page.keyboard.press("Enter")

    def write(self, label: str, words: str) -> None:
        field = self.page.get_by_label(label).first
        for _ in range(250):
            if field.evaluate("one => one === document.activeElement"):
                self.page.keyboard.insert_text(words)
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to the field “{label}”")

    def choose(self, label: str, value: str) -> None:
        self.write(label, "")
        self.page.get_by_label(label).first.select_option(value)


def part(page: Any) -> Any:
    return page.locator("#part-now")


def test_one_session_in_four_browsers_one_of_them_offline(
    live: Any, new_page: Callable[..., Any], jury: dict[str, Any], clock: TurnableClock
) -> None:
    clock.now = datetime.now(UTC)
    first, site = jury["sessions"][0], live.site
    person = room(site, jury).jury.jurors[0]
    site.work.run(services.move_seat, jury["lead"], first, person.id, 2, False)
    known = codes(site, jury)
    console, table = new_page(live, width=1200), new_page(live, width=360)
    phone, wall = new_page(live, width=390), new_page(live, width=1600)
    token = build.do(site, lambda work: security.open_session(
        work, None, person_id=jury["lead"].person_id))
    console.context.add_cookies([{"name": "session", "value": token, "url": live.url}])
    console.goto(f"{live.url}{OFFICE}/sessions/1")
    table.clock.install()
    for page, key in ((table, ("table", 2)), (phone, ("juror", person.id)), (wall, ("wall", None))):
        enter(page, live.url, known[key])
    keys = Keyboard(console)

    # Everybody is there; the session begins, and a juror is noted at the door.
    keys.press("Begin the session")
    for page in (console, table, phone, wall):
        expect(part(page)).to_contain_text("Arrival, check-in and access", timeout=LONG)
    keys.open("Who is here, table 2")
    keys.press("Is here Person 1")
    expect(console.locator("#part-tables")).to_contain_text("1 of 1", timeout=LONG)
    expect(table.locator("#part-people")).not_to_contain_text("not here", timeout=LONG)

    # The table's network goes. It writes on; its clock runs on.
    table.evaluate("navigator.serviceWorker.ready.then(() => true)")
    table.reload()
    table.wait_for_function("navigator.serviceWorker.controller !== null")
    table.context.set_offline(True)
    table.clock.fast_forward("03:00")
    table.fill("#note-text", "Three minutes without a network.")
    table.click("#note-form button")
    expect(table.locator("#kept-list li")).to_have_count(1, timeout=LONG)

    # Meanwhile the session goes on, on all other screens.
    clock.turn(minutes=10)
    keys.press("5 minutes more")
    keys.press("Go on to it")
    for page in (console, phone, wall):
        expect(part(page)).to_contain_text("The question, the promise and the charter",
                                           timeout=LONG)
    phone.get_by_role("button", name="I accept the charter").click()
    expect(phone.locator("main")).to_contain_text("You accepted it", timeout=LONG)
    keys.write("Say on every screen", "Coffee is in the garden.")
    keys.press("Show it on every screen")
    for page in (phone, wall):
        expect(page.locator("main")).to_contain_text("Coffee is in the garden.", timeout=LONG)

    # A private vote: the juror answers on the phone, nobody sees more than that it is in.
    console.goto(f"{live.url}{OFFICE}/sessions/1/votes")
    keys.choose("How the jury votes", "comfort")
    keys.write("What is voted on", "More benches")
    keys.press("Open the vote")
    phone.get_by_label("Can live with it").check(timeout=LONG)
    phone.get_by_role("button", name="Vote", exact=True).click()
    expect(phone.locator("#part-vote")).to_contain_text("Your vote is in", timeout=LONG)
    expect(wall.locator("main")).to_contain_text("1 vote is in.", timeout=LONG)
    assert "Carried" not in wall.inner_text("main")

    # At the table nothing of it is known, and nothing is lost, not even by loading it anew.
    table.clock.fast_forward("17:00")
    table.fill("#note-text", "Twenty minutes without a network.")
    table.click("#note-form button")
    expect(table.locator("#kept-list li")).to_have_count(2, timeout=LONG)
    table.reload()
    expect(table.locator("#kept-list li")).to_have_count(2, timeout=LONG)
    expect(table.locator("#kept-list")).to_contain_text("Saved here, not sent")
    expect(part(table)).to_contain_text("Arrival, check-in and access")
    table.clock.fast_forward("05:00")
    clock.turn(minutes=15)

    # The vote is closed; its result is on every screen that has a network.
    keys.press("Close the vote")
    expect(console.locator("main")).to_contain_text("Carried", timeout=LONG)
    expect(phone.locator("#part-vote")).to_contain_text("1 of 1 jurors; 1 were needed.",
                                                        timeout=LONG)

    # The network is back: each note is there once, in its own time, and the table sees what is.
    table.context.set_offline(False)
    expect(table.locator("#kept-list li")).to_have_count(0, timeout=2 * LONG)
    expect(part(table)).to_contain_text("The question, the promise and the charter",
                                        timeout=2 * LONG)
    expect(table.locator("#part-notes")).to_contain_text("Three minutes", timeout=LONG)
    with site.database.reading() as session:
        found = notes.table_notes(session, first, 2)
        assert [one.text for one in found] == [
            "Twenty minutes without a network.", "Three minutes without a network."]
        later, sooner = (one.note.written_at for one in found)
        assert timedelta(minutes=16) < later - sooner < timedelta(minutes=19)
        items = room(site, jury).session.items
        assert [one.note.item_id for one in found] == [items[1].id, items[0].id]

    # The facilitator puts one of them on the wall.
    console.goto(f"{live.url}{OFFICE}/sessions/1")
    keys.press("On the wall Twenty minutes")
    expect(wall.locator("main")).to_contain_text("Twenty minutes without a network.", timeout=LONG)
