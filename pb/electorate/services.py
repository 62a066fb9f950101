"""Commands on who may vote: the ways in, mails with personal links, counts of entries, and what
goes when the result is final. Lists are in ``lists.py``, declarations in ``declarations.py``."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.orm import aliased

from pb.access.permissions import Permission
from pb.access.policy import Subject, require
from pb.accounts import twofold
from pb.accounts.models import Act
from pb.ballots.models import AccessCode, RollEntry
from pb.ballots.services import (
    fingerprints_of,
    is_over,
    local_day,
    process_of,
    take_over_roll,
    void_ballot,
)
from pb.core.errors import Conflict, Invalid
from pb.core.work import Work, command
from pb.electorate import codes, declarations, lists  # their commands are this feature's
from pb.electorate.models import WAYS, Contact, Declaration, Entitlement, EntryCount, Upload
from pb.electorate.values import WaysValue
from pb.notifications.models import Message
from pb.processes.models import Process
from pb.processes.notices import notice

__all__ = ["declarations", "lists"]


@command()
def set_ways(
    work: Work, process_id: int, values: WaysValue, reason: str,
    texts: dict[str, str] | None = None,
) -> None:
    """Say who may vote and by which ways they come onto the roll. After publication a public
    notice with its reason. Errors: Invalid."""
    process = process_of(work, process_id)
    require(work, Permission.EDIT_ROLL, process)
    if not values.ways or not set(values.ways) <= set(WAYS):
        raise Invalid("ways.none", field="ways")
    if process.state != "draft" and not reason.strip():
        raise Invalid("process.reason_needed", field="reason")
    row = work.session.get(Entitlement, process_id)
    if row is None:
        row = Entitlement(process_id=process_id, ways=[], words={}, changed_at=work.now)
        work.session.add(row)
    row.ways = [one for one in WAYS if one in values.ways]
    row.least_age, row.ask_street = values.least_age, values.ask_street
    row.ask_birth_year, row.words = values.ask_birth_year, values.words or {}
    row.changed_at = work.now
    notice(work, process, "notice.ways", reason.strip(), texts)
    work.about("process", process_id, scope=process_id, ways=row.ways)


def take_over_voters(work: Work, source: Process, made: Process) -> int:
    """Give a second vote the voters of the first, with what lets them in and their mail addresses,
    inside another command; how many. Nobody has got the mail of the second vote yet."""
    number = take_over_roll(work, source, made)
    before, after = aliased(RollEntry), aliased(RollEntry)
    work.connection.execute(
        insert(Contact).from_select(
            ["process_id", "roll_id", "mark", "sealed", "language", "state"],
            select(literal(made.id), after.id, Contact.mark, Contact.sealed, Contact.language,
                   literal("waiting"))
            .join(before, before.id == Contact.roll_id)
            .join(after, (after.process_id == made.id) & (after.tag == before.tag))
            .where(Contact.process_id == source.id).order_by(after.id),
            include_defaults=False,
        )
    )
    return number


def copy_ways(work: Work, source_id: int, made_id: int) -> None:
    """Give a process the ways in of another, inside another command."""
    ways = work.session.get(Entitlement, source_id)
    if ways is not None:
        work.session.add(
            Entitlement(process_id=made_id, ways=ways.ways, least_age=ways.least_age,
                        ask_street=ways.ask_street, ask_birth_year=ways.ask_birth_year,
                        words=ways.words, changed_at=work.now)
        )


# -- mails with personal links ---------------------------------------------------------------


@command()
def send_links(work: Work, process_id: int) -> int:
    """Send the personal link to everybody with an address who has not got one; how many wait.

    Errors: Conflict when nobody waits.
    """
    require(work, Permission.EDIT_ROLL, process_of(work, process_id))
    from pb.electorate.jobs import mail_links

    waiting = work.session.scalars(
        select(Contact.id).where(Contact.process_id == process_id, Contact.state == "waiting")
    ).all()
    if not waiting:
        raise Conflict("links.none")
    work.later(mail_links, process_id=process_id)
    work.about("process", process_id, scope=process_id, mails=len(waiting))
    return len(waiting)


@command(audited=False)
def claim_contact(work: Work, process_id: int) -> tuple[int, int] | None:
    """Take the next address that waits and a code for its mail: (contact, code), or None.

    It counts as begun before the mail leaves: after a crash nobody gets a second one by itself.
    """
    require(work, Permission.RUN_JOBS)
    row = work.connection.execute(
        select(Contact.id, Contact.roll_id)
        .join(RollEntry, RollEntry.id == Contact.roll_id)
        .where(Contact.process_id == process_id, Contact.state == "waiting",
               RollEntry.voided.is_(False))
        .order_by(Contact.id).limit(1).with_for_update(skip_locked=True, of=Contact)
    ).first()
    if row is None:
        return None
    _set_state(work, row.id, "sending", None)
    return row.id, codes.code_to_mail(work, process_id, row.roll_id)


@command(audited=False)
def go_on_mailing(work: Work, process_id: int) -> None:
    """Leave the next job of a long list of mails."""
    require(work, Permission.RUN_JOBS)
    from pb.electorate.jobs import mail_links

    work.later(mail_links, process_id=process_id)


@command(audited=False)
def settle_contact(work: Work, contact_id: int, sent: bool) -> None:
    """The mail has left, or it surely has not and waits again."""
    require(work, Permission.RUN_JOBS)
    contact = work.session.get(Contact, contact_id)
    if contact is not None:
        day = local_day(work, process_of(work, contact.process_id).time_zone)
        _set_state(work, contact_id, "sent" if sent else "waiting", day if sent else None)


def _set_state(work: Work, contact_id: int, state: str, on: date | None) -> None:
    work.connection.execute(
        update(Contact).where(Contact.id == contact_id).values(state=state, sent_on=on)
    )


@command()
def resend_unsure(work: Work, process_id: int) -> int:
    """Send again where a crash left it open whether the mail had left; how many."""
    require(work, Permission.EDIT_ROLL, process_of(work, process_id))
    from pb.electorate.jobs import mail_links

    done = work.connection.execute(
        update(Contact).where(Contact.process_id == process_id, Contact.state == "sending")
        .values(state="waiting")
    )
    work.later(mail_links, process_id=process_id)
    work.about("process", process_id, scope=process_id, mails=done.rowcount)
    return int(done.rowcount)


@command()
def resend_link(work: Work, process_id: int, typed: str) -> None:
    """Send one voter a new link and code, by identifier or mail address; the earlier ones end.
    Errors: Invalid("links.unknown")."""
    require(work, Permission.EDIT_ROLL, process_of(work, process_id))
    from pb.electorate.jobs import mail_one
    from pb.electorate.queries import roll_ids_of

    found = roll_ids_of(work.session, work.site.secrets, process_id, typed)
    contact = work.session.scalar(
        select(Contact).where(Contact.roll_id.in_(found)).order_by(Contact.id).limit(1)
    )
    if contact is None:
        raise Invalid("links.unknown", field="voter")
    code_id = codes.code_to_mail(work, process_id, contact.roll_id, cancel=True)
    work.later(mail_one, contact_id=contact.id, code_id=code_id)
    work.about("roll", contact.roll_id, scope=process_id)


@command(audited=False)
def ask_for_vote_link(work: Work, process_id: int, email: str) -> None:
    """Mail their link to whoever on the roll has this address; a stranger gets the same answer,
    since who may vote is nobody's business."""
    process = process_of(work, process_id)
    require(work, Permission.ENTER_BALLOT, process)
    from pb.electorate.jobs import mail_one

    marks = [codes.email_mark(work.site.secrets, one, email) for one in fingerprints_of(process)]
    found = work.session.execute(
        select(Contact.id, Contact.roll_id).join(RollEntry, RollEntry.id == Contact.roll_id)
        .where(Contact.process_id == process_id, Contact.mark.in_(marks),
               RollEntry.voided.is_(False))
        .order_by(Contact.id).limit(20)
    ).all()
    for contact_id, roll_id in found:
        work.later(mail_one, contact_id=contact_id,
                   code_id=codes.code_to_mail(work, process_id, roll_id))


