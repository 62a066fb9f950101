"""Reading statements, as the office edits them and as the public sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from deliberation.panels.models import Interest, Jury
from deliberation.panels.queries import interests_of, jury_of, sitting
from deliberation.plain.queries import Said, by_language, read_by_all
from deliberation.sessions.models import JurySession
from deliberation.statements import rules
from deliberation.statements.models import FactReply, ProcessLine, Statement, StatementNote
from deliberation.votes.models import Poll


def jurors_now(session: Session, jury: Jury, project_number: int) -> int:
    """Of how many jurors a tally on this project is, now."""
    interested = interests_of(session, jury.id).get(project_number, [])
    return rules.jurors_of(_seated(jury), [one.juror_id for one in interested])


def _seated(jury: Jury) -> set[int]:
    return {one.id for one in sitting(jury.jurors) if not one.reserve}


@dataclass(frozen=True)
class Vote:
    """A closed vote on a statement: consent or comfort, with its wording."""

    text: str
    language: str
    agree: int
    eligible: int
    needed: int
    carried: bool


@dataclass(frozen=True)
class Shown:
    """A statement as the public reads it. ``late``: jurors whose interest became known after it
    was locked; the tallies are then of ``jurors`` without them, and are checked anew."""

    statement: Statement
    jurors: int
    late: int
    findings: Sequence[tuple[int, Mapping[str, Any]]]
    votes: Sequence[Vote]
    line: Mapping[str, str]

    @property
    def sections(self) -> Mapping[str, Any]:
        return self.statement.sections

    @property
    def final(self) -> bool:
        return self.statement.state == "locked"

    @property
    def replies(self) -> Sequence[FactReply]:
        return self.statement.replies

    @property
    def notes(self) -> Sequence[StatementNote]:
        """What jurors say who see it otherwise."""
        return self.statement.notes

    @property
    def agreed(self) -> bool:
        """Whether the jurors stand behind the page: the last vote on it was not lost."""
        return not self.votes or self.votes[-1].carried

    @property
    def open_until(self) -> datetime | None:
        return None if self.final else rules.lockable_at(self.statement.checked_at)


def statements_of(session: Session, jury_id: int) -> dict[int, Statement]:
    """A jury's statements by their project's id."""
    found = session.scalars(
        select(Statement).where(Statement.jury_id == jury_id)
        .options(selectinload(Statement.checks), selectinload(Statement.replies),
                 selectinload(Statement.notes))
    )
    return {one.project_id: one for one in found}


@read_by_all
def _said_in_statements(session: Session, jury_id: int) -> Iterator[Said]:
    for sections in session.scalars(
        select(Statement.sections).where(Statement.jury_id == jury_id)
        .order_by(Statement.project_number)
    ):
        for line in rules.texts(sections).values():
            yield from by_language(line)


def process_line(session: Session, jury_id: int) -> dict[str, str]:
    found = session.get(ProcessLine, jury_id)
    return dict(found.text) if found is not None else {}


def shown_statements(
    session: Session, process_id: int, *, locked: bool = True
) -> dict[int, Shown]:
    """What the public may read, by the project's id: the locked ones, or (``locked=False``) also
    those whose facts can still be disputed."""
    jury = jury_of(session, process_id)
    if jury is None:
        return {}
    known = {
        key: one for key, one in statements_of(session, jury.id).items()
        if one.state == "locked" or (not locked and one.checked_at is not None)
    }
    if not known:
        return {}
    line, polls, seated = process_line(session, jury.id), _votes(session, jury.id), _seated(jury)
    interests = interests_of(session, jury.id)
    return {
        key: _shown(one, seated, interests.get(one.project_number, []), line,
                    polls.get(one.project_number, []))
        for key, one in known.items()
    }


def _shown(
    one: Statement, seated: set[int], interests: Sequence[Interest], line: Mapping[str, str],
    votes: Sequence[Vote],
) -> Shown:
    late = 0
    jurors = rules.jurors_of(seated, [close.juror_id for close in interests])
    if one.locked_at is not None:
        late = sum(close.declared_at > one.locked_at for close in interests)
        jurors = max(0, one.jurors - late)
    return Shown(one, jurors, late, rules.printed(one.sections, jurors), votes, line)


def _votes(session: Session, jury_id: int) -> dict[int, list[Vote]]:
    """The closed votes on each project's statement, the earlier round first."""
    found: dict[int, list[Vote]] = {}
    for poll in session.scalars(
        select(Poll).join(JurySession, JurySession.id == Poll.session_id)
        .where(JurySession.jury_id == jury_id, Poll.closed_at.is_not(None),
               Poll.project_number.is_not(None), Poll.kind.in_(("consent", "comfort")))
        .order_by(Poll.id)
    ):
        result = poll.result
        found.setdefault(poll.project_number or 0, []).append(
            Vote(poll.text, poll.language, result["agree"], result["eligible"], result["needed"],
                 result["carried"])
        )
    return found


def has_open_statements(session: Session, jury_id: int) -> bool:
    """Whether the jury writes statements that are not locked yet."""
    return session.scalar(select(Statement.id).where(
        Statement.jury_id == jury_id, Statement.state != "locked").limit(1)) is not None


def with_statement(session: Session, process_id: int) -> set[int]:
    """The projects' ids that have a locked statement, for pages that only link to it."""
    return set(
        session.scalars(
            select(Statement.project_id).join(Jury, Jury.id == Statement.jury_id)
            .where(Jury.process_id == process_id, Statement.state == "locked")
        )
    )
