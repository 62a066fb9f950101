"""A second vote in Chromium: two officials make it on one page, a citizen votes in it with the
letter of the first, and both results are shown as one; axe reads every page of it on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from pb.core import security
from pb.core.work import Work
from tests.browser.conftest import Live
from tests.pb.office.test_second_votes import (
    CLOSES,
    FIRST,
    FORM,
    OPENS,
    PAGE,
    SECOND,
    WHY,
    Town,
)
from tests.support import build
from tests.support.app import run_jobs
from tests.support.clock import TurnableClock
from tests.support.pages import has_focus

pytestmark = pytest.mark.chromium
OFFICE = "/office/processes/shared-budget-second-vote"


def sign_in(live: Live, page: Any, person_id: int) -> None:
    def make(work: Work) -> str:
        return security.open_session(work, None, person_id=person_id)

    make.__module__ = __name__
    page.context.add_cookies(
        [{"name": "session", "value": build.do(live.site, make), "url": live.url}])


def look(page: Any, axe: Callable[[Any], None], width: int) -> None:
    """As axe reads it, and no wider than the screen."""
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_two_officials_make_it_a_citizen_votes_and_both_results_are_one(
    live: Live, clock: TurnableClock, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    town = Town(live.site, clock)
    assert "Your ballot is in" in town.vote(FIRST, town.codes[0], "1")
    town.result(1, build.WHEN["count"])

    lead = new_page(live, width=1200)
    sign_in(live, lead, town.lead)
    lead.goto(f"{live.url}/office/processes/shared-budget/life")
    lead.click("#second-vote a.btn")
    lead.wait_for_url(f"**{PAGE}")
    look(lead, axe, 1200)
    for box in lead.locator("input[name=projects]").all():
        box.set_checked(box.get_attribute("value") in FORM["projects"])
    lead.check("input[name=voters][value=same]")
    lead.check("input[name=money][value=all]")
    for name in ("opens_at", "closes_at"):
        lead.fill(f"#{name}", str(FORM[name]))
    lead.click("#page-form button.btn")
    has_focus(lead, "errors")  # nobody has said why
    look(lead, axe, 1200)
    assert lead.input_value("#opens_at") == FORM["opens_at"], "what was typed is still there"
    lead.fill("#why_en", WHY["en"])
    lead.fill("#why_cy", WHY["cy"])
    lead.click("#page-form button.btn")
    lead.wait_for_url(f"**{OFFICE}*")
    expect(lead.locator("main")).to_contain_text("The second vote is a draft.")
    look(lead, axe, 1200)
    lead.click("#page-form button.btn")
    expect(lead.locator("[role=status]")).to_contain_text("Asked.")

    deputy = new_page(live, width=360, theme="dark", language="cy")
    sign_in(live, deputy, town.deputy)
    deputy.goto(f"{live.url}{OFFICE}")
    look(deputy, axe, 360)
    deputy.goto(f"{live.url}/office")
    deputy.click("main a.btn[href^='/office/acts/']")
    look(deputy, axe, 360)
    deputy.click("button[name=confirm]")
    deputy.wait_for_url("**/office**")
    deputy.goto(f"{live.url}{PAGE}")
    expect(deputy.locator("main a[href='" + OFFICE + "']")).to_be_visible()
    look(deputy, axe, 360)  # it has a second vote already

    clock.now = OPENS + timedelta(hours=1)
    run_jobs(live.site)
    citizen = new_page(live, width=320, script=False, language="cy")
    citizen.goto(f"{live.url}{FIRST}")
    citizen.click(f"#timeline a[href^='{SECOND}']")
    citizen.wait_for_url(f"**{SECOND}")
    citizen.goto(f"{live.url}{SECOND}/vote")
    citizen.fill("#code", town.codes[0])
    citizen.keyboard.press("Enter")
    citizen.wait_for_url("**/ballot")
    offered = citizen.locator("input[name=choose]").evaluate_all("all => all.map(e => e.value)")
    assert set(offered) == {"1", "4"}, "only the chosen projects, under their numbers"
    citizen.check("input[name=choose][value='4']")
    citizen.click("button[name=check]")
    citizen.wait_for_url("**/check")
    citizen.click("button[name=cast]")
    citizen.wait_for_url("**/in")
    town.result(2, CLOSES + timedelta(hours=1))

    for width, language, theme, first, second in (
        (1200, "en", "light", "The first vote", "The second vote"),
        (360, "cy", "dark", "Y bleidlais gyntaf", "Yr ail bleidlais"),
    ):
        anybody = new_page(live, width=width, language=language, theme=theme)
        for path in (FIRST, SECOND, f"{FIRST}/notices"):
            anybody.goto(live.url + path)
            look(anybody, axe, width)
        anybody.goto(f"{live.url}{FIRST}/result")
        expect(anybody.locator("#votes")).to_contain_text(second)
        look(anybody, axe, width)
        anybody.click(f"#votes a[href='{SECOND}/result']")
        anybody.wait_for_url(f"**{SECOND}/result")
        expect(anybody.locator("#votes")).to_contain_text(first)
        look(anybody, axe, width)
