"""Speaking: its switch in the office, and the buttons of each screen in the room."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.panels.queries import sitting
from deliberation.sessions.doors import Guest, guest, the_juror
from deliberation.sessions.models import JurySession, Seat
from deliberation.sessions.office import number_of, the_session
from deliberation.sessions.queries import (
    past_tables,
    room_of,
    session_by_number,
    sessions_of,
    todays_session,
)
from deliberation.sessions.running import be_present
from deliberation.sessions.seats import seats_for
from deliberation.sessions.services import keep_seats
from deliberation.sortition.seating import SeatingError
from deliberation.speaking import queries, rules, services
from deliberation.speaking.forms import SpeakingForm
from deliberation.speaking.models import Speaking
from pb.access.permissions import Permission
from pb.core.errors import Conflict, NotAllowed, NotFound
from pb.core.web import Request, Routes
from pb.processes.office import attempt

routes = Routes()
BOTH = ("GET", "POST")


@routes("/office/processes/{slug}/jury/speaking", "office_speaking", methods=BOTH)
def speaking(request: Request) -> Response:
    """The switch, how jurors take part, and what is left of sessions that are over."""
    process, jury = the_office_jury(request)
    rule = request.session.get(Speaking, jury.id)
    form = request.form(
        SpeakingForm, on=rule is not None and rule.on, seconds=rule.seconds if rule else 45,
        invites=rule is not None and rule.invites,
    )
    may_edit = request.can(Permission.EDIT_JURY, process)
    done = False
    if request.posted and request.value("juror"):
        request.run(services.set_way, jury.id, number_of(request.value("juror")),
                    bool(request.value("remote")),
                    " ".join(request.value("interpreter").split())[:100])
        done = True
    elif attempt(request, form, lambda: request.run(
        services.set_speaking, jury.id, form.on.data, form.seconds.data, form.invites.data
    )):
        done = True
    if done:
        request.notify("room.saved")
        return request.redirect("office_speaking", slug=process.slug)
    sessions = {one.id: one for one in sessions_of(request.session, jury.id)}
    ways = queries.ways_of(request.session, jury.id)
    return request.page(
        "speaking/office.html", process=process, jury=jury, form=form, may_edit=may_edit,
        keeps_form=may_edit, people=sitting(jury.jurors), ways=ways, sessions=sessions,
        totals=queries.totals_of(request.session, list(sessions)), place_kept=rules.PLACE_KEPT,
    )


@routes("/office/processes/{slug}/jury/sessions/{number}/speaking", "office_session_speaking",
        methods=("POST",))
def lead(request: Request) -> Response:
    """The lead's buttons: the queue of all together."""
    process, _jury, session = the_session(request)
    act = request.value("act")
    if act == "next":
        request.run(services.call_next, session.id, 0, number_of(request.value("after")))
    elif act == "finish":
        request.run(services.finish, session.id, 0)
    else:
        request.run(services.raise_hand, session.id, 0, number_of(request.value("juror")))
    return request.redirect("office_session", slug=process.slug, number=session.number,
                            anchor="speaking")


@routes("/office/processes/{slug}/jury/elsewhere", "office_elsewhere", methods=("POST",))
def together(request: Request) -> Response:
    """Those from elsewhere form one table in a session, or join it; before it begins the others
    are seated around them."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    session = session_by_number(request.session, jury.id, number_of(request.value("session")))
    if session is None:
        raise NotFound("session.unknown")
    table = number_of(request.value("table"))
    try:
        found = _around(request, jury, session, table) if session.state == "planned" else {}
        request.run(services.seat_elsewhere, session.id, table)
        if found:
            request.run(keep_seats, session.id, found, True)
    except SeatingError:
        raise Conflict("seats.impossible") from None
    request.notify("steward.seated")
    return request.redirect("office_seats", slug=process.slug, number=session.number)


def _around(request: Request, jury: Jury, session: JurySession, table: int) -> dict[int, int]:
    """The seats of all, with those from elsewhere at one table. Errors: SeatingError."""
    view = room_of(request.session, jury, session, request.now)
    fixed = {juror.id: seat for one in view.tables for juror, seat in one.people if seat.pinned}
    if not any(one.people for one in view.tables) or not 1 <= table <= session.tables:
        return {}  # nobody is seated yet, or the command says what is wrong
    for juror in queries.elsewhere(request.session, jury, session.id):
        fixed[juror.id] = Seat(session_id=session.id, juror_id=juror.id, table_number=table)
    return seats_for(
        sitting(jury.jurors), session.tables,
        past_tables(request.session, jury.id, session.number), fixed,
        f"{jury.id}-{session.number}-{session.version}-{request.value('once')}",
    )


@routes("/room/steward", "room_steward", methods=("POST",))
def steward(request: Request) -> Response:
    """The buttons of the tech steward's screen: who has come, and who takes part from elsewhere."""
    found = guest(request)
    if found is None:
        return request.redirect("room")
    session_id = todays_session(request.session, found.jury.id)
    if session_id is None:
        return request.redirect("room_screen")
    run, actor, act = request.site.work.run, found.actor, request.value("act")
    which, once = number_of(request.value("juror")), request.value("once") or None
    if act in ("came", "left"):
        run(be_present, actor, session_id, which, act == "came", once=once)
    elif act in ("elsewhere", "room"):
        run(services.set_elsewhere, actor, session_id, which, act == "elsewhere", once=once)
    else:
        raise NotAllowed("access.not_you")
    return request.redirect("room_screen")


@routes("/room/speaking", "room_speaking", methods=("POST",))
def act(request: Request) -> Response:
    """The buttons of a juror's phone and of a table's screen."""
    found = guest(request)
    if found is None:
        return request.redirect("room")
    session_id = todays_session(request.session, found.jury.id)
    if session_id is None:
        return request.redirect("room_screen")
    _act(request, found, session_id)
    return request.redirect("room_screen", anchor="speaking")


def _act(request: Request, found: Guest, session_id: int) -> None:
    """What the pressed button asks for, as this screen. Errors: AppError."""
    run, actor, pressed = request.site.work.run, found.actor, request.value("act")
    once = request.value("once") or None
    if found.juror is not None and pressed in ("ask", "leave"):
        run(services.ask, actor, session_id, found.juror.id, pressed == "ask", once=once)
    elif found.juror is not None and pressed in ("stand", "go"):
        run(services.pause, actor, session_id, found.juror.id, pressed == "stand", once=once)
    elif found.table is not None and pressed == "hand":
        run(services.raise_hand, actor, session_id, found.table,
            number_of(request.value("juror")), once=once)
    elif found.table is not None and pressed == "next":
        run(services.call_next, actor, session_id, found.table,
            number_of(request.value("after")), once=once)
    elif found.table is not None and pressed == "finish":
        run(services.finish, actor, session_id, found.table, once=once)
    else:
        raise NotAllowed("access.not_you")


@routes("/room/here", "room_here", methods=("POST",))
def here(request: Request) -> Response:
    """A juror's screen says every half minute that it is there."""
    found = the_juror(request)
    if found is None:
        return JSONResponse({}, 403)
    one, juror = found
    session_id = todays_session(request.session, one.jury.id)
    if session_id is not None:
        request.site.work.run(services.be_heard, one.actor, session_id, juror.id)
    return JSONResponse({})
