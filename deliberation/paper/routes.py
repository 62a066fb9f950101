"""Pages of paper: what is printed, where its square leads, and what is typed in from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from deliberation.notes import queries as notes
from deliberation.notes import services as writing
from deliberation.notes.photos import photo_of
from deliberation.notes.services import NoteValue
from deliberation.panels.models import Jury
from deliberation.paper import queries, rules, services
from deliberation.paper.forms import PaperForm
from deliberation.sessions.doors import guest
from deliberation.sessions.models import JurySession
from deliberation.sessions.office import number_of, the_session
from deliberation.sessions.queries import room_of
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotFound, SignInNeeded
from pb.core.forms import choices
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt

routes = Routes()
BOTH = ("GET", "POST")


@routes("/office/processes/{slug}/jury/sessions/{number}/pack", "office_pack", methods=BOTH)
def pack(request: Request) -> Response:
    """What each table needs on paper: this part and the next, or all that is left."""
    process, jury, session = the_session(request)
    room = room_of(request.session, jury, session, request.now)
    whole = bool(request.query.get("whole") or request.value("whole"))
    made = queries.pack_of(request.session, room, request.reader.languages, whole)
    if request.posted:
        request.run(services.note_print, session.id, made.covers, whole)
        request.notify("paper.printed")
        return request.redirect("office_session", slug=process.slug, number=session.number)
    return request.page(
        "paper/pack.html", process=process, jury=jury, room=room, pack=made,
        large=bool(request.query.get("large")), square=_squares(request, session),
        blanks=range(rules.BLANK_OPTIONS), printed=queries.printed(request.session, room),
        may_run=request.can(Permission.RUN_SESSION, process),
        people={view.table.number: [one for one, _seat in view.people if not one.reserve]
                for view in room.tables},
    )


def _squares(request: Request, session: JurySession) -> Callable[[Any, int], Markup]:
    """Makes the square of a part's sheet. It holds an address and no secret: whoever scans it
    comes in by their own code or sign-in."""
    import segno  # only here: starting must be quick

    def square(item: Any, table: int) -> Markup:
        address = request.full_link("room_paper", session=session.id, position=item.position + 1,
                                    table=table)
        return Markup(segno.make(address, error="m", micro=False).svg_inline(
            border=2, unit=None, omitsize=True, svgclass="qr qr-small", lineclass=None))

    return square


@routes("/room/paper/{session}/{position}/{table}", "room_paper")
def from_square(request: Request) -> Response:
    """Where a sheet's square leads: to a screen's notes, or to the office's page for typing in."""
    session = request.session.get(JurySession, number_of(request.params["session"]))
    position = number_of(request.params["position"])
    item = next((one for one in session.items if one.position + 1 == position), None) if (
        session is not None) else None
    if session is None or item is None:
        raise NotFound("session.unknown")
    found = guest(request)
    if found is not None and found.jury.id == session.jury_id:
        if item.kind in ("draft", "pressure") and found.role == "table":
            return request.redirect("room_drafts")
        return request.redirect("room_screen", anchor="notes")
    jury = request.session.get_one(Jury, session.jury_id)
    process = request.session.get_one(Process, jury.process_id)
    if request.can(Permission.SEE_JURY, process):
        return _to_office(request, process, session, item, request.params["table"])
    if request.query.get("office"):
        raise SignInNeeded("access.sign_in")
    return request.page("paper/where.html", jury=jury, item=item)


def _to_office(
    request: Request, process: Process, session: JurySession, item: Any, table: str
) -> Response:
    name = rules.where(item.kind)
    if name in ("office_drafts", "office_statements"):
        return request.redirect(name, slug=process.slug)
    if name == "office_paper":
        return request.redirect(name, slug=process.slug, number=session.number, item=item.id,
                                table=number_of(table))
    return request.redirect(name, slug=process.slug, number=session.number)


@routes("/office/processes/{slug}/jury/sessions/{number}/paper", "office_paper", methods=BOTH)
def paper(request: Request) -> Response:
    """Type in what stands on paper, with a photo; a second person confirms what somebody else
    typed in. Paper and screen are counted apart."""
    process, jury, session = the_session(request)
    room = room_of(request.session, jury, session, request.now)
    typing = request.posted and request.value("act") == "type"
    defaults: dict[str, Any] = {
        "client_id": PaperForm.fresh(), "written_in": request.reader.language,
        "item": request.query.get("item") or (str(room.current.id) if room.current else ""),
        "table": number_of(request.query.get("table", "")),
    }
    if defaults["table"] == -1:
        defaults["table"] = None
    form = request.form(PaperForm, **defaults) if typing or request.switched_to else (
        PaperForm(None, reader=request.reader, data=defaults))
    form.item.choices = choices(
        (str(row.item.id), f"{row.item.position + 1} {request.reader.plain(row.item.title)}")
        for row in room.rows
    )
    problem = ""
    if typing and attempt(request, form, lambda: _type(request, jury, session, form)):
        request.notify("paper.saved")
        return request.redirect("office_paper", slug=process.slug, number=session.number)
    if request.posted and request.value("act") == "confirm":
        try:
            request.run(writing.second_paper, session.id, number_of(request.value("which")))
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            request.notify("paper.confirmed")
            return request.redirect("office_paper", slug=process.slug, number=session.number)
    may_run = request.can(Permission.RUN_SESSION, process)
    return request.page(
        "paper/typed.html", status=422 if problem else None, process=process, jury=jury,
        session=session, form=form, problem=problem, may_run=may_run, keeps_form=may_run,
        typed=notes.paper_notes(request.session, session.id),
        sources=notes.sources_of(request.session, session.id), parts=queries.parts_by_id(room),
        people={one.id: one for one in jury.jurors}, me=request.actor.person_id,
    )


def _type(request: Request, jury: Jury, session: JurySession, form: PaperForm) -> None:
    """Keep what was typed. Errors: AppError, with the field that it belongs to."""
    juror = None
    if form.juror.data is not None:
        juror = next((one.id for one in jury.jurors if one.number == form.juror.data), None)
        if juror is None:
            raise AppError("paper.juror", field="juror")
    try:
        photo = photo_of(request)
    except AppError as error:
        error.parameters["field"] = "photo"
        raise
    request.run(
        writing.enter_paper, session.id, number_of(form.item.data or ""), form.table.data or 0,
        juror,
        NoteValue(form.client_id.data or "", form.text.data or "", form.written_in.data, "table",
                  source="paper", photo=photo, photo_alt=form.photo_alt.data or ""),
    )
