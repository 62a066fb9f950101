"""The office's pages about one process: texts, rule, areas, dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.core.errors import NotFound
from pb.core.forms import Form
from pb.core.web import Request, Routes
from pb.processes import services
from pb.processes.checks import lacks
from pb.processes.forms import (
    KEYS,
    AreaForm,
    AreaGoneForm,
    BasicsForm,
    CouncilForm,
    DatesForm,
    EarlyForm,
    RuleForm,
    StepForm,
)
from pb.processes.models import Phase, Process
from pb.processes.office import attempt, office_process, require_office
from pb.processes.queries import shown_notices, step_box, the_process
from pb.processes.rules import has_begun, phase_at

routes = Routes()
BOTH = ("GET", "POST")


@routes("/office/council", "office_council", methods=BOTH)
def council(request: Request) -> Response:
    """The council's own name and address."""
    require_office(request, Permission.EDIT_COUNCIL, None)
    form = request.form(CouncilForm, **CouncilForm.of(request.council))
    if attempt(request, form, lambda: request.run(services.edit_council, form.values())):
        request.notify("office.saved")
        return request.redirect("office")
    return request.page("office/council.html", form=form, keeps_form=True)


@routes("/office/processes/{slug}/texts", "office_texts", methods=BOTH)
def texts(request: Request) -> Response:
    process = office_process(request, Permission.EDIT_PROCESS)
    form = request.form(BasicsForm, **BasicsForm.of(process))
    return edit(
        request, process, form, "office/texts.html",
        lambda: request.run(
            services.edit_basics, process.id, form.values(process.who_decides), form.why()
        ),
    )


@routes("/office/processes/{slug}/rule", "office_rule", methods=BOTH)
def rule(request: Request) -> Response:
    """Ballot and rule: set at once in a draft, by two once it is public."""
    process = office_process(request, Permission.EDIT_PROCESS)
    form = request.form(RuleForm, **RuleForm.of(process))
    draft = process.state == "draft"
    command = services.edit_rule if draft else services.ask_rule
    return edit(
        request, process, form, "office/rule.html",
        lambda: request.run(command, process.id, form.values(), form.why()),
        notice="office.saved" if draft else "office.asked",
    )


@routes("/processes/{slug}/notices", "notices", cached=True)
def notices(request: Request) -> Response:
    """Every change since publication, with its reason, for everybody."""
    process = the_process(request)
    return request.page(
        "pages/notices.html", process=process, notices=shown_notices(request, process)
    )


def edit(
    request: Request, process: Process, form: Form, template: str, act: Callable[[], Any],
    notice: str = "office.saved",
) -> Response:
    """One page that changes one part of a process."""
    if attempt(request, form, act):
        request.notify(notice)
        return request.redirect("office_process", slug=process.slug)
    return request.page(template, process=process, form=form, keeps_form=True)


@routes("/office/processes/{slug}/areas", "office_areas")
def areas(request: Request) -> Response:
    process = office_process(request)
    return request.page(
        "office/areas.html", process=process,
        may_edit=request.can(Permission.EDIT_PROCESS, process),
    )


@routes("/office/processes/{slug}/areas/{area}", "office_area", methods=BOTH)
def area(request: Request) -> Response:
    """Add ("new") or change an area, or take it away."""
    process = office_process(request, Permission.EDIT_PROCESS)
    wanted = request.params["area"]
    one = next((each for each in process.areas if str(each.id) == wanted), None)
    if one is None and wanted != "new":
        raise NotFound("area.unknown")
    there = AreaForm.of(one) if one else {}
    if one is not None and request.value("remove"):
        gone, area_id = request.form(AreaGoneForm, prefix="gone"), one.id
        form = AreaForm(reader=request.reader, data=there)
        if attempt(
            request, gone,
            lambda: request.run(services.remove_area, process.id, area_id, gone.why()),
        ):
            request.notify("office.saved")
            return request.redirect("office_areas", slug=process.slug)
        return request.page("office/area.html", process=process, area=one, form=form, gone=gone,
                            keeps_form=True)
    form = request.form(AreaForm, **there)
    gone = AreaGoneForm(reader=request.reader, prefix="gone")
    if attempt(
        request, form,
        lambda: request.run(
            services.edit_area, process.id, one.id if one else None, form.values()
        ),
    ):
        request.notify("office.saved")
        return request.redirect("office_areas", slug=process.slug)
    return request.page(
        "office/area.html", process=process, area=one, form=form, gone=gone, keeps_form=True
    )


@routes("/office/processes/{slug}/dates", "office_dates", methods=BOTH)
def dates(request: Request) -> Response:
    """The timetable: set at once in a draft, by two once it is public."""
    process = office_process(request, Permission.CHANGE_DATES)
    form = request.form(DatesForm, **DatesForm.of(process.phases))
    draft = process.state == "draft"
    command = services.edit_dates if draft else services.ask_dates

    def act() -> None:
        request.run(command, process.id, form.values(), form.why())

    if attempt(request, form, act):
        request.notify("office.saved" if draft else "office.asked")
        return request.redirect("office_process", slug=process.slug)
    return request.page(
        "office/dates.html", process=process, form=form, keys=KEYS, keeps_form=True
    )


@routes("/office/processes/{slug}/steps", "office_steps")
def steps(request: Request) -> Response:
    """What the public reads of each step, and which can be opened or closed before its date."""
    process = office_process(request)
    return request.page(
        "office/steps.html", process=process,
        rows=[
            {"phase": phase, "box": step_box(request.reader, phase),
             "state": state_of(process, phase, request.now)}
            for phase in process.phases
        ],
        may_edit=request.can(Permission.CHANGE_DATES, process),
    )


def state_of(process: Process, phase: Phase, now: datetime) -> str:
    """open, held, over, missed or later."""
    if phase_at(process, now) is phase:
        return "open"
    if phase.closes_at is not None and phase.closes_at <= now:
        return "over" if has_begun(phase, now) else "missed"
    if has_begun(phase, now):
        return "over"
    return "held" if phase.opens_at <= now and process.state == "published" else "later"


@routes("/office/processes/{slug}/steps/{phase}", "office_step", methods=BOTH)
def step(request: Request) -> Response:
    """One step: its words, how far people decide in it; and opening or closing it early, by two."""
    process = office_process(request, Permission.CHANGE_DATES)
    phase = next(
        (one for one in process.phases if str(one.id) == request.params["phase"]), None
    )
    if phase is None:
        raise NotFound("phase.unknown")
    way = request.value("early")
    early = (request.form(EarlyForm, prefix="early") if way
             else EarlyForm(reader=request.reader, prefix="early"))
    form = request.form(StepForm, **StepForm.of(phase, request.reader.zone)) if not way else (
        StepForm(reader=request.reader, data=StepForm.of(phase, request.reader.zone))
    )
    if way in ("open", "close") and attempt(
        request, early,
        lambda: request.run(services.ask_early, process.id, phase.id, way, early.why()),
    ):
        request.notify("office.asked")
        return request.redirect("office_process", slug=process.slug)
    if not way and attempt(
        request, form,
        lambda: request.run(
            services.edit_step, process.id, phase.id, form.values(), form.why()
        ),
    ):
        request.notify("office.saved")
        return request.redirect("office_steps", slug=process.slug)
    return request.page(
        "office/step.html", process=process, phase=phase, form=form, early=early, keeps_form=True,
        state=state_of(process, phase, request.now),
        lacks=lacks(request.session, process, phase.kind) if phase.opened_at is None else [],
    )
