"""What happens by itself after a vote has closed."""

from __future__ import annotations

from sqlalchemy import select

from pb.ballots.models import RollEntry
from pb.ballots.services import is_over, part_roll_and_box
from pb.core.jobs import periodic
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.processes.models import Process


@periodic
def close_boxes(site: Site) -> None:
    """Part roll and box of each process whose vote has closed. Cheap where nothing is to do."""
    with site.database.reading() as session:
        joined = session.scalars(
            select(Process).where(
                Process.id.in_(
                    select(RollEntry.process_id).where(RollEntry.ballot_id.is_not(None)).distinct()
                )
            )
        )
        closed = [process.id for process in joined if is_over(process, site.clock())]
    for process_id in closed:
        site.work.run(part_roll_and_box, SYSTEM, process_id)
