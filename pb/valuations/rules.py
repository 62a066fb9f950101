"""What follows from classifications, scores and states. Pure: ``now`` is always given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

KINDS = ("simple", "complicated", "complex", "urgent")
ROUTES = ("officers", "expert", "jury", "at_once")
ROUTE_OF = dict(zip(KINDS, ROUTES, strict=True))
FEASIBILITY = ("yes", "changed", "no")
OUTCOMES = ("pass", "refuse", "park", "act")
TOLD_FIRST = frozenset({"refuse", "park"})
"""What the author hears before everybody else does."""
WAYS = ("long_term", "prevention", "integration", "collaboration", "involvement")
"""The five ways of working of the Well-being of Future Generations (Wales) Act 2015, section 5."""
ANSWER_TIME = timedelta(days=7)
"""How long the author may answer a refusal before it is public."""
SCORES = range(1, 7)
MIDDLE = Fraction(7, 2)
"""Between 3 and 4: six steps have no middle to hide in, only two scores together have."""


def route(kinds: Iterable[str]) -> str:
    """Who deals with it: as classified, and the jury where two officers disagree."""
    found = {kind for kind in kinds if kind}
    if not found:
        return ""
    return ROUTE_OF[found.pop()] if len(found) == 1 else "jury"


@dataclass(frozen=True)
class Spread:
    """What several scores say together: ``median``, and the lowest and the highest."""

    median: Fraction
    low: int
    high: int
    number: int


def spread(scores: Sequence[int]) -> Spread | None:
    """The median (of an even number: half way between the middle two), lowest and highest."""
    if not scores:
        return None
    ordered = sorted(scores)
    half = len(ordered) // 2
    median = (
        Fraction(ordered[half]) if len(ordered) % 2
        else Fraction(ordered[half - 1] + ordered[half], 2)
    )
    return Spread(median, ordered[0], ordered[-1], len(ordered))


def quadrant(impact: Fraction, effort: Fraction) -> str:
    """quick_win, big_project, small_extra or back_burner. Exactly in the middle counts for it."""
    brings, takes = impact >= MIDDLE, effort > MIDDLE
    if brings:
        return "big_project" if takes else "quick_win"
    return "back_burner" if takes else "small_extra"


def may_refuse(path: str, has_jury: bool, phase: str) -> bool:
    """Officers do not refuse what belongs to the jury before the jury's time has come."""
    return path != "jury" or not has_jury or phase in ("jury",)


def lacks(
    outcome: str, *, feasibility: str, cost: int, reason: bool, changes: bool, path: str,
    advice: bool,
) -> list[str]:
    """What has to be there before a decision, as codes; in the order of the form."""
    found = []
    if outcome == "pass":
        if feasibility not in ("yes", "changed"):
            found.append("valuation.feasibility_needed")
        if feasibility == "changed" and not changes:
            found.append("valuation.changes_needed")
        if not cost:
            found.append("valuation.cost_needed")
    if path == "expert" and outcome in ("pass", "refuse") and not advice:
        found.append("valuation.advice_needed")
    if not reason:
        found.append("valuation.reason_needed")
    return found


def is_overdue(due_at: datetime | None, state: str, now: datetime) -> bool:
    """Whether somebody should have looked at it by now."""
    return due_at is not None and due_at <= now and state in ("open", "answered")
