"""The evaluator's files: CSV and JSON in one archive, without names, contacts or notes.

Pseudonyms are keyed with bytes that are drawn for one issue and thrown away with it: nobody can
go back from them to a person, or from one issue's to the next one's.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import secrets
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.evaluation.queries import attended, closed_polls, figures_of, survey_rows
from deliberation.panels.models import Jury
from deliberation.recommendations.queries import recommendations_of
from deliberation.sessions.models import JurySession
from deliberation.surveys import queries as surveys
from pb.core.security import Secrets
from pb.processes.models import Process

README = """The files of one jury's evaluation, issue {number}.

answers.csv          one row an answer. A pseudonym is the same before and after, another one in
                     every other survey, and new in every issue; nobody can lead it back.
questions.csv        the questions, with the bounds of their numbers
figures.json         all figures as the public may see them, with the name of each formula
polls.csv            private votes, as sums
recommendations.csv  what was recommended, when it was answered and how
sessions.csv         when the jury met, and how many came
manifest.json        the SHA-256 of each file

Surveys that fewer than five people answered are left out. Names, contacts, needs, notes and single
votes are in none of these files.

Ffeiliau gwerthusiad un rheithgor, rhifyn {number}. Un rhes am bob ateb yn answers.csv. Nid oes
enwau, cysylltiadau, anghenion, nodiadau na phleidleisiau unigol yn yr un o'r ffeiliau hyn, ac ni
all neb olrhain ffugenw yn ôl at berson. Caiff arolygon a atebwyd gan lai na phump eu gadael allan.
"""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Every member's date: two issues differ by what is in them alone."""


def issue(
    session: Session, keys: Secrets, process: Process, jury: Jury, number: int, now: datetime
) -> tuple[bytes, dict[str, str]]:
    """The archive, and its manifest: name to SHA-256."""
    zone = ZoneInfo(process.time_zone)
    members = {
        "README.txt": README.format(number=number).encode(),
        "answers.csv": _answers(session, keys, jury.id, secrets.token_bytes(32)),
        "questions.csv": _questions(session, jury.id),
        "figures.json": _json(figures_of(session, keys, jury, now, zone, exact=False)),
        "polls.csv": _csv(
            ("title", "language", "kind", "round", "eligible", "voted", "agree", "needed",
             "carried"),
            ((one.title, one.language, one.kind, one.round, one.result["eligible"],
              one.result["voted"], one.result["agree"], one.result["needed"], one.result["carried"])
             for one in closed_polls(session, jury.id))),
        "recommendations.csv": _csv(
            ("number", "text", "handed_over", "timing", "days_late", "verdict"),
            ((view.item.number, json.dumps(view.item.text, ensure_ascii=False),
              view.item.published_at.astimezone(zone).date() if view.item.published_at else "",
              view.timing, view.days_late, view.reply.verdict if view.reply else "")
             for view in recommendations_of(session, jury, now, zone))),
        "sessions.csv": _sessions(session, jury),
    }
    manifest = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    members["manifest.json"] = _json({"issue": number, "files": manifest})
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), members[name],
                             zipfile.ZIP_DEFLATED)
    return written.getvalue(), manifest


def _answers(session: Session, keys: Secrets, jury_id: int, key: bytes) -> bytes:
    rows = []
    for kind, number, tag, answers in survey_rows(session, keys, jury_id):
        name = hmac.new(key, tag.encode(), hashlib.sha256).hexdigest()[:16]
        for question, answer in answers.items():
            said = " ".join(map(str, answer)) if isinstance(answer, list) else answer
            rows.append((name, kind, number, question, said))
    return _csv(("pseudonym", "survey", "session", "question", "answer"), sorted(rows, key=str))


def _questions(session: Session, jury_id: int) -> bytes:
    rows = []
    for view in surveys.waves_of(session, jury_id):
        for item in view.wave.items:
            rows.append((view.wave.kind, view.session_number, item["key"], item["kind"],
                         json.dumps(item["text"], ensure_ascii=False), item.get("least", ""),
                         item.get("most", ""),
                         json.dumps(item.get("options", []), ensure_ascii=False)))
    return _csv(("survey", "session", "question", "kind", "text", "least", "most", "options"),
                rows)


def _sessions(session: Session, jury: Jury) -> bytes:
    came = attended(session, jury.id)
    found = session.scalars(select(JurySession).where(JurySession.jury_id == jury.id)
                            .order_by(JurySession.number))
    return _csv(("session", "starts_at", "state", "came"), (
        (one.number, one.starts_at.isoformat(), one.state, len(came.get(one.number, ())))
        for one in found))


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return written.getvalue().encode()


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
