"""The public pages of a result."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.core.errors import NotFound
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.queries import process_by_slug
from pb.processes.rules import phase_of_kind
from pb.results import forms as forms  # the words of its codes
from pb.results import queries, rules
from pb.results.models import Count
from pb.results.views import MOST_LACKING, MOST_WINNERS, ResultView

routes = Routes()
PAGE_LENGTH = 40


def the_process(request: Request) -> Process:
    """The process of the address, if this reader may see it. Errors: NotFound."""
    process = process_by_slug(request.session, request.params["slug"])
    if not request.can(Permission.SEE_PROCESS, process):
        raise NotFound("process.not_found")
    return process


def the_published(request: Request, process: Process) -> Count:
    """The published count. Errors: NotFound, so that nothing is told before."""
    count = queries.published_count(request.session, process.id)
    if count is None:
        raise NotFound("result.not_yet")
    return count


@routes("/processes/{slug}/result", "result", cached=True)
def result(request: Request) -> Response:
    """Who won and why; before it is published, when it will be."""
    process = the_process(request)
    count = queries.published_count(request.session, process.id)
    if count is None:
        voting = phase_of_kind(process, "voting")
        results = phase_of_kind(process, "results")
        withdrawn = queries.withdrawn_count(request.session, process.id)
        return request.page(
            "results/not_yet.html", process=process, withdrawn=withdrawn,
            closes_at=voting.closes_at if voting else None,
            result_at=results.opens_at if results else None,
        )
    return request.page("results/result.html", **shown(request, process, count))


def shown(request: Request, process: Process, count: Count) -> dict[str, Any]:
    """What the page of a result needs, for the public and for the officials' preview."""
    view = ResultView(request, process, count)
    return {
        "process": process, "count": count, "view": view,
        "winners": view.winners[:MOST_WINNERS], "lacking": view.others[:MOST_LACKING],
        "may_object": rules.may_object(count, request.now),
    }


@routes("/processes/{slug}/result/projects", "result_projects", cached=True)
def project_list(request: Request) -> Response:
    """Every project with its cost, its votes and what became of it, in pages."""
    process = the_process(request)
    view = ResultView(request, process, the_published(request, process))
    rows = [*view.winners, *view.others]
    last = max(1, -(-len(rows) // PAGE_LENGTH))
    typed = request.query.get("page", "1")
    page = min(last, max(1, int(typed) if typed.isdecimal() and len(typed) < 6 else 1))
    return request.page(
        "results/projects.html", process=process, view=view,
        rows=rows[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH], page=page, last=last,
        base=request.link("result_projects", slug=process.slug), all=len(rows),
    )


@routes("/processes/{slug}/result/projects/{number}", "result_project", cached=True)
def project(request: Request) -> Response:
    """One project: what became of it and why, in full."""
    process = the_process(request)
    view = ResultView(request, process, the_published(request, process))
    row = next(
        (one for one in view.rows.values() if str(one.number) == request.params["number"]), None
    )
    if row is None:
        raise NotFound("project.not_found")
    return request.page("results/project.html", process=process, view=view, row=row)
