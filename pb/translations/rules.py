"""What a translation's state is, and what follows from it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pb.translations.subjects import Item

STATES = ("missing", "changed", "draft", "done", "checked", "own")
"""``changed``: done, but the source is another one now. ``own``: its owner wrote both languages."""
TO_DO = ("missing", "changed", "draft")


def digest(text: str) -> str:
    """Of a source, to see whether it is still the one that was translated."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Kept:
    """What a translator has brought so far (``models.Translation``)."""

    source_language: str
    language: str
    state: str
    text: str
    source_digest: str
    translated_by: int | None
    translator: str
    translated_at: datetime
    checked_at: datetime | None
    version: int


@dataclass(frozen=True)
class Unit:
    """One text to be put into one other language, and how far that is."""

    kind: str
    item: Item
    source_language: str
    language: str
    state: str
    text: str
    """What there is in the other language: the finished text, or the draft."""
    kept: Kept | None

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.item.subject_id}/{self.item.field}/{self.language}"

    @property
    def source(self) -> str:
        return self.item.texts[self.source_language]

    @property
    def source_digest(self) -> str:
        return digest(self.source)

    @property
    def source_changed(self) -> bool:
        """Since the translation, or its draft, was written."""
        return self.kept is not None and self.kept.source_digest != self.source_digest

    @property
    def version(self) -> int:
        return self.kept.version if self.kept else 0


def units_of(
    kind: str, item: Item, languages: Sequence[str], kept: Mapping[str, Kept]
) -> list[Unit]:
    """The item once for each language that is not its source. ``kept``: by language.

    A text that nobody has written in any language is nobody's to translate.
    """
    present = [one for one in languages if item.texts.get(one)]
    if not present:
        return []
    # A translation whose source was taken out is a text of its own.
    live = {to: one for to, one in kept.items() if item.texts.get(one.source_language)}
    found = []
    for language in languages:
        mine = live.get(language)
        others = [one for one in present if one != language]
        if not others:
            continue
        source = _source(item, others, mine)
        if mine is None and item.texts.get(language) and source != (item.first or present[0]):
            continue  # the other way round: this language is the source
        if any(
            one.source_language == language and item.texts.get(one.language)
            and (mine is None or one.translated_at > mine.translated_at)
            for one in live.values()
        ):
            continue
        found.append(_unit(kind, item, source, language, mine))
    return found


def _source(item: Item, others: list[str], mine: Kept | None) -> str:
    if mine is not None:
        return mine.source_language
    return item.first if item.first in others else others[0]


def _unit(kind: str, item: Item, source: str, language: str, mine: Kept | None) -> Unit:
    there = item.texts.get(language, "")
    if mine is None:
        return Unit(kind, item, source, language, "own" if there else "missing", there, None)
    if there and mine.state != "draft" and there != mine.text:
        # Its owner has written another one over it since.
        return Unit(kind, item, source, language, "own", there, None)
    changed = mine.source_digest != digest(item.texts[source])
    state = mine.state if there or mine.state == "draft" else "draft"
    if changed and state != "draft":
        state = "changed"
    return Unit(kind, item, source, language, state, mine.text, mine)
