"""What happens by itself by the timetable."""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from pb.core.jobs import periodic
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.processes.checks import lacks
from pb.processes.models import Phase, Process
from pb.processes.rules import due, ended, missed
from pb.processes.timetable import keep_timetable


@periodic
def open_and_close(site: Site) -> None:
    """Open and close what is due. Where nothing is, this is one question to the database.

    A worker that was down catches up at its first look: what is over is noted, what should be open
    opens. A phase that is held back is looked at each time and opens once nothing is missing.
    """
    now = site.clock()
    with site.database.reading() as session:
        ids = session.scalars(
            select(Phase.process_id).distinct()
            .join(Process, Process.id == Phase.process_id)
            .where(
                Process.state == "published",
                or_(
                    and_(Phase.opened_at.is_(None), Phase.closed_at.is_(None),
                         Phase.opens_at <= now),
                    and_(Phase.closed_at.is_(None), Phase.closes_at <= now),
                ),
            )
        ).all()
        ready = [process_id for process_id in ids if _has_to_do(session, process_id, site)]
    for process_id in ready:
        site.work.run(keep_timetable, SYSTEM, process_id)


def _has_to_do(session: Session, process_id: int, site: Site) -> bool:
    """Whether something would change: a phase that stays held back leaves no trace at each look."""
    process, now = session.get_one(Process, process_id), site.clock()
    if missed(process.phases, now) or ended(process.phases, now):
        return True
    return any(
        phase.held_at is None or not lacks(session, process, phase.kind)
        for phase in due(process.phases, now)
    )
