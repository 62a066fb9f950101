"""What several pages of a ballot answer: where the vote stands, who is not let in, the end."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime

from sqlalchemy import bindparam, select
from starlette.responses import Response

from pb.ballots import box, drafts, receipts, services, views
from pb.ballots.contests import contest_of
from pb.ballots.forms import fill, shown_content
from pb.ballots.models import Box
from pb.ballots.queries import roll_entry
from pb.ballots.snapshots import Snapshot, snapshot_of
from pb.ballots.views import Voter
from pb.core.site import Site
from pb.core.web import Request
from pb.core.work import SYSTEM
from pb.processes.models import Process
from pb.projects.queries import project_rows
from voting.ballots import Content

_STATE = select(Box.state).where(Box.process_id == bindparam("process"))


def stage(request: Request, process: Process) -> str:
    """open, before or over. A box that was closed stays closed, whatever the dates say later."""
    if process.phase_kind(request.now) == "voting":
        state = request.connection.execute(_STATE, {"process": process.id}).scalar()
        return "open" if state in (None, "prepared", "open") else "over"
    return "over" if services.is_over(process, request.now) else "before"


def the_vote(site: Site, key: int | str, now: datetime) -> Snapshot | None:
    """The vote as a cast needs it. The first voter opens the box, so that no second is lost."""
    found = _read(site, key, now)
    if found is None or found.box is not None or found.phase_kind(now) != "voting":
        return found
    site.work.run(box.open_box, SYSTEM, found.scope_id)
    return _read(site, key, now)


def _read(site: Site, key: int | str, now: datetime) -> Snapshot | None:
    with ExitStack() as stack:
        return snapshot_of(
            site, lambda: stack.enter_context(site.database.reading()), key, now
        )


def not_in(request: Request, process: Process) -> Response:
    """Nobody is let in here: to the entrance. What a form brings is kept for its own voter."""
    if request.posted:
        mark = drafts.read_voter_mark(request, process.id)
        content = posted_without_pass(request, process, mark.roll_id if mark else None)
        if mark is not None and content is not None:
            drafts.keep(request, process.id, mark.roll_id, content)
            request.notify("ballot.kept")
    return request.redirect("vote", slug=process.slug)


def posted_without_pass(
    request: Request, process: Process, roll_id: int | None
) -> Content | None:
    """What the form of somebody says whose session has ended meanwhile."""
    entry = roll_entry(request.session, process.id, roll_id) if roll_id is not None else None
    if entry is None:
        return None
    rows = project_rows(request.session, process.id)
    contest = contest_of(process, rows, entry.area_id)
    shown = shown_content(request, contest)
    return shown if request.value("content") else fill(request, contest).content


def over_page(
    request: Request, voter: Voter, chosen: Content | None, status: int = 200
) -> Response:
    """The vote has closed. What was chosen and not cast is shown, and said not to count. What
    this device kept of the receipt goes."""
    receipts.forget(request, voter.process.id)
    uncast = None if chosen is None or chosen == voter.cast else chosen
    return request.page(
        "ballots/over.html", status=status, one_size=True, process=voter.process, voter=voter,
        kind=voter.contest.kind, options=views.options_of(request, voter), uncast=uncast,
        closes_at=views.closes_at(voter.process), keeps_form=False,
    )
