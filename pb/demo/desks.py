"""What waits on two desks of the demo: a report, an appeal and decisions for the moderator; a text
without Welsh and one whose source has changed for the translators."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from pb.access.permissions import Permission
from pb.access.policy import TRANSLATOR, require
from pb.accounts.models import Person
from pb.accounts.services import give_role
from pb.comments.models import Comment
from pb.core.work import Work, command
from pb.demo.town import HERE, Town
from pb.moderation.models import Case, Report
from pb.moderation.queries import seen
from pb.moderation.subjects import SUBJECTS
from pb.processes.models import Notice, Process
from pb.processes.timetable import dates_of
from pb.proposals.models import Proposal
from pb.translations.models import Translation
from pb.translations.rules import digest

SLUG = "shared-budget-2028"
MODERATES = "anwen-probert"


@command()
def add_desks(work: Work, town: Town) -> None:
    """Posts that were reported, and texts to translate, where ideas are collected."""
    require(work, Permission.INSTALL)
    data = tomllib.loads((HERE / "desks.toml").read_text(encoding="utf-8"))
    process = work.session.scalars(select(Process).where(Process.slug == SLUG)).one()
    people = {
        str(email).split("@")[0]: id
        for id, email in work.session.execute(select(Person.id, Person.email))
    }
    for one in data["posts"]:
        _post(work, process, town, people, one)
    _texts(work, process, town, people, data)
    work.about("process", process.id, scope=process.id)


def _post(
    work: Work, process: Process, town: Town, people: dict[str, int], one: dict[str, Any]
) -> None:
    """A comment, its reports, and what became of them so far."""
    opened = work.now - timedelta(hours=one["hours"])
    idea = work.session.scalars(select(Proposal).where(
        Proposal.process_id == process.id, Proposal.title == one["idea"])).one()
    comment = Comment(
        proposal_id=idea.id, author_id=people[one["from"]], text=one["text"], parent_id=None,
        language=town.residents[one["from"]]["language"], made_at=opened - timedelta(hours=3),
    )
    work.session.add(comment)
    work.session.flush()
    decided = "decided" in one
    case = Case(
        process_id=process.id, kind="comment", subject_id=comment.id, cause="report",
        code=one["code"], opened_at=opened, hid=True,
        digest=seen(work.session, process, "comment", comment.id, work.now).digest,
        open_key=None if decided else f"comment/{comment.id}",
    )
    if decided:
        case.decided_at = work.now - timedelta(hours=one["decided"])
        case.decided_by, case.outcome = people[MODERATES], one["outcome"]
        case.reason, case.reason_language = one["reason"], "en"
        case.reason_code = one["code"] if one["outcome"] == "hidden" else ""
    if "appeal" in one:
        case.appealed_at = work.now - timedelta(hours=one["appealed"])
        case.appeal, case.appeal_language = one["appeal"], comment.language
    work.session.add(case)
    work.session.flush()
    subject = SUBJECTS["comment"]
    (subject.show if case.outcome == "stays" else subject.hide)(work, comment)
    for number, said in enumerate(one["reports"]):
        who = said["from"]
        work.session.add(Report(
            case_id=case.id, process_id=process.id, code=said["code"], words=said["words"],
            language=town.residents[who]["language"] if who else "en",
            person_id=people[who] if who else None, address="",
            made_at=opened + timedelta(minutes=17 * number),
        ))


def _texts(
    work: Work, process: Process, town: Town, people: dict[str, int], data: dict[str, Any]
) -> None:
    """A notice without Welsh, and a purpose that was changed after it was translated."""
    notice, purpose = data["notice"], data["purpose"]
    dates = dates_of(process)
    ideas = next(phase for phase in process.phases if phase.kind == "ideas")
    assert ideas.closes_at is not None
    earlier = [dates["ideas"][0], (ideas.closes_at - timedelta(weeks=1)).isoformat()]
    work.session.add(Notice(
        process_id=process.id, at=work.now - timedelta(days=notice["days"]), kind="notice.dates",
        details={"before": dates | {"ideas": earlier}, "after": dates}, reason=notice["en"],
        texts={"en": notice["en"]},
    ))
    who = purpose["translator"]
    give_role(work, people[who], TRANSLATOR, process.id)
    work.session.add(Translation(
        process_id=process.id, kind="process", subject_id=process.id, field="purpose",
        source_language="en", language="cy", state="done", text=process.purpose["cy"],
        source_digest=digest(purpose["was"]), translated_by=people[who],
        translator=town.residents[who]["name"],
        translated_at=work.now - timedelta(days=purpose["days"]), version=1,
    ))
    work.session.flush()
