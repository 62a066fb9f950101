"""Whose a proposal or a draft is, and who supports and follows it."""

from __future__ import annotations

import hashlib

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pb.core.errors import NotFound
from pb.core.work import Actor
from pb.proposals.models import CoAuthor, Follow, Proposal, Support


def key_hash(token: str) -> str:
    """What the database knows of the cookie that holds drafts."""
    return hashlib.sha256(f"draft {token}".encode()).hexdigest() if token else ""


def co_authors(session: Session, proposal_id: int) -> list[CoAuthor]:
    """Everybody who was invited and not removed, in order."""
    return list(
        session.scalars(
            select(CoAuthor)
            .where(CoAuthor.proposal_id == proposal_id, CoAuthor.removed_at.is_(None))
            .order_by(CoAuthor.id)
        )
    )


def writes(session: Session, proposal: Proposal, actor: Actor) -> bool:
    """Whether this person is its author, or writes with them."""
    if actor.person_id is None:
        return False
    if proposal.author_id == actor.person_id:
        return True
    return session.scalar(
        select(CoAuthor.id).where(
            CoAuthor.proposal_id == proposal.id, CoAuthor.person_id == actor.person_id,
            CoAuthor.accepted_at.is_not(None), CoAuthor.removed_at.is_(None),
        )
    ) is not None


def draft_of(session: Session, draft_id: int, actor: Actor, token: str) -> Proposal:
    """A draft of this person or of this device. Errors: NotFound, also for other people's."""
    draft = session.get(Proposal, draft_id)
    if draft is not None and (
        (draft.author_id is not None and draft.author_id == actor.person_id)
        or (token and draft.draft_key is not None and draft.draft_key == key_hash(token))
    ):
        return draft
    raise NotFound("idea.no_draft")


def drafts_of(session: Session, process_id: int, actor: Actor, token: str) -> list[Proposal]:
    """The drafts of this person and of this device, the newest first."""
    own = [Proposal.draft_key == key_hash(token)] if token else []
    if actor.person_id is not None:
        own.append(Proposal.author_id == actor.person_id)
    if not own:
        return []
    return list(
        session.scalars(
            select(Proposal)
            .where(Proposal.process_id == process_id, Proposal.state == "draft", or_(*own))
            .order_by(Proposal.id.desc())
        )
    )


def supports(session: Session, proposal_id: int, person_id: int | None) -> bool:
    return person_id is not None and session.scalar(
        select(Support.id).where(
            Support.proposal_id == proposal_id, Support.person_id == person_id
        )
    ) is not None


def follows(session: Session, proposal_id: int, person_id: int | None) -> bool:
    return person_id is not None and session.scalar(
        select(Follow.id).where(Follow.proposal_id == proposal_id, Follow.person_id == person_id)
    ) is not None


def authors_of(session: Session, proposal: Proposal) -> list[int]:
    """Everybody who writes a proposal and can be told something: its author first."""
    others = [one.person_id for one in co_authors(session, proposal.id) if one.accepted_at]
    return [one for one in dict.fromkeys((proposal.author_id, *others)) if one is not None]
