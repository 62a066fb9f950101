"""A citizen on a phone, from the home page to a published idea: in both languages, by keyboard
alone, without script; every page and error state is looked at by axe on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pb.core import security
from pb.core.work import Work
from pb.proposals import services
from tests.browser.conftest import Live
from tests.support import build, ideas
from tests.support.pages import JOURNEYS, Journey, has_focus

pytestmark = pytest.mark.chromium

WORDS = {
    "en": {"share": "Share an idea", "next": "Continue", "check": "Skip to the end",
           "send": "Send me the code", "publish": "Publish my idea",
           "published": "Your idea is published. Thank you."},
    "cy": {"share": "Rhannu syniad", "next": "Parhau", "check": "Neidio i’r diwedd",
           "send": "Anfon y cod ataf", "publish": "Cyhoeddi fy syniad",
           "published": "Mae eich syniad wedi’i gyhoeddi. Diolch."},
}
WISH = {"en": "Somewhere dry to sit when the bus is late.",
        "cy": "Rhywle sych i eistedd pan fydd y bws yn hwyr."}
TITLE = {"en": "A roof at the bus stop", "cy": "To ar yr arhosfan bysiau"}
PAGES = 6
"""From the home page to the published idea, both included; a step more is a decision."""


def mailed_code(live: Live) -> str:
    return ideas.mailed_code(live.site)


def press(page: Any, name: str) -> None:
    """Go to a link or button by Tab alone and press Enter."""
    for _ in range(80):
        page.keyboard.press("Tab")
        said = page.evaluate("document.activeElement.innerText || ''").strip()
        if said.split("\n")[0] == name or said.startswith(name + ":"):
            break
    else:
        raise AssertionError(f"{name!r} cannot be reached by Tab on {page.url}")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Any, field: str, text: str) -> None:
    """Go to a field by Tab alone and type."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == field:
            page.keyboard.type(text)
            return
    raise AssertionError(f"the field {field!r} cannot be reached by Tab on {page.url}")


@pytest.mark.parametrize(*JOURNEYS)
def test_from_home_to_a_published_idea_by_keyboard(
    live: Live, new_page: Callable[..., Any], script: bool, language: str
) -> None:
    ideas.a_process(live.site)
    ideas.an_idea(live.site, "Seats where the bus stops", wish="My knees.")
    words = WORDS[language]
    journey = Journey(f"A citizen from home to a published idea, {language}, script {script}")
    page = journey.follow(new_page(live, width=360, script=script, language=language))
    page.goto(live.url)
    press(page, words["share"])
    type_into(page, "wish", WISH[language])
    press(page, words["next"])
    # In either language the idea that is like it is shown.
    assert page.get_by_role("link", name="Seats where the bus stops").count() == 1
    type_into(page, "title", TITLE[language])
    press(page, words["check"])
    type_into(page, "name", "Nesta")
    type_into(page, "email", "nesta@example.com")
    press(page, words["send"])
    type_into(page, "code", mailed_code(live))
    press(page, words["publish"])
    assert page.get_by_text(words["published"]).count() == 1
    assert page.locator("h1").inner_text() == TITLE[language]
    assert page.locator("h1").get_attribute("lang") is None  # the reader's own language
    journey.at_most(PAGES)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_axe_finds_nothing_on_any_page_of_ideas(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None], language: str,
    theme: str,
) -> None:
    ideas.a_process(live.site)
    mair = build.a_person(live.site, "Mair", language=language)
    for number in range(24):
        ideas.an_idea(live.site, f"Idea {number}", author=mair, x=100 + number * 20, y=150,
                      language="cy" if number % 2 else "en", already_there="A wall.",
                      cost_guess=50_000)
    build.do(live.site, services.edit, 1, {"title": "Another name", "x": 120, "y": 160}, {},
             frozenset(), None, actor=build.actor(live.site, mair))
    page = new_page(live, language=language, theme=theme)
    base = f"{live.url}/processes/{ideas.SLUG}/ideas"
    for path in ("?order=newest", "?words=nothing-like-it&order=newest", "/map?order=newest",
                 "/map?words=none&order=newest", "/1", "/1/history", "/mine", "/new", "/1/comment"):
        page.goto(base + path)
        assert page.get_attribute("html", "lang") == language
        axe(page)
    page.goto(base + "/new")
    page.click("#page-form button[name=go]")  # nothing typed
    has_focus(page, "errors")
    axe(page)
    page.fill("#wish", "A dry place. Ring 01632 960123.")
    page.click("#page-form button[name=go]")
    draft = page.url.removesuffix("about")
    page.click("button[value=next]")  # no title
    axe(page)
    for step in ("place", "photos", "more", "check"):
        page.goto(draft + step)
        axe(page)
    page.goto(draft + "photos")
    page.click("button[value=add]")  # no photo
    axe(page)
    page.goto(draft + "about")
    page.fill("#title", "A roof")
    page.click("button[value=check]")
    page.click("#page-form button[value=confirm]")  # neither name nor address
    axe(page)


