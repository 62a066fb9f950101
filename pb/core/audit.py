"""The audit log: one row a command, in the command's own transaction.

A cast is the exception: it leaves no row here, since rows in one order with times would tell who
cast what. Its ballot is its audit.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, String, insert
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model

if TYPE_CHECKING:
    from pb.core.work import Work


class AuditRow(Model):
    """Who did what, when, to what, in which scope."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    command: Mapped[str] = mapped_column(String(100))
    actor: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None]
    scope_id: Mapped[int | None] = mapped_column(index=True)
    subject_kind: Mapped[str] = mapped_column(String(50))
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]


def write(connection: Connection, command: str, work: Work) -> None:
    connection.execute(
        insert(AuditRow).values(
            at=work.now,
            command=command,
            actor=work.actor.name,
            person_id=work.actor.person_id,
            scope_id=work.scope,
            subject_kind=work.subject[0],
            subject_id=work.subject[1],
            details=work.details,
        )
    )
