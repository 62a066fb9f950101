"""What a pack holds: the parts, by table, with the votes and drafts that stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.drafts.queries import DraftView, drafts_of
from deliberation.paper import rules
from deliberation.paper.models import PackPrint
from deliberation.sessions.models import AgendaItem
from deliberation.sessions.queries import Room, TableView
from deliberation.votes.models import Poll


@dataclass(frozen=True)
class Sheet:
    """One part for one table. ``ends_at``: at this table, which may alone have more time;
    ``polls``: what its slips are about, empty ones if nothing yet."""

    item: AgendaItem
    ends_at: datetime | None
    kind: str
    polls: Sequence[Poll | None]
    drafts: Sequence[DraftView]


@dataclass(frozen=True)
class Pack:
    """A session's parts on paper. ``whole``: all that are left; else this one and the next."""

    parts: Sequence[AgendaItem]
    whole: bool
    tables: Sequence[tuple[TableView, Sequence[Sheet]]]

    @property
    def covers(self) -> str:
        return "" if self.whole else " ".join(str(one.id) for one in self.parts)


def pack_of(session: Session, room: Room, languages: Sequence[str], whole: bool) -> Pack:
    """What to print now."""
    left = [row.item for row in room.rows if row.state in ("now", "next", "later")]
    parts = left if whole else [one for one in (room.current, room.following) if one is not None]
    open_polls = session.scalars(
        select(Poll).where(Poll.session_id == room.session.id, Poll.closed_at.is_(None))
    ).all()
    kinds = {one.kind for one in parts}
    drafts = (
        drafts_of(session, room.jury.id, languages) if kinds & {"pressure", "draft"} else []
    )
    return Pack(
        parts, whole,
        [(view, [_sheet(room, one, view, open_polls, drafts) for one in parts])
         for view in room.tables],
    )


def _sheet(
    room: Room, item: AgendaItem, table: TableView, polls: Sequence[Poll],
    drafts: Sequence[DraftView],
) -> Sheet:
    own = room.own_end(table) if item is room.current else None
    mine = item.kind == "draft"
    return Sheet(
        item, own or item.ends_at, rules.SHEETS.get(item.kind, "notes"),
        [one for one in polls if one.kind == item.kind] or [None],
        [one for one in drafts
         if one.draft.state == "draft"
         and (one.draft.table_number == table.table.number) is mine],
    )


@dataclass(frozen=True)
class Printed:
    """The last pack and how it stands: good, last, old, or none where nothing was printed."""

    last: PackPrint | None
    state: str


def printed(session: Session, room: Room) -> Printed:
    """Whether the tables could go on by paper if everything failed now."""
    last = session.get(PackPrint, room.session.id)
    if last is None:
        return Printed(None, "none")
    covers = {int(one) for one in last.covers.split()}
    return Printed(last, rules.held(
        room.current.id if room.current else None, room.following.id if room.following else None,
        covers, last.whole,
    ))


def parts_by_id(room: Room) -> Mapping[int, AgendaItem]:
    return {row.item.id: row.item for row in room.rows}
