"""Two officers from the queue to the ballot, and an author who is told of a refusal first: by
keyboard alone, without script, in both languages; and every page checked for accessibility."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pb.core.site import Site
from pb.valuations import services
from pb.valuations.values import Score
from tests.browser.test_office import fill, press, sign_in, tab_to
from tests.pb.valuations.made import NO, a_proposal, findings
from tests.support import build
from tests.support.app import mails, run_jobs
from tests.support.pages import JOURNEYS, Journey

pytestmark = pytest.mark.chromium
OFFICE = "/office/processes/shared-budget"
PUBLIC = "/processes/shared-budget"


def choose(page: Any, name: str, value: int) -> None:
    """Tick one of several with the keyboard: to the group by Tab, along it by the arrows."""
    tab_to(page, f"#{name}-0")
    page.keyboard.press("Space")
    for _ in range(value):
        page.keyboard.press("ArrowDown")
    assert page.locator(f"#{name}-{value}").is_checked()


def sent(page: Any, doing: str) -> None:
    """Press the button of the form that does this."""
    press(page, f"form:has(input[name=do][value={doing}]) button:last-of-type")


@pytest.mark.parametrize(*JOURNEYS)
def test_two_officers_from_the_queue_to_the_ballot(
    live: Any, new_page: Any, script: bool, language: str
) -> None:
    site: Site = live.site
    build.a_process(site, phase="assessment", projects=0)
    build.a_person(site, "Olwen", "valuer", "shared-budget", language)
    build.a_person(site, "Gethin", "deputy", "shared-budget", language)
    a_proposal(site, 1, 1, build.a_person(site, "Mair", language=language), language=language)
    first = new_page(live, width=390, script=script, language=language)
    sign_in(live, first, "olwen@example.com")
    journey = Journey(f"Two officers from the office to the ballot, {language}, script {script}")
    journey.follow(first)
    press(first, f"main a[href='{OFFICE}']")
    press(first, f"nav.office-menu a[href='{OFFICE}/assessment']")
    press(first, f"main a[href='{OFFICE}/assessment/1']")
    press(first, "button[name=take]")
    choose(first, "kind", 0)
    fill(first, impact="5", effort="2")
    sent(first, "score")
    choose(first, "feasibility", 0)
    fill(first, cost_0_en="Oak", cost_0_cy="Derw", amount_0="1,500",
         reason_en="We can do it this year.", reason_cy="Gallwn ei wneud eleni.")
    sent(first, "save")
    assert first.locator(".readable").count() == 0  # five words have no measure

    second = new_page(live, width=1200, script=script, language=language)
    sign_in(live, second, "gethin@example.com")
    journey.follow(second)
    second.goto(f"{live.url}{OFFICE}/assessment/1")
    choose(second, "kind", 0)
    fill(second, impact="6", effort="2")
    sent(second, "score")
    press(second, f"main a[href='{OFFICE}/assessment/1/decide']")
    assert "£1,500" in second.inner_text("main")
    choose(second, "outcome", 0)
    sent(second, "decide")
    second.wait_for_url(f"**{OFFICE}/assessment/1")
    journey.at_most(12)

    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    anyone = new_page(live, width=320, script=script, language=language)
    anyone.goto(f"{live.url}{PUBLIC}/projects/1")
    assert "Bench 1" in anyone.inner_text("h1") and "£1,500" in anyone.inner_text("main")
    reason = {"en": "We can do it this year.", "cy": "Gallwn ei wneud eleni."}[language]
    assert reason in anyone.inner_text("main")
    press(anyone, f"main a[href='{PUBLIC}/ideas/1/decision']")
    text = anyone.inner_text("main")
    assert "Gethin" in text and reason in text


@pytest.mark.parametrize("language", ["en", "cy"])
def test_an_author_is_told_first_and_answers(live: Any, new_page: Any, language: str) -> None:
    site: Site = live.site
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair", language=language)
    one = a_proposal(site, 1, 1, author, language=language)
    olwen = build.actor(site, build.a_person(site, "Olwen", "valuer", "shared-budget", language))
    build.do(site, services.save, 1, one, 0, findings(feasibility="no", costs=(), reason=NO),
             actor=olwen)
    build.do(site, services.decide, 1, one, 1, "refuse", actor=olwen)
    run_jobs(site)
    text = mails(site)[-1].get_body(("plain",)).get_content()
    link = re.search(r"http://\S+/ideas/1/decision", text)
    assert link
    page = new_page(live, width=390, script=False, language=language)
    sign_in(live, page, "mair@example.com")
    page.goto(link[0])
    assert NO[language] in page.inner_text("main")
    fill(page, answer="We own it since 1998.")
    press(page, "#page-form button.btn")
    assert page.inner_text("[role=status] .notice")

    officer = new_page(live, width=390, script=False, language=language)
    sign_in(live, officer, "olwen@example.com")
    officer.goto(f"{live.url}{OFFICE}/assessment?show=answered")
    press(officer, f"main a[href='{OFFICE}/assessment/1']")
    assert "We own it since 1998." in officer.inner_text("main")
    press(officer, f"main a[href='{OFFICE}/assessment/1/decide']")
    sent(officer, "uphold")
    anyone = new_page(live, width=320, script=False, language=language)
    anyone.goto(f"{live.url}{PUBLIC}/assessment")
    shown = anyone.inner_text("main")
    assert NO[language] in shown and "We own it since 1998." in shown and "Olwen" in shown


PAGES = (
    f"{OFFICE}/assessment", f"{OFFICE}/assessment?show=mine", f"{OFFICE}/assessment/1",
    f"{OFFICE}/assessment/2", f"{OFFICE}/assessment/3", f"{OFFICE}/assessment/1/decide",
    f"{OFFICE}/assessment/2/decide", f"{OFFICE}/triage", f"{PUBLIC}/assessment",
    f"{PUBLIC}/ideas/1/decision", f"{PUBLIC}/ideas/2/decision", f"{PUBLIC}/ideas/2", "/glossary",
    "/help",
)


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1200), ("en", "dark", 320), ("cy", "light", 320), ("cy", "dark", 1200)],
)
def test_every_page_of_the_assessment_is_accessible_and_fits(
    live: Any, new_page: Any, axe: Any, language: str, theme: str, width: int
) -> None:
    site: Site = live.site
    build.a_process(site, phase="assessment", projects=0)
    people = [
        build.actor(site, build.a_person(site, name, "valuer", "shared-budget"))
        for name in ("Olwen", "Gethin")
    ]
    ids = [a_proposal(site, 1, number) for number in (1, 2, 3)]
    for actor, impact in zip(people, (6, 2), strict=True):
        for one in ids:
            build.do(site, services.score, 1, one, Score("simple", impact, 3), actor=actor)
    hard = {"en": " ".join(["Notwithstanding considerable organisational uncertainties"] * 12),
            "cy": " ".join(["Gwrthwynebiadau cyfansoddiadol annisgwyliadwy"] * 12)}
    build.do(site, services.save, 1, ids[0], 0, findings(reason=hard), actor=people[0])
    build.do(site, services.save, 1, ids[1], 0, findings(), actor=people[0])
    build.do(site, services.decide, 1, ids[1], 1, "pass", actor=people[0])
    build.do(site, services.add_note, 1, ids[1], "Ask about the drains.", actor=people[0])
    page = new_page(live, width=width, language=language, theme=theme)
    sign_in(live, page, "olwen@example.com")
    for path in PAGES:
        page.goto(live.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        axe(page)
    page.goto(f"{live.url}{PUBLIC}/assessment")
    page.locator("details.words summary").click()
    axe(page)
    # The officer is warned of what is hard to read.
    page.goto(f"{live.url}{OFFICE}/assessment/1")
    assert page.locator(".readable-hard").count() == 2
    # Somebody else saves in between: the page says who and what, and keeps what was typed.
    page.fill("#cost_0_en", "Elm")
    build.do(site, services.save, 1, ids[0], 1, findings(reason=NO), actor=people[1])
    page.locator("form:has(input[name=do][value=save]) button").last.click()
    page.locator(".state-stop").wait_for()
    assert "Gethin" in page.inner_text(".state-stop")
    assert page.input_value("#cost_0_en") == "Elm"
    axe(page)
    page.fill("#amount_0", "lots")
    page.locator("form:has(input[name=do][value=save]) button").last.click()
    page.locator("#errors").wait_for()
    axe(page)
