"""Projects can be reported and are never hidden by it: officials chose them, voters trust them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pb.core.i18n import N_
from pb.core.work import Work
from pb.moderation.subjects import Content, Subject, register
from pb.processes.models import Process
from pb.projects.models import Project


def _load(session: Session, id: int) -> Project | None:
    return session.get(Project, id)


def _protected(session: Session, row: Project, process: Process, now: datetime) -> str:
    return "ballot" if process.phase_kind(now) == "voting" else "decision"


def _words(session: Session, row: Project) -> Content:
    parts = (row.summary, row.body, row.place, row.reason)
    words = tuple(text for part in parts for text in part.values() if text)
    title = next(iter(row.title.values()), "")
    pictures = ((row.picture, next(iter(row.picture_alt.values()), "")),) if row.picture else ()
    return Content(f"{row.number}. {title}", words, next(iter(row.title), ""), pictures)


def _link(session: Session, row: Project, process: Process) -> tuple[str, dict[str, Any]]:
    return "project", {"slug": process.slug, "number": row.number}


def _never(work: Work, row: Project) -> None:
    raise RuntimeError("a project is not hidden by moderation")


def _nobody(session: Session, row: Project) -> Sequence[int]:
    return ()


register(
    Subject(
        kind="project", named=N_("A project"), load=_load,
        process_id=lambda session, row: int(row.process_id), hidden=lambda row: False,
        hide=_never, show=_never, words=_words, link=_link, author=_nobody, protected=_protected,
    )
)
