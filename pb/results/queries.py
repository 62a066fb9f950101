"""Reading counts and objections."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.record import queries as record
from pb.results.models import Count, Objection
from pb.results.rules import PUBLISHED


def published_count(session: Session, process_id: int) -> Count | None:
    """The count that the public sees."""
    return session.scalar(
        select(Count)
        .where(Count.process_id == process_id, Count.state.in_(PUBLISHED))
        .order_by(Count.number.desc())
        .limit(1)
    )


def has_bundle(session: Session, process_id: int) -> bool:
    """Whether a page may offer the bundle; the head over the result may be seconds away."""
    return (
        record.log_of(session.connection(), process_id) is not None
        and published_count(session, process_id) is not None
    )


def latest_count(session: Session, process_id: int) -> Count | None:
    """The newest run, whatever became of it."""
    return session.scalar(
        select(Count).where(Count.process_id == process_id).order_by(Count.number.desc()).limit(1)
    )


def counts_of(session: Session, process_id: int) -> list[Count]:
    """Every run, the newest first."""
    return list(
        session.scalars(
            select(Count).where(Count.process_id == process_id).order_by(Count.number.desc())
        )
    )


def withdrawn_count(session: Session, process_id: int) -> Count | None:
    """The newest result that was published and taken back."""
    return session.scalar(
        select(Count)
        .where(Count.process_id == process_id, Count.state == "withdrawn")
        .order_by(Count.number.desc())
        .limit(1)
    )


def objections_of(session: Session, count_id: int) -> list[Objection]:
    """Every objection against a result, in the order in which they came."""
    return list(
        session.scalars(
            select(Objection).where(Objection.count_id == count_id).order_by(Objection.id)
        )
    )
