"""A colleague lost telephone and recovery codes: two officials take the keys away."""

from __future__ import annotations

from sqlalchemy import delete

from pb.access.permissions import Permission
from pb.access.policy import Subject
from pb.accounts import keys, queries, twofold
from pb.accounts.models import Act, Person, RecoveryCode
from pb.core import security
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.work import Work
from pb.notifications.services import tell


def ask_reset(work: Work, process: Subject, person_id: int, reason: str) -> int:
    """Ask that a colleague's lost keys are taken away, inside a command that required it.
    Errors: NotAllowed for one's own, Conflict where there are none."""
    if person_id == work.actor.person_id:
        raise NotAllowed("keys.not_own")
    if not queries.keys_of(work.session, person_id):
        raise Conflict("keys.none")
    if not reason.strip():
        raise Invalid("keys.reason", field="reason")
    person = work.session.get_one(Person, person_id)
    return twofold.ask(work, process, "accounts.reset_keys", person_id, reason.strip(),
                       name=person.name)


@twofold.act("accounts.reset_keys", Permission.CONFIRM_ACT)
def reset_keys(work: Work, process: Subject, act: Act) -> None:
    """Two officials say that somebody has lost their keys: all go, every session ends, and the
    person is told. They sign in by mail and set up new ones."""
    assert act.subject_id is not None
    if act.subject_id == work.actor.person_id:
        raise NotAllowed("keys.not_own")
    for row in queries.keys_of(work.session, act.subject_id):
        keys.remove(work, row)
    work.connection.execute(
        delete(RecoveryCode).where(RecoveryCode.person_id == act.subject_id))
    security.end_sessions_of(work, act.subject_id)
    person = work.session.get_one(Person, act.subject_id)
    if person.email:
        tell(work, "keys_reset", email=person.email, language=person.language,
             person_id=person.id, name=person.name)
