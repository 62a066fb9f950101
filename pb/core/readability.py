"""How hard a text is to read: measured by sentence and word, said in words.

English: the Automated Readability Index (Senter and Smith, 1967), which needs no dictionary of
syllables: 4.71 letters a word + 0.5 words a sentence - 21.43, about the school year in which it is
read with ease. Welsh has no such index. Ours adds words a sentence and long words in a hundred,
where a digraph (ch, dd, ff, ng, ll, ph, rh, th) is one letter, as it is in Welsh. Its marks were
set so that of the two languages' versions of the same 800 sentences and texts of this app about
the same share lies above each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DIGRAPH = re.compile(r"ch|dd|ff|ng|ll|ph|rh|th", re.IGNORECASE)

LEAST_WORDS = 8
"""A text of fewer words has no measure: one long word would decide."""
LONG_SENTENCE = 20
"""Words; sentences that are longer on average are named as the reason."""
LONG_WORD = 8
"""Letters of a Welsh word that counts as long."""
MARKS = {"en": (8.0, 11.0), "cy": (36.0, 46.0)}
"""Up to the first a text is easy, up to the second fair, above it hard: a page warns."""


@dataclass(frozen=True)
class Grade:
    """``level``: short, easy, fair or hard; ``why``: sentences, words, both or nothing."""

    level: str
    why: str
    score: float
    words: int
    words_a_sentence: float
    letters_a_word: float

    @property
    def warns(self) -> bool:
        return self.level == "hard"


def letters(word: str, language: str) -> int:
    """Its letters as its language counts them."""
    bare = "".join(one for one in word if one.isalpha())
    return len(_DIGRAPH.sub("x", bare)) if language == "cy" else len(bare)


def grade(text: str | None, language: str) -> Grade:
    """Measure a text in "en" or "cy"."""
    sentences = [
        words for part in _SENTENCE.split(text or "") if (words := _WORD.findall(part))
    ]
    lengths = [letters(word, language) for words in sentences for word in words]
    if len(lengths) < LEAST_WORDS:
        return Grade("short", "", 0.0, len(lengths), 0.0, 0.0)
    a_sentence = len(lengths) / len(sentences)
    a_word = sum(lengths) / len(lengths)
    if language == "cy":
        long = sum(1 for one in lengths if one >= LONG_WORD) / len(lengths)
        score = a_sentence + 100 * long
        wordy = long > 0.2
    else:
        score = 4.71 * a_word + 0.5 * a_sentence - 21.43
        wordy = a_word > 5.2
    easy, fair = MARKS[language]
    level = "easy" if score <= easy else "fair" if score <= fair else "hard"
    why = ""
    if level == "hard":
        lengthy = a_sentence > LONG_SENTENCE
        why = "both" if lengthy and wordy else "sentences" if lengthy else "words"
    return Grade(level, why, round(score, 1), len(lengths), round(a_sentence, 1),
                 round(a_word, 1))
