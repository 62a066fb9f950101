"""Reading who may vote: the ways in, lists, addresses in numbers, declarations, oddities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pb.ballots.models import AccessCode, RollEntry
from pb.ballots.services import FIND, code_mark, fingerprints_of
from pb.core.security import Secrets, read_code
from pb.electorate import codes, lists
from pb.electorate.models import Contact, Declaration, Entitlement, EntryCount, Upload
from pb.electorate.reading import read_table
from pb.electorate.rules import STRENGTH, Checked, check_lines, strength_of
from pb.processes.models import Process


@dataclass(frozen=True)
class Ways:
    """Who may vote, as pages show it. ``given`` is False where nobody has said it yet: then the
    way is a code by letter."""

    ways: tuple[str, ...]
    least_age: int
    ask_street: bool
    ask_birth_year: bool
    words: dict[str, str]
    given: bool

    @property
    def strength(self) -> str:
        return strength_of(self.ways)

    @property
    def rows(self) -> list[tuple[str, str]]:
        return [(way, STRENGTH[way]) for way in self.ways]


def ways_of(session: Session, process_id: int) -> Ways:
    row = session.get(Entitlement, process_id)
    if row is None:
        return Ways(("letters",), 16, False, False, {}, False)
    return Ways(tuple(row.ways), row.least_age, row.ask_street, row.ask_birth_year,
                dict(row.words), True)


def eligibility_of(session: Session, process: Process) -> dict[str, Any] | None:
    """For the record's first leaf: the strength of the check with the ways in ("weak:declared"),
    and the council's own words; None where nobody has said it."""
    found = ways_of(session, process.id)
    if not found.given:
        return None
    return {"check": f"{found.strength}:{','.join(found.ways)}", "text": dict(found.words)}


def addresses_of(
    keys: Secrets, session: Session, process_id: int, roll_ids: Sequence[int]
) -> dict[int, tuple[str, str]]:
    """(mail address, language) of those of these voters who have one here."""
    rows = session.execute(
        select(Contact.roll_id, Contact.sealed, Contact.language)
        .where(Contact.process_id == process_id, Contact.roll_id.in_(roll_ids))
        .order_by(Contact.id.desc())
    )
    return {
        roll_id: (keys.reveal("contact", sealed.encode()).decode(), language)
        for roll_id, sealed, language in rows
    }


# -- lists -----------------------------------------------------------------------------------


def uploads_of(session: Session, process_id: int) -> list[Upload]:
    """Lists that were brought, the newest first; discarded ones left out."""
    return list(session.scalars(
        select(Upload).where(Upload.process_id == process_id, Upload.state != "discarded")
        .order_by(Upload.id.desc()).limit(50)
    ))


def checked_upload(
    keys: Secrets, process: Process, upload: Upload, columns: dict[str, int] | None = None,
    default: str | None = None,
) -> Checked:
    """Every line of a kept list under the columns that were chosen (or, while an official tries
    others, under those). Errors: ListError."""
    assert upload.content is not None
    table = read_table(lists.unpack(keys, upload.content))
    kept = dict(upload.columns)
    chosen = str(kept.pop("default", "")) if default is None else default
    kept.pop("default", None)
    own = [area for area in process.areas if not area.whole]
    return check_lines(
        table, upload.kind, kept if columns is None else columns,
        lists.areas_by_name(process.areas), int(chosen) if chosen.isdecimal() else None,
        bool(own) and chosen != "all",
    )


@dataclass(frozen=True)
class Printed:
    """A line of the table for letters: what the list says, its area, the code and the link."""

    key: str
    area_id: int | None
    code: str
    code_id: int
    nonce: str


def codes_of_upload(
    session: Session, keys: Secrets, process: Process, upload: Upload, with_mail: bool
) -> list[Printed]:
    """The codes of a list's voters, while its file is kept; ``with_mail``: also of those who get
    their link by mail."""
    checked = checked_upload(keys, process, upload)
    made = {
        row.tag: row for row in session.execute(
            select(RollEntry.tag, AccessCode.id, AccessCode.nonce)
            .join(AccessCode, AccessCode.roll_id == RollEntry.id)
            .where(AccessCode.batch == upload.batch_id, AccessCode.voided.is_(False))
        )
    }
    found = []
    for line in checked.lines:
        if line.email and not with_mail:
            continue
        tags = [codes.line_tag(keys, process.id, line.key)] if upload.kind == "people" else [
            codes.household_tag(keys, process.id, line.key, number)
            for number in range(1, line.voters + 1)
        ]
        for tag in tags:
            row = made.get(tag)
            if row is not None:
                found.append(Printed(line.key, line.area_id,
                                     codes.personal_code(keys, process.id, row.nonce),
                                     row.id, row.nonce))
    return found


def mails_in_numbers(session: Session, process_id: int) -> dict[str, int]:
    """Addresses by whether their mail has left: waiting, sending, sent."""
    rows = session.execute(
        select(Contact.state, func.count()).join(RollEntry, RollEntry.id == Contact.roll_id)
        .where(Contact.process_id == process_id, RollEntry.voided.is_(False))
        .group_by(Contact.state)
    )
    return {row[0]: row[1] for row in rows}


