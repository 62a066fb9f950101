"""An official from the sign-in link to a published process, by keyboard alone and without script;
and every office page checked for accessibility in both languages and colours."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pb.core.site import Site
from pb.processes import services as processes
from pb.processes.models import Process
from pb.processes.values import PhaseValue
from tests.support import build
from tests.support.app import mails, run_jobs
from tests.support.pages import has_focus

pytestmark = pytest.mark.chromium


def tab_to(page: Any, selector: str) -> None:
    target = page.locator(selector)
    for _ in range(300):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab on {page.url}")


def press(page: Any, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill(page: Any, **fields: str) -> None:
    for name, text in fields.items():
        tab_to(page, f"#{name}")
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(text)


def set_moment(page: Any, name: str, text: str) -> None:
    """Type a date and time part by part, in the order in which this Chromium shows the parts."""
    tab_to(page, f"#{name}")
    year, month, day, hour, minute = re.split(r"[-T:]", text)
    twelve = f"{(int(hour) - 1) % 12 + 1:02d}{minute}" + ("AM" if int(hour) < 12 else "PM")
    for date, clock in ((month + day, twelve), (day + month, hour + minute)):
        page.keyboard.type(date + year)
        page.keyboard.press("ArrowRight")
        page.keyboard.type(clock)
        if page.input_value(f"#{name}") == text:
            return
        for _ in range(6):
            page.keyboard.press("ArrowLeft")
    raise AssertionError(f"{text} cannot be typed: {page.input_value(f'#{name}')!r}")


def sign_in(live: Any, page: Any, email: str) -> None:
    page.goto(f"{live.url}/sign-in?next=/office")
    fill(page, email=email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/sent")
    run_jobs(live.site)
    text = mails(live.site)[-1].get_body(("plain",)).get_content()
    link = re.search(r"http://\S+/sign-in/link/\S+", text)
    assert link
    page.goto(link[0])
    press(page, "#page-form button.btn")
    page.wait_for_url("**/office")


def test_an_official_publishes_a_process_by_keyboard_alone(live: Any, new_page: Any) -> None:
    site: Site = live.site
    build.a_person(site, "Olwen", "administrator")
    build.a_person(site, "Gethin", "administrator")
    page = new_page(live, width=1200, script=False)
    sign_in(live, page, "olwen@example.com")
    press(page, "a[href='/office/new']")
    fill(page, name_en="Shared budget", name_cy="Cyllideb ar y cyd", lead_en="Money for us.",
         lead_cy="Arian i ni.")
    press(page, "#page-form p.cluster button.btn")
    page.wait_for_url("**/begin/money")  # the wizard, which has a test of its own
    page.goto(f"{live.url}/office/processes/shared-budget")
    menu = "nav.office-menu a[href$='/shared-budget/{}']"

    press(page, menu.format("texts"))
    fill(page, purpose_en="A purse.", purpose_cy="Pwrs.")
    press(page, "#page-form button.btn")

    press(page, menu.format("areas"))
    press(page, "main a[href$='/areas/new']")
    fill(page, name_en="The Quay", name_cy="Y Cei", budget="£45,000")
    press(page, "#page-form button.btn")

    press(page, menu.format("rule"))
    fill(page, reason_en="It is simple.", reason_cy="Mae’n syml.")
    press(page, "#page-form button.btn")

    press(page, menu.format("dates"))
    set_moment(page, "voting_opens_at", "2027-06-01T08:00")
    set_moment(page, "voting_closes_at", "2027-06-14T20:00")
    press(page, "#page-form button.btn")

    press(page, menu.format("projects"))
    press(page, "main a[href$='/projects/new']")
    tab_to(page, "#area")
    page.keyboard.type("The Q")
    fill(page, title_en="Benches", title_cy="Meinciau", summary_en="Two.", summary_cy="Dwy.",
         cost_0_en="Oak", cost_0_cy="Derw", amount_0="50,000")
    press(page, "#page-form button.btn")
    assert "The costs together are more than the area’s budget." in page.inner_text("#errors")
    fill(page, amount_0="4,500")
    press(page, "#page-form button.btn")
    page.wait_for_url("**/projects#project-1")

    press(page, menu.format("").replace("/']", "']"))
    assert "without a promise to reply by a date" in page.inner_text("main")

    def promise(work: Any) -> None:  # on the page of steps, which has its own journey
        for phase in work.session.query(Process).one().phases:
            phase.reply_by = phase.closes_at

    build.do(live.site, promise)
    page.reload()
    assert "Nothing is missing." in page.inner_text("main")
    press(page, "#page-form button.btn")
    assert "Asked." in page.inner_text("[role=status]")

    second = new_page(live, width=360, script=False)
    sign_in(live, second, "gethin@example.com")
    press(second, "main a.btn[href='/office/acts/1']")
    press(second, "button[name=confirm]")
    assert "Confirmed and done." in second.inner_text("[role=status]")

    anyone = new_page(live, width=360, script=False, language="cy")
    anyone.goto(f"{live.url}/processes/shared-budget")
    assert anyone.inner_text("h1") == "Cyllideb ar y cyd"
    anyone.goto(f"{live.url}/processes/shared-budget/projects/1")
    assert "£4,500" in anyone.inner_text("main")


PAGES = (
    "/archive", "/processes/shared-budget", "/processes/shared-budget/notices",
    "/office", "/office/council", "/office/new", "/office/log", "/office/acts/1",
    *(f"/office/processes/shared-budget{rest}" for rest in (
        "", "/texts", "/rule", "/areas", "/areas/1", "/dates", "/steps", "/steps/1", "/life",
        "/people", "/projects",
        "/projects/1", "/projects/new",
    )),
)


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1200), ("en", "dark", 320), ("cy", "light", 320), ("cy", "dark", 1200)],
)
def test_every_office_page_is_accessible_and_fits(
    live: Any, new_page: Any, axe: Any, language: str, theme: str, width: int
) -> None:
    site: Site = live.site
    build.a_process(site, phase="assessment", projects=3)
    lead = build.actor(site, build.a_person(site, "Olwen", "lead_official", "shared-budget"))
    phases = [PhaseValue("voting", build.WHEN["voting"], build.WHEN["results"])]
    build.do(site, processes.ask_dates, 1, phases, "The letters are late.", actor=lead)
    page = new_page(live, width=width, language=language, theme=theme)
    build.a_person(site, "Mair", "administrator")
    sign_in(live, page, "mair@example.com")
    for path in PAGES:
        page.goto(live.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        axe(page)
    # A page with errors too: the summary has the focus and leads to the field.
    page.goto(f"{live.url}/office/processes/shared-budget/projects/1")
    page.fill("#amount_0", "lots")
    page.locator("#page-form button.btn").last.click()
    page.locator("#errors").wait_for()
    has_focus(page, "errors")
    axe(page)
    page.locator("#errors a").first.click()
    has_focus(page, "amount_0")
