"""From ``pb init`` to a published process: by keyboard alone, without script, in both languages,
with every page and every required answer counted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pb.core.work import SYSTEM
from pb.processes import services
from tests.browser.test_office import fill, press, tab_to
from tests.support.app import mails, run_jobs
from tests.support.pages import JOURNEYS

pytestmark = pytest.mark.chromium

MOST_PAGES, MOST_ANSWERS = 12, 10


class Counter:
    """Counts the pages that officials see and the answers that they have to give."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.answers: list[str] = []

    def see(self, page: Any) -> None:
        self.pages.append(re.sub(r"[?#].*|/[\w-]{30,}", "", page.url))

    def answer(self, page: Any, **fields: str) -> None:
        self.answers += fields
        fill(page, **fields)


def init(live: Any) -> str:
    """What ``pb init`` does and prints: the council, and the first official's sign-in link."""
    token = live.site.work.run(
        services.install, SYSTEM, {"en": "Town", "cy": "Tref"}, ["en", "cy"], "Europe/London",
        "Olwen", "olwen@example.com",
    )
    return f"{live.url}/sign-in/link/{token}"


@pytest.mark.parametrize(*JOURNEYS)
def test_from_init_to_a_published_process(
    live: Any, new_page: Any, script: bool, language: str
) -> None:
    counter = Counter()
    link = init(live)
    page = new_page(live, width=360, script=script, language=language)
    page.goto(link)
    counter.see(page)
    press(page, "#page-form button.btn")
    counter.see(page)  # the office
    press(page, "a[href='/office/new']")
    counter.see(page)
    assert page.locator("html").get_attribute("lang") == language
    counter.answer(page, name_en="Shared budget", name_cy="Cyllideb ar y cyd")
    press(page, "#page-form p.cluster button.btn")
    counter.see(page)  # the money
    counter.answer(page, whole="100,000")
    press(page, "#page-form p.cluster button.btn")
    for _ in range(3):  # who, ballot and rule, dates: as proposed
        counter.see(page)
        press(page, "#page-form p.cluster button.btn")
    counter.see(page)  # the check page
    assert "£100,000" in page.inner_text("main")
    counter.answer(page, second_name="Gethin", second_email="gethin@example.com")
    press(page, "#page-form button.btn")
    counter.see(page)
    page.wait_for_url("**/office/processes/shared-budget")

    run_jobs(live.site)
    letter = next(one for one in mails(live.site) if "gethin" in str(one["to"]))
    invited = re.search(r"http://\S+/invitation/\S+", letter.get_body(("plain",)).get_content())
    assert invited
    second = new_page(live, width=360, script=script, language=language)
    second.goto(invited[0])
    counter.see(second)
    press(second, "#page-form button.btn")
    counter.see(second)  # the office, where it waits
    press(second, "main a.btn[href='/office/acts/1']")
    counter.see(second)
    press(second, "button[name=confirm]")

    anyone = new_page(live, width=360, script=script, language=language)
    anyone.goto(f"{live.url}/processes/shared-budget")
    assert anyone.inner_text("h1") == ("Shared budget" if language == "en"
                                       else "Cyllideb ar y cyd")
    assert len(counter.pages) <= MOST_PAGES, counter.pages
    assert len(counter.answers) <= MOST_ANSWERS, counter.answers
    print(f"\nFrom pb init to a published process, {language}, script {script}: "
          f"{len(counter.pages)} pages, {len(counter.answers)} required answers")


def test_back_works_and_nothing_typed_is_lost(live: Any, new_page: Any, axe: Any) -> None:
    page = new_page(live, width=320, script=False)
    page.goto(init(live))
    press(page, "#page-form button.btn")
    page.goto(f"{live.url}/office/new")
    fill(page, name_en="Shared budget", name_cy="Cyllideb ar y cyd")
    press(page, "#page-form p.cluster button.btn")
    fill(page, whole="1000", area_0_en="The Quay", area_0_cy="Y Cei", money_0="2000")
    press(page, "button[name=more]")
    assert page.input_value("#area_0_en") == "The Quay" and page.locator("#area_7_en").count()
    press(page, "button.lang")
    assert page.input_value("#area_0_cy") == "Y Cei", "the other language keeps it"
    press(page, "button.lang")
    press(page, "#page-form p.cluster button.btn")
    tab_to(page, "#ways-3")
    page.keyboard.press("Space")
    press(page, "#page-form p.cluster button.btn")
    tab_to(page, "#way-0")
    page.keyboard.press("ArrowDown")
    press(page, "#page-form p.cluster button.btn")
    for step in ("rule", "who", "money", "name"):
        press(page, "#page-form p.cluster a")
        page.wait_for_url(f"**/begin/{step}")
    assert page.input_value("#name_cy") == "Cyllideb ar y cyd"
    press(page, "#page-form p.cluster button.btn")
    assert (page.input_value("#whole"), page.input_value("#money_0")) == ("1000", "2000")
    press(page, "#page-form p.cluster button.btn")
    assert page.is_checked("#ways-3")
    press(page, "#page-form p.cluster button.btn")
    assert page.is_checked("#way-1")
    press(page, "#page-form p.cluster button.btn")
    press(page, "#page-form p.cluster button.btn")
    page.wait_for_url("**/begin/check")
    assert "Ticks, most votes first" in page.inner_text("main")


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1200), ("en", "dark", 320), ("cy", "light", 320), ("cy", "dark", 1200)],
)
def test_every_page_of_the_wizard_is_accessible_and_fits(
    live: Any, new_page: Any, axe: Any, language: str, theme: str, width: int
) -> None:
    page = new_page(live, width=width, language=language, theme=theme)
    page.goto(init(live))
    page.locator("#page-form button.btn").last.click()
    page.goto(f"{live.url}/office/new")
    page.locator("#page-form p.cluster button.btn").click()  # without a name
    page.locator("#errors").wait_for()
    axe(page)
    page.fill("#name_en", "Shared budget")
    page.fill("#name_cy", "Cyllideb ar y cyd")
    page.locator("#page-form p.cluster button.btn").click()
    page.wait_for_url("**/begin/money")
    for step in ("name", "money", "who", "rule", "dates", "check"):
        page.goto(f"{live.url}/office/processes/shared-budget/begin/{step}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, step
        axe(page)
