"""What the software knows of a jury, gathered for its checklist."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.evaluation import sources
from deliberation.evaluation.checklist import Facts
from deliberation.evaluation.models import Withdrawal
from deliberation.evaluation.queries import census_of, evaluation_of
from deliberation.honoraria.queries import terms_of
from deliberation.panels.models import Interest, Juror, Jury
from deliberation.panels.queries import sitting
from deliberation.recommendations.queries import recommendations_of
from deliberation.sessions.models import AgendaItem, JurySession
from deliberation.surveys import queries as surveys

TALK = frozenset({"pairs", "table", "claims", "criteria", "pressure", "draft", "check", "plenary"})
"""Parts of an agenda in which jurors talk with each other."""


def facts_of(session: Session, jury: Jury, now: datetime, zone: tzinfo) -> Facts:
    """The facts of a jury as it stands."""
    people = sitting(jury.jurors)
    census = census_of(session, jury.id)
    terms = terms_of(session, jury.id)
    published = evaluation_of(session, jury.id)
    views = recommendations_of(session, jury, now, zone)
    held, minutes, talk, witnesses = _time(session, jury.id)
    balance = sources.balance_of(session, jury.id)
    quality = [one for one in surveys.waves_of(session, jury.id) if one.wave.kind == "quality"]
    return Facts(
        remit=bool(jury.remit), promise=bool(jury.promise), reply_by=jury.reply_by,
        recommendations=len(views),
        answered_in_time=sum(one.timing == "in_time" for one in views),
        overdue=sum(one.timing in ("missing", "late") for one in views),
        charter=jury.charter_version, draw=str(jury.drawn.get("sha256", "")),
        pool=census.pool_people if census else 0,
        compared=len({
            one["name"] for one in published.figures if one["kind"] == "likeness"
        }) if published else 0,
        jurors=sum(not one.reserve for one in people),
        welsh=sum(one.speaks == "cy" for one in people),
        paid=bool(terms and terms.amount),
        needs_asked=any(one.needs for one in people), witnesses=witnesses,
        evidence=balance.pieces if balance else 0, stances=balance.stances if balance else 0,
        questions=balance.questions if balance else 0,
        answered=balance.answered if balance else 0,
        sessions_held=held, minutes_held=minutes, minutes_talk=talk,
        conflict_person=bool(jury.conflict_name and jury.conflict_contact),
        interests=session.scalar(
            select(func.count()).select_from(Interest).join(Juror, Juror.id == Interest.juror_id)
            .where(Juror.jury_id == jury.id)) or 0,
        withdrawn=session.scalar(
            select(func.count()).select_from(Withdrawal)
            .join(Juror, Juror.id == Withdrawal.juror_id).where(Juror.jury_id == jury.id)) or 0,
        published=published is not None,
        quality_answers=max((one.answers for one in quality if one.shown), default=0),
    )


def _time(session: Session, jury_id: int) -> tuple[int, int, int, int]:
    """(sessions held, minutes in them, minutes of talk, witness parts), of what really ran."""
    held: set[int] = set()
    whole = talk = timedelta()
    witnesses = 0
    for item in session.scalars(
        select(AgendaItem).join(JurySession, JurySession.id == AgendaItem.session_id)
        .where(JurySession.jury_id == jury_id, JurySession.state == "ended",
               AgendaItem.started_at.is_not(None), AgendaItem.ended_at.is_not(None))
    ):
        if item.started_at is None or item.ended_at is None:
            continue
        length = item.ended_at - item.started_at
        held.add(item.session_id)
        whole += length
        if item.kind in TALK:
            talk += length
        witnesses += item.kind == "witness"
    return len(held), whole // timedelta(minutes=1), talk // timedelta(minutes=1), witnesses
