"""Commands on self-declared voters: declared, confirmed by mail, looked at where two are alike.

One mail address, one declaration, held by a unique key. Two addresses of one inbox, or one name and
street twice, are put before an official and never refused by the program.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

from sqlalchemy import delete, or_, select, update

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.ballots.models import RollEntry
from pb.ballots.services import local_day, note_roll_change, process_of
from pb.core import security
from pb.core.errors import Conflict, Gone, Invalid, NotFound
from pb.core.security import Secrets
from pb.core.work import Work, command
from pb.electorate import codes
from pb.electorate.models import Contact, Declaration, Entitlement
from pb.electorate.rules import bare
from pb.electorate.values import Declared
from pb.processes.models import Process

MOST_WRONG_CODES = 5
DAYS_TO_CONFIRM = 7


def token_of(keys: Secrets, row: Declaration) -> str:
    return keys.sign("declared", [row.id, row.nonce])


def code_of(keys: Secrets, row: Declaration) -> str:
    return keys.code("declared-code", row.id, row.nonce)


def revealed(keys: Secrets, row: Declaration) -> Declared:
    """What somebody declared, for a mail or an official who compares."""
    found = json.loads(keys.reveal("declared", row.sealed.encode()))
    return Declared(row.area_id, found["email"], found["name"], found["street"], row.birth_year)


def open_to_all(work: Work, process: Process) -> Entitlement:
    """The rules of a process that people join by declaring. Errors: NotFound."""
    rules = work.session.get(Entitlement, process.id)
    if rules is None or "declared" not in rules.ways or process.roll_of is not None:
        raise NotFound("declared.not_here")
    return rules


@command()
def declare(
    work: Work, process_id: int, value: Declared, language: str, network: str
) -> int:
    """Keep what somebody says of themselves, and mail them to confirm their address; the id to
    type the mail's code for. Who is on the roll by this address gets their link instead: the page
    answers both alike. Errors: NotFound, Invalid."""
    process = process_of(work, process_id)
    require(work, Permission.DECLARE, process)
    rules = open_to_all(work, process)
    _check_area(process, value.area_id)
    from pb.electorate.jobs import mail_declared, mail_one

    keys = work.site.secrets
    mark = codes.email_mark(keys, process_id, value.email)
    held = work.session.scalar(
        select(Declaration).where(Declaration.process_id == process_id, Declaration.holds == mark)
    )
    if held is not None:
        contact_id = work.session.scalar(
            select(Contact.id).where(Contact.roll_id == held.roll_id).limit(1)
        ) if held.roll_id is not None else None
        if contact_id is not None and held.roll_id is not None:
            work.later(mail_one, contact_id=contact_id,
                       code_id=codes.code_to_mail(work, process_id, held.roll_id))
        else:
            work.later(mail_declared, declaration_id=held.id)
        return held.id
    person = bare(value.name) + "/" + bare(value.street) if rules.ask_street else ""
    row = Declaration(
        process_id=process_id, area_id=value.area_id, mark=mark,
        inbox_mark=codes.inbox_mark(keys, process_id, value.email),
        person_mark=keys.tag("person-like", process_id, person) if person else "",
        network_mark=network,
        sealed=keys.hide("declared", json.dumps(
            {"email": value.email, "name": value.name, "street": value.street}).encode()).decode(),
        birth_year=value.birth_year, language=language, nonce=secrets.token_hex(16),
        made_at=work.now, wrong_codes=0,
    )
    work.session.add(row)
    work.session.flush()
    work.later(mail_declared, declaration_id=row.id)
    work.about("process", process_id, scope=process_id)
    return row.id


def _check_area(process: Process, area_id: int | None) -> None:
    own = {area.id for area in process.areas if not area.whole}
    if (area_id is None and own) or (area_id is not None and area_id not in own):
        raise Invalid("batch.area", field="area")


@command(audited=False)
def confirm_by_link(
    work: Work, process_id: int, token: str, visit: str, old_session: str | None
) -> dict[str, Any]:
    """The button behind the mail's link. See ``_confirm``. Errors: Gone."""
    require(work, Permission.DECLARE, process_of(work, process_id))
    value = work.site.secrets.unsign("declared", token, DAYS_TO_CONFIRM * 24 * 3600)
    row = work.session.get(Declaration, value[0]) if value else None
    if row is None or row.nonce != value[1] or row.process_id != process_id:
        raise Gone("link.unknown")
    return _confirm(work, row, visit, old_session)


@command(audited=False)
def confirm_by_code(
    work: Work, process_id: int, declaration_id: int, typed: str, visit: str,
    old_session: str | None,
) -> dict[str, Any]:
    """The code of the same mail, typed. Errors: Gone, Invalid("code.wrong")."""
    require(work, Permission.DECLARE, process_of(work, process_id))
    row = work.session.get(Declaration, declaration_id)
    if row is None or row.process_id != process_id or row.wrong_codes >= MOST_WRONG_CODES:
        raise Gone("link.unknown")
    if not hmac.compare_digest(security.read_code(typed), code_of(work.site.secrets, row)):
        raise Invalid("code.wrong", field="code")
    return _confirm(work, row, visit, old_session)


