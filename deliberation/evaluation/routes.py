"""The evaluation: for the office, for evaluators, for everybody; the checklist; withdrawals."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import UploadFile
from starlette.responses import Response

from deliberation.evaluation import queries, rules, services, withdrawal
from deliberation.evaluation.checklist import principles
from deliberation.evaluation.facts import facts_of
from deliberation.evaluation.forms import CensusForm, SureForm, words_form, words_of
from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.panels.queries import jury_of
from deliberation.sessions.doors import COOKIE, guest, the_juror
from deliberation.sessions.office import number_of
from pb.access.permissions import Permission
from pb.access.policy import can
from pb.core.errors import AppError, Gone, NotAllowed, NotFound
from pb.core.forms import spread
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt
from pb.processes.queries import the_process

routes = Routes()
BOTH = ("GET", "POST")
MOST_BYTES = 5_000_000


def _public(request: Request) -> tuple[Process, Jury]:
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    if jury is None:
        raise NotFound("jury.unknown")
    return process, jury


# -- for everybody ---------------------------------------------------------------------------


@routes("/processes/{slug}/jury/evaluation", "evaluation", cached=True)
def public(request: Request) -> Response:
    """The evaluation as it was published, and which files an evaluator was given."""
    process, jury = _public(request)
    known = queries.evaluation_of(request.session, jury.id)
    census = queries.census_of(request.session, jury.id)
    return request.page(
        "evaluation/public.html", process=process, jury=jury, known=known, census=census,
        figures=known.figures if known else [],
        exports=queries.exports_of(request.session, jury.id),
    )


@routes("/processes/{slug}/jury/evaluation.json", "evaluation_data", cached=True)
def data(request: Request) -> Response:
    """The published figures as data."""
    _process, jury = _public(request)
    known = queries.evaluation_of(request.session, jury.id)
    if known is None:
        raise NotFound("evaluation.nothing")
    content = {
        "version": known.version, "published": known.published_at.isoformat(),
        "figures": known.figures,
        "exports": [
            {"issue": one.number, "reason": one.reason, "sha256": one.sha256,
             "files": one.files, "made": one.made_at.isoformat()}
            for one in queries.exports_of(request.session, jury.id)
        ],
    }
    return Response(json.dumps(content, ensure_ascii=False, indent=1),
                    media_type="application/json")


@routes("/processes/{slug}/jury/checklist", "jury_checklist")
def checklist(request: Request) -> Response:
    """The eleven principles, each with what is known, and where one is not met.

    Not kept: a reply is late from midnight on, and nothing is saved at midnight.
    """
    process, jury = _public(request)
    return request.page(
        "evaluation/checklist.html", process=process, jury=jury,
        found=_principles(request, process, jury),
        words=queries.words_of(request.session, jury.id),
    )


def _principles(request: Request, process: Process, jury: Jury) -> list[Any]:
    found = []
    facts = facts_of(request.session, jury, request.now, ZoneInfo(process.time_zone))
    for one in principles(facts):
        said = [request.reader.sentence(code, **{
            name: _said(request, value) for name, value in more.items()
        }) for code, more in one.facts]
        found.append((one, said))
    return found


def _said(request: Request, value: Any) -> Any:
    if isinstance(value, date):
        return request.reader.date(value, "plain")
    return request.reader.number(value, 1) if isinstance(value, float) else value


# -- the office ------------------------------------------------------------------------------


@routes("/office/processes/{slug}/jury/evaluation", "office_evaluation", methods=BOTH)
def office(request: Request) -> Response:
    """All figures as they stand: exact for officials, sums above ten for everybody else."""
    process, jury = the_office_jury(request, Permission.SEE_EVALUATION)
    problem = ""
    if request.posted:
        try:
            if request.value("act") == "export":
                request.run(services.issue_export, jury.id)
                request.notify("export.made")
            else:
                request.run(services.publish, jury.id)
                request.notify("evaluation.published")
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            return request.redirect("office_evaluation", slug=process.slug)
    exact = request.can(Permission.SEE_EXACT_FIGURES, process)
    return request.page(
        "evaluation/office.html", status=422 if problem else None, process=process, jury=jury,
        problem=problem, exact=exact,
        figures=queries.figures_of(request.session, request.site.secrets, jury, request.now,
                                   ZoneInfo(process.time_zone), exact=exact),
        known=queries.evaluation_of(request.session, jury.id),
        census=queries.census_of(request.session, jury.id),
        exports=queries.exports_of(request.session, jury.id),
        may_publish=request.can(Permission.PUBLISH_EVALUATION, process),
        may_export=request.can(Permission.EXPORT_EVALUATION, process),
        may_edit=request.can(Permission.EDIT_JURY, process),
    )


@routes("/office/processes/{slug}/jury/evaluation/files/{number}", "office_evaluation_files")
def download(request: Request) -> Response:
    """One issue of the evaluator's files. Errors: NotFound, Gone once it was replaced."""
    process, jury = the_office_jury(request, Permission.EXPORT_EVALUATION)
    number = number_of(request.params["number"])
    found = next((one for one in queries.exports_of(request.session, jury.id)
                  if one.number == number), None)
    if found is None:
        raise NotFound("export.unknown")
    if found.content is None:
        raise Gone("export.gone")
    return Response(found.content, media_type="application/zip", headers={
        "content-disposition": f'attachment; filename="jury-{process.slug}-{number}.zip"',
    })


