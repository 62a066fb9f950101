"""Reading translations: the queue, one text, and who translated what readers see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.core.errors import NotFound
from pb.processes.models import Process
from pb.processes.queries import the_council
from pb.projects.models import Project
from pb.translations.models import Translation
from pb.translations.owners import PROCESS_FIELDS, PROJECT_FIELDS
from pb.translations.rules import Kept, Unit, units_of
from pb.translations.subjects import OWNERS, Owner

_KEPT = (
    Translation.kind, Translation.subject_id, Translation.field, Translation.source_language,
    Translation.language, Translation.state, Translation.text, Translation.source_digest,
    Translation.translated_by, Translation.translator, Translation.translated_at,
    Translation.checked_at, Translation.version,
)


def units(session: Session, process: Process) -> list[Unit]:
    """Every text of a process in every language that is not its source, in the queue's order."""
    languages = the_council(session).languages
    kept: dict[tuple[str, int, str], dict[str, Kept]] = {}
    for row in session.execute(select(*_KEPT).where(Translation.process_id == process.id)):
        kind, subject_id, field, *rest = row
        one = Kept(*rest)
        kept.setdefault((kind, subject_id, field), {})[one.language] = one
    return [
        unit
        for owner in OWNERS.values()
        for item in owner.items(session, process)
        for unit in units_of(
            owner.kind, item, languages, kept.get((owner.kind, item.subject_id, item.field), {})
        )
    ]


def unit_of(
    session: Session, process: Process, kind: str, subject_id: str, field: str, language: str
) -> tuple[Owner, Unit]:
    """One text by the parts of its address. Errors: NotFound."""
    owner = OWNERS.get(kind)
    known = subject_id.isascii() and subject_id.isdecimal() and len(subject_id) < 10
    if owner is not None and known:
        wanted = f"{kind}/{int(subject_id)}/{field}/{language}"
        for unit in units(session, process):
            if unit.key == wanted:
                return owner, unit
    raise NotFound("translation.gone")


@dataclass(frozen=True)
class Credit:
    """Who put what readers see into their language."""

    source_language: str
    translator: str
    at: datetime
    checked: bool


def credits(
    session: Session, kind: str, subject_id: int, language: str,
    texts: Mapping[str, Mapping[str, str]],
) -> list[Credit]:
    """Who translated these fields as they stand now, each person once, the newest first.

    ``texts``: the owner's fields. What officials wrote over a translation bears no name.
    """
    rows = session.execute(
        select(Translation.field, Translation.source_language, Translation.translator,
               Translation.translated_at, Translation.checked_at, Translation.text)
        .where(Translation.kind == kind, Translation.subject_id == subject_id,
               Translation.language == language, Translation.state != "draft")
        .order_by(Translation.translated_at.desc())
    ).all()
    found: dict[tuple[str, str], Credit] = {}
    for row in rows:
        if texts.get(row.field, {}).get(language) == row.text:
            key = (row.source_language, row.translator)
            earlier = found.get(key)
            checked = row.checked_at is not None and (earlier is None or earlier.checked)
            found[key] = Credit(
                row.source_language, row.translator,
                earlier.at if earlier else row.translated_at, checked,
            )
    return list(found.values())


def credits_of_project(session: Session, project: Project, language: str) -> list[Credit]:
    """Who translated what readers see of a project."""
    texts = {field: getattr(project, field) for field in PROJECT_FIELDS}
    return credits(session, "project", project.id, language, texts)


def credits_of_process(session: Session, process: Process, language: str) -> list[Credit]:
    """Who translated what readers see of a process."""
    texts = {field: getattr(process, field) for field in PROCESS_FIELDS}
    return credits(session, "process", process.id, language, texts)


def counts(found: Sequence[Unit]) -> dict[str, int]:
    """How many texts there are in each state."""
    numbers: dict[str, int] = {}
    for unit in found:
        numbers[unit.state] = numbers.get(unit.state, 0) + 1
    return numbers
