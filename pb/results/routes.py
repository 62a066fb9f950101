"""The public pages of a result."""

from __future__ import annotations

from typing import Any

from starlette.responses import FileResponse, Response

from pb.core.errors import AppError, NotFound
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.queries import box_of, the_process
from pb.processes.rules import phase_of_kind
from pb.results import bundle, files, office, queries, rules, services, stages
from pb.results.forms import ObjectionForm
from pb.results.models import Count
from pb.results.paths import routes
from pb.results.shown import shown, votes_beside
from pb.results.views import ResultView

__all__ = ["office", "routes"]
PAGE_LENGTH = 40
OBJECTIONS = "5/hour"
BUNDLES = "30/hour"


def the_published(request: Request, process: Process) -> Count:
    """The published count. Errors: NotFound, so that nothing is told before."""
    count = queries.published_count(request.session, process.id)
    if count is None:
        raise NotFound("result.not_yet")
    return count


def the_page(request: Request, last: int) -> int:
    """The page of a list that was asked for, within its bounds."""
    typed = request.query.get("page", "1")
    return min(last, max(1, int(typed) if typed.isdecimal() and len(typed) < 6 else 1))


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
            **votes_beside(request, process),
            closes_at=voting.closes_at if voting else None,
            result_at=results.opens_at if results else None,
        )
    return request.page(
        "results/result.html", **shown(request, process, count),
        **votes_beside(request, process),
        bundle=queries.has_bundle(request.session, process.id),
        who=box_of(request, process, "results", "count"),
    )


@routes("/processes/{slug}/bundle", "bundle")
def bundle_file(request: Request) -> Response:
    """The whole vote in one file, for anybody: rules, record, ballots, result and their check.

    Errors: Conflict in words where there is none, or none yet.
    """
    process = the_process(request)
    request.limit("bundle", BUNDLES)
    path = bundle.kept(request.site, request.session, process.id)
    return FileResponse(path, media_type="application/zip", filename=f"{process.slug}-bundle.zip")


@routes("/processes/{slug}/result/stages", "result_stages", cached=True)
def course(request: Request) -> Response:
    """The course of the count, in pages."""
    process = the_process(request)
    view = ResultView(request, process, the_published(request, process))
    base = request.link("result_stages", slug=process.slug)
    return request.page("results/stages.html", **course_shown(request, view, base))


def course_shown(request: Request, view: ResultView, base: str) -> dict[str, Any]:
    last = stages.last_page(view)
    page = the_page(request, last)
    ranked = bool(view.tally.stages)
    return {
        "process": view.process, "view": view, "page": page, "last": last, "base": base,
        "stages": stages.stage_views(view, page) if ranked else [],
        "steps": [] if ranked else stages.step_views(view, page),
    }


@routes("/processes/{slug}/result/projects", "result_projects", cached=True)
def project_list(request: Request) -> Response:
    """Every project with its cost, its votes and what became of it, in pages."""
    process = the_process(request)
    view = ResultView(request, process, the_published(request, process))
    rows = [*view.winners, *view.others]
    last = max(1, -(-len(rows) // PAGE_LENGTH))
    page = the_page(request, last)
    return request.page(
        "results/projects.html", process=process, view=view,
        rows=rows[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH], page=page, last=last,
        first=(page - 1) * PAGE_LENGTH + 1,
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
    course = [(stage.number, stage.totals[row.option]) for stage in view.tally.stages]
    went_to: Any = row.why.parameters.get("went_to") or {}
    quota = view.tally.quota or 0
    return request.page(
        "results/project.html", process=process, view=view, row=row, course=course, quota=quota,
        longest=max([quota, *(votes for _, votes in course)], default=0),
        went_to=sorted(went_to.items(), key=lambda item: -item[1])[:10],
    )


@routes("/processes/{slug}/result/files/{file}", "result_file")
def file(request: Request) -> Response:
    """A file of the published result, for programs."""
    process = the_process(request)
    count = the_published(request, process)
    found, content = files.content_of(
        request.session, process, count, request.params["file"]
    )
    return Response(
        content, media_type=f"{found.media_type}; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{process.slug}-{found.name}"',
        },
    )


@routes("/processes/{slug}/result/object", "result_object", methods=("GET", "POST"))
def object_to(request: Request) -> Response:
    """Anybody's objection against a provisional result."""
    process = the_process(request)
    count = the_published(request, process)
    form = request.form(ObjectionForm)
    is_open = rules.may_object(count, request.now)
    if request.posted and form.validate():
        request.limit("objection", OBJECTIONS)
        try:
            request.run(
                services.object_to, process.id, form.name.data, form.email.data,
                request.reader.language, form.text.data,
            )
        except AppError as error:
            if error.code != "objection.late":
                raise
            is_open = False
        else:
            return request.page("results/objected.html", process=process, count=count)
    return request.page(
        "results/object.html", process=process, count=count, form=form, is_open=is_open,
        keeps_form=is_open,
    )
