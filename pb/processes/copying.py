"""Beginning anew with last year's process, and putting a finished one into the archive."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from pb.access.permissions import Permission
from pb.access.policy import LEAD, require
from pb.accounts import twofold
from pb.accounts.models import Act
from pb.accounts.services import give_role
from pb.core.errors import Conflict
from pb.core.work import Work, command
from pb.processes.models import Area, Phase, Process
from pb.processes.notices import need_reason, notice, the_process
from pb.processes.values import Reason

YEAR = timedelta(weeks=52)
"""So that a Sunday stays a Sunday."""


def a_year_on(text: dict[str, str]) -> dict[str, str]:
    """A name with its years one higher: "Shared budget 2026" becomes "Shared budget 2027"."""
    return {
        language: re.sub(r"\b(20\d\d)\b", lambda found: str(int(found[1]) + 1), words)
        for language, words in text.items()
    }


def moved_on(moment: datetime | None, zone: ZoneInfo, years: int) -> datetime | None:
    """The same weekday and the same local hour, so many years on."""
    if moment is None:
        return None
    local = moment.astimezone(zone).replace(tzinfo=None) + years * YEAR
    return local.replace(tzinfo=zone).astimezone(UTC)


def years_until(first: datetime | None, now: datetime) -> int:
    """How many years a timetable is moved on: one at least, and until its beginning is to come."""
    years = 1
    while first is not None and first + years * YEAR <= now and years < 100:
        years += 1
    return years


def free_slug(work: Work, wanted: str) -> str:
    """An address that no process has."""
    taken = set(work.session.scalars(select(Process.slug).where(Process.slug.like(f"{wanted}%"))))
    slug, number = wanted, 2
    while slug in taken or slug == "new":
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def copy_of(work: Work, source: Process, slug: str, **changed: Any) -> Process:
    """A process with the choices, texts and areas of another and a seed of its own; no people, no
    phases, nothing that anybody wrote or cast."""
    values: dict[str, Any] = {
        name: getattr(source, name)
        for name in (
            "name", "headline", "lead", "purpose", "who_decides", "rule_reason", "currency",
            "time_zone", "ballot_kind", "method", "method_settings", "seats", "max_choices",
            "max_points", "min_support", "quorum", "choices", "map", "invented",
        )
    }
    values["method_settings"] = {
        name: value for name, value in source.method_settings.items() if name != "groups"
    }
    values["state"] = "draft"
    made = Process(
        slug=slug, rule_chosen_at=work.now, lot_seed=secrets.token_hex(32),
        source={}, made_at=work.now, made_by=work.actor.person_id, **(values | changed),
    )
    made.areas = [
        Area(key=area.key, name=area.name, description=area.description, budget=area.budget,
             population=area.population, position=area.position, whole=area.whole)
        for area in source.areas
    ]
    work.session.add(made)
    return made


def copy_process(work: Work, source: Process) -> Process:
    """A draft made of an earlier process, its dates a year on, inside a command of the office."""
    name = a_year_on(source.name)
    slug = re.sub(r"\b(20\d\d)\b", lambda found: str(int(found[1]) + 1), source.slug)
    made = copy_of(work, source, free_slug(work, slug), name=name, copied_from=source.id,
                   headline=a_year_on(source.headline))
    zone = ZoneInfo(source.time_zone)
    first = source.phases[0].opens_at if source.phases else None
    years = years_until(first, work.now)
    for phase in source.phases:
        opens = moved_on(phase.opens_at, zone, years)
        assert opens is not None
        made.phases.append(
            Phase(kind=phase.kind, name=phase.name, summary=phase.summary, opens_at=opens,
                  closes_at=moved_on(phase.closes_at, zone, years), band=phase.band,
                  who=phase.who, reply_by=moved_on(phase.reply_by, zone, years))
        )
    work.session.flush()
    if work.actor.person_id is not None:
        give_role(work, work.actor.person_id, LEAD, made.id)
    return made


@command()
def ask_archive(work: Work, process_id: int, reason: Reason | str) -> int:
    """Ask a second official to put a process into the archive. The act's id. Errors: Conflict."""
    process = the_process(work, process_id)
    require(work, Permission.ARCHIVE_PROCESS, process)
    if process.state != "published":
        raise Conflict("process.not_public")
    first, texts = need_reason(process, reason)
    work.about("process", process.id, scope=process.id)
    return twofold.ask(work, process, "processes.archive", reason=first, texts=texts)


@twofold.act("processes.archive", Permission.ARCHIVE_PROCESS)
def archive(work: Work, process: Any, act: Act) -> None:
    """Two officials want it kept as it is: from now on it can be read and not changed."""
    fresh = the_process(work, process.id)
    if fresh.state != "published":
        raise Conflict("process.not_public")
    notice(work, fresh, "notice.archived", act.reason, act.arguments.get("texts"))
    fresh.state, fresh.archived_at = "archived", work.now
