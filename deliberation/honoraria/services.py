"""Commands on payments of jurors."""

from __future__ import annotations

from sqlalchemy import update

from deliberation.honoraria import rules
from deliberation.honoraria.models import (
    CHOICES,
    KINDS,
    ExpenseClaim,
    PaymentChoice,
    PaymentTerms,
    SessionPayment,
)
from deliberation.honoraria.queries import row_of, terms_of
from deliberation.panels.models import Juror, Jury
from deliberation.panels.services import process_of_jury
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process


@command()
def set_terms(
    work: Work, jury_id: int, amount: int, voucher: bool, benefits: dict[str, str]
) -> None:
    """Say what a session is worth. What was paid already stays as it was paid. Errors: Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.PAY_JURORS, process)
    if not 0 <= amount <= rules.MOST:
        raise Invalid("payment.amount", field="amount")
    known = terms_of(work.session, jury.id)
    if known is None:
        known = PaymentTerms(jury_id=jury.id, amount=amount, voucher=voucher, benefits=benefits)
        work.session.add(known)
    known.amount, known.voucher, known.benefits = amount, voucher, benefits
    work.about("jury", jury.id, scope=process.id, amount=amount)


def _own(work: Work, juror_id: int) -> tuple[Process, Jury, Juror]:
    juror = work.session.get(Juror, juror_id)
    if juror is None or juror.left_at is not None:
        raise NotFound("juror.unknown")
    process, jury = process_of_jury(work, juror.jury_id)
    return process, jury, juror


@command()
def choose(work: Work, juror_id: int, choice: str) -> None:
    """A juror says how they want it: money, a voucher, or not at all. Errors: Invalid."""
    process, jury, juror = _own(work, juror_id)
    require(work, Permission.ACT_AS_JUROR, process)
    terms = terms_of(work.session, jury.id)
    if choice not in CHOICES or (choice == "voucher" and terms and not terms.voucher):
        raise Invalid("payment.choice", field="choice")
    known = work.session.get(PaymentChoice, juror.id)
    if known is None:
        work.session.add(PaymentChoice(juror_id=juror.id, choice=choice))
    else:
        known.choice = choice
    work.about("juror", juror.id, scope=process.id)


@command()
def claim(work: Work, juror_id: int, kind: str, amount: int, words: str) -> int:
    """A juror asks costs of care or travel back; the claim's id. Errors: Invalid."""
    process, _jury, juror = _own(work, juror_id)
    require(work, Permission.ACT_AS_JUROR, process)
    if kind not in KINDS:
        raise Invalid("payment.kind", field="kind")
    if not 0 < amount <= rules.MOST:
        raise Invalid("payment.amount", field="amount")
    made = ExpenseClaim(juror_id=juror.id, kind=kind, amount=amount, words=words,
                        claimed_at=work.now)
    work.session.add(made)
    work.session.flush()
    work.about("expense_claim", made.id, scope=process.id, amount=amount)
    return made.id


@command()
def settle_claim(work: Work, jury_id: int, claim_id: int, agreed: bool, reason: str) -> None:
    """An official agrees to costs, or refuses with a reason. Errors: Conflict, Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.PAY_JURORS, process)
    found = work.session.get(ExpenseClaim, claim_id)
    if found is None or found.juror_id not in {one.id for one in jury.jurors}:
        raise NotFound("payment.unknown")
    if found.state != "claimed":
        raise Conflict("payment.settled")
    if not agreed and not reason:
        raise Invalid("payment.reason")
    found.state, found.reason = "agreed" if agreed else "refused", reason
    found.settled_at = work.now
    work.about("expense_claim", found.id, scope=process.id, agreed=agreed)


@command()
def mark_paid(work: Work, jury_id: int, juror_id: int, amount: int) -> int:
    """Note that a juror was paid all that was due, ``amount`` as the official's list said it; the
    sum. Errors: Conflict where the list has changed meanwhile, or the juror has left no name."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.PAY_JURORS, process)
    row = row_of(work.session, jury, juror_id)
    if row is None:
        raise NotFound("juror.unknown")
    terms = terms_of(work.session, jury.id)
    if not amount or row.account.due != amount:
        raise Conflict("payment.changed")
    if not row.juror.name:
        raise Conflict("payment.nobody")
    for session_id in row.account.sessions:
        work.session.add(SessionPayment(
            juror_id=juror_id, session_id=session_id, amount=terms.amount if terms else 0,
            choice=row.choice, paid_at=work.now,
        ))
    work.session.execute(
        update(ExpenseClaim).where(ExpenseClaim.id.in_(row.account.claims)).values(state="paid")
    )
    work.about("juror", juror_id, scope=process.id, paid=amount)
    return amount


def forget_payments(work: Work, juror: Juror) -> None:
    """What a juror wrote about costs and how they wanted to be paid goes, inside another command;
    sums that were paid stay, as books must."""
    known = work.session.get(PaymentChoice, juror.id)
    if known is not None:
        work.session.delete(known)
    work.session.execute(
        update(ExpenseClaim).where(ExpenseClaim.juror_id == juror.id).values(words="", reason="")
    )
