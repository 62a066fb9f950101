"""Commands on evidence: the office prepares it; what was heard is written by who leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from deliberation.evidence import queries
from deliberation.evidence.models import GIVEN, STANCES, EvidenceItem, LedgerNote
from deliberation.panels.models import Jury
from deliberation.panels.services import process_of_jury
from deliberation.sessions.models import RoomPass
from deliberation.sessions.services import new_pass
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process
from pb.projects.models import Project

MOST_MINUTES = 600
MOST_ITEMS = 300


@dataclass(frozen=True)
class EvidenceValue:
    """An item as its form says it."""

    title: dict[str, str]
    stance: str
    minutes: int = 0
    witness: str = ""
    text: dict[str, str] | None = None
    link: str = ""
    alt: dict[str, str] | None = None
    project_number: int | None = None
    session_number: int | None = None
    slot_at: datetime | None = None


def the_item(work: Work, item_id: int) -> tuple[Process, Jury, EvidenceItem]:
    """An item with its jury and the process that permissions are asked about."""
    item = work.session.get(EvidenceItem, item_id)
    if item is None:
        raise NotFound("evidence.unknown")
    process, jury = process_of_jury(work, item.jury_id)
    return process, jury, item


def _checked(work: Work, process: Process, value: EvidenceValue) -> dict[str, Any]:
    if not any(value.title.values()):
        raise Invalid("evidence.title", field="title_en")
    if value.stance not in STANCES:
        raise Invalid("evidence.stance", field="stance")
    if not 0 <= value.minutes <= MOST_MINUTES:
        raise Invalid("evidence.minutes", field="minutes", most=MOST_MINUTES)
    if value.link and not value.link.startswith(("https://", "http://")):
        raise Invalid("evidence.link", field="link")
    if value.link and not value.alt:
        raise Invalid("evidence.alt", field="alt_en")
    if value.project_number is not None and work.session.scalar(
        select(Project.id).where(Project.process_id == process.id,
                                 Project.number == value.project_number)
    ) is None:
        raise Invalid("evidence.project", field="project_number")
    return {
        "title": value.title, "stance": value.stance, "minutes": value.minutes,
        "witness": value.witness, "text": value.text or {}, "link": value.link,
        "alt": value.alt or {}, "project_number": value.project_number,
        "session_number": value.session_number, "slot_at": value.slot_at,
        "changed_at": work.now,
    }


@command()
def add(work: Work, jury_id: int, value: EvidenceValue) -> int:
    """Put an item into the library; its number. Errors: Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    number = queries.next_number(work.session, jury.id)
    if number > MOST_ITEMS:
        raise Invalid("evidence.enough", most=MOST_ITEMS)
    item = EvidenceItem(jury_id=jury.id, number=number, given="planned", recorded={},
                        **_checked(work, process, value))
    work.session.add(item)
    work.session.flush()
    work.about("evidence", item.id, scope=process.id, number=number, stance=value.stance)
    return number


def _open(item: EvidenceItem) -> None:
    if item.withdrawn_at is not None:
        raise Conflict("evidence.withdrawn")


@command()
def change(work: Work, item_id: int, value: EvidenceValue) -> None:
    """Say an item anew; once the jury has heard it, only who leads may. Errors: Invalid."""
    process, _jury, item = the_item(work, item_id)
    require(work, Permission.EDIT_JURY, process)
    if item.heard is not None:
        require(work, Permission.RUN_SESSION, process)
    _open(item)
    for name, one in _checked(work, process, value).items():
        setattr(item, name, one)
    work.about("evidence", item.id, scope=process.id, stance=value.stance, minutes=value.minutes)


@command()
def withdraw(work: Work, item_id: int, why: str) -> None:
    """Take an item out; it stays on the page with the reason. Errors: Conflict, Invalid."""
    process, _jury, item = the_item(work, item_id)
    require(work, Permission.EDIT_JURY, process)
    if item.heard is not None:
        require(work, Permission.RUN_SESSION, process)
    _open(item)
    if not why:
        raise Invalid("evidence.why")
    item.withdrawn_at, item.withdrawn_why = work.now, why
    work.about("evidence", item.id, scope=process.id, why=why)


@command()
def hear(
    work: Work, item_id: int, given: str, minutes: int, recorded: dict[str, str]
) -> None:
    """How an item was given, and how long it took. ``recorded``: what stood in for a witness who
    did not come or had no time left. Errors: Conflict, Invalid."""
    process, _jury, item = the_item(work, item_id)
    require(work, Permission.RUN_SESSION, process)
    _open(item)
    if given not in GIVEN[1:]:
        raise Invalid("evidence.given")
    if not 0 <= minutes <= MOST_MINUTES:
        raise Invalid("evidence.minutes", most=MOST_MINUTES)
    if given == "recorded" and not any(recorded.values()):
        raise Invalid("evidence.recorded")
    item.given, item.recorded = given, recorded
    item.heard = 0 if given == "missing" else minutes
    work.about("evidence", item.id, scope=process.id, given=given, minutes=item.heard)


@command()
def explain_balance(work: Work, jury_id: int, text: dict[str, str]) -> None:
    """Say in public why one side had more time than the other, as the ledger stands now.

    Errors: Conflict where it is even, Invalid.
    """
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    sums = queries.library(work.session, jury.id).ledger
    if not sums.unbalanced:
        raise Conflict("evidence.even")
    if not any(text.values()):
        raise Invalid("evidence.note", field="text_en")
    known = work.session.get(LedgerNote, jury.id)
    if known is None:
        known = LedgerNote(jury_id=jury.id)
        work.session.add(known)
    known.text, known.at = text, work.now
    known.longer, known.shorter = sums.longer, sums.shorter
    work.about("jury", jury.id, scope=process.id, longer=sums.longer, shorter=sums.shorter)


def must_be_balanced(work: Work, jury_id: int) -> None:
    """Inside a command that makes the jury's words final: both sides had their time, or a note
    says why not. Errors: Invalid."""
    if queries.library(work.session, jury_id).unexplained:
        raise Invalid("evidence.unbalanced")


@command()
def make_witness_screen(work: Work, item_id: int) -> None:
    """A code of their own for the witness of an item, once for all that they give."""
    process, jury, item = the_item(work, item_id)
    require(work, Permission.EDIT_JURY, process)
    if not item.witness:
        raise Invalid("evidence.witness")
    known = work.session.scalar(
        select(RoomPass.id).where(
            RoomPass.jury_id == jury.id, RoomPass.role == "witness",
            RoomPass.name == item.witness, RoomPass.ended_at.is_(None),
        )
    )
    if known is None:
        new_pass(work, jury.id, "witness", None, None, item.witness)
    work.about("evidence", item.id, scope=process.id)