def roll_ids_of(session: Session, keys: Secrets, process_id: int, typed: str) -> list[int]:
    """Whom an official means: an identifier of a list, a mail address, a code from a letter, or
    the number of a declaration with "#" before it."""
    from pb.electorate.rules import plain

    words = plain(typed)
    if not words:
        return []
    if words.startswith("#") and words[1:].isdecimal() and len(words) < 11:
        row = session.get(Declaration, int(words[1:]))
        return [row.roll_id] if row and row.process_id == process_id and row.roll_id else []
    known_by = fingerprints_of(session.get_one(Process, process_id))
    found = set(session.scalars(select(RollEntry.id).where(
        RollEntry.process_id == process_id,
        RollEntry.tag.in_([codes.line_tag(keys, one, words) for one in known_by]))))
    found |= set(session.scalars(select(Contact.roll_id).where(
        Contact.process_id == process_id,
        Contact.mark.in_([codes.email_mark(keys, one, words) for one in known_by]))))
    code = read_code(typed)
    found |= set(session.scalars(select(AccessCode.roll_id).where(
        AccessCode.process_id == process_id, AccessCode.find == code[:FIND],
        AccessCode.verify.in_([code_mark(keys, one, code) for one in known_by]))))
    return sorted(found)


# -- declarations ----------------------------------------------------------------------------


def declared_in_numbers(session: Session, process_id: int) -> dict[str, int]:
    rows = session.execute(
        select(Declaration.state, func.count())
        .where(Declaration.process_id == process_id).group_by(Declaration.state)
    )
    return {row[0]: row[1] for row in rows}


def to_review(session: Session, process_id: int) -> list[Declaration]:
    """Declarations that resemble an earlier one and wait for an official, the oldest first."""
    return list(session.scalars(
        select(Declaration)
        .where(Declaration.process_id == process_id, Declaration.state == "review")
        .order_by(Declaration.id).limit(100)
    ))


# -- oddities --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cluster:
    """So many of one kind under one mark; ``name`` is a figure by which two can be told apart."""

    name: str
    number: int
    ids: tuple[int, ...] = ()


def entries_by(session: Session, process_id: int, kind: str, most: int = 40) -> list[Cluster]:
    """The buckets of one kind with most entries first."""
    rows = session.execute(
        select(EntryCount.bucket, EntryCount.number)
        .where(EntryCount.process_id == process_id, EntryCount.kind == kind)
        .order_by(EntryCount.number.desc(), EntryCount.bucket).limit(most)
    )
    return [Cluster(bucket, number) for bucket, number in rows]


def declared_clusters(
    session: Session, process_id: int, column: str, least: int = 2, most: int = 40
) -> list[Cluster]:
    """Confirmed declarations that share a mark (network_mark, inbox_mark or birth_year)."""
    mark = getattr(Declaration, column)
    mine = (Declaration.process_id == process_id, Declaration.state.in_(("in", "review")))
    rows = session.execute(
        select(mark, func.count()).where(*mine, mark.is_not(None), mark != "" if
                                         column != "birth_year" else mark > 0)
        .group_by(mark).having(func.count() >= least)
        .order_by(func.count().desc(), mark).limit(most)
    ).all()
    shown: dict[object, list[int]] = {}
    if rows and column != "birth_year":
        for value, id in session.execute(
            select(mark, Declaration.id).where(*mine, mark.in_([value for value, _ in rows]))
            .order_by(Declaration.id)
        ):
            shown.setdefault(value, []).append(id)
    return [Cluster(str(value), number, tuple(shown.get(value, ())[:60]))
            for value, number in rows]


def declared_by_day(session: Session, process_id: int) -> list[tuple[date, int]]:
    rows = session.execute(
        select(Declaration.confirmed_on, func.count())
        .where(Declaration.process_id == process_id, Declaration.confirmed_on.is_not(None))
        .group_by(Declaration.confirmed_on).order_by(Declaration.confirmed_on)
    ).all()
    return [(day, number) for day, number in rows if day is not None]


def unusual(numbers: Sequence[int]) -> int:
    """From which number on a bucket stands out: ten at least, and three times the middle one once
    there are enough of them for a middle."""
    if len(numbers) < 5:
        return 10
    middle = sorted(numbers)[len(numbers) // 2]
    return max(10, 3 * middle)


def moment_of(bucket: str) -> datetime:
    """The minute of a bucket, in UTC."""
    return datetime.strptime(bucket, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


def entitled_by_area(session: Session, process_id: int) -> list[tuple[int | None, int]]:
    """How many are on the roll, by area; voided ones are not."""
    rows = session.execute(
        select(RollEntry.area_id, func.count())
        .where(RollEntry.process_id == process_id, RollEntry.voided.is_(False))
        .group_by(RollEntry.area_id).order_by(RollEntry.area_id)
    )
    return [(area_id, number) for area_id, number in rows]


def voided_number(session: Session, process_id: int) -> int:
    return session.scalar(
        select(func.count()).select_from(RollEntry)
        .where(RollEntry.process_id == process_id, RollEntry.voided.is_(True))
    ) or 0
