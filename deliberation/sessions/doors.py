"""Who stands behind a screen in the room: what every page of a screen begins with."""

from __future__ import annotations

from dataclasses import dataclass

from deliberation.panels.models import Juror, Jury
from deliberation.sessions import queries
from deliberation.sessions.queries import Screen
from pb.core.errors import NotAllowed
from pb.core.web import Request
from pb.core.work import Actor
from pb.processes.models import Process

COOKIE = "room"


@dataclass(frozen=True)
class Guest:
    """A device that came in by a code. ``actor`` is whom it acts for: its role in this process,
    and in nothing else; a screen whose place has moved to another device acts for nobody."""

    screen: Screen
    process: Process
    jury: Jury
    juror: Juror | None
    actor: Actor

    @property
    def role(self) -> str:
        return self.screen.room_pass.role

    @property
    def table(self) -> int | None:
        """The number of its table, where the screen is a table's own."""
        return self.screen.room_pass.table_number


def screen(request: Request) -> Screen | None:
    """The device's pass, if it has one."""
    return queries.screen_of(
        request.session, request.site.secrets, request.inner.cookies.get(COOKIE, "")
    )


def actor_of(found: Screen, process: Process, juror: Juror | None) -> Actor:
    """Whom a screen acts for."""
    if not found.acts:
        return Actor()
    role = found.room_pass.role
    name = f"{role} {found.room_pass.table_number or (juror.number if juror else '')}".strip()
    return Actor(name=name, grants=frozenset({(role, process.id)}))


def guest(request: Request) -> Guest | None:
    """The device with its jury and process; None without a pass."""
    found = screen(request)
    if found is None:
        return None
    jury = request.session.get_one(Jury, found.room_pass.jury_id)
    process = request.session.get_one(Process, jury.process_id)
    juror = next((one for one in jury.jurors if one.id == found.room_pass.juror_id), None)
    return Guest(found, process, jury, juror, actor_of(found, process, juror))


def the_juror(request: Request) -> tuple[Guest, Juror] | None:
    """The same for what only a juror's own screen may do; None without a pass.

    Errors: NotAllowed for every other screen.
    """
    found = guest(request)
    if found is None:
        return None
    if found.juror is None:
        raise NotAllowed("access.not_you")
    return found, found.juror
