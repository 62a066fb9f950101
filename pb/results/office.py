"""The officials' page of a count: run it, look at it, publish it by two, answer objections."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.accounts.queries import waiting_acts
from pb.core.errors import AppError, NotFound
from pb.core.i18n import N_
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.office import office_process
from pb.processes.rules import phase_of_kind
from pb.results import queries, services
from pb.results.forms import AnswerForm, PublishForm, WithdrawForm
from pb.results.models import Count, Objection
from pb.results.paths import routes
from pb.results.shown import shown, votes_beside
from pb.results.views import ResultView

ACTS = ("results.publish", "results.finish", "results.withdraw")

STEP_NAMES = {
    "waiting": N_("It begins in a moment"),
    "reading": N_("Reading the ballots"),
    "counting": N_("Counting"),
    "second": N_("A second program counts"),
    "comparing": N_("Trying other rules on the same ballots"),
    "storing": N_("Storing the result"),
}


@routes("/office/processes/{slug}/count", "office_count", methods=("GET", "POST"))
def count_page(request: Request) -> Response:
    """Where a result stands and what can be done next; each button is a form of its own."""
    process = office_process(request, posting=Permission.RUN_COUNT)
    problem = ""
    publish = request.form(PublishForm, until=request.now + timedelta(days=14))
    withdraw = request.form(WithdrawForm)
    latest = queries.latest_count(request.session, process.id)
    if request.posted:
        try:
            if _act(request, process, latest, publish, withdraw):
                return request.redirect("office_count", slug=process.slug)
        except AppError as error:
            if error.status == 403:
                raise
            field = error.parameters.pop("field", None)
            if field == "until":
                publish.refuse("until", error.code)
            else:
                told = {
                    name: request.reader.datetime(value, "day")
                    if isinstance(value, datetime) else value
                    for name, value in error.parameters.items()
                }
                problem = request.reader.sentence(error.code, **told)
    voting = phase_of_kind(process, "voting")
    published = queries.published_count(request.session, process.id)
    waiting = [
        act for act, _ in waiting_acts(request.session, [process.id]) if act.kind in ACTS
    ]
    return request.page(
        "results/office_count.html",
        status=422 if problem or publish.errors or withdraw.errors else None,
        process=process, latest=latest, published=published, problem=problem,
        counts=queries.counts_of(request.session, process.id),
        publish=publish, withdraw=withdraw, waiting=waiting,
        step=request.reader.say(STEP_NAMES[latest.progress])
        if latest is not None and latest.progress in STEP_NAMES else "",
        same=_same(latest, published),
        objections=queries.objections_of(request.session, published.id) if published else [],
        closes_at=voting.closes_at if voting else None,
        may_count=request.can(Permission.RUN_COUNT, process),
        may_publish=request.can(Permission.PUBLISH_RESULT, process),
        may_finish=request.can(Permission.FINISH_RESULT, process),
        may_answer=request.can(Permission.ANSWER_OBJECTION, process),
        keeps_form=False,
    )


def _act(
    request: Request, process: Process, latest: Count | None, publish: PublishForm,
    withdraw: WithdrawForm,
) -> bool:
    """Do what the pressed button says; False where its form has errors. Errors: AppError."""
    what = request.value("do")
    if what == "count":
        request.run(services.ask_count, process.id)
    elif what == "publish" and latest is not None:
        if not publish.validate():
            return False
        # The count that was on this page: another tab may have counted again since.
        seen = request.value("count")
        count_id = int(seen) if seen.isdecimal() and len(seen) < 10 else latest.id
        request.run(services.ask_publish, process.id, count_id, publish.until.data)
        request.notify("office.asked")
    elif what == "finish":
        request.run(services.ask_finish, process.id)
        request.notify("office.asked")
    elif what == "withdraw":
        if not withdraw.validate():
            return False
        request.run(services.ask_withdraw, process.id, withdraw.reason.data)
        request.notify("office.asked")
    return True


def _same(latest: Count | None, published: Count | None) -> bool | None:
    """Whether a recount came to the same as what is published; None where there is no recount."""
    if latest is None or published is None or latest.id == published.id:
        return None
    if latest.state != "counted":
        return None
    return latest.input_digest == published.input_digest and latest.tally == published.tally


def the_counted(request: Request, process: Process) -> Count:
    """The newest finished count, published or not. Errors: NotFound."""
    for count in queries.counts_of(request.session, process.id):
        if count.tally:
            return count
    raise NotFound("result.not_yet")


@routes("/office/processes/{slug}/count/preview", "office_count_preview")
def preview(request: Request) -> Response:
    """The page as the public will see it, for those who may publish it."""
    process = office_process(request, Permission.RUN_COUNT)
    count = the_counted(request, process)
    return request.page("results/result.html", bundle=False, **shown(request, process, count),
                        **votes_beside(request, process))


@routes("/office/processes/{slug}/count/stages", "office_count_stages")
def preview_stages(request: Request) -> Response:
    """The course of an unpublished count."""
    from pb.results.routes import course_shown

    process = office_process(request, Permission.RUN_COUNT)
    view = ResultView(request, process, the_counted(request, process))
    base = request.link("office_count_stages", slug=process.slug)
    return request.page("results/stages.html", **course_shown(request, view, base))


@routes("/office/processes/{slug}/objections/{id}", "office_objection", methods=("GET", "POST"))
def objection_page(request: Request) -> Response:
    """One objection: read it, answer it in public."""
    process = office_process(request, Permission.ANSWER_OBJECTION)
    typed = request.params["id"]
    objection = request.session.get(Objection, int(typed)) if typed.isdecimal() else None
    count = request.session.get(Count, objection.count_id) if objection else None
    if objection is None or count is None or count.process_id != process.id:
        raise NotFound("objection.unknown")
    form = request.form(AnswerForm)
    if request.posted and form.validate():
        arguments: tuple[Any, ...] = (
            process.id, objection.id, form.answer.data, request.reader.language,
            form.upheld.data == "yes",
        )
        request.run(services.answer_objection, *arguments)
        request.notify("objection.answer_sent")
        return request.redirect("office_count", slug=process.slug)
    return request.page(
        "results/office_objection.html", process=process, objection=objection, form=form,
        keeps_form=objection.answered_at is None,
    )
