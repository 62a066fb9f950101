"""Reading valuations: the officers' queue, the triage, and what the public sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from pb.access.policy import ADMINISTRATOR, DEPUTY, LEAD, VALUER
from pb.accounts.models import Person, Role
from pb.core.errors import NotFound
from pb.proposals.models import SHOWN, CoAuthor, Proposal, ProposalPhoto
from pb.valuations import rules
from pb.valuations.models import Valuation, ValuationChange, ValuationScore

OFFICERS = (ADMINISTRATOR, LEAD, DEPUTY, VALUER)
STATES = ("open", "told", "answered", "decided")


@dataclass(frozen=True)
class QueueRow:
    """What the queue shows of a proposal, read without the ORM: queues are long."""

    proposal_id: int
    number: int
    language: str
    title: str
    place: str
    area_id: int | None
    supporters: int
    state: str
    outcome: str
    route: str
    assigned_to: int | None
    assigned_name: str | None
    due_at: datetime | None
    cost: int


@dataclass(frozen=True)
class Counts:
    """How many proposals there are in each part of the queue."""

    all: int
    mine: int
    unassigned: int
    overdue: int
    answered: int
    decided: int


@dataclass(frozen=True)
class Triaged:
    """A proposal's scores together, for the picture of what brings much for little."""

    number: int
    language: str
    title: str
    impact: rules.Spread
    effort: rules.Spread
    quadrant: str


def _listed(process_id: int) -> ColumnElement[bool]:
    return and_(
        Proposal.process_id == process_id, Proposal.state.in_(SHOWN), Proposal.number.is_not(None)
    )


def _state() -> ColumnElement[str]:
    return func.coalesce(Valuation.state, "open")


def _waits() -> ColumnElement[bool]:
    """It is the officers' turn."""
    return _state().in_(("open", "answered"))


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(Valuation.due_at.is_not(None), Valuation.due_at <= now, _waits())


def queue(
    session: Session, process_id: int, now: datetime, *, show: str = "waiting",
    person_id: int | None = None, area_id: int | None = None, route: str = "",
    page: int = 1, length: int = 50,
) -> tuple[list[QueueRow], int]:
    """One page of the queue and how many there are in all; what is due first stands first.

    ``show``: waiting, mine, unassigned, overdue, answered, decided or all.
    """
    wanted: list[ColumnElement[bool]] = [_listed(process_id)]
    parts: dict[str, list[ColumnElement[bool]]] = {
        "waiting": [_waits()],
        "mine": [_waits(), Valuation.assigned_to == person_id],
        "unassigned": [_waits(), Valuation.assigned_to.is_(None)],
        "overdue": [_overdue(now)],
        "answered": [_state() == "answered"],
        "decided": [_state().in_(("decided", "told"))],
    }
    wanted += parts.get(show, [])
    if area_id is not None:
        wanted.append(Proposal.area_id == area_id)
    if route == "none":
        wanted.append(or_(Valuation.route.is_(None), Valuation.route == ""))
    elif route:
        wanted.append(Valuation.route == route)
    joined = select(Proposal.id).outerjoin(Valuation, Valuation.proposal_id == Proposal.id)
    number = session.scalar(
        joined.where(*wanted).with_only_columns(func.count()).order_by(None)
    )
    urgent = case((Valuation.route == "at_once", 0), else_=1)
    columns: Any = (
        Proposal.id, Proposal.number, Proposal.language, Proposal.title, Proposal.place,
        Proposal.area_id, Proposal.supporters, _state(),
        func.coalesce(Valuation.outcome, ""), func.coalesce(Valuation.route, ""),
        Valuation.assigned_to, Person.name, Valuation.due_at, func.coalesce(Valuation.cost, 0),
    )
    rows = session.execute(
        select(*columns)
        .outerjoin(Valuation, Valuation.proposal_id == Proposal.id)
        .outerjoin(Person, Person.id == Valuation.assigned_to)
        .where(*wanted)
        .order_by(urgent, Valuation.due_at.is_(None), Valuation.due_at, Proposal.number)
        .limit(length)
        .offset((page - 1) * length)
    )
    return [QueueRow(*row) for row in rows], number or 0


