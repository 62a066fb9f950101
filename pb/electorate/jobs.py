"""Work in the background: lists put on the roll in pieces, mails with links, and what expires."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.ballots import seams
from pb.ballots.models import AccessCode, RollEntry
from pb.ballots.services import is_over, link_token
from pb.core import mail
from pb.core.i18n import Reader
from pb.core.jobs import job, periodic
from pb.core.security import spaced
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.electorate import codes, declarations, lists, services
from pb.electorate.models import Contact, Declaration, EntryCount, Upload
from pb.electorate.queries import addresses_of, checked_upload, eligibility_of
from pb.notifications.jobs import mail_kind, written
from pb.processes.models import Process

MAILS_A_JOB = 300
"""A job's lock ends after ten minutes; a slow mail server takes a second a mail."""
FILE_KEPT = timedelta(days=14)


@job
def put_on_roll(site: Site, upload_id: int) -> None:
    """Put a list on the roll piece by piece; run again it goes on where it was."""
    with site.database.reading() as session:
        upload = session.get_one(Upload, upload_id)
        if upload.state != "running" or upload.content is None:
            return
        process = session.get_one(Process, upload.process_id)
        checked = checked_upload(site.secrets, process, upload)
        at = upload.done
    while at < len(checked.lines):
        piece = checked.lines[at : at + lists.CHUNK]
        at = site.work.run(lists.add_lines, SYSTEM, upload_id, at, piece)
    site.work.run(lists.finish_list, SYSTEM, upload_id)


@seams.addresses
def by_contact(
    site: Site, session: Session, process_id: int, roll_ids: Sequence[int]
) -> dict[int, seams.Address]:
    """Voters from a list or a declaration, for "a vote was cast in your name"."""
    found = addresses_of(site.secrets, session, process_id, roll_ids)
    return {roll_id: seams.Address(*one) for roll_id, one in found.items()}


seams.ELIGIBILITY.append(eligibility_of)


# -- mails -----------------------------------------------------------------------------------


@mail_kind("vote_link")
def vote_link_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    row = session.get_one(AccessCode, arguments["code_id"])
    process = session.get_one(Process, row.process_id)
    phase = next((one for one in process.phases if one.kind == "voting"), None)
    base = f"{site.settings.base_url}/processes/{process.slug}/vote"
    return {
        "process": reader.plain(process.name), "invented": process.invented,
        "url": f"{base}/link/{link_token(site.secrets, row)}", "vote_url": base,
        "code": spaced(codes.personal_code(site.secrets, process.id, row.nonce)),
        "opens_at": phase.opens_at if phase and phase.opens_at > site.clock() else None,
        "closes_at": phase.closes_at if phase else None,
    }


@mail_kind("declared")
def declared_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    row = session.get_one(Declaration, arguments["declaration_id"])
    process = session.get_one(Process, row.process_id)
    return {
        "process": reader.plain(process.name), "invented": process.invented,
        "url": f"{site.settings.base_url}/processes/{process.slug}/join/"
        f"{declarations.token_of(site.secrets, row)}",
        "code": spaced(declarations.code_of(site.secrets, row)),
    }


@mail_kind("declared_decided")
def decided_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    row = session.get_one(Declaration, arguments["declaration_id"])
    process = session.get_one(Process, row.process_id)
    return {"process": reader.plain(process.name), "invented": process.invented,
            "reason": row.reason}


def _send(site: Site, contact_id: int, code_id: int) -> None:
    with site.database.reading() as session:
        contact = session.get_one(Contact, contact_id)
        address = site.secrets.reveal("contact", contact.sealed.encode()).decode()
        letter = written(site, session, "vote_link", address, contact.language,
                         {"code_id": code_id})
    mail.send(site.settings, letter)


@job
def mail_links(site: Site, process_id: int) -> None:
    """Mail their links to all who wait, each once; an interrupted run goes on with the next."""
    for _ in range(MAILS_A_JOB):
        claimed = site.work.run(services.claim_contact, SYSTEM, process_id)
        if claimed is None:
            return
        contact_id, code_id = claimed
        try:
            _send(site, contact_id, code_id)
        except (OSError, smtplib.SMTPException):
            site.work.run(services.settle_contact, SYSTEM, contact_id, False)
            raise
        site.work.run(services.settle_contact, SYSTEM, contact_id, True)
    site.work.run(services.go_on_mailing, SYSTEM, process_id)


@job
def mail_one(site: Site, contact_id: int, code_id: int) -> None:
    """Mail one voter the link of one code."""
    _send(site, contact_id, code_id)
    site.work.run(services.settle_contact, SYSTEM, contact_id, True)


@job
def mail_declared(site: Site, declaration_id: int, kind: str = "declared") -> None:
    """Mail somebody who declared: to confirm the address, or what was decided. Whose address has
    a declaration already gets their link instead."""
    with site.database.reading() as session:
        row = session.get(Declaration, declaration_id)
        if row is None:
            return
        address = declarations.revealed(site.secrets, row).email
        letter = written(site, session, kind, address, row.language,
                         {"declaration_id": declaration_id})
    mail.send(site.settings, letter)


# -- what expires ----------------------------------------------------------------------------


@periodic
def forget_expired(site: Site) -> None:
    """What belonged to a roll that has been deleted goes as well; old files of lists go."""
    with site.database.reading() as session:
        left: set[int] = set()
        for table in (Declaration, EntryCount):
            left |= set(session.scalars(select(table.process_id).distinct()))
        left |= set(session.scalars(
            select(Upload.process_id).where(Upload.content.is_not(None)).distinct()))
        if not left:
            return
        kept = set(session.scalars(
            select(RollEntry.process_id).where(RollEntry.process_id.in_(left)).distinct()))
        over = [
            one.id for one in session.scalars(select(Process).where(Process.id.in_(left - kept)))
            if is_over(one, site.clock())
        ]
        old = list(session.execute(
            select(Upload.process_id, Upload.id).where(
                Upload.content.is_not(None), Upload.state != "running",
                Upload.made_at < site.clock() - FILE_KEPT)
        ))
        unconfirmed: dict[int, list[int]] = {}
        for process_id, id in session.execute(
            select(Declaration.process_id, Declaration.id).where(
                Declaration.state == "waiting",
                Declaration.made_at < site.clock()
                - timedelta(days=declarations.DAYS_TO_CONFIRM))
        ):
            unconfirmed.setdefault(process_id, []).append(id)
    for process_id, ids in unconfirmed.items():
        site.work.run(declarations.drop_unconfirmed, SYSTEM, process_id, ids)
    for process_id in over:
        site.work.run(services.forget_electorate, SYSTEM, process_id)
    for process_id, upload_id in old:
        site.work.run(services.drop_file, SYSTEM, process_id, upload_id)
