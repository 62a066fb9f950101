"""The translators' queue, one text, and the table out and in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from pb.access.permissions import Permission
from pb.core.i18n import LANGUAGES
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt, office_process
from pb.translations import queries, services, tables
from pb.translations.forms import TableForm, TranslationForm
from pb.translations.rules import STATES, TO_DO, Unit
from pb.translations.subjects import LINE, OWNERS
from pb.translations.words import STATE_NAMES, language_name

routes = Routes()
BOTH = ("GET", "POST")
PAGE_LENGTH = 40
SHOWN_FAULTS = 200


def chosen(request: Request, found: Sequence[Unit]) -> tuple[list[Unit], dict[str, str]]:
    """The units that the address asks for, and its filters."""
    state = request.query.get("state", "todo")
    state = state if state in (*STATES, "todo", "all") else "todo"
    language = request.query.get("to", "")
    language = language if language in LANGUAGES else ""
    kind = request.query.get("of", "")
    kind = kind if kind in OWNERS else ""
    wanted = TO_DO if state == "todo" else STATES if state == "all" else (state,)
    return [
        unit for unit in found
        if unit.state in wanted and (not language or unit.language == language)
        and (not kind or unit.kind == kind)
    ], {"state": state, "to": language, "of": kind}


def address(process: Process, unit: Unit) -> dict[str, str]:
    return {
        "slug": process.slug, "kind": unit.kind, "id": str(unit.item.subject_id),
        "field": unit.item.field, "language": unit.language,
    }


def shown(request: Request, unit: Unit) -> dict[str, Any]:
    """A unit with its words in the reader's language."""
    owner = OWNERS[unit.kind]
    say = request.reader.say
    return {
        "unit": unit, "where": unit.item.where, "what": say(owner.named),
        "field": say(owner.field_name(unit.item.field)), "state": say(STATE_NAMES[unit.state]),
        "source_language": language_name(request.reader, unit.source_language),
        "language": language_name(request.reader, unit.language),
    }


