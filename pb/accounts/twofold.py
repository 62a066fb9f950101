"""Acts that take two: one official asks, another confirms, and the act is done with that.

A feature registers what is done (``act``); nothing is done on one person's word. The second
person's confirmation runs the act in its own transaction, so both or neither stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from pb.access.permissions import Permission
from pb.access.policy import Subject, can, require
from pb.accounts import keys
from pb.accounts.models import Act, Person
from pb.accounts.queries import actor_for, roles_in
from pb.core.errors import Conflict, NotAllowed
from pb.core.work import Work
from pb.notifications.services import tell


@dataclass(frozen=True)
class Kind:
    """What is done once two people want it: ``perform(work, process, act)``."""

    name: str
    permission: Permission
    perform: Callable[[Work, Any, Act], None]


KINDS: dict[str, Kind] = {}


def act(
    name: str, permission: Permission
) -> Callable[[Callable[[Work, Any, Act], None]], Callable[[Work, Any, Act], None]]:
    """Register the doing of an act under its name."""

    def add(perform: Callable[[Work, Any, Act], None]) -> Callable[[Work, Any, Act], None]:
        KINDS[name] = Kind(name, permission, perform)
        return perform

    return add


def ask(
    work: Work, process: Subject, kind: str, subject_id: int | None = None, reason: str = "",
    **arguments: Any,
) -> int:
    """Ask for an act, inside a command that has required its permission. Whoever asks has shown
    within ten minutes who they are. Errors: Conflict, StepUpNeeded."""
    assert work.actor.person_id is not None
    keys.require_fresh(work)
    waiting = Act(
        kind=kind, process_id=process.scope_id, subject_id=subject_id, arguments=arguments,
        reason=reason, asked_by=work.actor.person_id, asked_at=work.now,
        open_key=f"{kind}/{process.scope_id}/{subject_id or ''}",
    )
    try:
        with work.session.begin_nested():
            work.session.add(waiting)
    except IntegrityError:
        raise Conflict("act.waiting") from None
    permission = KINDS[kind].permission
    for person in _others_who_may(work, process, permission):
        if person.email:
            _tell(work, "act_waiting", person, waiting)
    return waiting.id


def _tell(work: Work, kind: str, person: Person | None, act: Act) -> None:
    if person is not None and person.email:
        tell(work, kind, email=person.email, language=person.language, person_id=person.id,
             act_id=act.id, name=person.name)


def _others_who_may(work: Work, process: Subject, permission: Permission) -> list[Person]:
    people = {
        person.id: person
        for scope in (process.scope_id, None)
        for _, person in roles_in(work.session, scope)
    }
    people.pop(work.actor.person_id or 0, None)
    return [
        person for person in people.values()
        if can(actor_for(work.session, person.id), permission, process, work.now)
    ]


def confirm(work: Work, process: Any, act_id: int) -> None:
    """The second person's word, inside a command that required it; the act is done in the same
    transaction. Errors: Conflict, NotAllowed("act.same_person"), StepUpNeeded."""
    waiting = _waiting(work, process, act_id)
    kind = KINDS[waiting.kind]
    require(work, kind.permission, process)
    keys.require_fresh(work)
    if waiting.asked_by == work.actor.person_id:
        raise NotAllowed("act.same_person")
    waiting.confirmed_by, waiting.confirmed_at = work.actor.person_id, work.now
    waiting.open_key = None
    work.session.flush()
    work.about("act", act_id, scope=process.scope_id, act=waiting.kind,
               asked_by=waiting.asked_by)
    kind.perform(work, process, waiting)
    _tell(work, "act_done", work.session.get(Person, waiting.asked_by), waiting)


def decline(work: Work, process: Any, act_id: int, reason: str) -> None:
    """Say no to an act that waits, with a reason, inside a command that required it; whoever
    asked may take it back the same way."""
    waiting = _waiting(work, process, act_id)
    waiting.declined_by, waiting.declined_at = work.actor.person_id, work.now
    waiting.declined_reason, waiting.open_key = reason, None
    if waiting.asked_by != work.actor.person_id:
        _tell(work, "act_declined", work.session.get(Person, waiting.asked_by), waiting)
    work.about("act", act_id, scope=process.scope_id, act=waiting.kind)


def _waiting(work: Work, process: Any, act_id: int) -> Act:
    waiting = work.session.get(Act, act_id)
    if waiting is None or waiting.process_id != process.scope_id or waiting.open_key is None:
        raise Conflict("act.gone")
    return waiting
