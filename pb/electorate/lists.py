"""Commands on lists of voters: kept, checked, put on the roll in pieces, discarded.

Of an identifier the roll keeps a keyed fingerprint. Until the vote opens one official puts a list
on the roll; once the box is open it takes two, and each piece is a leaf of the record.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from pb.access.permissions import Permission
from pb.access.policy import Subject, require
from pb.accounts import twofold
from pb.accounts.models import Act
from pb.ballots.models import CodeBatch, RollEntry
from pb.ballots.services import need_open_roll, note_roll_change, process_of
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.electorate import codes
from pb.electorate.models import Contact, Upload
from pb.electorate.rules import NEEDED, Line
from pb.processes.models import Area

CHUNK = 1000


def pack(work_or_keys: Any, content: bytes) -> bytes:
    """A file as it is kept: compressed, then encrypted."""
    return bytes(work_or_keys.hide("upload", zlib.compress(content, 6)))


def unpack(keys: Any, packed: bytes) -> bytes:
    return zlib.decompress(keys.reveal("upload", packed))


def upload_of(work: Work, process_id: int, upload_id: int) -> Upload:
    upload = work.session.get(Upload, upload_id)
    if upload is None or upload.process_id != process_id:
        raise NotFound("list.unknown")
    return upload


@command()
def keep_list(
    work: Work, process_id: int, kind: str, name: str, packed: bytes, columns: dict[str, int]
) -> int:
    """Keep a file of voters to be looked at; its id. Nothing is on the roll yet."""
    process = process_of(work, process_id)
    require(work, Permission.EDIT_ROLL, process)
    need_open_roll(process)
    upload = Upload(
        process_id=process_id, kind=kind, name=name[:200], content=packed, columns=columns,
        made_at=work.now, made_by=work.actor.person_id,
    )
    work.session.add(upload)
    work.session.flush()
    work.about("roll_upload", upload.id, scope=process_id, of=kind)
    return upload.id


@command()
def put_list(
    work: Work, process_id: int, upload_id: int, columns: dict[str, int], default: str,
    basis: str, lines: int, left_out: int,
) -> str:
    """Put a checked list on the roll: "started", or "asked" while the vote is open, when a second
    official has to confirm it. Errors: Conflict, Invalid."""
    process = process_of(work, process_id)
    require(work, Permission.EDIT_ROLL, process)
    need_open_roll(process)
    upload = upload_of(work, process_id, upload_id)
    if upload.state not in ("checked", "asked") or upload.content is None:
        raise Conflict("list.begun")
    if not basis.strip():
        raise Invalid("list.basis_needed", field="basis")
    if NEEDED[upload.kind] not in columns or lines < 1:
        raise Invalid("list.nothing_sound")
    upload.columns = {**columns, "default": default}
    upload.basis, upload.lines, upload.left_out = basis.strip(), lines, left_out
    upload.area_id = int(default) if default.isdecimal() else None
    work.about("roll_upload", upload.id, scope=process_id, lines=lines, left_out=left_out)
    if process.phase_kind(work.now) == "voting":
        upload.state = "asked"
        twofold.ask(work, process, "electorate.add_list", upload.id, basis.strip(),
                    lines=lines, name=upload.name)
        return "asked"
    start(work, upload)
    return "started"


def start(work: Work, upload: Upload) -> None:
    """Hand a list to the worker, inside another command."""
    from pb.electorate.jobs import put_on_roll

    batch = CodeBatch(
        process_id=upload.process_id, area_id=upload.area_id, name=upload.name, size=0,
        made_at=work.now, made_by=upload.made_by,
    )
    work.session.add(batch)
    work.session.flush()
    upload.batch_id, upload.state = batch.id, "running"
    work.later(put_on_roll, upload_id=upload.id)


@twofold.act("electorate.add_list", Permission.EDIT_ROLL)
def add_list(work: Work, process: Subject, act: Act) -> None:
    """Two officials want these voters on the roll while the vote is open."""
    upload = upload_of(work, process.scope_id, act.subject_id or 0)
    if upload.state != "asked" or upload.content is None:
        raise Conflict("list.begun")
    start(work, upload)


@command()
def add_lines(work: Work, upload_id: int, at: int, lines: Sequence[Line]) -> int:
    """Put the next piece of a list on the roll, if that is still the next; how many lines of the
    list are done. Who is on the roll already stays as they are."""
    require(work, Permission.RUN_JOBS)
    upload = work.session.get_one(Upload, upload_id, with_for_update=True)
    if upload.state != "running" or upload.done != at:
        return upload.done
    process = process_of(work, upload.process_id)
    keys = work.site.secrets
    wanted: dict[str, Line] = {}
    for line in lines:
        if upload.kind == "households":
            for number in range(1, line.voters + 1):
                wanted[codes.household_tag(keys, process.id, line.key, number)] = line
        else:
            wanted[codes.line_tag(keys, process.id, line.key)] = line
    known = set(work.connection.execute(
        select(RollEntry.tag).where(
            RollEntry.process_id == process.id, RollEntry.tag.in_(list(wanted)))
    ).scalars())
    fresh = {tag: line for tag, line in wanted.items() if tag not in known}
    if fresh:
        roll_ids = list(work.connection.execute(
            insert(RollEntry).returning(RollEntry.id, sort_by_parameter_order=True),
            [{"process_id": process.id, "tag": tag, "area_id": line.area_id, "voided": False}
             for tag, line in fresh.items()],
        ).scalars())
        codes.add_codes(work, process.id, roll_ids, upload.batch_id or 0)
        _add_contacts(work, process.id, list(zip(roll_ids, fresh.values(), strict=True)))
        note_roll_change(work, process.id, Counter(line.area_id for line in fresh.values()), {},
                         upload.basis)
    upload.done += len(lines)
    upload.added += len(fresh)
    upload.known += len(known)
    work.session.flush()
    work.about("roll_upload", upload.id, scope=process.id, added=len(fresh), known=len(known))
    return upload.done


def _add_contacts(work: Work, process_id: int, voters: list[tuple[int, Line]]) -> None:
    keys = work.site.secrets
    rows = [
        {"process_id": process_id, "roll_id": roll_id, "language": line.speaks or "en",
         "mark": codes.email_mark(keys, process_id, line.email), "state": "waiting",
         "sealed": keys.hide("contact", line.email.encode()).decode()}
        for roll_id, line in voters if line.email
    ]
    if rows:
        work.connection.execute(insert(Contact), rows)


@command()
def finish_list(work: Work, upload_id: int) -> None:
    """The last piece is on the roll."""
    require(work, Permission.RUN_JOBS)
    upload = work.session.get_one(Upload, upload_id)
    upload.state = "done"
    work.connection.execute(
        update(CodeBatch).where(CodeBatch.id == upload.batch_id).values(size=upload.added)
    )
    work.about("roll_upload", upload.id, scope=upload.process_id, added=upload.added)


@command()
def discard_list(work: Work, process_id: int, upload_id: int) -> None:
    """Delete the file of a list. What it put on the roll stays, and a second official can no longer
    confirm it. Errors: Conflict while it is being put on the roll."""
    require(work, Permission.EDIT_ROLL, process_of(work, process_id))
    upload = upload_of(work, process_id, upload_id)
    if upload.state == "running":
        raise Conflict("list.begun")
    upload.content = None
    if upload.state in ("checked", "asked"):
        upload.state = "discarded"
    work.about("roll_upload", upload.id, scope=process_id)


def areas_by_name(areas: Sequence[Area]) -> Mapping[str, int]:
    """Areas by what a list may call them: their key or their name in any language."""
    from pb.electorate.rules import plain

    found = {}
    for area in areas:
        for words in (area.key, *area.name.values()):
            if words:
                found[plain(words)] = area.id
    return found
