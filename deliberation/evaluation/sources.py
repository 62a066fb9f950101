"""The seams' first sources: the sums of talk, and the evidence library, where they are kept.

Both are read by the names of their tables: a jury's room works without measuring talk and without
a library, and an installation may have neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.evaluation import seams
from deliberation.sessions.models import JurySession
from pb.core.database import Model

SIDES = ("for", "care")


def talk(session: Session, jury_id: int) -> Sequence[seams.Voice]:
    """What is left of each table's talk once its session is over: sums, nobody's own share."""
    totals = Model.metadata.tables.get("jury_talk_totals")
    if totals is None:
        return ()
    return [
        seams.Voice(number, table, people, Fraction(balance))
        for number, table, people, balance in session.execute(
            select(JurySession.number, totals.c.table_number, totals.c.people, totals.c.balance)
            .join(totals, totals.c.session_id == JurySession.id)
            .where(JurySession.jury_id == jury_id, totals.c.people > 1, totals.c.seconds > 0)
            .order_by(JurySession.number, totals.c.table_number)
        )
    ]


def evidence(session: Session, jury_id: int) -> seams.Balance | None:
    """The pieces of the library that stand, and how many of the two sides they speak for."""
    items = Model.metadata.tables.get("jury_evidence")
    if items is None:
        return None
    stances = list(session.scalars(
        select(items.c.stance).where(items.c.jury_id == jury_id, items.c.withdrawn_at.is_(None))
    ))
    return seams.Balance(len(stances), len(set(stances) & set(SIDES)), 0, 0) if stances else None


seams.VOICES.append(talk)
seams.BALANCES.append(evidence)
