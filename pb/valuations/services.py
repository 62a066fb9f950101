"""Commands of the assessment.

Each that changes a valuation names the version it was typed on: whoever comes second gets
``Conflict("valuation.changed")``, is shown what the first one did, and loses nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from pb.access.permissions import Permission
from pb.access.policy import ADMINISTRATOR, DEPUTY, LEAD, SYSTEM, VALUER, require, roles_of
from pb.accounts.models import Person
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process
from pb.processes.rules import phase_of_kind
from pb.proposals.models import SHOWN, Proposal
from pb.proposals.services import add_news
from pb.valuations import erasure as erasure  # registers what is forgotten
from pb.valuations import jobs as later
from pb.valuations import letters, rules
from pb.valuations import parts as parts  # stands on the pages of ideas
from pb.valuations import translatable as translatable  # stands in the translators' queue
from pb.valuations.models import Valuation, ValuationChange, ValuationNote, ValuationScore
from pb.valuations.projects import make_project, refresh_project
from pb.valuations.queries import authors_of, officers_of
from pb.valuations.values import Findings, Score

PARTS = ("feasibility", "changes", "cost_lines", "legal", "long_term", "ways", "equality",
         "expert", "advice", "reason")
SHOWN_ROLES = (LEAD, DEPUTY, VALUER, ADMINISTRATOR)
"""In which role somebody decided who holds several: the first of these."""


def _subject(work: Work, process_id: int) -> Process:
    return work.session.get_one(Process, process_id)


def _proposal(work: Work, process: Process, proposal_id: int) -> Proposal:
    """The proposal, if it still stands. Errors: Conflict("valuation.gone")."""
    proposal = work.session.get(Proposal, proposal_id)
    if proposal is None or proposal.process_id != process.id or proposal.state not in SHOWN:
        raise Conflict("valuation.gone")
    return proposal


def _valuation(work: Work, process: Process, proposal: Proposal) -> Valuation:
    """Its valuation; the first who touches it makes it, due when the assessment ends."""
    found = work.session.scalar(select(Valuation).where(Valuation.proposal_id == proposal.id))
    if found is not None:
        return found
    phase = phase_of_kind(process, "assessment")
    made = Valuation(
        process_id=process.id, proposal_id=proposal.id, version=0, changes={}, cost_lines=[],
        legal={}, long_term={}, ways=[], equality={}, advice={}, reason={}, cost=0,
        state="open", outcome="", route="", feasibility="", expert="", answer="",
        answer_language="", decided_name="", decided_role="",
        due_at=phase.closes_at if phase else None,
    )
    work.session.add(made)
    work.session.flush()
    return made


def _fresh(valuation: Valuation, version: int) -> None:
    if valuation.version != version:
        raise Conflict("valuation.changed")


def role_shown(work: Work, process: Process) -> str:
    """The role under which the actor's name stands in public."""
    held = roles_of(work.actor, process)
    return next((one for one in SHOWN_ROLES if one in held), SYSTEM)


def _trace(
    work: Work, process: Process, valuation: Valuation, kind: str, before: dict[str, Any],
    after: dict[str, Any], reason: str = "", public: bool = False,
) -> None:
    """Leave the trace of a change and raise the version."""
    valuation.version += 1
    work.session.add(
        ValuationChange(
            valuation_id=valuation.id, version=valuation.version, at=work.now,
            person_id=work.actor.person_id, name=work.actor.name,
            role=role_shown(work, process), kind=kind, before=before, after=after,
            reason=reason, public=public,
        )
    )
    work.session.flush()
    work.about("valuation", valuation.id, scope=process.id, change=kind,
               parts=sorted(after))


