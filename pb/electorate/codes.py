"""Codes and links made from the site's key and a row, so that a mail or letter can be written
again without the code being kept anywhere; and what an identifier or address is found again by."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import insert, select, update

from pb.ballots.models import AccessCode
from pb.ballots.services import CODE_LENGTH, FIND, code_mark
from pb.core.security import Secrets
from pb.core.work import Work
from pb.electorate.rules import inbox, plain

NONCE_LENGTH = 32
"""Hexadecimal digits; codes of a printed batch have a shorter nonce and cannot be made again."""


def personal_code(keys: Secrets, process_id: int, nonce: str) -> str:
    return keys.code("personal-code", process_id, nonce, length=CODE_LENGTH)


def line_tag(keys: Secrets, process_id: int, key: str) -> str:
    """The mark on the roll of a voter from a list."""
    return keys.tag("list", process_id, key)


def household_tag(keys: Secrets, process_id: int, key: str, number: int) -> str:
    """The mark on the roll of the first, second ... voter at an address."""
    return keys.tag("household", process_id, key, number)


def email_mark(keys: Secrets, process_id: int, email: str) -> str:
    return keys.tag("contact", process_id, plain(email))


def inbox_mark(keys: Secrets, process_id: int, email: str) -> str:
    return keys.tag("inbox", process_id, inbox(email))


def add_codes(work: Work, process_id: int, roll_ids: Sequence[int], batch: int) -> list[int]:
    """A code and link for each of these voters, inside another command; the rows' ids."""
    if not roll_ids:
        return []
    keys, rows = work.site.secrets, []
    for roll_id in roll_ids:
        nonce = secrets.token_hex(NONCE_LENGTH // 2)
        code = personal_code(keys, process_id, nonce)
        rows.append({
            "process_id": process_id, "roll_id": roll_id, "batch": batch, "find": code[:FIND],
            "verify": code_mark(keys, process_id, code), "nonce": nonce, "link_visit": "",
            "voided": False,
        })
    return list(work.connection.execute(
        insert(AccessCode).returning(AccessCode.id, sort_by_parameter_order=True), rows
    ).scalars())


def code_to_mail(work: Work, process_id: int, roll_id: int, *, cancel: bool = False) -> int:
    """The id of a code whose link is not used up: the one there is, else a new one.

    ``cancel``: all earlier ones of this voter end, since somebody else may have them.
    """
    rows = work.session.execute(
        select(AccessCode.id, AccessCode.batch, AccessCode.nonce, AccessCode.link_used_on)
        .where(AccessCode.roll_id == roll_id, AccessCode.voided.is_(False))
        .order_by(AccessCode.id.desc())
    ).all()
    if cancel:
        work.connection.execute(
            update(AccessCode).where(AccessCode.roll_id == roll_id).values(voided=True)
        )
    elif rows and rows[0].link_used_on is None and len(rows[0].nonce) == NONCE_LENGTH:
        return int(rows[0].id)
    return add_codes(work, process_id, [roll_id], rows[0].batch if rows else 0)[0]
