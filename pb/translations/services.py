"""Commands on translations: write one, check one, bring in a table."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process
from pb.translations import checks as checks  # registers what the vote waits for
from pb.translations import erasure as erasure  # registers what is forgotten with a person
from pb.translations import owners as owners  # registers the texts of processes and projects
from pb.translations import queries
from pb.translations import words as words
from pb.translations.models import Translation
from pb.translations.rules import Unit
from pb.translations.subjects import OWNERS, Owner
from pb.translations.tables import Line


def _process(work: Work, process_id: int) -> Process:
    process = work.session.get(Process, process_id)
    if process is None:
        raise NotFound("process.not_found")
    return process


def _unit(work: Work, process: Process, key: str) -> tuple[Owner, Unit]:
    parts = key.split("/")
    if len(parts) != 4:
        raise NotFound("translation.gone")
    return queries.unit_of(work.session, process, *parts)


@command()
def save(
    work: Work, process_id: int, key: str, text: str, state: str, source_digest: str, version: int
) -> None:
    """Keep a translation as ``draft``, or put it where readers see it (``done``).

    ``source_digest`` and ``version`` are of what the translator had before their eyes.
    Errors: NotFound, Invalid("translation.empty", "translation.too_long",
    "translation.source_changed", "translation.taken"), Conflict("translation.locked").
    """
    process = _process(work, process_id)
    require(work, Permission.TRANSLATE, process)
    owner, unit = _unit(work, process, key)
    if unit.source_digest != source_digest:
        raise Invalid("translation.source_changed", field="text")
    if unit.version != version:
        by = unit.kept.translator if unit.kept else ""
        raise Invalid("translation.taken", field="text", by=by)
    _save(work, process, owner, unit, text, state)
    work.about("translation", unit.item.subject_id, scope=process.id, key=key, state=state)


def _save(
    work: Work, process: Process, owner: Owner, unit: Unit, text: str, state: str
) -> None:
    if not text:
        raise Invalid("translation.empty", field="text")
    if len(text) > unit.item.most:
        raise Invalid(
            "translation.too_long", field="text", most=unit.item.most,
            over=len(text) - unit.item.most,
        )
    if state not in ("draft", "done"):
        raise Invalid("translation.state")
    if not owner.may_change(process, work.now):
        raise Conflict("translation.locked")
    row = _row(work, unit)
    if row is None:
        row = Translation(
            process_id=process.id, kind=unit.kind, subject_id=unit.item.subject_id,
            field=unit.item.field, language=unit.language, version=0,
        )
        work.session.add(row)
    row.source_language, row.source_digest = unit.source_language, unit.source_digest
    row.state, row.text, row.version = state, text, (row.version or 0) + 1
    row.translated_by, row.translator = work.actor.person_id, work.actor.name
    row.translated_at, row.checked_by, row.checked_at = work.now, None, None
    if state == "done":
        owner.write(
            work, process, unit.item.subject_id, unit.item.field, unit.language, text
        )
    work.session.flush()


def _row(work: Work, unit: Unit) -> Translation | None:
    return work.session.scalar(
        select(Translation).where(
            Translation.kind == unit.kind, Translation.subject_id == unit.item.subject_id,
            Translation.field == unit.item.field, Translation.language == unit.language,
        )
    )


@command()
def check(work: Work, process_id: int, key: str, version: int) -> None:
    """A second person has read a finished translation and found it right.

    Errors: NotFound, Conflict("translation.not_done"), Invalid("translation.taken"),
    NotAllowed("translation.same_person").
    """
    process = _process(work, process_id)
    require(work, Permission.TRANSLATE, process)
    _owner, unit = _unit(work, process, key)
    row = _row(work, unit)
    if row is None or unit.state != "done":
        raise Conflict("translation.not_done")
    if row.version != version:
        raise Invalid("translation.taken", field="text", by=row.translator)
    if row.translated_by == work.actor.person_id:
        raise NotAllowed("translation.same_person")
    row.state, row.version = "checked", row.version + 1
    row.checked_by, row.checked_at = work.actor.person_id, work.now
    work.about("translation", unit.item.subject_id, scope=process.id, key=key)


@command()
def bring_in(work: Work, process_id: int, lines: Sequence[Line]) -> int:
    """Take the lines of a table that were found sound; how many texts changed by it.

    Everything or nothing: what has changed since the table was looked at refuses it. Errors:
    Conflict("translation.table_old").
    """
    process = _process(work, process_id)
    require(work, Permission.TRANSLATE, process)
    known = {unit.key: unit for unit in queries.units(work.session, process)}
    number = 0
    for line in lines:
        unit = known.get(line.key)
        if unit is None or not unit.source_digest.startswith(line.mark):
            raise Conflict("translation.table_old")
        if unit.text == line.text and unit.state in (line.state, "checked", "own"):
            continue
        _save(work, process, OWNERS[unit.kind], unit, line.text, line.state)
        number += 1
    work.about("process", process.id, scope=process.id, texts=number)
    return number
