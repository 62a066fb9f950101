"""Reading juries."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.panels.models import Interest, Juror, Jury


def jury_of(session: Session, process_id: int) -> Jury | None:
    """The process's jury, with its jurors; one process has one at most."""
    return session.scalar(select(Jury).where(Jury.process_id == process_id))


def sitting(jurors: Iterable[Juror]) -> list[Juror]:
    """Those who have not left, jurors before reserves."""
    here = [juror for juror in jurors if juror.left_at is None]
    return sorted(here, key=lambda juror: (juror.reserve, juror.number))


def interests_of(session: Session, jury_id: int) -> dict[int, list[Interest]]:
    """By project's number: the jurors who do not judge it."""
    found: dict[int, list[Interest]] = {}
    for one in session.scalars(
        select(Interest)
        .join(Juror, Juror.id == Interest.juror_id)
        .where(Juror.jury_id == jury_id)
        .order_by(Interest.project_number, Interest.juror_id)
    ):
        found.setdefault(one.project_number, []).append(one)
    return found
