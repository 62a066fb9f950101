"""Reading what an evaluation is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.evaluation import figures, sources
from deliberation.evaluation.models import Census, Evaluation, Export, PrincipleWords
from deliberation.panels.models import Juror, Jury
from deliberation.recommendations.queries import recommendations_of
from deliberation.sessions.models import JurySession, Seat
from deliberation.surveys import queries as surveys
from deliberation.surveys.rules import FEWEST
from deliberation.votes.models import Poll
from pb.core.security import Secrets

GROUPS = ("pool", "panel", "participants")


def census_of(session: Session, jury_id: int) -> Census | None:
    return session.get(Census, jury_id)


def evaluation_of(session: Session, jury_id: int) -> Evaluation | None:
    """The evaluation as it was published last."""
    return session.get(Evaluation, jury_id)


def exports_of(session: Session, jury_id: int) -> Sequence[Export]:
    """All issues of the evaluator's files, the newest first."""
    return session.scalars(
        select(Export).where(Export.jury_id == jury_id).order_by(Export.number.desc())
    ).all()


def words_of(session: Session, jury_id: int) -> dict[str, dict[str, str]]:
    """The organiser's sentences by principle."""
    return {
        one.principle: one.text for one in session.scalars(
            select(PrincipleWords).where(PrincipleWords.jury_id == jury_id))
    }


def attended(session: Session, jury_id: int) -> dict[int, set[int]]:
    """Session's number to the ids of jurors who came to it."""
    found: dict[int, set[int]] = {}
    for number, juror_id in session.execute(
        select(JurySession.number, Seat.juror_id).join(Seat, Seat.session_id == JurySession.id)
        .where(JurySession.jury_id == jury_id, Seat.came_at.is_not(None))
    ):
        found.setdefault(number, set()).add(juror_id)
    return found


def figures_of(
    session: Session, keys: Secrets, jury: Jury, now: datetime, zone: tzinfo, *, exact: bool
) -> list[figures.Figure]:
    """All figures of a jury as it stands; ``exact`` for the official's own view alone."""
    return [
        *_likeness(session, jury, exact), *_attendance(session, jury),
        *(figures.voice_figure(one) for one in sources.voices_of(session, jury.id)),
        *_change(session, keys, jury), *_polls(session, jury.id),
        *(figures.slate_figure(one) for one in sources.slates_of(session, jury.id)),
        *_waves(session, jury.id), *_accountability(session, jury, now, zone),
    ]


def _likeness(session: Session, jury: Jury, exact: bool) -> list[figures.Figure]:
    census = census_of(session, jury.id)
    if census is None:
        return []
    came = set().union(*attended(session, jury.id).values())
    jurors = [one for one in jury.jurors if not one.reserve]
    groups: dict[str, list[Juror]] = {
        "panel": [one for one in jurors if one.left_at is None],
        "participants": [one for one in jury.jurors if one.id in came],
    }
    found = []
    for trait, rows in census.shares.items():
        for group in GROUPS:
            if group == "pool":
                counts = Counter(census.pool.get(trait, {}))
            else:
                counts = Counter(one.traits.get(trait, "") for one in groups[group])
            if sum(counts.values()):
                found.append(figures.likeness_figure(
                    group, trait, counts, rows, exact=exact,
                    seed=f"jury-{jury.id}-{group}-{trait}",
                ))
    return found


def _attendance(session: Session, jury: Jury) -> list[figures.Figure]:
    came = attended(session, jury.id)
    people = {one.id for one in jury.jurors if not one.reserve}
    rows = []
    for one in session.scalars(
        select(JurySession).where(JurySession.jury_id == jury.id, JurySession.state != "planned")
        .order_by(JurySession.number)
    ):
        rows.append((one.number, len(came.get(one.number, set()) & people), len(people)))
    return [figures.attendance_figure(rows)] if rows else []


def _change(session: Session, keys: Secrets, jury: Jury) -> list[figures.Figure]:
    waves = [surveys.wave_of(session, jury.id, kind) for kind in ("before", "after")]
    before, after = waves
    if before is None or after is None or not (before.closed_at and after.closed_at):
        return []
    return figures.change_figures(
        before.items, surveys.answers_of(session, keys, before),
        surveys.answers_of(session, keys, after),
    )


def closed_polls(session: Session, jury_id: int) -> Sequence[Poll]:
    """Comfort and consent votes that are over, in their order."""
    return session.scalars(
        select(Poll).join(JurySession, JurySession.id == Poll.session_id)
        .where(JurySession.jury_id == jury_id, Poll.closed_at.is_not(None),
               Poll.kind.in_(("comfort", "consent")))
        .order_by(Poll.id)
    ).all()


def _polls(session: Session, jury_id: int) -> list[figures.Figure]:
    return [figures.poll_figure(one.title, one.language, one.kind, one.round, one.result)
            for one in closed_polls(session, jury_id)]


def _waves(session: Session, jury_id: int) -> list[figures.Figure]:
    return [
        figures.wave_figure(view.wave.kind, view.session_number, view.wave.items,
                            view.wave.result)
        for view in surveys.waves_of(session, jury_id)
        if view.shown and view.wave.kind in ("exit", "quality")
    ]


def _accountability(
    session: Session, jury: Jury, now: datetime, zone: tzinfo
) -> list[figures.Figure]:
    rows = [
        (view.item.number, view.item.published_at.astimezone(zone).date(),
         view.item.replies[0].at.astimezone(zone).date() if view.item.replies else None,
         view.timing)
        for view in recommendations_of(session, jury, now, zone)
        if view.item.published_at is not None
    ]
    return [figures.accountability_figure(rows, jury.reply_by)] if rows else []


def survey_rows(
    session: Session, keys: Secrets, jury_id: int
) -> list[tuple[str, int, str, dict[str, Any]]]:
    """(kind, session, tag, answers) of waves that enough people answered, for the export."""
    found = []
    for view in surveys.waves_of(session, jury_id):
        if view.shown:
            given = surveys.answers_of(session, keys, view.wave)
            if len(given) >= FEWEST:
                found += [(view.wave.kind, view.session_number, tag, answers)
                          for tag, answers in given.items()]
    return found
