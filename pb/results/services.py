"""Commands of a result: the count, its publication by two, objections, the final word."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pb.access.permissions import Permission
from pb.access.policy import AUDITOR, OFFICIALS, require
from pb.accounts import twofold
from pb.accounts.models import Act
from pb.accounts.queries import people_with
from pb.ballots.queries import box_state
from pb.ballots.seams import still_needed_by
from pb.ballots.services import forget_roll
from pb.core.errors import Conflict, Invalid
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.notifications.services import tell
from pb.processes.models import Process
from pb.results import checks as checks  # registers what holds back the steps after a count
from pb.results import jobs, queries, recorded, rules
from pb.results.models import Count, Objection

OBJECTION_TIME = timedelta(days=14)
"""How long objections run when a count is published without asking for a date."""


def the_process(work: Work, process_id: int) -> Process:
    return work.session.get_one(Process, process_id)


def the_count(work: Work, process_id: int, count_id: int | None) -> Count:
    """A count of this process. Errors: Conflict."""
    count = work.session.get(Count, count_id) if count_id is not None else None
    if count is None or count.process_id != process_id:
        raise Conflict("count.unknown")
    return count


@still_needed_by
def envelopes_until_final(session: Session, process_id: int) -> str | None:
    """Envelopes and key stay until the result is final: an auditor may want to open them again."""
    count = queries.published_count(session, process_id)
    return None if count is not None and count.state == "final" else "box.not_final"


# -- counting --------------------------------------------------------------------------------


@command()
def ask_count(work: Work, process_id: int) -> int:
    """Have the votes counted, by a job; the count's id. After the close only.

    Asking again counts again: the same ballots must come to the same. Errors: Conflict.
    """
    process = the_process(work, process_id)
    require(work, Permission.RUN_COUNT, process)
    count_id = _new_count(work, process)
    work.later(jobs.run_count, count_id=count_id)
    return count_id


def _new_count(work: Work, process: Process) -> int:
    running = work.session.scalar(
        select(Count.id).where(Count.process_id == process.id, Count.state == "running")
    )
    if running is not None:
        raise Conflict("count.running")
    if box_state(work.session, process.id) in ("open", "closed"):
        raise Conflict("box.not_opened")
    last = work.session.scalar(
        select(func.max(Count.number)).where(Count.process_id == process.id)
    )
    count = Count(
        process_id=process.id, number=(last or 0) + 1, state="running", progress="waiting",
        asked_by=work.actor.person_id, asked_at=work.now, tally={}, second_count={},
        comparison={}, turnout={},
    )
    work.session.add(count)
    work.session.flush()
    work.about("count", count.id, scope=process.id, number=count.number)
    return count.id


# -- publishing ------------------------------------------------------------------------------


@command()
def ask_publish(work: Work, process_id: int, count_id: int, until: datetime) -> int:
    """Ask a second official to publish a count, with the moment until which anyone may object.

    The act's id. Errors: Conflict, Invalid.
    """
    process = the_process(work, process_id)
    require(work, Permission.PUBLISH_RESULT, process)
    count = the_count(work, process_id, count_id)
    _may_publish(work, count)
    if until <= work.now:
        raise Invalid("result.until_past", field="until")
    work.about("count", count.id, scope=process.id)
    return twofold.ask(work, process, "results.publish", count.id, until=until.isoformat())


def _may_publish(work: Work, count: Count) -> None:
    if count.state != "counted":
        raise Conflict("count.not_counted")
    if queries.published_count(work.session, count.process_id) is not None:
        raise Conflict("result.published")


@twofold.act("results.publish", Permission.PUBLISH_RESULT)
def publish(work: Work, process: Any, act: Act) -> None:
    """Two officials want it public: a provisional result, with the date of objections."""
    count = the_count(work, process.scope_id, act.subject_id)
    _may_publish(work, count)
    until = datetime.fromisoformat(act.arguments["until"])
    if until <= work.now:
        raise Conflict("result.until_past")
    _publish(work, count, until)
    work.about("count", count.id, scope=process.scope_id, digest=count.input_digest)


def _publish(work: Work, count: Count, until: datetime) -> None:
    count.state, count.published_at, count.objections_until = "provisional", work.now, until
    recorded.note_result(work, count)
    for person in people_with(work.session, count.process_id, OFFICIALS | {AUDITOR}):
        tell(work, "result_published", email=person.email or "", language=person.language,
             person_id=person.id, count_id=count.id)


@command()
def publish_now(work: Work, count_id: int, final: bool) -> None:
    """Publish a count at once, for imports and the demo: there is no second person to ask."""
    count = work.session.get_one(Count, count_id)
    require(work, Permission.INSTALL)
    _may_publish(work, count)
    count.published_at, count.objections_until = work.now, work.now + OBJECTION_TIME
    count.state = "provisional"
    if final:
        count.state, count.final_at, count.objections_until = "final", work.now, work.now
        forget_roll(work, count.process_id)
    recorded.note_result(work, count)
    work.about("count", count.id, scope=count.process_id, digest=count.input_digest)


@command()
def begin_count(work: Work, process_id: int) -> int:
    """Make the row of a count that is carried out by the caller; its id."""
    process = the_process(work, process_id)
    require(work, Permission.INSTALL)
    return _new_count(work, process)


def count_and_publish_now(site: Site, process_id: int, final: bool) -> int:
    """Count at once, in the caller, and publish: for imports and the demo. The count's id.

    Errors: Conflict("count.failed") with the ``reason``'s code.
    """
    count_id: int = site.work.run(begin_count, SYSTEM, process_id)
    jobs.carry_out(site, count_id)
    with site.database.reading() as session:
        row = session.get_one(Count, count_id)
        if row.state != "counted":
            raise Conflict("count.failed", reason=row.progress)
    site.work.run(publish_now, SYSTEM, count_id, final)
    return count_id


# -- objections ------------------------------------------------------------------------------


@command()
def object_to(
    work: Work, process_id: int, name: str, email: str, language: str, text: str
) -> int:
    """Take an objection against a provisional result; its id. Errors: Conflict."""
    process = the_process(work, process_id)
    require(work, Permission.OBJECT, process)
    count = queries.published_count(work.session, process_id)
    if count is None or not rules.may_object(count, work.now):
        raise Conflict("objection.late")
    objection = Objection(
        count_id=count.id, name=name, email=email.strip().lower(), language=language, text=text,
        made_at=work.now,
    )
    work.session.add(objection)
    work.session.flush()
    recorded.note_objection(work, process_id, objection)
    tell(work, "objection_made", email=objection.email, language=language,
         objection_id=objection.id)
    for person in people_with(work.session, process_id, OFFICIALS):
        tell(work, "objection_received", email=person.email or "", language=person.language,
             person_id=person.id, objection_id=objection.id)
    work.about("objection", objection.id, scope=process_id)
    return objection.id


@command()
def answer_objection(
    work: Work, process_id: int, objection_id: int, answer: str, language: str, upheld: bool
) -> None:
    """Answer an objection in public, once; whoever objected gets it by mail. Errors: Conflict."""
    process = the_process(work, process_id)
    require(work, Permission.ANSWER_OBJECTION, process)
    objection = work.session.get(Objection, objection_id)
    if objection is None:
        raise Conflict("objection.unknown")
    the_count(work, process_id, objection.count_id)
    if objection.answered_at is not None:
        raise Conflict("objection.answered")
    objection.answer, objection.answer_language, objection.upheld = answer, language, upheld
    objection.answered_by, objection.answered_at = work.actor.person_id, work.now
    recorded.note_answer(work, process_id, objection)
    tell(work, "objection_answered", email=objection.email, language=objection.language,
         objection_id=objection.id)
    work.about("objection", objection.id, scope=process_id, upheld=upheld)


# -- the final word --------------------------------------------------------------------------


@command()
def ask_finish(work: Work, process_id: int) -> int:
    """Ask a second official to declare the result final. The act's id. Errors: Conflict."""
    process = the_process(work, process_id)
    require(work, Permission.FINISH_RESULT, process)
    count = _may_finish(work, process_id)
    work.about("count", count.id, scope=process.id)
    return twofold.ask(work, process, "results.finish", count.id)


