"""What makes a count repeatable, and what may be done with it when. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pb.ballots.content import canonical
from voting import Contest
from voting.ballots import Content

if TYPE_CHECKING:
    from pb.results.models import Count

PUBLISHED = ("provisional", "final")


def is_published(count: Count | None) -> bool:
    """Whether the public may see a count."""
    return count is not None and count.state in PUBLISHED


def may_object(count: Count | None, now: datetime) -> bool:
    """Objections are taken from the publication until the published moment."""
    return (
        count is not None
        and count.state == "provisional"
        and count.objections_until is not None
        and now < count.objections_until
    )


def input_digest(
    contest: Contest, lot_order: Sequence[str], groups: Mapping[Content, int], refused: int
) -> str:
    """SHA-256 over everything that a count depends on, in one canonical form.

    One line of JSON for the contest, one for the order of lots, one for the ballots that were
    refused when they were read, then a line for each distinct ballot, "number TAB content",
    sorted. Two counts with the same digest counted the same ballots by the same rule.
    """
    hashed = hashlib.sha256()
    for part in (_contest_as_json(contest), list(lot_order), refused):
        hashed.update(json.dumps(part, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    lines = (f"{number}\t{canonical(content)}\n" for content, number in groups.items() if number)
    for line in sorted(lines):
        hashed.update(line.encode())
    return hashed.hexdigest()


def _contest_as_json(contest: Contest) -> dict[str, object]:
    return {
        "kind": contest.kind,
        "method": contest.method,
        "settings": dict(contest.settings),
        "seats": contest.seats,
        "budgets": dict(contest.budgets),
        "max_choices": contest.max_choices,
        "max_points": contest.max_points,
        "min_support": contest.min_support,
        "groups": [
            [group.id, sorted(group.options), group.exclusive_on_ballot]
            for group in contest.groups
        ],
        "options": [[option.id, option.cost, option.area] for option in contest.options],
    }
