"""The office's pages about projects."""

from __future__ import annotations

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.core.errors import AppError
from pb.core.forms import choices
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt, office_process
from pb.processes.values import SEATED
from pb.projects import queries, services
from pb.projects.forms import MOST_LINES, MOST_OBJECTIONS, ProjectForm
from pb.projects.models import Project
from pb.projects.pictures import safe_picture

routes = Routes()
PAGE_LENGTH = 100
EMPTY_LINES = 3


@routes("/office/processes/{slug}/projects", "office_projects")
def project_list(request: Request) -> Response:
    """Every project with what it lacks, in pages."""
    process = office_process(request)
    found = queries.projects_of(request.session, process.id)
    last = max(1, -(-len(found) // PAGE_LENGTH))
    typed = request.query.get("page", "1")
    plain = typed.isascii() and typed.isdecimal() and len(typed) < 6
    page = min(last, max(1, int(typed) if plain else 1))
    areas = {area.id: area for area in process.areas}
    seated = process.method in SEATED
    return request.page(
        "projects/list.html",
        process=process, all=len(found), page=page, last=last,
        rows=[
            {"project": one, "area": areas[one.area_id],
             "lacks": queries.lacks_of(
                 one, request.council.languages, None if seated else areas[one.area_id].budget
             )}
            for one in found[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
        ],
        sums=[
            (area, sum(one.cost for one in found if one.area_id == area.id),
             sum(1 for one in found if one.area_id == area.id))
            for area in process.areas
        ],
        may_edit=request.can(Permission.EDIT_PROJECTS, process),
        base=request.link("office_projects", slug=process.slug),
    )


@routes("/office/processes/{slug}/projects/{number}", "office_project", methods=("GET", "POST"))
def project_page(request: Request) -> Response:
    """Add ("new") or change a project, or remove it."""
    process = office_process(request, Permission.EDIT_PROJECTS)
    wanted = request.params["number"]
    project = (
        None if wanted == "new"
        else queries.project_by_number(request.session, process.id, wanted)
    )
    if project is not None and request.posted and request.value("remove"):
        request.run(services.remove_project, process.id, project.id)
        request.notify("project.removed")
        return request.redirect("office_projects", slug=process.slug)
    form = project_form(request, process, project)
    picture = take_picture(request, form)
    number = project.number if project else 0

    def save() -> None:
        nonlocal number
        number = request.run(
            services.save_project, process.id, project.id if project else None,
            form.value(picture),
        )

    if not form.picture.errors and attempt(request, form, save):
        request.notify("project.saved")
        return request.redirect("office_projects", slug=process.slug, anchor=f"project-{number}")
    form.picture_key.data = picture
    return request.page(
        "projects/edit.html",
        process=process, project=project, form=form, picture=picture, keeps_form=True,
        lines=shown(form, "amount", "cost", MOST_LINES),
        objections=shown(form, "objector", "objection", MOST_OBJECTIONS),
        areas=process.areas, most_lines=MOST_LINES, most_objections=MOST_OBJECTIONS,
    )


def project_form(request: Request, process: Process, project: Project | None) -> ProjectForm:
    form = request.form(ProjectForm, **(ProjectForm.of(project) if project else {}))
    reader = request.reader
    form.area.choices = choices(
        (str(area.id), f"{reader.plain(area.name)}: {reader.money(area.budget, process.currency)}")
        for area in process.areas
    )
    return form


def take_picture(request: Request, form: ProjectForm) -> str:
    """The picture's key: of the file just sent, else of the one taken in before; or nothing.

    A sound file is kept at once, so that it need not be sent again when something else is wrong.
    """
    if request.form_data is None:
        return form.picture_key.data or ""
    upload = form.upload
    if upload:
        try:
            return request.site.storage.save(safe_picture(upload), "jpg")
        except AppError as error:
            form.validate()
            form.refuse("picture", error.code)
    if form.picture_remove.data:
        return ""
    key = form.picture_key.data or ""
    try:
        return key if key and request.site.storage.path(key).exists() else ""
    except KeyError:
        return ""


def shown(form: ProjectForm, single: str, double: str, most: int) -> int:
    """How many lines stand open: those that are filled or wrong, and a few to fill."""
    names = [f"{single}_%d", *(f"{double}_%d_{one}" for one in form.reader.languages)]
    filled = [
        line for line in range(most)
        if any(form[name % line].data or form[name % line].errors for name in names)
    ]
    return min(most, (max(filled) + 1 if filled else 0) + EMPTY_LINES)
