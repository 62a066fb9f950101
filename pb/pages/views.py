"""What the public pages show of a process, put together from several features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pb.core.i18n import N_
from pb.core.web import Request
from pb.processes.models import Phase, Process
from pb.processes.rules import phase_kind, phase_of_kind
from pb.projects.models import Project
from pb.projects.queries import ProjectRow, count_by_area

PHASE_NAMES = {
    "ideas": N_("Ideas"),
    "assessment": N_("Officers cost the ideas"),
    "jury": N_("The citizens’ jury tests them"),
    "voting": N_("Everyone votes"),
    "count": N_("The count, in public"),
    "results": N_("The result"),
    "delivery": N_("The town builds what won"),
}


@dataclass(frozen=True)
class ProcessView:
    """``doing``: vote, wait_vote, wait_result, result or nothing: what one can do now."""

    doing: str
    steps: list[dict[str, object]]
    purses: list[dict[str, object]]
    money: int
    projects: int
    closes_at: datetime | None
    opens_at: datetime | None
    result_at: datetime | None


def is_current(process: Process, now: datetime) -> bool:
    """Whether something is still to come before the result."""
    return phase_kind(process, now) not in ("results", "delivery", "draft")


def doing(process: Process, now: datetime) -> str:
    kind = phase_kind(process, now)
    if kind == "voting":
        return "vote"
    if kind in ("before", "ideas", "assessment", "jury", "between"):
        return "wait_vote"
    if kind == "count":
        return "wait_result"
    return "result" if kind in ("results", "delivery") else "nothing"


def process_view(request: Request, process: Process) -> ProcessView:
    reader, now = request.reader, request.now
    numbers = count_by_area(request.session, process.id)
    voting = phase_of_kind(process, "voting")
    results = phase_of_kind(process, "results")
    purses: list[dict[str, object]] = [
        {
            "name": reader.text(area.name),
            "sum": reader.money(area.budget, process.currency),
            "amount": area.budget,
            "yours": False,
            "number": numbers.get(area.id, 0),
            "href": request.link("projects", slug=process.slug, area=area.id),
            "population": area.population,
        }
        for area in process.areas
        if area.budget or numbers.get(area.id)
    ]
    return ProcessView(
        doing=doing(process, now),
        steps=[step(request, process, phase, now) for phase in process.phases],
        purses=purses,
        money=sum(area.budget for area in process.areas),
        projects=sum(numbers.values()),
        closes_at=voting.closes_at if voting else None,
        opens_at=voting.opens_at if voting else None,
        result_at=results.opens_at if results else None,
    )


def step(request: Request, process: Process, phase: Phase, now: datetime) -> dict[str, object]:
    """One stone of the timeline."""
    reader = request.reader
    if phase.closes_at is not None and phase.closes_at <= now:
        state = "done"
    elif phase.opens_at <= now:
        state = "now"
    else:
        state = "later"
    current = phase_kind(process, now)
    if state == "now" and phase.kind != current:
        state = "done" if phase.closes_at is None else "later"
    if state == "now" and phase.closes_at is not None:
        when = reader.say(
            N_("Now, until %(when)s"), when=reader.datetime(phase.closes_at, "day")
        )
    elif state == "now":
        when = reader.say(N_("Now"))
    elif state == "later":
        when = reader.say(N_("From %(when)s"), when=reader.date(phase.opens_at, "day"))
    else:
        when = reader.date(phase.opens_at, "month")
        when = when[0].upper() + when[1:]
    return {
        "state": state,
        "when": when,
        "title": reader.text(phase.name) or reader.say(PHASE_NAMES[phase.kind]),
        "words": reader.text(phase.summary),
        "kind": phase.kind,
    }


def card(request: Request, process: Process) -> dict[str, object]:
    """A process in a list."""
    return {
        "name": process.name,
        "lead": process.lead,
        "money": sum(area.budget for area in process.areas),
        "currency": process.currency,
        "doing": doing(process, request.now),
        "slug": process.slug,
        "source": process.source,
    }


def project_card(
    request: Request, process: Process, project: ProjectRow | Project
) -> dict[str, object]:
    """A project as components/cards.html wants it."""
    reader = request.reader
    return {
        "number": project.number,
        "title": reader.text(project.title),
        "sentence": reader.text(project.summary),
        "cost": reader.money(project.cost, process.currency),
        "place": reader.text(project.place),
        "picture": f"/pictures/{project.picture}" if project.picture else "",
        "href": request.link("project", slug=process.slug, number=project.number),
    }


def map_view(
    request: Request, process: Process, rows: Sequence[ProjectRow]
) -> dict[str, Any]:
    """The ward map with a pin for each project that has a place, and the same as lists by area."""
    reader = request.reader

    def pin(row: ProjectRow) -> dict[str, object]:
        return {
            "x": row.x, "y": row.y, "number": row.number, "title": reader.plain(row.title),
            "href": request.link("project", slug=process.slug, number=row.number),
            "place": reader.plain(row.place),
        }

    placed = [row for row in rows if row.x is not None and row.y is not None]
    groups = [
        (reader.plain(area.name), [pin(row) for row in placed if row.area_id == area.id])
        for area in process.areas
    ]
    return {
        **process.map,
        "pins": [pin(row) for row in placed],
        "groups": [(name, pins) for name, pins in groups if pins],
    }
