"""Commands about people: signing in, roles and invitations, acts that take two."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from pb.access.permissions import Permission
from pb.access.policy import LEAD, ROLES, require
from pb.accounts import checks, queries
from pb.accounts.models import Invitation, Person, Role, SignInLink
from pb.core import security
from pb.core.audit import AuditRow
from pb.core.errors import Conflict, Gone, Invalid
from pb.core.security import Secrets
from pb.core.work import Work, command
from pb.notifications.models import Message
from pb.notifications.services import tell

LINK_LENGTH = timedelta(hours=1)
INVITATION_LENGTH = timedelta(days=14)
MOST_WRONG_CODES = 5


def link_token(keys: Secrets, link: SignInLink) -> str:
    """What stands in the mailed link. Only the secret key makes it from the row."""
    return keys.sign("sign-in", [link.id, link.nonce])


def link_code(keys: Secrets, link: SignInLink) -> str:
    """The code to type where the link does not work."""
    return keys.code("sign-in-code", link.id, link.nonce)


def invitation_token(keys: Secrets, invitation: Invitation) -> str:
    return keys.sign("invitation", [invitation.id, invitation.nonce])


def invitation_code(keys: Secrets, invitation: Invitation) -> str:
    return keys.code("invitation-code", invitation.id, invitation.nonce)


def new_person(
    work: Work, name: str, email: str | None, language: str, *, invented: bool = False
) -> Person:
    """Add a person, inside another command."""
    person = Person(
        name=name, email=email.strip().lower() if email else None, language=language,
        invented=invented, made_at=work.now,
    )
    work.session.add(person)
    work.session.flush()
    return person


def new_link(work: Work, person_id: int, length: timedelta = LINK_LENGTH) -> SignInLink:
    """Add a single-use way in, inside another command."""
    link = SignInLink(
        person_id=person_id, nonce=secrets.token_hex(16), made_at=work.now,
        ends_at=work.now + length, wrong_codes=0,
    )
    work.session.add(link)
    work.session.flush()
    return link


def give_role(work: Work, person_id: int, role: str, process_id: int | None) -> None:
    """Add a role, inside another command; once."""
    held = work.session.scalar(
        select(Role.id).where(
            Role.person_id == person_id, Role.role == role, Role.taken_at.is_(None),
            Role.process_id.is_(None) if process_id is None else Role.process_id == process_id,
        )
    )
    if held is None:
        work.session.add(
            Role(person_id=person_id, role=role, process_id=process_id, given_at=work.now,
                 given_by=work.actor.person_id)
        )
        work.session.flush()


@command()
def ask_for_link(work: Work, email: str) -> int | None:
    """Mail a sign-in link to whoever has this address; the id of the link, None for a stranger.

    The answer on the page is the same in both cases: who has an account is nobody's business.
    """
    require(work, Permission.SIGN_IN)
    person = queries.person_by_email(work.session, email)
    if person is None or person.email is None:
        return None
    link = new_link(work, person.id)
    tell(work, "sign_in", email=person.email, language=person.language, person_id=person.id,
         link_id=link.id)
    work.about("person", person.id)
    return link.id


@command()
def sign_in_by_link(work: Work, token: str, visit: str, old_session: str | None) -> str:
    """Use up a sign-in link; the new session's cookie. ``visit`` is the page's one-time key: its
    button pressed twice signs in once and answers twice. Errors: Gone."""
    require(work, Permission.SIGN_IN)
    value = work.site.secrets.unsign("sign-in", token)
    link = work.session.get(SignInLink, value[0]) if value else None
    if link is None or value[1] != link.nonce:
        raise Gone("link.unknown")
    return _use_link(work, link, visit, old_session)


@command()
def sign_in_by_code(
    work: Work, link_id: int, code: str, visit: str, old_session: str | None
) -> str:
    """Use up a sign-in link by its typed code. Errors: Gone, Invalid("code.wrong")."""
    require(work, Permission.SIGN_IN)
    link = work.session.get(SignInLink, link_id)
    if link is None or link.wrong_codes >= MOST_WRONG_CODES:
        raise Gone("link.unknown")
    if security.read_code(code) != link_code(work.site.secrets, link):
        raise Invalid("code.wrong")
    return _use_link(work, link, visit, old_session)


@command(audited=False)
def count_wrong_code(work: Work, link_id: int) -> None:
    """A wrong try counts, also though the try itself was rolled back."""
    require(work, Permission.SIGN_IN)
    work.connection.execute(
        update(SignInLink).where(SignInLink.id == link_id)
        .values(wrong_codes=SignInLink.wrong_codes + 1)
    )


def _use_link(work: Work, link: SignInLink, visit: str, old_session: str | None) -> str:
    # Made again from the same visit, so that it need not be kept anywhere for a second press.
    token = work.site.secrets.tag("session", "sign-in", link.id, link.nonce, visit)
    if visit and security.find_session(work.connection, token, work.now):
        return token
    if link.ends_at <= work.now:
        raise Gone("link.expired")
    used = work.connection.execute(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
        .values(used_at=work.now)
    )
    if not used.rowcount:
        raise Gone("link.used", at=link.used_at)
    work.about("person", link.person_id)
    return security.open_session(work, old_session, person_id=link.person_id, token=token)


def invite(
    work: Work, process_id: int | None, name: str, email: str, language: str, role: str
) -> int:
    """Invite somebody by mail to a role, inside another command. Errors: Conflict, Invalid."""
    if role not in ROLES:
        raise Invalid("role.unknown", field="role")
    address = email.strip().lower()
    waiting = work.session.scalar(
        select(Invitation.id).where(
            Invitation.email == address, Invitation.role == role,
            Invitation.process_id == process_id, Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None), Invitation.ends_at > work.now,
        )
    )
    if waiting is not None:
        raise Conflict("invitation.waiting", field="email")
    invitation = Invitation(
        name=name, email=address, language=language, process_id=process_id, role=role,
        nonce=secrets.token_hex(16), made_at=work.now, made_by=work.actor.person_id,
        ends_at=work.now + INVITATION_LENGTH,
    )
    work.session.add(invitation)
    work.session.flush()
    tell(work, "invitation", email=address, language=language, invitation_id=invitation.id)
    work.about("invitation", invitation.id, scope=process_id, role=role)
    return invitation.id


def withdraw_invitation(work: Work, process_id: int | None, invitation_id: int) -> None:
    """Take an invitation back before it was accepted, inside another command."""
    invitation = work.session.get(Invitation, invitation_id)
    if invitation is None or invitation.process_id != process_id:
        raise Invalid("invitation.foreign")
    if invitation.accepted_at is not None:
        raise Conflict("invitation.accepted")
    invitation.withdrawn_at = work.now
    work.about("invitation", invitation_id, scope=invitation.process_id)


@command()
def accept_invitation(work: Work, token: str, visit: str, old_session: str | None) -> str:
    """Take up a role by the mailed link; the session's cookie. Errors: Gone."""
    require(work, Permission.ACCEPT_INVITATION)
    value = work.site.secrets.unsign("invitation", token)
    invitation = work.session.get(Invitation, value[0]) if value else None
    if invitation is None or invitation.nonce != value[1]:
        raise Gone("link.unknown")
    session = work.site.secrets.tag("session", "invitation", invitation.id, invitation.nonce, visit)
    if visit and security.find_session(work.connection, session, work.now):
        return session
    if invitation.accepted_at is not None:
        raise Gone("link.used", at=invitation.accepted_at)
    if invitation.withdrawn_at is not None:
        raise Gone("invitation.withdrawn")
    if invitation.ends_at <= work.now:
        raise Gone("link.expired")
    person = queries.person_by_email(work.session, invitation.email) or new_person(
        work, invitation.name, invitation.email, invitation.language
    )
    invitation.accepted_at = work.now
    give_role(work, person.id, invitation.role, invitation.process_id)
    _tell_role(work, "role_given", person, invitation.role, invitation.process_id)
    work.about("invitation", invitation.id, scope=invitation.process_id, person=person.id,
               role=invitation.role)
    return security.open_session(work, old_session, person_id=person.id, token=session)


