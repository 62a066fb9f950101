"""What a process lacks before it can be published, and before a phase can open.

Features register what they want to see (``check``); the office shows what is missing, publishing is
refused while something is, and the worker holds a phase back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, overload

from sqlalchemy.orm import Session

from pb.core.i18n import N_, NN_
from pb.processes.models import Area, Council, Process
from pb.processes.queries import the_council
from pb.processes.rules import AFTER_THE_VOTE, BEFORE_THE_VOTE, phase_of_kind
from pb.processes.values import SEATED

PUBLISHING = "publish"
BALLOT = ("voting",)
"""Before the vote opens. A process that begins with its vote is also published only then."""
THROUGHOUT = (PUBLISHING, *BEFORE_THE_VOTE, "voting")
"""Before it is published, and before each step up to the vote."""


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, in words, and the page where it is put right."""

    words: N_
    page: str
    parameters: dict[str, Any] = field(default_factory=dict)


Check = Callable[[Session, Process, Council], list[Lack]]
_CHECKS: list[tuple[Check, frozenset[str]]] = []
BUDGET_GUARDS: list[Callable[[Session, Area, int], None]] = []
"""Later features refuse here a budget (minor units) that an area's contents do not allow."""


@overload
def check(function: Check) -> Check: ...
@overload
def check(*, before: Collection[str]) -> Callable[[Check], Check]: ...
def check(
    function: Check | None = None, *, before: Collection[str] = BALLOT
) -> Check | Callable[[Check], Check]:
    """Register a check. ``before`` names the phases that it holds back, and ``"publish"``.

    Without ``before`` it is about what stands on the ballot: it holds back the vote.
    """

    def add(one: Check) -> Check:
        _CHECKS.append((one, frozenset(before)))
        return one

    return add(function) if function is not None else add


def lacks(session: Session, process: Process, before: str = PUBLISHING) -> list[Lack]:
    """Everything that is missing before a phase of this kind opens, in the order of the checks."""
    moments = {before}
    if before == PUBLISHING and not any(
        phase_of_kind(process, kind) for kind in BEFORE_THE_VOTE
    ):
        moments.add("voting")  # nothing comes before the vote in which it could still be added
    council = the_council(session)
    return [
        lack for one, holds in _CHECKS if holds & moments
        for lack in one(session, process, council)
    ]


@check(before=THROUGHOUT)
def dates(session: Session, process: Process, council: Council) -> list[Lack]:
    if any(phase.kind == "voting" and phase.closes_at for phase in process.phases):
        return []
    return [Lack(N_("The vote has no dates."), "office_dates")]


@check(before=THROUGHOUT)
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


@check(before=THROUGHOUT)
def rule(session: Session, process: Process, council: Council) -> list[Lack]:
    found = []
    if any(not process.rule_reason.get(language) for language in council.languages):
        found.append(Lack(N_("The rule has no public reason in every language."), "office_rule"))
    if process.method in SEATED and not process.seats:
        found.append(Lack(N_("The rule does not say how many projects win."), "office_rule"))
    return found


@check(before=THROUGHOUT)
def money(session: Session, process: Process, council: Council) -> list[Lack]:
    if process.method in SEATED or any(area.budget for area in process.areas):
        return []
    return [Lack(N_("No area has a budget."), "office_areas")]


@check(before=THROUGHOUT)
def promises(session: Session, process: Process, council: Council) -> list[Lack]:
    """Deciding together without an answer that is promised by a date is only a word."""
    bare = sum(1 for phase in process.phases if phase.band == "together" and not phase.reply_by)
    if not bare:
        return []
    return [Lack(NN_("%(num)s step says that people decide together, without a promise to reply "
                     "by a date.",
                     "%(num)s steps say that people decide together, without a promise to reply "
                     "by a date."), "office_steps", {"num": bare})]


@check(before=BALLOT)
def earlier_steps(session: Session, process: Process, council: Council) -> list[Lack]:
    """What was announced before the vote takes place, or is left out with a public reason."""
    skipped = sum(
        1 for phase in process.phases
        if phase.kind in BEFORE_THE_VOTE and phase.opened_at is None and process.state != "draft"
    )
    if not skipped:
        return []
    return [Lack(NN_("%(num)s step before the vote has not taken place. Give it other dates, or "
                     "leave it out, with a public reason.",
                     "%(num)s steps before the vote have not taken place. Give them other dates, "
                     "or leave them out, with a public reason."), "office_dates",
                 {"num": skipped})]


@check(before=AFTER_THE_VOTE)
def the_vote(session: Session, process: Process, council: Council) -> list[Lack]:
    """Nothing is counted, declared or built after a vote that has not been."""
    vote = phase_of_kind(process, "voting")
    if vote is None or vote.opened_at is not None:
        return []
    return [Lack(N_("The vote has not taken place."), "office_dates")]
