"""Reading evidence, as everybody reads it, with its ledger; and questions with their answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.evidence import rules
from deliberation.evidence.models import EvidenceItem, LedgerNote, Question
from deliberation.plain.queries import Said, by_language, read_by_all
from pb.core.errors import NotFound


@dataclass(frozen=True)
class Library:
    """The evidence of a jury. ``note``: on the balance as it is now, if one was written."""

    items: Sequence[EvidenceItem]
    withdrawn: Sequence[EvidenceItem]
    ledger: rules.Ledger
    note: LedgerNote | None

    @property
    def unexplained(self) -> bool:
        """The sides are more than a fifth apart, and no note says why."""
        return self.ledger.unbalanced and self.note is None


def library(session: Session, jury_id: int) -> Library:
    """Everything, by number; a note that speaks of other minutes does not count any more."""
    found = list(
        session.scalars(
            select(EvidenceItem).where(EvidenceItem.jury_id == jury_id)
            .order_by(EvidenceItem.number)
        )
    )
    items = [one for one in found if one.withdrawn_at is None]
    sums = rules.ledger(items)
    note = session.get(LedgerNote, jury_id)
    if note is not None and (note.longer, note.shorter) != (sums.longer, sums.shorter):
        note = None
    return Library(items, [one for one in found if one.withdrawn_at is not None], sums, note)


@read_by_all
def _titles(session: Session, jury_id: int) -> Iterator[Said]:
    for one in library(session, jury_id).items:
        yield from by_language(one.title)


def item_by_number(session: Session, jury_id: int, number: str) -> EvidenceItem:
    """One item of the address. Errors: NotFound."""
    known = number.isascii() and number.isdecimal() and len(number) < 6
    found = session.scalar(
        select(EvidenceItem).where(
            EvidenceItem.jury_id == jury_id, EvidenceItem.number == int(number)
        )
    ) if known else None
    if found is None:
        raise NotFound("evidence.unknown")
    return found


def next_number(session: Session, jury_id: int) -> int:
    most = session.scalar(
        select(func.max(EvidenceItem.number)).where(EvidenceItem.jury_id == jury_id)
    )
    return (most or 0) + 1


def slots_of(session: Session, jury_id: int, witness: str) -> list[EvidenceItem]:
    """What a witness gives, for their own screen."""
    if not witness:
        return []
    return list(
        session.scalars(
            select(EvidenceItem)
            .where(EvidenceItem.jury_id == jury_id, EvidenceItem.witness == witness,
                   EvidenceItem.withdrawn_at.is_(None))
            .order_by(EvidenceItem.session_number, EvidenceItem.slot_at, EvidenceItem.number)
        )
    )


@dataclass(frozen=True)
class QuestionView:
    """A question; ``late``: its answer came, or is still to come, after the day it was due."""

    question: Question
    late: bool


def questions_of(
    session: Session, jury_id: int, now: datetime, zone: tzinfo
) -> list[QuestionView]:
    """Every question that was not hidden, by number. A day ends where the process is."""
    return [
        QuestionView(one, rules.is_late(one.due, (one.answered_at or now).astimezone(zone).date()))
        for one in session.scalars(
            select(Question).where(Question.jury_id == jury_id, Question.state != "hidden")
            .order_by(Question.number)
        )
    ]


def open_questions(session: Session, session_id: int) -> list[Question]:
    """What jurors choose from now."""
    return list(
        session.scalars(
            select(Question).where(Question.session_id == session_id, Question.state == "open")
            .order_by(Question.number)
        )
    )


def witnesses(session: Session, jury_id: int) -> list[str]:
    """The names of who gives evidence, in the order of the library."""
    found = session.scalars(
        select(EvidenceItem.witness).where(
            EvidenceItem.jury_id == jury_id, EvidenceItem.withdrawn_at.is_(None),
            EvidenceItem.witness != "",
        ).order_by(EvidenceItem.number)
    )
    return list(dict.fromkeys(found))


def waiting_for(session: Session, jury_id: int, witness: str) -> int:
    """How many questions a witness has still to answer."""
    return session.scalar(
        select(func.count()).select_from(Question).where(
            Question.jury_id == jury_id, Question.witness == witness,
            Question.sent_at.is_not(None), Question.answered_at.is_(None),
        )
    ) or 0 if witness else 0
