"""Writing a plan before its session, and plans of other juries to begin from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from deliberation.panels.models import Jury
from deliberation.sessions import queries, writing
from deliberation.sessions.forms import GraceForm, PartForm
from deliberation.sessions.models import AgendaItem, JurySession
from deliberation.sessions.office import number_of, the_session
from deliberation.sessions.plan import Item, Plan, SessionPlan, Step
from pb.access.permissions import Permission
from pb.core.errors import AppError
from pb.core.forms import by_language
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt

routes = Routes()


def plan_of(name: Mapping[str, str], sessions: Sequence[JurySession], zone: tzinfo) -> Plan:
    """The plan that sessions were made of, as they stand now."""
    return Plan(
        name,
        tuple(
            SessionPlan(
                one.title, one.starts_at.astimezone(zone).time(),
                tuple(
                    Item(item.kind, item.minutes, item.title, item.prompt,
                         tuple(Step(step["minutes"], step["title"]) for step in item.steps),
                         item.out, item.droppable)
                    for item in one.items
                ),
                one.grace_minutes,
            )
            for one in sessions
        ),
    )


def plans_to_copy(request: Request) -> dict[int, Plan]:
    """Plans of the juries that this person may see, by the jury's id."""
    found = {}
    for jury in request.session.scalars(select(Jury).order_by(Jury.id.desc()).limit(50)):
        process = request.session.get_one(Process, jury.process_id)
        sessions = queries.sessions_of(request.session, jury.id)
        if sessions and request.can(Permission.SEE_JURY, process):
            found[jury.id] = plan_of(jury.name, sessions, request.reader.zone)
    return found


@routes("/office/processes/{slug}/jury/sessions/{number}/agenda", "office_agenda",
        methods=("GET", "POST"))
def write(request: Request) -> Response:
    """The parts of a session that has not begun: add, change, move, remove."""
    process, jury, session = the_session(request, Permission.EDIT_JURY)
    chosen = max(0, number_of(request.value("item") or request.query.get("item", "")))
    item = next((one for one in session.items if one.id == chosen), None)
    act = request.value("act")
    writes = not request.posted or act == "write"
    grace = GraceForm(request.form_data if act == "grace" else None, reader=request.reader,
                      data={"grace": session.grace_minutes})
    kept = {} if item is None else _fields(item)
    # One of its fields is named as a parameter of request.form, so the form is made here.
    form = PartForm(request.form_data if writes else None, reader=request.reader, data=kept)
    problem, done = "", False
    if act == "grace" and request.posted:
        done = attempt(request, grace, lambda: request.run(
            writing.keep_grace, session.id, grace.grace.data))
    elif request.posted and not writes:
        try:
            if act == "remove":
                request.run(writing.remove_part, session.id, chosen)
            else:
                request.run(writing.move_part, session.id, chosen, act == "later")
            done = True
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
    elif attempt(request, form, lambda: request.run(
        writing.write_part, session.id, chosen, _part(form)
    )):
        done = True
    if done:
        request.notify("room.saved")
        return request.redirect("office_agenda", slug=process.slug, number=session.number)
    return request.page(
        "sessions/agenda.html", status=422 if problem else None, process=process, jury=jury,
        room=queries.room_of(request.session, jury, session, request.now), form=form, item=item,
        grace=grace, problem=problem, keeps_form=True,
    )


def _fields(item: AgendaItem) -> dict[str, Any]:
    return {
        "kind": item.kind, "minutes": item.minutes, "droppable": item.droppable,
        "steps": "\n".join(
            f"{one['minutes']} {one['title'].get('en', '')} | {one['title'].get('cy', '')}"
            for one in item.steps
        ),
        **{f"title_{language}": words for language, words in item.title.items()},
        **{f"prompt_{language}": words for language, words in item.prompt.items()},
    }


def _part(form: PartForm) -> Item:
    return Item(
        form.kind.data, form.minutes.data or 0, by_language(form, "title"),
        by_language(form, "prompt"), form.read_steps() or (), droppable=bool(form.droppable.data),
    )
