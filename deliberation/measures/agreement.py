"""When a jury has agreed, and whether a choice of questions leaves a group of jurors out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

COMFORTABLE = ("love", "like", "live")
COMFORT = (*COMFORTABLE, "lament", "loathe")
"""The five answers of a comfort vote; the first three carry a text."""


def supermajority(eligible: int) -> int:
    """How many of those eligible and present make 80 %: four fifths, rounded up."""
    return -(-4 * eligible // 5)


def key_finding(agree: int, jurors: int) -> bool:
    """Whether a finding may be printed: at least three quarters agree."""
    return jurors > 0 and 4 * agree >= 3 * jurors


def left_out(
    approvals: Sequence[Collection[str]], chosen: Collection[str]
) -> dict[str, int]:
    """The questions that a slate ought to have had, with the jurors who stand behind each.

    A slate of k questions fails justified representation where at least n / k jurors share a
    question that is not on it and have none of theirs on it. Empty: nobody is left out.
    """
    wanted: dict[str, int] = {}
    for mine in approvals:
        if not any(question in chosen for question in mine):
            for question in mine:
                wanted[question] = wanted.get(question, 0) + 1
    return {
        question: jurors
        for question, jurors in sorted(wanted.items())
        if chosen and jurors * len(chosen) >= len(approvals)
    }
