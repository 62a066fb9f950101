"""What happened to a process's phases, for features that act on it."""

from __future__ import annotations

from dataclasses import dataclass

from pb.core.events import Event


@dataclass(frozen=True)
class PhaseOpened(Event):
    """A phase began: its date had come and nothing was missing, or two officials opened it."""

    process_id: int
    phase_id: int
    kind: str


@dataclass(frozen=True)
class PhaseClosed(Event):
    """A phase's end was noticed. It was over at its date already, perhaps a while before."""

    process_id: int
    phase_id: int
    kind: str
