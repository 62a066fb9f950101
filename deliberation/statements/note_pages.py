"""Minority notes as a table's screen writes them, and their forms for the office's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from wtforms import SelectField

from deliberation.minority.forms import NoteForm
from deliberation.minority.rules import words
from deliberation.sessions.doors import guest
from deliberation.sessions.office import number_of
from deliberation.statements import noting, queries
from deliberation.statements.models import StatementNote
from pb.core.errors import AppError, NotAllowed
from pb.core.forms import Required, by_language, choices, spread
from pb.core.i18n import N_
from pb.core.web import Request, Routes
from pb.processes.office import attempt
from pb.projects.queries import projects_of

routes = Routes()
BOTH = ("GET", "POST")


class PageNoteForm(NoteForm):
    """A note with the page that it is about."""

    statement = SelectField(N_("The project"), choices=[], validate_choice=False)

    def validate_statement(self, field: Any) -> None:
        if not field.data:
            Required(N_("Choose the project."))(self, field)


def asked(request: Request) -> int | None:
    """The note that is meant; None for a new one."""
    return number_of(request.value("which")) if request.value("which") else None


def note_forms(
    request: Request, kind: type[NoteForm] = NoteForm
) -> tuple[Any, Callable[[StatementNote], Any]]:
    """(the form that was sent or an empty one for a new note, the form of a note that stands).

    What was typed into a standing note stays in that note's form, where it was not kept.
    """
    sent = request.posted and request.value("act") == "note"
    which = asked(request) if sent else None
    typed = (NoteForm if which else kind)(
        request.form_data if sent else None, reader=request.reader,
        prefix=f"note{which}-" if which else "")

    def form_of(note: StatementNote) -> Any:
        if sent and which == note.id:
            return typed
        return NoteForm(None, reader=request.reader, prefix=f"note{note.id}-",
                        data=spread("text", note.text) | {"jurors": note.jurors})

    return typed, form_of


@routes("/room/minority", "room_minority", methods=BOTH)
def room(request: Request) -> Response:
    """A table adds to a page what two or more of its jurors say who see it otherwise."""
    found = guest(request)
    if found is None:
        return request.redirect("room")
    table = found.table
    if table is None:
        raise NotAllowed("access.not_you")
    known = queries.statements_of(request.session, found.jury.id)
    open_ones = [(one, known[one.id]) for one in projects_of(request.session, found.process.id)
                 if one.id in known and known[one.id].state != "locked"]
    note, note_form = note_forms(request, PageNoteForm)
    offered = choices([("", request.reader.say(N_("Choose"))), *(
        (str(statement.id), f"{project.number} {request.reader.plain(project.title)}")
        for project, statement in open_ones)])
    if isinstance(note, PageNoteForm):
        note.statement.choices = offered
    problem = ""
    try:
        if request.posted and _act(request, found.actor, table, note, known.values()):
            request.notify("room.saved")
            return request.redirect("room_minority")
    except AppError as error:
        if error.status in (403, 404):
            raise
        problem = request.reader.sentence(error.code, **error.parameters)
    new = note
    if not isinstance(new, PageNoteForm):
        new = PageNoteForm(None, reader=request.reader)
        new.statement.choices = offered
    return request.page(
        "statements/notes_room.html", status=422 if problem or note.errors else None,
        process=found.process, jury=found.jury, guest=found, table=table, note=new, sent=note,
        note_form=note_form, problem=problem, count=words, acts=found.screen.acts,
        mine=[(project, statement, notes) for project, statement in open_ones
              if (notes := [one for one in statement.notes if one.table_number == table])],
        any_open=bool(open_ones), keeps_form=True, nav=[],
    )


def _act(request: Request, actor: Any, table: int, note: Any, known: Any) -> bool:
    """What the pressed button asks for, as this table; whether it was done. Errors: AppError."""
    which = asked(request)
    its = next((one.id for one in known if any(each.id == which for each in one.notes)), 0)
    once = request.value("once") or None
    run = request.site.work.run
    if request.value("act") == "drop-note":
        run(noting.drop_note, actor, its, which or 0, table, once=once)
        return True
    return attempt(request, note, lambda: run(
        noting.write_note, actor, its if which else number_of(note.statement.data), which, table,
        by_language(note, "text"), note.jurors.data or 0, once=once))
