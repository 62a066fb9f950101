"""What each feature forgets when a person leaves. Accounts come first and know no other feature."""

from __future__ import annotations

from collections.abc import Callable

from pb.core.work import Work

Eraser = Callable[[Work, int, bool], None]
ERASERS: list[Eraser] = []


def eraser(function: Eraser) -> Eraser:
    """Register ``function(work, person_id, keep_posts)``: forget the person, inside a command.

    ``keep_posts``: what they wrote stays, as a resident's; else it goes where it can.
    """
    ERASERS.append(function)
    return function
