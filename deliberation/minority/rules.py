"""How long a minority note may be, and how many stand behind it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_WORDS = 120
FEWEST_JURORS = 2
"""So many jurors stand behind a minority note at least."""


def words(text: str) -> int:
    """How many words a text has."""
    return len(text.split())


def problem(
    text: Mapping[str, str], jurors: int, seated: int
) -> tuple[str, str, dict[str, Any]] | None:
    """What keeps a note from standing: a code, its field and parameters; None where nothing does.

    ``seated``: how many jurors there are who could stand behind it.
    """
    if not any(text.values()):
        return "minority.text", "text_en", {}
    for language, one in text.items():
        if words(one) > MOST_WORDS:
            return "minority.words", f"text_{language}", {"number": words(one), "most": MOST_WORDS}
    if not FEWEST_JURORS <= jurors <= seated:
        return "minority.jurors", "jurors", {"most": seated}
    return None