def test_signed_in_pages_and_the_office_are_accessible(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    from pb.proposals import merging

    site = live.site
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    official = build.a_person(site, "Gwenno", "lead_official", ideas.SLUG)
    first = ideas.an_idea(site, "A bench", author=mair, x=100, y=100)
    second = ideas.an_idea(site, "A seat", author=mair, x=200, y=100)
    build.do(site, merging.ask_to_merge, 1, first, [first, second], "Alike.",
             actor=build.actor(site, official))

    def enter(page: Any, person: int) -> None:
        def make(work: Work) -> str:
            return security.open_session(work, None, person_id=person)

        page.context.add_cookies([
            {"name": "session", "value": build.do(site, make), "url": live.url}])

    base = f"{live.url}/processes/{ideas.SLUG}/ideas"
    page = new_page(live, theme="dark")
    enter(page, mair)
    for path in ("/1", "/1/edit", "/1/authors", "/1/withdraw", "/mine", "/joining/1",
                 "/1/comment"):
        page.goto(base + path)
        axe(page)
    page.goto(live.url + "/account")
    axe(page)
    page = new_page(live)
    enter(page, official)
    office = f"{live.url}/office/processes/{ideas.SLUG}"
    for path in ("/ideas", f"/ideas/join?idea-{first}=1&idea-{second}=1", "/ideas/package",
                 "/categories"):
        page.goto(office + path)
        axe(page)
    page.goto(live.url + "/sign-in/join")
    axe(page)


def test_the_script_keeps_what_is_typed_shows_similar_ideas_and_takes_a_tap(
    live: Live, new_page: Callable[..., Any], tmp_path: Path
) -> None:
    ideas.a_process(live.site)
    ideas.an_idea(live.site, "Mainc ger y llyfrgell", language="cy")
    page = new_page(live)
    page.goto(f"{live.url}/processes/{ideas.SLUG}/ideas/new")
    page.fill("#wish", "A bench beside the library, for waiting.")
    page.wait_for_selector("#similar a", timeout=10_000)
    assert page.inner_text("#similar a") == "Mainc ger y llyfrgell"
    page.wait_for_selector("#kept:text('Saved')")
    assert ideas.the_idea(live.site, 2).wish == "A bench beside the library, for waiting."
    page.fill("#wish", "A bench beside the library, with a back.")
    page.wait_for_timeout(2200)
    assert ideas.the_idea(live.site, 2).wish.endswith("with a back.")  # the same draft
    page.click("button[value=next]")
    page.goto(page.url.removesuffix("about") + "place")
    page.locator("#point").scroll_into_view_if_needed()
    box = page.locator("#point").bounding_box()
    assert box and box["width"] > 300  # as wide as the page, and still exact
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    page.wait_for_selector("#kept:text('Saved')")
    found = ideas.the_idea(live.site, 2)
    assert found.x is not None and found.y is not None
    assert abs(found.x - 250) < 8 and abs(found.y - 350) < 8
    assert "C4" in page.inner_text("#pin-words") or "C3" in page.inner_text("#pin-words")


def test_pages_of_ideas_are_light(live: Live, new_page: Callable[..., Any]) -> None:
    ideas.a_process(live.site)
    for number in range(40):
        ideas.an_idea(live.site, f"Idea {number}", wish="Some words about it. " * 10, x=100, y=90)
    page = new_page(live)
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(
        len(answer.body()) if "content-encoding" not in answer.headers
        else int(answer.request.sizes()["responseBodySize"])))
    for path in ("/processes/shared-budget/ideas?seed=3", "/processes/shared-budget/ideas/1",
                 "/processes/shared-budget/ideas/new"):
        sizes.clear()
        page.context.clear_cookies()
        page.goto(live.url + path)
        page.wait_for_load_state("networkidle")
        assert 0 < sum(sizes) < 50_000, (path, sizes)


