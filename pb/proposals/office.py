"""The office's pages about ideas: the list with what waits, joining, packages, categories."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response
from wtforms import SelectField

from pb.access.permissions import Permission
from pb.core.errors import AppError
from pb.core.forms import (
    Form,
    LineField,
    Longest,
    ProseField,
    Required,
    Whole,
    by_language,
    choices,
)
from pb.core.i18n import N_
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.office import attempt, office_process
from pb.proposals import categories, merging, queries, views
from pb.proposals.paths import BOTH, routes, whole
from pb.proposals.rules import around, known_places


class MergeForm(Form):
    into = SelectField(N_("Which idea stays?"), coerce=str)
    reason = ProseField(
        N_("Why do they belong together?"),
        [Required(N_("Say why. The authors read it.")), Longest(2000)],
        description=N_("The authors read this, and decide. If one of them declines, nothing "
                       "happens."),
    )


class PackageForm(Form):
    name_en = LineField(N_("Name in English"), [Longest(150)])
    name_cy = LineField(N_("Name in Welsh"), [Longest(150)])
    left = Whole(N_("Left edge"), least=0, most=1000)
    top = Whole(N_("Upper edge"), least=0, most=1000)
    right = Whole(N_("Right edge"), least=0, most=1000)
    bottom = Whole(N_("Lower edge"), least=0, most=1000)
    one = SelectField(N_("One corner at"), coerce=str, validate_choice=False, choices=[])
    two = SelectField(N_("The opposite corner at"), coerce=str, validate_choice=False, choices=[])

    def at_places(self, process: Process) -> None:
        """Offer the known places of the map as corners, and take two that were chosen as edges."""
        places = {f"{one['x']}-{one['y']}": one for one in known_places(process.map)}
        offered: list[tuple[str, N_ | str]] = [("", self.reader.say(N_("Choose"))), *(
            (key, self.reader.plain(place["name"])) for key, place in places.items()
        )]
        self.one.choices = self.two.choices = choices(offered)
        chosen = [places[key] for key in (self.one.data, self.two.data) if key in places]
        if len(chosen) == 2 and chosen[0] != chosen[1]:
            box = around([(place["x"], place["y"]) for place in chosen],
                         process.map["width"], process.map["height"])
            assert box is not None
            for name, edge in zip(("left", "top", "right", "bottom"), box, strict=True):
                self[name].data, self[name].raw_data = edge, [str(edge)]
            self.one.data = self.two.data = ""  # the figures hold them from now on

    def validate(self, extra_validators: object = None) -> bool:
        sound = bool(super().validate(extra_validators))
        first = f"name_{self.reader.languages[0]}"
        if not by_language(self, "name"):
            self[first].errors = [self.reader.say(N_("Give the package a name."))]
        edges = [self[name].data for name in ("left", "top", "right", "bottom")]
        if any(one is not None for one in edges) and (
            None in edges or edges[0] >= edges[2] or edges[1] >= edges[3]
        ):
            self.left.errors = [self.reader.say(N_("Give all four edges: left less than right, "
                                                   "upper less than lower. Or none."))]
        return sound and not self.errors

    @property
    def rectangle(self) -> merging.Rectangle | None:
        edges = [self[name].data for name in ("left", "top", "right", "bottom")]
        if None in edges:
            return None
        left, top, right, bottom = edges
        return left, top, right, bottom


class CategoryForm(Form):
    name_en = LineField(N_("Name in English"), [Longest(80)])
    name_cy = LineField(N_("Name in Welsh"), [Longest(80)])

    def validate(self, extra_validators: object = None) -> bool:
        sound = bool(super().validate(extra_validators))
        for language in self.reader.languages:
            if not self[f"name_{language}"].data:
                self[f"name_{language}"].errors = [
                    self.reader.say(N_("Give the category a name in each language."))
                ]
        return sound and not self.errors


def ticked(request: Request) -> list[int]:
    """The ids of the ideas whose boxes are ticked, by form or address."""
    source: Mapping[str, str] = request.form_data or request.query  # type: ignore[assignment]
    return [
        int(name.removeprefix("idea-")) for name in source
        if name.startswith("idea-") and name[5:].isdecimal() and len(name) < 15
    ]


@routes("/office/processes/{slug}/ideas", "office_ideas", methods=BOTH)
def ideas(request: Request) -> Response:
    """Every idea with boxes to tick; a button leads on to joining or to a package."""
    process = office_process(request, posting=Permission.MERGE_PROPOSALS)
    may = request.can(Permission.MERGE_PROPOSALS, process)
    if request.posted:
        chosen = {f"idea-{one}": "1" for one in ticked(request)}
        target = "office_package" if request.value("go") == "package" else "office_merge"
        return request.redirect(target, slug=process.slug, **chosen)
    wanted = queries.Filter(
        words=request.query.get("words", "").strip()[:200], area_id=whole(request, "area"),
        order="newest",
    )
    found = queries.count(request.session, process.id, wanted)
    last = max(1, -(-found // queries.PAGE_LENGTH))
    page = min(last, max(1, whole(request, "page") or 1))
    base = request.link("office_ideas", slug=process.slug, words=wanted.words,
                        area=wanted.area_id or "")
    return request.page(
        "proposals/office_ideas.html", process=process, wanted=wanted, found=found, page=page,
        last=last, base=base + ("&" if "?" in base else "?") + "page=", may=may,
        rows=[(row.id, views.card(request, process, row))
              for row in queries.rows(request.session, process.id, wanted, page)],
        merges=(merges := queries.merges(request.session, process.id)),
        names=queries.names_of(request.session, merges),
        packages=queries.packages(request.session, process.id),
        may_help=request.can(Permission.HELP_PROPOSE, process),
    )


@routes("/office/processes/{slug}/ideas/join", "office_merge", methods=BOTH)
def merge(request: Request) -> Response:
    """Ask the authors of several ideas whether they may become one."""
    process = office_process(request, Permission.MERGE_PROPOSALS)
    if request.posted and request.value("take_back").isdecimal():
        request.run(merging.take_back_merge, process.id, int(request.value("take_back")[:9]))
        request.notify("merge.notice_taken_back")
        return request.redirect("office_ideas", slug=process.slug)
    rows = queries.rows_of(request.session, ticked(request))
    rows = [one for one in rows if one.state == "published"]
    form = request.form(MergeForm)
    form.into.choices = choices((str(one.id), f"{one.number}. {one.title}") for one in rows)
    faults: list[str] = []
    if request.posted:
        try:
            if attempt(request, form, lambda: request.run(
                merging.ask_to_merge, process.id, int(form.into.data or 0),
                [one.id for one in rows], form.reason.data,
            )):
                request.notify("merge.notice_asked")
                return request.redirect("office_ideas", slug=process.slug, anchor="joining")
        except AppError as error:
            if error.status not in (409, 422):
                raise
            faults.append(request.reader.sentence(error.code, **error.parameters))
    return request.page(
        "proposals/office_merge.html", process=process, form=form, keeps_form=True, faults=faults,
        rows=rows, status=422 if faults else None,
    )


@routes("/office/processes/{slug}/ideas/package", "office_package", methods=BOTH)
def package(request: Request) -> Response:
    """Make a package of several ideas, or of every pin within a rectangle."""
    process = office_process(request, Permission.MERGE_PROPOSALS)
    if request.posted and request.value("undo").isdecimal():
        request.run(merging.undo_package, process.id, int(request.value("undo")[:9]))
        request.notify("package.notice_undone")
        return request.redirect("office_ideas", slug=process.slug)
    rows = queries.rows_of(request.session, ticked(request))
    form = request.form(PackageForm)
    if process.map:
        form.at_places(process)
    faults: list[str] = []
    inside = []
    sound = request.posted and form.validate()
    if sound and form.rectangle is not None:
        wanted = queries.Filter(state="published")
        left, top, right, bottom = form.rectangle
        inside = [
            one for one in queries.pins(request.session, process.id, wanted)
            if left <= one[1] <= right and top <= one[2] <= bottom
        ]
    if sound and request.value("go") == "make":
        try:
            request.run(
                merging.make_package, process.id, by_language(form, "name"), None,
                [one.id for one in rows], form.rectangle,
            )
            request.notify("package.notice_made")
            return request.redirect("office_ideas", slug=process.slug, anchor="packages")
        except AppError as error:
            if error.status not in (409, 422):
                raise
            faults.append(request.reader.sentence(error.code, **error.parameters))
    pins = queries.pins(request.session, process.id, queries.Filter(state="published"))
    return request.page(
        "proposals/office_package.html", process=process, form=form, keeps_form=True, rows=rows,
        faults=faults, inside=inside, looked=sound, status=422 if faults else None,
        map=views.map_of(
            request, process, pins, {},
            {one[0]: "yes" for one in inside} | {one.number: "yours" for one in rows},
        ) if process.map and pins else None,
        frames=[
            *views.frames_of(request, process),
            {"id": "drawn",
             "frame": views.frame_of(form.rectangle or (0, 0, 0, 0))
             if not form.left.errors else views.frame_of((0, 0, 0, 0))},
        ] if process.map else [],
    )


@routes("/office/processes/{slug}/categories", "office_categories", methods=BOTH)
def category_list(request: Request) -> Response:
    """What ideas can be about: add one, or take one away that nobody has used."""
    process = office_process(request, Permission.EDIT_PROCESS)
    form = request.form(CategoryForm)
    if request.posted and request.value("remove").isdecimal():
        request.run(categories.remove_category, process.id, int(request.value("remove")[:9]))
        request.notify("office.saved")
        return request.redirect("office_categories", slug=process.slug)
    if attempt(request, form, lambda: request.run(
        categories.add_category, process.id, by_language(form, "name")
    )):
        request.notify("office.saved")
        return request.redirect("office_categories", slug=process.slug)
    return request.page(
        "proposals/office_categories.html", process=process, form=form, keeps_form=True,
        kinds=queries.categories(request.session, process.id),
    )
