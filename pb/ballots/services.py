"""Commands of a vote: the roll and its codes, and letting voters in. Casting is ``casting.py``,
the box's opening, close and end are ``box.py``.

Letting in leaves no audit row: rows in one order with times would tell who cast what.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, delete, false, insert, literal, null, select, update
from sqlalchemy.orm import aliased

from pb.access.permissions import Permission
from pb.access.policy import Subject, require
from pb.accounts import twofold
from pb.accounts.models import Act
from pb.ballots.models import AccessCode, CodeBatch, RollEntry
from pb.core import security
from pb.core.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from pb.core.security import Secrets
from pb.core.site import Site
from pb.core.work import Work, command
from pb.processes.models import Area, Process
from pb.record import services as record

FIND, CODE_LENGTH = 4, 16
MOST_CODES = 5000
VISIT_SECONDS = 120
"""How long the button of a link's page may be pressed again, for a double click or lost answer."""


def process_of(work: Work, process_id: int) -> Process:
    process = work.session.get(Process, process_id)
    if process is None:
        raise NotFound("process.not_found")
    return process


def local_day(work: Work, time_zone: str) -> date:
    return work.now.astimezone(ZoneInfo(time_zone)).date()


# -- the roll --------------------------------------------------------------------------------


def person_tag(keys: Secrets, process_id: int, person_id: int) -> str:
    """The mark on the roll of somebody who votes by their account."""
    return keys.tag("person", process_id, person_id)


def fingerprints_of(process: Process) -> tuple[int, ...]:
    """By whose numbers the voters of a process are known again: its own, and that of the process
    whose list it took over."""
    return (process.id,) if process.roll_of is None else (process.id, process.roll_of)


def need_open_roll(process: Process) -> None:
    """Refuse whoever wants to add voters to a list that was taken over: its voters could stand on
    it twice, since nobody can tell any more who they are. Errors: Conflict."""
    if process.roll_of is not None:
        raise Conflict("roll.taken_over")


def take_over_roll(work: Work, source: Process, made: Process) -> int:
    """Put the voters of a vote that is over onto the roll of its second vote, with their codes,
    inside another command; how many.

    Nothing of how they voted comes along: not the day, not that they did. Their marks and codes
    are copied as they are, so that a code on a letter lets in again; links are not, since a link
    works once. Whoever was taken off the roll stays off it.
    """
    # A list that was taken over itself knows its voters by the numbers of the first of all.
    made.roll_of = source.roll_of or source.id
    keys = {area.key: area.id for area in made.areas}
    area = case(
        {one.id: keys[one.key] for one in source.areas}, value=RollEntry.area_id, else_=None
    ) if source.areas else null()
    voters = work.connection.execute(
        insert(RollEntry).from_select(
            ["process_id", "tag", "area_id", "voided", "told"],
            select(literal(made.id), RollEntry.tag, area, false(), false())
            .where(RollEntry.process_id == source.id, RollEntry.voided.is_(False))
            .order_by(RollEntry.tag),
            include_defaults=False,
        )
    ).rowcount
    before, after = aliased(RollEntry), aliased(RollEntry)
    work.connection.execute(
        insert(AccessCode).from_select(
            ["process_id", "roll_id", "batch", "find", "verify", "nonce", "link_visit", "voided"],
            select(literal(made.id), after.id, literal(0), AccessCode.find, AccessCode.verify,
                   literal(""), literal(""), false())
            .join(before, before.id == AccessCode.roll_id)
            .join(after, (after.process_id == made.id) & (after.tag == before.tag))
            .where(AccessCode.process_id == source.id, AccessCode.voided.is_(False))
            .order_by(after.id, AccessCode.find),
            include_defaults=False,
        )
    )
    return int(voters)


def enrol_person(work: Work, process_id: int, person_id: int, area_id: int | None) -> int:
    """Put a person on the roll, inside another command; the roll's id. Once only."""
    need_open_roll(process_of(work, process_id))
    tag = person_tag(work.site.secrets, process_id, person_id)
    known = work.session.scalar(
        select(RollEntry.id).where(RollEntry.process_id == process_id, RollEntry.tag == tag)
    )
    if known is not None:
        return known
    entry = RollEntry(process_id=process_id, tag=tag, area_id=area_id)
    work.session.add(entry)
    work.session.flush()
    note_roll_change(work, process_id, {area_id: 1}, {}, "")
    return entry.id


def note_roll_change(
    work: Work, process_id: int, added: Mapping[int | None, int],
    voided: Mapping[int | None, int], reason: str,
) -> None:
    """Say in the public record how many voters of which area came on the roll or left it, inside
    the command that did it. Before the box is open nothing is said: the roll itself is recorded
    then. Both by the area's id, None for voters without one."""
    more, fewer = Counter(added), Counter(voided)
    if not (more.total() or fewer.total()):
        return
    process = process_of(work, process_id)
    record.note(work, process_id, "roll-change", {
        "added": by_area(process, more), "voided": by_area(process, fewer), "reason": reason,
    })


