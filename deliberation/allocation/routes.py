"""Which table tests what: made in the office, read by everybody."""

from __future__ import annotations

import csv
import io

from starlette.responses import Response

from deliberation.allocation import queries, services
from deliberation.panels.office import the_office_jury
from deliberation.panels.queries import jury_of
from deliberation.sessions.office import number_of, the_session
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotFound
from pb.core.web import Request, Routes
from pb.processes.queries import the_process
from pb.projects.queries import project_rows

routes = Routes()
BOTH = ("GET", "POST")


@routes("/office/processes/{slug}/jury/allocation", "office_allocation", methods=BOTH)
def office(request: Request) -> Response:
    """Which table tests and which one checks each project."""
    process, jury = the_office_jury(request)
    problem = ""
    if request.posted:
        try:
            request.run(services.allocate, jury.id)
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            request.notify("room.saved")
            return request.redirect("office_allocation", slug=process.slug)
    return request.page(
        "allocation/office.html", status=422 if problem else None, process=process, jury=jury,
        problem=problem, rows=queries.allocation_of(request.session, jury.id),
        drawn=queries.drawn_of(request.session, jury.id),
        titles={one.number: one.title for one in project_rows(request.session, process.id)},
        may_edit=request.can(Permission.EDIT_JURY, process),
    )


@routes("/processes/{slug}/jury/tables", "jury_tables", cached=True)
def shown(request: Request) -> Response:
    """The same in public, with the seed of the lot."""
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    if jury is None:
        raise NotFound("jury.unknown")
    return request.page(
        "allocation/public.html", process=process, jury=jury,
        rows=queries.allocation_of(request.session, jury.id),
        drawn=queries.drawn_of(request.session, jury.id),
        titles={one.number: one.title for one in project_rows(request.session, process.id)},
    )


@routes("/processes/{slug}/jury/tables.csv", "jury_tables_csv", cached=True)
def exported(request: Request) -> Response:
    """The same as a file."""
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    if jury is None:
        raise NotFound("jury.unknown")
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["order", "project", "session", "tested_by_table", "checked_by_table", "seed"])
    for one in queries.allocation_of(request.session, jury.id):
        sheet.writerow([one.place, one.project_number, one.session_number, one.tests, one.checks,
                        one.seed])
    name = f"{process.slug}-tables.csv"
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8",
                    headers={"content-disposition": f'attachment; filename="{name}"'})


@routes("/office/processes/{slug}/jury/sessions/{number}/tables", "office_session_tables",
        methods=("POST",))
def tables(request: Request) -> Response:
    """Put a small table together with another, or seat a reserve."""
    process, _jury, session = the_session(request)
    if request.value("act") == "reserve":
        request.run(services.seat_reserve, session.id, number_of(request.value("juror")))
    else:
        request.run(services.merge_tables, session.id, number_of(request.value("table")),
                    number_of(request.value("into")))
    request.notify("room.saved")
    return request.redirect("office_session", slug=process.slug, number=session.number)
