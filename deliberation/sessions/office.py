"""What every office page about one session begins with."""

from __future__ import annotations

from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.sessions import queries
from deliberation.sessions.models import JurySession
from pb.access.permissions import Permission
from pb.core.errors import NotFound
from pb.core.web import Request
from pb.processes.models import Process


def the_session(
    request: Request, permission: Permission = Permission.SEE_JURY
) -> tuple[Process, Jury, JurySession]:
    """The session of the address. Errors: NotFound."""
    process, jury = the_office_jury(request, permission)
    number = request.params["number"]
    known = number.isascii() and number.isdecimal() and len(number) < 4
    found = queries.session_by_number(request.session, jury.id, int(number)) if known else None
    if found is None:
        raise NotFound("session.unknown")
    return process, jury, found


def number_of(text: str) -> int:
    """A number that a form sent, or -1, which is nothing's."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