@routes("/office/processes/{slug}/jury/census", "office_census", methods=BOTH)
def census(request: Request) -> Response:
    """What the jury is compared with: the census by trait, and the pool that it was drawn from."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    known = queries.census_of(request.session, jury.id)
    form = request.form(CensusForm, source=known.source if known else "",
                        lines=rules.as_lines(known.shares) if known else "")
    wrong = ""
    if request.posted and form.validate():
        try:
            shares = rules.read_census(form.lines.data)
        except rules.ReadError as error:
            form.refuse("lines", error.code, **error.parameters)
        else:
            try:
                pool, mark = _pool(request, shares, jury)
            except rules.ReadError as error:
                wrong = request.reader.sentence(error.code, **error.parameters)
            else:
                request.run(services.set_census, jury.id, form.source.data or "", shares, pool,
                            mark, keep=False)
                request.notify("census.saved")
                return request.redirect("office_evaluation", slug=process.slug)
    return request.page("evaluation/census.html", status=422 if wrong else None, process=process,
                        jury=jury, form=form, known=known, wrong=wrong, keeps_form=True)


def _pool(
    request: Request, shares: rules.Census, jury: Jury
) -> tuple[rules.PoolCounts | None, str]:
    upload = request.form_data.get("pool") if request.form_data is not None else None
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None, ""
    content = upload.file.read(MOST_BYTES + 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise rules.ReadError("census.no_pool") from None
    if len(content) > MOST_BYTES:
        raise rules.ReadError("census.no_pool")
    return (rules.read_pool(text, shares, [one.pool_id for one in jury.jurors]),
            hashlib.sha256(content).hexdigest())


@routes("/office/processes/{slug}/jury/checklist", "office_checklist", methods=BOTH)
def words(request: Request) -> Response:
    """The organiser's own sentence about each of the eleven principles."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    known = queries.words_of(request.session, jury.id)
    form = request.form(words_form(request.reader), **{
        name: value for principle, text in known.items()
        for name, value in spread(principle, text).items()
    })
    if attempt(request, form, lambda: request.run(services.set_words, jury.id, words_of(form))):
        request.notify("checklist.saved")
        return request.redirect("office_checklist", slug=process.slug)
    return request.page("evaluation/words.html", process=process, jury=jury, form=form,
                        found=_principles(request, process, jury), keeps_form=True)


@routes("/office/processes/{slug}/jury/jurors/{juror}/withdraw", "office_withdraw", methods=BOTH)
def withdraw_for(request: Request) -> Response:
    """A juror asked the office to be forgotten: a page that says what goes, and one button."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    which = number_of(request.params["juror"])
    juror = next((one for one in jury.jurors if one.id == which), None)
    if juror is None:
        raise NotFound("juror.unknown")
    form = request.form(SureForm)
    if attempt(request, form, lambda: request.run(withdrawal.withdraw_for, jury.id, which)):
        request.notify("withdraw.done")
        return request.redirect("office_jurors", slug=process.slug)
    return request.page("evaluation/withdraw_for.html", process=process, jury=jury, juror=juror,
                        form=form)


# -- in the room -----------------------------------------------------------------------------


@routes("/room/withdraw", "room_withdraw", methods=BOTH)
def withdraw(request: Request) -> Response:
    """A juror withdraws on their own screen; afterwards this device is nobody's."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    known, juror = found
    form = request.form(SureForm)
    if attempt(request, form, lambda: request.site.work.run(
        withdrawal.withdraw, known.actor, juror.id)):
        request.notify("withdraw.done")
        request.set_cookie(COOKIE, None, None)
        return request.redirect("room")
    return request.page("evaluation/withdraw.html", jury=known.jury, juror=juror, form=form,
                        acts=known.screen.acts, nav=[])


@routes("/room/evaluation", "room_evaluation")
def evaluator(request: Request) -> Response:
    """The evaluator's screen in the room: figures without small numbers, and nothing to press."""
    found = guest(request)
    if found is None:
        return request.redirect("room")
    if not can(found.actor, Permission.SEE_EVALUATION, found.process, request.now):
        raise NotAllowed("access.not_you")
    return request.page(
        "evaluation/room.html", process=found.process, jury=found.jury, nav=[],
        figures=queries.figures_of(
            request.session, request.site.secrets, found.jury, request.now,
            ZoneInfo(found.process.time_zone), exact=False),
    )