def test_a_rectangle_is_dragged_or_pressed_on_the_map_and_becomes_a_package(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    site = live.site
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    inside = [ideas.an_idea(site, f"Inside {x}", author=mair, x=x, y=200) for x in (200, 300)]
    outside = ideas.an_idea(site, "Outside", author=mair, x=700, y=500)
    official = build.a_person(site, "Gwenno", "lead_official", ideas.SLUG)

    def session_of(work: Work) -> str:
        return security.open_session(work, None, person_id=official)

    page = new_page(live, width=1200, height=1400)
    page.context.add_cookies([
        {"name": "session", "value": build.do(site, session_of), "url": live.url}])
    page.goto(f"{live.url}/office/processes/{ideas.SLUG}/ideas/package")
    page.fill("#name_en", "Mill Lane")
    drawn = page.locator(".map-frame-drawn")
    page.get_by_role("button", name="Draw on the map").click()
    page.locator("#drawing svg").scroll_into_view_if_needed()
    box = page.locator("#drawing svg").bounding_box()

    def at(x: float, y: float) -> tuple[float, float]:
        """A point of the map on the screen."""
        return box["x"] + box["width"] * x / 1000, box["y"] + box["height"] * y / 700

    page.mouse.move(*at(100, 100))
    page.mouse.down()
    page.mouse.move(*at(250, 250), steps=4)
    page.mouse.move(*at(400, 300), steps=4)
    page.mouse.up()
    page.wait_for_function("document.getElementById('right').value !== ''")
    figures = {name: int(page.input_value(f"#{name}")) for name in ("left", "top", "right",
                                                                   "bottom")}
    wanted = {"left": 100, "top": 100, "right": 400, "bottom": 300}
    assert all(abs(figures[name] - wanted[name]) <= 3 for name in wanted), figures
    assert int(drawn.get_attribute("width") or 0) == figures["right"] - figures["left"]
    # The same by two presses, for whoever cannot drag; a press on a pin leads nowhere meanwhile.
    page.mouse.click(*at(200, 200))
    page.mouse.click(*at(450, 350))
    page.wait_for_function("Math.abs(document.getElementById('right').value - 450) <= 3")
    assert abs(int(page.input_value("#left")) - 200) <= 3
    page.fill("#left", "120")
    page.wait_for_function("document.querySelector('.map-frame-drawn').getAttribute('x') === '120'")
    axe(page)
    page.get_by_role("button", name="Show what lies within").click()
    page.wait_for_selector("text=2 pins lie within.")
    page.get_by_role("button", name="Make the package and tell the authors").click()
    page.wait_for_selector("#packages")
    assert {ideas.the_idea(site, one).package_id for one in inside} == {1}
    assert ideas.the_idea(site, outside).package_id is None
    for theme, width in (("light", 1200), ("dark", 360)):
        citizen = new_page(live, width=width, theme=theme)
        citizen.goto(f"{live.url}/processes/{ideas.SLUG}/ideas/map")
        axe(citizen)
        citizen.get_by_role("link", name="P1. Mill Lane").focus()
        citizen.keyboard.press("Enter")
        citizen.wait_for_url("**#package-1")
