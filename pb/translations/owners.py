"""The texts of processes and projects: what stands there in one language or in both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.core.errors import NotFound
from pb.core.i18n import N_
from pb.core.work import Work
from pb.processes.models import Area, Notice, Phase, Process
from pb.projects.models import CostLine, Project, ProjectObjection
from pb.projects.queries import projects_of
from pb.translations.subjects import Item, Owner, always, before_the_vote, register, writer

PROJECT_FIELDS = {
    "title": 150, "summary": 300, "body": 8000, "place": 200, "picture_alt": 300, "reason": 2000,
}
"""Field to its longest text, as the office's form has it."""


PROCESS_FIELDS = {
    "name": 150, "headline": 150, "lead": 400, "purpose": 4000, "rule_reason": 2000,
}


def _process_items(session: Session, process: Process) -> Iterable[Item]:
    for field, most in PROCESS_FIELDS.items():
        yield Item(process.id, field, process.name, getattr(process, field), most)
    for part, said in (process.who_decides or {}).items():
        yield Item(process.id, f"whose_{part}", process.name, said.get("title") or {}, 150)
        yield Item(process.id, f"who_{part}", process.name, said.get("text") or {}, 1000)
    for name, chosen in (process.choices or {}).items():
        yield Item(process.id, f"choice_{name}", process.name, chosen.get("reason") or {}, 2000)


NESTED = {
    "whose": ("who_decides", "title"), "who": ("who_decides", "text"),
    "choice": ("choices", "reason"),
}
"""The beginning of a field's name to its column and to what it is called inside a part of it."""
_write_process_field = writer(Process, lambda row: int(row.id))


def _write_process(
    work: Work, process: Process, subject_id: int, field: str, language: str, text: str
) -> None:
    """A process's own field, or a text inside one of its parts."""
    begin, _, part = field.partition("_")
    if begin not in NESTED:
        if field not in PROCESS_FIELDS:
            raise NotFound("translation.gone")
        _write_process_field(work, process, subject_id, field, language, text)
        return
    column, inner = NESTED[begin]
    row = work.session.get_one(Process, process.id)
    whole = dict(getattr(row, column))
    if subject_id != row.id or part not in whole:
        raise NotFound("translation.gone")
    texts = whole[part].get(inner) or {}
    whole[part] = {**whole[part], inner: {**texts, language: text}}
    setattr(row, column, whole)


register(
    Owner(
        kind="process", named=N_("The process"),
        fields={"name": N_("Name"), "headline": N_("Headline"), "lead": N_("Lead"),
                "purpose": N_("Purpose"), "rule_reason": N_("Why this rule"),
                "whose": N_("Who decides: the heading"), "who": N_("Who decides"),
                "choice": N_("Why this was chosen")},
        items=_process_items, write=_write_process, may_change=before_the_vote,
    )
)


def _area_items(session: Session, process: Process) -> Iterable[Item]:
    for area in process.areas:
        yield Item(area.id, "name", area.name, area.name, 150)
        yield Item(area.id, "description", area.name, area.description, 1000)


register(
    Owner(
        kind="area", named=N_("An area"),
        fields={"name": N_("Name"), "description": N_("Description")}, items=_area_items,
        write=writer(Area, lambda row: int(row.process_id)), may_change=before_the_vote,
    )
)


def _phase_items(session: Session, process: Process) -> Iterable[Item]:
    for phase in process.phases:
        yield Item(phase.id, "name", phase.name, phase.name, 100)
        yield Item(phase.id, "summary", phase.name, phase.summary, 400)
        for part, texts in (phase.who or {}).items():
            yield Item(phase.id, f"who_{part}", phase.name, texts, 400)


_write_phase_field = writer(Phase, lambda row: int(row.process_id))


def _write_phase(
    work: Work, process: Process, subject_id: int, field: str, language: str, text: str
) -> None:
    """A step's name or summary, or who knows, decides and acts in it."""
    if not field.startswith("who_"):
        _write_phase_field(work, process, subject_id, field, language, text)
        return
    row, part = work.session.get(Phase, subject_id), field.removeprefix("who_")
    if row is None or row.process_id != process.id or part not in row.who:
        raise NotFound("translation.gone")
    row.who = {**row.who, part: {**row.who[part], language: text}}


register(
    Owner(
        kind="phase", named=N_("A step of the process"),
        fields={"name": N_("Name"), "summary": N_("Summary"),
                "who": N_("Who knows, decides and acts")},
        items=_phase_items, write=_write_phase, may_change=always,
    )
)


# -- projects --------------------------------------------------------------------------------


def _title(project: Project) -> dict[str, str]:
    return {language: f"{project.number}. {text}" for language, text in project.title.items()}


def _project_items(session: Session, process: Process) -> Iterable[Item]:
    for project in projects_of(session, process.id):
        where = _title(project) or {"en": f"{project.number}."}
        for field, most in PROJECT_FIELDS.items():
            yield Item(project.id, field, where, getattr(project, field), most)
        for line in project.costs:
            yield Item(project.id, f"cost_{line.id}", where, line.label, 150)
        for said in project.objections:
            yield Item(project.id, f"objection_{said.id}", where, said.text, 1000)


_write_project = writer(Project, lambda row: int(row.process_id))


def _write(
    work: Work, process: Process, subject_id: int, field: str, language: str, text: str
) -> None:
    """A project's own field, or the text of one of its lines."""
    name, _, line = field.rpartition("_")
    parts: dict[str, tuple[type[Any], str]] = {
        "cost": (CostLine, "label"), "objection": (ProjectObjection, "text")
    }
    if name not in parts or not line.isdecimal():
        if field not in PROJECT_FIELDS:
            raise NotFound("translation.gone")
        _write_project(work, process, subject_id, field, language, text)
        return
    model, column = parts[name]
    row = work.session.get(model, int(line))
    project = work.session.get(Project, subject_id)
    if row is None or project is None or row.project_id != subject_id or (
        project.process_id != process.id
    ):
        raise NotFound("translation.gone")
    setattr(row, column, {**getattr(row, column), language: text})


register(
    Owner(
        kind="project", named=N_("A project"),
        fields={"title": N_("Title"), "summary": N_("One sentence"), "body": N_("What it is"),
                "place": N_("Where"), "picture_alt": N_("What the picture shows"),
                "reason": N_("Can it be done?"), "cost": N_("A line of the cost"),
                "objection": N_("An objection")},
        items=_project_items, write=_write, may_change=before_the_vote,
    )
)


# -- notices ---------------------------------------------------------------------------------


def _notice_items(session: Session, process: Process) -> Iterable[Item]:
    found = session.scalars(
        select(Notice).where(Notice.process_id == process.id).order_by(Notice.id)
    )
    for notice in found:
        yield Item(notice.id, "texts", process.name, notice.texts, 2000)


register(
    Owner(
        kind="notice", named=N_("A public notice"), fields={"texts": N_("The reason")},
        items=_notice_items, write=writer(Notice, lambda row: int(row.process_id)),
        may_change=always,
    )
)
