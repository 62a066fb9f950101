"""Commands on comments."""

from __future__ import annotations

from sqlalchemy import func, select, update

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts.checks import eraser
from pb.comments import queries
from pb.comments import reportable as reportable  # registers what can be reported here
from pb.comments.models import Comment
from pb.core.errors import Conflict, NotAllowed, NotFound
from pb.core.work import Work, command
from pb.moderation.services import note_post
from pb.processes.models import Process
from pb.proposals.models import SHOWN, Proposal
from pb.proposals.services import add_news


@command()
def comment(
    work: Work, proposal_id: int, parent_id: int | None, text: str, language: str, mark: str
) -> int:
    """Say something about an idea, or reply to a comment; its id. A reply to a reply is one to the
    comment above it. ``mark``: ``address_mark`` of where it came from. Errors: Conflict."""
    proposal = _proposal(work, proposal_id)
    process = work.session.get_one(Process, proposal.process_id)
    require(work, Permission.COMMENT, process)
    if proposal.state not in SHOWN or proposal.hidden_at is not None:
        raise Conflict("idea.not_open")
    parent = work.session.get(Comment, parent_id) if parent_id is not None else None
    if parent_id is not None and (parent is None or parent.proposal_id != proposal.id):
        raise NotFound("comment.gone")
    if parent is not None and (parent.removed_at or parent.hidden_at):
        raise Conflict("comment.gone")
    made = Comment(
        proposal_id=proposal.id, parent_id=(parent.parent_id or parent.id) if parent else None,
        author_id=work.actor.person_id, language=language, text=text, made_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    recount(work, proposal.id)
    add_news(work, proposal.id, "news.comment")
    if mark:
        note_post(work, process.id, "comment", made.id, text, mark)
    work.about("comment", made.id, scope=process.id)
    return made.id


def _proposal(work: Work, proposal_id: int) -> Proposal:
    found = work.session.get(Proposal, proposal_id)
    if found is None:
        raise NotFound("idea.not_found")
    return found


def recount(work: Work, proposal_id: int) -> None:
    """Set the number of comments to those that are shown, inside a command."""
    number = select(func.count()).where(
        Comment.proposal_id == proposal_id, Comment.hidden_at.is_(None),
        Comment.removed_at.is_(None),
    ).scalar_subquery()
    work.session.execute(
        update(Proposal).where(Proposal.id == proposal_id).values(comments=number)
        .execution_options(synchronize_session="fetch")
    )


@command()
def remove_comment(work: Work, comment_id: int) -> None:
    """Take one's own comment away: its words go, replies to it stay. Errors: NotAllowed."""
    found = queries.comment(work.session, comment_id)
    process = queries.process_of(work.session, found)
    require(work, Permission.REMOVE_COMMENT, process)
    if found.author_id is None or found.author_id != work.actor.person_id:
        raise NotAllowed("idea.not_yours")
    _remove(work, found)
    work.about("comment", found.id, scope=process.id)


def _remove(work: Work, found: Comment) -> None:
    found.removed_at, found.text = found.removed_at or work.now, ""
    work.session.flush()
    recount(work, found.proposal_id)


@eraser
def forget(work: Work, person_id: int, keep_posts: bool) -> None:
    """The comments of somebody who leaves become a resident's, or their words go."""
    for found in work.session.scalars(select(Comment).where(Comment.author_id == person_id)):
        found.author_id = None
        if not keep_posts:
            _remove(work, found)
    work.session.flush()
