"""Reading surveys: of single answers nothing leaves this feature but to whoever evaluates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.sessions.models import JurySession
from deliberation.surveys import codes, rules
from deliberation.surveys.models import SurveyAnswer, SurveySet, SurveyWave
from pb.core.security import Secrets


def own_questions(session: Session, jury_id: int) -> list[dict[str, Any]]:
    """The questions of the first and last survey, the jury's own or those that come along."""
    known = session.get(SurveySet, jury_id)
    return list(known.items) if known else rules.default_items("before")


def items_for(session: Session, jury_id: int, kind: str) -> list[dict[str, Any]]:
    """The questions that a new wave asks: the last survey asks what the first one did."""
    if kind not in rules.PAIRED:
        return rules.default_items(kind)
    other = wave_of(session, jury_id, "before" if kind == "after" else "after")
    return list(other.items) if other else own_questions(session, jury_id)


def wave_of(
    session: Session, jury_id: int, kind: str, session_id: int | None = None
) -> SurveyWave | None:
    """The wave of a kind. Before and after are asked once a jury, the others once a session."""
    wanted = select(SurveyWave).where(SurveyWave.jury_id == jury_id, SurveyWave.kind == kind)
    if session_id is not None and kind not in rules.PAIRED:
        wanted = wanted.where(SurveyWave.session_id == session_id)
    return session.scalar(wanted.order_by(SurveyWave.id))


@dataclass(frozen=True)
class WaveView:
    """A wave with the number of its session and, while it is open, how many have answered."""

    wave: SurveyWave
    session_number: int
    answers: int
    paper: int

    @property
    def shown(self) -> bool:
        """Whether its sums may be seen: it is closed, and enough people answered."""
        return self.wave.closed_at is not None and self.wave.result["answers"] >= rules.FEWEST


def waves_of(session: Session, jury_id: int) -> list[WaveView]:
    """A jury's waves in the order of their sessions."""
    numbers: dict[int, tuple[int, int]] = {}
    for wave_id, source, number in session.execute(
        select(SurveyAnswer.wave_id, SurveyAnswer.source, func.count())
        .join(SurveyWave, SurveyWave.id == SurveyAnswer.wave_id)
        .where(SurveyWave.jury_id == jury_id)
        .group_by(SurveyAnswer.wave_id, SurveyAnswer.source)
    ):
        screen, paper = numbers.get(wave_id, (0, 0))
        numbers[wave_id] = (screen + number, paper + (number if source == "paper" else 0))
    rows = session.execute(
        select(SurveyWave, JurySession.number)
        .join(JurySession, JurySession.id == SurveyWave.session_id)
        .where(SurveyWave.jury_id == jury_id)
        .order_by(JurySession.number, SurveyWave.id)
    ).all()
    return [
        WaveView(wave, number, wave.result["answers"], wave.result["paper"])
        if wave.closed_at is not None
        else WaveView(wave, number, *numbers.get(wave.id, (0, 0)))
        for wave, number in rows
    ]


def answers_of(session: Session, keys: Secrets, wave: SurveyWave) -> dict[str, dict[str, Any]]:
    """Every answer of a wave by its tag, in the order of the tags. For sums, never for a page."""
    return {
        one.tag: json.loads(keys.reveal("survey", one.sealed))
        for one in session.scalars(
            select(SurveyAnswer).where(SurveyAnswer.wave_id == wave.id).order_by(SurveyAnswer.tag)
        )
    }


def own_answers(
    session: Session, keys: Secrets, wave: SurveyWave, juror_id: int
) -> dict[str, Any] | None:
    """What a juror has answered, for that juror's own screen."""
    code = codes.code_of(keys, wave.jury_id, juror_id)
    known = session.get(SurveyAnswer, (wave.id, codes.tag(keys, wave, code)))
    return json.loads(keys.reveal("survey", known.sealed)) if known else None


@dataclass(frozen=True)
class Asked:
    """A survey that a juror can answer now. ``wave`` is none until somebody has answered."""

    kind: str
    items: list[dict[str, Any]]
    wave: SurveyWave | None
    answered: bool


def asked_now(
    session: Session, keys: Secrets, one: JurySession, kinds: tuple[str, ...], juror_id: int
) -> list[Asked]:
    """What a juror is asked: by what runs of the agenda (``kinds``), and what is open yet."""
    known: dict[str, SurveyWave] = {}
    for each in session.scalars(
        select(SurveyWave).where(SurveyWave.jury_id == one.jury_id).order_by(SurveyWave.id)
    ):
        if each.kind in rules.PAIRED or each.session_id == one.id:
            known.setdefault(each.kind, each)
    found = []
    for kind in rules.KINDS:
        wave = known.get(kind)
        if wave.closed_at is not None if wave else kind not in kinds:
            continue
        answered = wave is not None and own_answers(session, keys, wave, juror_id) is not None
        items = list(wave.items) if wave else items_for(session, one.jury_id, kind)
        found.append(Asked(kind, items, wave, answered))
    return found
