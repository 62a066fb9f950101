"""Who only looks on and tries to act is refused; it stands in the log, and who leads is told.

The web calls ``note`` on each refusal. What one person presses again and again within a minute is
one row, and a session keeps only so many, so that nobody fills the log.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from deliberation.panels.queries import jury_of
from deliberation.room.models import Refusal
from deliberation.sessions.doors import guest
from deliberation.sessions.queries import todays_session
from deliberation.sessions.services import the_session, topic
from pb.access.permissions import Permission
from pb.access.policy import require, roles_of
from pb.core import live
from pb.core.errors import AppError
from pb.core.web import Request
from pb.core.work import SYSTEM, Work, command
from pb.processes.queries import process_by_slug

LOOKING = ("observer", "official", "witness", "evaluator", "wall")
"""Screens that act on nothing in the room, but for a witness's own answers."""
MOST = 200
"""So many are kept of a session."""
APART = timedelta(minutes=1)


@command()
def keep_refusal(work: Work, session_id: int, role: str, name: str, what: str) -> None:
    """Keep what somebody tried who may not, for the log and for who leads."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_JOBS)
    work.session.add(Refusal(session_id=session.id, at=work.now, role=role[:20], name=name[:200],
                             what=what[:200]))
    live.touch(work, topic(session.id))
    work.about("session", session.id, scope=process.id, refused=what[:200], by=name[:200],
               role=role[:20])


@command()
def see_refusals(work: Work, session_id: int) -> None:
    """Who leads has read what was refused."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    work.session.execute(
        update(Refusal).where(Refusal.session_id == session.id, Refusal.seen_at.is_(None))
        .values(seen_at=work.now))
    live.touch(work, topic(session.id))
    work.about("session", session.id, scope=process.id)


def unseen_refusals(session: Session, session_id: int) -> list[Refusal]:
    """What who leads has not read yet, the newest first."""
    return list(session.scalars(
        select(Refusal).where(Refusal.session_id == session_id, Refusal.seen_at.is_(None))
        .order_by(Refusal.id.desc())))


def note(request: Request) -> None:
    """Something was refused: keep it, if it was tried in a jury's room or on its pages."""
    found = _of_a_screen(request) or _of_a_person(request)
    if found is None:
        return
    session_id, role, name = found
    act = request.value("act")[:40] if request.posted else ""
    what = f"{request.inner.url.path} {act}".strip()[:200]
    if not _enough(request, session_id, role, name, what):
        try:
            request.site.work.run(keep_refusal, SYSTEM, session_id, role, name, what)
        except AppError:  # the database is busy: the refusal itself stands
            return


def _of_a_screen(request: Request) -> tuple[int, str, str] | None:
    """A screen that only looks, at an address of the room."""
    if not request.inner.url.path.startswith("/room/"):
        return None
    found = guest(request)
    if found is None or not found.screen.acts or found.role not in LOOKING:
        return None
    session_id = todays_session(request.session, found.jury.id)
    return (session_id, found.role, found.screen.room_pass.name) if session_id else None


def _of_a_person(request: Request) -> tuple[int, str, str] | None:
    """Somebody of the office who may look at this jury and not lead it, and pressed something."""
    path = request.inner.url.path
    if not request.posted or not path.startswith("/office/processes/") or "/jury" not in path:
        return None
    process = process_by_slug(request.session, request.params.get("slug", ""))
    jury = jury_of(request.session, process.id) if process is not None else None
    if process is None or jury is None or not request.can(Permission.SEE_JURY, process):
        return None
    if request.can(Permission.RUN_SESSION, process):
        return None
    session_id = todays_session(request.session, jury.id)
    roles = sorted(roles_of(request.actor, process) - {"person", "anyone"})
    return (session_id, roles[0] if roles else "", request.actor.name) if session_id else None


def _enough(request: Request, session_id: int, role: str, name: str, what: str) -> bool:
    """Whether this was noted a moment ago already, or the session has very many."""
    db = request.session
    again = db.scalar(select(Refusal.id).where(
        Refusal.session_id == session_id, Refusal.role == role, Refusal.name == name,
        Refusal.what == what, Refusal.at > request.now - APART).limit(1))
    return again is not None or (db.scalar(
        select(func.count()).select_from(Refusal).where(Refusal.session_id == session_id)
    ) or 0) >= MOST
