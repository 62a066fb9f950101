"""Leaving a mail to be sent: a row in the command's own transaction, sent by a job after it."""

from __future__ import annotations

from typing import Any

from pb.core.work import Work
from pb.notifications.jobs import send_message
from pb.notifications.models import Message


def tell(
    work: Work, kind: str, *, email: str, language: str, person_id: int | None = None,
    **arguments: Any,
) -> None:
    """Leave a mail of a kind (a template of ``emails/``). Arguments are ids and plain words.

    Called by other features' commands, inside their transaction.
    """
    message = Message(
        kind=kind, email=email, language=language, person_id=person_id, arguments=arguments,
        made_at=work.now,
    )
    work.session.add(message)
    work.session.flush()
    work.later(send_message, message_id=message.id)
