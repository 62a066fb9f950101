"""Commands on recommendations: the jury's words, the authority's reply, the jurors' word on it."""

from __future__ import annotations

from sqlalchemy import func, select

from deliberation.evidence.services import must_be_balanced
from deliberation.minority.services import must_stand
from deliberation.panels.models import Juror, Jury
from deliberation.panels.services import process_of_jury
from deliberation.recommendations import rules
from deliberation.recommendations.models import MinorityNote, Rating, Recommendation, Reply
from deliberation.sessions.models import JurySession
from deliberation.votes.models import Poll
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process


def the_recommendation(
    work: Work, recommendation_id: int
) -> tuple[Process, Jury, Recommendation]:
    """A recommendation with its jury and the process that permissions are asked about."""
    found = work.session.get(Recommendation, recommendation_id)
    if found is None:
        raise NotFound("recommendation.unknown")
    process, jury = process_of_jury(work, found.jury_id)
    return process, jury, found


@command()
def add(work: Work, jury_id: int, text: dict[str, str], poll_id: int | None) -> int:
    """A recommendation in the jury's words, with the vote on it; its number. Errors: Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    if not any(text.values()):
        raise Invalid("recommendation.text", field="text_en")
    if poll_id is not None:
        _closed_poll(work, jury, poll_id)
    last = work.session.scalar(
        select(func.max(Recommendation.number)).where(Recommendation.jury_id == jury.id)
    )
    made = Recommendation(jury_id=jury.id, number=(last or 0) + 1, text=text, poll_id=poll_id)
    work.session.add(made)
    work.session.flush()
    work.about("recommendation", made.id, scope=process.id, number=made.number)
    return made.number


@command()
def change(
    work: Work, recommendation_id: int, text: dict[str, str], poll_id: int | None
) -> None:
    """Write it anew, and name the vote on it, until it is handed over. Errors: Conflict, Invalid.
    """
    process, jury, found = the_recommendation(work, recommendation_id)
    require(work, Permission.RUN_SESSION, process)
    if found.published_at is not None:
        raise Conflict("recommendation.published")
    if not any(text.values()):
        raise Invalid("recommendation.text", field="text_en")
    if poll_id is not None:
        _closed_poll(work, jury, poll_id)
    found.text, found.poll_id = text, poll_id
    work.about("recommendation", found.id, scope=process.id, poll=poll_id)


def _closed_poll(work: Work, jury: Jury, poll_id: int) -> None:
    poll = work.session.scalar(
        select(Poll).join(JurySession, JurySession.id == Poll.session_id)
        .where(Poll.id == poll_id, JurySession.jury_id == jury.id, Poll.closed_at.is_not(None))
    )
    if poll is None:
        raise Invalid("recommendation.poll", field="poll")


@command()
def add_note(
    work: Work, recommendation_id: int, text: dict[str, str], jurors: int
) -> None:
    """What at least two jurors say who see it otherwise. Errors: Invalid, Conflict."""
    process, jury, found = the_recommendation(work, recommendation_id)
    require(work, Permission.RUN_SESSION, process)
    if found.published_at is not None:
        raise Conflict("recommendation.published")
    seated = sum(1 for one in jury.jurors if not one.reserve and one.left_at is None)
    must_stand(text, jurors, seated)
    found.notes.append(MinorityNote(text=text, jurors=jurors))
    work.about("recommendation", found.id, scope=process.id, jurors=jurors)


@command()
def publish(work: Work, jury_id: int) -> int:
    """Hand the recommendations over in public; from now on their words stay. How many."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    waiting = work.session.scalars(
        select(Recommendation).where(Recommendation.jury_id == jury.id,
                                     Recommendation.published_at.is_(None))
    ).all()
    if not waiting:
        raise Conflict("recommendation.nothing")
    must_be_balanced(work, jury.id)
    for one in waiting:
        one.published_at = work.now
    work.about("jury", jury.id, scope=process.id, recommendations=len(waiting))
    return len(waiting)


@command()
def reply(
    work: Work, recommendation_id: int, verdict: str, reason: dict[str, str], owner: str
) -> None:
    """The authority accepts, accepts in part, or rejects, with a reason and who sees to it.

    A later reply stands above the earlier ones. Errors: Conflict, Invalid.
    """
    process, _jury, found = the_recommendation(work, recommendation_id)
    require(work, Permission.REPLY_RECOMMENDATION, process)
    if found.published_at is None:
        raise Conflict("recommendation.not_published")
    if verdict not in rules.VERDICTS:
        raise Invalid("recommendation.verdict", field="verdict")
    if not any(reason.values()):
        raise Invalid("recommendation.reason", field="reason_en")
    if not owner:
        raise Invalid("recommendation.owner", field="owner")
    found.replies.append(Reply(verdict=verdict, reason=reason, owner=owner, at=work.now))
    work.about("recommendation", found.id, scope=process.id, verdict=verdict)


@command()
def set_status(work: Work, recommendation_id: int, status: str) -> None:
    """What the authority says has come of it."""
    process, _jury, found = the_recommendation(work, recommendation_id)
    require(work, Permission.REPLY_RECOMMENDATION, process)
    if found.published_at is None or status not in rules.STATUSES:
        raise Invalid("recommendation.status")
    found.official_status, found.official_status_at = status, work.now
    work.about("recommendation", found.id, scope=process.id, status=status)


@command()
def rate(
    work: Work, recommendation_id: int, juror_id: int, score: int, status: str
) -> None:
    """A juror's word on the reply, 0 to 10, and on what has come of it; the last one counts.

    The log says that they rated it, never how. Errors: Conflict, Invalid.
    """
    process, jury, found = the_recommendation(work, recommendation_id)
    require(work, Permission.ACT_AS_JUROR, process)
    juror = work.session.get(Juror, juror_id)
    if juror is None or juror.jury_id != jury.id or juror.left_at is not None or juror.reserve:
        raise NotFound("recommendation.unknown")
    if not found.replies:
        raise Conflict("recommendation.no_reply")
    if not 0 <= score <= 10 or status not in rules.STATUSES:
        raise Invalid("recommendation.rating")
    known = work.session.get(Rating, (found.id, juror_id))
    if known is None:
        work.session.add(Rating(recommendation_id=found.id, juror_id=juror_id, score=score,
                                status=status))
    else:
        known.score, known.status = score, status
    work.about("recommendation", found.id, scope=process.id)
