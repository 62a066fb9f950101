"""What every office page about a process begins with, also those of later features."""

from __future__ import annotations

from pb.access.permissions import Permission
from pb.core.errors import NotAllowed, NotFound, SignInNeeded
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.queries import process_by_slug


def require_office(request: Request, permission: Permission, subject: Process | None) -> None:
    """Refuse whoever may not see an office page; strangers are asked to sign in first."""
    if request.can(permission, subject):
        return
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    raise NotAllowed("access.not_you")


def office_process(request: Request, permission: Permission = Permission.SEE_OFFICE) -> Process:
    """The process of the address, for whoever has a role in it. Errors: NotFound, NotAllowed."""
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    process = process_by_slug(request.session, request.params["slug"])
    if not request.can(Permission.SEE_OFFICE, process):
        raise NotFound("process.not_found")
    require_office(request, permission, process)
    return process
