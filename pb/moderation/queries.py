"""Reading cases, reports and what counts for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pb.moderation import rules
from pb.moderation.models import Case, PostMark, Report
from pb.moderation.subjects import SUBJECTS, Content, Subject
from pb.processes.models import Process

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Seen:
    """A subject as it stands now; ``row`` None where its author took it back or it is gone."""

    subject: Subject | None
    row: Any
    content: Content
    hidden: bool
    protected: str
    authors: Sequence[int]
    link: tuple[str, dict[str, Any]] | None

    @property
    def digest(self) -> str:
        return rules.digest(
            (self.content.title, *self.content.words), [key for key, _ in self.content.pictures]
        )


def seen(session: Session, process: Process, kind: str, subject_id: int, now: datetime) -> Seen:
    """What a report or a case is about."""
    subject = SUBJECTS.get(kind)
    row = subject.load(session, subject_id) if subject else None
    if subject is None or row is None or subject.process_id(session, row) != process.id:
        return Seen(subject, None, Content(""), False, "", (), None)
    return Seen(
        subject, row, subject.words(session, row), subject.hidden(row),
        subject.protected(session, row, process, now), subject.author(session, row),
        subject.link(session, row, process),
    )


def open_case(session: Session, kind: str, subject_id: int) -> Case | None:
    return session.scalar(select(Case).where(Case.open_key == f"{kind}/{subject_id}"))


def case_of(session: Session, process_id: int, typed: str) -> Case | None:
    """A case of this process by the number in an address."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        return None
    case = session.get(Case, int(typed))
    return case if case is not None and case.process_id == process_id else None


def stays(session: Session, kind: str, subject_id: int, digest: str) -> int:
    """How often it was decided that these very words stay."""
    found = session.scalar(
        select(func.count()).select_from(Case).where(
            Case.kind == kind, Case.subject_id == subject_id, Case.digest == digest,
            or_(Case.answer_outcome == "stays",
                (Case.outcome == "stays") & (Case.answer_outcome == "")),
        )
    )
    return int(found or 0)


def unfounded(session: Session, person_id: int | None, now: datetime) -> int:
    """A person's last reports in a row, of those decided, in which moderators found nothing."""
    if person_id is None:
        return 0
    last = session.execute(
        select(Case.outcome, Case.answer_outcome)
        .join(Report, Report.case_id == Case.id)
        .where(Report.person_id == person_id, Case.decided_at.is_not(None),
               Report.made_at > now - rules.UNFOUNDED_DAYS)
        .order_by(Report.id.desc()).limit(rules.UNFOUNDED)
    ).all()
    number = 0
    for outcome, answer in last:
        if (answer or outcome) != "stays":
            break
        number += 1
    return number


def reports_today(session: Session, person_id: int | None, address: str, now: datetime) -> int:
    who = Report.person_id == person_id if person_id is not None else Report.address == address
    found = session.scalar(
        select(func.count()).select_from(Report).where(who, Report.made_at > now - DAY)
    )
    return int(found or 0)


def hidden_by_strangers(session: Session, process_id: int, now: datetime) -> int:
    """Cases that a stranger's report opened and that hid something, in the last hour."""
    first = select(func.min(Report.id)).group_by(Report.case_id).scalar_subquery()
    found = session.scalar(
        select(func.count()).select_from(Case).join(Report, Report.case_id == Case.id).where(
            Case.process_id == process_id, Case.hid, Case.opened_at > now - rules.WINDOW,
            Report.id.in_(first), Report.person_id.is_(None),
        )
    )
    return int(found or 0)


def recent_marks(session: Session, address: str, now: datetime) -> list[PostMark]:
    """What came from one address in the last hour."""
    return list(
        session.scalars(
            select(PostMark)
            .where(PostMark.address == address, PostMark.made_at > now - rules.WINDOW)
            .order_by(PostMark.id.desc()).limit(500)
        )
    )


# -- the queue -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """How many cases wait for a moderator, and since when the oldest does."""

    cases: int
    appeals: int
    oldest: datetime | None


