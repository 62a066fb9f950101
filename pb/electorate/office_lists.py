"""Officials' pages of lists: bring a table, look at it and at what is wrong, put it on the roll."""

from __future__ import annotations

import csv
import io
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from pb.access.permissions import Permission
from pb.ballots import letters
from pb.ballots.models import AccessCode
from pb.ballots.services import link_token
from pb.core.errors import AppError, Gone, NotFound
from pb.core.forms import choices
from pb.core.security import spaced
from pb.core.web import Request
from pb.electorate import lists, queries
from pb.electorate.forms import PutForm, UploadForm
from pb.electorate.models import Upload
from pb.electorate.paths import routes
from pb.electorate.reading import ListError, Table, read_table
from pb.electorate.rules import COLUMNS, NEEDED, guess_columns
from pb.processes.models import Process
from pb.processes.office import office_process

SHOWN_LINES, SHOWN_FAULTS = 5, 50
MOST_LETTERS = 2000


@routes("/office/processes/{slug}/electorate/lists/new", "office_list_new",
        methods=("GET", "POST"))
def new_list(request: Request) -> Response:
    """Bring a table of voters. Nothing is on the roll yet."""
    process = office_process(request, Permission.EDIT_ROLL)
    form = request.form(UploadForm)
    if request.posted and form.validate():
        sent = form.file.data
        assert isinstance(sent, UploadFile)
        content = sent.file.read()
        try:
            table = read_table(content)
        except ListError as error:
            form.refuse("file", error.code, **error.parameters)
        else:
            columns = guess_columns(form.kind.data, table.head)
            upload_id = request.run(
                lists.keep_list, process.id, form.kind.data, sent.filename or "CSV",
                lists.pack(request.site.secrets, content), columns,
            )
            return request.redirect("office_list", slug=process.slug, id=upload_id)
    return request.page("electorate/list_new.html", process=process, form=form, keeps_form=False)


def the_upload(request: Request, process: Process) -> Upload:
    number = request.params["id"]
    known = number.isascii() and number.isdecimal() and len(number) < 10
    upload = request.session.get(Upload, int(number)) if known else None
    if upload is None or upload.process_id != process.id:
        raise NotFound("list.unknown")
    return upload


def put_form(request: Request, process: Process, upload: Upload, table: Table) -> PutForm:
    """The form with a choice of column for each thing that can be read."""
    from wtforms import SelectField

    _ = request.reader._
    labels = {
        "identifier": _("Identifier"), "area": _("Area"), "email": _("Mail address"),
        "speaks": _("Language of the mail"), "address": _("Address"),
        "voters": _("Number of voters"),
    }
    heads = [(str(number), words or str(number + 1)) for number, words in enumerate(table.head)]

    class Columns(PutForm):
        pass

    for name in COLUMNS[upload.kind]:
        none = [] if name == NEEDED[upload.kind] else [("", _("Not in this file"))]
        setattr(Columns, f"column_{name}", SelectField(
            labels[name], choices=choices(none + heads)))
    kept = dict(upload.columns)
    form = request.form(
        Columns, default=str(kept.pop("default", "")), basis=upload.basis,
        **{f"column_{name}": str(number) for name, number in kept.items()},
    )
    own = [area for area in process.areas if not area.whole]
    form.default.choices = (
        [("", _("Are faulty"))] if own else []
    ) + [(str(area.id), request.reader.plain(area.name)) for area in own] + [
        ("all", _("Vote on everything"))
    ]
    return form


def chosen_columns(form: PutForm, kind: str) -> dict[str, int]:
    return {
        name: int(form[f"column_{name}"].data)
        for name in COLUMNS[kind] if (form[f"column_{name}"].data or "").isdecimal()
    }


