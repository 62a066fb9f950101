"""The screens in the room: coming in by a code, and what each sees and may do."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from deliberation.notes import queries as notes
from deliberation.panels import services as panels
from deliberation.panels.models import Juror, Jury
from deliberation.plain import queries as plain
from deliberation.room.forms import CheckInForm, CodeForm, WhisperForm
from deliberation.room.learning import learned
from deliberation.room.missed import Away, away_of
from deliberation.sessions import queries, running, services
from deliberation.sessions.doors import COOKIE, actor_of, screen
from deliberation.sessions.kept import Kept, kept_room
from deliberation.sessions.queries import Screen
from deliberation.speaking.queries import talk_of, ways_of
from deliberation.speaking.services import HEARD_EVERY, be_heard
from deliberation.surveys import queries as surveys
from deliberation.surveys.services import kinds_now
from deliberation.votes import queries as votes
from pb.core import live
from pb.core.errors import AppError, NotAllowed
from pb.core.web import Request, Routes
from pb.processes.models import Process

routes = Routes()
BOTH = ("GET", "POST")
DAY = 24 * 3600
TRIES = "20/minute"
EVERY = 20
"""Seconds after which the tech steward's screen asks anew whether links hold."""


@routes("/room", "room", methods=BOTH)
def enter(request: Request) -> Response:
    """Type the code of a screen; from then on this device is that screen."""
    form = request.form(CodeForm)
    if request.posted and form.validate():
        # Wrong codes alone are counted: a whole hall comes in from one address at half past nine.
        request.limit("room-code", TRIES, count=False)
        try:
            cookie = request.run(services.enter_room, form.code.data, keep=False)
        except AppError as error:
            if error.status == 403:
                raise
            request.limit("room-code", TRIES)
            form.refuse("code", error.code)
        else:
            request.set_cookie(COOKIE, cookie, DAY)
            return request.redirect("room_screen")
    return request.page("room/enter.html", form=form, inside=screen(request),
                        keeps_form=True)


@routes("/room/leave", "room_leave", methods=("POST",))
def leave(request: Request) -> Response:
    """Stop being a screen."""
    request.set_cookie(COOKIE, None, None)
    return request.redirect("room")


@routes("/room/screen", "room_screen", methods=BOTH)
def show(request: Request) -> Response:
    """This device's screen: the wall, a table, a juror's phone, or one that only looks."""
    found = screen(request)
    if found is None:
        return request.redirect("room")
    session_id = queries.todays_session(request.session, found.room_pass.jury_id)
    if session_id is None:
        jury = request.session.get_one(Jury, found.room_pass.jury_id)
        return request.page("room/waiting.html", jury=jury, screen=found, nav=[])
    kept = kept_room(request.site, request.session, session_id, request.now)
    if found.acts and not request.posted:
        heard(request, found, kept)
    process, view = kept.process, kept.room
    juror = (
        request.session.get(Juror, found.room_pass.juror_id) if found.room_pass.juror_id else None
    )
    form = request.form(
        WhisperForm, words=view.session.plain_line,
        written_in=view.session.plain_language if view.session.plain_line
        else request.reader.language)
    code_form = request.form(CheckInForm)
    problem = ""
    if request.posted:
        try:
            _act(request, found, process, juror, session_id, form, code_form)
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            return request.redirect("room_screen")
    number = found.room_pass.table_number
    role = found.room_pass.role
    # The latest vote of the session, open or with its result.
    poll = next(iter(kept.reading("polls", lambda own: votes.polls_of(own, session_id))), None)
    template = role if role in ("wall", "table", "juror", "steward") else "observer"
    return request.page(
        f"room/{template}.html", status=422 if problem else None, process=process, jury=view.jury,
        room=view, screen=found, juror=juror, form=form, problem=problem,
        table=next((one for one in view.tables if one.table.number == number), None),
        place=view.seat_of(juror.id) if juror else None,
        notes=_notes(request, found, session_id, juror),
        wall=kept.reading("wall", lambda own: notes.wall_notes(own, session_id)),
        once_key=secrets.token_hex(16), poll=poll, follows=live.follows(request.inner),
        voted=juror is not None and poll is not None
        and votes.has_voted(request.session, poll.poll.id, juror.id),
        surveys=surveys.asked_now(request.session, request.site.secrets, view.session,
                                  kinds_now(view.session), juror.id) if juror else [],
        talk=kept.reading("talk", lambda own: talk_of(own, view.jury.id, session_id)),
        missed=kept.reading("missed", lambda own: away_of(own, view.jury)).get(
            juror.id, Away()) if juror else None,
        learned=learned(request.session, found, kept),
        may_whisper=role == "whisperer" and found.acts,
        flagged=kept.reading("words", lambda own: plain.words_of(own, view.jury.id))
        if role == "whisperer" else [],
        live=live.address(request.site, services.topic(session_id), kept.revision),
        every=EVERY if role == "steward" else 0, code_form=code_form,
        nav=[],  # a screen in the room leads nowhere else
    )


def heard(request: Request, found: Screen, kept: Kept) -> None:
    """Who takes part from elsewhere is heard of whenever their screen asks, without script too."""
    jury, session_id = kept.room.jury, kept.room.session.id
    juror_id = found.room_pass.juror_id
    away = kept.reading("elsewhere", lambda own: {
        one.juror_id for one in ways_of(own, jury.id, session_id).values() if one.remote
    })
    if juror_id is None or juror_id not in away:
        return
    way = ways_of(request.session, jury.id, session_id)[juror_id]
    if way.heard_at is None or request.now - way.heard_at >= HEARD_EVERY:
        request.site.work.run(
            be_heard, actor_of(found, kept.process, None), session_id, juror_id
        )


def _notes(
    request: Request, found: Screen, session_id: int, juror: Juror | None
) -> list[notes.NoteView]:
    """The notes that this screen may read: a table its own, a juror theirs, others none."""
    if juror is not None:
        return notes.own_notes(request.session, request.site.secrets, session_id, juror.id)
    if found.room_pass.role == "table":
        return notes.table_notes(request.session, session_id, found.room_pass.table_number)
    return []


def _act(
    request: Request, found: Screen, process: Process, juror: Juror | None, session_id: int,
    form: WhisperForm, code_form: CheckInForm,
) -> None:
    """What the pressed button asks for, as this screen. Errors: AppError."""
    actor = actor_of(found, process, juror)
    number = found.room_pass.table_number or 0
    act, which = request.value("act"), request.value("which")
    once = request.value("once") or None
    run = request.site.work.run
    if act in ("help", "well"):
        run(running.ask_help, actor, session_id, number, act == "help", once=once)
    elif act == "step" and which.isascii() and which.isdecimal():
        run(running.set_step, actor, session_id, number, int(which[:4]), once=once)
    elif act == "whisper" and form.validate():
        run(running.whisper, actor, session_id, form.words.data or "", form.written_in.data,
            once=once)
    elif act == "accept" and juror is not None:
        run(panels.accept_charter_as, actor, juror.id, once=once)
    elif act == "code":
        code = code_form.code.data or ""
        run(running.check_in, actor, session_id, code, once=once)
        request.notify("steward.came")
    elif act not in ("step", "whisper"):
        raise NotAllowed("access.not_you")