# -- entries ---------------------------------------------------------------------------------


@command(audited=False)
def count_entry(work: Work, process_id: int, buckets: dict[str, str]) -> None:
    """Count that a ballot was opened: one more in each bucket, by kind. Holds no voter."""
    require(work, Permission.ENTER_BALLOT, process_of(work, process_id))
    for kind, bucket in buckets.items():
        mine = (EntryCount.process_id == process_id, EntryCount.kind == kind,
                EntryCount.bucket == bucket)
        known = work.connection.execute(
            update(EntryCount).where(*mine).values(number=EntryCount.number + 1)
        )
        if not known.rowcount:
            work.connection.execute(insert(EntryCount).values(
                process_id=process_id, kind=kind, bucket=bucket, number=1))


@command()
def ask_void_entry(work: Work, process_id: int, typed: str, reason: str) -> int:
    """Ask a second official to take one voter off the roll, by identifier, address or the number
    of a declaration ("#12"). Errors: Invalid, Conflict."""
    process = process_of(work, process_id)
    require(work, Permission.EDIT_ROLL, process)
    from pb.electorate.queries import roll_ids_of

    if not reason.strip():
        raise Invalid("process.reason_needed", field="void_reason")
    found = roll_ids_of(work.session, work.site.secrets, process_id, typed)
    entry = work.session.scalar(
        select(RollEntry).where(RollEntry.id.in_(found), RollEntry.voided.is_(False))
    )
    if entry is None:
        raise Invalid("links.unknown", field="voter")
    if len(found) > 1:
        raise Invalid("links.several", field="voter")
    work.about("roll", entry.id, scope=process_id)
    return twofold.ask(work, process, "electorate.void_entry", entry.id, reason.strip())


