"""What follows from a process's phases and their dates. Pure: ``now`` is always given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pb.processes.models import Phase, Process

BEFORE_THE_VOTE = ("ideas", "assessment", "jury")
AFTER_THE_VOTE = ("count", "results", "delivery")


def has_begun(phase: Phase, now: datetime) -> bool:
    """Whether it was opened: its date had come, and nothing was missing. A date alone opens
    nothing."""
    return phase.opened_at is not None and phase.opened_at <= now


def is_open(phase: Phase, now: datetime) -> bool:
    """Opened, and its end has not come. It ends by its date at once, noticed by a worker or not."""
    return has_begun(phase, now) and (phase.closes_at is None or now < phase.closes_at)


def phase_at(process: Process, now: datetime) -> Phase | None:
    """The phase that is open now: of those that are, the one that opened last."""
    current = None
    for phase in process.phases:  # in order of opening
        if is_open(phase, now):
            current = phase
    return current


def phase_kind(process: Process, now: datetime) -> str:
    """The kind of the open phase; "draft", "before", "between" or "archived" where none is.

    After the vote has closed it is the count's time until another phase opens, whatever gap the
    dates leave: nobody must wait for a date to be typed in. A phase that is held back, or that was
    never opened because nothing ran, is no phase at all here: a vote that nobody could cast in is
    not over, it has not been. A rehearsal knows its vote alone, since nothing of it is counted.
    """
    if process.state in ("draft", "archived"):
        return process.state
    if process.state == "wiped":
        return "archived"
    current = phase_at(process, now)
    if process.state == "rehearsal":
        return "voting" if current is not None and current.kind == "voting" else "between"
    if current is not None:
        return current.kind
    past = [phase for phase in process.phases if has_begun(phase, now)]
    if not past:
        return "before"
    last = max(past, key=lambda phase: phase.closes_at or phase.opens_at)
    return last.kind if last.kind in ("results", "delivery") else (
        "count" if last.kind in ("voting", "count") else "between"
    )


def phase_of_kind(process: Process, kind: str) -> Phase | None:
    """The first phase of a kind; a process has one vote and one count, the rest may come again."""
    return next((phase for phase in process.phases if phase.kind == kind), None)


def keyed(phases: Sequence[Phase]) -> dict[str, Phase]:
    """The phases of a process by the names that they have in forms, in order of opening."""
    found: dict[str, Phase] = {}
    for phase in phases:
        turn = 1 + sum(1 for one in found.values() if one.kind == phase.kind)
        found[phase.kind if turn == 1 else f"{phase.kind}_{turn}"] = phase
    return found


def next_phase(process: Process, now: datetime) -> Phase | None:
    """The phase that is due next by the timetable, held back or not."""
    coming = [
        phase for phase in process.phases
        if not has_begun(phase, now) and (phase.closes_at is None or now < phase.closes_at)
    ]
    return min(coming, key=lambda phase: phase.opens_at, default=None)


def held_phase(process: Process, now: datetime) -> Phase | None:
    """The phase whose date has come and which is still being prepared, if there is one."""
    if process.state != "published":
        return None
    coming = next_phase(process, now)
    return coming if coming is not None and coming.opens_at <= now else None


def due(phases: Sequence[Phase], now: datetime) -> list[Phase]:
    """The phases that should open now, in the order of their dates; what is over is not opened
    afterwards."""
    return [
        phase for phase in phases
        if phase.opened_at is None and phase.opens_at <= now
        and (phase.closes_at is None or now < phase.closes_at)
    ]


def missed(phases: Sequence[Phase], now: datetime) -> list[Phase]:
    """The phases that went by without ever having been opened."""
    return [
        phase for phase in phases
        if phase.opened_at is None and phase.closes_at is not None and phase.closes_at <= now
        and phase.closed_at is None
    ]


def ended(phases: Sequence[Phase], now: datetime) -> list[Phase]:
    """The phases whose end has come and was not announced yet."""
    return [
        phase for phase in phases
        if has_begun(phase, now) and phase.closed_at is None
        and phase.closes_at is not None and phase.closes_at <= now
    ]


LASTS = {"ideas": 28, "assessment": 42, "jury": 14, "voting": 14, "count": 3, "results": 28}
"""How many days a phase lasts where nobody says otherwise."""
OPENS, VOTE_CLOSES = time(9), time(20)


def proposed(
    start: date, kinds: Collection[str], zone: tzinfo
) -> list[tuple[str, datetime, datetime | None]]:
    """A timetable from its first day.

    Each phase lasts its usual time and hands over to the next at nine in the morning, local time;
    the vote closes at eight on its last evening, when people are at home. A last phase of results
    or delivery stays open.
    """
    chosen = [kind for kind in (*LASTS, "delivery") if kind in kinds]
    found: list[tuple[str, datetime, datetime | None]] = []
    day, opens = start, datetime.combine(start, OPENS, zone)
    for index, kind in enumerate(chosen):
        last = index == len(chosen) - 1
        closes: datetime | None = None
        if kind in LASTS and not (last and kind == "results"):
            day += timedelta(days=LASTS[kind])
            closes = datetime.combine(day, OPENS, zone)
            if kind == "voting":
                closes = datetime.combine(day - timedelta(days=1), VOTE_CLOSES, zone)
        found.append((kind, opens.astimezone(UTC), closes.astimezone(UTC) if closes else None))
        opens = closes or opens
    return found
