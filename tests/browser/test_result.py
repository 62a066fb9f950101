"""A result in Chromium: axe in both languages and colours, narrow and wide, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pb.core import security
from pb.office.services import confirm_act
from pb.results import services
from tests.browser.conftest import Live
from tests.support.app import run_jobs
from tests.support.build import a_person, a_process, actor, do
from tests.support.results import approvals, cast, rankings

pytestmark = pytest.mark.chromium
BASE = "/processes/shared-budget/result"
LOOKS = [(320, "light", "en"), (320, "dark", "cy"), (1200, "dark", "en"), (1200, "light", "cy")]


def a_budget(live: Live) -> int:
    process_id = a_process(live.site, phase="count", projects=9)
    cast(live.site, process_id, *approvals(*["1 2 3"] * 40, *["1 4 6"] * 21, *["5 9"] * 7, "8", ""))
    return process_id


def an_election(live: Live) -> int:
    process_id = a_process(live.site, phase="count", kind="ranked", method="scottish-stv",
                           areas=(), projects=5, seats=2)
    cast(live.site, process_id, *rankings(*["1 2"] * 9, *["2 1 3"] * 4, *["3 4"] * 3, "4 3", "5 2"))
    return process_id


def publish(live: Live, process_id: int) -> None:
    """By two officials, as provisional, with one objection answered and one open."""
    lead = actor(live.site, a_person(live.site, "Lead", "lead_official", "shared-budget"))
    deputy = actor(live.site, a_person(live.site, "Deputy", "deputy", "shared-budget"))
    count_id = do(live.site, services.ask_count, process_id, actor=lead)
    run_jobs(live.site)
    until = live.site.clock() + timedelta(days=7)
    act = do(live.site, services.ask_publish, process_id, count_id, until, actor=lead)
    do(live.site, confirm_act, process_id, act, actor=deputy)
    for text in ("The hall was shut.", "I was on holiday."):
        objection = do(
            live.site, services.object_to, process_id, "Ann", "ann@example.org", "en", text
        )
    do(live.site, services.answer_objection, process_id, objection, "It was open.", "en", False,
       actor=lead)


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
@pytest.mark.parametrize("kind", [a_budget, an_election])
def test_axe_finds_nothing_on_any_page_of_a_result(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None],
    kind: Callable[[Live], int], width: int, theme: str, language: str,
) -> None:
    publish(live, kind(live))
    page = new_page(live, width=width, theme=theme, language=language)
    for path in ("", "/stages", "/projects", "/projects/1", "/projects/8", "/object"):
        if path == "/projects/8" and kind is an_election:
            continue
        page.goto(live.url + BASE + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} wide"


def test_the_page_before_a_result_and_an_objection_with_faults(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    process_id = a_budget(live)
    page = new_page(live, width=320)
    page.goto(live.url + BASE)
    axe(page)
    publish(live, process_id)
    page.goto(f"{live.url}{BASE}/object")
    page.get_by_label("Your email address").fill("nowhere")
    page.get_by_role("button", name="Send the objection").click()
    page.wait_for_load_state()
    assert page.locator("#errors").is_visible()
    axe(page)


@pytest.mark.parametrize(("width", "theme"), [(320, "dark"), (1200, "light")])
def test_the_officials_count_from_the_office_to_publication(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None], width: int, theme: str
) -> None:
    """Run, watch, look, ask; without script, since the page renews itself."""
    a_budget(live)
    lead = a_person(live.site, "Lead", "lead_official", "shared-budget")
    token = do(live.site, lambda work: security.open_session(work, None, person_id=lead))
    page = new_page(live, width=width, theme=theme)
    page.context.add_cookies([{"name": "session", "value": token, "url": live.url}])
    page.goto(f"{live.url}/office/processes/shared-budget/count")
    axe(page)
    page.get_by_role("button", name="Run the count").click()
    assert page.get_by_text("The count is running").is_visible()
    run_jobs(live.site)
    page.reload()
    axe(page)
    page.get_by_role("link", name="Open the private preview").click()
    assert page.get_by_text("Only officials see this page.").is_visible()
    axe(page)
    page.get_by_role("link", name="The count, step by step").click()
    axe(page)
    page.goto(f"{live.url}/office/processes/shared-budget/count")
    page.get_by_role("button", name="Ask a second official to publish it").click()
    assert page.get_by_role("link", name="Publish the result").is_visible()
    axe(page)


def test_without_script_an_objection_is_sent_by_keyboard(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    publish(live, a_budget(live))
    page = new_page(live, script=False, width=320)
    page.goto(live.url + BASE)
    page.get_by_role("link", name="Object to this result").press("Enter")
    page.get_by_label("What is wrong with this result?").fill("A box was left out.")
    page.get_by_label("Your name").fill("Bea")
    page.get_by_label("Your email address").fill("bea@example.org")
    page.get_by_label("Your email address").press("Enter")
    assert page.get_by_role("heading", name="Your objection is in", level=1).is_visible()


def test_on_paper_the_tables_stand_open(live: Live, new_page: Callable[..., Any]) -> None:
    publish(live, a_budget(live))
    page = new_page(live, width=800)
    page.goto(live.url + BASE)
    table = page.get_by_role("table", name="Money by area")
    assert not table.is_visible()
    page.emulate_media(media="print")
    assert page.locator("details.twin table").first.is_visible()
    hidden = page.locator("details.twin table").evaluate_all(
        "tables => tables.filter(one => one.getBoundingClientRect().height < 10).length"
    )
    assert hidden == 0
