"""Reading recommendations with their votes, replies and ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from deliberation.panels.models import Jury
from deliberation.recommendations import rules
from deliberation.recommendations.models import Recommendation, Reply
from deliberation.sessions.models import JurySession
from deliberation.votes.models import Poll


@dataclass(frozen=True)
class View:
    """A recommendation as pages show it. ``timing``: open, missing, in_time or late, and by how
    many days; ``earlier``: the vote before a repair, whose wording stands beside."""

    item: Recommendation
    poll: Poll | None
    earlier: Poll | None
    timing: str
    days_late: int
    rated: rules.Rated | None

    @property
    def reply(self) -> Reply | None:
        return self.item.replies[-1] if self.item.replies else None

    @property
    def result(self) -> dict[str, Any]:
        return self.poll.result if self.poll is not None else {}


def recommendations_of(
    session: Session, jury: Jury, now: datetime, zone: tzinfo, *, published: bool = True
) -> list[View]:
    """A jury's recommendations in their order; with ``published=False`` also those being made."""
    rows = session.scalars(
        select(Recommendation).where(Recommendation.jury_id == jury.id)
        .options(selectinload(Recommendation.notes), selectinload(Recommendation.replies),
                 selectinload(Recommendation.ratings))
        .order_by(Recommendation.number)
    ).all()
    polls = {one.id: one for one in closed_polls(session, jury.id)}
    found = []
    for one in rows:
        if published and one.published_at is None:
            continue
        poll = polls.get(one.poll_id or 0)
        first = one.replies[0].at.astimezone(zone).date() if one.replies else None
        timing, days = rules.timing(jury.reply_by, first, now.astimezone(zone).date())
        found.append(View(
            one, poll, polls.get(poll.before_id or 0) if poll is not None else None,
            timing, days, rules.rated((each.score, each.status) for each in one.ratings),
        ))
    return found


def closed_polls(session: Session, jury_id: int) -> Sequence[Poll]:
    """The comfort and consent votes of a jury that are over, the newest first."""
    return session.scalars(
        select(Poll).join(JurySession, JurySession.id == Poll.session_id)
        .where(JurySession.jury_id == jury_id, Poll.closed_at.is_not(None),
               Poll.kind.in_(("comfort", "consent")))
        .order_by(Poll.id.desc())
    ).all()
