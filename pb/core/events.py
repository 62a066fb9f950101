"""Events: what happened, in the past tense. A later feature subscribes; each subscriber is a job.

Events are frozen dataclasses of ids, since they are stored as the job's arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from pb.core.jobs import Job, job


class Event:
    """The base of all events."""


_SUBSCRIBERS: dict[type[Event], list[Job]] = {}


def on(kind: type[Event]) -> Callable[[Callable[..., None]], Job]:
    """Subscribe a function ``(site, **event's fields)`` to an event."""

    def subscribe(function: Callable[..., None]) -> Job:
        subscriber = job(function)
        _SUBSCRIBERS.setdefault(kind, []).append(subscriber)
        return subscriber

    return subscribe


def subscribers(kind: type[Event]) -> list[Job]:
    return _SUBSCRIBERS.get(kind, [])


def as_arguments(event: Event) -> dict[str, Any]:
    return asdict(event)  # type: ignore[call-overload,no-any-return]
