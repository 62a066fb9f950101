"""What the demo's jury that is done leaves in the office: payments, how like the town it was, how
evenly its people spoke, the evaluation as it was published, the evaluator's files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deliberation.evaluation.models import Census, Evaluation, PrincipleWords
from deliberation.evaluation.queries import figures_of
from deliberation.evaluation.services import new_issue
from deliberation.honoraria.models import (
    ExpenseClaim,
    PaymentChoice,
    PaymentTerms,
    SessionPayment,
)
from deliberation.panels.models import Jury
from deliberation.sessions.models import JurySession
from deliberation.speaking.models import Speaking, TalkTotal
from pb.core.work import Work
from pb.processes.models import Process

PUBLISHED = timedelta(days=2)
"""So long ago the evaluation was published."""


def add_afterwards(
    work: Work, process: Process, jury: Jury, sessions: Sequence[JurySession], data: dict[str, Any]
) -> None:
    """Everything that comes after the last session."""
    _payments(work, jury, sessions, data["payments"])
    _census(work, jury, data["census"], sessions[0].starts_at)
    _talk(work, jury, sessions, data["talk"])
    for principle, text in data["words"].items():
        work.session.add(PrincipleWords(jury_id=jury.id, principle=principle, text=text))
    work.session.flush()
    work.session.add(Evaluation(
        jury_id=jury.id, version=1, published_at=work.now - PUBLISHED,
        figures=figures_of(work.session, work.site.secrets, jury, work.now,
                           ZoneInfo(process.time_zone), exact=False),
    ))
    new_issue(work, process, jury, "first")


def add_terms(work: Work, jury: Jury, data: dict[str, Any]) -> None:
    """What a session is worth, and whom to ask about benefits."""
    work.session.add(PaymentTerms(jury_id=jury.id, amount=data["amount"],
                                  voucher=data["voucher"], benefits=data["benefits"]))


def _payments(
    work: Work, jury: Jury, sessions: Sequence[JurySession], data: dict[str, Any]
) -> None:
    """All but the last session are paid; costs wait, are agreed, refused or paid."""
    add_terms(work, jury, data)
    jurors = {one.number: one for one in jury.jurors if not one.reserve}
    choices = {int(number): choice for number, choice in data["choices"].items()}
    for number, choice in choices.items():
        work.session.add(PaymentChoice(juror_id=jurors[number].id, choice=choice))
    for session in sessions[: data["paid_sessions"]]:
        for number, juror in jurors.items():
            choice = choices.get(number, "money")
            if choice != "declined":
                work.session.add(SessionPayment(
                    juror_id=juror.id, session_id=session.id, amount=data["amount"],
                    choice=choice, paid_at=session.ends_by + timedelta(days=3),
                ))
    claimed = sessions[-1].ends_by
    for one in data["costs"]:
        settled = one["state"] != "claimed"
        work.session.add(ExpenseClaim(
            juror_id=jurors[one["juror"]].id, kind=one["kind"], amount=one["amount"],
            words=one["words"], state=one["state"], reason=one.get("reason", ""),
            claimed_at=claimed, settled_at=claimed + timedelta(days=4) if settled else None,
        ))


def _census(work: Work, jury: Jury, data: dict[str, Any], at: datetime) -> None:
    """The town and the pool in numbers, and each juror's traits, dealt out in turn."""
    jurors = [one for one in jury.jurors if not one.reserve]
    for trait in data["traits"]:
        values = [value for (value, _people), number in zip(
            trait["shares"], trait["jury"], strict=True) for _ in range(number)]
        step = 7 if trait is data["traits"][0] else 5  # neither divides 24: traits are mixed
        for place, value in enumerate(values):
            juror = jurors[place * step % len(jurors)]
            juror.traits = {**juror.traits, trait["name"]: value}
    work.session.add(Census(
        jury_id=jury.id, source=data["source"], set_at=at, pool_people=data["pool"],
        shares={one["name"]: one["shares"] for one in data["traits"]},
        pool={
            one["name"]: {value: number for (value, _people), number in zip(
                one["shares"], one["pool"], strict=True)}
            | {"": data["pool"] - sum(one["pool"])}
            for one in data["traits"]
        },
    ))


def _talk(
    work: Work, jury: Jury, sessions: Sequence[JurySession], data: list[dict[str, Any]]
) -> None:
    """What is left of the turns of two sessions: a table's sums."""
    work.session.add(Speaking(jury_id=jury.id, on=True, seconds=45, invites=True))
    for one in data:
        for table, (turns, seconds, balance) in enumerate(one["tables"], 1):
            work.session.add(TalkTotal(
                session_id=sessions[one["session"] - 1].id, table_number=table, turns=turns,
                seconds=seconds, people=6, balance=balance, nudges=0,
            ))
