"""A juror says, on their own screen, to which projects they are too close."""

from __future__ import annotations

from starlette.responses import Response

from deliberation.panels import services
from deliberation.panels.queries import interests_of
from deliberation.sessions.doors import the_juror
from deliberation.sessions.office import number_of
from pb.core.web import Request, Routes
from pb.projects.queries import projects_of

routes = Routes()


@routes("/room/interests", "room_interests", methods=("GET", "POST"))
def interests(request: Request) -> Response:
    """Tick what is your own, your family's, your street's or your employer's."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    guest, juror = found
    if request.posted:
        ticked = request.form_data.getlist("project") if request.form_data is not None else []
        request.site.work.run(
            services.declare_own_interests, guest.actor, juror.id,
            [number_of(str(one)) for one in ticked], request.value("why")[:500].strip(),
            once=request.value("once") or None,
        )
        request.notify("room.saved")
        return request.redirect("room_interests")
    known = interests_of(request.session, guest.jury.id)
    return request.page(
        "room/interests.html", process=guest.process, jury=guest.jury, screen=guest.screen,
        projects=projects_of(request.session, guest.process.id),
        mine={number for number, ones in known.items()
              if any(one.juror_id == juror.id for one in ones)},
        nav=[],
    )
