"""What every office page about a process begins with, also those of later features."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pb.access.permissions import Permission
from pb.access.policy import refusal
from pb.core.errors import AppError, NotFound, SignInNeeded
from pb.core.forms import Form
from pb.core.web import Request
from pb.processes.forms import NameForm as NameForm
from pb.processes.models import Process
from pb.processes.queries import process_by_slug
from pb.processes.shown import Row as Row
from pb.processes.shown import dates_changed as dates_changed
from pb.processes.shown import rule_changed as rule_changed


def require_office(request: Request, permission: Permission, subject: Process | None) -> None:
    """Refuse whoever may not see an office page; strangers are asked to sign in first."""
    if request.can(permission, subject):
        return
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    raise refusal(request.actor, permission, subject)


def office_process(
    request: Request, permission: Permission = Permission.SEE_OFFICE,
    posting: Permission | None = None,
) -> Process:
    """The process of the address, for whoever has a role in it. Errors: NotFound, NotAllowed.

    ``posting``: what its forms ask for, where that is more than seeing the page. It is asked
    before the form is read: whoever may not send it is told so, not what is wrong in it.
    """
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    process = process_by_slug(request.session, request.params["slug"])
    if not request.can(Permission.SEE_OFFICE, process):
        raise NotFound("process.not_found")
    require_office(request, permission, process)
    if posting is not None and request.posted:
        require_office(request, posting, process)
    return process


def attempt(request: Request, form: Form, act: Callable[[], Any]) -> bool:
    """Do it if the form is sound; a refusal goes beside its field. True when it was done."""
    if not request.posted or not form.validate():
        return False
    try:
        act()
    except AppError as error:
        field = error.parameters.pop("field", None)
        if error.status == 403 or not (isinstance(field, str) and field in form):
            if error.status == 422 and field is None:
                form.form_errors.append(request.reader.sentence(error.code, **error.parameters))
                return False
            raise
        form.refuse(field, error.code, **error.parameters)
        return False
    return True
