"""What a juror missed who was away from a session: on their own phone, and on paper.

They may comment on what was tested without them, and do not vote on it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from deliberation.allocation.queries import allocation_of, missed_by
from deliberation.evidence.models import EvidenceItem
from deliberation.evidence.queries import library
from deliberation.notes import services as notes
from deliberation.notes.models import Note
from deliberation.notes.queries import wall_notes
from deliberation.notes.services import NoteValue, Place
from deliberation.panels.models import Juror, Jury
from deliberation.panels.queries import sitting
from deliberation.sessions import queries
from deliberation.sessions.doors import Guest, the_juror
from deliberation.sessions.models import AgendaItem, JurySession, Seat
from deliberation.sessions.office import number_of, the_session
from deliberation.statements.models import Statement, StatementVersion
from deliberation.statements.rules import texts
from pb.access.permissions import Permission
from pb.core.errors import AppError, Invalid, NotAllowed
from pb.core.i18n import N_
from pb.core.web import Request, Routes
from pb.projects.queries import project_rows

routes = Routes()


@dataclass(frozen=True)
class Written:
    """What a page about a project said when the session was over, and in which version."""

    project_number: int
    version: int
    lines: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Missed:
    """A session that is over: its parts, the notes on its wall, the evidence that it heard, the
    projects that it tested, and the pages that it wrote."""

    session: JurySession
    parts: Sequence[AgendaItem]
    wall: Sequence[Note]
    evidence: Sequence[EvidenceItem]
    tested: Sequence[int]
    written: Sequence[Written]


def missed(session: Session, jury: Jury, one: JurySession) -> Missed:
    """What there is to catch up with of a session that is over."""
    parts = [item for item in one.items if item.started_at is not None]
    return Missed(
        one, parts, wall_notes(session, one.id),
        [item for item in library(session, jury.id).items if item.session_number == one.number],
        [row.project_number for row in allocation_of(session, jury.id)
         if row.session_number == one.number],
        _written(session, jury, parts),
    )


def _written(session: Session, jury: Jury, parts: Sequence[AgendaItem]) -> list[Written]:
    """The last version of each page that was saved while these parts ran."""
    ends = [one.ended_at for one in parts if one.ended_at is not None]
    begun = [one.started_at for one in parts if one.started_at is not None]
    if not ends:
        return []
    last: dict[int, Written] = {}
    for number, version in session.execute(
        select(Statement.project_number, StatementVersion)
        .join(StatementVersion, StatementVersion.statement_id == Statement.id)
        .where(Statement.jury_id == jury.id, StatementVersion.saved_at >= min(begun),
               StatementVersion.saved_at <= max(ends))
        .order_by(Statement.project_number, StatementVersion.version)
    ):
        last[number] = Written(number, version.version, texts(version.sections))
    return list(last.values())


def missed_sessions(session: Session, jury: Jury, juror_id: int) -> list[JurySession]:
    """The sessions that are over in which a juror was not."""
    numbers = missed_by(session, jury.id, [juror_id])[juror_id]
    return [one for one in queries.sessions_of(session, jury.id) if one.number in numbers]


@dataclass(frozen=True)
class Away:
    """How many sessions a juror missed, and the projects that were tested in them."""

    sessions: int = 0
    unseen: frozenset[int] = frozenset()


def away_of(session: Session, jury: Jury) -> dict[int, Away]:
    """By juror's id, for their own screens; a reserve misses nothing, who only listens."""
    people = [one.id for one in sitting(jury.jurors) if not one.reserve]
    tested = allocation_of(session, jury.id)
    return {
        juror: Away(len(numbers), frozenset(
            one.project_number for one in tested if one.session_number in numbers))
        for juror, numbers in missed_by(session, jury.id, people).items()
    }


@routes("/room/missed", "room_missed", methods=("GET", "POST"))
def own(request: Request) -> Response:
    """A juror reads what they missed, and comments on what was tested without them."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    guest, juror = found
    packs = [missed(request.session, guest.jury, one)
             for one in missed_sessions(request.session, guest.jury, juror.id)]
    session_id = _running(request, guest)
    unseen = [number for pack in packs for number in pack.tested]
    problem = ""
    if request.posted:
        try:
            _comment(request, guest, juror, session_id, unseen)
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            request.notify("missed.commented")
            return request.redirect("room_missed")
    return request.page(
        "missed/room.html", status=422 if problem else None, process=guest.process,
        jury=guest.jury, packs=packs, titles=_titles(request, guest.process.id), unseen=unseen,
        problem=problem, which=number_of(request.value("project")), typed=request.value("text"),
        may=guest.screen.acts and session_id is not None and not juror.reserve, nav=[],
        keeps_form=True,
    )


def _running(request: Request, guest: Guest) -> int | None:
    """Today's session, while it runs."""
    session_id = queries.todays_session(request.session, guest.jury.id)
    one = request.session.get(JurySession, session_id) if session_id is not None else None
    return one.id if one is not None and one.state == "running" else None


def _comment(
    request: Request, guest: Guest, juror: Juror, session_id: int | None, unseen: Sequence[int]
) -> None:
    """A note to the juror's table in the running session. Errors: AppError."""
    number = number_of(request.value("project"))
    if session_id is None or number not in unseen:
        raise NotAllowed("access.not_you")
    words = request.value("text").strip()
    if not words:
        raise Invalid("note.empty")
    seat = request.session.get(Seat, (session_id, juror.id))
    text = request.reader.say(N_("Project %(number)s, which I did not see: %(comment)s"),
                              number=number, comment=words)
    request.site.work.run(
        notes.write_note, guest.actor, session_id,
        Place(table=seat.table_number if seat is not None else None, juror_id=juror.id),
        NoteValue(client_id=secrets.token_hex(16), text=text, language=request.reader.language,
                  visibility="table"),
        once=request.value("once") or None,
    )


def _titles(request: Request, process_id: int) -> dict[int, Any]:
    return {one.number: one.title for one in project_rows(request.session, process_id)}


@routes("/office/processes/{slug}/jury/sessions/{number}/missed", "office_missed")
def printed(request: Request) -> Response:
    """The same on paper, for jurors without a phone; and who was away."""
    process, jury, session = the_session(request, Permission.RUN_SESSION)
    jurors = [one for one in sitting(jury.jurors) if not one.reserve]
    gone = missed_by(request.session, jury.id, [one.id for one in jurors])
    return request.page(
        "missed/print.html", process=process, jury=jury, session=session,
        away=[one for one in jurors if session.number in gone[one.id]],
        pack=missed(request.session, jury, session) if session.state == "ended" else None,
        titles=_titles(request, process.id),
    )
