"""What an evaluation asks of features that may be switched off, by what it needs and no more.

A feature that measures talk, or in which jurors choose questions, puts a function of its own into
``VOICES`` or ``SLATES``; where nothing is measured there is no figure, and nothing is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from deliberation.measures.voice import gini_of_few


@dataclass(frozen=True)
class Voice:
    """How evenly a table's people were heard in a session, without facilitators.

    Both are Gini coefficients times n/(n-1); ``turns`` is None where only seconds were kept.
    """

    session_number: int
    table_number: int
    people: int
    seconds: Fraction
    turns: Fraction | None = None

    @classmethod
    def measured(
        cls, session_number: int, table_number: int, turns: Sequence[int], seconds: Sequence[int]
    ) -> Voice:
        """From each juror's own amounts, zeros included, in any order."""
        return cls(session_number, table_number, len(turns), gini_of_few(seconds),
                   gini_of_few(turns))


@dataclass(frozen=True)
class Slate:
    """A choice of questions: what each juror stands behind, and which were taken."""

    name: Any
    approvals: Sequence[Sequence[str]]
    chosen: Sequence[str]


@dataclass(frozen=True)
class Balance:
    """The evidence that a jury heard: pieces, stances among them, and the answered questions."""

    pieces: int
    stances: int
    questions: int
    answered: int


VOICES: list[Callable[[Session, int], Sequence[Voice]]] = []
SLATES: list[Callable[[Session, int], Sequence[Slate]]] = []
BALANCES: list[Callable[[Session, int], Balance | None]] = []


def voices_of(session: Session, jury_id: int) -> list[Voice]:
    """What was measured of a jury's talk, by session."""
    return [one for source in VOICES for one in source(session, jury_id)]


def slates_of(session: Session, jury_id: int) -> list[Slate]:
    """A jury's choices of questions."""
    return [one for source in SLATES for one in source(session, jury_id)]


def balance_of(session: Session, jury_id: int) -> Balance | None:
    """The jury's evidence, where a library of it is kept."""
    return next((one for source in BALANCES if (one := source(session, jury_id))), None)
