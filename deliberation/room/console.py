"""The facilitator's one screen: clock, next step, tables, what is late and what can be left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from deliberation.complaints import queries as complaints
from deliberation.evidence.queries import library
from deliberation.notes import queries as notes
from deliberation.notes import services as writing
from deliberation.paper import queries as paper
from deliberation.plain import queries as plain
from deliberation.room import refusals
from deliberation.room.forms import BroadcastForm
from deliberation.sessions import queries, running, services
from deliberation.sessions.models import JurySession
from deliberation.sessions.office import number_of, the_session
from deliberation.speaking.queries import talk_of
from deliberation.votes import queries as votes
from pb.access.permissions import Permission
from pb.core import live
from pb.core.errors import AppError
from pb.core.web import Request, Routes

routes = Routes()
BOTH = ("GET", "POST")


@routes("/office/processes/{slug}/jury/sessions/{number}", "office_session", methods=BOTH)
def console(request: Request) -> Response:
    """The facilitator's one screen: clock, next step, tables, what is late and what to shed."""
    process, jury, session = the_session(request)
    form = request.form(
        BroadcastForm, words=session.broadcast,
        # What stands there keeps its language; what is new is in the page's, or as its writer says.
        written_in=session.broadcast_language if session.broadcast else request.reader.language)
    problem = ""
    if request.posted:
        try:
            done = _act(request, session, form)
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
            request.session.expire_all()
        else:
            if done:
                request.notify(done)
            return request.redirect("office_session", slug=process.slug, number=session.number)
    known = live.revision(request.session, services.topic(session.id))
    room = queries.room_of(request.session, jury, session, request.now)
    return request.page(
        "room/console.html", status=422 if problem else None, process=process, jury=jury,
        room=room, form=form, printed=paper.printed(request.session, room),
        reported=complaints.waiting_reports(request.session, session.id),
        notes=notes.table_notes(request.session, session.id),
        flagged=plain.words_of(request.session, jury.id),
        poll=next(iter(votes.polls_of(request.session, session.id)), None),
        library=library(request.session, jury.id),
        note_numbers=notes.numbers_by_table(request.session, session.id),
        problem=problem, live=live.address(request.site, services.topic(session.id), known),
        talk=talk_of(request.session, jury.id, session.id),
        refused=refusals.unseen_refusals(request.session, session.id),
        may_run=request.can(Permission.RUN_SESSION, process),
    )


def _act(request: Request, session: JurySession, form: BroadcastForm) -> str:
    """What the pressed button asks for; the words to show, if any."""
    version = number_of(request.value("version"))
    act = request.value("act")
    number = number_of(request.value("which"))
    acts: dict[str, Callable[[], Any]] = {
        "start": lambda: request.run(running.start, session.id, version),
        "next": lambda: request.run(running.advance, session.id, version),
        "undo": lambda: request.run(running.undo, session.id, version),
        "extend": lambda: request.run(running.extend, session.id, version, number),
        "shorten": lambda: request.run(running.extend, session.id, version, -number),
        "extend-table": lambda: request.run(running.extend_table, session.id, version, number, 5),
        "drop": lambda: request.run(running.drop, session.id, version, number),
        "came": lambda: request.run(running.be_present, session.id, number, True),
        "left": lambda: request.run(running.be_present, session.id, number, False),
        "well": lambda: request.run(running.ask_help, session.id, number, False),
        "wall": lambda: request.run(writing.put_on_wall, session.id, number, True),
        "unwall": lambda: request.run(writing.put_on_wall, session.id, number, False),
        "hide": lambda: request.run(writing.hide_note, session.id, number),
        "say": lambda: request.run(running.broadcast, session.id, form.words.data or "",
                                   form.written_in.data),
        "seen": lambda: request.run(refusals.see_refusals, session.id),
        "quiet": lambda: request.run(running.broadcast, session.id, "", request.reader.language),
    }
    if act in acts and (act != "say" or form.validate()):
        acts[act]()
    return "room.undone" if act == "undo" else ""


