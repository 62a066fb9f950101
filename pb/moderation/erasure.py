"""What moderation forgets of somebody who leaves: that a report was theirs, and their appeals."""

from __future__ import annotations

from sqlalchemy import select, update

from pb.accounts.checks import eraser
from pb.core.work import Work
from pb.moderation import queries
from pb.moderation.models import Case, Report
from pb.processes.models import Process


@eraser
def forget(work: Work, person_id: int, keep_posts: bool) -> None:
    """Reports stay as a stranger's: the decisions made of them stand. Features that come later
    forget the authors after this, so who wrote what is still known here."""
    work.session.execute(
        update(Report).where(Report.person_id == person_id).values(person_id=None)
    )
    if keep_posts:
        return
    for case in work.session.scalars(select(Case).where(Case.appealed_at.is_not(None))):
        process = work.session.get_one(Process, case.process_id)
        now = queries.seen(work.session, process, case.kind, case.subject_id, work.now)
        if list(now.authors) == [person_id]:
            case.appeal = ""
    work.session.flush()
