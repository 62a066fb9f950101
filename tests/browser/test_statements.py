"""The jury's pages about projects and its recommendations in Chromium, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deliberation.plain import services as words
from deliberation.recommendations import services as recommendations
from deliberation.statements import services
from pb.core import security
from tests.deliberation.test_recommendations import TEXT, views
from tests.deliberation.test_room import codes, jury, room
from tests.deliberation.test_statements import both, check, written
from tests.support import build
from tests.support.clock import TurnableClock

__all__ = ["jury", "written"]
pytestmark = pytest.mark.chromium
PROCESS = "/processes/shared-budget"


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("cy", "dark")])
def test_the_public_pages_are_sound(
    live: Any, new_page: Callable[..., Any], axe: Callable[[Any], None],
    written: dict[str, Any], clock: TurnableClock, language: str, theme: str, tmp_path: Path,
) -> None:
    run, lead = live.site.work.run, written["lead"]
    run(services.keep_process_line, lead, written["id"], both("Twenty-four residents met."))
    check(live.site, written)
    run(services.dispute_fact, lead, written["statement"], "opponent", "Ifan", "what", "No.")
    page = new_page(live, width=360, language=language, theme=theme)
    page.goto(f"{live.url}{PROCESS}/projects/3/statement")
    axe(page)
    reply = run(services.mark_error, written["official"], written["statement"], "what", "x", "y")
    for one in (reply - 1, reply):
        run(services.answer_reply, lead, written["statement"], one, "keep", both("We counted."))
    clock.now += timedelta(hours=48)
    run(services.lock, lead, written["statement"])
    run(recommendations.add, lead, written["id"], TEXT, None)
    one = views(live.site, written)[0].item.id
    run(recommendations.add_note, lead, one, both("We see it otherwise."), 3)
    run(recommendations.publish, lead, written["id"])
    run(recommendations.reply, written["official"], one, "part", both("Ten stops."), "Highways")
    for path in ("/projects/3", "/projects/3/statement", "/booklet", "/jury",
                 "/jury/recommendations"):
        page.goto(f"{live.url}{PROCESS}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.screenshot(path=str(tmp_path / f"{path.strip('/').replace('/', '-')}.png"),
                        full_page=True)
        axe(page)
    first = room(live.site, written).jury.jurors[0].id
    page.goto(f"{live.url}/room")
    page.fill("#code", codes(live.site, written)["juror", first])
    page.click("main button.btn")
    page.goto(f"{live.url}/room/recommendations")
    axe(page)
    # With the keyboard alone: a word of a statement is reached, flagged, and marked in its line.
    page.goto(f"{live.url}/room/statements/3")
    axe(page)
    word = page.locator("button.word").first
    said = word.inner_text()
    word.focus()
    page.keyboard.press("Enter")
    page.get_by_text({"en": "(flagged)", "cy": "(wedi’i nodi)"}[language]).first.wait_for()
    assert page.url.endswith("/room/statements/3")
    assert said not in page.locator("button.word").all_inner_texts()
    axe(page)


def test_the_offices_pages_are_sound(
    live: Any, new_page: Callable[..., Any], axe: Callable[[Any], None],
    written: dict[str, Any], tmp_path: Path,
) -> None:
    run, lead, one = live.site.work.run, written["lead"], written["statement"]
    check(live.site, written)
    run(words.raise_flag, lead, written["id"], "ramp", "slope", "en")
    run(services.dispute_fact, lead, one, "opponent", "Ifan", "what", "No.")
    run(recommendations.add, lead, written["id"], TEXT, None)
    page = new_page(live, width=360)
    token = build.do(live.site, lambda work: security.open_session(
        work, None, person_id=lead.person_id))
    page.context.add_cookies([{"name": "session", "value": token, "url": live.url}])
    for path in ("statements", "statements/3", "recommendations"):
        page.goto(f"{live.url}/office{PROCESS}/jury/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.screenshot(path=str(tmp_path / f"office-{path.replace('/', '-')}.png"),
                        full_page=True)
        axe(page)
