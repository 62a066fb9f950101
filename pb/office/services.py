"""Commands of the office that concern a process and its people."""

from __future__ import annotations

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts import services as accounts
from pb.accounts import twofold
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
