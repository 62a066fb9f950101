"""A jury's pages before it sits: for the office, and what the public reads of it."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from deliberation.panels import rules, services
from deliberation.panels.forms import CharterForm, InterestForm, JurorsForm, JuryForm
from deliberation.panels.office import office_jury, the_office_jury
from deliberation.panels.queries import interests_of, jury_of, sitting
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotFound
from pb.core.forms import choices, spread
from pb.core.web import Request, Routes
from pb.processes.office import attempt
from pb.processes.queries import the_process
from pb.projects.queries import projects_of

routes = Routes()
BOTH = ("GET", "POST")
MOST_BYTES = 200_000


@routes("/processes/{slug}/jury", "jury", cached=True)
def jury_page(request: Request) -> Response:
    """What a jury is asked, what it was promised, and how it was chosen."""
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    if jury is None:
        raise NotFound("jury.unknown")
    people = sitting(jury.jurors)
    return request.page(
        "panels/jury.html", process=process, jury=jury,
        jurors=sum(1 for one in people if not one.reserve),
        reserves=sum(1 for one in people if one.reserve),
        interests=interests_of(request.session, jury.id),
    )


@routes("/office/processes/{slug}/jury", "office_jury")
def overview(request: Request) -> Response:
    """Everything about a jury in one place: what is missing, who is on it, where to go on."""
    process, jury = office_jury(request)
    return request.page(
        "panels/overview.html", process=process, jury=jury,
        lacks=[request.reader.sentence(code) for code in rules.lacks(jury)] if jury else [],
        people=sitting(jury.jurors) if jury else [],
        may_edit=request.can(Permission.EDIT_JURY, process),
    )


@routes("/office/processes/{slug}/jury/edit", "office_jury_edit", methods=BOTH)
def edit(request: Request) -> Response:
    """Name, question, promise, and the person for conflicts."""
    process, jury = office_jury(request, Permission.EDIT_JURY)
    form = request.form(JuryForm, **(JuryForm.of(jury) if jury else {}))

    def act() -> None:
        if jury is None:
            request.run(services.make_jury, process.id, form.values())
        else:
            request.run(services.edit_jury, jury.id, form.values())

    if attempt(request, form, act):
        request.notify("office.saved")
        return request.redirect("office_jury", slug=process.slug)
    return request.page("panels/edit.html", process=process, jury=jury, form=form,
                        keeps_form=True)


@routes("/office/processes/{slug}/jury/charter", "office_jury_charter", methods=BOTH)
def charter(request: Request) -> Response:
    """The charter: how everybody works together, and what happens in a conflict."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    form = request.form(CharterForm, **spread("charter", jury.charter))
    accepted = request.value("accept")
    if request.posted and accepted.isascii() and accepted.isdecimal():
        request.run(services.accept_charter, jury.id, int(accepted[:9]))
        request.notify("office.saved")
        return request.redirect("office_jury", slug=process.slug)
    if attempt(
        request, form, lambda: request.run(services.set_charter, jury.id, form.values())
    ):
        request.notify("office.saved")
        return request.redirect("office_jury", slug=process.slug)
    return request.page("panels/charter.html", process=process, jury=jury, form=form,
                        may_accept=request.can(Permission.RUN_SESSION, process),
                        keeps_form=True)


@routes("/office/processes/{slug}/jury/jurors", "office_jurors", methods=BOTH)
def jurors(request: Request) -> Response:
    """Who is on the jury: from a list, and checked against a draw's record where there is one."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    form = request.form(JurorsForm)
    number = request.value("juror")
    if request.posted and number.isascii() and number.isdecimal():
        command = {"let_go": services.let_go, "seat": services.seat_reserve}.get(
            request.value("act")
        )
        if command is not None:
            request.run(command, jury.id, int(number[:9]))
            request.notify("office.saved")
        return request.redirect("office_jurors", slug=process.slug)
    if request.posted and form.validate():
        found, faults = rules.read_jurors(form.lines.data)
        drawn, wrong = _drawn(request)
        form.lines.errors = [
            request.reader.sentence(one.code, line=one.line, word=one.word)
            for one in faults[:10]
        ]
        if wrong:
            form.form_errors.append(request.reader.sentence(wrong))
        if not faults and not wrong and attempt(
            request, form,
            lambda: request.run(services.set_jurors, jury.id, found, drawn),
        ):
            request.notify("office.saved")
            return request.redirect("office_jury", slug=process.slug)
    return request.page("panels/jurors.html", process=process, jury=jury, form=form,
                        people=sitting(jury.jurors), keeps_form=True)


def _drawn(request: Request) -> tuple[dict[str, Any], str]:
    """Digest and ids of a draw's ``drawn.csv``, empty without one; or what is wrong with it."""
    upload = request.form_data.get("drawn") if request.form_data is not None else None
    if not isinstance(upload, UploadFile) or not upload.filename:
        return {}, ""
    content = upload.file.read(MOST_BYTES + 1)
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
        ids = [row["id"] for row in rows]
    except (UnicodeDecodeError, csv.Error, KeyError):
        return {}, "jurors.no_draw"
    if not ids or len(content) > MOST_BYTES or not all(ids):
        return {}, "jurors.no_draw"
    return {"sha256": hashlib.sha256(content).hexdigest(), "ids": ids}, ""


@routes("/office/processes/{slug}/jury/interests", "office_interests", methods=BOTH)
def interests(request: Request) -> Response:
    """Who is too close to what, also where it is found late; taking back what was a mistake."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    people = {str(one.id): one for one in sitting(jury.jurors) if not one.reserve}
    projects = {one.number: one for one in projects_of(request.session, process.id)}
    form = request.form(InterestForm)
    form.juror.choices = choices((key, f"{one.number} {one.name}") for key, one in people.items())
    form.project.choices = choices(
        (str(number), f"{number} {request.reader.text(one.title)}")
        for number, one in projects.items())
    problem = ""
    if request.posted and request.value("act") == "back":
        try:
            juror, number = request.value("which").partition("-")[::2]
            request.run(services.take_back_interest, jury.id, _whole(juror), _whole(number))
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            return request.redirect("office_interests", slug=process.slug)
    elif attempt(request, form, lambda: request.run(
        services.declare_interest, jury.id, int(form.juror.data), int(form.project.data),
        form.why.data or "",
    )):
        request.notify("office.saved")
        return request.redirect("office_interests", slug=process.slug)
    return request.page(
        "panels/interests.html", status=422 if problem else None, process=process, jury=jury,
        form=form, problem=problem, projects=projects, keeps_form=True,
        known=interests_of(request.session, jury.id),
        people={one.id: one for one in jury.jurors},
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
