"""Pages of statements: for the public, and for the facilitators who write with the jury."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from deliberation.allocation.queries import tables_of
from deliberation.claims.queries import criteria_of
from deliberation.lines.services import Said
from deliberation.minority.forms import NoteForm
from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.plain import services as words
from deliberation.plain.queries import standing, taps_of, words_of
from deliberation.sessions.doors import the_juror
from deliberation.sessions.office import number_of
from deliberation.statements import note_pages, noting, pdf, queries, rules, services, spoken
from deliberation.statements.forms import FactForm, ProcessLineForm, StatementForm
from deliberation.statements.models import Statement
from deliberation.statements.queries import Shown
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotAllowed, NotFound, SignInNeeded
from pb.core.forms import by_language, spread
from pb.core.i18n import Reader
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt
from pb.processes.queries import the_process
from pb.projects.models import Project
from pb.projects.queries import project_by_number, projects_of
from pb.valuations.queries import proposal_of_project

routes = Routes()
routes.pages += note_pages.routes.pages
BOTH = ("GET", "POST")


# -- the public ------------------------------------------------------------------------------


@routes("/processes/{slug}/projects/{number}/statement", "statement", methods=BOTH)
def statement_page(request: Request) -> Response:
    """What the jury says of a project; while facts can be disputed, the proposer's form."""
    process = the_process(request)
    project = project_by_number(request.session, process.id, request.params["number"])
    shown = queries.shown_statements(request.session, process.id, locked=False).get(project.id)
    if shown is None:
        raise NotFound("statement.unknown")
    idea = proposal_of_project(request.session, project.id)
    person = request.actor.person_id
    may_dispute = (not shown.final and idea is not None and person is not None
                   and idea.author_id == person)
    form = request.form(FactForm)
    if request.posted and person is None:
        raise SignInNeeded("access.sign_in")
    if request.posted and not may_dispute:
        raise NotAllowed("access.not_you")
    if attempt(
        request, form,
        lambda: request.run(services.dispute_fact, shown.statement.id, "proposer", "",
                            form.line.data, form.text.data),
    ):
        request.notify("statement.sent")
        return request.redirect("statement", slug=process.slug, number=project.number)
    return request.page(
        "statements/statement.html", process=process, project=project, shown=shown, form=form,
        may_dispute=may_dispute, lines=rules.texts(shown.sections), keeps_form=may_dispute,
    )


@routes("/processes/{slug}/booklet", "booklet", cached=True)
def booklet(request: Request) -> Response:
    """Every project with what the jury says of it, on paper or to be read through."""
    process = the_process(request)
    shown = queries.shown_statements(request.session, process.id)
    return request.page(
        "statements/booklet.html", process=process, shown=shown,
        projects=projects_of(request.session, process.id),
        areas={one.id: one for one in process.areas},
        line=next((one.line for one in shown.values()), {}), has_pdf=pdf.available(),
    )


def _reader(request: Request) -> Reader:
    """The language that is asked for with ``in``, else the reader's own."""
    wanted = request.query.get("in", "")
    if wanted not in request.reader.languages or wanted == request.reader.language:
        return request.reader
    return request.site.reader(wanted, zone=request.council.time_zone,
                               languages=tuple(request.reader.languages))


def _file(content: bytes, kind: str, name: str, language: str) -> Response:
    return Response(content, media_type=kind, headers={
        "content-disposition": f'attachment; filename="{name}"', "content-language": language,
    })


@routes("/processes/{slug}/projects/{number}/aloud", "statement_aloud", cached=True)
def aloud(request: Request) -> Response:
    """What the jury says as words alone, in every language: to be read aloud from top to bottom."""
    process, project, shown = _final(request)
    texts = []
    for language in request.reader.languages:
        reader = request.site.reader(language, zone=request.council.time_zone,
                                     languages=tuple(request.reader.languages))
        texts.append((language, spoken.project_blocks(reader, process, project, shown)))
    return request.page("statements/aloud.html", process=process, project=project, texts=texts)


@routes("/processes/{slug}/projects/{number}/statement.txt", "statement_text", cached=True)
def statement_text(request: Request) -> Response:
    """The same as a text that any device reads, in the language asked for."""
    process, project, shown = _final(request)
    reader = _reader(request)
    text = spoken.as_text(spoken.project_blocks(reader, process, project, shown))
    return _file(text.encode(), "text/plain; charset=utf-8",
                 f"{process.slug}-{project.number}-{reader.language}.txt", reader.language)


def _final(request: Request) -> tuple[Process, Project, Shown]:
    """A project with its locked statement. Errors: NotFound."""
    process = the_process(request)
    project = project_by_number(request.session, process.id, request.params["number"])
    shown = queries.shown_statements(request.session, process.id).get(project.id)
    if shown is None:
        raise NotFound("statement.unknown")
    return process, project, shown


def _booklet(request: Request) -> tuple[Process, Reader, list[spoken.Block]]:
    process, reader = the_process(request), _reader(request)
    shown = queries.shown_statements(request.session, process.id)
    return process, reader, spoken.booklet_blocks(
        reader, process, [one for one in projects_of(request.session, process.id)
                          if not one.aside or one.id in shown],
        shown, next((one.line for one in shown.values()), {}),
    )


