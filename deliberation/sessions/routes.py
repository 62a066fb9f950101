"""The office's pages about sessions: plans, seats, codes."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.responses import Response

from deliberation.panels.models import Juror, Jury
from deliberation.panels.office import the_office_jury
from deliberation.panels.queries import sitting
from deliberation.sessions import agenda, queries, running, services
from deliberation.sessions.agenda import plan_of
from deliberation.sessions.forms import KIND_NAMES, ItemForm, PlanForm
from deliberation.sessions.models import JurySession
from deliberation.sessions.office import number_of, the_session
from deliberation.sessions.plan import Plan, PlanError, runsheet
from deliberation.sessions.plan import read as read_plan
from deliberation.sessions.plan import write as write_plan
from deliberation.sessions.seats import effect, moved, seats_for
from deliberation.sortition.seating import SeatingError
from pb.access.permissions import Permission
from pb.core.errors import AppError, Invalid, NotFound
from pb.core.forms import by_language
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt

routes = Routes()
routes.pages += agenda.routes.pages
BOTH = ("GET", "POST")
MOST_BYTES = 200_000


@routes("/office/processes/{slug}/jury/sessions", "office_sessions", methods=BOTH)
def sessions(request: Request) -> Response:
    """The sessions, and making them of a plan."""
    process, jury = the_office_jury(request)
    form = request.form(PlanForm)
    may_edit = request.can(Permission.EDIT_JURY, process)
    if request.posted and form.validate():
        plan = _plan(request, form)
        if plan is not None and attempt(
            request, form,
            lambda: request.run(
                services.make_sessions, jury.id, plan, form.first_day.data,
                form.days_between.data, form.tables.data,
            ),
        ):
            request.notify("office.saved")
            return request.redirect("office_sessions", slug=process.slug)
    known = queries.sessions_of(request.session, jury.id)
    return request.page(
        "sessions/sessions.html", process=process, jury=jury, sessions=known, form=form,
        others={number: plan.name for number, plan in agenda.plans_to_copy(request).items()
                if number != jury.id} if may_edit else {},
        may_edit=may_edit and all(one.state == "planned" for one in known), keeps_form=may_edit,
    )


def _plan(request: Request, form: PlanForm) -> Plan | None:
    """The plan that was chosen, or None with what is wrong beside its field."""
    if form.plan.data == "copy":
        known = agenda.plans_to_copy(request).get(number_of(request.value("copied")))
        if known is None:
            form.refuse("plan", "plan.unknown")
        return known
    if form.plan.data != "file":
        return runsheet(form.plan.data)
    upload = request.form_data.get("file") if request.form_data is not None else None
    content = upload.file.read(MOST_BYTES + 1) if isinstance(upload, UploadFile) else b""
    try:
        if len(content) > MOST_BYTES:
            raise PlanError("plan.sessions", most=12)
        return read_plan(content.decode("utf-8"))
    except UnicodeDecodeError:
        form.refuse("file", "plan.not_toml", reason="UTF-8")
    except PlanError as error:
        form.refuse("file", error.code, **error.parameters)
    return None


@routes("/office/processes/{slug}/jury/plan.toml", "office_plan")
def plan_file(request: Request) -> Response:
    """This jury's plan as a file, to be changed and shared."""
    process, jury = the_office_jury(request)
    known = queries.sessions_of(request.session, jury.id)
    if not known:
        raise NotFound("session.unknown")
    plan = plan_of(jury.name, known, request.reader.zone)
    return Response(
        write_plan(plan), media_type="application/toml; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{process.slug}-plan.toml"'},
    )


@routes("/office/processes/{slug}/jury/sessions/{number}/plan", "office_session_plan",
        methods=BOTH)
def change_plan(request: Request) -> Response:
    """Change the plan while the session runs: other minutes, a part more."""
    process, jury, session = the_session(request, Permission.RUN_SESSION)
    form = request.form(ItemForm)
    version = number_of(request.value("version"))
    problem = ""
    if request.posted and request.value("item"):
        try:
            request.run(running.set_minutes, session.id, version,
                        number_of(request.value("item")), number_of(request.value("minutes")))
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            return _changed(request, process, session)
    elif attempt(
        request, form,
        lambda: request.run(running.add_item, session.id, version, form.kind.data,
                            form.minutes.data, by_language(form, "title")),
    ):
        return _changed(request, process, session)
    return request.page(
        "sessions/plan.html", status=422 if problem else None, process=process, jury=jury,
        form=form, problem=problem, kinds=KIND_NAMES, keeps_form=True,
        room=queries.room_of(request.session, jury, session, request.now),
    )