def counts(session: Session, process_id: int, person_id: int | None, now: datetime) -> Counts:
    """The numbers beside the filters, in one go."""

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = session.execute(
        select(
            func.count(),
            number(and_(_waits(), Valuation.assigned_to == person_id)),
            number(and_(_waits(), Valuation.assigned_to.is_(None))),
            number(_overdue(now)),
            number(_state() == "answered"),
            number(_state().in_(("decided", "told"))),
        )
        .select_from(Proposal)
        .outerjoin(Valuation, Valuation.proposal_id == Proposal.id)
        .where(_listed(process_id))
    ).one()
    return Counts(*(int(one) for one in row))


def proposal_by_number(session: Session, process_id: int, number: str) -> Proposal:
    """One proposal of the queue by its public number. Errors: NotFound."""
    if not number.isdecimal() or not number.isascii() or len(number) > 9:
        raise NotFound("idea.not_found")
    found = session.scalar(
        select(Proposal).where(_listed(process_id), Proposal.number == int(number))
    )
    if found is None:
        raise NotFound("idea.not_found")
    return found


def valuation_of(session: Session, proposal_id: int) -> Valuation | None:
    return session.scalar(select(Valuation).where(Valuation.proposal_id == proposal_id))


def public_valuation(session: Session, proposal_id: int) -> Valuation | None:
    """The decision that everybody may see, if there is one."""
    return session.scalar(
        select(Valuation).where(
            Valuation.proposal_id == proposal_id, Valuation.state == "decided"
        )
    )


def proposal_of_project(session: Session, project_id: int) -> Proposal | None:
    """The proposal from which a project came, if it is still shown."""
    return session.scalar(
        select(Proposal)
        .join(Valuation, Valuation.proposal_id == Proposal.id)
        .where(Valuation.project_id == project_id, Proposal.state.in_(SHOWN),
               Proposal.hidden_at.is_(None))
    )


def changes_since(session: Session, valuation_id: int, version: int) -> list[ValuationChange]:
    """What others did after a version was looked at."""
    return list(
        session.scalars(
            select(ValuationChange)
            .where(ValuationChange.valuation_id == valuation_id,
                   ValuationChange.version > version)
            .order_by(ValuationChange.id)
        )
    )


def scores_of(session: Session, valuation_id: int) -> list[ValuationScore]:
    return list(
        session.scalars(
            select(ValuationScore).where(ValuationScore.valuation_id == valuation_id)
        )
    )


def officers_of(session: Session, process_id: int) -> dict[int, str]:
    """Who may be asked to look at a proposal: id and name, by name."""
    rows = session.execute(
        select(Person.id, Person.name)
        .join(Role, Role.person_id == Person.id)
        .where(Role.role.in_(OFFICERS), Role.taken_at.is_(None),
               or_(Role.process_id == process_id, Role.process_id.is_(None)))
        .distinct()
        .order_by(Person.name)
    )
    return dict(rows.all())


def authors_of(session: Session, proposal: Proposal) -> list[Person]:
    """Who is told about a proposal and may answer: its author and those who write with them."""
    ids = set(
        session.scalars(
            select(CoAuthor.person_id).where(
                CoAuthor.proposal_id == proposal.id, CoAuthor.accepted_at.is_not(None),
                CoAuthor.removed_at.is_(None), CoAuthor.person_id.is_not(None),
            )
        )
    )
    if proposal.author_id is not None:
        ids.add(proposal.author_id)
    return list(session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)))


def photos_of(session: Session, proposal_id: int) -> list[ProposalPhoto]:
    """The photos that are shown, in their order."""
    return list(
        session.scalars(
            select(ProposalPhoto)
            .where(ProposalPhoto.proposal_id == proposal_id, ProposalPhoto.hidden_at.is_(None))
            .order_by(ProposalPhoto.position, ProposalPhoto.id)
        )
    )