def by_area(process: Process, areas: Mapping[int | None, int]) -> dict[str, int]:
    """Numbers of voters by the area's key; "" for those without an area of their own."""
    keys = {area.id: area.key for area in process.areas}
    found: Counter[str] = Counter()
    for area_id, number in areas.items():
        if number:
            found["" if area_id is None else keys[area_id]] += number
    return dict(found)


def void_ballot(work: Work, process_id: int, roll_id: int, reason: str) -> bool:
    """Take a voter off the roll, and their ballot out of the count, inside an act that took two.

    While voting is open only: then the roll still knows the leaf, and the record gets its number
    without a person. Whether a ballot was taken out. Errors: NotFound.
    """
    entry = work.session.get(RollEntry, roll_id, with_for_update=True)
    if entry is None or entry.process_id != process_id:
        raise NotFound("roll.unknown")
    if entry.leaf is None and entry.voted_on is not None:
        # Restored from a backup, which holds no leaf numbers: their ballot cannot be found.
        raise Conflict("ballot.fixed")
    had, leaf = not entry.voided, entry.leaf
    entry.voided, entry.leaf, entry.voted_on = True, None, None
    work.session.flush()
    if leaf is not None:
        record.append(work, process_id, "void", {"leaves": [leaf], "reason": reason})
    if had:
        note_roll_change(work, process_id, {}, {entry.area_id: 1}, reason)
    return leaf is not None


# -- codes -----------------------------------------------------------------------------------


def codes_for(keys: Secrets, seed: str, number: int) -> list[str]:
    """New codes, the same again for the same seed, so that a page lost on its way comes again.
    The seed is a form's one-time key, of which only a hash is kept."""
    return [keys.code("new-code", seed, index, length=CODE_LENGTH) for index in range(number)]


def code_mark(keys: Secrets, process_id: int, code: str) -> str:
    """The keyed fingerprint by which a typed code is known again."""
    return keys.tag("access-code", process_id, code)


def link_token(keys: Secrets, code: AccessCode) -> str:
    """What stands in a personal link."""
    return keys.sign("vote-link", [code.id, code.nonce])


@command()
def make_codes(
    work: Work, process_id: int, area_id: int | None, name: str, codes: Sequence[str]
) -> int:
    """Put so many voters on the roll as there are codes, one each; the batch's id.

    The codes themselves are not kept, only what knows them again. Errors: Invalid.
    """
    process = process_of(work, process_id)
    require(work, Permission.EDIT_ROLL, process)
    need_open_roll(process)
    if not 1 <= len(codes) <= MOST_CODES:
        raise Invalid("batch.size", field="number", most=MOST_CODES)
    if area_id is not None:
        area = work.session.get(Area, area_id)
        if area is None or area.process_id != process_id:
            raise Invalid("batch.area", field="area")
    batch = CodeBatch(process_id=process_id, area_id=area_id, name=name, size=len(codes),
                      made_at=work.now, made_by=work.actor.person_id)
    work.session.add(batch)
    work.session.flush()
    keys = work.site.secrets
    entries = work.session.execute(
        insert(RollEntry).returning(RollEntry.id, sort_by_parameter_order=True),
        [{"process_id": process_id, "tag": keys.tag("code", process_id, code),
          "area_id": area_id, "voided": False} for code in codes],
    ).scalars().all()
    work.session.execute(
        insert(AccessCode),
        [{"process_id": process_id, "roll_id": roll_id, "batch": batch.id, "find": code[:FIND],
          "verify": code_mark(keys, process_id, code), "nonce": secrets.token_hex(8),
          "link_visit": "", "voided": False}
         for roll_id, code in zip(entries, codes, strict=True)],
    )
    note_roll_change(work, process_id, {area_id: len(codes)}, {}, "")
    work.about("code_batch", batch.id, scope=process_id, size=len(codes), area=area_id)
    return batch.id


@command()
def ask_void_batch(work: Work, process_id: int, batch_id: int, reason: str) -> int:
    """Ask a second official to void a batch of codes. Errors: NotFound, Conflict."""
    require(work, Permission.EDIT_ROLL, process_of(work, process_id))
    batch = _batch(work, process_id, batch_id)
    if batch.voided_at is not None:
        raise Conflict("batch.voided")
    waiting = select(Act.id).where(
        Act.kind == "ballots.void_batch", Act.subject_id == batch_id, Act.open_key.is_not(None)
    )
    if work.session.scalar(waiting) is not None:
        raise Conflict("act.waiting")
    work.about("code_batch", batch_id, scope=process_id)
    process = process_of(work, process_id)
    return twofold.ask(work, process, "ballots.void_batch", batch_id, reason, name=batch.name)


def _batch(work: Work, process_id: int, batch_id: int) -> CodeBatch:
    batch = work.session.get(CodeBatch, batch_id)
    if batch is None or batch.process_id != process_id:
        raise NotFound("batch.unknown")
    return batch