def take_role(work: Work, process_id: int | None, role_id: int) -> None:
    """Take a role from somebody, at once and in every browser, inside another command.

    The last lead official stays. Errors: Conflict.
    """
    role = work.session.get(Role, role_id)
    if role is None or role.process_id != process_id or role.taken_at is not None:
        raise Conflict("role.gone")
    if role.role == LEAD:
        others = [one for one, _ in queries.roles_in(work.session, process_id)
                  if one.role == LEAD and one.id != role_id]
        if not others:
            raise Conflict("role.last_lead")
    role.taken_at = work.now
    security.end_sessions_of(work, role.person_id)
    _tell_role(work, "role_taken", work.session.get_one(Person, role.person_id), role.role,
               process_id)
    work.about("role", role_id, scope=process_id, person=role.person_id, role=role.role)


def _tell_role(
    work: Work, kind: str, person: Person, role: str, process_id: int | None
) -> None:
    if person.email:
        tell(work, kind, email=person.email, language=person.language, person_id=person.id,
             name=person.name, role=role, process_id=process_id)


def details_of(work: Work, person_id: int) -> dict[str, Any]:
    """Name, address and language of a person, for a mail."""
    person = work.session.get_one(Person, person_id)
    return {"name": person.name, "email": person.email, "language": person.language}


@command()
def erase_account(work: Work, keep_posts: bool) -> None:
    """Forget whoever is signed in: name, address, links and sessions go, and what each feature
    keeps of them. The row stays, empty, since acts of other people point at it.

    Errors: Conflict for whoever holds a task for the council.
    """
    require(work, Permission.ERASE_ACCOUNT)
    person = work.session.get_one(Person, work.actor.person_id)
    if work.session.scalar(
        select(Role.id).where(Role.person_id == person.id, Role.taken_at.is_(None)).limit(1)
    ):
        raise Conflict("account.holds_task")
    for forget in checks.ERASERS:
        forget(work, person.id, keep_posts)
    work.session.execute(delete(SignInLink).where(SignInLink.person_id == person.id))
    work.session.execute(update(Message).where(Message.person_id == person.id).values(email=""))
    work.session.execute(
        update(AuditRow).where(AuditRow.person_id == person.id).values(actor="")
    )
    security.end_sessions_of(work, person.id)
    person.name, person.email = "", None
    work.actor = replace(work.actor, name="")
    work.about("person", person.id, keeps_posts=keep_posts)


@command()
def join(work: Work, name: str, email: str, language: str) -> int:
    """Mail a way in to a resident, who gets an account by it if they had none; the link's id.

    The answer is the same for both: who has an account is nobody's business.
    """
    require(work, Permission.SIGN_IN)
    person = queries.person_by_email(work.session, email) or new_person(
        work, name, email, language
    )
    link = new_link(work, person.id)
    tell(work, "sign_in", email=str(person.email), language=person.language,
         person_id=person.id, link_id=link.id)
    work.about("person", person.id)
    return link.id
