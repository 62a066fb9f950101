"""Pages that span features: home, processes, projects, help, and the reader's own settings."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from deliberation.choices.queries import is_declared, written_by_jury
from deliberation.panels.queries import jury_of
from deliberation.statements.queries import shown_statements
from pb.core.errors import NotFound
from pb.core.i18n import N_, sentences
from pb.core.web import THEMES, YEAR, Request, Routes
from pb.electorate.queries import ways_of
from pb.pages import glossary, views
from pb.pages.record import ACTS_A_PAGE, record_view
from pb.pages.styleguide import SampleForm
from pb.processes.queries import (
    published_processes,
    shown_choices,
    shown_notices,
    the_process,
    votes_in_turn,
)
from pb.processes.rules import phase_kind, phase_of_kind
from pb.projects import queries as projects
from pb.results.queries import has_bundle
from pb.translations.queries import credits_of_process, credits_of_project
from pb.valuations.queries import progress, proposal_of_project

routes = Routes()
PAGE_LENGTH = 50

sentences(
    {
        "process.not_found": N_("There is no process at this address."),
        "project.not_found": N_("There is no project with this number."),
    }
)


@routes("/", "home", cached=True)
def home(request: Request) -> Response:
    """The town's own page: what is open now, and what was decided."""
    processes = published_processes(request.session)
    current = [one for one in processes if views.is_current(one, request.now)]
    main = current[0] if current else None
    # Votes that follow each other stand in the list as one, the last of them.
    covered = {one.id for vote in (main, *processes) if vote is not None
               for one in votes_in_turn(request.session, vote)
               if vote is main or one.id < vote.id}
    return request.page(
        "pages/home.html",
        process=main,
        view=views.process_view(request, main) if main else None,
        others=[views.card(request, one) for one in processes
                if one.id not in covered and one.state != "archived"],
        archived=sum(1 for one in processes if one.state == "archived"),
    )


@routes("/archive", "archive", cached=True)
def archive(request: Request) -> Response:
    """What is over and kept: to be read, and not changed any more."""
    return request.page(
        "pages/archive.html",
        rows=[
            {**views.card(request, one), "archived_at": one.archived_at}
            for one in published_processes(request.session) if one.state == "archived"
        ],
    )


@routes("/processes/{slug}", "process", cached=True)
def process_page(request: Request) -> Response:
    """One process: what one can do now, when what happens, where the money is, who decides."""
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    return request.page(
        "pages/process.html",
        process=process,
        view=views.process_view(request, process),
        ways=None if process.source else ways_of(request.session, process.id),
        notices=shown_notices(request, process),
        choices=shown_choices(request, process),
        assessed=progress(request.session, process.id),
        jury=jury, jury_chooses=is_declared(request.session, jury),
        credits=credits_of_process(request.session, process, request.reader.language),
    )


@routes("/processes/{slug}/projects", "projects", cached=True)
def project_list(request: Request) -> Response:
    """Every project, by area and words, in pages, with the map's places beside."""
    process = the_process(request)
    rows = projects.project_rows(request.session, process.id)
    area = next((one for one in process.areas if str(one.id) == request.query.get("area")), None)
    words = request.query.get("words", "")[:200]
    chosen = [row for row in rows if area is None or row.area_id == area.id]
    chosen = projects.matching(chosen, words, request.reader)
    last = max(1, -(-len(chosen) // PAGE_LENGTH))
    typed = request.query.get("page", "1")
    page = min(last, max(1, int(typed) if typed.isdecimal() and len(typed) < 6 else 1))
    shown = chosen[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
    return request.page(
        "pages/projects.html",
        process=process,
        rows=[views.project_card(request, process, row) for row in shown],
        found=len(chosen), all=len(rows), area=area, words=words, page=page, last=last,
        base=request.link("projects", slug=process.slug, area=area.id if area else "",
                          words=words),
        map=views.map_view(request, process, chosen) if process.map else None,
    )


@routes("/processes/{slug}/projects/{number}", "project", cached=True)
def project_page(request: Request) -> Response:
    """One project: what it is, what it costs, what is said against it, what officers say."""
    process = the_process(request)
    project = projects.project_by_number(request.session, process.id, request.params["number"])
    rows = projects.project_rows(request.session, process.id)
    numbers = [row.number for row in rows]
    here = numbers.index(project.number)
    return request.page(
        "pages/project.html",
        process=process,
        project=project,
        area=next(one for one in process.areas if one.id == project.area_id),
        view=views.process_view(request, process),
        idea=proposal_of_project(request.session, project.id),
        statement=shown_statements(request.session, process.id).get(project.id),
        by_jury=project.id in written_by_jury(request.session, process.id),
        credits=credits_of_project(request.session, project, request.reader.language),
        before=rows[here - 1] if here else None,
        after=rows[here + 1] if here + 1 < len(rows) else None,
        map=views.map_view(request, process, [row for row in rows if row.id == project.id])
        if process.map and project.x is not None else None,
    )


@routes("/processes/{slug}/record", "record", cached=True)
def record_page(request: Request) -> Response:
    """The public record for people: what it is, what stands in it, how to check it."""
    process = the_process(request)
    typed = request.query.get("page", "1")
    view = record_view(
        request, process, int(typed) if typed.isdecimal() and len(typed) < 6 else 1
    )
    voting = phase_of_kind(process, "voting")
    return request.page(
        "record/record.html", process=process, view=view, a_page=ACTS_A_PAGE,
        opens_at=voting.opens_at if voting else None,
        voting=not process.source and phase_kind(process, request.now) == "voting",
        base=request.link("record", slug=process.slug) + "?page=",
        address=request.full_link("process", slug=process.slug),
        bundle=has_bundle(request.session, process.id),
    )


@routes("/help", "help", cached=True)
def help_page(request: Request) -> Response:
    return request.page("pages/help.html")


@routes("/glossary", "glossary", cached=True)
def glossary_page(request: Request) -> Response:
    """Every word explained, in the alphabet of the reader's language."""
    return request.page("pages/glossary.html", terms=
                        glossary.index(request.reader.language,
                                       glossary.town_terms(request.session)))


@routes("/accessibility", "accessibility", cached=True)
def accessibility(request: Request) -> Response:
    return request.page("pages/accessibility.html")


@routes("/privacy", "privacy", cached=True)
def privacy(request: Request) -> Response:
    return request.page("pages/privacy.html")


@routes("/styleguide", "styleguide")
def styleguide(request: Request) -> Response:
    """Every component in every state, in the demonstration only."""
    if not request.site.settings.demo:
        raise NotFound("page.not_found")
    processes = published_processes(request.session)
    drawn = next((one for one in processes if one.map), None)
    form = SampleForm(FormData({"cost": "a lot"}), reader=request.reader)
    form.validate()
    return request.page(
        "pages/styleguide.html",
        status=200,
        sample_form=form,
        map_data=drawn.map if drawn else None,
        pictures=[
            f"/pictures/{row.picture}"
            for row in (projects.project_rows(request.session, drawn.id) if drawn else [])
            if row.picture
        ][:6],
    )


@routes("/settings/theme", "theme", methods=("POST",))
def theme(request: Request) -> Response:
    """Keep the colours that the reader chose, and go back."""
    chosen = request.value("theme")
    if chosen in THEMES:
        request.set_cookie("theme", chosen, YEAR)
    target = request.value("next")
    safe = target.startswith("/") and not target.startswith(("//", "/\\"))
    return RedirectResponse(target if safe else "/", status_code=303)