@twofold.act("ballots.void_batch", Permission.EDIT_ROLL)
def void_batch(work: Work, process: Subject, act: Act) -> None:
    """No code or link of the batch lets anybody in any more, and whoever has not voted by one
    leaves the roll. Ballots that are in stay in: voiding codes must not undo votes in bulk."""
    assert act.subject_id is not None
    batch = _batch(work, process.scope_id, act.subject_id)
    batch.voided_at = work.now
    work.session.flush()
    work.connection.execute(
        update(AccessCode).where(AccessCode.batch == batch.id).values(voided=True)
    )
    of_batch = select(AccessCode.roll_id).where(AccessCode.batch == batch.id)
    voided = work.connection.execute(
        update(RollEntry)
        .where(RollEntry.id.in_(of_batch), RollEntry.voted_on.is_(None),
               RollEntry.voided.is_(False))
        .values(voided=True)
    )
    note_roll_change(work, process.scope_id, {}, {batch.area_id: voided.rowcount}, act.reason)
    work.about("code_batch", batch.id, scope=process.scope_id, voided=voided.rowcount)


# -- letting in ------------------------------------------------------------------------------


@command(audited=False)
def admit_by_code(work: Work, process_id: int, typed: str, old_session: str | None) -> str:
    """Let in who types a code of this process's roll; the session's cookie.

    Errors: Invalid("code.unknown"), Gone("code.voided").
    """
    process = process_of(work, process_id)
    require(work, Permission.ENTER_BALLOT, process)
    code = security.read_code(typed)
    marks = [code_mark(work.site.secrets, one, code) for one in fingerprints_of(process)]
    rows = work.session.scalars(
        select(AccessCode).where(
            AccessCode.process_id == process_id, AccessCode.find == code[:FIND]
        )
    )
    row = next(
        (one for one in rows if any(hmac.compare_digest(one.verify, mark) for mark in marks)), None
    )
    if row is None:
        raise Invalid("code.unknown", field="code")
    return _admit(work, row, old_session)


@command(audited=False)
def admit_by_link(work: Work, process_id: int, token: str, visit: str,
                  old_session: str | None) -> str:
    """Use up a personal link; the session's cookie. The button of the same page, pressed again
    within two minutes, lets in again. Errors: Gone, with ``on`` the day a used link was used."""
    require(work, Permission.ENTER_BALLOT, process_of(work, process_id))
    row = code_of_link(work, process_id, token)
    fresh = work.site.secrets.unsign("visit", visit, VISIT_SECONDS) is not None
    mark = hashlib.sha256(visit.encode()).hexdigest() if fresh else ""
    used = work.connection.execute(
        update(AccessCode)
        .where(AccessCode.id == row.id, AccessCode.link_used_on.is_(None))
        .values(link_used_on=local_day(work, process_of(work, process_id).time_zone),
                link_visit=mark)
    )
    if not used.rowcount and not (mark and hmac.compare_digest(row.link_visit, mark)):
        raise Gone("vote_link.used", on=row.link_used_on)
    return _admit(work, row, old_session)


def code_of_link(work: Work, process_id: int, token: str) -> AccessCode:
    """The code's row behind a personal link. Errors: Gone("link.unknown")."""
    value = work.site.secrets.unsign("vote-link", token)
    row = work.session.get(AccessCode, value[0]) if value else None
    if row is None or row.nonce != value[1] or row.process_id != process_id:
        raise Gone("link.unknown")
    return row


def _admit(work: Work, row: AccessCode, old_session: str | None) -> str:
    entry = work.session.get_one(RollEntry, row.roll_id)
    if row.voided or entry.voided:
        raise Gone("code.voided", field="code")
    return security.open_session(work, old_session, passes={row.process_id: row.roll_id})


@command(audited=False)
def admit_person(work: Work, process_id: int, old_session: str | None) -> str:
    """Let in a signed-in person who is on the roll. Errors: NotAllowed."""
    process = process_of(work, process_id)
    require(work, Permission.ENTER_BALLOT, process)
    person_id = work.actor.person_id
    entry = None
    if person_id is not None:
        tags = [person_tag(work.site.secrets, one, person_id) for one in fingerprints_of(process)]
        entry = work.session.scalar(
            select(RollEntry).where(RollEntry.process_id == process_id, RollEntry.tag.in_(tags),
                                    RollEntry.voided.is_(False))
        )
    if entry is None:
        raise NotAllowed("roll.not_on")
    return security.open_session(work, old_session, passes={process_id: entry.id})


# -- after the close -------------------------------------------------------------------------


def forget_roll(work: Work, process_id: int) -> None:
    """Delete who could vote and did, with their codes, inside the command that makes a result
    final. Turnout was frozen with the count; the list has no use any more."""
    for table in (AccessCode, RollEntry):
        work.connection.execute(delete(table).where(table.process_id == process_id))


def destroy_key(site: Site, process_id: int) -> None:
    """Destroy whatever opens a process's envelopes, whoever holds it. For a rehearsal that ends."""
    from pb.ballots.holders import HOLDERS

    for holder in HOLDERS.values():
        holder.destroy(site, process_id)


def is_over(process: Process, now: datetime) -> bool:
    """Whether the vote has closed, and not merely not begun."""
    return process.phase_kind(now) in ("count", "results", "delivery", "archived")
