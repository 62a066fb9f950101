"""Reading comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pb.accounts.models import Person
from pb.comments.models import Comment
from pb.core.errors import NotFound
from pb.processes.models import Process
from pb.proposals.models import Proposal

PAGE_LENGTH = 20


@dataclass(frozen=True)
class Said:
    """A comment as its page shows it; ``author`` is empty for "a resident"."""

    id: int
    author_id: int | None
    author: str
    language: str
    text: str
    made_at: datetime
    hidden: bool
    removed: bool
    replies: list[Said] = field(default_factory=list)


def comment(session: Session, comment_id: int) -> Comment:
    """Errors: NotFound."""
    found = session.get(Comment, comment_id)
    if found is None:
        raise NotFound("comment.gone")
    return found


def process_of(session: Session, found: Comment) -> Process:
    proposal = session.get_one(Proposal, found.proposal_id)
    return session.get_one(Process, proposal.process_id)


def threads(session: Session, proposal_id: int) -> int:
    """How many comments there are that are no replies."""
    return session.execute(
        select(func.count()).select_from(Comment).where(
            Comment.proposal_id == proposal_id, Comment.parent_id.is_(None)
        )
    ).scalar_one()


def page_with(session: Session, found: Comment) -> int:
    """The number of the page on which a comment stands."""
    before = session.execute(
        select(func.count()).select_from(Comment).where(
            Comment.proposal_id == found.proposal_id, Comment.parent_id.is_(None),
            Comment.id < (found.parent_id or found.id),
        )
    ).scalar_one()
    return 1 + before // PAGE_LENGTH


def page(session: Session, proposal_id: int, number: int) -> list[Said]:
    """One page of comments with all their replies, the oldest first, as people read. What is gone
    or hidden stands there without its words, so that replies keep their sense; without replies it
    is left out."""
    first = session.scalars(
        select(Comment.id).where(Comment.proposal_id == proposal_id, Comment.parent_id.is_(None))
        .order_by(Comment.id).limit(PAGE_LENGTH).offset((number - 1) * PAGE_LENGTH)
    ).all()
    rows = session.execute(
        select(Comment.id, Comment.parent_id, Comment.author_id, Person.name, Comment.language,
               Comment.text, Comment.made_at, Comment.hidden_at, Comment.removed_at)
        .outerjoin(Person, Person.id == Comment.author_id)
        .where(Comment.proposal_id == proposal_id,
               Comment.id.in_(first) | Comment.parent_id.in_(first))
        .order_by(Comment.id)
    ).all()
    tops: dict[int, Said] = {}
    for id, parent_id, author_id, name, language, text, made_at, hidden_at, removed_at in rows:
        gone = hidden_at is not None or removed_at is not None
        said = Said(
            id, author_id, "" if gone else name or "", language, "" if gone else text, made_at,
            hidden_at is not None, removed_at is not None,
        )
        if parent_id is None:
            tops[id] = said
        elif parent_id in tops and not gone:
            tops[parent_id].replies.append(said)
    return [one for one in tops.values() if one.replies or not (one.hidden or one.removed)]
