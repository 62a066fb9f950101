"""Pages of reports and complaints: a juror's, the office's, and the public's figures."""

from __future__ import annotations

from starlette.responses import Response

from deliberation.complaints import queries, services
from deliberation.complaints.forms import ComplaintForm
from deliberation.panels.office import the_office_jury
from deliberation.panels.queries import jury_of
from deliberation.sessions.doors import guest, the_juror
from deliberation.sessions.models import JurySession
from deliberation.sessions.office import number_of, the_session
from deliberation.sessions.queries import room_of, todays_session
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotAllowed, NotFound
from pb.core.storage import served
from pb.core.web import Request, Routes
from pb.processes.office import attempt
from pb.processes.queries import the_process

routes = Routes()
BOTH = ("GET", "POST")


@routes("/room/wrong", "room_wrong", methods=BOTH)
def wrong(request: Request) -> Response:
    """Something is wrong: report a note, or complain; and what came of one's own complaints."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    here, juror = found
    form = request.form(ComplaintForm) if request.value("act") != "report" else (
        ComplaintForm(None, reader=request.reader))
    session_id = todays_session(request.session, here.jury.id)
    session = request.session.get(JurySession, session_id) if session_id else None
    seat = room_of(request.session, here.jury, session, request.now).seat_of(juror.id) if (
        session is not None) else None
    table = seat[0].table.number if seat else None
    if request.posted and not here.screen.acts:
        raise NotAllowed("access.not_you")
    run, once = request.site.work.run, request.value("once") or None
    if request.posted and request.value("act") == "report" and session is not None:
        run(services.report_note, here.actor, session.id, table,
            number_of(request.value("which")), request.value("why").strip(), once=once)
        request.notify("report.sent")
        return request.redirect("room_wrong")
    if attempt(request, form, lambda: run(
        services.complain, here.actor, here.jury.id, juror.id, form.about.data,
        form.text.data or "", once=once,
    )):
        request.notify("complaint.sent")
        return request.redirect("room_wrong")
    return request.page(
        "complaints/wrong.html", jury=here.jury, screen=here.screen, form=form, nav=[],
        notes=queries.to_report(request.session, session.id, table) if session else [],
        mine=queries.own_complaints(request.session, request.site.secrets, juror.id),
    )


@routes("/room/report", "room_report", methods=("POST",))
def report_at_table(request: Request) -> Response:
    """A table's own screen reports one of its notes, by the hand of whoever asks for it."""
    found = guest(request)
    if found is None:
        return request.redirect("room")
    request.site.work.run(
        services.report_note, found.actor, number_of(request.value("session")), found.table,
        number_of(request.value("which")), request.value("why").strip(),
        once=request.value("once") or None,
    )
    request.notify("report.sent")
    return request.redirect("room_screen", anchor="notes")


@routes("/office/processes/{slug}/jury/sessions/{number}/reports", "office_note_reports",
        methods=BOTH)
def reports(request: Request) -> Response:
    """What jurors reported in a session: the lead keeps it hidden or shows it again."""
    process, jury, session = the_session(request, Permission.RUN_SESSION)
    problem = ""
    if request.posted:
        try:
            request.run(services.decide_report, session.id, number_of(request.value("which")),
                        request.value("act") == "show", request.value("reason")[:300].strip())
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            return request.redirect("office_note_reports", slug=process.slug,
                                    number=session.number)
    return request.page(
        "complaints/reports.html", status=422 if problem else None, process=process, jury=jury,
        session=session, reports=queries.reports_of(request.session, session.id), problem=problem,
    )


@routes("/office/processes/{slug}/jury/sessions/{number}/reports/{id}/photo", "reported_photo")
def reported_photo(request: Request) -> Response:
    """The photo of a reported note, hidden or not: for the lead who decides, and nobody else."""
    _process, _jury, session = the_session(request, Permission.RUN_SESSION)
    wanted = number_of(request.params["id"])
    key = next((one.note.photo for one in queries.reports_of(request.session, session.id)
                if one.report.id == wanted), "")
    found = request.site.storage.find(key) if key else None
    if found is None:
        raise NotFound("report.unknown")
    return served(found, "no-store")


@routes("/office/processes/{slug}/jury/complaints", "office_complaints", methods=BOTH)
def office(request: Request) -> Response:
    """Complaints, for the person for complaints and the facilitator; what is about the
    facilitator for the first alone."""
    process, jury = the_office_jury(request, Permission.READ_COMPLAINTS)
    officer = services.reads_all(
        request.can(Permission.RUN_SESSION, process),
        request.can(Permission.READ_ALL_COMPLAINTS, process),
    )
    problem = ""
    if request.posted:
        try:
            request.run(services.handle, jury.id, number_of(request.value("which")),
                        request.value("act"), request.value("answer").strip())
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            return request.redirect("office_complaints", slug=process.slug)
    return request.page(
        "complaints/office.html", status=422 if problem else None, process=process, jury=jury,
        officer=officer, problem=problem, numbers={one.id: one.number for one in jury.jurors},
        views=queries.complaints_of(request.session, request.site.secrets, jury.id,
                                    about_facilitator=officer),
    )


@routes("/processes/{slug}/jury/complaints", "jury_complaints", cached=True)
def public(request: Request) -> Response:
    """How many notes were reported and complaints made, and how many are settled."""
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    if jury is None:
        raise NotFound("jury.unknown")
    return request.page("complaints/public.html", process=process, jury=jury,
                        counts=queries.counts_of(request.session, jury.id))
