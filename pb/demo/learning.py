"""What a jury of the demo heard, asked, weighed and judges by, as its file says it: evidence with
its ledger, questions with answers in time, late or missing, claims, criteria, ratings."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from deliberation.allocation import rules as allocation
from deliberation.allocation.models import Allocation
from deliberation.allocation.rules import Given
from deliberation.claims.models import Claim, Criterion, CriterionIdea
from deliberation.evidence.models import EvidenceItem, LedgerNote, Question
from deliberation.evidence.queries import library
from deliberation.panels.models import Jury
from deliberation.plain.models import FlaggedWord, WordFlag
from deliberation.sessions.models import AgendaItem, JurySession
from deliberation.votes.models import Poll
from deliberation.votes.rules import outcome
from deliberation.weighing.models import Round
from deliberation.weighing.rules import SCALES
from pb.core.work import Work
from pb.demo.town import HERE
from pb.processes.models import Process
from pb.projects.queries import project_rows

TRUST = SCALES["claims"]["trust"]
DOTS = 5
PEOPLE = 24
"""All came to the first session of either jury."""


@cache
def learning(which: str) -> dict[str, Any]:
    """The part of the file that is about one jury: "runs" or "done"."""
    found: dict[str, Any] = tomllib.loads((HERE / "learning.toml").read_text("utf-8"))[which]
    return found


def add_learning(
    work: Work, process: Process, jury: Jury, sessions: Sequence[JurySession], data: dict[str, Any]
) -> None:
    """Everything of one jury whose first session is over."""
    first = sessions[0]
    _evidence(work, jury, sessions, data)
    _questions(work, process, jury, first, data["questions"])
    _claims(work, jury, first, data["claims"])
    _criteria(work, jury, first, data["criteria"])
    tables = _tables(work, process, jury, sessions) if data.get("by_lot") else {}
    for one in data.get("flagged", ()):
        _word(work, jury, first, one)
    for one in data["ratings"]:
        table = tables.get(one["project"], one["table"])
        _rating(work, next(each for each in sessions if _testing(each)), table, one)


def _tables(
    work: Work, process: Process, jury: Jury, sessions: Sequence[JurySession]
) -> dict[int, int]:
    """Which table tests and which checks each project, by the lot of a seed that is published.
    Gives the table that tests each."""
    slots = {one.number: sum(item.kind == "table" and bool(item.steps) for item in one.items)
             for one in sessions}
    checking = max(one.number for one in sessions
                   if any(item.kind == "check" for item in one.items))
    seed = work.site.secrets.tag("demo-tables", process.slug)
    given = [Given(row.number, row.area_id, row.cost)
             for row in project_rows(work.session, process.id)]
    placed = allocation.allocate(given, slots, sessions[0].tables, checking, {}, seed)
    for one in placed:
        work.session.add(Allocation(
            jury_id=jury.id, project_number=one.number, place=one.place,
            session_number=one.session, tests=one.tests, checks=one.checks, seed=seed,
        ))
    return {one.number: one.tests for one in placed}


def _word(work: Work, jury: Jury, session: JurySession, one: dict[str, Any]) -> None:
    """A word that jurors flagged, with its plain words where it has them by now."""
    raised = session.starts_at + timedelta(minutes=150)
    word = FlaggedWord(
        jury_id=jury.id, folded=one["word"].casefold(), word=one["word"],
        language=one["language"], names=one.get("names", {}), plain=one.get("plain", {}),
        raised_at=raised,
        resolved_at=raised + timedelta(minutes=40) if "plain" in one else None,
    )
    work.session.add(word)
    work.session.flush()
    jurors = {juror.number: juror.id for juror in jury.jurors}
    for number in one["flagged_by"]:
        work.session.add(WordFlag(word_id=word.id, juror_id=jurors[number]))


def _testing(session: JurySession) -> bool:
    return any(item.kind == "table" and item.steps for item in session.items)


def _item(session: JurySession, kind: str) -> AgendaItem:
    return next(one for one in session.items if one.kind == kind)


# -- evidence --------------------------------------------------------------------------------


def _evidence(
    work: Work, jury: Jury, sessions: Sequence[JurySession], data: dict[str, Any]
) -> None:
    for number, one in enumerate(data["evidence"], 1):
        session = sessions[one["session"] - 1]
        heard = one.get("heard")
        gone = "withdrawn" in one
        work.session.add(EvidenceItem(
            jury_id=jury.id, number=number, title=one["title"], witness=one.get("witness", ""),
            stance=one["stance"], minutes=one["minutes"], heard=heard,
            given=one.get("given", "planned" if heard is None else "live"),
            text=one.get("text", {}), alt={}, recorded=one.get("recorded", {}),
            project_number=one.get("project"), session_number=session.number,
            slot_at=session.starts_at + timedelta(minutes=240) if heard is None and not gone
            and one["minutes"] else None,
            withdrawn_at=session.starts_at - timedelta(days=2) if gone else None,
            withdrawn_why=one.get("withdrawn", ""),
            changed_at=session.starts_at - timedelta(days=6),
        ))
    work.session.flush()
    if "balance" in data:
        sums = library(work.session, jury.id).ledger
        work.session.add(LedgerNote(
            jury_id=jury.id, text=data["balance"], longer=sums.longer, shorter=sums.shorter,
            at=sessions[-1].starts_at - timedelta(days=5),
        ))


def _questions(
    work: Work, process: Process, jury: Jury, session: JurySession, data: list[dict[str, Any]]
) -> None:
    """Days are counted from today where the session's are ahead, else from the session's."""
    zone = ZoneInfo(process.time_zone)
    asked = session.ends_by - timedelta(hours=1)
    today = work.now if asked > work.now - timedelta(weeks=2) else session.ends_by
    kept = []
    for number, one in enumerate(data, 1):
        sent = "due" in one
        answered = today + timedelta(days=one["answered"]) if "answered" in one else None
        work.session.add(Question(
            jury_id=jury.id, session_id=session.id, number=number, witness=one["witness"],
            text=one["text"], language=one["language"], state="kept" if sent else "left",
            wanted=one["wanted"], sent_at=session.ends_by + timedelta(hours=2) if sent else None,
            due=(today + timedelta(days=one["due"])).astimezone(zone).date() if sent else None,
            answer=one.get("answer", ""), answer_language=one.get("answer_language", ""),
            answered_at=answered, answered_by=one.get("by", ""),
        ))
        if sent:
            kept.append(str(number))
    work.session.add(Round(
        session_id=session.id, kind="questions", opened_at=asked,
        closed_at=asked + timedelta(minutes=12),
        result={"eligible": PEOPLE, "marked": PEOPLE - 1, "paper": 0,
                "sums": {str(number): {"want": {"yes": one["wanted"]}}
                         for number, one in enumerate(data, 1)},
                "chosen": kept, "gaps": {}},
    ))


# -- claims and ratings ----------------------------------------------------------------------


def _closed_round(
    work: Work, session: JurySession, kind: str, at: datetime, marked: int,
    sums: dict[str, Any], **more: Any,
) -> int:
    one = Round(
        session_id=session.id, kind=kind, opened_at=at, closed_at=at + timedelta(minutes=6),
        result={"eligible": marked, "marked": marked, "paper": 0, "sums": sums}, **more,
    )
    work.session.add(one)
    work.session.flush()
    return one.id


def _claims(
    work: Work, jury: Jury, session: JurySession, data: list[dict[str, Any]]
) -> None:
    sums = {
        str(number): {"trust": dict(zip(TRUST, one["trust"], strict=True)),
                      "important": {"yes": one["important"]}}
        for number, one in enumerate(data, 1)
    }
    at = session.ends_by - timedelta(hours=2)
    marked = max(sum(one["trust"]) for one in data)
    round_id = _closed_round(work, session, "claims", at, marked, sums)
    for number, one in enumerate(data, 1):
        work.session.add(Claim(
            jury_id=jury.id, session_id=session.id, round_id=round_id, number=number,
            kind=one["kind"], text=one["text"], language=one["language"], source=one["source"],
            table_number=number,
        ))


def _rating(work: Work, session: JurySession, table: int, one: dict[str, Any]) -> None:
    """How hard a table finds a project, on the three scales of six and five steps."""
    sums = {
        scale: dict(zip(steps, one[scale], strict=True))
        for scale, steps in SCALES["project"].items()
    }
    _closed_round(
        work, session, "project", session.starts_at + timedelta(minutes=20),
        sum(one["complexity"]), {str(one["project"]): sums}, table_number=table,
        project_number=one["project"],
    )


# -- criteria --------------------------------------------------------------------------------


def _criteria(
    work: Work, jury: Jury, session: JurySession, data: list[dict[str, Any]]
) -> None:
    """Their names, the tables' ideas under them, and the hidden dots as they were counted."""
    labels = [" / ".join(dict.fromkeys(one["name"].values())) for one in data]
    item = _item(session, "criteria")
    assert item.started_at is not None and item.ends_at is not None
    votes: list[dict[str, Any]] = [
        {"dots": {label: one["dots"]}} for label, one in zip(labels, data, strict=True)
    ]
    poll = Poll(
        session_id=session.id, kind="dots", title="What we judge by / Sail ein barn",
        options=labels, each=DOTS,
        opened_at=item.ends_at - timedelta(minutes=8), closed_at=item.ends_at,
        result=outcome("dots", labels, DOTS, votes, PEOPLE, "demo")
        | {"voted": PEOPLE, "paper": 0},
    )
    work.session.add(poll)
    work.session.flush()
    for label, one in zip(labels, data, strict=True):
        criterion = Criterion(jury_id=jury.id, name=one["name"], label=label, poll_id=poll.id)
        work.session.add(criterion)
        work.session.flush()
        for language, table, words in one["ideas"]:
            work.session.add(CriterionIdea(
                jury_id=jury.id, session_id=session.id, table_number=table, text=words,
                language=language, criterion_id=criterion.id,
            ))
