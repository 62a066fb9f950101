"""Officials' pages on who may vote: the ways in, the lists, mails with links, one voter."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.access.policy import AFTER_VOTE
from pb.core.errors import AppError
from pb.core.web import Request
from pb.electorate import queries, services
from pb.electorate.forms import VoterForm, WaysForm
from pb.electorate.paths import routes
from pb.processes.models import Process
from pb.processes.office import attempt, office_process


@routes("/office/processes/{slug}/electorate", "office_electorate", methods=("GET", "POST"))
def electorate(request: Request) -> Response:
    """Everything about who may vote, in one place: how they come onto the roll, and what to do."""
    process = office_process(request, posting=Permission.EDIT_ROLL)
    may_edit = request.can(Permission.EDIT_ROLL, process)
    form = request.form(VoterForm)
    problem = ""
    if request.posted:
        pressed = request.value("do")
        if pressed in ("send", "unsure"):
            command: Any = services.send_links if pressed == "send" else services.resend_unsure
            try:
                request.run(command, process.id)
            except AppError as error:
                if error.code != "links.none":
                    raise
                problem = request.reader.sentence(error.code)
            else:
                request.notify("links.sending")
                return request.redirect("office_electorate", slug=process.slug, anchor="mails")
        elif attempt(request, form, lambda: _one_voter(request, process, form)):
            request.notify("entry.void_asked" if pressed == "void" else "links.resent")
            return request.redirect("office_electorate", slug=process.slug, anchor="one")
    return request.page(
        "electorate/office.html", status=422 if problem else None, process=process, form=form,
        problem=problem, may_edit=may_edit, keeps_form=may_edit,
        may_watch=request.can(Permission.SEE_ODDITIES, process),
        is_over=process.phase_kind(request.now) in AFTER_VOTE,
        ways=queries.ways_of(request.session, process.id),
        uploads=queries.uploads_of(request.session, process.id),
        mails=queries.mails_in_numbers(request.session, process.id),
        declared=queries.declared_in_numbers(request.session, process.id),
    )


def _one_voter(request: Request, process: Process, form: VoterForm) -> None:
    if request.value("do") == "void":
        request.run(services.ask_void_entry, process.id, form.voter.data, form.void_reason.data)
    else:
        request.run(services.resend_link, process.id, form.voter.data)


@routes("/office/processes/{slug}/electorate/ways", "office_ways", methods=("GET", "POST"))
def ways(request: Request) -> Response:
    """Who may vote, and by which ways they come onto the roll."""
    process = office_process(request, Permission.EDIT_ROLL)
    found = queries.ways_of(request.session, process.id)
    form = request.form(WaysForm, **WaysForm.of(found))
    if attempt(request, form, lambda: request.run(
        services.set_ways, process.id, form.values(), form.reason.data, form.why()
    )):
        request.notify("office.saved")
        return request.redirect("office_electorate", slug=process.slug)
    return request.page("electorate/ways.html", process=process, form=form, keeps_form=True)
