"""What the office's forms give to the commands: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pb.core.i18n import N_

Reason = Mapping[str, str]
"""Why something public is changed, by language."""


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
    min_support: int = 0
    quorum: int = 0


@dataclass(frozen=True)
class AreaValue:
    """``budget`` in minor units; ``reason`` is asked for after publication."""

    name: dict[str, str]
    description: dict[str, str]
    budget: int
    population: int | None
    reason: Reason | str = ""


@dataclass(frozen=True)
class PhaseValue:
    """When a phase opens and closes, in UTC; ``closes_at`` None stays open.

    ``turn`` counts the phases of one kind in a process, from 1.
    """

    kind: str
    opens_at: datetime
    closes_at: datetime | None
    turn: int = 1

    @property
    def key(self) -> str:
        """Its name in forms: the kind, with its turn from the second one on."""
        return self.kind if self.turn == 1 else f"{self.kind}_{self.turn}"


@dataclass(frozen=True)
class StepValue:
    """What the public reads of a phase besides its dates; texts by language."""

    name: dict[str, str]
    summary: dict[str, str]
    band: str
    who: dict[str, dict[str, str]]
    """Who ``knows``, ``decides`` and ``acts``."""
    reply_by: datetime | None


MOST_TURNS = 3
"""So often a phase may come in one process."""
ONCE_ONLY = ("voting", "count")
"""A box is opened and counted once: a second vote is a second process."""

BANDS = {
    "informs": N_("You are told"),
    "consults": N_("You are asked, the council decides"),
    "involves": N_("You take part, the council decides"),
    "together": N_("You and the council decide together"),
}
"""How far people decide in a phase, from the least to the most."""
BAND_WORDS = {
    "informs": N_("The council tells you what it does and why. Nothing is asked of you."),
    "consults": N_("The council asks what you think, and says afterwards what it made of it."),
    "involves": N_("What you bring goes into the work itself. The council has the last word, and "
                   "gives its reasons."),
    "together": N_("What people decide here is done, or the council answers in public by the "
                   "date that it promised."),
}


RULES: Mapping[str, tuple[str, ...]] = {
    "approval": ("greedy", "equal-shares"),
    "knapsack": ("greedy", "equal-shares"),
    "points": ("greedy", "equal-shares"),
    "ranked": ("equal-shares-ranked", "scottish-stv", "irv"),
}
"""The rules that the office offers for each kind of ballot, the usual one first."""
SEATED = {"scottish-stv", "irv"}
"""Rules that elect a number of projects and look at no cost."""


PHASE_NAMES = {
    "ideas": N_("Ideas"),
    "assessment": N_("Officers cost the ideas"),
    "jury": N_("The citizens’ jury tests them"),
    "voting": N_("Everyone votes"),
    "count": N_("The count, in public"),
    "results": N_("The result"),
    "delivery": N_("The town builds what won"),
}
"""What the public reads where a phase has no name of its own."""
NOW_WORDS = {
    "ideas": N_("You can put an idea forward, and support those of others."),
    "assessment": N_("Officers look at each idea, its cost and whether it can be done. You can "
                     "read what they say."),
    "jury": N_("Residents drawn by lot test the projects. You can read what they say."),
    "voting": N_("You can vote."),
    "count": N_("The votes are counted. Until the result is out nobody sees a figure."),
    "results": N_("You can read the result, count again yourself, and object."),
    "delivery": N_("You can follow what is being built."),
}
"""What one can do while a phase is open."""
BAND_OF = {
    "ideas": "involves", "assessment": "informs", "jury": "consults", "voting": "together",
    "count": "informs", "results": "informs", "delivery": "informs",
}
"""The band that a new phase begins with."""
WHO = {
    "ideas": (
        N_("Residents know what the town lacks."),
        N_("Each author decides what is put forward."),
        N_("Anyone who lives here puts ideas forward."),
    ),
    "assessment": (
        N_("Officers know costs, law and what can be built."),
        N_("Officers decide what goes on, and give a reason for each refusal."),
        N_("Officers cost the ideas. Authors may answer."),
    ),
    "jury": (
        N_("Residents drawn by lot hear authors and experts."),
        N_("The jury decides what it says. It does not take a project off the list."),
        N_("The jury questions the projects and writes its statement."),
    ),
    "voting": (
        N_("Each project shows its cost, its place and what is said against it."),
        N_("Voters decide, by the rule that was announced."),
        N_("Everybody who may vote casts one ballot."),
    ),
    "count": (
        N_("The ballots and the rule are published, so that anyone can count again."),
        N_("The rule decides. Nobody chooses among the projects now."),
        N_("Two officials run the count."),
    ),
    "results": (
        N_("Everybody can read each step of the count."),
        N_("The vote has decided. Two officials declare the result final."),
        N_("Anyone may object. The council answers in public."),
    ),
    "delivery": (
        N_("The council publishes how far each project is."),
        N_("The vote has decided what is built. The council decides how."),
        N_("The council builds what won."),
    ),
}
"""Who knows, who decides, who acts, where the office wrote nothing of its own."""
WHO_PARTS = ("knows", "decides", "acts")
