"""Reading what the office shows across features."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pb.access.policy import AUDITOR, OFFICIALS, STAFF
from pb.ballots.models import RollEntry
from pb.core.audit import AuditRow
from pb.core.web import Request
from pb.core.work import Actor
from pb.processes.models import Process


def sees_all(actor: Actor) -> bool:
    """Whether one of the person's roles is held for the whole council and looks everywhere."""
    return any(scope is None and role in OFFICIALS | {AUDITOR} for role, scope in actor.grants)


def processes_of(request: Request) -> list[Process]:
    """The processes in which the person holds a role; all of them with one in the council."""
    scopes = {scope for role, scope in request.actor.grants if role in STAFF}
    found = select(Process).where(Process.state.not_in(("rehearsal", "wiped"))).order_by(
        Process.id.desc()
    )
    if None not in scopes:
        found = found.where(Process.id.in_([scope for scope in scopes if scope is not None]))
    return list(request.session.scalars(found))


def audit_rows(
    session: Session, process_ids: list[int] | None, words: str, commands: list[str],
    page: int, length: int,
) -> tuple[list[AuditRow], int]:
    """One page of the log, the newest first, and how many rows there are.

    ``process_ids`` None: everything, also what belongs to no process. ``commands``: those whose
    sentence holds the words, besides the rows whose actor or command's name does.
    """
    rows = select(AuditRow)
    if process_ids is not None:
        rows = rows.where(AuditRow.scope_id.in_(process_ids))
    if words:
        escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = rows.where(
            AuditRow.command.icontains(escaped, escape="\\")
            | AuditRow.actor.icontains(escaped, escape="\\")
            | AuditRow.command.in_(commands)
        )
    number = session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    chosen = rows.order_by(AuditRow.id.desc()).offset((page - 1) * length).limit(length)
    return list(session.scalars(chosen)), number


def has_roll(session: Session, process_id: int) -> bool:
    """Whether a process still has its list of voters: it goes when the result is final."""
    return session.scalar(
        select(RollEntry.id)
        .where(RollEntry.process_id == process_id, RollEntry.voided.is_(False)).limit(1)
    ) is not None
