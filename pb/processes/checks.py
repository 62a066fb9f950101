"""What a process lacks before it can be published. Later features add their own checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from pb.core.i18n import N_, NN_
from pb.processes.models import Area, Council, Process
from pb.processes.queries import the_council
from pb.processes.values import SEATED


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, in words, and the page where it is put right."""

    words: N_
    page: str
    parameters: dict[str, Any] = field(default_factory=dict)


Check = Callable[[Session, Process, Council], list[Lack]]
_CHECKS: list[Check] = []
BUDGET_GUARDS: list[Callable[[Session, Area, int], None]] = []
"""Later features refuse here a budget (minor units) that an area's contents do not allow."""


def check(function: Check) -> Check:
    """Register a check; it runs whenever the office shows a draft and before it is published."""
    _CHECKS.append(function)
    return function


def lacks(session: Session, process: Process) -> list[Lack]:
    """Everything that is missing, in the order of the checks."""
    council = the_council(session)
    return [lack for one in _CHECKS for lack in one(session, process, council)]


@check
def dates(session: Session, process: Process, council: Council) -> list[Lack]:
    if any(phase.kind == "voting" and phase.closes_at for phase in process.phases):
        return []
    return [Lack(N_("The vote has no dates."), "office_dates")]


@check
def texts(session: Session, process: Process, council: Council) -> list[Lack]:
    bare = sum(
        1 for text in (process.name, process.lead, process.purpose)
        if any(not text.get(language) for language in council.languages)
    )
    if not bare:
        return []
    return [Lack(NN_("%(num)s text of the process lacks a language.",
                     "%(num)s texts of the process lack a language."),
                 "office_texts", {"num": bare})]


@check
def rule(session: Session, process: Process, council: Council) -> list[Lack]:
    found = []
    if any(not process.rule_reason.get(language) for language in council.languages):
        found.append(Lack(N_("The rule has no public reason in every language."), "office_rule"))
    if process.method in SEATED and not process.seats:
        found.append(Lack(N_("The rule does not say how many projects win."), "office_rule"))
    return found


@check
def money(session: Session, process: Process, council: Council) -> list[Lack]:
    if process.method in SEATED or any(area.budget for area in process.areas):
        return []
    return [Lack(N_("No area has a budget."), "office_areas")]
