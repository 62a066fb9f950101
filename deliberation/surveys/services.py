"""Commands on surveys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from deliberation.panels.models import Juror, Jury
from deliberation.panels.services import process_of_jury
from deliberation.sessions.models import JurySession
from deliberation.sessions.running import running_item
from deliberation.sessions.services import the_session, topic
from deliberation.surveys import codes, rules
from deliberation.surveys.models import SurveyAnswer, SurveySet, SurveyWave
from deliberation.surveys.queries import answers_of, items_for, wave_of
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process


@command()
def set_questions(work: Work, jury_id: int, items: Sequence[Mapping[str, Any]]) -> None:
    """Write the questions of the first and last survey. Once the first was asked they stay, so
    that answers can be compared. Errors: Conflict, Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    if any(wave_of(work.session, jury.id, kind) for kind in rules.PAIRED):
        raise Conflict("survey.asked")
    if not items:
        raise Invalid("survey.no_questions")
    known = work.session.get(SurveySet, jury.id)
    if known is None:
        work.session.add(SurveySet(jury_id=jury.id, items=[dict(one) for one in items]))
    else:
        known.items = [dict(one) for one in items]
    work.about("jury", jury.id, scope=process.id, questions=len(items))


def kinds_now(session: JurySession) -> tuple[str, ...]:
    """The surveys that the running part of the agenda asks."""
    item = running_item(session)
    if session.state != "running" or item is None or item.kind != "survey":
        return ()
    return rules.ASKED_IN.get(item.out, ())


def _opened(work: Work, jury: Jury, session: JurySession, kind: str) -> SurveyWave:
    """The wave, made by whoever answers first. Errors: Invalid, Conflict."""
    if kind not in rules.KINDS:
        raise Invalid("survey.unknown")
    wave = wave_of(work.session, jury.id, kind, session.id)
    if wave is None:
        if kind not in kinds_now(session):
            raise Conflict("survey.not_now")
        wave = SurveyWave(jury_id=jury.id, session_id=session.id, kind=kind, opened_at=work.now,
                          items=items_for(work.session, jury.id, kind), result={})
        work.session.add(wave)
        work.session.flush()
    if wave.closed_at is not None:
        raise Conflict("survey.closed")
    return wave


@command()
def open_wave(work: Work, session_id: int, kind: str) -> int:
    """Ask a survey now, whatever the agenda says; the wave's id. Errors: Conflict, Invalid."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if kind not in rules.KINDS:
        raise Invalid("survey.unknown")
    if wave_of(work.session, jury.id, kind, session.id) is not None:
        raise Conflict("survey.there")
    wave = SurveyWave(jury_id=jury.id, session_id=session.id, kind=kind, opened_at=work.now,
                      items=items_for(work.session, jury.id, kind), result={})
    work.session.add(wave)
    work.session.flush()
    live.touch(work, topic(session.id))
    work.about("survey", wave.id, scope=process.id, asked=kind)
    return wave.id


@command(audited=False)
def answer(
    work: Work, session_id: int, juror_id: int, kind: str, answers: rules.Answers
) -> None:
    """A juror's answers from their own screen, in the place of earlier ones.

    No row of the log says that they answered: few people in one order are half of who said what.
    Errors: Conflict, Invalid.
    """
    process, jury, session = the_session(work, session_id)
    require(work, Permission.ACT_AS_JUROR, process)
    juror = next((one for one in jury.jurors if one.id == juror_id), None)
    if juror is None or juror.left_at is not None:
        raise NotFound("juror.unknown")
    wave = _opened(work, jury, session, kind)
    code = codes.code_of(work.site.secrets, jury.id, juror.id)
    _keep(work, wave, codes.tag(work.site.secrets, wave, code), answers, "screen")
    live.touch(work, topic(session.id))


@command()
def enter_paper(
    work: Work, session_id: int, kind: str, typed: str, answers: rules.Answers
) -> None:
    """Type in what somebody wrote on paper, under the code of their slip. The log says that a
    paper was typed in, never whose. Errors: Conflict, Invalid."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    wave = _opened(work, jury, session, kind)
    code = codes.known(work.site.secrets, jury, typed)
    if code is None:
        raise Invalid("survey.code", field="code")
    _keep(work, wave, codes.tag(work.site.secrets, wave, code), answers, "paper")
    live.touch(work, topic(session.id))
    work.about("survey", wave.id, scope=process.id, source="paper")


def _keep(
    work: Work, wave: SurveyWave, tag: str, answers: rules.Answers, source: str
) -> None:
    try:
        content = rules.checked(wave.items, answers)
    except rules.AnswerError as error:
        raise Invalid(error.code, field=f"q-{error.key}" if error.key else None) from None
    sealed = work.site.secrets.hide("survey", json.dumps(content).encode())
    known = work.session.get(SurveyAnswer, (wave.id, tag))
    if known is None:
        work.session.add(SurveyAnswer(wave_id=wave.id, tag=tag, sealed=sealed, source=source))
    else:
        known.sealed, known.source = sealed, source
    work.session.flush()


@command()
def close_wave(work: Work, wave_id: int) -> dict[str, Any]:
    """Close a survey and add up its answers; from now on sums can be seen. Errors: Conflict.

    The answers are written anew in the order of their tags, so that the database does not keep
    in which order people sent them.
    """
    wave = work.session.get(SurveyWave, wave_id)
    process, _jury = process_of_jury(work, wave.jury_id if wave else 0)
    require(work, Permission.RUN_SESSION, process)
    if wave is None:
        raise NotFound("survey.unknown")
    if wave.closed_at is not None:
        raise Conflict("survey.closed")
    rows = [
        (one.tag, one.sealed, one.source)
        for one in work.session.scalars(
            select(SurveyAnswer).where(SurveyAnswer.wave_id == wave.id).order_by(SurveyAnswer.tag)
        )
    ]
    found = answers_of(work.session, work.site.secrets, wave)
    wave.closed_at = work.now
    wave.result = rules.result(
        wave.items, list(found.values()), sum(source == "paper" for _, _, source in rows)
    )
    work.session.execute(delete(SurveyAnswer).where(SurveyAnswer.wave_id == wave.id))
    work.session.flush()
    work.session.expunge_all()
    for tag, sealed, source in rows:
        work.session.add(SurveyAnswer(wave_id=wave_id, tag=tag, sealed=sealed, source=source))
        work.session.flush()
    live.touch(work, topic(wave.session_id))
    work.about("survey", wave_id, scope=process.id, answers=len(rows))
    return dict(wave.result)


def forget_answers(work: Work, process: Process, jury: Jury, juror: Juror) -> int:
    """Remove one juror's answers from every wave, inside another command; how many. The sums of
    waves that are closed stay."""
    code = codes.code_of(work.site.secrets, jury.id, juror.id)
    removed = 0
    for wave in work.session.scalars(select(SurveyWave).where(SurveyWave.jury_id == jury.id)):
        known = work.session.get(
            SurveyAnswer, (wave.id, codes.tag(work.site.secrets, wave, code))
        )
        if known is not None:
            work.session.delete(known)
            removed += 1
    return removed