@routes("/office/processes/{slug}/electorate/lists/{id}", "office_list", methods=("GET", "POST"))
def one_list(request: Request) -> Response:
    """A list: as it was read, what is wrong line by line, and the button that puts it on the
    roll; later how far that is."""
    process = office_process(request, posting=Permission.EDIT_ROLL)
    upload = the_upload(request, process)
    may_edit = request.can(Permission.EDIT_ROLL, process)
    if request.posted and request.value("do") == "discard":
        request.run(lists.discard_list, process.id, upload.id)
        request.notify("list.discarded")
        return request.redirect("office_electorate", slug=process.slug)
    if upload.state not in ("checked", "asked") or upload.content is None or not may_edit:
        return request.page("electorate/list.html", process=process, upload=upload, table=None,
                            may_edit=may_edit, keeps_form=False, most_letters=MOST_LETTERS)
    table = read_table(lists.unpack(request.site.secrets, upload.content))
    form = put_form(request, process, upload, table)
    sound = not request.posted or form.validate()
    columns = chosen_columns(form, upload.kind)
    checked = queries.checked_upload(
        request.site.secrets, process, upload, columns, form.default.data or "")
    if request.posted and sound and request.value("do") == "put":
        done = put(request, process, upload, form, columns, checked)
        if done:
            request.notify("list.put" if done == "started" else "list.asked")
            return request.redirect("office_list", slug=process.slug, id=upload.id)
    return request.page(
        "electorate/list.html", process=process, upload=upload, table=table, form=form,
        checked=checked, faults=checked.faults[:SHOWN_FAULTS], may_edit=True, keeps_form=True,
        first=table.lines[:SHOWN_LINES], columns=[f"column_{one}" for one in COLUMNS[upload.kind]],
        is_open=process.phase_kind(request.now) == "voting",
        mails=sum(1 for line in checked.lines if line.email), most_letters=MOST_LETTERS,
    )


def put(
    request: Request, process: Process, upload: Upload, form: PutForm, columns: dict[str, int],
    checked: Any,
) -> str:
    """Put the list on the roll, or say beside the fields why not."""
    if not form.basis.data:
        form.refuse("basis", "list.basis_needed")
    if not form.not_full_register.data:
        form.refuse("not_full_register", "list.rule_read")
    if checked.faults and not form.leave_out.data:
        form.refuse("leave_out", "list.faults_left")
    if form.errors:
        return ""
    try:
        return str(request.run(
            lists.put_list, process.id, upload.id, columns, form.default.data or "",
            form.basis.data, len(checked.lines), len(checked.faults),
        ))
    except AppError as error:
        if error.code != "list.nothing_sound":
            raise
        form.refuse("default", error.code)
        return ""


@routes("/office/processes/{slug}/electorate/lists/{id}/faults", "office_list_faults")
def faults(request: Request) -> Response:
    """All faulty lines as a table to work through."""
    process = office_process(request, Permission.EDIT_ROLL)
    upload = the_upload(request, process)
    if upload.content is None:
        raise Gone("list.file_gone")
    columns = {
        name: int(request.query[f"column_{name}"]) for name in COLUMNS[upload.kind]
        if request.query.get(f"column_{name}", "").isdecimal()
    }
    checked = queries.checked_upload(
        request.site.secrets, process, upload, columns or None, request.query.get("default"))
    _ = request.reader._
    rows = [
        [str(one.number), request.reader.sentence(one.code, **one.parameters)]
        for one in checked.faults
    ]
    return as_csv([[_("Line"), _("What is wrong")], *rows], f"faults-{upload.id}.csv")


@routes("/office/processes/{slug}/electorate/lists/{id}/letters", "office_list_letters",
        methods=("POST",))
def list_letters(request: Request) -> Response:
    """The codes of a list for the printer: as a table with its own lines, or as letters."""
    process = office_process(request, Permission.EDIT_ROLL)
    upload = the_upload(request, process)
    if upload.content is None or upload.state != "done":
        raise Gone("list.file_gone")
    keys = request.site.secrets
    made = queries.codes_of_upload(request.session, keys, process, upload,
                                   with_mail=bool(request.value("all")))
    areas = {area.id: request.reader.plain(area.name) for area in process.areas}
    links = [
        request.full_link("vote_link", slug=process.slug, token=link_token(
            keys, AccessCode(id=one.code_id, nonce=one.nonce)))
        for one in made
    ]
    _ = request.reader._
    if request.value("as") == "letters":
        words = [
            letters.words(request.site.reader(language, zone=request.council.time_zone), process,
                          request.council)
            for language in request.council.languages
        ]
        return request.page(
            "ballots/letters.html", process=process, batch=upload, words=words,
            letters=[letters.Letter(spaced(one.code), link)
                     for one, link in list(zip(made, links, strict=True))[:MOST_LETTERS]],
            address=request.full_link("vote", slug=process.slug), keeps_form=False,
        )
    head = [_("Address") if upload.kind == "households" else _("Identifier"), _("Area"),
            _("Code"), _("Link")]
    return as_csv(
        [head, *([guarded(one.key), areas.get(one.area_id or 0, ""), spaced(one.code), link]
                 for one, link in zip(made, links, strict=True))],
        f"letters-{upload.id}.csv",
    )


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell[:1] in "=+-@\t" else cell


def as_csv(rows: list[list[str]], name: str) -> Response:
    """A table to download; with a byte order mark, which spreadsheets want."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return Response(
        "\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