def _changed(request: Request, process: Process, session: JurySession) -> Response:
    request.notify("room.saved")
    return request.redirect("office_session", slug=process.slug, number=session.number)


@routes("/office/processes/{slug}/jury/sessions/{number}/seats", "office_seats", methods=BOTH)
def seats(request: Request) -> Response:
    """Who sits where: planned by the app, changed by hand, with what a change does."""
    process, jury, session = the_session(request)
    people = sitting(jury.jurors)
    view = queries.room_of(request.session, jury, session, request.now)
    today = {juror.id: table.table.number for table in view.tables
             for juror, _seat in table.people}
    problem, asked = "", None
    if request.posted:
        try:
            asked = _seat_act(request, jury, session, today)
        except SeatingError:
            problem = request.reader.sentence("seats.impossible")
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            if asked is None:
                request.notify("room.saved")
                return request.redirect("office_seats", slug=process.slug, number=session.number)
    history = queries.past_tables(request.session, jury.id, session.number)
    speaks = {one.id: one.speaks for one in people}
    jurors = [one for one in people if not one.reserve]
    return request.page(
        "sessions/seats.html", status=422 if problem else None, process=process, jury=jury,
        room=view, people=people, problem=problem,
        waiting=[one for one in people if one.id not in today],
        now_is=effect(history, today, speaks, session.tables), asked=asked,
        then_is=effect(history, moved(today, asked.juror.id, asked.table, asked.other_id), speaks,
                       session.tables) if asked else None,
        possible=len(jurors) * (len(jurors) - 1) // 2,
        may_edit=request.can(Permission.EDIT_JURY, process) and session.state != "ended",
    )


@dataclass(frozen=True)
class Asked:
    """A change of seats that is looked at before it is kept."""

    juror: Juror
    table: int
    other: Juror | None
    pinned: bool

    @property
    def other_id(self) -> int | None:
        return self.other.id if self.other is not None else None


def _seat_act(
    request: Request, jury: Jury, session: JurySession, today: dict[int, int]
) -> Asked | None:
    """Plan the seats, keep a change, or (Asked) only look at one. Errors: AppError."""
    act = request.value("act")
    if act == "plan":
        _plan_seats(request, jury, session)
        return None
    people = {one.id: one for one in sitting(jury.jurors)}
    juror = people.get(number_of(request.value("juror")))
    other = people.get(number_of(request.value("other")))
    table, pinned = number_of(request.value("table")), bool(request.value("pinned"))
    if juror is None or not 1 <= table <= session.tables or (
        other is not None and (other.id not in today or juror.id not in today)
    ):
        raise Invalid("seat.unknown")
    if act == "look":
        return Asked(juror, table, other, pinned)
    if other is not None:
        request.run(services.exchange_seats, session.id, juror.id, other.id, pinned)
    else:
        request.run(services.move_seat, session.id, juror.id, table, pinned)
    return None


def _plan_seats(request: Request, jury: Jury, session: JurySession) -> None:
    """Plan the seats before the command, which only keeps them. Errors: SeatingError."""
    view = queries.room_of(request.session, jury, session, request.now)
    pinned = {
        juror.id: seat for table in view.tables for juror, seat in table.people if seat.pinned
    }
    found = seats_for(
        sitting(jury.jurors), session.tables,
        queries.past_tables(request.session, jury.id, session.number), pinned,
        f"{jury.id}-{session.number}-{session.version}-{request.value('once')}",
    )
    request.run(services.keep_seats, session.id, found, True)


@routes("/office/processes/{slug}/jury/codes", "office_room_codes", methods=BOTH)
def codes(request: Request) -> Response:
    """The codes of all screens, to be printed and cut."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    if request.posted:
        if request.value("act") == "renew":
            request.run(services.renew_pass, jury.id, number_of(request.value("which")))
        else:
            request.run(services.make_passes, jury.id)
        request.notify("room.saved")
        return request.redirect("office_room_codes", slug=process.slug)
    people = {one.id: one for one in jury.jurors}
    return request.page(
        "sessions/codes.html", process=process, jury=jury,
        passes=[
            (one, services.code_of(request.site.secrets, one), people.get(one.juror_id or 0))
            for one in queries.passes_of(request.session, jury.id)
        ],
        address=request.full_link("room"),
    )
