"""Pages of the jury's choice for the ballot: declared and reported in public, led in the office."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deliberation.choices import queries, services
from deliberation.choices.forms import ChoiceForm
from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.panels.queries import jury_of
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotAllowed, NotFound
from pb.core.forms import choices, spread
from pb.core.web import Request, Routes
from pb.processes.office import attempt
from pb.processes.queries import the_process

routes = Routes()


@routes("/processes/{slug}/jury/choice", "jury_choice", cached=True)
def public(request: Request) -> Response:
    """What the jury chooses for the ballot, how, when that was declared, and what it chose."""
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    view = queries.choice_of(request.session, jury) if jury is not None else None
    if jury is None or view is None:
        raise NotFound("choice.undeclared")
    return request.page("choices/public.html", process=process, jury=jury, view=view,
                        areas={one.id: one for one in process.areas})


@routes("/office/processes/{slug}/jury/choice", "office_choice", methods=("GET", "POST"))
def office(request: Request) -> Response:
    """Declare it, ask the jury, take down what it chose, put that on the ballot."""
    process, jury = the_office_jury(request)
    view = queries.choice_of(request.session, jury)
    choice = view.choice if view is not None else None
    declaring = request.posted and request.value("act") == "declare"
    defaults: dict[str, Any] = {} if choice is None else {
        **spread("reason", choice.reason),
        "kind": choice.kind, "seats": choice.seats or None,
        "session_number": choice.session_number, "area": str(choice.area_id or ""),
    }
    form = (
        request.form(ChoiceForm, **defaults) if declaring or request.switched_to
        else ChoiceForm(None, reader=request.reader, data=defaults)
    )
    reader = request.reader
    form.area.choices = choices(
        (str(one.id), f"{reader.plain(one.name)}: {reader.money(one.budget, process.currency)}")
        for one in process.areas
    )
    problem = ""
    if request.posted:
        try:
            if _act(request, jury, form):
                return request.redirect("office_choice", slug=process.slug)
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = reader.sentence(error.code, **error.parameters)
    return request.page(
        "choices/office.html", status=422 if problem else None, process=process, jury=jury,
        view=view, form=form, problem=problem,
        may_declare=request.can(Permission.DECLARE_CHOICE, process),
        may_run=request.can(Permission.RUN_SESSION, process),
        may_put=request.can(Permission.PUT_CHOICE, process), keeps_form=True,
    )


def _act(request: Request, jury: Jury, form: ChoiceForm) -> bool:
    act = request.value("act")
    if act == "declare":
        if not attempt(request, form,
                       lambda: request.run(services.declare, jury.id, form.value())):
            return False
        request.notify("choice.saved")
    elif act == "ask":
        request.run(services.ask_jury, jury.id)
    elif act == "decide":
        request.run(services.decide, jury.id)
    elif act == "put":
        request.run(services.ask_ballot, jury.id)
        request.notify("choice.sent")
    else:
        raise NotAllowed("access.not_you")
    return True