def _may_finish(work: Work, process_id: int) -> Count:
    """The provisional count, when its time is over and every objection has its answer."""
    count = queries.published_count(work.session, process_id)
    if count is None or count.state != "provisional":
        raise Conflict("result.not_provisional")
    if count.objections_until is not None and work.now < count.objections_until:
        raise Conflict("result.objections_run", at=count.objections_until)
    if any(one.answered_at is None for one in queries.objections_of(work.session, count.id)):
        raise Conflict("result.objections_open")
    return count


@twofold.act("results.finish", Permission.FINISH_RESULT)
def finish(work: Work, process: Any, act: Act) -> None:
    """Two officials declare the result final; the list of voters has no use any more."""
    count = _may_finish(work, process.scope_id)
    count.state, count.final_at = "final", work.now
    recorded.note_result(work, count)
    forget_roll(work, process.scope_id)
    work.about("count", count.id, scope=process.scope_id, digest=count.input_digest)


@command()
def ask_withdraw(work: Work, process_id: int, reason: str) -> int:
    """Ask a second official to take a published result back, with a public reason. The act's
    id. Errors: Conflict, Invalid."""
    process = the_process(work, process_id)
    require(work, Permission.PUBLISH_RESULT, process)
    count = queries.published_count(work.session, process_id)
    if count is None:
        raise Conflict("result.not_published")
    if not reason.strip():
        raise Invalid("result.reason_needed", field="reason")
    work.about("count", count.id, scope=process.id)
    return twofold.ask(work, process, "results.withdraw", count.id, reason)


@twofold.act("results.withdraw", Permission.PUBLISH_RESULT)
def withdraw(work: Work, process: Any, act: Act) -> None:
    """Two officials take a result back: its figures are gone from the pages, the reason stays."""
    count = the_count(work, process.scope_id, act.subject_id)
    if not rules.is_published(count):
        raise Conflict("result.not_published")
    count.state, count.withdrawn_reason = "withdrawn", act.reason
    recorded.note_result(work, count, act.reason)
    work.about("count", count.id, scope=process.scope_id)
