"""Writing in the room: the forms of a table's and a juror's screen, with or without a network."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from starlette.responses import FileResponse, JSONResponse, Response

from deliberation.notes import services
from deliberation.notes.photos import photo_of
from deliberation.notes.services import NoteValue, Place
from deliberation.room import refusals
from deliberation.sessions import queries
from deliberation.sessions.doors import guest
from deliberation.sessions.office import number_of
from pb.core.errors import AppError, NotAllowed
from pb.core.templates import assets_folder
from pb.core.web import Request, Routes

routes = Routes()


@routes("/room/worker.js", "room_worker")
def worker(request: Request) -> Response:
    """The script that keeps the room's screens on the device; it may do so below /room alone."""
    return FileResponse(
        assets_folder("static") / "js" / "room-worker.js", media_type="text/javascript",
        headers={"service-worker-allowed": "/room", "cache-control": "no-cache"},
    )


@routes("/room/notes", "room_notes", methods=("POST",))
def write(request: Request) -> Response:
    """Everything that is done with notes. A page without script comes back to its screen; the
    script, which may have kept the note for hours, is told what became of it."""
    wants_json = "application/json" in request.inner.headers.get("accept", "")
    try:
        done = _act(request)
    except AppError as error:
        if not wants_json:
            raise
        if error.status == 403:
            refusals.note(request)
        return JSONResponse(
            {"error": request.reader.sentence(error.code, **error.parameters)}, error.status
        )
    return JSONResponse(done) if wants_json else request.redirect("room_screen", anchor="notes")


def _act(request: Request) -> dict[str, object]:
    """Do what the form asks, as this screen; what became of it. Errors: AppError."""
    found = guest(request)
    if found is None:
        raise NotAllowed("room.out")
    jury, juror, actor = found.jury, found.juror, found.actor
    # A note that was kept on a device belongs to the session in which it was written.
    session_id = number_of(request.value("session"))
    own = {one.id: one for one in queries.sessions_of(request.session, jury.id)}
    if session_id not in own:
        raise NotAllowed("room.out")
    seat = (
        queries.room_of(request.session, jury, own[session_id], request.now).seat_of(juror.id)
        if juror else None
    )
    place = Place(
        table=seat[0].table.number if seat else found.table,
        juror_id=juror.id if juror else None,
    )
    run = request.site.work.run
    act, which = request.value("act"), number_of(request.value("which"))
    if act == "write":
        note_id = run(services.write_note, actor, session_id, place, _value(request))
        return {"note": note_id}
    if act == "edit":
        base = number_of(request.value("base"))
        fits = run(services.edit_note, actor, session_id, place, which, base, _value(request))
        return {"note": which, "met": not fits}
    if act in ("take", "keep"):
        run(services.choose_edit, actor, session_id, place, which, act == "take")
    elif act == "share" and juror is not None:
        run(services.share_note, actor, session_id, juror.id, place.table, which)
    elif act in ("confirm", "refuse") and juror is not None:
        run(services.confirm_paper, actor, session_id, juror.id, which, act == "confirm")
    else:
        raise NotAllowed("access.not_you")
    return {"note": which}


def _value(request: Request) -> NoteValue:
    return NoteValue(
        client_id=request.value("client_id") or secrets.token_hex(16),
        text=request.value("text"), language=request.reader.language,
        visibility="private" if request.value("private") else "table",
        written_at=_moment(request.value("written_at")),
        photo=photo_of(request), photo_alt=request.value("photo_alt")[:300].strip(),
    )


def _moment(text: str) -> datetime | None:
    """The device's time of writing, in milliseconds since 1970; None without one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 15):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)
