"""A locked statement can be reported and is never hidden by it: what a jury locked is its own word,
and a moderator looks at it at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from deliberation.panels.models import Jury
from deliberation.statements.models import Statement
from pb.core.i18n import N_
from pb.core.work import Work
from pb.moderation.subjects import Content, Subject, register
from pb.processes.models import Process
from pb.projects.models import Project


def _load(session: Session, id: int) -> Statement | None:
    """Only what is locked: until then facts are disputed on its own page."""
    found = session.get(Statement, id)
    return found if found is not None and found.state == "locked" else None


def _process_id(session: Session, row: Statement) -> int:
    return int(session.get_one(Jury, row.jury_id).process_id)


def _texts(value: Any) -> Iterable[str]:
    """Every text in the sections, however deep it stands."""
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _words(session: Session, row: Statement) -> Content:
    title = session.get_one(Project, row.project_id).title
    words = (*_texts(row.sections), *(text for note in row.notes for text in _texts(note.text)))
    return Content(f"{row.project_number}. {next(iter(title.values()), '')}", tuple(words),
                   next(iter(title), ""))


def _link(session: Session, row: Statement, process: Process) -> tuple[str, dict[str, Any]]:
    return "statement", {"slug": process.slug, "number": row.project_number}


def _never(work: Work, row: Statement) -> None:
    raise RuntimeError("a jury's statement is not hidden by moderation")


def _nobody(session: Session, row: Statement) -> Sequence[int]:
    return ()


def _protected(session: Session, row: Statement, process: Process, now: datetime) -> str:
    return "statement"


register(
    Subject(
        kind="statement", named=N_("A jury’s page about a project"), load=_load,
        process_id=_process_id, hidden=lambda row: False, hide=_never, show=_never, words=_words,
        link=_link, author=_nobody, protected=_protected,
    )
)
