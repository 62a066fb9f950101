"""Commands of the office that concern a process and its people."""

from __future__ import annotations

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts import lost_keys, twofold
from pb.accounts import services as accounts
from pb.accounts.queries import roles_in
from pb.core.errors import Conflict
from pb.core.work import Work, command
from pb.processes.models import Process


@command()
def invite(
    work: Work, process_id: int, name: str, email: str, language: str, role: str
) -> int:
    """Invite somebody by mail to a role in a process; the invitation's id."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.INVITE, process)
    return accounts.invite(work, process.id, name, email, language, role)


@command()
def withdraw_invitation(work: Work, process_id: int, invitation_id: int) -> None:
    """Take an invitation back before it was accepted."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.INVITE, process)
    accounts.withdraw_invitation(work, process.id, invitation_id)


@command()
def take_role(work: Work, process_id: int, role_id: int) -> None:
    """Take a role from somebody, at once and in every browser."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.INVITE, process)
    accounts.take_role(work, process.id, role_id)


@command()
def ask_reset_keys(work: Work, process_id: int, person_id: int, reason: str) -> int:
    """Ask a second official to take away the lost keys of somebody with a role here."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.CONFIRM_ACT, process)
    work.about("person", person_id, scope=process_id)
    here = {
        person.id for scope in (process.id, None) for _, person in roles_in(work.session, scope)
    }
    if person_id not in here:
        raise Conflict("keys.none")
    return lost_keys.ask_reset(work, process, person_id, reason)


@command()
def confirm_act(work: Work, process_id: int, act_id: int) -> None:
    """A second person confirms what another asked for; it is done in this transaction."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.CONFIRM_ACT, process)
    twofold.confirm(work, process, act_id)


@command()
def decline_act(work: Work, process_id: int, act_id: int, reason: str) -> None:
    """Say no to what another asked for, or take back what one asked for oneself."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.CONFIRM_ACT, process)
    twofold.decline(work, process, act_id, reason)
