"""When a reply is late, and when ratings may be shown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import fmean

FEWEST_RATINGS = 5
"""Below that a sum would tell what one juror said."""
VERDICTS = ("accept", "part", "reject")
STATUSES = ("not_begun", "begun", "done")


def timing(reply_by: date | None, replied: date | None, today: date) -> tuple[str, int]:
    """(how a reply stands, days late): "open", "missing" once the promised day is over,
    "in_time" or "late". All days are local ones."""
    if replied is None:
        over = reply_by is not None and today > reply_by
        return ("missing", (today - reply_by).days) if over and reply_by else ("open", 0)
    if reply_by is not None and replied > reply_by:
        return "late", (replied - reply_by).days
    return "in_time", 0


@dataclass(frozen=True)
class Rated:
    """What jurors say of a reply. ``status`` is the answer that most of them gave; where two have
    as many, the one that says less has come of it."""

    jurors: int
    mean: float
    status: str
    agree: int


def rated(answers: Iterable[tuple[int, str]]) -> Rated | None:
    """(score, status) of each juror, summed; None while there are too few to be shown."""
    known = list(answers)
    if len(known) < FEWEST_RATINGS:
        return None
    statuses = Counter(status for _score, status in known)
    most = max(STATUSES, key=lambda one: (statuses[one], -STATUSES.index(one)))
    return Rated(len(known), fmean(score for score, _status in known), most, statuses[most])


def share_in_time(timings: Iterable[str]) -> tuple[int, int]:
    """(answered by the promised day, all)."""
    known = list(timings)
    return known.count("in_time"), len(known)
