"""What a test of a page waits for: a browser settles after the answer has come, not with it."""

from __future__ import annotations

from typing import Any


def has_focus(page: Any, element: str) -> None:
    """Wait until an element has the focus, by its id. Errors: TimeoutError where it never has."""
    page.wait_for_function("id => document.activeElement.id === id", arg=element, timeout=10_000)


JOURNEYS = ("script", "language"), [
    (False, "en"), (False, "cy"), (True, "en"), (True, "cy")
]
"""How each journey is made, by keyboard alone: without script and with it, in both languages."""


class Journey:
    """Counts the pages that somebody sees on their way, in one window or in several, and says so
    (pytest -s). What is loaded again with its faults counts again; an anchor in a page does not."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.pages: list[str] = []

    def follow(self, page: Any) -> Any:
        """The same page, counted from now on."""
        page.on("domcontentloaded", lambda shown: self.pages.append(shown.url))
        return page

    def at_most(self, most: int) -> None:
        print(f"\n{self.who}: {len(self.pages)} pages")
        assert 0 < len(self.pages) <= most, self.pages
