"""A result in the public record: what was published, objected and answered, each with a hash.

The texts of objections are people's and stay outside: they can be erased, and whoever has one
can still show that it was the one that was recorded.
"""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import func, select

from pb.core.work import Work
from pb.record import rules, services
from pb.results.models import Count, Objection


def result_json(count: Count) -> bytes:
    """A count as it stands in the bundle: the same bytes whenever they are asked for."""
    return rules.canonical(
        {"count": count.number, "tally": count.tally, "turnout": count.turnout}
    )


def note_result(work: Work, count: Count, reason: str = "") -> None:
    """A count was published, became final or was withdrawn (its ``state``)."""
    services.note(work, count.process_id, "result", {
        "count": count.number, "state": count.state,
        "sha256": sha256(result_json(count)).hexdigest(), "reason": reason,
    })


def number_of(work: Work, process_id: int, objection: Objection) -> int:
    """The number that an objection has among all of its process, from 1."""
    return work.session.scalars(
        select(func.count(Objection.id))
        .join(Count, Count.id == Objection.count_id)
        .where(Count.process_id == process_id, Objection.id <= objection.id)
    ).one()


def note_objection(work: Work, process_id: int, objection: Objection) -> None:
    services.note(work, process_id, "objection", {
        "number": number_of(work, process_id, objection), "sha256": _hash(objection.text),
    })


def note_answer(work: Work, process_id: int, objection: Objection) -> None:
    services.note(work, process_id, "answer", {
        "number": number_of(work, process_id, objection), "sha256": _hash(objection.answer),
        "upheld": bool(objection.upheld),
    })


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
