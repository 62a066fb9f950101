"""What can be translated: each feature registers the texts of its own that carry their language.

Translations come before proposals and their assessment and know them only by this registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pb.access.policy import BEFORE_VOTE
from pb.core.database import Model
from pb.core.errors import NotFound
from pb.core.i18n import N_
from pb.core.work import Work
from pb.processes.models import Process

Texts = Mapping[str, str]
LINE = 300
"""A text whose most is no more than this is one line."""


@dataclass(frozen=True)
class Item:
    """One text as it stands now. ``where`` says where readers find it: {"en": "3. A bench"}."""

    subject_id: int
    field: str
    where: Texts
    texts: Texts
    most: int
    first: str = ""
    """The language it was written in, where that is known."""


@dataclass(frozen=True)
class Owner:
    """One kind of thing that has texts.

    ``named``: "A project". ``fields`` names each field, also those whose names begin alike
    (``cost_12``). ``write`` puts a translation where readers find it. ``may_change`` says whether
    it may be changed at this time of the process.
    """

    kind: str
    named: N_
    fields: Mapping[str, N_]
    items: Callable[[Session, Process], Iterable[Item]]
    write: Callable[[Work, Process, int, str, str, str], None]
    may_change: Callable[[Process, datetime], bool]

    def field_name(self, field: str) -> N_:
        return self.fields.get(field) or self.fields[field.rsplit("_", 1)[0]]


OWNERS: dict[str, Owner] = {}


def register(owner: Owner) -> Owner:
    """Make a kind's texts translatable. The order is that of the queue."""
    if owner.kind in OWNERS:
        raise ValueError(f"two owners of texts are named {owner.kind}")
    OWNERS[owner.kind] = owner
    return owner


def before_the_vote(process: Process, now: datetime) -> bool:
    """What stands on a ballot is not changed once people vote on it."""
    return process.phase_kind(now) in BEFORE_VOTE


def always(process: Process, now: datetime) -> bool:
    return True


def writer(model: type[Model], process_id: Callable[[Any], int]) -> Callable[..., None]:
    """The ``write`` of a table whose columns hold ``{"en": ..., "cy": ...}``."""

    def write(
        work: Work, process: Process, subject_id: int, field: str, language: str, text: str
    ) -> None:
        row = work.session.get(model, subject_id)
        if row is None or process_id(row) != process.id or not hasattr(row, field):
            raise NotFound("translation.gone")
        # A new dictionary: the ORM sees no change inside the old one.
        setattr(row, field, {**getattr(row, field), language: text})

    return write
