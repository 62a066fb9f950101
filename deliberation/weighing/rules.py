"""What a juror may mark in each kind of round, and what the marks come to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

YES = ("yes",)
SCALES: dict[str, dict[str, tuple[str, ...]]] = {
    "questions": {"want": YES},
    "claims": {"trust": ("reliable", "unsure", "not"), "important": YES},
    "project": {
        "complexity": tuple(map(str, range(1, 7))),
        "impact": tuple(map(str, range(1, 6))),
        "effort": tuple(map(str, range(1, 6))),
    },
}
"""By kind of round: what is marked of each subject, and the answers it may have."""
Marks = Mapping[str, Mapping[str, str]]
"""Subject (a question's or claim's number) to what is marked of it: ``{"3": {"trust": "not"}}``."""


class MarkError(ValueError):
    """Marks that cannot stand, as a code."""


def checked(kind: str, subjects: Collection[str], marks: Marks) -> dict[str, dict[str, str]]:
    """The marks without what is empty, if they can stand. Errors: MarkError."""
    found: dict[str, dict[str, str]] = {}
    for subject, answers in marks.items():
        for asked, answer in answers.items():
            if not answer:
                continue
            if subject not in subjects or answer not in SCALES[kind].get(asked, ()):
                raise MarkError("round.mark")
            found.setdefault(subject, {})[asked] = answer
    return found


def sums(kind: str, subjects: Sequence[str], marks: Sequence[Marks]) -> dict[str, Any]:
    """How many jurors gave each answer: ``{"3": {"trust": {"reliable": 4, ...}}}``."""
    return {
        subject: {
            asked: {
                answer: sum(one.get(subject, {}).get(asked) == answer for one in marks)
                for answer in answers
            }
            for asked, answers in SCALES[kind].items()
        }
        for subject in subjects
    }


def mean_tenths(counts: Mapping[str, int]) -> int | None:
    """The mean of a scale of numbers in tenths, halves up; None where nobody answered."""
    total = sum(counts.values())
    if not total:
        return None
    return (20 * sum(int(answer) * number for answer, number in counts.items()) + total) // (
        2 * total)