@routes("/office/processes/{slug}/translations", "office_translations")
def queue(request: Request) -> Response:
    """What waits to be translated, and how far everything is."""
    process = office_process(request, Permission.TRANSLATE)
    found = queries.units(request.session, process)
    rows, wanted = chosen(request, found)
    last = max(1, -(-len(rows) // PAGE_LENGTH))
    typed = request.query.get("page", "1")
    plain = typed.isascii() and typed.isdecimal() and len(typed) < 6
    page = min(last, max(1, int(typed) if plain else 1))
    return request.page(
        "translations/queue.html", process=process, all=len(found), total=len(rows),
        counts=queries.counts(found), wanted=wanted, states=STATES,
        names={state: request.reader.say(words) for state, words in STATE_NAMES.items()},
        languages={one: language_name(request.reader, one)
                   for one in request.council.languages},
        kinds={kind: request.reader.say(owner.named) for kind, owner in OWNERS.items()},
        rows=[
            shown(request, unit)
            | {"href": request.link("office_translation", **address(process, unit), **wanted)}
            for unit in rows[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
        ],
        page=page, last=last,
        base=request.link("office_translations", slug=process.slug, **wanted),
        table=request.link("office_translations_table", slug=process.slug, **wanted),
    )


@routes("/office/processes/{slug}/translations/{kind}/{id}/{field}/{language}",
        "office_translation", methods=BOTH)
def one(request: Request) -> Response:
    """One text beside its translation."""
    process = office_process(request, Permission.TRANSLATE)
    names = ("kind", "id", "field", "language")
    owner, unit = queries.unit_of(
        request.session, process, *(request.params[name] for name in names)
    )
    _, wanted = chosen(request, ())
    if request.posted and request.value("do") == "check":
        version = request.value("version")
        request.run(
            services.check, process.id, unit.key,
            int(version) if version.isascii() and version.isdecimal() else -1,
        )
        request.notify("translation.checked")
        return request.redirect("office_translations", slug=process.slug, **wanted)
    form = request.form(TranslationForm, text=unit.text)
    draft = request.value("do") == "draft"

    def act() -> None:
        version = form.version.data or ""
        request.run(
            services.save, process.id, unit.key, form.text.data, "draft" if draft else "done",
            form.digest.data or "", int(version) if version.isdecimal() else -1,
        )

    if attempt(request, form, act):
        return onward(request, process, unit, wanted, stay=draft)
    return request.page(
        "translations/one.html", process=process, form=form, keeps_form=True,
        **shown(request, unit), long=unit.item.most > LINE,
        locked=not owner.may_change(process, request.now),
        may_check=unit.state == "done" and unit.kept is not None
        and unit.kept.translated_by != request.actor.person_id,
        back=request.link("office_translations", slug=process.slug, **wanted),
        rest=len(chosen(request, queries.units(request.session, process))[0]),
    )


def onward(
    request: Request, process: Process, unit: Unit, wanted: dict[str, str], *, stay: bool
) -> Response:
    """To the next text of the same list, or back to the list when a draft was put aside."""
    if stay:
        request.notify("translation.saved")
        return request.redirect("office_translations", slug=process.slug, **wanted)
    # Read again: the list has changed by what was just saved.
    with request.site.database.reading() as session:
        found, _ = chosen(request, queries.units(session, process))
        keys = [one.key for one in queries.units(session, process)]
    here = keys.index(unit.key) if unit.key in keys else -1
    places = {key: place for place, key in enumerate(keys)}
    following = next((one for one in found if places[one.key] > here), None)
    if following is None:
        following = next((one for one in found if one.key != unit.key), None)
    if following is None or wanted["state"] not in ("todo", *TO_DO):
        request.notify("translation.all_done" if following is None else "translation.saved")
        return request.redirect("office_translations", slug=process.slug, **wanted)
    request.notify("translation.saved")
    return request.redirect("office_translation", **address(process, following), **wanted)


# -- the table -------------------------------------------------------------------------------


def headings(request: Request) -> dict[str, str]:
    """A heading, in small letters and in any language, to its column."""
    readers = [request.site.reader(language) for language in LANGUAGES]
    return {
        reader.say(words).lower(): name
        for name, words in tables.COLUMNS.items() for reader in readers
    }


def state_words(request: Request) -> dict[str, str]:
    readers = [request.site.reader(language) for language in LANGUAGES]
    return {
        reader.say(words).lower(): state
        for state, words in tables.STATE_WORDS.items() for reader in readers
    }


@routes("/office/processes/{slug}/translations.csv", "office_translations_table")
def table(request: Request) -> Response:
    """The list as a table, to be translated elsewhere and brought back."""
    process = office_process(request, Permission.TRANSLATE)
    rows, _ = chosen(request, queries.units(request.session, process))
    reader = request.reader
    text = tables.written(
        (
            (unit, f"{reader.plain(unit.item.where)}: "
                   f"{reader.say(OWNERS[unit.kind].field_name(unit.item.field))}")
            for unit in rows
        ),
        [reader.say(words) for words in tables.COLUMNS.values()],
        {state: reader.say(words) for state, words in tables.STATE_WORDS.items()},
        {language: language_name(reader, language) for language in LANGUAGES},
    )
    name = f"{process.slug}-translations.csv"
    return Response(
        b"\xef\xbb\xbf" + text.encode(), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


@routes("/office/processes/{slug}/translations/table", "office_translations_import", methods=BOTH)
def bring_in(request: Request) -> Response:
    """A table brought back: what is wrong is said line by line, and nothing is taken in by halves
    unless the translator asks for it."""
    process = office_process(request, Permission.TRANSLATE)
    form = request.form(TableForm)
    faults: list[tables.Fault] = []
    lines: list[tables.Line] = []
    read = False
    if request.posted:
        sent = form.table.data
        if not isinstance(sent, UploadFile) or not sent.filename:
            form.refuse("table", "table.no_file")
        else:
            sent.file.seek(0)
            units = {unit.key: unit for unit in queries.units(request.session, process)}
            lines, faults = tables.read(
                sent.file.read(tables.LARGEST + 1), units, headings(request), state_words(request)
            )
            read = True
            if not lines and not faults:
                form.refuse("table", "table.nothing")
            elif lines and (not faults or form.sound_only.data):
                request.run(services.bring_in, process.id, lines)
                if not faults:
                    request.notify("translation.taken_in")
                    return request.redirect("office_translations", slug=process.slug)
    taken = len(lines) if read and faults and form.sound_only.data else 0
    return request.page(
        "translations/table.html", status=422 if faults else None, process=process, form=form,
        keeps_form=True, read=read, sound=len(lines), taken=taken, all_faults=len(faults),
        faults=[
            (fault.line, request.reader.sentence(fault.code, **fault.parameters))
            for fault in faults[:SHOWN_FAULTS]
        ],
    )
