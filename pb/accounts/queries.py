"""Reading people, roles and what waits for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.accounts.models import Act, Invitation, Person, Role, SignInLink
from pb.core import security
from pb.core.web import Request
from pb.core.work import NOBODY, Actor


def actor_of(request: Request) -> Actor:
    """Who a request's session stands for."""
    if not request.token:
        return NOBODY
    row = security.find_session(request.connection, request.token, request.now)
    if row is None:
        return NOBODY
    passes = {int(scope): int(one) for scope, one in row.passes.items()}
    if row.person_id is None:
        return Actor(passes=passes)
    return actor_for(request.session, row.person_id, passes)


def actor_for(session: Session, person_id: int, passes: dict[int, int] | None = None) -> Actor:
    """A person with the roles they hold now."""
    person = session.get_one(Person, person_id)
    grants = session.execute(
        select(Role.role, Role.process_id).where(
            Role.person_id == person_id, Role.taken_at.is_(None)
        )
    ).all()
    return Actor(
        person_id, person.name, frozenset((role, scope) for role, scope in grants), passes or {}
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
