"""Pages of drafts: the tables' own on their screens, all of them for who leads; themes of notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from deliberation.claims.queries import criteria_of
from deliberation.drafts import queries, rules, services
from deliberation.drafts.forms import DraftForm, ThemeForm
from deliberation.drafts.queries import DraftView
from deliberation.lines.services import Said
from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.plain.queries import Taps, standing, taps_of, words_of
from deliberation.sessions.doors import guest
from deliberation.sessions.office import number_of, the_session
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotAllowed
from pb.core.forms import by_language
from pb.core.web import Request, Routes
from pb.core.work import Actor
from pb.processes.models import Process
from pb.processes.office import attempt

routes = Routes()
BOTH = ("GET", "POST")


@dataclass(frozen=True)
class Desk:
    """Who works on a draft: a table's screen, a juror who reads, or who leads (no ``table``)."""

    process: Process
    jury: Jury
    actor: Actor
    table: int | None
    may_write: bool
    leads: bool
    pages: tuple[str, str]
    """The names of the list's and of one draft's page, of this kind of screen."""
    params: dict[str, str]
    tap: Taps | None = None
    """For a juror, who flags a word by tapping it."""


def _screen(request: Request) -> Desk | None:
    """The desk of a screen in the room; None without a pass. Errors: NotAllowed."""
    found = guest(request)
    if found is None:
        return None
    if found.role not in ("table", "juror"):
        raise NotAllowed("access.not_you")
    tap = None if found.juror is None else taps_of(
        request.session, found.jury.id, found.juror.id, may=found.screen.acts)
    return Desk(found.process, found.jury, found.actor, found.table,
                found.role == "table" and found.screen.acts, False,
                ("room_drafts", "room_draft"), {}, tap)


def _office(request: Request) -> Desk:
    process, jury = the_office_jury(request)
    leads = request.can(Permission.RUN_SESSION, process)
    return Desk(process, jury, request.actor, None, leads, leads,
                ("office_drafts", "office_draft"), {"slug": process.slug})


@routes("/room/drafts", "room_drafts", methods=BOTH)
def room_list(request: Request) -> Response:
    """A table begins a draft, and finds those of the others; jurors read them."""
    desk = _screen(request)
    return request.redirect("room") if desk is None else _list(request, desk)


@routes("/room/drafts/{number}", "room_draft", methods=BOTH)
def room_draft(request: Request) -> Response:
    """One draft on a table's screen: its own to write, another's to test."""
    desk = _screen(request)
    return request.redirect("room") if desk is None else _one(request, desk)


@routes("/office/processes/{slug}/jury/drafts", "office_drafts", methods=BOTH)
def office_list(request: Request) -> Response:
    """Every draft with what it lacks; a draft that came on paper is put in here."""
    return _list(request, _office(request))


@routes("/office/processes/{slug}/jury/drafts/{number}", "office_draft", methods=BOTH)
def office_draft(request: Request) -> Response:
    """One draft with its versions; the lead closes it."""
    return _one(request, _office(request))


def _list(request: Request, desk: Desk) -> Response:
    form = request.form(DraftForm)
    number = 0

    def begin() -> None:
        nonlocal number
        number = _run(request, desk, services.write, desk.jury.id, None, 0,
                      desk.table or form.table.data or 0, form.sections())

    if request.posted and not desk.may_write:
        raise NotAllowed("access.not_you")
    if attempt(request, form, begin):
        request.notify("draft.saved")
        return request.redirect(desk.pages[1], number=number, **desk.params)
    return request.page(
        "drafts/list.html", desk=desk, process=desk.process, jury=desk.jury, form=form,
        drafts=queries.drafts_of(request.session, desk.jury.id, request.reader.languages),
        keeps_form=desk.may_write, count=rules.words, **_nav(desk),
    )


def _nav(desk: Desk) -> dict[str, Any]:
    """A screen in the room leads nowhere else."""
    return {} if desk.params else {"nav": []}


def _run(request: Request, desk: Desk, command: Any, *arguments: Any) -> Any:
    """Run a command for whoever stands at the desk, once for each form that was sent."""
    return request.site.work.run(
        command, desk.actor, *arguments, once=request.value("once") or None
    )