@command(audited=False)
def count_wrong_declared(work: Work, process_id: int, declaration_id: int) -> None:
    """A wrong try counts, also though the try itself was rolled back."""
    require(work, Permission.DECLARE, process_of(work, process_id))
    work.connection.execute(
        update(Declaration).where(Declaration.id == declaration_id)
        .values(wrong_codes=Declaration.wrong_codes + 1)
    )


def _confirm(
    work: Work, row: Declaration, visit: str, old_session: str | None
) -> dict[str, Any]:
    """The address is theirs: onto the roll, or before an official where another one is alike.

    Gives ``state`` and, while voting is open, the ``session`` in which the ballot opens. Pressed
    again within the same visit it gives the same; later the link is used up.
    """
    process = process_of(work, row.process_id)
    mark = hashlib.sha256(visit.encode()).hexdigest()[:32] if visit else ""
    if row.state == "in" and not (mark and row.nonce == mark):
        raise Gone("declared.used")
    if row.state == "waiting":
        taken = work.session.scalar(select(Declaration.id).where(
            Declaration.process_id == process.id, Declaration.holds == row.mark))
        if taken is not None:
            raise Gone("declared.used")
        row.holds, row.confirmed_on = row.mark, local_day(work, process.time_zone)
        row.like_id = _like(work, row)
        if row.like_id is None:
            enrol(work, process, row)
            row.nonce = mark or secrets.token_hex(16)
        else:
            row.state = "review"
        work.session.flush()
    session = ""
    if row.state == "in" and row.roll_id and process.phase_kind(work.now) == "voting":
        session = security.open_session(work, old_session, passes={process.id: row.roll_id})
    return {"state": row.state, "session": session}


def _like(work: Work, row: Declaration) -> int | None:
    """The first confirmed declaration with the same inbox, or the same name and street."""
    alike = [Declaration.inbox_mark == row.inbox_mark]
    if row.person_mark:
        alike.append(Declaration.person_mark == row.person_mark)
    return work.session.scalar(
        select(Declaration.id)
        .where(Declaration.process_id == row.process_id, Declaration.id != row.id,
               Declaration.state.in_(("in", "review")), or_(*alike))
        .order_by(Declaration.id).limit(1)
    )


def enrol(work: Work, process: Process, row: Declaration) -> int:
    """Put somebody who declared on the roll, inside another command; the address's id."""
    keys = work.site.secrets
    entry = RollEntry(process_id=process.id, tag=keys.tag("declared", process.id, row.mark),
                      area_id=row.area_id, voided=False)
    work.session.add(entry)
    work.session.flush()
    contact = Contact(
        process_id=process.id, roll_id=entry.id, mark=row.mark, language=row.language,
        sealed=keys.hide("contact", revealed(keys, row).email.encode()).decode(), state="sent",
        sent_on=local_day(work, process.time_zone),
    )
    work.session.add(contact)
    row.roll_id, row.state = entry.id, "in"
    work.session.flush()
    note_roll_change(work, process.id, {row.area_id: 1}, {}, "self-declared")
    return contact.id


@command()
def decide_declaration(
    work: Work, process_id: int, declaration_id: int, accept: bool, reason: str
) -> None:
    """An official who compared two declarations lets the later one in, or not, with a reason that
    is mailed. Errors: Conflict, Invalid."""
    process = process_of(work, process_id)
    require(work, Permission.EDIT_ROLL, process)
    row = work.session.get(Declaration, declaration_id)
    if row is None or row.process_id != process_id or row.state != "review":
        raise Conflict("declared.decided")
    if not reason.strip():
        raise Invalid("process.reason_needed", field="reason")
    from pb.electorate.jobs import mail_declared, mail_one

    row.decided_by, row.reason = work.actor.person_id, reason.strip()[:500]
    if accept:
        contact_id = enrol(work, process, row)
        assert row.roll_id is not None
        work.later(mail_one, contact_id=contact_id,
                   code_id=codes.code_to_mail(work, process_id, row.roll_id))
    else:
        row.state = "refused"
        work.later(mail_declared, declaration_id=row.id, kind="declared_decided")
    work.session.flush()
    work.about("declaration", row.id, scope=process_id, accepted=accept)


@command()
def drop_unconfirmed(work: Work, process_id: int, ids: list[int]) -> None:
    """Delete declarations whose mail nobody confirmed within a week."""
    require(work, Permission.RUN_JOBS)
    work.connection.execute(
        delete(Declaration).where(Declaration.id.in_(ids), Declaration.state == "waiting")
    )
    work.about("process", process_id, scope=process_id, dropped=len(ids))
