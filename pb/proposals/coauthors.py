"""Commands on co-authors: invited by mail, they write once they accept."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts.models import Person
from pb.accounts.queries import person_by_email
from pb.accounts.services import new_person
from pb.core import security
from pb.core.errors import Conflict, Gone, Invalid, NotAllowed
from pb.core.security import Secrets
from pb.core.work import Work, command
from pb.notifications.services import tell
from pb.proposals import drafts, queries, rules
from pb.proposals.models import CoAuthor, Proposal

INVITATION_LENGTH = timedelta(days=14)


def invitation_token(keys: Secrets, invited: CoAuthor) -> str:
    """What stands in the mailed link. Only the secret key makes it from the row."""
    return keys.sign("co-author", [invited.id, invited.nonce])


@command()
def invite_co_author(work: Work, proposal_id: int, name: str, email: str) -> int:
    """Invite somebody to write with the author. Errors: NotAllowed, Conflict, Invalid."""
    process = drafts.process_of(work, proposal_id)
    require(work, Permission.EDIT_PROPOSAL, process)
    proposal = work.session.get_one(Proposal, proposal_id)
    if proposal.author_id is None or proposal.author_id != work.actor.person_id:
        raise NotAllowed("idea.not_yours")
    if proposal.state != "published":
        raise Conflict("idea.not_open")
    address = email.strip().lower()
    author = work.session.get_one(Person, proposal.author_id)
    if address == author.email:
        raise Invalid("coauthor.self", field="email")
    known = [
        one for one in queries.co_authors(work.session, proposal_id)
        if one.accepted_at or (one.declined_at is None and one.ends_at > work.now)
    ]
    if any(one.email == address for one in known):
        raise Invalid("coauthor.twice", field="email")
    if len(known) >= rules.MOST_CO_AUTHORS:
        raise Invalid("coauthor.too_many", field="email", num=rules.MOST_CO_AUTHORS)
    invited = CoAuthor(
        proposal_id=proposal_id, name=name, email=address, language=proposal.language,
        nonce=secrets.token_hex(16), invited_at=work.now, ends_at=work.now + INVITATION_LENGTH,
    )
    work.session.add(invited)
    work.session.flush()
    tell(work, "co_author", email=address, language=proposal.language, co_author_id=invited.id)
    work.about("proposal", proposal_id, scope=process.id, co_author=invited.id)
    return invited.id


def waiting(work: Work, token: str) -> CoAuthor:
    """The invitation behind a link, if it still waits. Errors: Gone."""
    value = work.site.secrets.unsign("co-author", token)
    invited = work.session.get(CoAuthor, value[0]) if value else None
    if invited is None or invited.nonce != value[1]:
        raise Gone("link.unknown")
    if invited.removed_at or invited.declined_at:
        raise Gone("coauthor.over")
    return invited


@command()
def join_as_co_author(work: Work, token: str, visit: str, old_session: str | None) -> str:
    """Accept by the mailed link; the session's cookie, since the link proves the address.

    ``visit``: the page's one-time key; its button pressed twice answers twice. Errors: Gone.
    """
    require(work, Permission.ACCEPT_INVITATION)
    invited = waiting(work, token)
    session = work.site.secrets.tag("session", "co-author", invited.id, invited.nonce, visit)
    if visit and security.find_session(work.connection, session, work.now):
        return session
    if invited.accepted_at is not None:
        raise Gone("link.used", at=invited.accepted_at)
    if invited.ends_at <= work.now:
        raise Gone("link.expired")
    person = person_by_email(work.session, str(invited.email)) or new_person(
        work, invited.name, invited.email, invited.language
    )
    invited.person_id, invited.accepted_at, invited.name = person.id, work.now, person.name
    work.session.flush()
    work.about("proposal", invited.proposal_id, co_author=invited.id, person=person.id)
    return security.open_session(work, old_session, person_id=person.id, token=session)


@command()
def decline_as_co_author(work: Work, token: str) -> None:
    """Decline by the mailed link. The address is forgotten with it. Errors: Gone."""
    require(work, Permission.ACCEPT_INVITATION)
    invited = waiting(work, token)
    if invited.accepted_at is not None:
        raise Gone("link.used", at=invited.accepted_at)
    invited.declined_at, invited.email = work.now, None
    work.about("proposal", invited.proposal_id, co_author=invited.id)


@command()
def remove_co_author(work: Work, proposal_id: int, co_author_id: int) -> None:
    """End it: by the first author, or by the co-author for themselves."""
    process = drafts.process_of(work, proposal_id)
    require(work, Permission.FOLLOW, process)
    proposal = work.session.get_one(Proposal, proposal_id)
    invited = work.session.scalar(
        select(CoAuthor).where(CoAuthor.id == co_author_id, CoAuthor.proposal_id == proposal_id)
    )
    me = work.actor.person_id
    if invited is None or me is None or me not in (proposal.author_id, invited.person_id):
        raise NotAllowed("idea.not_yours")
    invited.removed_at, invited.email = work.now, None
    work.about("proposal", proposal_id, scope=process.id, co_author=co_author_id)
