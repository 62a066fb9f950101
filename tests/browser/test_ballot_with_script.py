"""The ballot with its script: focus, announcements, names and roles; axe on each state."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pb.ballots.vote import a_batch, area_of, contents
from tests.support.build import WHEN, a_process

pytestmark = pytest.mark.chromium

LISTEN = """() => {
  window.heard = [];
  for (const region of document.querySelectorAll('[role=status]'))
    new MutationObserver(() => {
      const words = region.innerText.trim();
      if (words && words !== window.heard.at(-1)) window.heard.push(words);
    }).observe(region, {childList: true, subtree: true, characterData: true});
}"""


def opened(live: Any, new_page: Any, code: str, **wishes: Any) -> Any:
    """The ballot's page, by the code."""
    page = new_page(live, **wishes)
    page.goto(f"{live.url}/processes/shared-budget/vote")
    page.fill("#code", code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ballot")
    return page


def keys(page: Any) -> list[str]:
    every = "all => all.map(one => one.dataset.option)"
    return list(page.locator("[data-option]").evaluate_all(every))


def focused(page: Any) -> tuple[str, str]:
    name, value = page.evaluate("[document.activeElement.name, document.activeElement.value]")
    return name, value


def press(page: Any, value: str) -> None:
    """Press a move button and wait for what it says."""
    page.evaluate("document.getElementById('said').textContent = ''")
    page.locator(f'button[value="{value}"]').press("Enter")
    page.locator("#said > p").wait_for()


def test_focus_stays_and_each_move_is_said(live: Any, new_page: Any) -> None:
    process = a_process(live.site, kind="ranked", projects=12)
    (code,) = a_batch(live.site, process)
    page = opened(live, new_page, code, width=360)
    loads: list[str] = []
    page.on("load", lambda one: loads.append(one.url))
    page.evaluate(LISTEN)
    one, two, three = keys(page)[:3]
    for key in (one, two, three):
        press(page, f"add-{key}")
        assert focused(page) == ("move", f"up-{key}")
    assert keys(page)[:3] == [one, two, three]
    for _ in range(2):
        top = page.locator(f'button[value="up-{three}"]').bounding_box()["y"]
        press(page, f"up-{three}")
        assert focused(page) == ("move", f"up-{three}")
        after = page.locator(f'button[value="up-{three}"]').bounding_box()["y"]
        assert abs(after - top) < 2  # the page moves, the button stays under the finger
    press(page, f"up-{three}")  # there is no way further up: said, and focus stays
    assert focused(page) == ("move", f"up-{three}")
    assert keys(page)[:3] == [three, one, two]
    heard = " | ".join(page.evaluate("window.heard"))
    for words in (
        f"Project {one}, now first of 1.", f"Project {two}, now second of 2.",
        f"Project {three}, now third of 3.", f"Project {three}, now second of 3.",
        f"Project {three}, now first of 3.", "3 of 5 places used.",
    ):
        assert words in heard
    assert loads == []
    page.reload()
    assert keys(page)[:3] == [three, one, two]
    assert contents(live.site, process) == []


def test_money_left_follows_each_tick(live: Any, new_page: Any) -> None:
    process = a_process(live.site, kind="knapsack", projects=30, max_choices=None)
    (code,) = a_batch(live.site, process, 1, area_of(live.site, process))
    page = opened(live, new_page, code, width=360)
    bar = page.locator("#bar-words")
    for number, key in enumerate(keys(page)[:7], 1):
        page.check(f"#choose-{key}")
        left = f"£{60_000 - number * 10_000:,} left" if number < 7 else "£10,000 too much"
        bar.filter(has_text=left).wait_for()
        assert page.evaluate("document.activeElement.id") == f"choose-{key}"
    assert "Riverside: £10,000 too much." in bar.inner_text()
    assert "costs £10,000 more" in page.locator("#problems").inner_text()


def test_a_lost_connection_is_said_and_loses_nothing(live: Any, new_page: Any) -> None:
    process = a_process(live.site, kind="ranked", projects=6)
    (code,) = a_batch(live.site, process)
    page = opened(live, new_page, code)
    key = keys(page)[0]
    page.select_option(f"#rank-{keys(page)[1]}", "1")
    page.route("**/vote/ballot", lambda route: route.abort())
    press(page, f"add-{key}")
    assert "There is no connection just now." in page.locator("#said").inner_text()
    assert page.locator(f"#rank-{keys(page)[1]}").input_value() == "1"
    page.unroute("**/vote/ballot")
    press(page, f"add-{key}")
    assert len([one for one in page.locator("[name=order]").input_value().split(",") if one]) == 2


def test_a_vote_that_closes_meanwhile_shows_the_server_s_page(live: Any, new_page: Any) -> None:
    process = a_process(live.site, kind="ranked", projects=6)
    (code,) = a_batch(live.site, process)
    page = opened(live, new_page, code)
    key = keys(page)[0]
    live.site.clock.now = WHEN["count"]
    page.locator(f'button[value="add-{key}"]').click()
    page.get_by_role("heading", name="What was not cast").wait_for()
    assert f"Project {key}" in page.locator("main").inner_text()


def test_a_changed_select_is_kept_when_one_leaves(live: Any, new_page: Any) -> None:
    process = a_process(live.site, kind="ranked", projects=6)
    (code,) = a_batch(live.site, process)
    page = opened(live, new_page, code)
    key = keys(page)[3]
    page.select_option(f"#rank-{key}", "1")
    page.goto(f"{live.url}/help")
    page.wait_for_timeout(500)  # what a page sends while it goes is reported to nobody
    page.goto(f"{live.url}/processes/shared-budget/vote/ballot")
    assert page.locator("[name=order]").input_value() == key


@pytest.mark.parametrize("language", ["en", "cy"])
def test_what_a_screen_reader_is_told_at_each_step(
    live: Any, new_page: Any, language: str
) -> None:
    """Names, roles and states from the accessibility tree, step by step."""
    process = a_process(live.site, kind="ranked", projects=3)
    (code,) = a_batch(live.site, process)
    words = {
        "en": {
            "code": "Your code", "open": "Open my ballot", "not": "Not cast yet",
            "choice": "Your choice : Project 1", "add": "Add as number 1 : Project 1",
            "up": "Up one place: Project 1", "check": "Check and cast", "cast": "Cast my ballot",
            "in": "Your ballot is in", "bar": "Your ballot", "title": "Project 1",
        },
        "cy": {
            "code": "Eich cod", "open": "Agor fy mhleidlais", "not": "Heb ei bwrw eto",
            "title": "Prosiect 1", "cast": "Bwrw fy mhleidlais",
            "in": "Mae eich pleidlais wedi dod i law", "bar": "Eich pleidlais",
        },
    }[language]
    page = new_page(live, language=language)
    page.goto(f"{live.url}/processes/shared-budget/vote")
    page.get_by_role("textbox", name=words["code"]).fill(code)
    assert page.get_by_role("textbox", name=words["code"]).get_attribute("aria-describedby")
    page.get_by_role("button", name=words["open"]).click()
    page.wait_for_url("**/ballot")
    region = page.get_by_role("region", name=words["bar"], exact=True)
    assert words["not"] in region.get_by_role("status").inner_text()
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("heading", level=3, name=words["title"], exact=True).count() == 1
    row = page.locator("#option-1")
    if language == "en":
        choice = row.get_by_role("combobox", name=words["choice"], exact=True)
        assert choice.locator("option").all_text_contents() == [
            "Not on my list", "1st choice", "2nd choice", "3rd choice"
        ]
        row.get_by_role("button", name=words["add"]).press("Enter")
        page.get_by_role("button", name=words["up"], exact=True).wait_for()
        tree = page.locator("#option-1").aria_snapshot()
        assert 'button "Up one place: Project 1" [disabled]' in tree
        assert 'option "1st choice" [selected]' in tree
    else:
        assert row.get_by_role("combobox").count() == 1
        row.get_by_role("button").first.press("Enter")
        page.locator('button[value="up-1"]').wait_for()
        tree = page.locator("#option-1").aria_snapshot()
        assert words["title"] in tree and "Up" not in tree.split()
    page.locator("button[name=check]").click()
    page.wait_for_url("**/check")
    assert page.get_by_role("listitem").filter(has_text=words["title"]).count() == 1
    page.get_by_role("button", name=words["cast"]).press("Enter")
    page.wait_for_url("**/in")
    assert page.get_by_role("heading", name=words["in"]).count() == 1


@pytest.mark.parametrize(
    ("kind", "language", "theme"),
    [
        ("ranked", "en", "light"), ("ranked", "cy", "dark"), ("approval", "en", "dark"),
        ("approval", "cy", "light"), ("knapsack", "en", "light"), ("knapsack", "cy", "dark"),
        ("points", "en", "dark"), ("points", "cy", "light"),
    ],
)
def test_axe_finds_nothing(
    live: Any, new_page: Any, axe: Any, kind: str, language: str, theme: str
) -> None:
    process = a_process(live.site, kind=kind, projects=14, max_points=10, max_choices=2)
    (cast_code,) = a_batch(live.site, process)
    page = new_page(live, width=360, language=language, theme=theme)
    page.goto(f"{live.url}/processes/shared-budget/vote")
    axe(page)
    page.fill("#code", "ABCD")
    page.keyboard.press("Enter")
    page.wait_for_selector(".errors")
    axe(page)
    page.fill("#code", cast_code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ballot")
    axe(page)
    first, second, third = keys(page)[:3]
    if kind == "ranked":
        press(page, f"add-{first}")
        press(page, f"add-{second}")
        press(page, f"add-{third}")  # the list is full
    elif kind == "points":
        page.fill(f"#points-{first}", "7")
        page.fill(f"#points-{second}", "99")
        page.locator("button[name=save]").first.click()
        page.wait_for_selector(".errors")
    else:
        for key in (first, second, third):
            page.check(f"#choose-{key}")
        page.wait_for_selector(".errors")
    axe(page)
    if kind == "points":
        page.fill(f"#points-{second}", "3")
    page.locator("button[name=check]").click()
    page.wait_for_url("**/check")
    axe(page)
    if kind in ("approval", "knapsack"):
        page.locator(f'button[value="drop-{third}"]').click()
        page.locator("button[name=cast]").wait_for()
        axe(page)
    page.locator("button[name=cast]").click()
    page.wait_for_url("**/in")
    axe(page)
    page.goto(f"{live.url}/processes/shared-budget/vote")
    axe(page)
    page.goto(f"{live.url}/processes/shared-budget/vote/ballot")
    axe(page)
    live.site.clock.now = WHEN["count"]
    page.reload()
    axe(page)
    page.goto(f"{live.url}/processes/shared-budget/vote")
    axe(page)
