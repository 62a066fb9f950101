"""Where later features join in: who may vote, where voters can be written to, what holds back.

Features that come after this one register a function; nothing here knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pb.processes.models import Process


@dataclass(frozen=True)
class Address:
    """Where a voter can be written to, and in which language."""

    email: str
    language: str


Addresses = Callable[[Any, Session, int, Sequence[int]], dict[int, Address]]
"""``(site, session, process_id, roll_ids)``: the addresses known of these rows of the roll."""
ADDRESSES: list[Addresses] = []

ELIGIBILITY: list[Callable[[Session, Process], dict[str, Any] | None]] = []
"""``{"check": code, "text": {"en": ..., "cy": ...}}`` of a process, for its manifest; None where
the feature has no say in it."""

STILL_NEEDED: list[Callable[[Session, int], str | None]] = []
"""Why envelopes and key of a process cannot be destroyed yet, as a code; None if they can."""


def addresses(function: Addresses) -> Addresses:
    ADDRESSES.append(function)
    return function


def still_needed_by(
    function: Callable[[Session, int], str | None]
) -> Callable[[Session, int], str | None]:
    STILL_NEEDED.append(function)
    return function


def eligibility_of(session: Session, process: Process) -> dict[str, Any]:
    """Who may vote and how it is checked, as the manifest says it."""
    for one in ELIGIBILITY:
        found = one(session, process)
        if found is not None:
            return found
    return {"check": "codes", "text": {}}


def still_needed(session: Session, process_id: int) -> str | None:
    """The first reason why envelopes and key must stay; None if they can go."""
    return next(filter(None, (one(session, process_id) for one in STILL_NEEDED)), None)
