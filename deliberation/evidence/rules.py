"""Whether both sides have had their time; which questions are sent. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from deliberation.evidence.models import STANCES
from deliberation.measures.agreement import left_out

SIDES = ("for", "care")
"""Only these two are weighed against each other."""


class Timed(Protocol):
    """What of an item the ledger reads."""

    stance: str
    minutes: int
    heard: int | None


@dataclass(frozen=True)
class Line:
    """One stance: minutes as planned, and as they are: heard where heard, else planned."""

    stance: str
    items: int
    planned: int
    actual: int


@dataclass(frozen=True)
class Ledger:
    """Equal time by stance."""

    lines: tuple[Line, ...]

    def of(self, stance: str) -> Line:
        return next(one for one in self.lines if one.stance == stance)

    @property
    def longer(self) -> int:
        return max(self.of(side).actual for side in SIDES)

    @property
    def shorter(self) -> int:
        return min(self.of(side).actual for side in SIDES)

    @property
    def short_side(self) -> str:
        """The side that has less."""
        return min(SIDES, key=lambda side: self.of(side).actual)

    @property
    def percent(self) -> int:
        """By how much of the longer side's time the shorter one falls short, rounded up."""
        return -(-100 * (self.longer - self.shorter) // self.longer) if self.longer else 0

    @property
    def unbalanced(self) -> bool:
        """More than a fifth apart: the shorter side has less than four fifths of the longer."""
        return 5 * (self.longer - self.shorter) > self.longer


def ledger(items: Iterable[Timed]) -> Ledger:
    """The sums of what was not withdrawn, by stance."""
    known = list(items)
    return Ledger(
        tuple(
            Line(
                stance, sum(one.stance == stance for one in known),
                sum(one.minutes for one in known if one.stance == stance),
                sum(one.minutes if one.heard is None else one.heard
                    for one in known if one.stance == stance),
            )
            for stance in STANCES
        )
    )


SLATE = 6
"""So many questions are kept."""


@dataclass(frozen=True)
class Slate:
    """Which questions are kept, by number; ``gaps``: those that a group of jurors shares who have
    none of theirs on it, with how many they are."""

    chosen: tuple[str, ...]
    gaps: dict[str, int]
    wanted: dict[str, int]


def slate(
    questions: Collection[str], approvals: Sequence[Collection[str]], most: int = SLATE
) -> Slate:
    """The most wanted questions, the earlier one where two are wanted alike; what nobody wants is
    not kept."""
    wanted = Counter(question for mine in approvals for question in set(mine))
    order = sorted(questions, key=lambda one: (-wanted[one], int(one)))
    chosen = tuple(one for one in order if wanted[one])[:most]
    return Slate(chosen, left_out(approvals, chosen), {one: wanted[one] for one in questions})


def is_late(due: date | None, day: date) -> bool:
    """Whether an answer of this day comes after the day that was named."""
    return due is not None and day > due