def _set(valuation: Valuation, findings: Findings) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the findings down; (before, after) of the parts that changed."""
    wanted: dict[str, Any] = {
        "feasibility": findings.feasibility, "changes": findings.changes,
        "cost_lines": [{"label": label, "amount": amount} for label, amount in findings.costs],
        "legal": findings.legal, "long_term": findings.long_term, "ways": list(findings.ways),
        "equality": findings.equality, "expert": findings.expert, "advice": findings.advice,
        "reason": findings.reason,
    }
    before = {name: getattr(valuation, name) for name in PARTS}
    changed = [name for name in PARTS if before[name] != wanted[name]]
    for name in changed:
        setattr(valuation, name, wanted[name])
    valuation.cost = sum(amount for _, amount in findings.costs)
    return {name: before[name] for name in changed}, {name: wanted[name] for name in changed}


@command()
def assign(
    work: Work, process_id: int, proposal_id: int, version: int, person_id: int | None,
    due_at: datetime | None,
) -> None:
    """Say who looks at it until when; nobody with ``person_id`` None.

    Errors: Conflict("valuation.changed", "valuation.gone"), Invalid("valuation.officer").
    """
    process = _subject(work, process_id)
    require(work, Permission.VALUE_PROPOSALS, process)
    valuation = _valuation(work, process, _proposal(work, process, proposal_id))
    _fresh(valuation, version)
    if person_id is not None and person_id not in officers_of(work.session, process.id):
        raise Invalid("valuation.officer", field="person")
    before = {"assigned_to": valuation.assigned_to}
    valuation.assigned_to, valuation.due_at = person_id, due_at or valuation.due_at
    _trace(work, process, valuation, "assigned", before, {"assigned_to": person_id})


@command()
def score(work: Work, process_id: int, proposal_id: int, value: Score) -> None:
    """Keep this officer's own view, in place of an earlier one; the route follows from all."""
    process = _subject(work, process_id)
    require(work, Permission.VALUE_PROPOSALS, process)
    valuation = _valuation(work, process, _proposal(work, process, proposal_id))
    if valuation.state != "open":
        raise Conflict("valuation.not_open")
    rows = work.session.scalars(
        select(ValuationScore).where(ValuationScore.valuation_id == valuation.id)
    ).all()
    own = next((one for one in rows if one.person_id == work.actor.person_id), None)
    if own is None:
        assert work.actor.person_id is not None
        own = ValuationScore(valuation_id=valuation.id, person_id=work.actor.person_id)
        work.session.add(own)
    own.kind, own.impact, own.effort, own.at = value.kind, value.impact, value.effort, work.now
    valuation.route = rules.route({one.kind for one in rows} | {own.kind})
    # Whose view it is stands nowhere: the log says that somebody scored, not what.
    work.about("valuation", valuation.id, scope=process.id)


@command()
def add_note(work: Work, process_id: int, proposal_id: int, text: str) -> None:
    """Add a private note for the other officers."""
    process = _subject(work, process_id)
    require(work, Permission.VALUE_PROPOSALS, process)
    valuation = _valuation(work, process, _proposal(work, process, proposal_id))
    work.session.add(
        ValuationNote(valuation_id=valuation.id, person_id=work.actor.person_id,
                      name=work.actor.name, at=work.now, text=text)
    )
    work.about("valuation", valuation.id, scope=process.id)


@command()
def save(
    work: Work, process_id: int, proposal_id: int, version: int, findings: Findings,
    why: str = "",
) -> int:
    """Write the findings down; the new version. After the decision a public ``why`` is needed, the
    change stays visible, and the project changes with it.

    Errors: Conflict("valuation.changed", "valuation.gone", "valuation.being_answered"),
    Invalid("valuation.why_needed"), and the projects' own.
    """
    process = _subject(work, process_id)
    require(work, Permission.VALUE_PROPOSALS, process)
    proposal = _proposal(work, process, proposal_id)
    valuation = _valuation(work, process, proposal)
    _fresh(valuation, version)
    if valuation.state in ("told", "answered"):
        raise Conflict("valuation.being_answered")
    decided = valuation.state == "decided"
    if decided and not why.strip():
        raise Invalid("valuation.why_needed", field="why")
    before, after = _set(valuation, findings)
    if not after:
        work.about("valuation", valuation.id, scope=process.id)
        return valuation.version
    if decided:
        _complete(process, valuation, valuation.outcome, work.now)
        if valuation.project_id is not None:
            refresh_project(work, process, proposal, valuation)
    _trace(work, process, valuation, "corrected" if decided else "saved", before, after, why,
           public=decided)
    return valuation.version


