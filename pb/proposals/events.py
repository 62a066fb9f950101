"""What happened to a proposal, for the features that come after."""

from __future__ import annotations

from dataclasses import dataclass

from pb.core.events import Event


@dataclass(frozen=True)
class ProposalPublished(Event):
    proposal_id: int
    process_id: int


@dataclass(frozen=True)
class ProposalEdited(Event):
    proposal_id: int
    process_id: int


@dataclass(frozen=True)
class ProposalWithdrawn(Event):
    """The author took it back, or it was merged into another."""

    proposal_id: int
    process_id: int
