"""Officials' pages of the roll: its size, batches of codes, turnout. Never what was chosen."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.ballots import letters, queries, services
from pb.ballots.forms import BatchForm
from pb.ballots.paths import routes
from pb.core.errors import AppError, Gone, NotFound
from pb.core.web import Request
from pb.processes.office import office_process


@routes("/office/processes/{slug}/voters", "office_voters", methods=("GET", "POST"))
def voters(request: Request) -> Response:
    """The roll in numbers, and the making of codes."""
    process = office_process(request, posting=Permission.EDIT_ROLL)
    form = request.form(BatchForm)
    _ = request.reader._
    own = [area for area in process.areas if not area.whole]
    form.area.choices = [(str(area.id), request.reader.plain(area.name)) for area in own]
    form.area.choices.append(("", _("No area: they vote on everything")))
    if request.posted and form.validate():
        seed = request.value("once") or secrets.token_urlsafe(16)
        codes = services.codes_for(request.site.secrets, seed, form.number.data)
        area_id = int(form.area.data) if form.area.data else None
        try:
            batch_id = request.run(
                services.make_codes, process.id, area_id, form.name.data, codes
            )
        except AppError as error:
            field = error.parameters.get("field")
            if field not in ("area", "number"):
                raise
            form.refuse(str(field), error.code, most=services.MOST_CODES)
        else:
            return request.page(
                "ballots/codes.html", process=process, name=form.name.data, codes=codes[:3],
                number=len(codes), sealed=letters.seal(request, batch_id, seed),
                keeps_form=False,
            )
    areas = {area.id: area for area in process.areas}
    may_edit = request.can(Permission.EDIT_ROLL, process)
    return request.page(
        "ballots/voters.html", process=process, form=form, areas=areas,
        by_area=queries.turnout_by_area(request.session, process.id),
        by_day=queries.turnout_by_day(request.session, process.id),
        batches=queries.batches_of(request.session, process.id),
        may_edit=may_edit, keeps_form=may_edit,
    )


@routes("/office/processes/{slug}/voters/letters", "office_letters", methods=("POST",))
def print_letters(request: Request) -> Response:
    """The codes just made, as letters to print or as a table."""
    process = office_process(request, Permission.EDIT_ROLL)
    found = letters.unseal(request, process, request.value("codes"))
    if found is None:
        raise Gone("batch.gone")
    batch, printed = found
    if request.value("as") == "csv":
        _ = request.reader._
        text = letters.as_csv(printed, (_("Code"), _("Link")))
        return Response(
            text, media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="codes-{batch.id}.csv"'},
        )
    words = [
        letters.words(request.site.reader(language, zone=request.council.time_zone), process,
                      request.council)
        for language in request.council.languages
    ]
    return request.page(
        "ballots/letters.html", process=process, batch=batch, letters=printed, words=words,
        address=request.full_link("vote", slug=process.slug), keeps_form=False,
    )


@routes("/office/processes/{slug}/voters/void", "office_void_batch", methods=("POST",))
def void_batch(request: Request) -> Response:
    """Ask a second official to make a batch of codes void."""
    process = office_process(request, Permission.EDIT_ROLL)
    number = request.value("batch")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound("batch.unknown")
    request.run(services.ask_void_batch, process.id, int(number), request.value("reason")[:500])
    request.notify("batch.void_asked")
    return request.redirect("office_voters", slug=process.slug, anchor="batches")
