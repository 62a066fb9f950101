"""Pages of the evidence: for everybody, in the office, and on screens in the room."""

from __future__ import annotations

from typing import Any, TypeVar

from starlette.responses import Response

from deliberation.evidence import queries, question_pages, services
from deliberation.evidence.forms import EvidenceForm, HeardForm, NoteForm
from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.panels.queries import jury_of
from deliberation.sessions.doors import guest
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotFound
from pb.core.forms import Form, by_language, spread
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt
from pb.processes.queries import the_process

routes = Routes()
routes.pages += question_pages.routes.pages
F = TypeVar("F", bound=Form)
BOTH = ("GET", "POST")


@routes("/processes/{slug}/jury/evidence", "evidence", cached=True)
def evidence(request: Request) -> Response:
    """What the jury hears and reads, who gives it, and how much time each side has."""
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    if jury is None:
        raise NotFound("jury.unknown")
    return request.page(
        "evidence/evidence.html", process=process, jury=jury,
        questions=_sent(request, process, jury), library=queries.library(request.session, jury.id),
    )


def _sent(request: Request, process: Process, jury: Jury) -> list[queries.QuestionView]:
    """The questions that were sent, those that have an answer with it."""
    return [view for view in question_pages.questions(request, process, jury)
            if view.question.sent_at is not None]


@routes("/room/evidence", "room_evidence")
def room_evidence(request: Request) -> Response:
    """The same for whoever came in by a code, without the site around it."""
    found = guest(request)
    if found is None:
        return request.redirect("room")
    return request.page(
        "evidence/room.html", process=found.process, jury=found.jury, guest=found,
        library=queries.library(request.session, found.jury.id), nav=[],
        questions=_sent(request, found.process, found.jury),
    )


@routes("/office/processes/{slug}/jury/evidence", "office_evidence", methods=BOTH)
def office(request: Request) -> Response:
    """The library with its ledger: add an item, explain the balance."""
    process, jury = the_office_jury(request)
    explaining = request.posted and request.value("act") == "explain"
    library = queries.library(request.session, jury.id)
    form = _empty(request, EvidenceForm, request.posted and not explaining)
    defaults = spread("text", library.note.text) if library.note else {}
    note = NoteForm(request.form_data if explaining else None, reader=request.reader,
                    prefix="note-", data=defaults)
    done = False
    if explaining:
        done = attempt(request, note, lambda: request.run(
            services.explain_balance, jury.id, by_language(note, "text")))
    elif request.posted:
        done = attempt(request, form, lambda: request.run(services.add, jury.id, form.value()))
    if done:
        request.notify("room.saved")
        return request.redirect("office_evidence", slug=process.slug)
    return request.page(
        "evidence/office.html", process=process, jury=jury, library=library, form=form, note=note,
        may_edit=request.can(Permission.EDIT_JURY, process), keeps_form=True,
        may_run=request.can(Permission.RUN_SESSION, process),
    )


def _empty(request: Request, kind: type[F], typed: bool, **defaults: Any) -> F:
    """A form with what was typed into it, when it was this one that was sent."""
    data = request.form_data if typed or request.switched_to else None
    return kind(data, reader=request.reader, data=defaults)


@routes("/office/processes/{slug}/jury/evidence/{number}", "office_evidence_item", methods=BOTH)
def office_item(request: Request) -> Response:
    """One item: change it, say how it was heard, take it out, make its witness's code."""
    process, jury = the_office_jury(request)
    item = queries.item_by_number(request.session, jury.id, request.params["number"])
    may_run = request.can(Permission.RUN_SESSION, process)
    act = request.value("act") if request.posted else ""
    form = _empty(request, EvidenceForm, act == "change", **EvidenceForm.of(item))
    heard = _empty(request, HeardForm, act == "hear", heard=item.heard,
                   given=item.given if item.given != "planned" else "live",
                   **spread("recorded", item.recorded))
    problem, done = "", False
    try:
        if act == "change":
            done = attempt(request, form,
                           lambda: request.run(services.change, item.id, form.value()))
        elif act == "hear":
            done = attempt(request, heard, lambda: request.run(
                services.hear, item.id, heard.given.data, heard.heard.data or 0,
                by_language(heard, "recorded")))
        elif act == "withdraw":
            request.run(services.withdraw, item.id, request.value("why")[:500].strip())
            done = True
        elif act == "screen":
            request.run(services.make_witness_screen, item.id)
            return request.redirect("office_room_codes", slug=process.slug)
    except AppError as error:
        if error.status == 403:
            raise
        problem = request.reader.sentence(error.code, **error.parameters)
    if done:
        request.notify("room.saved")
        return request.redirect("office_evidence", slug=process.slug)
    return request.page(
        "evidence/item.html", status=422 if problem else None, process=process, jury=jury,
        item=item, form=form, heard=heard, problem=problem, may_run=may_run, keeps_form=True,
        may_edit=request.can(Permission.EDIT_JURY, process) and item.withdrawn_at is None
        and (item.heard is None or may_run),
    )
