"""Ideas with their photos and authors, written as rows, and what a test asks about them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pb.core.site import Site
from pb.core.work import Work
from pb.moderation.models import Case
from pb.proposals import services as proposals
from pb.proposals.models import Proposal, ProposalPhoto
from tests.support import build

TEXT = "A bench on the quay path, where people can rest and look at the boats."


def an_idea(
    site: Site, process_id: int, author_id: int | None = None, *, number: int = 1,
    wish: str = TEXT, title: str = "A bench", language: str = "en", photo: str = "",
    state: str = "published",
) -> int:
    """A published idea; its id."""

    def make(work: Work) -> int:
        proposal = Proposal(
            process_id=process_id, number=number, state=state, language=language, wish=wish,
            title=title, author_id=author_id, author_name="A resident", made_at=work.now,
            saved_at=work.now, published_at=work.now,
        )
        work.session.add(proposal)
        work.session.flush()
        if photo:
            work.session.add(ProposalPhoto(proposal_id=proposal.id, key=photo, alt="A wall"))
        proposals.reindex(work, proposal)
        return proposal.id

    return int(build.do(site, make))


def hidden(site: Site, idea_id: int) -> bool:
    with site.database.reading() as session:
        return session.get_one(Proposal, idea_id).hidden_at is not None


def cases(site: Site) -> list[Case]:
    with site.database.reading() as session:
        found = list(session.scalars(select(Case).order_by(Case.id)))
        session.expunge_all()
        return found


def change(site: Site, idea_id: int, **values: Any) -> None:
    def make(work: Work) -> None:
        proposal = work.session.get_one(Proposal, idea_id)
        for name, value in values.items():
            setattr(proposal, name, value)

    build.do(site, make)
