"""What happened in a jury's sessions."""

from __future__ import annotations

from dataclasses import dataclass

from pb.core.events import Event


@dataclass(frozen=True)
class SessionEnded(Event):
    session_id: int
