"""What stands on an idea's page besides its own text: later features add their parts here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pb.core.web import Request
from pb.processes.models import Process
from pb.proposals.models import Proposal


@dataclass(frozen=True)
class Part:
    """A template that is included, which finds ``context`` as its variable ``part``."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Maker = Callable[[Request, Process, Proposal], Part | None]
_MAKERS: list[tuple[int, Maker]] = []


def page_part(order: int) -> Callable[[Maker], Maker]:
    """Register a part. Below 50 it stands before the idea's text (a decision), else after it."""

    def add(maker: Maker) -> Maker:
        _MAKERS.append((order, maker))
        _MAKERS.sort(key=lambda one: one[0])
        return maker

    return add


def parts_of(
    request: Request, process: Process, proposal: Proposal
) -> tuple[list[Part], list[Part]]:
    """The parts before and after the text."""
    before: list[Part] = []
    after: list[Part] = []
    for order, maker in _MAKERS:
        part = maker(request, process, proposal)
        if part is not None:
            (before if order < 50 else after).append(part)
    return before, after