def waiting(session: Session, process_ids: Sequence[int]) -> Waiting:
    cases, oldest = session.execute(
        select(func.count(), func.min(Case.opened_at)).where(
            Case.process_id.in_(process_ids), Case.open_key.is_not(None)
        )
    ).one()
    appeals, oldest_appeal = session.execute(
        select(func.count(), func.min(Case.appealed_at)).where(
            Case.process_id.in_(process_ids), Case.appealed_at.is_not(None),
            Case.answered_at.is_(None),
        )
    ).one()
    both = [one for one in (oldest, oldest_appeal) if one is not None]
    return Waiting(cases, appeals, min(both) if both else None)


QUEUES = ("waiting", "appeals", "decided")


def cases(
    session: Session, process_id: int, which: str, page: int, length: int
) -> tuple[list[tuple[Case, int]], int]:
    """One page of a queue with each case's number of reports, and how many cases there are.

    What waits comes oldest first; what was decided newest first.
    """
    chosen = select(Case).where(Case.process_id == process_id)
    if which == "waiting":
        chosen = chosen.where(Case.open_key.is_not(None)).order_by(Case.opened_at, Case.id)
    elif which == "appeals":
        chosen = chosen.where(
            Case.appealed_at.is_not(None), Case.answered_at.is_(None)
        ).order_by(Case.appealed_at, Case.id)
    else:
        chosen = chosen.where(Case.decided_at.is_not(None)).order_by(Case.decided_at.desc())
    number = session.scalar(
        select(func.count()).select_from(chosen.order_by(None).subquery())
    ) or 0
    found = list(session.scalars(chosen.offset((page - 1) * length).limit(length)))
    counts = dict(
        session.execute(
            select(Report.case_id, func.count())
            .where(Report.case_id.in_([one.id for one in found])).group_by(Report.case_id)
        ).all()
    )
    return [(one, counts.get(one.id, 0)) for one in found], number


def reports_of(session: Session, case_id: int) -> list[Report]:
    chosen = select(Report).where(Report.case_id == case_id).order_by(Report.id)
    return list(session.scalars(chosen))


def bundle_of(session: Session, case: Case) -> list[Case]:
    """The near-copies that were held with a case and wait as it does, the case itself left out."""
    if not case.bundle:
        return []
    return list(
        session.scalars(
            select(Case).where(
                Case.process_id == case.process_id, Case.bundle == case.bundle,
                Case.open_key.is_not(None), Case.id != case.id,
            ).order_by(Case.id)
        )
    )


def latest_case(session: Session, kind: str, subject_id: int) -> Case | None:
    """The newest case about a subject, for the page on which its author learns of it."""
    return session.scalar(
        select(Case).where(Case.kind == kind, Case.subject_id == subject_id)
        .order_by(Case.id.desc()).limit(1)
    )


# -- the public log --------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """What the public sees in figures."""

    reports: int
    cases: int
    open: int
    stays: int
    hidden: int
    passed: int
    appeals: int
    upheld: int
    """Appeals after which the text was shown again."""
    by_code: dict[str, int]
    """Hidden in the end, by reason."""
    median: timedelta | None
    """From the first report to the decision."""


def counts(session: Session, process_id: int) -> Counts:
    found = session.execute(
        select(Case.opened_at, Case.decided_at, Case.outcome, Case.reason_code, Case.appealed_at,
               Case.answer_outcome).where(Case.process_id == process_id)
    ).all()
    reports = session.scalar(
        select(func.count()).select_from(Report).where(Report.process_id == process_id)
    ) or 0
    final = [(row.answer_outcome or row.outcome) for row in found]
    by_code: dict[str, int] = {}
    for row, outcome in zip(found, final, strict=True):
        if outcome == "hidden":
            by_code[row.reason_code] = by_code.get(row.reason_code, 0) + 1
    times = sorted(row.decided_at - row.opened_at for row in found if row.decided_at)
    return Counts(
        reports, len(found), sum(1 for row in found if row.decided_at is None),
        final.count("stays"), final.count("hidden"), final.count("passed"),
        sum(1 for row in found if row.appealed_at),
        sum(1 for row in found if row.answer_outcome == "stays"),
        by_code, times[len(times) // 2] if times else None,
    )