def _one(request: Request, desk: Desk) -> Response:
    view = queries.draft_by_number(
        request.session, desk.jury.id, request.params["number"], request.reader.languages
    )
    mine = desk.may_write and (desk.leads or view.draft.table_number == desk.table)
    writing = request.posted and request.value("act") == "write"
    defaults = DraftForm.of(dict(view.draft.sections)) | {"table": view.draft.table_number}
    form = (
        request.form(DraftForm, **defaults) if writing or request.switched_to
        else DraftForm(None, reader=request.reader, data=defaults)
    )
    problem = ""
    if request.posted:
        try:
            if _act(request, desk, view, form):
                request.notify("draft.saved")
                return request.redirect(desk.pages[1], number=view.draft.number, **desk.params)
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
    return request.page(
        "drafts/draft.html", status=422 if problem else None, desk=desk, process=desk.process,
        criteria=criteria_of(request.session, desk.jury.id),
        jury=desk.jury, view=view, draft=view.draft, form=form, mine=mine, problem=problem,
        keeps_form=mine, count=rules.words, most_words=rules.WORDS,
        open=view.draft.state in rules.OPEN, **_nav(desk),
        flagged=[one for one in standing(words_of(request.session, desk.jury.id),
                                         rules.all_texts(view.draft.sections)) if one.open],
    )


def _act(request: Request, desk: Desk, view: DraftView, form: DraftForm) -> bool:
    """What the pressed button asks for; whether it was done. Errors: AppError."""
    draft, act = view.draft, request.value("act")
    version, language = number_of(request.value("version")), request.reader.language
    # A table's screen speaks for its own table; who leads says for which.
    table = desk.table if desk.table is not None else number_of(request.value("table"))
    text = request.value("text")[:500].strip()
    if not desk.may_write:
        raise NotAllowed("access.not_you")

    def run(command: Any, *arguments: Any) -> Any:
        return _run(request, desk, command, *arguments)

    if act == "write":
        return attempt(request, form, lambda: run(
            services.write, desk.jury.id, draft.number, version,
            desk.table if desk.table is not None else draft.table_number, form.sections()))
    if act == "check":
        run(services.check_line, draft.id, Said(
            version, request.value("line")[:20], table, request.value("colour")[:10],
            request.value("comment")[:500].strip()))
    elif act == "object":
        run(services.object_to, draft.id, version, table, text, language)
    elif act == "answer":
        run(services.answer, draft.id, number_of(request.value("which")), desk.table, text,
            language)
    elif act == "finish":
        run(services.finish, draft.id)
    elif act == "aside":
        run(services.set_aside, draft.id, text)
    elif act == "reopen":
        run(services.reopen, draft.id, text)
    else:
        raise NotAllowed("access.not_you")
    return True


@routes("/office/processes/{slug}/jury/sessions/{number}/themes", "office_themes", methods=BOTH)
def themes(request: Request) -> Response:
    """What the tables wrote, put under themes that the jury names."""
    process, jury, session = the_session(request)
    may_run = request.can(Permission.RUN_SESSION, process)
    adding = request.posted and request.value("act") == "add"
    form = request.form(ThemeForm) if adding or request.switched_to else (
        ThemeForm(None, reader=request.reader))
    done = False
    if adding:
        done = attempt(request, form, lambda: request.run(
            services.add_theme, session.id, by_language(form, "name")))
    elif request.posted and request.value("act") == "remove":
        request.run(services.remove_theme, session.id, number_of(request.value("which")))
        done = True
    elif request.posted:
        theme = request.value("theme")
        request.run(services.put_under, session.id, number_of(request.value("which")),
                    number_of(theme) if theme else None)
        done = True
    if done:
        return request.redirect("office_themes", slug=process.slug, number=session.number)
    grouped, loose = queries.themes_of(request.session, session.id)
    return request.page(
        "drafts/themes.html", process=process, jury=jury, session=session, form=form,
        may_run=may_run, grouped=grouped, loose=loose, keeps_form=may_run,
    )
