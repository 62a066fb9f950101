"""Reading rounds: while one is open nobody sees more than how many have marked."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.weighing.models import Mark, Round
from pb.core.security import Secrets


def rounds_of(session: Session, session_id: int, kind: str) -> list[Round]:
    """The rounds of a session of one kind, the newest first."""
    return list(
        session.scalars(
            select(Round).where(Round.session_id == session_id, Round.kind == kind)
            .order_by(Round.id.desc())
        )
    )


def open_round(
    session: Session, session_id: int, kind: str, table: int | None = None
) -> Round | None:
    """The round in which people mark now: everybody's, or a table's own."""
    return session.scalar(
        select(Round).where(
            Round.session_id == session_id, Round.kind == kind, Round.closed_at.is_(None),
            Round.table_number.is_(None) if table is None else Round.table_number == table,
        )
    )


def is_open(session: Session, session_id: int, kind: str, table: int | None = None) -> bool:
    return open_round(session, session_id, kind, table) is not None


def marked(session: Session, round_id: int) -> int:
    """How many jurors have marked; this is all that anybody sees before the close."""
    return session.scalar(
        select(func.count()).select_from(Mark).where(Mark.round_id == round_id)
    ) or 0


def own_marks(
    session: Session, keys: Secrets, round_id: int, juror_id: int
) -> Mapping[str, Mapping[str, str]]:
    """A juror's own marks, opened for their screen alone."""
    found = session.get(Mark, (round_id, juror_id))
    if found is None:
        return {}
    content: dict[str, dict[str, str]] = json.loads(keys.reveal("jury-mark", found.sealed))
    return content