@routes("/processes/{slug}/booklet.txt", "booklet_text", cached=True)
def booklet_text(request: Request) -> Response:
    """The whole booklet as a text to be read aloud."""
    process, reader, blocks = _booklet(request)
    return _file(spoken.as_text(blocks).encode(), "text/plain; charset=utf-8",
                 f"{process.slug}-{reader.language}.txt", reader.language)


@routes("/processes/{slug}/booklet.pdf", "booklet_pdf", cached=True)
def booklet_pdf(request: Request) -> Response:
    """The booklet as a PDF, where this installation can make one; else the page says so."""
    process, reader, blocks = _booklet(request)
    if not pdf.available():
        raise NotFound("statement.no_pdf")
    content = pdf.booklet(blocks, reader.plain(process.name), reader.language, request.now)
    return _file(content, "application/pdf", f"{process.slug}-{reader.language}.pdf",
                 reader.language)


@routes("/processes/{slug}/statements.json", "statements_json", cached=True)
def open_data(request: Request) -> Response:
    """The statements as open data: what stands on the pages, and nothing else."""
    process = the_process(request)
    shown = queries.shown_statements(request.session, process.id)
    known = {one.id: one for one in projects_of(request.session, process.id)}
    return JSONResponse(
        {
            "process": process.slug,
            "process_line": next((dict(one.line) for one in shown.values()), {}),
            "statements": [
                as_data(known[key], one)
                for key, one in sorted(shown.items(), key=lambda pair: known[pair[0]].number)
            ],
        },
        headers={"access-control-allow-origin": "*"},
    )


def as_data(project: Project, shown: Shown) -> dict[str, Any]:
    """One statement for the open data."""
    sections = shown.sections
    return {
        "project": project.number, "title": project.title,
        "version": shown.statement.version,
        "locked_at": shown.statement.locked_at.isoformat() if shown.statement.locked_at else None,
        "reopened_because": shown.statement.reopened,
        "jurors": shown.jurors, "interests_known_late": shown.late,
        "what": sections.get("what", {}),
        "findings": [{"text": one["text"], "agree": one["agree"], "of": shown.jurors}
                     for _place, one in shown.findings],
        "reasons_for": sections.get("for", {}), "reasons_for_care": sections.get("care", {}),
        "nobody_took": list(sections.get("nobody", ())),
        "not_found_out": sections.get("unknown", {}),
        "minority_notes": [{"text": one.text, "jurors": one.jurors} for one in shown.notes],
        "votes": [{"text": one.text, "language": one.language, "agree": one.agree,
                   "eligible": one.eligible, "needed": one.needed, "carried": one.carried}
                  for one in shown.votes],
        "replies": [{"side": one.side, "line": one.line, "text": one.text, "source": one.source,
                     "decision": one.decision, "reason": one.reason} for one in shown.replies],
    }


# -- the room ------------------------------------------------------------------------------


@routes("/room/statements", "room_statements")
def room_list(request: Request) -> Response:
    """The pages that the jury writes, for a juror who reads them and taps what is not plain."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    who, _juror = found
    written = queries.statements_of(request.session, who.jury.id)
    return request.page(
        "statements/room_list.html", jury=who.jury, written=written, nav=[],
        projects=[one for one in projects_of(request.session, who.process.id)
                  if one.id in written],
    )


@routes("/room/statements/{number}", "room_statement")
def room_statement(request: Request) -> Response:
    """One of them, line by line, as it stands now."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    who, juror = found
    project = project_by_number(request.session, who.process.id, request.params["number"])
    statement = queries.statements_of(request.session, who.jury.id).get(project.id)
    if statement is None:
        raise NotFound("statement.unknown")
    return request.page(
        "statements/room_one.html", jury=who.jury, project=project, statement=statement, nav=[],
        lines=rules.texts(statement.sections),
        tap=taps_of(request.session, who.jury.id, juror.id, may=who.screen.acts),
    )


# -- the office ------------------------------------------------------------------------------


@routes("/office/processes/{slug}/jury/statements", "office_statements", methods=BOTH)
def overview(request: Request) -> Response:
    """Every project with where its statement stands, and the words that stand on all."""
    process, jury = the_office_jury(request)
    form = request.form(
        ProcessLineForm, **spread("text", queries.process_line(request.session, jury.id))
    )
    may_write = request.can(Permission.RUN_SESSION, process)
    if attempt(
        request, form,
        lambda: request.run(services.keep_process_line, jury.id, by_language(form, "text")),
    ):
        request.notify("statement.saved")
        return request.redirect("office_statements", slug=process.slug)
    known = queries.statements_of(request.session, jury.id)
    flagged = [one for one in words_of(request.session, jury.id) if one.open]
    unclear = {key: len(standing(flagged, rules.all_texts(one.sections, one.notes)))
               for key, one in known.items()}
    return request.page(
        "statements/overview.html", process=process, jury=jury, form=form, may_write=may_write,
        known=known,
        projects=projects_of(request.session, process.id), keeps_form=may_write,
        count=rules.words, unclear=unclear,
    )


