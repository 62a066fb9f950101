"""The texts of decided valuations, for the translators' queue."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.core.i18n import N_
from pb.processes.models import Process
from pb.proposals.models import Proposal
from pb.translations.queries import Credit, credits
from pb.translations.subjects import Item, Owner, always, register, writer
from pb.valuations.models import Valuation

FIELDS = ("reason", "changes", "legal", "long_term", "equality", "advice")
LONGEST = 2000


def _items(session: Session, process: Process) -> Iterable[Item]:
    """Once it is decided: what is still being written is not yet to be translated."""
    rows = session.execute(
        select(Valuation, Proposal.number, Proposal.title, Proposal.language)
        .join(Proposal, Proposal.id == Valuation.proposal_id)
        .where(Valuation.process_id == process.id, Valuation.decided_at.is_not(None))
        .order_by(Proposal.number)
    )
    for valuation, number, title, language in rows:
        where = {language: f"{number}. {title}"}
        for field in FIELDS:
            yield Item(valuation.id, field, where, getattr(valuation, field), LONGEST)


def credits_of(session: Session, valuation: Valuation, language: str) -> list[Credit]:
    """Who translated what readers see of a decision."""
    texts = {field: getattr(valuation, field) for field in FIELDS}
    return credits(session, "valuation", valuation.id, language, texts)


register(
    Owner(
        kind="valuation", named=N_("The council’s decision about an idea"),
        fields={"reason": N_("The reason"), "changes": N_("What would change"),
                "legal": N_("What the law says"), "long_term": N_("Who has what of it in 25 years"),
                "equality": N_("Equality"), "advice": N_("What the expert says")},
        items=_items, write=writer(Valuation, lambda row: int(row.process_id)),
        may_change=always,
    )
)
