"""Surveys: a juror answers on their own screen, facilitators type papers in, officials see sums."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.sessions import queries as sessions
from deliberation.sessions.doors import the_juror
from deliberation.sessions.models import JurySession
from deliberation.sessions.office import number_of, the_session
from deliberation.surveys import codes, queries, rules, services
from deliberation.surveys.forms import QuestionsForm, questions_as_lines, survey_form
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotFound
from pb.core.security import spaced
from pb.core.web import Request, Routes
from pb.processes.office import attempt

routes = Routes()
BOTH = ("GET", "POST")


@routes("/room/survey/{kind}", "room_survey", methods=BOTH)
def answer(request: Request) -> Response:
    """A juror answers on the device that their code opened."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    guest, juror = found
    kind = request.params["kind"]
    session_id = sessions.todays_session(request.session, guest.jury.id)
    one = request.session.get(JurySession, session_id) if session_id is not None else None
    asked = next((each for each in _asked(request, one, juror.id) if each.kind == kind), None)
    if one is None or asked is None:
        if kind not in rules.KINDS:
            raise NotFound("survey.unknown")
        return request.page("surveys/not_now.html", kind=kind, jury=guest.jury, nav=[])
    keys = request.site.secrets
    known = queries.own_answers(request.session, keys, asked.wave, juror.id) if asked.wave else None
    form = survey_form(asked.items, request.reader)(
        request.form_data, reader=request.reader, data=_typed(asked.items, known or {})
    )
    if attempt(request, form, lambda: request.site.work.run(
        services.answer, guest.actor, one.id, juror.id, kind, form.answers(),
    )):
        request.notify("survey.answered")
        return request.redirect("room_screen", anchor="survey")
    return request.page(
        "surveys/answer.html", kind=kind, jury=guest.jury, form=form, sections=_sections(form),
        answered=asked.answered, acts=guest.screen.acts, nav=[], keeps_form=True,
        code=spaced(codes.code_of(keys, guest.jury.id, juror.id)), paired=kind in rules.PAIRED,
    )


def _asked(request: Request, one: JurySession | None, juror_id: int) -> list[queries.Asked]:
    if one is None:
        return []
    return queries.asked_now(request.session, request.site.secrets, one,
                             services.kinds_now(one), juror_id)


def _typed(items: Any, known: rules.Answers) -> dict[str, str]:
    """A juror's earlier answers as their form shows them."""
    found = {}
    for item in items:
        if item["key"] not in known:
            continue
        if item["kind"] == "rank":
            for rank, place in enumerate(known[item["key"]], 1):
                found[f"q-{item['key']}-{place}"] = str(rank)
        else:
            found[f"q-{item['key']}"] = str(known[item["key"]])
    return found


def _sections(form: Any) -> list[tuple[str, list[rules.Item]]]:
    """The questions of a form by their section, in order."""
    found: dict[str, list[rules.Item]] = {}
    for item in form.items:
        found.setdefault(item["section"], []).append(item)
    return list(found.items())


# -- the office ------------------------------------------------------------------------------


@routes("/office/processes/{slug}/jury/surveys", "office_surveys", methods=BOTH)
def surveys(request: Request) -> Response:
    """The surveys of a jury: how many have answered, and once one is closed its sums."""
    process, jury = the_office_jury(request)
    problem = ""
    if request.posted:
        try:
            if request.value("act") == "close":
                request.run(services.close_wave, number_of(request.value("which")))
            else:
                request.run(services.open_wave, _session_of(request, jury).id,
                            request.value("kind"))
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            request.notify("survey.saved")
            return request.redirect("office_surveys", slug=process.slug)
    return request.page(
        "surveys/office.html", status=422 if problem else None, process=process, jury=jury,
        views=queries.waves_of(request.session, jury.id), problem=problem,
        sessions=sessions.sessions_of(request.session, jury.id), kinds=rules.KINDS,
        fewest=rules.FEWEST, may_run=request.can(Permission.RUN_SESSION, process),
        may_edit=request.can(Permission.EDIT_JURY, process),
    )


def _session_of(request: Request, jury: Jury) -> JurySession:
    found = sessions.session_by_number(request.session, jury.id,
                                       number_of(request.value("session")))
    if found is None:
        raise NotFound("session.unknown")
    return found


@routes("/office/processes/{slug}/jury/surveys/questions", "office_survey_questions", methods=BOTH)
def questions(request: Request) -> Response:
    """The questions of the first and the last survey, in both languages."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    known = queries.own_questions(request.session, jury.id)
    form = request.form(QuestionsForm, **questions_as_lines(known, request.reader.languages))
    asked = any(queries.wave_of(request.session, jury.id, kind) for kind in rules.PAIRED)
    if request.posted and form.validate():
        items = form.items()
        if not form.errors and attempt(
            request, form, lambda: request.run(services.set_questions, jury.id, items)
        ):
            request.notify("survey.saved")
            return request.redirect("office_surveys", slug=process.slug)
    return request.page("surveys/questions.html", process=process, jury=jury, form=form,
                        asked=asked, items=known, keeps_form=not asked)


@routes("/office/processes/{slug}/jury/sessions/{number}/survey/{kind}", "office_survey_paper",
        methods=BOTH)
def paper(request: Request) -> Response:
    """Papers are typed in, each under the code of its slip."""
    process, jury, session = the_session(request, Permission.RUN_SESSION)
    kind, items = _items(request, jury, session)
    form = survey_form(items, request.reader, code=True)(request.form_data, reader=request.reader)
    if attempt(request, form, lambda: request.run(
        services.enter_paper, session.id, kind, form["code"].data, form.answers(), keep=False,
    )):
        request.notify("survey.typed")
        return request.redirect("office_survey_paper", slug=process.slug, number=session.number,
                                kind=kind)
    wave = queries.wave_of(request.session, jury.id, kind, session.id)
    return request.page("surveys/paper.html", process=process, jury=jury, session=session,
                        kind=kind, form=form, sections=_sections(form), wave=wave,
                        keeps_form=True)


def _items(request: Request, jury: Jury, session: JurySession) -> tuple[str, list[Any]]:
    kind = request.params["kind"]
    if kind not in rules.KINDS:
        raise NotFound("survey.unknown")
    wave = queries.wave_of(request.session, jury.id, kind, session.id)
    return kind, list(wave.items) if wave else queries.items_for(request.session, jury.id, kind)


@routes("/office/processes/{slug}/jury/sessions/{number}/survey/{kind}/print",
        "office_survey_print")
def printed(request: Request) -> Response:
    """The questions as a paper, in the language of the page."""
    process, jury, session = the_session(request)
    kind, items = _items(request, jury, session)
    return request.page("surveys/print.html", process=process, jury=jury, session=session,
                        kind=kind, items=items, paired=kind in rules.PAIRED)


@routes("/office/processes/{slug}/jury/surveys/slips", "office_survey_slips")
def slips(request: Request) -> Response:
    """Blank slips with codes, to be cut and laid in a box."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    return request.page(
        "surveys/slips.html", process=process, jury=jury,
        codes=[spaced(one) for one in codes.slips(request.site.secrets, jury.id)],
    )
