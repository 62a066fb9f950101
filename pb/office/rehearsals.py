"""Rehearsals: a copy of a draft or a process before its vote, in which people try the ballot.

A rehearsal is a process of its own, so that nothing of it can get into a count or an export of the
real one: not a voter, not a ballot, not an entry of the record. Its own count is never run. It ends
by being wiped: every row that hangs on it goes, and its key.
"""

from __future__ import annotations

import contextlib
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, Table, delete, false, or_, select

from pb.access.permissions import Permission
from pb.access.policy import BEFORE_VOTE, require
from pb.ballots.models import RollEntry
from pb.ballots.services import destroy_key
from pb.core import security
from pb.core.database import Model
from pb.core.errors import Conflict
from pb.core.events import on
from pb.core.jobs import job
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.electorate.services import copy_ways
from pb.office import examples
from pb.processes.events import PhaseOpened
from pb.processes.models import Phase, Process
from pb.processes.services import copy_of, copy_process, free_slug, the_process
from pb.projects.models import CostLine, Project
from pb.proposals.services import copy_categories
from pb.record import services as record

LASTS = timedelta(days=14)


def rehearsal_of(work: Work, process_id: int) -> Process | None:
    """The rehearsal that is going on."""
    return work.session.scalar(
        select(Process).where(Process.rehearsal_of == process_id, Process.state == "rehearsal")
    )


@command()
def copy(work: Work, process_id: int) -> str:
    """Begin a draft with the choices, areas, categories and texts of another process, dates a year
    on. Its slug."""
    source = the_process(work, process_id)
    require(work, Permission.COPY_PROCESS, source)
    made = copy_process(work, source)
    copy_ways(work, source.id, made.id)
    copy_categories(work, source.id, made.id)
    work.about("process", made.id, scope=made.id, copied_from=source.id)
    return made.slug


@command()
def start_rehearsal(work: Work, process_id: int) -> str:
    """Make the rehearsal of a process, its vote open for two weeks. Its slug. Errors: Conflict."""
    process = the_process(work, process_id)
    require(work, Permission.RUN_REHEARSAL, process)
    if process.state not in ("draft", "published") or process.phase_kind(
        work.now
    ) not in BEFORE_VOTE:
        raise Conflict("rehearsal.too_late")
    if rehearsal_of(work, process.id) is not None:
        raise Conflict("rehearsal.exists")
    made = copy_of(work, process, free_slug(work, f"{process.slug}-rehearsal"),
                   state="rehearsal", rehearsal_of=process.id)
    made.phases = [
        Phase(kind="voting", name={}, summary={}, opens_at=work.now, opened_at=work.now,
              closes_at=work.now + LASTS, who={})
    ]
    work.session.flush()
    _add_projects(work, process, made)
    work.about("process", process.id, scope=process.id, rehearsal=made.slug)
    return made.slug


def _add_projects(work: Work, process: Process, made: Process) -> None:
    """The process's own projects; where there is none yet, three invented ones."""
    areas = {area.key: area.id for area in made.areas}
    keys = {area.id: area.key for area in process.areas}
    known = work.session.scalars(
        select(Project).where(Project.process_id == process.id).order_by(Project.number)
    ).all()
    for one in known:
        work.session.add(Project(
            process_id=made.id, area_id=areas[keys[one.area_id]], number=one.number,
            option_id=one.option_id, title=one.title, summary=one.summary, body=one.body,
            place=one.place, x=one.x, y=one.y, cost=one.cost, picture=one.picture,
            picture_alt=one.picture_alt, author="", reason=one.reason, reason_by=one.reason_by,
            aside=one.aside,
            costs=[CostLine(position=line.position, label=line.label, amount=line.amount)
                   for line in one.costs],
        ))
    if known:
        return
    richest = max(made.areas, key=lambda area: area.budget)
    readers = [work.site.reader(language) for language in ("en", "cy")]
    for number, (option, cost) in enumerate(examples.COSTS.items(), 1):
        words = {reader.language: reader.say(examples.NAMES[option]) for reader in readers}
        amount = richest.budget * cost // examples.MONEY
        work.session.add(Project(
            process_id=made.id, area_id=richest.id, number=number, option_id=str(number),
            title=words, summary={}, body={}, place={}, cost=amount, picture_alt={}, reason={},
        ))


@command(audited=False)
def try_ballot(work: Work, process_id: int, old_session: str | None) -> str:
    """Let anybody into a rehearsal's vote, as a voter made for it; the session's token."""
    process = the_process(work, process_id)
    require(work, Permission.TRY_REHEARSAL, process)
    if process.state != "rehearsal":
        raise Conflict("rehearsal.over")
    entry = RollEntry(process_id=process.id, tag=secrets.token_hex(32), area_id=None)
    work.session.add(entry)
    work.session.flush()
    return security.open_session(work, old_session, passes={process.id: entry.id})


@command()
def end_rehearsal(work: Work, process_id: int) -> None:
    """Wipe the rehearsal of a process: every row of it in every table. Errors: Conflict."""
    process = the_process(work, process_id)
    require(work, Permission.RUN_REHEARSAL, process)
    rehearsal = rehearsal_of(work, process.id)
    if rehearsal is None:
        raise Conflict("rehearsal.over")
    rows = wipe(work, rehearsal.id)
    slug = rehearsal.slug
    work.session.expire_all()
    # The row itself stays, empty: a number that is given twice could let a session of the
    # rehearsal into a real vote.
    left = work.session.get_one(Process, rehearsal.id)
    left.state, left.slug = "wiped", f"wiped-{left.id}"
    left.name, left.lead, left.purpose = {}, {}, {}
    work.about("process", process.id, scope=process.id, rehearsal=slug, rows=rows)
    work.later(forget_keys, process_id=left.id, slug=slug)


def wipe(work: Work, process_id: int) -> int:
    """Delete what hangs on a process, in all tables but the log of what officials did; the number
    of rows. A table hangs on it by a ``process_id``, or by pointing at rows that do."""
    owned: dict[str, ColumnElement[bool]] = {}
    tables: list[Table] = list(Model.metadata.sorted_tables)
    for table in tables:
        if table.name in ("processes", "audit"):
            continue
        if "process_id" in table.c:
            owned[table.name] = table.c.process_id == process_id
            continue
        found = [
            key.parent.in_(select(key.column).where(owned[key.column.table.name]))
            for key in table.foreign_keys if key.column.table.name in owned
        ]
        if found:
            owned[table.name] = or_(false(), *found)
    rows = 0
    work.session.flush()
    for table in reversed(tables):
        if table.name in owned:
            gone = work.session.execute(delete(table).where(owned[table.name]))
            rows += max(0, gone.rowcount)  # type: ignore[attr-defined]
    return rows


@on(PhaseOpened)
def end_with_the_vote(site: Site, process_id: int, phase_id: int, kind: str) -> None:
    """Nobody rehearses beside the real vote: it ends the rehearsal."""
    if kind == "voting":
        with contextlib.suppress(Conflict):
            site.work.run(end_rehearsal, SYSTEM, process_id)


@job
def forget_keys(site: Site, process_id: int, slug: str) -> None:
    """Destroy the key of a wiped rehearsal's box, and forget the head of its record."""
    destroy_key(site, process_id)
    record.forget(site, slug)
