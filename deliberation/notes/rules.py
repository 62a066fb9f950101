"""What a note may be, and when it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

LONGEST = 2000
CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,40}")
OLDEST = timedelta(days=2)
"""A device may have been away for so long; what it says of earlier times is not believed."""
VISIBLE = ("private", "table", "wall")


class Timed(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


def written_at(told: datetime | None, now: datetime) -> datetime:
    """The device's own time of a note where it can be true, else now: notes written without a
    network keep their times, and a clock that is days off moves nothing."""
    if told is None or told > now or now - told > OLDEST:
        return now
    return told


def item_at(items: Iterable[Timed], moment: datetime) -> int | None:
    """What was running at a moment, by its id."""
    found = None
    for item in items:
        if item.started_at is not None and item.started_at <= moment:
            if item.ended_at is None or moment < item.ended_at:
                return item.id
            found = item.id
    return found
