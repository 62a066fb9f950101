"""What can be reported: each feature registers its own kind, and how to hide and show it.

Moderation comes before proposals and comments and knows them only by this registry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pb.core.i18n import N_
from pb.core.work import Work
from pb.processes.models import Process


@dataclass(frozen=True)
class Content:
    """What a moderator looks at: the words as they stand now, and pictures (key, description)."""

    title: str
    words: tuple[str, ...] = ()
    language: str = ""
    pictures: tuple[tuple[str, str], ...] = ()


def never(session: Session, row: Any, process: Process, now: datetime) -> str:
    return ""


@dataclass(frozen=True)
class Subject:
    """One kind. ``row`` is whatever ``load`` gives; the other functions take it.

    ``protected`` says why a report never hides it ("ballot", "statement", "decision"), or nothing.
    ``author`` gives the ids of everybody who wrote it. ``link`` gives a page's name and parameters.
    """

    kind: str
    named: N_
    load: Callable[[Session, int], Any]
    """The row by its id, None where there is none to be seen (a draft, one taken back)."""
    process_id: Callable[[Session, Any], int]
    hidden: Callable[[Any], bool]
    hide: Callable[[Work, Any], None]
    show: Callable[[Work, Any], None]
    words: Callable[[Session, Any], Content]
    link: Callable[[Session, Any, Process], tuple[str, dict[str, Any]]]
    author: Callable[[Session, Any], Sequence[int]]
    protected: Callable[[Session, Any, Process, datetime], str] = never


SUBJECTS: dict[str, Subject] = {}


def register(subject: Subject) -> Subject:
    """Make a kind reportable."""
    if subject.kind in SUBJECTS:
        raise ValueError(f"two subjects are named {subject.kind}")
    SUBJECTS[subject.kind] = subject
    return subject
