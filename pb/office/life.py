"""Pages about a process as a whole: rehearse it, copy it, put it into the archive; and the public
page by which people come into a rehearsal."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from pb.access.permissions import Permission
from pb.core.errors import AppError, NotFound
from pb.core.web import Request
from pb.office import rehearsals
from pb.office.forms import ReasonedForm
from pb.office.paths import routes
from pb.processes import services as processes
from pb.processes.models import Process
from pb.processes.office import attempt, office_process
from pb.processes.queries import second_vote_of, the_process


@routes("/office/processes/{slug}/life", "office_life", methods=("GET", "POST"))
def life(request: Request) -> Response:
    """Rehearse, copy, archive. Each is offered to whoever may, when it can be done."""
    process = office_process(request)
    form = request.form(ReasonedForm)
    doing = request.value("do")
    problem = ""
    if request.posted and doing in ("rehearse", "end", "copy"):
        try:
            return _do(request, process, doing)
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code)
    elif request.posted and not request.can(Permission.ARCHIVE_PROCESS, process):
        request.run(processes.ask_archive, process.id, {})  # refuses with its reason
    elif attempt(request, form, lambda: request.run(
        processes.ask_archive, process.id, {request.reader.language: form.reason.data or ""}
    )):
        request.notify("office.asked")
        return request.redirect("office_process", slug=process.slug)
    rehearsal = request.session.scalar(
        select(Process).where(Process.rehearsal_of == process.id, Process.state == "rehearsal")
    )
    return request.page(
        "office/life.html", process=process, form=form, problem=problem, rehearsal=rehearsal,
        status=422 if problem else None,
        keeps_form=request.can(Permission.ARCHIVE_PROCESS, process)
        and process.state == "published",
        may_rehearse=request.can(Permission.RUN_REHEARSAL, process),
        may_copy=request.can(Permission.COPY_PROCESS, process),
        may_second=request.can(Permission.BEGIN_SECOND_VOTE, process),
        second=second_vote_of(request.session, process.id),
        may_archive=request.can(Permission.ARCHIVE_PROCESS, process),
    )


def _do(request: Request, process: Process, doing: str) -> Response:
    if doing == "copy":
        slug = request.run(rehearsals.copy, process.id)
        request.notify("office.copied")
        return request.redirect("office_process", slug=slug)
    if doing == "rehearse":
        request.run(rehearsals.start_rehearsal, process.id)
        request.notify("rehearsal.started")
    else:
        request.run(rehearsals.end_rehearsal, process.id)
        request.notify("rehearsal.ended")
    return request.redirect("office_life", slug=process.slug)


@routes("/processes/{slug}/rehearsal", "rehearsal", methods=("GET", "POST"))
def rehearsal(request: Request) -> Response:
    """Into the ballot of a rehearsal, for everybody who has the address."""
    process = the_process(request)
    if process.state != "rehearsal":
        raise NotFound("rehearsal.over")
    if request.posted:
        request.limit("rehearsal", "30/hour")
        token = request.run(rehearsals.try_ballot, process.id, request.token, keep=False)
        request.sign_in(token)
        return request.redirect("ballot", slug=process.slug)
    return request.page("office/rehearsal.html", process=process)
