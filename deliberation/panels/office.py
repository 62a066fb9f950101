"""What every office page about a jury begins with, also those of its sessions."""

from __future__ import annotations

from deliberation.panels.models import Jury
from deliberation.panels.queries import jury_of
from pb.access.permissions import Permission
from pb.core.errors import NotFound
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.office import office_process


def office_jury(
    request: Request, permission: Permission = Permission.SEE_JURY
) -> tuple[Process, Jury | None]:
    """The process of the address and its jury, if it has one."""
    process = office_process(request, permission)
    return process, jury_of(request.session, process.id)


def the_office_jury(
    request: Request, permission: Permission = Permission.SEE_JURY
) -> tuple[Process, Jury]:
    """The same where there must be one. Errors: NotFound."""
    process, jury = office_jury(request, permission)
    if jury is None:
        raise NotFound("jury.unknown")
    return process, jury
