"""A clock that tests turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2027, 5, 17, 10, 0, tzinfo=UTC)
"""A Monday morning."""


class TurnableClock:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **amount: float) -> None:
        """Go on by so many days, hours, minutes ..."""
        self.now += timedelta(**amount)