def triage(session: Session, process_id: int) -> list[Triaged]:
    """Every proposal with at least two officers' scores, what brings most for least first."""
    rows = session.execute(
        select(Proposal.number, Proposal.language, Proposal.title, ValuationScore.impact,
               ValuationScore.effort)
        .join(Valuation, Valuation.proposal_id == Proposal.id)
        .join(ValuationScore, ValuationScore.valuation_id == Valuation.id)
        .where(_listed(process_id), ValuationScore.impact.is_not(None),
               ValuationScore.effort.is_not(None))
        .order_by(Proposal.number)
    ).all()
    together: dict[tuple[int, str, str], list[tuple[int, int]]] = {}
    for number, language, title, brings, takes in rows:
        together.setdefault((number or 0, language, title), []).append((brings or 0, takes or 0))
    found = []
    for (number, language, title), pairs in together.items():
        impact = rules.spread([brings for brings, _ in pairs])
        effort = rules.spread([takes for _, takes in pairs])
        if len(pairs) < 2 or impact is None or effort is None:
            continue  # a single score would tell whose it is
        found.append(Triaged(number, language, title, impact, effort,
                             rules.quadrant(impact.median, effort.median)))
    return sorted(found, key=lambda one: (one.effort.median - one.impact.median, one.number))


@dataclass(frozen=True)
class PublicRow:
    """A decided proposal in the public list."""

    number: int
    language: str
    title: str
    area_id: int | None
    outcome: str
    reason: dict[str, str]
    cost: int
    answer: str
    answer_language: str
    decided_name: str
    decided_role: str
    decided_at: datetime
    project_id: int | None


def public_rows(
    session: Session, process_id: int, outcome: str = "", page: int = 1, length: int = 50
) -> list[PublicRow]:
    """One page of the decided proposals: what passed first, what was refused last, by number."""
    wanted = _public(process_id)
    if outcome:
        wanted.append(Valuation.outcome == outcome)
    columns: Any = (
        Proposal.number, Proposal.language, Proposal.title, Proposal.area_id,
        Valuation.outcome, Valuation.reason, Valuation.cost, Valuation.answer,
        Valuation.answer_language, Valuation.decided_name, Valuation.decided_role,
        Valuation.decided_at, Valuation.project_id,
    )
    rows = session.execute(
        select(*columns)
        .join(Valuation, Valuation.proposal_id == Proposal.id)
        .where(*wanted)
        .order_by(case(*(
            (Valuation.outcome == one, place) for place, one in enumerate(SHOWN_ORDER)
        )), Proposal.number)
        .limit(length)
        .offset((page - 1) * length)
    )
    return [PublicRow(*row) for row in rows]


SHOWN_ORDER = ("pass", "act", "park", "refuse")


def _public(process_id: int) -> list[ColumnElement[bool]]:
    return [_listed(process_id), Proposal.hidden_at.is_(None), Valuation.state == "decided"]


def public_counts(session: Session, process_id: int) -> dict[str, int]:
    """How many proposals were decided how, by outcome; only what is public."""
    rows = session.execute(
        select(Valuation.outcome, func.count())
        .join(Proposal, Proposal.id == Valuation.proposal_id)
        .where(*_public(process_id))
        .group_by(Valuation.outcome)
    )
    return dict(rows.all())


def progress(session: Session, process_id: int) -> tuple[int, int]:
    """(decided in public, all): how far the assessment is."""
    row = session.execute(
        select(
            func.coalesce(func.sum(case((_state() == "decided", 1), else_=0)), 0), func.count()
        )
        .select_from(Proposal)
        .outerjoin(Valuation, Valuation.proposal_id == Proposal.id)
        .where(_listed(process_id), Proposal.hidden_at.is_(None))
    ).one()
    return int(row[0]), int(row[1])


def as_number(value: Fraction) -> float | int:
    """A median for showing: whole, or with its half."""
    return int(value) if value.denominator == 1 else float(value)


def joint(scores: Sequence[ValuationScore]) -> dict[str, Any]:
    """Median and spread of several scores, once there are two."""
    impact = rules.spread([one.impact for one in scores if one.impact])
    effort = rules.spread([one.effort for one in scores if one.effort])
    if impact is None or effort is None or min(impact.number, effort.number) < 2:
        return {}
    return {"impact": impact, "effort": effort,
            "quadrant": rules.quadrant(impact.median, effort.median)}
