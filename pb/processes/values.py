"""What the office's forms give to the commands: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Basics:
    """Names and texts, each by language."""

    name: dict[str, str]
    lead: dict[str, str] = field(default_factory=dict)
    purpose: dict[str, str] = field(default_factory=dict)
    who_decides: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleValue:
    """Ballot and rule, with the public reason for which they were chosen."""

    ballot_kind: str
    method: str
    settings: dict[str, Any]
    seats: int
    max_choices: int | None
    max_points: int | None
    reason: dict[str, str]


@dataclass(frozen=True)
class AreaValue:
    """``budget`` in minor units; ``reason`` is asked for after publication."""

    name: dict[str, str]
    description: dict[str, str]
    budget: int
    population: int | None
    reason: str = ""


@dataclass(frozen=True)
class PhaseValue:
    """When a phase opens and closes, in UTC; ``closes_at`` None stays open."""

    kind: str
    opens_at: datetime
    closes_at: datetime | None


RULES: Mapping[str, tuple[str, ...]] = {
    "approval": ("greedy", "equal-shares"),
    "knapsack": ("greedy", "equal-shares"),
    "points": ("greedy", "equal-shares"),
    "ranked": ("equal-shares-ranked", "scottish-stv", "irv"),
}
"""The rules that the office offers for each kind of ballot, the usual one first."""
SEATED = {"scottish-stv", "irv"}
"""Rules that elect a number of projects and look at no cost."""
