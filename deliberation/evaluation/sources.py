"""What an evaluation takes from the room: how evenly people were heard, which questions were taken,
what evidence there was. Where nothing was measured there is no figure, and nothing is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.evidence.models import EvidenceItem, Question
from deliberation.measures.voice import gini_of_few
from deliberation.sessions.models import JurySession
from deliberation.speaking.models import TalkTotal
from deliberation.weighing.models import Round

SIDES = ("for", "care")
SENT = ("kept", "left")
"""States of a question that may have been sent to a witness."""


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
    """A choice of questions, as it is kept: how many jurors chose, how many questions were taken,
    and how many more a group of jurors shares who have none of theirs among them."""

    session_number: int
    jurors: int
    chosen: int
    left_out: int


@dataclass(frozen=True)
class Balance:
    """The evidence that a jury heard: pieces, sides among them, and the answered questions."""

    pieces: int
    stances: int
    questions: int
    answered: int


def voices_of(session: Session, jury_id: int) -> list[Voice]:
    """What is left of each table's talk once its session is over: sums, nobody's own share."""
    return [
        Voice(number, total.table_number, total.people, Fraction(total.balance))
        for number, total in session.execute(
            select(JurySession.number, TalkTotal)
            .join(TalkTotal, TalkTotal.session_id == JurySession.id)
            .where(JurySession.jury_id == jury_id, TalkTotal.people > 1, TalkTotal.seconds > 0)
            .order_by(JurySession.number, TalkTotal.table_number)
        )
    ]


def slates_of(session: Session, jury_id: int) -> list[Slate]:
    """The choices of questions that are closed; who stood behind which was never kept."""
    return [
        Slate(number, result["marked"], len(result["chosen"]), len(result["gaps"]))
        for number, result in session.execute(
            select(JurySession.number, Round.result)
            .join(Round, Round.session_id == JurySession.id)
            .where(JurySession.jury_id == jury_id, Round.kind == "questions",
                   Round.closed_at.is_not(None))
            .order_by(JurySession.number, Round.id)
        )
    ]


def balance_of(session: Session, jury_id: int) -> Balance | None:
    """The pieces of evidence that stand, how many of the two sides they speak for, and how many
    of the questions that were sent are answered; None where there is no evidence."""
    stances = list(session.scalars(
        select(EvidenceItem.stance).where(EvidenceItem.jury_id == jury_id,
                                          EvidenceItem.withdrawn_at.is_(None))
    ))
    if not stances:
        return None
    answers = list(session.scalars(
        select(Question.answered_at).where(Question.jury_id == jury_id,
                                           Question.state.in_(SENT),
                                           Question.sent_at.is_not(None))
    ))
    return Balance(len(stances), len(set(stances) & set(SIDES)), len(answers),
                   sum(one is not None for one in answers))
