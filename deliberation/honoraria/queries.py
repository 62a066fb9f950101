"""Reading payments: the list for officials, and a juror's own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.honoraria import rules
from deliberation.honoraria.models import (
    ExpenseClaim,
    PaymentChoice,
    PaymentTerms,
    SessionPayment,
)
from deliberation.panels.models import Juror, Jury
from deliberation.sessions.models import JurySession, Seat


@dataclass(frozen=True)
class Row:
    """A juror's line: how they want it, where they were, what is due and what was paid."""

    juror: Juror
    choice: str
    attended: tuple[int, ...]
    """Numbers of the sessions that they came to."""
    account: rules.Account
    claims: Sequence[ExpenseClaim]


def terms_of(session: Session, jury_id: int) -> PaymentTerms | None:
    return session.get(PaymentTerms, jury_id)


def payment_list(session: Session, jury: Jury) -> list[Row]:
    """Every juror who came, claimed or was paid, in the order of their numbers. A session counts
    once it has begun and the juror was noted as present."""
    terms = terms_of(session, jury.id)
    ids = [one.id for one in jury.jurors]
    numbers: dict[int, int] = {}
    came: dict[int, set[int]] = {}
    for session_id, number, juror_id in session.execute(
        select(JurySession.id, JurySession.number, Seat.juror_id)
        .join(Seat, Seat.session_id == JurySession.id)
        .where(JurySession.jury_id == jury.id, JurySession.state != "planned",
               Seat.came_at.is_not(None))
    ):
        numbers[session_id] = number
        came.setdefault(juror_id, set()).add(session_id)
    choices = {
        one.juror_id: one.choice
        for one in session.scalars(select(PaymentChoice).where(PaymentChoice.juror_id.in_(ids)))
    }
    paid: dict[int, list[tuple[int, int]]] = {}
    for payment in session.scalars(
        select(SessionPayment).where(SessionPayment.juror_id.in_(ids))
    ):
        paid.setdefault(payment.juror_id, []).append((payment.session_id, payment.amount))
    claims: dict[int, list[ExpenseClaim]] = {}
    for claim in session.scalars(
        select(ExpenseClaim).where(ExpenseClaim.juror_id.in_(ids)).order_by(ExpenseClaim.id)
    ):
        claims.setdefault(claim.juror_id, []).append(claim)
    found = []
    for juror in jury.jurors:
        mine, costs = came.get(juror.id, set()), claims.get(juror.id, [])
        choice = choices.get(juror.id, "money")
        account = rules.account(
            terms.amount if terms else 0, choice, mine, paid.get(juror.id, ()),
            [rules.Cost(one.id, one.amount, one.state) for one in costs],
        )
        if mine or costs or account.paid or juror.left_at is None:
            found.append(Row(juror, choice, tuple(sorted(numbers[one] for one in mine)), account,
                             costs))
    return found


def row_of(session: Session, jury: Jury, juror_id: int) -> Row | None:
    """One juror's line."""
    return next((one for one in payment_list(session, jury) if one.juror.id == juror_id), None)
