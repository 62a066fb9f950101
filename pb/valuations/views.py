"""What the pages of the assessment show, put into the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.core.i18n import Reader
from pb.core.web import Request
from pb.processes.models import Process
from pb.projects.models import Project
from pb.valuations import rules
from pb.valuations.models import Valuation, ValuationChange
from pb.valuations.queries import PublicRow, QueueRow, Triaged
from pb.valuations.words import CHANGE_WORDS, PART_WORDS, QUADRANT_WORDS, say_part


def in_its_language(reader: Reader, words: str, language: str) -> str:
    """What a resident wrote, marked where it is not in the reader's language."""
    if language == reader.language:
        return words
    return Markup('<span lang="{}">{}</span>').format(language, words)


def queue_row(request: Request, process: Process, row: QueueRow) -> dict[str, Any]:
    areas = {area.id: area.name for area in process.areas}
    return {
        "row": row,
        "title": in_its_language(request.reader, row.title, row.language),
        "area": request.reader.text(areas.get(row.area_id or 0)),
        "overdue": rules.is_overdue(row.due_at, row.state, request.now),
        "mine": row.assigned_to is not None and row.assigned_to == request.actor.person_id,
    }


def changes(
    request: Request, process: Process, found: Sequence[ValuationChange],
    names: Mapping[int, str],
) -> list[dict[str, Any]]:
    """Who did what and when, with each part before and after, in words."""
    reader = request.reader

    def said(name: str, value: Any) -> str:
        return say_part(reader, name, value, process.currency, names)

    return [
        {
            "at": one.at, "name": one.name, "role": one.role, "kind": one.kind,
            "what": reader.say(CHANGE_WORDS[one.kind]), "reason": one.reason,
            "parts": [
                (reader.say(PART_WORDS[name]), said(name, one.before.get(name)),
                 said(name, value))
                for name, value in one.after.items()
            ],
        }
        for one in found
    ]


def public_history(
    request: Request, process: Process, valuation: Valuation
) -> list[dict[str, Any]]:
    """What everybody may see of what happened: the decisions and what was changed after them."""
    return changes(request, process, [one for one in valuation.history if one.public], {})


def public_row(
    request: Request, process: Process, row: PublicRow,
    projects: Mapping[int, tuple[int, dict[str, str]]],
) -> dict[str, Any]:
    """A decided idea; what passed bears its project's title, which is translated."""
    areas = {area.id: area.name for area in process.areas}
    number, title = projects.get(row.project_id or 0, (None, {}))
    own = request.reader.text(title) if title.get(request.reader.language) else ""
    return {
        "row": row,
        "title": own or in_its_language(request.reader, row.title, row.language),
        "answer": in_its_language(request.reader, row.answer, row.answer_language),
        "area": request.reader.text(areas.get(row.area_id or 0)),
        "project": number,
    }


def projects_by_id(session: Session, process_id: int) -> dict[int, tuple[int, dict[str, str]]]:
    """Number and title of every project of a process, by its id."""
    rows = session.execute(
        select(Project.id, Project.number, Project.title).where(
            Project.process_id == process_id
        )
    )
    return {project_id: (number, title) for project_id, number, title in rows}


def points(rows: Sequence[Triaged]) -> list[tuple[int, int, str]]:
    """Where the picture's dots stand, and the numbers beside each: several may share a place."""
    places: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        across = 40 + int((row.effort.median - 1) * 56)
        down = 320 - int((row.impact.median - 1) * 56)
        places.setdefault((across, down), []).append(row.number)
    return [
        (x, y, ", ".join(map(str, numbers[:3])) + (" …" if len(numbers) > 3 else ""))
        for (x, y), numbers in sorted(places.items())
    ]


def quadrant_words(request: Request) -> dict[str, str]:
    return {name: request.reader.say(words) for name, words in QUADRANT_WORDS.items()}