def _complete(process: Process, valuation: Valuation, outcome: str, now: datetime) -> None:
    """Refuse what a decision cannot stand without."""
    missing = rules.lacks(
        outcome, feasibility=valuation.feasibility, cost=valuation.cost,
        reason=bool(valuation.reason), changes=bool(valuation.changes), path=valuation.route,
        advice=bool(valuation.advice and valuation.expert),
    )
    if missing:
        raise Invalid(missing[0], field="outcome")


@command()
def decide(
    work: Work, process_id: int, proposal_id: int, version: int, outcome: str
) -> str:
    """Decide on what was written down; the state it has then.

    What passes becomes a project at once. A refusal is told to the author first, where there is
    one. Errors: Conflict("valuation.changed", "valuation.not_open", "valuation.gone"), Invalid
    with what is missing or "valuation.jury_first", and the projects' own.
    """
    process = _subject(work, process_id)
    require(work, Permission.VALUE_PROPOSALS, process)
    proposal = _proposal(work, process, proposal_id)
    valuation = _valuation(work, process, proposal)
    _fresh(valuation, version)
    if valuation.state != "open":
        raise Conflict("valuation.not_open")
    if outcome not in rules.OUTCOMES:
        raise Invalid("valuation.outcome", field="outcome")
    _complete(process, valuation, outcome, work.now)
    has_jury = phase_of_kind(process, "jury") is not None
    if outcome in rules.TOLD_FIRST and not rules.may_refuse(
        valuation.route, has_jury, process.phase_kind(work.now)
    ):
        raise Invalid("valuation.jury_first", field="outcome")
    valuation.outcome = outcome
    valuation.decided_by, valuation.decided_name = work.actor.person_id, work.actor.name
    valuation.decided_role, valuation.decided_at = role_shown(work, process), work.now
    authors = authors_of(work.session, proposal)
    if outcome in rules.TOLD_FIRST and authors:
        valuation.state = "told"
        valuation.answer, valuation.answer_language = "", ""
        valuation.answered_at = None
        valuation.answer_until = work.now + rules.ANSWER_TIME
        _trace(work, process, valuation, "told", {}, {"outcome": outcome})
        letters.tell_all(work, "valuation_refusal", authors, valuation)
        work.later(later.publish_when_time_is_up, at=valuation.answer_until,
                   valuation_id=valuation.id)
    else:
        _publish(work, process, proposal, valuation, "decided")
        letters.tell_all(work, "valuation_decided", authors, valuation)
    return valuation.state


def _publish(
    work: Work, process: Process, proposal: Proposal, valuation: Valuation, kind: str
) -> None:
    """From now on everybody sees the decision, who made it and when."""
    valuation.state, valuation.public_at = "decided", work.now
    if valuation.outcome == "pass":
        proposal.state = "accepted"
        valuation.project_id = make_project(work, process, proposal, valuation)
        add_news(work, proposal.id, "news.accepted")
    elif valuation.outcome == "refuse":
        proposal.state = "refused"
        add_news(work, proposal.id, "news.refused")
    _trace(work, process, valuation, kind, {}, {"outcome": valuation.outcome}, public=True)


