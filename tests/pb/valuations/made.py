"""A proposal and what officers found out about it, for tests of the assessment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pb.core.site import Site
from pb.core.work import Work
from pb.proposals.models import Proposal
from pb.valuations.models import Valuation
from pb.valuations.values import Findings
from tests.support import build

REASON = {"en": "The council can do it.", "cy": "Gall y cyngor ei wneud."}
NO = {"en": "The wall is not ours.", "cy": "Nid ni biau’r wal."}


def a_proposal(
    site: Site, process_id: int, number: int = 1, author: int | None = None, **values: Any
) -> int:
    """A published proposal; its id."""

    def make(work: Work) -> int:
        row = Proposal(
            process_id=process_id, number=number,
            author_id=author, published_at=work.now, made_at=work.now, saved_at=work.now,
            **{"state": "published", "language": "en", "title": f"Bench {number}",
               "body": f"A bench for number {number}. It looks at the sea.",
               "wish": "Somewhere to sit", "area_id": 1, "author_name": "Mair", "x": 400,
               "y": 300, "place": "On the quay", **values},
        )
        work.session.add(row)
        work.session.flush()
        return row.id

    return int(build.do(site, make))


def findings(**rest: Any) -> Findings:
    """Everything that a proposal needs to pass."""
    plain: dict[str, Any] = {
        "feasibility": "yes", "reason": REASON,
        "costs": (({"en": "Oak"}, 120_000), ({"en": "Work"}, 30_050)),
    }
    return Findings(**plain | rest)


def the_valuation(site: Site, proposal_id: int) -> Valuation:
    """The valuation with its history and notes, loaded."""
    with site.database.reading() as session:
        found = session.scalars(
            select(Valuation).where(Valuation.proposal_id == proposal_id)
        ).one()
        list(found.history), list(found.notes)
        session.expunge_all()
        return found


def the_proposal(site: Site, proposal_id: int) -> Proposal:
    with site.database.reading() as session:
        found = session.get_one(Proposal, proposal_id)
        session.expunge_all()
        return found
