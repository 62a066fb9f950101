"""Commands on questions to witnesses: jurors ask and choose in private, the answers are public."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from deliberation.evidence import queries, rules
from deliberation.evidence.models import Question
from deliberation.panels.services import process_of_jury
from deliberation.sessions.services import the_session, topic
from deliberation.weighing import queries as weighing
from deliberation.weighing import services as rounds
from pb.access.permissions import Permission
from pb.access.policy import can, require
from pb.core import live
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process

MOST_OPEN = 100
LONGEST, LONGEST_ANSWER = 500, 3000


@command()
def open_choice(work: Work, session_id: int) -> int:
    """Let jurors write questions and say which they want; the round's id. Errors: Conflict."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    return rounds.begin(work, session_id, "questions")


def _new(
    work: Work, jury_id: int, session_id: int, witness: str, text: str, language: str, source: str
) -> Question:
    if not text:
        raise Invalid("question.empty", field="text")
    if len(text) > LONGEST:
        raise Invalid("question.long", field="text", most=LONGEST)
    if witness and witness not in queries.witnesses(work.session, jury_id):
        raise Invalid("question.witness", field="witness")
    if len(queries.open_questions(work.session, session_id)) >= MOST_OPEN:
        raise Conflict("question.enough")
    most = work.session.scalar(
        select(func.max(Question.number)).where(Question.jury_id == jury_id)
    )
    question = Question(jury_id=jury_id, session_id=session_id, number=(most or 0) + 1,
                        witness=witness, text=text, language=language, source=source)
    work.session.add(question)
    work.session.flush()
    live.touch(work, topic(session_id))
    return question


def _numbers(work: Work, session_id: int) -> set[str]:
    return {str(one.number) for one in queries.open_questions(work.session, session_id)}


@command(audited=False)
def ask(
    work: Work, session_id: int, juror_id: int, witness: str, text: str, language: str
) -> int:
    """A juror's question, which they want from then on; its number. No row says whose it is.

    Errors: Conflict (not open, not here), Invalid.
    """
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.ACT_AS_JUROR, process)
    one = weighing.open_round(work.session, session_id, "questions")
    if one is None:
        raise Conflict("round.closed")
    question = _new(work, jury.id, session_id, witness, text, language, "screen")
    mine = weighing.own_marks(work.session, work.site.secrets, one.id, juror_id)
    rounds.keep(work, jury, one, juror_id, _numbers(work, session_id),
                {**mine, str(question.number): {"want": "yes"}})
    return question.number


@command()
def put_in(work: Work, session_id: int, witness: str, text: str, language: str) -> int:
    """A question that came on paper, typed in by who leads; its number. Errors: Invalid."""
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    question = _new(work, jury.id, session_id, witness, text, language, "paper")
    work.about("question", question.id, scope=process.id, source="paper")
    return question.number


@command(audited=False)
def want(work: Work, session_id: int, juror_id: int, numbers: Collection[str]) -> None:
    """All that a juror wants asked, in the place of what they said before; sealed."""
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.ACT_AS_JUROR, process)
    one = weighing.open_round(work.session, session_id, "questions")
    if one is None:
        raise Conflict("round.closed")
    rounds.keep(work, jury, one, juror_id, _numbers(work, session_id),
                {number: {"want": "yes"} for number in numbers})


@command()
def close_choice(
    work: Work, session_id: int, paper: Sequence[Collection[str]] = ()
) -> dict[str, int]:
    """Keep the most wanted questions; the gaps: what a group left without a question shares, with
    how many jurors they are. ``paper``: numbers on slips. Errors: Conflict, Invalid."""
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    one = weighing.open_round(work.session, session_id, "questions")
    if one is None:
        raise Conflict("round.closed")
    found = queries.open_questions(work.session, session_id)
    numbers = [str(question.number) for question in found]
    marks = rounds.finish(work, jury, one, numbers,
                          [{number: {"want": "yes"} for number in slip} for slip in paper])
    slate = rules.slate(numbers, [set(mine) for mine in marks])
    for question in found:
        number = str(question.number)
        question.state = "kept" if number in slate.chosen else "left"
        question.wanted, question.gap = slate.wanted[number], slate.gaps.get(number, 0)
    one.result = one.result | {"chosen": list(slate.chosen), "gaps": slate.gaps}
    work.about("round", one.id, scope=process.id, kept=len(slate.chosen), gaps=len(slate.gaps))
    return slate.gaps


def _question(work: Work, question_id: int) -> tuple[Process, Question]:
    found = work.session.get(Question, question_id)
    if found is None:
        raise NotFound("question.unknown")
    process, _jury = process_of_jury(work, found.jury_id)
    return process, found


@command()
def keep_gap(work: Work, question_id: int) -> None:
    """Send one more question: one that a group shares who have none of theirs on the slate.

    Nothing else is added, so that nobody's favourite gets on by the back door. Errors: Conflict.
    """
    process, question = _question(work, question_id)
    require(work, Permission.RUN_SESSION, process)
    if question.state != "left" or not question.gap:
        raise Conflict("question.no_gap")
    question.state = "kept"
    live.touch(work, topic(question.session_id))
    work.about("question", question.id, scope=process.id, gap=question.gap)


@command()
def hide(work: Work, question_id: int) -> None:
    """Take a question away that is there twice or insults somebody, before it is sent."""
    process, question = _question(work, question_id)
    require(work, Permission.RUN_SESSION, process)
    if question.sent_at is not None:
        raise Conflict("question.sent")
    question.state = "hidden"
    live.touch(work, topic(question.session_id))
    work.about("question", question.id, scope=process.id)


@command()
def send(work: Work, jury_id: int, due: date) -> int:
    """Send the questions that were kept, with the day by which they are answered; how many.

    Errors: Conflict (nothing to send), Invalid.
    """
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    if due < work.now.astimezone(ZoneInfo(process.time_zone)).date():
        raise Invalid("question.due", field="due")
    kept = work.session.scalars(
        select(Question).where(Question.jury_id == jury.id, Question.state == "kept",
                               Question.sent_at.is_(None))
    ).all()
    if not kept:
        raise Conflict("question.nothing")
    for one in kept:
        one.sent_at, one.due = work.now, due
        live.touch(work, topic(one.session_id))
    work.about("jury", jury.id, scope=process.id, questions=len(kept), due=due.isoformat())
    return len(kept)


@command()
def answer(
    work: Work, question_id: int, text: str, language: str, witness: str | None = None
) -> None:
    """The answer, public from now on; the first one's day counts. ``witness``: whose screen says
    it, who answers what is theirs and nothing else. Errors: Conflict, Invalid, NotFound."""
    process, question = _question(work, question_id)
    require(work, Permission.ANSWER_QUESTION, process)
    staff = can(work.actor, Permission.SEE_JURY, process, work.now)
    if not staff and (not witness or question.witness != witness):
        raise NotFound("question.unknown")
    if question.sent_at is None:
        raise Conflict("question.not_sent")
    if not text:
        raise Invalid("question.answer", field="answer")
    if len(text) > LONGEST_ANSWER:
        raise Invalid("question.long", field="answer", most=LONGEST_ANSWER)
    question.answer, question.answer_language = text, language
    question.answered_at = question.answered_at or work.now
    question.answered_by = witness or work.actor.name
    live.touch(work, topic(question.session_id))
    work.about("question", question.id, scope=process.id)
