"""Commands on a jury's votes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from deliberation.allocation.queries import away_when_tested
from deliberation.panels.models import Jury
from deliberation.sessions.services import the_session, topic
from deliberation.votes import rules
from deliberation.votes.models import KINDS, Poll, PollKeying, PollVote
from deliberation.votes.queries import eligible, keyings_of, read_keying
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process

MOST_OPTIONS = 60


@dataclass(frozen=True)
class PollValue:
    """A poll as its form says it."""

    kind: str
    title: str
    text: str = ""
    options: tuple[str, ...] = ()
    each: int = 0
    project_number: int | None = None
    language: str = ""
    """What it is written in; empty: each language side by side."""


def _poll(work: Work, poll_id: int) -> tuple[Process, Jury, Poll]:
    poll = work.session.get(Poll, poll_id)
    if poll is None:
        raise NotFound("poll.unknown")
    process, jury, _session = the_session(work, poll.session_id)
    return process, jury, poll


@command()
def open_poll(work: Work, session_id: int, value: PollValue) -> int:
    """Ask the jurors; the poll's id. One is open at a time. Errors: Conflict, Invalid."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if session.state != "running":
        raise Conflict("session.not_running")
    if value.kind not in KINDS or not value.title:
        raise Invalid("poll.title", field="title")
    if value.kind in ("ranked", "dots"):
        if not 2 <= len(set(value.options)) == len(value.options) <= MOST_OPTIONS:
            raise Invalid("poll.options", field="options", most=MOST_OPTIONS)
        if not 1 <= value.each <= (len(value.options) if value.kind == "ranked" else 50):
            raise Invalid("poll.each", field="each")
    if _open(work, session_id) is not None:
        raise Conflict("poll.open")
    return _new(work, process, session_id, value, None)


def _open(work: Work, session_id: int) -> Poll | None:
    return work.session.scalar(
        select(Poll).where(Poll.session_id == session_id, Poll.closed_at.is_(None))
    )


def _new(
    work: Work, process: Process, session_id: int, value: PollValue, before: Poll | None
) -> int:
    poll = Poll(
        session_id=session_id, kind=value.kind, language=value.language, title=value.title,
        text=value.text,
        options=list(value.options), each=value.each, project_number=value.project_number,
        round=2 if before else 1, before_id=before.id if before else None,
        lot_seed=secrets.token_hex(32), opened_at=work.now, result={},
    )
    work.session.add(poll)
    work.session.flush()
    live.touch(work, topic(session_id))
    work.about("poll", poll.id, scope=process.id, asked=value.kind, round=poll.round)
    return poll.id


@command()
def repair(work: Work, poll_id: int, text: str) -> int:
    """Vote a second and last time, on a repaired wording in the language of the first; the new
    poll's id. Errors: Conflict."""
    process, _jury, poll = _poll(work, poll_id)
    require(work, Permission.RUN_SESSION, process)
    again = work.session.scalar(select(Poll.id).where(Poll.before_id == poll_id))
    if again is not None or not rules.may_repair(poll.kind, poll.round, poll.result):
        raise Conflict("poll.repaired")
    if _open(work, poll.session_id) is not None:
        raise Conflict("poll.open")
    value = PollValue(poll.kind, poll.title, text, tuple(poll.options), poll.each,
                      poll.project_number, poll.language)
    return _new(work, process, poll.session_id, value, poll)


def _eligible(work: Work, jury: Jury, poll: Poll) -> set[int]:
    """Jurors who are here and not too close to what is voted on. Who was away when a project was
    tested may comment, and does not vote on what they did not see."""
    may = eligible(work.session, jury, poll.session_id, poll.project_number)
    if poll.project_number is not None:
        may -= away_when_tested(work.session, jury.id, poll.project_number)
    return may


