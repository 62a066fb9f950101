"""What follows from a process's dates. Pure: ``now`` is always given."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pb.processes.models import Phase, Process


def phase_at(process: Process, now: datetime) -> Phase | None:
    """The phase that is open now: of those that are, the one that opened last."""
    current = None
    for phase in process.phases:  # in order of opening
        if phase.opens_at <= now and (phase.closes_at is None or now < phase.closes_at):
            current = phase
    return current


def phase_kind(process: Process, now: datetime) -> str:
    """The kind of the open phase; "draft", "before" or "between" where none is.

    After the vote has closed it is the count's time until another phase opens, whatever gap the
    dates leave: nobody must wait for a date to be typed in.
    """
    if process.state == "draft":
        return "draft"
    current = phase_at(process, now)
    if current is not None:
        return current.kind
    past = [phase for phase in process.phases if phase.closes_at and phase.closes_at <= now]
    if not past:
        return "before"
    last = max(past, key=lambda phase: phase.closes_at or phase.opens_at)
    return last.kind if last.kind in ("results", "delivery") else (
        "count" if last.kind in ("voting", "count") else "between"
    )


def phase_of_kind(process: Process, kind: str) -> Phase | None:
    return next((phase for phase in process.phases if phase.kind == kind), None)
