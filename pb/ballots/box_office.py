"""Officials' page of the box: where it stands, what is published of the ballots, and its end."""

from __future__ import annotations

from sqlalchemy import func, select
from starlette.responses import Response

from pb.access.permissions import Permission
from pb.ballots import box, publication, queries, seams
from pb.ballots.contests import contest_of
from pb.ballots.forms import DestroyForm, LevelForm
from pb.ballots.models import Box, RollEntry
from pb.ballots.paths import routes
from pb.core.errors import NotAllowed
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.office import attempt, office_process
from pb.projects.queries import project_rows

LIKELY = 5
"""Percent: of those entitled, one in so many hundred votes in such a vote, more in a good one."""


def expected_voters(request: Request, process: Process) -> int:
    """For the estimate: a fifth of the roll, and 500 at least, since the roll may still grow."""
    entitled = request.session.scalar(
        select(func.count()).select_from(RollEntry)
        .where(RollEntry.process_id == process.id, RollEntry.voided.is_(False))
    )
    return max(500, (entitled or 0) // 5)


@routes("/office/processes/{slug}/box", "office_box", methods=("GET", "POST"))
def office_box(request: Request) -> Response:
    """The box in its present state. Never what any ballot says."""
    process = office_process(request)
    row = request.session.get(Box, process.id)
    state, level = (row.state, row.level) if row is not None else ("prepared", "A")
    chosen = request.form(LevelForm, level=level)
    destroying = request.form(DestroyForm)
    if request.posted:
        pressed = request.value("go")
        if pressed == "level":
            destroying = DestroyForm(reader=request.reader)
            if attempt(request, chosen,
                       lambda: request.run(box.choose_level, process.id, chosen.level.data)):
                request.notify("level.chosen")
                return request.redirect("office_box", slug=process.slug)
        elif pressed == "again":
            request.run(box.leave_opening, process.id)
            request.notify("box.opening_again")
            return request.redirect("office_box", slug=process.slug)
        else:
            chosen = LevelForm(reader=request.reader, data={"level": level})
            if attempt(request, destroying,
                       lambda: request.run(box.ask_destroy, process.id, destroying.reason.data,
                                           bool(destroying.backups.data))):
                request.notify("destroy.asked")
                return request.redirect("office_box", slug=process.slug)
    if not request.can(Permission.SEE_OFFICE, process):
        raise NotAllowed("access.not_you")
    patterns = None
    voters = 0
    if state == "prepared":
        voters = expected_voters(request, process)
        contest = contest_of(process, project_rows(request.session, process.id))
        patterns = publication.estimate(contest, voters) if contest.options else None
    elif state in ("opened", "destroyed"):
        patterns = publication.counted(request.session, process.id)
    needed = seams.still_needed(request.session, process.id)
    return request.page(
        "ballots/box.html", process=process, box=row, state=state, level=level, form=chosen,
        destroying=destroying, patterns=patterns, voters=voters,
        needed=request.reader.sentence(needed) if needed else "",
        turnout=sum(one.voted for one in queries.turnout_by_area(request.session, process.id)),
        may_choose=state == "prepared" and request.can(Permission.EDIT_PROCESS, process),
        may_destroy=state == "opened" and request.can(Permission.DESTROY_BOX, process),
        may_open=state == "closed" and request.can(Permission.RUN_COUNT, process),
        keeps_form=True,
    )
