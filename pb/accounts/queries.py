"""Reading people, roles and what waits for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from pb.accounts.models import (
    Act,
    Authenticator,
    Invitation,
    Person,
    RecoveryCode,
    Role,
    SignInLink,
)
from pb.core import security
from pb.core.web import Request
from pb.core.work import NOBODY, Actor


def actor_of(request: Request) -> Actor:
    """Who a request's session stands for."""
    if not request.token:
        return NOBODY
    row = security.glance_session(request.site.database, request.token, request.now)
    if row is None:
        return NOBODY
    passes = {int(scope): int(one) for scope, one in row.passes.items()}
    if row.person_id is None:
        return Actor(passes=passes)
    found = actor_for(request.session, row.person_id, passes, row.second_at)
    if found.keyed and row.second_at is None:
        return Actor(passes=passes)  # half signed in: the second proof is still to come
    return found


def half_signed_in(request: Request) -> int | None:
    """The person whose link was used and whose second proof is still to come."""
    if not request.token or request.actor.person_id is not None:
        return None
    row = security.find_session(request.connection, request.token, request.now)
    return row.person_id if row is not None else None


def keys_of(session: Session, person_id: int) -> list[Authenticator]:
    """The passkeys and code apps of a person, the oldest first."""
    return list(session.scalars(
        select(Authenticator)
        .where(Authenticator.person_id == person_id, Authenticator.removed_at.is_(None))
        .order_by(Authenticator.id)
    ))


def recovery_codes_left(session: Session, person_id: int) -> int:
    return session.scalar(
        select(func.count()).select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    ) or 0


def keyed_among(session: Session, process_id: int) -> list[Person]:
    """Those with a role in a process or in the installation who have a key."""
    having = select(Authenticator.person_id).where(Authenticator.removed_at.is_(None))
    return list(session.scalars(
        select(Person)
        .where(Person.id.in_(having), Person.id.in_(
            select(Role.person_id).where(
                (Role.process_id == process_id) | Role.process_id.is_(None),
                Role.taken_at.is_(None))))
        .order_by(Person.id)
    ))


def first_key_at(session: Session) -> datetime | None:
    """Since when somebody in this installation has a passkey or code app."""
    return session.scalar(
        select(Authenticator.made_at).where(Authenticator.removed_at.is_(None))
        .order_by(Authenticator.made_at).limit(1)
    )


def actor_for(
    session: Session, person_id: int, passes: dict[int, int] | None = None,
    second_at: datetime | None = None,
) -> Actor:
    """A person with the roles they hold now, and whether they have a second proof of who they
    are."""
    having_a_key = exists().where(
        Authenticator.person_id == Person.id, Authenticator.removed_at.is_(None)
    )
    rows = session.execute(
        select(Person.name, having_a_key, Role.role, Role.process_id)
        .outerjoin(Role, (Role.person_id == Person.id) & Role.taken_at.is_(None))
        .where(Person.id == person_id)
    ).all()
    if not rows:
        raise NoResultFound
    return Actor(
        person_id, rows[0][0], frozenset((role, scope) for _, _, role, scope in rows if role),
        passes or {}, keyed=rows[0][1], second_at=second_at,
    )


def person_by_email(session: Session, email: str) -> Person | None:
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def live_link(session: Session, link_id: int, now: datetime) -> SignInLink | None:
    link = session.get(SignInLink, link_id)
    return link if link and link.used_at is None and link.ends_at > now else None


def roles_in(session: Session, process_id: int | None) -> list[tuple[Role, Person]]:
    """Who holds which role in a process (or, with None, in the installation)."""
    rows = session.execute(
        select(Role, Person)
        .join(Person, Person.id == Role.person_id)
        .where(Role.process_id.is_(None) if process_id is None else Role.process_id == process_id,
               Role.taken_at.is_(None))
        .order_by(Role.id)
    ).all()
    return [(role, person) for role, person in rows]


def people_with(session: Session, process_id: int, roles: Collection[str]) -> list[Person]:
    """Who holds one of the roles in a process or in the installation, and has an address."""
    found = {
        person.id: person
        for scope in (process_id, None)
        for role, person in roles_in(session, scope)
        if role.role in roles and person.email
    }
    return [found[one] for one in sorted(found)]


def invitations_in(session: Session, process_id: int | None) -> list[Invitation]:
    """Invitations that nobody has accepted or withdrawn."""
    return list(
        session.scalars(
            select(Invitation)
            .where(
                Invitation.process_id.is_(None) if process_id is None
                else Invitation.process_id == process_id,
                Invitation.accepted_at.is_(None),
                Invitation.withdrawn_at.is_(None),
            )
            .order_by(Invitation.id)
        )
    )


def waiting_acts(session: Session, process_ids: list[int]) -> list[tuple[Act, Person]]:
    """Acts that wait for a second official, with who asked for them."""
    rows = session.execute(
        select(Act, Person)
        .join(Person, Person.id == Act.asked_by)
        .where(Act.process_id.in_(process_ids), Act.open_key.is_not(None))
        .order_by(Act.id)
    ).all()
    return [(act, person) for act, person in rows]