@command(audited=False)
def vote(work: Work, poll_id: int, juror_id: int, value: rules.Vote) -> None:
    """A juror's vote, in the place of the one before; sealed from everybody until the close.

    No row of the log says that they voted: few voters in one order are half of who said what.
    Errors: Conflict (closed, not eligible), Invalid.
    """
    process, jury, poll = _poll(work, poll_id)
    require(work, Permission.ACT_AS_JUROR, process)
    if poll.closed_at is not None:
        raise Conflict("poll.closed")
    if juror_id not in _eligible(work, jury, poll):
        raise Conflict("poll.not_eligible")
    try:
        content = rules.checked(poll.kind, poll.options, poll.each, value)
    except rules.VoteError as error:
        raise Invalid(str(error)) from None
    sealed = work.site.secrets.hide("jury-vote", json.dumps(content).encode())
    known = work.session.get(PollVote, (poll_id, juror_id))
    if known is None:
        work.session.add(PollVote(poll_id=poll_id, juror_id=juror_id, sealed=sealed))
    else:
        known.sealed = sealed
    work.session.flush()
    live.touch(work, topic(poll.session_id))


@command()
def key_slips(work: Work, poll_id: int, slips: Sequence[rules.Vote]) -> list[int]:
    """One person's reading of the numbered slips, in their order, in place of their earlier one;
    the slips that the two people read differently. No slips take the reading back.

    The log says who keyed how many, never what. Errors: Conflict, Invalid.
    """
    process, jury, poll = _poll(work, poll_id)
    require(work, Permission.KEY_SLIPS, process)
    if poll.closed_at is not None:
        raise Conflict("poll.closed")
    person_id = work.actor.person_id
    if person_id is None:
        raise NotAllowed("access.not_you")
    others = [one for one in keyings_of(work.session, poll_id) if one.person_id != person_id]
    if len(others) > 1:
        raise Conflict("poll.keyed", names=", ".join(one.name for one in others))
    if len(slips) > len(_eligible(work, jury, poll)):
        raise Invalid("poll.too_many")
    try:
        votes = [rules.checked(poll.kind, poll.options, poll.each, one) for one in slips]
    except rules.VoteError as error:
        raise Invalid(str(error)) from None
    known = work.session.get(PollKeying, (poll_id, person_id))
    if known is not None:
        work.session.delete(known)
        work.session.flush()
    if votes:
        work.session.add(PollKeying(
            poll_id=poll_id, person_id=person_id, name=work.actor.name, slips=len(votes),
            sealed=work.site.secrets.hide("jury-slips", json.dumps(votes).encode()),
            keyed_at=work.now,
        ))
    live.touch(work, topic(poll.session_id))
    work.about("poll", poll.id, scope=process.id, slips=len(votes))
    if not others or not votes:
        return []
    return rules.differences(read_keying(work.site.secrets, others[0]), votes)


def _agreed_slips(work: Work, poll_id: int) -> list[rules.Vote]:
    """The slips as both people read them; none where nobody keyed any. Errors: Conflict with the
    slips that were read differently."""
    keyings = keyings_of(work.session, poll_id)
    if not keyings:
        return []
    if len(keyings) == 1:
        raise Conflict("poll.one_keying", name=keyings[0].name)
    first, second = (read_keying(work.site.secrets, one) for one in keyings)
    different = rules.differences(first, second)
    if different:
        raise Conflict("poll.keyings_differ", listed=", ".join(map(str, different)))
    return first


@command()
def close_poll(work: Work, poll_id: int) -> dict[str, Any]:
    """Close a poll and say what it came to, with the slips that two people have keyed alike.

    What is kept are sums; votes and keyings are gone. Errors: Conflict (closed, keyed once only,
    keyed differently), Invalid.
    """
    process, jury, poll = _poll(work, poll_id)
    require(work, Permission.RUN_SESSION, process)
    if poll.closed_at is not None:
        raise Conflict("poll.closed")
    eligible = _eligible(work, jury, poll)
    votes = [
        json.loads(work.site.secrets.reveal("jury-vote", one.sealed))
        for one in work.session.scalars(select(PollVote).where(PollVote.poll_id == poll_id))
        if one.juror_id in eligible  # who has left does not count
    ]
    paper = _agreed_slips(work, poll_id)
    if len(votes) + len(paper) > len(eligible):
        raise Invalid("poll.too_many")
    votes += paper
    poll.closed_at = work.now
    poll.result = rules.outcome(
        poll.kind, poll.options, poll.each, votes, len(eligible), poll.lot_seed
    ) | {"paper": len(paper)}
    for table in (PollVote, PollKeying):
        work.session.execute(delete(table).where(table.poll_id == poll_id))
    live.touch(work, topic(poll.session_id))
    work.about("poll", poll.id, scope=process.id, voted=len(votes), paper=len(paper))
    return poll.result
