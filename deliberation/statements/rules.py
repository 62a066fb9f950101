"""How long a statement may be, which of its lines are printed, and what it lacks. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from deliberation.lines import rules as lines
from deliberation.lines.rules import Check, Checked
from deliberation.measures.agreement import key_finding

LIMITS = {"what": 30, "for": 60, "care": 60}
"""Words of a section. Reasons for and for care have the same limit, so that neither is favoured."""
TOTAL = 250
PROCESS_LINE = 150
FINDINGS = 6
SIDES = ("for", "care")
REPLY_TIME = timedelta(hours=48)
"""How long facts can be disputed before a statement is locked."""


def words(text: str) -> int:
    """How many words a text has."""
    return len(text.split())


def texts(sections: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Every line that says something, by its key, in the order in which it is printed."""
    found: dict[str, Mapping[str, str]] = {}
    if sections.get("what"):
        found["what"] = sections["what"]
    for place, one in enumerate(sections.get("findings", ()), 1):
        found[f"finding-{place}"] = one["text"]
    for name in (*SIDES, "unknown"):
        if sections.get(name):
            found[name] = sections[name]
    return found


def length(sections: Mapping[str, Any], language: str) -> int:
    """Words in one language, of all that may be printed."""
    return sum(words(text.get(language, "")) for text in texts(sections).values())


def printed(sections: Mapping[str, Any], jurors: int) -> list[tuple[int, Mapping[str, Any]]]:
    """The findings that may be printed, with their places: at least three quarters agree."""
    return [
        (place, one) for place, one in enumerate(sections.get("findings", ()), 1)
        if key_finding(one["agree"], jurors)
    ]


def lacks(sections: Mapping[str, Any], languages: Sequence[str]) -> list[str]:
    """Codes of what must be written before a statement can be locked."""
    found = []
    if not sections.get("what"):
        found.append("statement.lacks_what")
    nobody = sections.get("nobody", ())
    found += [
        f"statement.lacks_{side}" for side in SIDES
        if not sections.get(side) and side not in nobody
    ]
    if any(not text.get(one) for text in texts(sections).values() for one in languages):
        found.append("statement.lacks_language")
    if any(length(sections, one) > TOTAL for one in languages):
        found.append("statement.lacks_brevity")
    return found


def unchecked(sections: Mapping[str, Any], version: int, checks: Iterable[Checked]) -> list[str]:
    """The lines that no other table has called green or amber in this version."""
    return lines.unchecked(texts(sections), version, checks)


def carried(
    before: Mapping[str, Any], after: Mapping[str, Any], checks: Iterable[Check], version: int
) -> list[Check]:
    """The checks that hold for a new version: those of lines that still say the same."""
    return lines.carried(texts(before), texts(after), checks, version)


def lockable_at(checked_at: datetime | None) -> datetime | None:
    """From when a statement may be locked: facts can be disputed until then."""
    return checked_at + REPLY_TIME if checked_at is not None else None


def jurors_of(sitting: Collection[int], interested: Collection[int]) -> int:
    """Of how many a tally is: jurors on the jury who are not too close to the project."""
    return len(set(sitting) - set(interested))


class Noted(Protocol):
    """A minority note, as far as its words go."""

    text: Any


def all_texts(sections: Mapping[str, Any], notes: Iterable[Noted] = ()) -> list[str]:
    """What the page says, in every language, for words that are looked for in it."""
    said = [*texts(sections).values(), *(one.text for one in notes)]
    return [text for line in said for text in line.values()]
