"""Sending what was left to be sent."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import mail
from pb.core.i18n import Reader
from pb.core.jobs import job
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.notifications.models import Message

Context = Callable[[Site, Session, Reader, dict[str, Any]], dict[str, Any]]

KINDS: dict[str, Context] = {}
"""Kind of mail to the function that makes its template's context, links included."""


def mail_kind(name: str) -> Callable[[Context], Context]:
    """Register a kind of mail in the feature that sends it."""

    def add(function: Context) -> Context:
        KINDS[name] = function
        return function

    return add


@job
def send_message(site: Site, message_id: int) -> None:
    """Write and send one mail, once."""
    with site.database.reading() as session:
        message = session.get_one(Message, message_id)
        if message.sent_at is not None:
            return
        letter = written(
            site, session, message.kind, message.email, message.language, message.arguments
        )
    mail.send(site.settings, letter)
    site.work.run(_mark_sent, SYSTEM, message_id)


def written(
    site: Site, session: Session, kind: str, email: str, language: str, arguments: dict[str, Any]
) -> EmailMessage:
    """A mail of a kind, ready to be sent. Features whose addresses must not stay in the table of
    messages send it themselves."""
    from pb.processes.queries import the_council

    council = the_council(session)
    reader = site.reader(language, zone=council.time_zone)
    context = KINDS[kind](site, session, reader, arguments)
    common = {
        "reader": reader, "council": council, "base_url": site.settings.base_url,
        "text": reader.text, "plain": reader.plain, "date": reader.date, "time": reader.time,
        "datetime": reader.datetime, "money": reader.money, "number": reader.number,
        "invented": bool(context.get("invented")),
    }
    render = site.templates.render
    text = render(f"emails/{kind}.txt", reader.language, common | context).strip()
    subject, _, body = text.partition("\n")
    html = render(
        f"emails/{kind}.html", reader.language, common | context | {"subject": subject}
    )
    return mail.compose(
        site.settings, to=email, sender_name=reader.plain(council.name),
        subject=subject, text=body.strip() + "\n", html=html, language=reader.language,
    )


@command(audited=False)
def _mark_sent(work: Work, message_id: int) -> None:
    require(work, Permission.RUN_JOBS)
    work.connection.execute(
        update(Message).where(Message.id == message_id).values(sent_at=work.now)
    )
