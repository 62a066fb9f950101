"""Commands on projects. Once the vote has opened none of them is permitted (access/policy.py)."""

from __future__ import annotations

from sqlalchemy import func, select

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.errors import Conflict, Invalid
from pb.core.work import Work, command
from pb.processes.models import Process
from pb.processes.values import SEATED
from pb.projects import checks as checks  # registers what projects lack
from pb.projects.models import CostLine, Project, ProjectObjection
from pb.projects.values import ProjectValue


@command()
def save_project(
    work: Work, process_id: int, project_id: int | None, value: ProjectValue
) -> int:
    """Add a project (``project_id`` None) or change one; its number, which never changes.

    The cost is the sum of its lines. Errors: Invalid("area.unknown", "project.over_budget",
    "project.place"), Conflict("project.gone").
    """
    process = work.session.get_one(Process, process_id)
    require(work, Permission.EDIT_PROJECTS, process)
    area = next((one for one in process.areas if one.id == value.area_id), None)
    if area is None:
        raise Invalid("area.unknown", field="area")
    cost = sum(amount for _, amount in value.costs)
    if process.method not in SEATED and cost > area.budget:
        raise Invalid("project.over_budget", field="amount_0")
    if (value.x is None) != (value.y is None):
        raise Invalid("project.place", field="x")
    project = _fresh(work, process) if project_id is None else _known(work, process, project_id)
    project.area_id, project.cost = area.id, cost
    project.title, project.summary, project.body = value.title, value.summary, value.body
    project.place, project.x, project.y = value.place, value.x, value.y
    project.picture, project.picture_alt = value.picture, value.picture_alt
    project.author, project.reason, project.reason_by = value.author, value.reason, value.reason_by
    project.costs = [
        CostLine(position=position, label=label, amount=amount)
        for position, (label, amount) in enumerate(value.costs, 1)
    ]
    project.objections = [
        ProjectObjection(author=author, text=text) for author, text in value.objections
    ]
    work.session.add(project)
    work.session.flush()
    work.about("project", project.id, scope=process.id, number=project.number, cost=cost)
    return project.number


def _fresh(work: Work, process: Process) -> Project:
    """A project with the next number: its own for ever, on screen, letter and paper."""
    last = work.session.scalar(
        select(func.max(Project.number)).where(Project.process_id == process.id)
    ) or 0
    taken = set(
        work.session.scalars(select(Project.option_id).where(Project.process_id == process.id))
    )
    number = last + 1
    while str(number) in taken:
        number += 1
    return Project(process_id=process.id, number=number, option_id=str(number))


def _known(work: Work, process: Process, project_id: int) -> Project:
    project = work.session.get(Project, project_id)
    if project is None or project.process_id != process.id:
        raise Conflict("project.gone")
    return project


@command()
def remove_project(work: Work, process_id: int, project_id: int) -> None:
    """Take a project out, before the vote. Errors: Conflict("project.gone")."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.EDIT_PROJECTS, process)
    project = _known(work, process, project_id)
    work.about("project", project.id, scope=process.id, number=project.number,
               title=project.title)
    work.session.delete(project)
    work.session.flush()