@twofold.act("electorate.void_entry", Permission.EDIT_ROLL)
def void_entry(work: Work, process: Subject, act: Act) -> None:
    """Two officials want this voter off the roll: no code or link lets them in any more, and a
    ballot they cast is not counted. The record says that one was taken off, where and why, and not
    who."""
    entry = work.session.get(RollEntry, act.subject_id or 0)
    if entry is None or entry.process_id != process.scope_id or entry.voided:
        raise Conflict("roll.gone")
    work.connection.execute(
        update(AccessCode).where(AccessCode.roll_id == entry.id).values(voided=True)
    )
    void_ballot(work, process.scope_id, entry.id, act.reason)


@command()
def drop_file(work: Work, process_id: int, upload_id: int) -> None:
    """Delete the file of a list after two weeks; what it put on the roll stays."""
    require(work, Permission.RUN_JOBS)
    lists.upload_of(work, process_id, upload_id).content = None
    work.about("roll_upload", upload_id, scope=process_id)


# -- the end ---------------------------------------------------------------------------------


@command()
def forget_electorate(work: Work, process_id: int) -> None:
    """Delete addresses, declarations, files and counts of a process whose roll has been deleted,
    and the addresses of mails to its voters.
    Errors: Conflict while there is a roll or the vote is not over."""
    require(work, Permission.RUN_JOBS)
    if not is_over(process_of(work, process_id), work.now):
        raise Conflict("vote.open")
    if work.session.scalar(
        select(RollEntry.id).where(RollEntry.process_id == process_id).limit(1)
    ) is not None:
        raise Conflict("roll.kept")
    gone: dict[str, Any] = {}
    for table in (Contact, Declaration, EntryCount):
        gone[table.__tablename__] = work.connection.execute(
            delete(table).where(table.process_id == process_id)
        ).rowcount
    work.connection.execute(
        update(Upload).where(Upload.process_id == process_id).values(content=None)
    )
    slug = process_of(work, process_id).slug
    mailed = work.session.execute(
        select(Message.id, Message.arguments)
        .where(Message.kind == "vote_cast", Message.person_id.is_(None))
    )
    told = [id for id, arguments in mailed if arguments.get("process") == slug]
    for start in range(0, len(told), 1000):
        work.connection.execute(delete(Message).where(Message.id.in_(told[start : start + 1000])))
    work.about("process", process_id, scope=process_id, mails=len(told), **gone)


