"""What projects lack before their process can be published."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pb.core.errors import Invalid
from pb.core.i18n import N_, NN_
from pb.processes.checks import BUDGET_GUARDS, Lack, check
from pb.processes.models import Area, Council, Process
from pb.processes.values import SEATED
from pb.projects.models import Project
from pb.projects.queries import lacks_of, projects_of

WORDS = {
    "cost": NN_("%(num)s project has no cost.", "%(num)s projects have no cost."),
    "language": NN_("%(num)s project lacks a text in one language.",
                    "%(num)s projects lack a text in one language."),
    "alt": NN_("%(num)s picture has no description in every language.",
               "%(num)s pictures have no description in every language."),
    "budget": NN_("%(num)s project costs more than its area’s budget.",
                  "%(num)s projects cost more than their area’s budget."),
}


@check
def projects(session: Session, process: Process, council: Council) -> list[Lack]:
    found = [one for one in projects_of(session, process.id) if not one.aside]
    if not found:
        return [Lack(N_("There is no project to vote on."), "office_projects")]
    budgets = {area.id: area.budget for area in process.areas}
    counted = dict.fromkeys(WORDS, 0)
    for project in found:
        budget = None if process.method in SEATED else budgets[project.area_id]
        for lack in lacks_of(project, council.languages, budget):
            counted[lack] += 1
    return [
        Lack(WORDS[name], "office_projects", {"num": number})
        for name, number in counted.items() if number
    ]


def guard_budget(session: Session, area: Area, budget: int) -> None:
    """An area's budget stays at least what its dearest project costs. Errors: Invalid."""
    dearest = session.scalar(select(func.max(Project.cost)).where(Project.area_id == area.id))
    if dearest and budget < dearest and budget < area.budget:
        raise Invalid("area.dearer_project", field="budget")


BUDGET_GUARDS.append(guard_budget)
