"""Voting at 320 px without script, by keyboard and by touch, in few page loads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pb.ballots.vote import a_batch, area_of, contents
from tests.support.build import a_process

pytestmark = pytest.mark.chromium


class Loads:
    """Counts the pages that a tab loads; a redirect and its target are one."""

    def __init__(self, page: Any) -> None:
        self.number = 0
        page.on("load", self._one)

    def _one(self, _page: Any) -> None:
        self.number += 1


def press_by_keyboard(page: Any, selector: str) -> None:
    """Reach a control by Tab alone and press Enter."""
    target = page.locator(selector)
    for _ in range(600):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


def tab_to(page: Any, selector: str) -> None:
    target = page.locator(selector)
    for _ in range(600):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def keys(page: Any) -> list[str]:
    all_keys = "all => all.map(one => one.dataset.option)"
    return list(page.locator("[data-option]").evaluate_all(all_keys))


@pytest.mark.parametrize("language", ["en", "cy"])
def test_five_of_forty_ranked_by_keyboard(live: Any, new_page: Any, language: str) -> None:
    process = a_process(live.site, kind="ranked", projects=40)
    (code,) = a_batch(live.site, process)
    page = new_page(live, width=320, height=640, script=False, language=language)
    loads = Loads(page)
    page.goto(f"{live.url}/processes/shared-budget/vote")
    tab_to(page, "#code")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ballot")
    chosen = keys(page)[:5]
    for place, key in enumerate(chosen, 1):
        tab_to(page, f"#rank-{key}")
        for _ in range(place):
            page.keyboard.press("ArrowDown")
    press_by_keyboard(page, "button[name=save]")
    page.wait_for_url("**did=save**")
    assert keys(page)[:5] == chosen
    press_by_keyboard(page, "button[name=check]")
    page.wait_for_url("**/check")
    press_by_keyboard(page, "button[name=cast]")
    page.wait_for_url("**/in")
    assert contents(live.site, process) == [{"ranking": chosen}]
    assert loads.number <= 12


@pytest.mark.parametrize("language", ["en", "cy"])
def test_five_of_forty_ranked_by_touch(live: Any, new_page: Any, language: str) -> None:
    """By the Add buttons, the way with the most page loads, and one move at the end."""
    process = a_process(live.site, kind="ranked", projects=40)
    (code,) = a_batch(live.site, process)
    page = new_page(live, width=320, height=640, script=False, language=language, touch=True)
    loads = Loads(page)
    page.goto(f"{live.url}/processes/shared-budget/vote")
    page.fill("#code", code)
    page.locator("#page-form button.btn").tap()
    page.wait_for_url("**/ballot")
    chosen = keys(page)[:5]
    for key in chosen:
        page.locator(f'button[value="add-{key}"]').tap()
        page.wait_for_url(f"**#option-{key}")
    page.locator(f'button[value="up-{chosen[4]}"]').tap()
    page.wait_for_load_state()
    page.locator("button[name=check]").tap()
    page.wait_for_url("**/check")
    page.locator("button[name=cast]").tap()
    page.wait_for_url("**/in")
    order = [*chosen[:3], chosen[4], chosen[3]]
    assert contents(live.site, process) == [{"ranking": order}]
    assert loads.number <= 12


@pytest.mark.parametrize("hand", ["keyboard", "touch"])
def test_a_knapsack_filled(live: Any, new_page: Any, hand: str) -> None:
    process = a_process(live.site, kind="knapsack", projects=40, max_choices=None)
    (code,) = a_batch(live.site, process, 1, area_of(live.site, process))
    page = new_page(live, width=320, height=640, script=False, touch=hand == "touch")
    loads = Loads(page)
    page.goto(f"{live.url}/processes/shared-budget/vote")
    page.fill("#code", code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ballot")
    chosen = keys(page)[:7]  # seven of Riverside, each £10,000, where there are £60,000
    for key in chosen:
        if hand == "touch":
            page.locator(f"#choose-{key}").tap()
        else:
            tab_to(page, f"#choose-{key}")
            page.keyboard.press("Space")
    if hand == "touch":
        page.locator("button[name=save]").first.tap()
    else:
        press_by_keyboard(page, "button[name=save] >> nth=0")
    page.wait_for_url("**did=save**")
    assert "Riverside: £10,000 too much." in page.locator("#bar-words").inner_text()
    page.locator("button[name=check]").click()
    page.wait_for_url("**/check")
    assert page.locator("button[name=cast]").count() == 0
    page.locator(f'button[value="drop-{chosen[6]}"]').click()
    page.locator("button[name=cast]").wait_for()
    page.locator("button[name=cast]").click()
    page.wait_for_url("**/in")
    assert contents(live.site, process) == [
        {"knapsack": sorted(chosen[:6])}
    ]
    assert loads.number <= 12


@pytest.mark.parametrize("kind", ["ranked", "approval", "knapsack", "points"])
@pytest.mark.parametrize("width", [320, 640])
def test_nothing_is_wider_than_the_screen(
    live: Any, new_page: Any, kind: str, width: int
) -> None:
    """Also with text at twice its size (640 px at 200 % is 320 px of layout)."""
    process = a_process(live.site, kind=kind, projects=8, max_points=10)
    (code,) = a_batch(live.site, process)
    page = new_page(live, width=width, script=True, language="cy")

    def fits() -> None:
        if width == 640:
            page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    page.goto(f"{live.url}/processes/shared-budget/vote")
    fits()
    page.fill("#code", code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ballot")
    fits()
    page.locator("button[name=blank]").click()
    page.wait_for_url("**/check")
    fits()
    page.locator("button[name=cast]").click()
    page.wait_for_url("**/in")
    fits()
