"""The public pages in Chromium: accessible, narrow, light, large text, by keyboard, printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Live
from tests.support import build
from tests.support.pages import has_focus

pytestmark = pytest.mark.chromium

PATHS = (
    "/", "/processes/shared-budget", "/processes/shared-budget/projects",
    "/processes/shared-budget/projects?words=nothing-like-it",
    "/processes/shared-budget/projects/1", "/help", "/privacy", "/accessibility", "/sign-in",
    "/nowhere",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_axe_finds_nothing(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None], language: str,
    theme: str,
) -> None:
    build.a_process(live.site)
    page = new_page(live, language=language, theme=theme)
    for path in PATHS:
        page.goto(live.url + path)
        assert page.get_attribute("html", "lang") == language
        axe(page)


@pytest.mark.parametrize(("barrier", "name"), [
    ('<img src="data:,">', "image-alt"), ("<button></button>", "button-name"),
    ('<p style="color:#999;background:#fff">Hard to read</p>', "color-contrast"),
])
def test_axe_would_find_a_barrier(
    browser: Any, axe: Callable[[Any], None], barrier: str, name: str
) -> None:
    page = browser.new_page()
    page.set_content(f'<html lang="en"><title>x</title><main><h1>x</h1>{barrier}</main></html>')
    with pytest.raises(AssertionError, match=name):
        axe(page)
    page.close()


@pytest.mark.parametrize("phase", ["before", "assessment", "count", "results"])
def test_axe_finds_nothing_in_any_phase(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None], phase: str
) -> None:
    build.a_process(live.site, phase=phase)
    page = new_page(live)
    for path in PATHS[:2]:
        page.goto(live.url + path)
        axe(page)


def test_an_error_beside_its_field_takes_the_focus(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    build.a_council(live.site)
    page = new_page(live)
    page.goto(live.url + "/sign-in")
    page.fill("#email", "not an address")
    page.click("#page-form button")
    has_focus(page, "errors")
    assert page.input_value("#email") == "not an address"
    assert page.title().startswith("Error:")
    axe(page)


@pytest.mark.parametrize("script", [True, False])
def test_nothing_is_wider_than_a_small_phone(
    live: Live, new_page: Callable[..., Any], script: bool
) -> None:
    """Also with text twice as large; without script, widths are read from the layout."""
    build.a_process(live.site)
    for language in ("en", "cy"):
        page = new_page(live, width=320, script=script, language=language)
        for path in PATHS:
            page.goto(live.url + path)
            assert page.locator("html").evaluate("e => e.scrollWidth") <= 320, path
            if script:
                page.evaluate("document.documentElement.style.fontSize = '200%'")
                assert page.locator("html").evaluate("e => e.scrollWidth") <= 320, path


def test_the_first_load_is_light(live: Live, new_page: Callable[..., Any]) -> None:
    """Bytes over the wire without pictures: page, looks and scripts together."""
    build.a_process(live.site, projects=50)
    for path in PATHS:
        page = new_page(live)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        kinds: dict[str, str] = {}
        sizes: dict[str, int] = {}
        session.on("Network.responseReceived",
                   lambda event, kinds=kinds: kinds.update({event["requestId"]: event["type"]}))
        session.on("Network.loadingFinished",
                   lambda event, sizes=sizes: sizes.update(
                       {event["requestId"]: event["encodedDataLength"]}))
        page.goto(live.url + path, wait_until="networkidle")
        total = sum(size for one, size in sizes.items() if kinds.get(one) != "Image")
        assert 0 < total < 50_000, f"{path}: {total}"


def test_by_keyboard_one_reaches_the_main_part_at_once(
    live: Live, new_page: Callable[..., Any]
) -> None:
    build.a_process(live.site)
    page = new_page(live)
    page.goto(live.url + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    has_focus(page, "main")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        ring = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + "
            "getComputedStyle(document.activeElement).boxShadow"
        )
        assert ring != "nonenone"
    assert "Open your ballot" in reached and "Sign in" in reached


def test_print_shows_the_tables_and_no_buttons(live: Live, new_page: Callable[..., Any]) -> None:
    build.a_process(live.site)
    page = new_page(live, width=800)
    page.goto(live.url + "/processes/shared-budget")
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible()
    assert not page.locator("footer select").is_visible()
    assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") in (
        "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)",
    )
