"""The demo’s jury that is done: its statements stand on the open vote, its advice is answered, one
answer late and one not there yet."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from deliberation.panels.models import Interest, Jury
from deliberation.recommendations.models import MinorityNote, Rating, Recommendation, Reply
from deliberation.sessions.models import JurySession, Seat
from deliberation.statements.models import (
    FactReply,
    ProcessLine,
    Statement,
    StatementCheck,
    StatementVersion,
)
from deliberation.statements.rules import texts
from deliberation.surveys import codes, rules
from deliberation.surveys.models import SurveyAnswer, SurveyWave
from deliberation.surveys.queries import items_for
from deliberation.votes.models import Poll
from deliberation.votes.rules import outcome
from pb.access.permissions import Permission
from pb.access.policy import FACILITATOR, require
from pb.accounts.models import Person
from pb.accounts.services import give_role
from pb.core.work import Work, command
from pb.demo.afterwards import add_afterwards
from pb.demo.jury import add_note, add_people, add_sat_session, seat_people
from pb.demo.learning import add_learning, learning
from pb.demo.town import HERE
from pb.processes.models import Process
from pb.projects.queries import project_by_number

LAST_SESSION = timedelta(weeks=7)
"""So long ago the jury met for the last time."""
PROMISE = timedelta(weeks=5)
"""So long after it the council's replies were promised."""


@command()
def add_verdict(work: Work, process_id: int, facilitator: str) -> int:
    """A jury whose four sessions are over, with all that it left; its id."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.INSTALL)
    data = tomllib.loads((HERE / "verdict.toml").read_text(encoding="utf-8"))
    person = work.session.scalars(select(Person.id).where(Person.email == facilitator)).one()
    give_role(work, person, FACILITATOR, process.id)
    ended = work.now - LAST_SESSION
    jury = add_people(work, process, data, (ended + PROMISE).date())
    sessions = [
        add_sat_session(work, process, jury, data, number, ended - timedelta(weeks=4 - number))
        for number in range(1, 5)
    ]
    for number, session in enumerate(sessions):
        seat_people(work, jury, session, data["tables"], number)
    for number, one in enumerate(data["notes"]):
        add_note(work, sessions[0], 100 + number, one)
    for one in data["interests"]:
        juror = next(each for each in jury.jurors if each.number == one["juror"])
        work.session.add(Interest(juror_id=juror.id, project_number=one["project"],
                                  why=one["why"], declared_at=sessions[0].ends_by))
    _rules(work, jury, sessions[0], data["rules"])
    _surveys(work, jury, sessions)
    work.session.add(ProcessLine(jury_id=jury.id, text=data["line"]))
    for one in data["statements"]:
        _statement(work, process, jury, sessions, one,
                   [reply for reply in data["replies"] if reply["project"] == one["project"]])
    for number, one in enumerate(data["recommendations"], 1):
        _recommendation(work, jury, sessions[-1], number, one)
    add_learning(work, process, jury, sessions, learning("done"))
    add_afterwards(work, process, jury, sessions, learning("done"))
    work.about("jury", jury.id, scope=process.id)
    return jury.id


def _poll(
    work: Work, session: JurySession, at: datetime, title: str, text: str, language: str, kind: str,
    answers: dict[str, int], before: Poll | None = None,
) -> Poll:
    votes = [{"answer": answer} for answer, number in answers.items() for _ in range(number)]
    seated = len(work.session.scalars(
        select(Seat.juror_id).where(Seat.session_id == session.id)).all())
    poll = Poll(
        session_id=session.id, kind=kind, language=language, title=title, text=text,
        options=[], opened_at=at,
        closed_at=at + timedelta(minutes=4), round=2 if before else 1,
        before_id=before.id if before else None,
        result=outcome(kind, [], 0, votes, seated, "demo") | {"paper": 0},
    )
    work.session.add(poll)
    work.session.flush()
    return poll


def _rules(
    work: Work, jury: Jury, session: JurySession, rules_: list[dict[str, Any]]
) -> None:
    item = next(one for one in session.items if one.out == "rules")
    assert item.started_at is not None
    for place, one in enumerate(rules_):
        _poll(work, session, item.started_at + timedelta(minutes=5 * place + 5), one["title"],
              one["text"], one["language"], "consent", {"ready": 24})


# -- surveys ---------------------------------------------------------------------------------


def _surveys(work: Work, jury: Jury, sessions: list[JurySession]) -> None:
    """What the jurors answered: a little surer of each other after four Saturdays."""
    _wave(work, jury, sessions[0], "before", 0)
    for session in sessions:
        _wave(work, jury, session, "exit", session.number)
    _wave(work, jury, sessions[-1], "after", 1)
    _wave(work, jury, sessions[-1], "quality", 1)


def _wave(work: Work, jury: Jury, session: JurySession, kind: str, later: int) -> None:
    wave = SurveyWave(
        jury_id=jury.id, session_id=session.id, kind=kind, opened_at=session.starts_at,
        closed_at=session.ends_by, result={}, items=items_for(work.session, jury.id, kind),
    )
    work.session.add(wave)
    work.session.flush()
    found = []
    for place, juror in enumerate(one for one in jury.jurors if not one.reserve):
        given: dict[str, Any] = {
            item["key"]: _given(item, place, position, later)
            for position, item in enumerate(wave.items)
        }
        found.append(rules.checked(wave.items, given))
        code = codes.code_of(work.site.secrets, jury.id, juror.id)
        work.session.add(SurveyAnswer(
            wave_id=wave.id, tag=codes.tag(work.site.secrets, wave, code),
            sealed=work.site.secrets.hide("survey", json.dumps(found[-1]).encode()),
            source="screen",
        ))
    wave.result = rules.result(wave.items, found, 0)


def _given(item: Any, place: int, position: int, later: int) -> Any:
    """One juror's answer: people differ, and time moves some of them up by one or two."""
    if item["kind"] == "rank":
        shift = (place + later) % len(item["options"])
        order = list(range(len(item["options"])))
        return order[shift:] + order[:shift]
    low, high = item["least"], item["most"]
    span = high - low
    middle = low + span * (5 + (place * 7 + position * 3) % 5) // 10
    moved = min(high, middle + (later if (place * 5 + position * 7) % 9 >= position % 8 else 0))
    return low + (high - moved) * 2 // 3 if item.get("lower_is_better") else moved