@routes("/office/processes/{slug}/jury/statements/{number}", "office_statement", methods=BOTH)
def edit(request: Request) -> Response:
    """One statement: write it, check its lines, its words, its facts, and lock it."""
    process, jury = the_office_jury(request)
    project = project_by_number(request.session, process.id, request.params["number"])
    statement = queries.statements_of(request.session, jury.id).get(project.id)
    jurors = queries.jurors_now(request.session, jury, project.number)
    sections = dict(statement.sections) if statement is not None else {}
    placed = tables_of(request.session, jury.id, project.number)
    table = statement.table_number if statement is not None else None
    table = table or (placed.tests if placed is not None else None)
    writing = request.posted and request.value("act") == "write"
    form = (request.form if writing or request.switched_to else _fresh(request))(
        StatementForm, **StatementForm.of(sections, table)
    )
    form.jurors = jurors
    disputing = request.posted and request.value("act") in ("dispute", "mark")
    fact = (request.form if disputing else _fresh(request))(FactForm)
    note, note_form = note_pages.note_forms(request)
    problem = ""
    try:
        if _act(request, jury, project, statement, form, fact, note):
            request.notify("statement.saved")
            return request.redirect("office_statement", slug=process.slug, number=project.number)
    except AppError as error:
        if error.status in (403, 404):
            raise
        until = error.parameters.get("until")
        if isinstance(until, datetime):
            error.parameters["until"] = request.reader.datetime(until, "day")
        problem = request.reader.sentence(error.code, **error.parameters)
    may_write = request.can(Permission.RUN_SESSION, process)
    return request.page(
        "statements/edit.html", status=422 if problem else None, process=process, jury=jury,
        project=project, statement=statement, form=form, fact=fact, problem=problem,
        jurors=jurors, may_write=may_write, count=rules.words, limits=rules.LIMITS,
        total={one: rules.length(form.sections(), one) for one in request.reader.languages},
        checks_at=placed.checks if placed is not None else "",
        criteria=criteria_of(request.session, jury.id),
        note=note, note_form=note_form,
        fresh_note=NoteForm(None, reader=request.reader) if request.value("which") else note,
        lines=rules.texts(sections), latest=_latest(statement),
        flagged=standing(words_of(request.session, jury.id), rules.all_texts(
            sections, statement.notes if statement is not None else ())),
        may_mark=request.can(Permission.MARK_ERROR, process), keeps_form=may_write,
    )


def _latest(statement: Statement | None) -> dict[str, Any]:
    """The latest check of each line in the present version."""
    if statement is None:
        return {}
    return {one.line: one for one in statement.checks if one.version == statement.version}


def _fresh(request: Request) -> Any:
    """A form that takes nothing of what was sent, since another form of the page was."""
    return lambda kind, **defaults: kind(None, reader=request.reader, data=defaults)


def _act(
    request: Request, jury: Jury, project: Project, statement: Statement | None,
    form: StatementForm, fact: FactForm, note: NoteForm,
) -> bool:
    """What the pressed button asks for; whether it was done. Errors: AppError."""
    act = request.value("act")
    if not request.posted:
        return False
    if act == "write":
        return attempt(
            request, form,
            lambda: request.run(services.write, jury.id, project.number,
                                number_of(request.value("version")), form.table.data,
                                form.sections()),
        )
    if statement is None:
        raise NotFound("statement.unknown")
    which = number_of(request.value("which"))
    if act == "dispute":
        return attempt(request, fact, lambda: request.run(
            services.dispute_fact, statement.id, fact.side.data, fact.name.data, fact.line.data,
            fact.text.data))
    if act == "mark":
        return attempt(request, fact, lambda: request.run(
            services.mark_error, statement.id, fact.line.data, fact.text.data,
            fact.source.data))
    if act == "note":
        return attempt(request, note, lambda: request.run(
            noting.write_note, statement.id, note_pages.asked(request), None,
            by_language(note, "text"), note.jurors.data or 0))
    if act == "check":
        request.run(services.check_line, statement.id, Said(
            number_of(request.value("version")), request.value("line")[:20],
            number_of(request.value("table")), request.value("colour")[:10],
            request.value("comment")[:500].strip()))
    elif act == "flag":
        word, plain = request.value("word")[:100], request.value("plain")[:300].strip()
        request.run(words.raise_flag, jury.id, word, plain, request.reader.language)
    elif act == "resolve":
        request.run(words.put_aside, jury.id, which)
    elif act == "answer":
        request.run(services.answer_reply, statement.id, which, request.value("decision"),
                    {one: text for one in request.reader.languages
                     if (text := request.value(f"reason_{one}")[:1000].strip())})
    elif act == "drop-note":
        request.run(noting.drop_note, statement.id, which, None)
    elif act == "lock":
        request.run(services.lock, statement.id)
    elif act == "reopen":
        request.run(services.reopen, statement.id, request.value("reason")[:500].strip())
    else:
        raise NotFound("statement.unknown")
    return True
