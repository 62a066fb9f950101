"""What a test of a page waits for: a browser settles after the answer has come, not with it."""

from __future__ import annotations

from typing import Any


def has_focus(page: Any, element: str) -> None:
    """Wait until an element has the focus, by its id. Errors: TimeoutError where it never has."""
    page.wait_for_function("id => document.activeElement.id === id", arg=element, timeout=10_000)
