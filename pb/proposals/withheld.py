"""The file of a photo that is hidden is served to nobody: it is put aside, and back when shown."""

from __future__ import annotations

from sqlalchemy import select

from pb.core.jobs import job
from pb.core.site import Site
from pb.projects.models import Project
from pb.proposals.models import Proposal, ProposalPhoto


@job
def settle_photo(site: Site, key: str) -> None:
    """Put a photo's file where it belongs now. The same file may stand in several ideas, or on a
    project that an idea became: it is served while one of them shows it."""
    with site.database.reading() as session:
        shown = session.scalar(
            select(ProposalPhoto.id)
            .join(Proposal, Proposal.id == ProposalPhoto.proposal_id)
            .where(ProposalPhoto.key == key, ProposalPhoto.hidden_at.is_(None),
                   Proposal.hidden_at.is_(None))
            .limit(1)
        ) or session.scalar(select(Project.id).where(Project.picture == key).limit(1))
    if shown:
        site.storage.show(key)
    else:
        site.storage.withhold(key)