# -- what it left ----------------------------------------------------------------------------


def _statement(
    work: Work, process: Process, jury: Jury, sessions: list[JurySession], one: dict[str, Any],
    replies: list[dict[str, Any]],
) -> None:
    project = project_by_number(work.session, process.id, str(one["project"]))
    sections: dict[str, Any] = {
        **{key: one[key] for key in ("what", "for", "care", "unknown") if key in one},
        "findings": [{"agree": each["agree"], "text": {key: each[key] for key in ("en", "cy")}}
                     for each in one["findings"]],
        "nobody": one["nobody"],
    }
    checked, locked = sessions[2].ends_by, sessions[3].ends_by
    close = sum(1 for _ in work.session.scalars(
        select(Interest.juror_id).where(Interest.project_number == project.number)))
    statement = Statement(
        jury_id=jury.id, project_id=project.id, project_number=project.number,
        table_number=one["table"], state="locked", version=1, sections=sections,
        jurors=24 - close, checked_at=checked, locked_at=locked,
    )
    statement.checks = [
        StatementCheck(version=1, line=line, colour="green", table_number=one["table"] % 4 + 1,
                  at=checked)
        for line in texts(sections)
    ]
    statement.replies = [
        FactReply(side=each["side"], name=each["name"], line=each["line"], text=each["text"],
                  at=checked + timedelta(hours=20), decision=each["decision"],
                  reason=each["reason"], answered_at=sessions[3].starts_at + timedelta(hours=1))
        for each in replies
    ]
    work.session.add(statement)
    work.session.flush()
    work.session.add(StatementVersion(statement_id=statement.id, version=1, sections=sections,
                                      saved_at=checked))


def _recommendation(
    work: Work, jury: Jury, session: JurySession, number: int, one: dict[str, Any]
) -> None:
    item = next(each for each in session.items if each.out == "consent")
    assert item.started_at is not None and jury.reply_by is not None
    at = item.started_at + timedelta(minutes=8 * number)
    title = f"Recommendation {number}"
    poll = _poll(work, session, at, title, one["text"]["en"], "en", "comfort", one["answers"])
    if "again" in one:
        poll = _poll(work, session, at + timedelta(minutes=12), title,
                     one["repaired"], "en", "comfort", one["again"], poll)
    found = Recommendation(jury_id=jury.id, number=number, text=one["text"], poll_id=poll.id,
                           published_at=session.ends_by)
    if "note" in one:
        found.notes = [MinorityNote(text={key: one["note"][key] for key in ("en", "cy")},
                                    jurors=one["note"]["jurors"])]
    reply = one.get("reply")
    if reply is not None:
        replied = session.ends_by + PROMISE - timedelta(days=reply["days_before_promise"])
        found.replies = [Reply(verdict=reply["verdict"], reason=reply["reason"],
                               owner=reply["owner"], at=replied)]
        found.official_status = reply["status"]
        found.official_status_at = replied
        found.ratings = [
            Rating(juror_id=juror.id, score=(4 + (juror.number * 3 + number) % 7),
                   status="begun" if juror.number % 3 else reply["status"])
            for juror in jury.jurors[:11]
        ]
    work.session.add(found)
    work.session.flush()
