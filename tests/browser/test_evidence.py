"""The pages of what a jury hears, in Chromium, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deliberation.claims import services as claims
from deliberation.evidence import asking, services
from pb.core import security
from tests.deliberation.test_claims import claim, the_table, weigh
from tests.deliberation.test_evidence import OFFICE, PUBLIC, heard
from tests.deliberation.test_questions import ask, sitting, witness_code
from tests.deliberation.test_room import codes, jury
from tests.support import build

__all__ = ["heard", "jury", "sitting"]
pytestmark = pytest.mark.chromium


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("cy", "dark")])
def test_the_pages_of_the_evidence_are_sound(
    live: Any, new_page: Callable[..., Any], axe: Callable[[Any], None], heard: dict[str, Any],
    language: str, theme: str, tmp_path: Path,
) -> None:
    run, lead = live.site.work.run, heard["lead"]
    run(services.hear, lead, heard["items"][1], "recorded", 10,
        {"en": "A film.", "cy": "Ffilm."})
    run(services.withdraw, lead, heard["items"][3], "It was of another town.")
    page = new_page(live, width=360, language=language, theme=theme)
    token = build.do(live.site, lambda work: security.open_session(
        work, None, person_id=lead.person_id))
    page.context.add_cookies([{"name": "session", "value": token, "url": live.url}])
    for place, path in enumerate((PUBLIC, f"{OFFICE}/evidence", f"{OFFICE}/evidence/1",
                                  f"{OFFICE}/sessions/1")):
        page.goto(f"{live.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.screenshot(path=str(tmp_path / f"{place}.png"), full_page=True)
        axe(page)


def test_the_pages_of_the_questions_are_sound(
    live: Any, new_page: Callable[..., Any], axe: Callable[[Any], None], sitting: dict[str, Any],
    tmp_path: Path,
) -> None:
    site, run, lead = live.site, live.site.work.run, sitting["lead"]
    run(asking.open_choice, lead, sitting["first"])
    for number in range(7):
        ask(site, sitting, number, f"Question {number}?")
    page = new_page(live, width=360, language="cy", theme="dark")
    for place, code in enumerate((codes(site, sitting)["juror", sitting["people"][0]],
                                  witness_code(site, sitting, "Dewi"))):
        page.goto(f"{live.url}/room")
        page.fill("#code", code)
        page.click("main button.btn")
        page.wait_for_url("**/room/screen")
        axe(page)
        page.goto(f"{live.url}/room/questions")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.screenshot(path=str(tmp_path / f"{place}.png"), full_page=True)
        axe(page)
        if not place:
            run(asking.close_choice, lead, sitting["first"], [{"7"}] * 4)
            run(asking.send, lead, sitting["id"], date(2027, 6, 1))
    token = build.do(site, lambda work: security.open_session(
        work, None, person_id=lead.person_id))
    page.context.add_cookies([{"name": "session", "value": token, "url": live.url}])
    page.goto(f"{live.url}{OFFICE}/questions")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.screenshot(path=str(tmp_path / "office.png"), full_page=True)
    axe(page)


def test_the_pages_of_the_claims_are_sound(
    live: Any, new_page: Callable[..., Any], axe: Callable[[Any], None], sitting: dict[str, Any],
    tmp_path: Path,
) -> None:
    site, run, lead, first = live.site, live.site.work.run, sitting["lead"], sitting["first"]
    for text in ("Fires cost 60,000.", "It will rain."):
        claim(site, sitting, text)
    for name in ("Safe", "Fair", "Cheap", "Lasting", "Wanted"):
        run(claims.name_criterion, lead, sitting["id"], {"en": name, "cy": f"{name}, Cymraeg"})
    run(claims.open_rating, the_table(sitting), first, 1, 3)
    run(claims.open_claims, lead, first)
    page = new_page(live, width=360, language="cy", theme="dark")

    def sound(path: str, name: str) -> None:
        page.goto(f"{live.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.screenshot(path=str(tmp_path / f"{name}.png"), full_page=True)
        axe(page)

    known = codes(site, sitting)
    for key in (("juror", sitting["people"][0]), ("table", 1)):
        page.goto(f"{live.url}/room")
        page.fill("#code", known[key])
        page.click("main button.btn")
        page.wait_for_url("**/room/screen")
        sound("/room/claims", key[0])
    weigh(site, sitting, 0, 1, "reliable", important="yes")
    run(claims.close_claims, lead, first)
    token = build.do(site, lambda work: security.open_session(
        work, None, person_id=lead.person_id))
    page.context.add_cookies([{"name": "session", "value": token, "url": live.url}])
    sound(f"{OFFICE}/claims", "office")
    sound("/processes/shared-budget/jury/claims", "public")
