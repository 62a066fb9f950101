"""What a draft is made of and what it lacks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Protocol

from deliberation.lines.rules import Checked, Lines, unchecked

WORDS = 250
"""Of an option's text, in one language."""
COST_LINES = 8
MOST_OF_A_TABLE = 4
"""Drafts of one table that stand at a time: two are asked for, and ideas may split."""
OPEN = frozenset({"draft"})
STANDING = frozenset({"draft", "ready", "asked", "chosen", "not_chosen"})


class Objection(Protocol):
    @property
    def answered_at(self) -> object: ...


def words(text: str) -> int:
    """How many words a text has."""
    return len(text.split())


def paragraphs(text: str) -> list[str]:
    """The parts of a text between empty lines."""
    return [one.strip() for one in re.split(r"\n\s*\n", text) if one.strip()]


def lines_of(sections: Mapping[str, Any]) -> Lines:
    """Every line that another table reads, by its key: title, paragraphs, costs.

    The paragraphs of the languages go by their order. A cost's amount belongs to its line: who
    changes it has the line read anew.
    """
    found: dict[str, Mapping[str, Any]] = {}
    if sections.get("title"):
        found["title"] = sections["title"]
    texts = sections.get("text", {})
    parts = zip_longest(*(paragraphs(one) for one in texts.values()), fillvalue="")
    for place, part in enumerate(parts, 1):
        found[f"text-{place}"] = {
            language: words for language, words in zip(texts, part, strict=True) if words
        }
    for place, one in enumerate(sections.get("costs", ()), 1):
        found[f"cost-{place}"] = {**one["label"], "amount": one["amount"]}
    return found


def cost(sections: Mapping[str, Any]) -> int:
    """What the option costs, in minor units."""
    return sum(int(one["amount"]) for one in sections.get("costs", ()))


def lacks(
    sections: Mapping[str, Any], version: int, checks: Iterable[Checked],
    objections: Iterable[Objection], languages: Sequence[str],
) -> list[str]:
    """Codes of what must be done before an option is ready for the vote."""
    found = []
    if not sections.get("title") or not sections.get("text"):
        found.append("draft.lacks_text")
    if not cost(sections):
        found.append("draft.lacks_cost")
    texts = [sections.get("title", {}), sections.get("text", {}),
             *(one["label"] for one in sections.get("costs", ()))]
    if any(not text.get(one) for text in texts for one in languages):
        found.append("draft.lacks_language")
    if unchecked(lines_of(sections), version, checks):
        found.append("draft.lacks_checks")
    if any(one.answered_at is None for one in objections):
        found.append("draft.lacks_answers")
    return found


def all_texts(sections: Mapping[str, Any]) -> list[str]:
    """What the draft says, in every language, for words that are looked for in it."""
    return [words for line in lines_of(sections).values() for language, words in line.items()
            if language != "amount"]