@command()
def answer(
    work: Work, process_id: int, proposal_id: int, text: str, written_in: str
) -> None:
    """The author's word on a refusal, before it is public. It stands beside the reason.

    Errors: NotAllowed, Conflict("valuation.too_late").
    """
    process = _subject(work, process_id)
    require(work, Permission.ANSWER_REFUSAL, process)
    proposal = work.session.get_one(Proposal, proposal_id)
    mine = {person.id for person in authors_of(work.session, proposal)}
    if proposal.process_id != process.id or work.actor.person_id not in mine:
        raise NotAllowed("access.not_you")
    valuation = work.session.scalar(
        select(Valuation).where(Valuation.proposal_id == proposal.id)
    )
    if valuation is None or valuation.state not in ("told", "answered"):
        raise Conflict("valuation.too_late")
    if valuation.answer_until is not None and valuation.answer_until <= work.now:
        raise Conflict("valuation.too_late")
    valuation.state, valuation.answer, valuation.answer_language = "answered", text, written_in
    valuation.answered_at = work.now
    _trace(work, process, valuation, "answered", {}, {"answer": text})
    officer = (
        work.session.get(Person, valuation.decided_by) if valuation.decided_by else None
    )
    letters.tell_all(work, "valuation_answered", [officer] if officer else [], valuation)


@command()
def uphold(work: Work, process_id: int, proposal_id: int, version: int) -> None:
    """Having read the author's answer, let the refusal stand: it is public now.

    Errors: Conflict("valuation.changed", "valuation.not_open").
    """
    process = _subject(work, process_id)
    require(work, Permission.VALUE_PROPOSALS, process)
    proposal = _proposal(work, process, proposal_id)
    valuation = _valuation(work, process, proposal)
    _fresh(valuation, version)
    if valuation.state != "answered":
        raise Conflict("valuation.not_open")
    valuation.decided_by, valuation.decided_name = work.actor.person_id, work.actor.name
    valuation.decided_role, valuation.decided_at = role_shown(work, process), work.now
    _publish(work, process, proposal, valuation, "upheld")
    letters.tell_all(work, "valuation_decided", authors_of(work.session, proposal), valuation)


@command()
def reopen(
    work: Work, process_id: int, proposal_id: int, version: int, why: str
) -> None:
    """Look at it again: after the author's answer, or after the decision with a public reason.

    Errors: Conflict("valuation.changed", "valuation.not_decided", "valuation.has_project"),
    Invalid("valuation.why_needed").
    """
    process = _subject(work, process_id)
    require(work, Permission.VALUE_PROPOSALS, process)
    proposal = _proposal(work, process, proposal_id)
    valuation = _valuation(work, process, proposal)
    _fresh(valuation, version)
    if valuation.state == "open":
        raise Conflict("valuation.not_decided")
    if valuation.project_id is not None:
        raise Conflict("valuation.has_project")
    public = valuation.state == "decided"
    if not why.strip():
        raise Invalid("valuation.why_needed", field="why")
    before = {"outcome": valuation.outcome}
    valuation.state, valuation.outcome, valuation.public_at = "open", "", None
    valuation.answer_until = None
    proposal.state = "published"
    _trace(work, process, valuation, "reopened", before, {"outcome": ""}, why, public=public)
    letters.tell_all(work, "valuation_reopened", authors_of(work.session, proposal), valuation)


@command()
def publish_refusal(work: Work, valuation_id: int) -> bool:
    """The author's time is up and no answer came: the refusal is public. Whether it is by this."""
    require(work, Permission.RUN_JOBS)
    valuation = work.session.get(Valuation, valuation_id)
    if valuation is None:
        raise NotFound("valuation.gone")
    due = valuation.answer_until is not None and valuation.answer_until <= work.now
    if valuation.state != "told" or not due:
        return False
    process = _subject(work, valuation.process_id)
    proposal = work.session.get_one(Proposal, valuation.proposal_id)
    if proposal.state not in SHOWN:
        return False  # withdrawn or merged meanwhile: there is nothing to refuse any more
    _publish(work, process, proposal, valuation, "published")
    letters.tell_all(work, "valuation_decided", authors_of(work.session, proposal), valuation)
    return True
