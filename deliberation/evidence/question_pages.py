"""Pages of questions: a juror's, a witness's own, and the office's with the slate and its gaps."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from deliberation.evidence import asking, queries
from deliberation.evidence.forms import QuestionForm, SendForm
from deliberation.panels.models import Juror, Jury
from deliberation.panels.office import the_office_jury
from deliberation.sessions.doors import Guest, guest
from deliberation.sessions.office import number_of
from deliberation.sessions.queries import todays_session
from deliberation.weighing import queries as weighing
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotAllowed, NotFound
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt

routes = Routes()
BOTH = ("GET", "POST")
MOST_SLIPS = 20_000


def questions(request: Request, process: Process, jury: Jury) -> list[queries.QuestionView]:
    return queries.questions_of(
        request.session, jury.id, request.now, ZoneInfo(process.time_zone))


@routes("/room/questions", "room_questions", methods=BOTH)
def room(request: Request) -> Response:
    """A juror asks and chooses; a witness finds the questions for them and answers."""
    found = guest(request)
    if found is None:
        return request.redirect("room")
    if found.juror is not None:
        return _juror(request, found, found.juror)
    if found.role == "witness":
        return _witness(request, found)
    raise NotAllowed("access.not_you")


def _juror(request: Request, found: Guest, juror: Juror) -> Response:
    session_id = todays_session(request.session, found.jury.id)
    form = request.form(QuestionForm)
    form.offer(queries.witnesses(request.session, found.jury.id))
    one = weighing.open_round(request.session, session_id, "questions") if session_id else None
    known = queries.open_questions(request.session, session_id) if session_id else []
    run = request.site.work.run
    problem = ""
    if request.posted and session_id is not None:
        try:
            if request.value("act") == "want":
                run(asking.want, found.actor, session_id, juror.id,
                    [str(one.number) for one in known if request.value(f"want-{one.number}")])
                request.notify("round.marked")
                return request.redirect("room_questions")
            if attempt(request, form, lambda: run(
                asking.ask, found.actor, session_id, juror.id, form.witness.data or "",
                form.text.data, request.reader.language, once=request.value("once") or None,
            )):
                return request.redirect("room_questions")
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
    asking_now = request.posted and request.value("act") != "want"
    if not asking_now and not request.switched_to:
        form = QuestionForm(None, reader=request.reader)
        form.offer(queries.witnesses(request.session, found.jury.id))
    return request.page(
        "evidence/questions_juror.html", status=422 if problem else None, process=found.process,
        jury=found.jury, guest=found, juror=juror, form=form, open=one, known=known,
        mine=weighing.own_marks(request.session, request.site.secrets, one.id, juror.id)
        if one else {}, problem=problem, keeps_form=True, nav=[],
        sent=[view for view in questions(request, found.process, found.jury)
              if view.question.sent_at],
    )


def _witness(request: Request, found: Guest) -> Response:
    name = found.screen.room_pass.name
    problem = ""
    if request.posted:
        try:
            request.site.work.run(
                asking.answer, found.actor, number_of(request.value("which")),
                request.value("answer").strip(), request.reader.language, name,
                once=request.value("once") or None,
            )
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            request.notify("room.saved")
            return request.redirect("room_questions")
    return request.page(
        "evidence/questions_witness.html", status=422 if problem else None,
        process=found.process, jury=found.jury, guest=found, problem=problem, nav=[],
        which=number_of(request.value("which")), typed=request.value("answer"), keeps_form=True,
        slots=queries.slots_of(request.session, found.jury.id, name),
        asked=[view for view in questions(request, found.process, found.jury)
               if name and view.question.witness == name and view.question.sent_at],
    )


@routes("/office/processes/{slug}/jury/questions", "office_questions", methods=BOTH)
def office(request: Request) -> Response:
    """The slate with its gaps, sending it, and the inbox of those who answer."""
    process, jury = the_office_jury(request)
    session_id = todays_session(request.session, jury.id)
    act = request.value("act") if request.posted else ""
    names = queries.witnesses(request.session, jury.id)
    form = QuestionForm(request.form_data if act == "put" or request.switched_to else None,
                        reader=request.reader)
    form.offer(names)
    due = SendForm(request.form_data if act == "send" or request.switched_to else None,
                   reader=request.reader)
    problem, done = "", False
    try:
        if act == "put" and session_id is not None:
            done = attempt(request, form, lambda: request.run(
                asking.put_in, session_id, form.witness.data or "", form.text.data,
                request.reader.language))
        elif act == "send":
            done = attempt(request, due,
                           lambda: request.run(asking.send, jury.id, due.due.data))
        elif act:
            _act(request, act, session_id)
            done = True
    except AppError as error:
        if error.status == 403:
            raise
        problem = request.reader.sentence(error.code, **error.parameters)
    if done:
        request.notify("room.saved")
        return request.redirect("office_questions", slug=process.slug)
    one = weighing.open_round(request.session, session_id, "questions") if session_id else None
    return request.page(
        "evidence/questions_office.html", status=422 if problem else None, process=process,
        jury=jury, form=form, due=due, problem=problem, open=one, keeps_form=True,
        marked=weighing.marked(request.session, one.id) if one else 0,
        views=questions(request, process, jury), typed=request.value("slips"),
        which=number_of(request.value("which")), typed_answer=request.value("answer"),
        may_run=request.can(Permission.RUN_SESSION, process),
        may_answer=request.can(Permission.ANSWER_QUESTION, process),
    )


def _act(request: Request, act: str, session_id: int | None) -> None:
    """What the pressed button asks for. Errors: AppError."""
    which = number_of(request.value("which"))
    simple: dict[str, Any] = {"gap": asking.keep_gap, "hide": asking.hide}
    if act == "answer":
        request.run(asking.answer, which, request.value("answer").strip(),
                    request.reader.language)
    elif act in simple:
        request.run(simple[act], which)
    elif act == "open" and session_id is not None:
        request.run(asking.open_choice, session_id)
    elif act == "close" and session_id is not None:
        request.run(asking.close_choice, session_id, _slips(request))
    else:
        raise NotFound("question.unknown")


def _slips(request: Request) -> list[set[str]]:
    """Slips of paper, one a line: the numbers of the questions that a juror wants."""
    found = []
    for line, words in enumerate(request.value("slips")[:MOST_SLIPS].splitlines(), 1):
        parts = words.replace(",", " ").split()
        if not all(part.isascii() and part.isdecimal() for part in parts):
            raise AppError("question.slip", line=line, word=words[:40])
        if parts:
            found.append({str(int(part)) for part in parts if len(part) < 7})
    return found
