"""What a screen in the room shows of what the jury learns, and how it weighs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from deliberation.claims.queries import Criteria, criteria_of
from deliberation.evidence import queries as evidence
from deliberation.evidence.models import EvidenceItem
from deliberation.sessions.kept import Kept
from deliberation.sessions.queries import Screen
from deliberation.statements.queries import has_open_statements
from deliberation.weighing import queries as weighing


@dataclass(frozen=True)
class Learned:
    """``asking``: jurors write questions now; ``slots``: what this witness gives, with how many
    questions wait for them; ``weighing``: claims are weighed, or this table rates a project;
    ``statements``: the jury writes pages to which a table may add a minority note."""

    asking: bool
    weighing: bool
    criteria: Criteria
    slots: Sequence[EvidenceItem]
    waiting: int
    statements: bool


def learned(session: Session, found: Screen, kept: Kept) -> Learned:
    """For this screen and no other; what all see alike is read once for all."""
    room_pass, session_id = found.room_pass, kept.room.session.id
    name = room_pass.name if room_pass.role == "witness" else ""
    jury_id, table = room_pass.jury_id, room_pass.table_number
    if room_pass.juror_id is not None:
        place = kept.room.seat_of(room_pass.juror_id)
        table = place[1].table_number if place is not None else None
    return Learned(
        kept.reading("asking", lambda own: weighing.is_open(own, session_id, "questions")),
        kept.reading("weighing", lambda own: weighing.is_open(own, session_id, "claims"))
        or (table is not None and weighing.is_open(session, session_id, "project", table)),
        kept.reading("criteria", lambda own: criteria_of(own, jury_id)),
        evidence.slots_of(session, jury_id, name),
        evidence.waiting_for(session, jury_id, name),
        kept.reading("statements", lambda own: has_open_statements(own, jury_id)),
    )
