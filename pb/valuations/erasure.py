"""What the assessment forgets of somebody who leaves."""

from __future__ import annotations

from sqlalchemy import select, update

from pb.accounts.checks import eraser
from pb.core.work import Work
from pb.valuations.models import Valuation, ValuationChange


@eraser
def forget(work: Work, person_id: int, keep_posts: bool) -> None:
    """An author's answer loses their name, and goes as well where their posts go. What officials
    decided keeps who decided it: the public is owed that."""
    changes = select(Valuation.id).where(
        Valuation.id.in_(
            select(ValuationChange.valuation_id).where(
                ValuationChange.person_id == person_id, ValuationChange.kind == "answered"
            )
        )
    )
    ids = list(work.session.scalars(changes))
    work.session.execute(
        update(ValuationChange)
        .where(ValuationChange.person_id == person_id, ValuationChange.kind == "answered")
        .values(person_id=None, name="", **({} if keep_posts else {"after": {}}))
    )
    if ids and not keep_posts:
        work.session.execute(
            update(Valuation).where(Valuation.id.in_(ids)).values(answer="", answer_language="")
        )
    work.session.flush()
