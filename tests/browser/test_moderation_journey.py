"""A moderator and a translator at work: by keyboard alone, without script, in both languages; and
their pages checked for accessibility in both themes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from pb.core import security
from pb.core.site import Site
from pb.core.work import NOBODY, Work
from pb.moderation import services
from pb.processes.models import Process
from pb.projects.models import Project
from pb.proposals.models import Proposal
from tests.browser.test_office import fill, press, tab_to
from tests.pb.moderation.a_post import an_idea
from tests.support import build
from tests.support.pages import JOURNEYS, Journey, has_focus

pytestmark = pytest.mark.chromium
OFFICE = "/office/processes/shared-budget"
PUBLIC = "/processes/shared-budget"


def sign_in(live: Any, page: Any, person_id: int) -> None:
    def make(work: Work) -> str:
        return security.open_session(work, None, person_id=person_id)

    page.context.add_cookies(
        [{"name": "session", "value": build.do(live.site, make), "url": live.url}]
    )


def choose(page: Any, name: str, value: str) -> None:
    """A radio by its arrow keys, as a keyboard does."""
    selector = f"input[name={name}]"
    first = page.locator(selector).first.get_attribute("id")
    checked = page.locator(f"{selector}:checked")
    tab_to(page, f"#{checked.get_attribute('id') if checked.count() else first}")
    page.keyboard.press("Space")
    for _ in range(10):
        if page.locator(f"{selector}:checked").get_attribute("value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} cannot be set to {value} by the arrows")


def hidden(site: Site) -> bool:
    with site.database.reading() as session:
        return session.scalars(select(Proposal.hidden_at)).first() is not None


@pytest.mark.parametrize(*JOURNEYS)
def test_from_a_report_to_an_answered_appeal(
    live: Any, new_page: Any, script: bool, language: str
) -> None:
    site: Site = live.site
    process = build.a_process(site, phase="ideas")
    author = build.a_person(site, "Nia", language=language)
    an_idea(site, process, author, wish="A bench. Only idiots are against it.", language=language)
    first = build.a_person(site, "Mair", "moderator", "shared-budget", language)
    second = build.a_person(site, "Gwyn", "moderator", "shared-budget", language)
    journey = Journey(f"A moderator from the office to the decision, {language}, script {script}")

    stranger = new_page(live, width=360, script=script, language=language)
    stranger.goto(f"{live.url}{PUBLIC}/report/proposal/1")
    choose(stranger, "code", "insult")
    press(stranger, "#page-form button.btn")
    assert hidden(site)

    moderator = new_page(live, width=1200, script=script, language=language)
    sign_in(live, moderator, first)
    journey.follow(moderator)
    moderator.goto(f"{live.url}{OFFICE}")
    press(moderator, "nav.office-menu a[href$='/reports']")
    press(moderator, "main .stage a")
    # First without an answer: the errors are said, and what was typed stays.
    fill(moderator, reason="The last sentence.")
    press(moderator, "#page-form button.btn")
    has_focus(moderator, "errors")
    assert moderator.input_value("#reason") == "The last sentence."
    choose(moderator, "outcome", "hidden")
    choose(moderator, "code", "insult")
    press(moderator, "#page-form button.btn")
    moderator.wait_for_url(f"**{OFFICE}/reports")
    assert moderator.inner_text(".notice")
    journey.at_most(5)  # one of them again, with its faults

    writer = new_page(live, width=320, script=script, language=language)
    sign_in(live, writer, author)
    writer.goto(f"{live.url}{PUBLIC}/moderation/1")
    assert "The last sentence." in writer.inner_text("main")
    fill(writer, words="Nobody is named.")
    press(writer, "#page-form button.btn")

    other = new_page(live, width=360, script=script, language=language)
    sign_in(live, other, second)
    other.goto(f"{live.url}{OFFICE}/reports?queue=appeals")
    press(other, "main .stage a")
    choose(other, "outcome", "stays")
    fill(other, words="True enough.")
    press(other, "#page-form button.btn")
    assert not hidden(site)
    stranger.goto(f"{live.url}{PUBLIC}/moderation")
    assert "Mair" not in stranger.inner_text("main")


@pytest.mark.parametrize(*JOURNEYS)
def test_a_translator_from_the_queue_to_a_vote_that_can_open(
    live: Any, new_page: Any, script: bool, language: str
) -> None:
    site: Site = live.site
    process = build.a_process(site, phase="assessment", projects=2)
    source, target = ("cy", "en") if language == "en" else ("en", "cy")

    def make(work: Work) -> None:
        project = work.session.get_one(Project, 1)
        project.title, project.summary = {source: "Mainc"}, {source: "Un."}
        work.session.get_one(Process, process).lead = {"en": "Money.", "cy": "Arian."}

    build.do(site, make)
    person = build.a_person(site, "Ceri", "translator", "shared-budget", language)
    page = new_page(live, width=360, script=script, language=language)
    sign_in(live, page, person)
    journey = Journey(f"A translator from office to empty queue, {language}, script {script}")
    journey.follow(page)
    page.goto(f"{live.url}{OFFICE}")
    press(page, "nav.office-menu a[href$='/translations']")
    press(page, "main .stage a >> nth=0")
    assert page.get_attribute("#text", "lang") == target
    fill(page, text="A bench")
    press(page, "#page-form button[value=done]")
    assert re.search(rf"/project/1/summary/{target}", page.url)  # the next one, at once
    fill(page, text="One.")
    press(page, "#page-form button[value=done]")
    page.wait_for_url(f"**{OFFICE}/translations**")
    assert page.locator(".empty").count() == 1  # nothing waits
    journey.at_most(5)
    reader = new_page(live, width=360, script=script, language=language)
    reader.goto(f"{live.url}{PUBLIC}/projects/1")
    assert reader.inner_text("h1") == "A bench" and "Ceri" in reader.inner_text("main")


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 320), ("en", "dark", 1200), ("cy", "light", 1200), ("cy", "dark", 320)],
)
def test_every_page_is_accessible_and_fits(
    live: Any, new_page: Any, axe: Any, language: str, theme: str, width: int
) -> None:
    site: Site = live.site
    process = build.a_process(site, phase="ideas", projects=2)
    author = build.a_person(site, "Nia", "administrator")
    for number in (1, 2, 3):
        an_idea(site, process, author, number=number, wish=f"A bench number {number}.")
    first = build.actor(site, build.a_person(site, "Mair", "moderator", "shared-budget"))
    for number in (1, 2):
        build.do(site, services.report, process, "proposal", number, "insult", "Look.", "en",
                 f"x{number}", actor=NOBODY)
    build.do(site, services.decide, process, 2, "hidden", "insult", "Those words.", "en", False,
             actor=first)

    def make(work: Work) -> None:
        work.session.get_one(Project, 1).title = {"cy": "Mainc"}

    build.do(site, make)
    page = new_page(live, width=width, language=language, theme=theme)
    sign_in(live, page, author)
    for path in (
        f"{PUBLIC}/report/proposal/3", f"{PUBLIC}/report/proposal/1/thanks",
        f"{PUBLIC}/moderation", f"{PUBLIC}/moderation/1", f"{PUBLIC}/moderation/2",
        f"{OFFICE}/reports", f"{OFFICE}/reports?queue=appeals", f"{OFFICE}/reports/1",
        f"{OFFICE}/reports/2", f"{OFFICE}/translations?state=all", f"{OFFICE}/translations/table",
        f"{OFFICE}/translations/project/1/title/en", f"{PUBLIC}/projects/1",
    ):
        answer = page.goto(live.url + path)
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        axe(page)
    page.goto(f"{live.url}{PUBLIC}/report/proposal/3")
    page.locator("#page-form button.btn").last.click()
    page.locator("#errors").wait_for()
    axe(page)
    page.locator("#errors a").first.click()
    page.wait_for_function("document.activeElement.name === 'code'")
