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
    "name": 150, "headline": 150, "lead": 500, "purpose": 4000, "rule_reason": 2000,
}


def _process_items(session: Session, process: Process) -> Iterable[Item]:
    for field, most in PROCESS_FIELDS.items():
        yield Item(process.id, field, process.name, getattr(process, field), most)


register(
    Owner(
        kind="process", named=N_("The process"),
        fields={"name": N_("Name"), "headline": N_("Headline"), "lead": N_("Lead"),
                "purpose": N_("Purpose"), "rule_reason": N_("Why this rule")},
        items=_process_items, write=writer(Process, lambda row: int(row.id)),
        may_change=before_the_vote,
    )
)


def _area_items(session: Session, process: Process) -> Iterable[Item]:
    for area in process.areas:
        yield Item(area.id, "name", area.name, area.name, 150)
        yield Item(area.id, "description", area.name, area.description, 2000)


register(
    Owner(
        kind="area", named=N_("An area"),
        fields={"name": N_("Name"), "description": N_("Description")}, items=_area_items,
        write=writer(Area, lambda row: int(row.process_id)), may_change=before_the_vote,
    )
)


def _phase_items(session: Session, process: Process) -> Iterable[Item]:
    for phase in process.phases:
        yield Item(phase.id, "name", phase.name, phase.name, 150)
        yield Item(phase.id, "summary", phase.name, phase.summary, 500)


register(
    Owner(
        kind="phase", named=N_("A step of the process"),
        fields={"name": N_("Name"), "summary": N_("Summary")}, items=_phase_items,
        write=writer(Phase, lambda row: int(row.process_id)), may_change=always,
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
