"""What later features add to the entrance of a vote: other ways in, and who counts entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pb.core.web import Request
from pb.processes.models import Process

Door = Callable[[Request, Process], dict[str, Any]]
Entered = Callable[[Request, int, str], None]
_DOORS: list[Door] = []
_ENTERED: list[Entered] = []


def door(function: Door) -> Door:
    """Register what the entrance's page is told besides the code."""
    _DOORS.append(function)
    return function


def entered(function: Entered) -> Entered:
    """Register ``function(request, process_id, way)``, called when a ballot was opened."""
    _ENTERED.append(function)
    return function


def beside_the_code(request: Request, process: Process) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in _DOORS:
        found |= one(request, process)
    return found


def note_entry(request: Request, process_id: int, way: str) -> None:
    for one in _ENTERED:
        one(request, process_id, way)
