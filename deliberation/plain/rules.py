"""Which words of a text can be flagged, and whether a word stands in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONG = 8
"""Letters from which a word is offered to be flagged with one tap; shorter ones are typed."""
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


def long_words(texts: Iterable[str], most: int = 24) -> list[str]:
    """The long words of some texts, each once, in their order."""
    found: dict[str, str] = {}
    for text in texts:
        for word in _WORD.findall(text):
            bare = word.strip("’'-")
            if len(bare) >= LONG:
                found.setdefault(bare.casefold(), bare)
    return list(found.values())[:most]


def stands_in(word: str, text: str) -> bool:
    """Whether a word, or words, stand in a text as a whole."""
    return re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", text.casefold()) is not None
