"""What proposals forget of somebody who leaves."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from pb.accounts.checks import eraser
from pb.core.pictures import settle_picture
from pb.core.work import Work
from pb.proposals import services
from pb.proposals.models import (
    CoAuthor,
    Digest,
    Follow,
    MergePart,
    News,
    Proposal,
    ProposalPhoto,
    ProposalVersion,
    Support,
)


@eraser
def forget(work: Work, person_id: int, keep_posts: bool) -> None:
    """Their drafts, supports and follows go; their ideas become a resident's, or go as well.

    An idea about which officers decided stays: a decision needs what it is about.
    """
    session = work.session
    for table in (Follow, Digest):
        session.execute(delete(table).where(table.person_id == person_id))
    supported = session.scalars(
        select(Support.proposal_id).where(Support.person_id == person_id)
    ).all()
    session.execute(delete(Support).where(Support.person_id == person_id))
    for proposal_id in supported:
        services.recount(work, proposal_id)
    for proposal in session.scalars(select(Proposal).where(Proposal.author_id == person_id)):
        proposal.author_id, proposal.author_name = None, ""
        if proposal.state == "draft":
            _drop_photos(work, proposal.id)
            session.delete(proposal)
        elif not keep_posts and proposal.state in ("published", "withdrawn", "merged"):
            _empty(work, proposal)
    session.execute(
        update(CoAuthor).where(CoAuthor.person_id == person_id)
        .values(person_id=None, name="", email=None, removed_at=work.now)
    )
    session.execute(
        update(ProposalVersion).where(ProposalVersion.made_by == person_id).values(made_by=None)
    )
    session.execute(update(News).where(News.by == person_id).values(by=None))
    # Nobody can be asked any more: the others decide.
    session.execute(
        update(MergePart).where(MergePart.person_id == person_id, MergePart.answer == "")
        .values(answer="yes", answered_at=work.now)
    )
    session.execute(
        update(MergePart).where(MergePart.person_id == person_id).values(person_id=None)
    )
    session.flush()


def _empty(work: Work, proposal: Proposal) -> None:
    """Leave nothing of a proposal but its number and that it was withdrawn."""
    proposal.wish = proposal.title = proposal.body = proposal.place = ""
    proposal.already_there = proposal.can_bring = ""
    proposal.x = proposal.y = proposal.cost_guess = None
    work.session.execute(
        delete(ProposalVersion).where(ProposalVersion.proposal_id == proposal.id)
    )
    _drop_photos(work, proposal.id)
    if proposal.state == "published":
        services.take_out(work, proposal, "withdrawn")


def _drop_photos(work: Work, proposal_id: int) -> None:
    """Delete a proposal's photos, and their files where nothing else keeps them."""
    photos = work.session.scalars(
        select(ProposalPhoto).where(ProposalPhoto.proposal_id == proposal_id)
    ).all()
    for photo in photos:
        work.session.delete(photo)
        work.later(settle_picture, key=photo.key)
    work.session.flush()
