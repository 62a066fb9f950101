"""The rules of a vote as the first leaf of its record, and the roll as the second.

Both are what the public holds the count to, so they are written in the words of the record's
format and of nothing else: ids, whole numbers in minor units, times in UTC.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.ballots.contests import lot_order_of
from pb.ballots.models import Box, RollEntry
from pb.ballots.sealing import ALGORITHM, OVERHEAD
from pb.ballots.seams import eligibility_of
from pb.ballots.services import by_area
from pb.processes.models import Process
from pb.projects.queries import ballot_rows

VERSION = 1


def moment(value: datetime | None) -> str | None:
    """A time as the record writes it: UTC, to the second."""
    return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def without_floats(value: Any) -> Any:
    """A rule's settings as the record takes them: a fraction of floating point as its text."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: without_floats(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_floats(one) for one in value]
    return value


def manifest_of(session: Session, process: Process, box: Box) -> dict[str, Any]:
    """The rules, but for ``kind``, ``origin`` and ``signing_key``, which the record adds."""
    projects = ballot_rows(session, process.id)
    keys = {area.id: area.key for area in process.areas}
    return {
        "version": VERSION,
        "process": process.slug,
        "name": dict(process.name),
        "currency": process.currency,
        "time_zone": process.time_zone,
        "ballot": {"kind": process.ballot_kind, "max_choices": process.max_choices,
                   "max_points": process.max_points},
        "method": {"name": process.method, "settings": without_floats(process.method_settings),
                   "seats": process.seats},
        "min_support": process.min_support,
        "quorum": process.quorum,
        "areas": [
            {"id": area.key, "name": dict(area.name), "budget": area.budget, "whole": area.whole}
            for area in process.areas
        ],
        "options": [
            {"id": one.option_id, "number": one.number, "title": dict(one.title),
             "area": keys[one.area_id], "cost": one.cost}
            for one in projects
        ],
        "lot_order": list(lot_order_of(process, [one.option_id for one in projects])),
        "lot_seed": process.lot_seed,
        "phases": [
            {"kind": phase.kind, "opens": moment(phase.opens_at),
             "closes": moment(phase.closes_at)}
            for phase in process.phases
        ],
        "eligibility": eligibility_of(session, process),
        "publication": box.level,
        "box": {"algorithm": ALGORITHM, "public_key": box.public_key,
                "key_holder": box.key_holder, "envelope_bytes": box.plain_bytes + OVERHEAD},
    }


def roll_of(session: Session, process: Process) -> dict[str, Any]:
    """Who may vote, by area, and a commitment to each of them: the hash of their sorted tags."""
    areas: Counter[int | None] = Counter()
    digest = hashlib.sha256()
    rows = session.execute(
        select(RollEntry.tag, RollEntry.area_id)
        .where(RollEntry.process_id == process.id, RollEntry.voided.is_(False))
        .order_by(RollEntry.tag)
    )
    for tag, area_id in rows:
        digest.update(tag.encode() + b"\n")
        areas[area_id] += 1
    return {"entitled": by_area(process, areas), "commitment": digest.hexdigest()}
