"""What a session is worth, how each juror wants it, what was paid, and costs that were claimed.

Amounts are whole numbers of the currency's smallest unit.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model

CHOICES = ("money", "voucher", "declined")
KINDS = ("care", "travel", "other")


class PaymentTerms(Model):
    """What a jury's people are offered, and who helps with the question of benefits."""

    __tablename__ = "jury_payment_terms"
    jury_id: Mapped[int] = mapped_column(ForeignKey("juries.id"), primary_key=True)
    amount: Mapped[int]
    """For each session that a juror came to."""
    voucher: Mapped[bool] = mapped_column(default=True)
    benefits: Mapped[dict[str, str]]
    """Whom to ask about benefits, with how to reach them."""


class PaymentChoice(Model):
    """How a juror wants it; without a row it is money."""

    __tablename__ = "jury_payment_choices"
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
    choice: Mapped[str] = mapped_column(String(10))


class SessionPayment(Model):
    """That a juror was paid for a session, once."""

    __tablename__ = "jury_session_payments"
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), primary_key=True)
    amount: Mapped[int]
    choice: Mapped[str] = mapped_column(String(10))
    paid_at: Mapped[datetime]


class ExpenseClaim(Model):
    """Costs of care or travel that a juror asks back."""

    __tablename__ = "jury_expense_claims"
    id: Mapped[int] = mapped_column(primary_key=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("jurors.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int]
    words: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default="claimed")
    """claimed, agreed, refused or paid."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    claimed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
