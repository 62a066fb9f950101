"""Reading claims and criteria; what jurors say of them only once it is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.claims.models import Claim, Criterion, CriterionIdea
from deliberation.plain.queries import Said, read_by_all
from deliberation.sessions.models import JurySession
from deliberation.votes.models import Poll
from deliberation.weighing.models import Round


@dataclass(frozen=True)
class ClaimView:
    """A claim with its sums, once it was weighed; ``of``: how many jurors did."""

    claim: Claim
    sums: Mapping[str, Mapping[str, int]]
    of: int


def claims_of(session: Session, jury_id: int) -> list[ClaimView]:
    """Every claim that was not hidden, by number."""
    results = {
        one.id: one.result
        for one in session.scalars(
            select(Round).join(JurySession, JurySession.id == Round.session_id)
            .where(JurySession.jury_id == jury_id, Round.kind == "claims",
                   Round.closed_at.is_not(None))
        )
    }
    found = []
    for claim in session.scalars(
        select(Claim).where(Claim.jury_id == jury_id, Claim.hidden_at.is_(None))
        .order_by(Claim.number)
    ):
        result: Mapping[str, Any] = results.get(claim.round_id or 0, {})
        found.append(ClaimView(claim, result.get("sums", {}).get(str(claim.number), {}),
                               result.get("marked", 0)))
    return found


@read_by_all
def _said_in_claims(session: Session, jury_id: int) -> Iterator[Said]:
    return ((one.claim.language, one.claim.text) for one in claims_of(session, jury_id))


def unweighed(session: Session, session_id: int) -> list[Claim]:
    """The claims of a session that jurors weigh in the next round, or in the open one."""
    return list(
        session.scalars(
            select(Claim).where(Claim.session_id == session_id, Claim.round_id.is_(None),
                                Claim.hidden_at.is_(None)).order_by(Claim.number)
        )
    )


@dataclass(frozen=True)
class CriterionView:
    """A criterion; ``dots`` is empty until the vote with dots is closed."""

    criterion: Criterion
    dots: int | None
    ideas: Sequence[CriterionIdea]


@dataclass(frozen=True)
class Criteria:
    """What the jury judges by, with the most dots first once they are counted."""

    views: Sequence[CriterionView]
    loose: Sequence[CriterionIdea]
    asked: bool

    @property
    def decided(self) -> bool:
        return bool(self.views) and all(one.dots is not None for one in self.views)


def criteria_of(session: Session, jury_id: int) -> Criteria:
    rows = list(
        session.scalars(
            select(Criterion).where(Criterion.jury_id == jury_id).order_by(Criterion.id)
        )
    )
    ideas = list(
        session.scalars(
            select(CriterionIdea).where(CriterionIdea.jury_id == jury_id)
            .order_by(CriterionIdea.id)
        )
    )
    poll = session.get(Poll, rows[0].poll_id) if rows and rows[0].poll_id else None
    dots = poll.result.get("dots", {}) if poll is not None and poll.closed_at else {}
    views = [
        CriterionView(one, dots.get(one.label),
                      [idea for idea in ideas if idea.criterion_id == one.id])
        for one in rows
    ]
    views.sort(key=lambda view: -(view.dots or 0))
    known = {one.id for one in rows}
    return Criteria(views, [one for one in ideas if one.criterion_id not in known],
                    poll is not None)


def ratings_of(session: Session, jury_id: int) -> list[Round]:
    """The closed rounds in which a table rated a project, by project."""
    return list(
        session.scalars(
            select(Round).join(JurySession, JurySession.id == Round.session_id)
            .where(JurySession.jury_id == jury_id, Round.kind == "project",
                   Round.closed_at.is_not(None))
            .order_by(Round.project_number, Round.id)
        )
    )
