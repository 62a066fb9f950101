"""What commands of other features do with a round: open it, keep marks in it, close it."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import delete, select

from deliberation.panels.models import Jury
from deliberation.sessions.services import the_session, topic
from deliberation.votes.queries import eligible
from deliberation.weighing import queries, rules
from deliberation.weighing.models import Mark, Round
from pb.core import live
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work
from pb.processes.models import Process


def the_round(work: Work, round_id: int) -> tuple[Process, Jury, Round]:
    """A round with its jury and the process that permissions are asked about."""
    found = work.session.get(Round, round_id)
    if found is None:
        raise NotFound("round.unknown")
    process, jury, _session = the_session(work, found.session_id)
    return process, jury, found


def begin(
    work: Work, session_id: int, kind: str, table: int | None = None,
    project_number: int | None = None,
) -> int:
    """Open a round, inside a command; its id. Errors: Conflict where one like it is open."""
    process, _jury, session = the_session(work, session_id)
    if session.state != "running":
        raise Conflict("session.not_running")
    if queries.open_round(work.session, session_id, kind, table) is not None:
        raise Conflict("round.open")
    one = Round(session_id=session_id, kind=kind, table_number=table,
                project_number=project_number, opened_at=work.now, result={})
    work.session.add(one)
    work.session.flush()
    live.touch(work, topic(session_id))
    work.about("round", one.id, scope=process.id, asked=kind, table=table, project=project_number)
    return one.id


def _eligible(work: Work, jury: Jury, one: Round) -> set[int]:
    return eligible(work.session, jury, one.session_id, one.project_number, one.table_number)


def keep(
    work: Work, jury: Jury, one: Round, juror_id: int, subjects: Collection[str],
    marks: rules.Marks,
) -> None:
    """A juror's marks in the place of the earlier ones, sealed. Errors: Conflict, Invalid."""
    if one.closed_at is not None:
        raise Conflict("round.closed")
    if juror_id not in _eligible(work, jury, one):
        raise Conflict("round.not_eligible")
    try:
        content = rules.checked(one.kind, subjects, marks)
    except rules.MarkError as error:
        raise Invalid(str(error)) from None
    sealed = work.site.secrets.hide("jury-mark", json.dumps(content).encode())
    known = work.session.get(Mark, (one.id, juror_id))
    if known is None:
        work.session.add(Mark(round_id=one.id, juror_id=juror_id, sealed=sealed))
    else:
        known.sealed = sealed
    work.session.flush()
    live.touch(work, topic(one.session_id))


def finish(
    work: Work, jury: Jury, one: Round, subjects: Collection[str],
    paper: Collection[rules.Marks] = (),
) -> list[rules.Marks]:
    """Close a round: its sums are kept, the marks are gone. Gives the marks to the command that
    closes, without names and in no order, for what only they can tell. Errors: Conflict, Invalid.
    """
    if one.closed_at is not None:
        raise Conflict("round.closed")
    may = _eligible(work, jury, one)
    found: list[rules.Marks] = [
        json.loads(work.site.secrets.reveal("jury-mark", row.sealed))
        for row in work.session.scalars(select(Mark).where(Mark.round_id == one.id))
        if row.juror_id in may  # who has left does not count
    ]
    try:
        found += [rules.checked(one.kind, subjects, slip) for slip in paper]
    except rules.MarkError as error:
        raise Invalid(str(error)) from None
    if len(found) > len(may):
        raise Invalid("round.too_many")
    found.sort(key=lambda marks: json.dumps(marks, sort_keys=True))
    one.closed_at = work.now
    one.result = {
        "eligible": len(may), "marked": len(found), "paper": len(paper),
        "sums": rules.sums(one.kind, sorted(subjects, key=int), found),
    }
    work.session.execute(delete(Mark).where(Mark.round_id == one.id))
    live.touch(work, topic(one.session_id))
    return found
