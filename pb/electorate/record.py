"""Changes of the roll in the public record: while the box is open each is a leaf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pb.ballots import services as ballots
from pb.core.work import Work
from pb.processes.models import Process


def note_roll_change(
    work: Work, process: Process, *, added: Mapping[int | None, int] | None = None,
    voided: Mapping[int | None, int] | None = None, reason: str = "",
) -> None:
    """Leave a leaf with how many were added and voided by area (id; None: no area of their own),
    and why, inside the command that changes the roll. Before the box is open: nothing, since the
    roll as it is then is the record's first leaf about it."""
    note = getattr(ballots, "note_roll_change", None)
    if note is not None:
        keys = {area.id: area.key for area in process.areas}
        note(work, process.id, _by_key(added, keys), _by_key(voided, keys), reason)


def _by_key(
    numbers: Mapping[int | None, int] | None, keys: Mapping[int, str]
) -> dict[str, int]:
    found: Counter[str] = Counter()
    for area_id, number in (numbers or {}).items():
        found[keys.get(area_id or 0, "")] += number
    return dict(found)
