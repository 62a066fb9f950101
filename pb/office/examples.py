"""Ways of voting and counting for the wizard, each with its consequences and a worked example.

The example is a small vote of ten people about three projects. It is counted by the app's own
rules, so that what the page says of a rule is what the rule does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pb.core.i18n import N_
from voting import Contest, Option
from voting.ballots import Approval, Content, Knapsack, Points, Ranking
from voting.count import count

MONEY = 1_000_000
"""The example's purse, in minor units."""
COSTS = {"play": 600_000, "bench": 400_000, "shelter": 400_000}
NAMES = {"play": N_("Playground"), "bench": N_("Benches"), "shelter": N_("Bus shelter")}


@dataclass(frozen=True)
class Way:
    """A ballot with the rule that counts it."""

    ballot: str
    method: str
    name: N_
    voter: N_
    """What the voter does."""
    rule: N_
    """How the winners are found."""
    then: N_
    """What follows from it."""
    reason: N_
    """The reason that is published where the office writes none."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    seats: int = 0


WAYS: dict[str, Way] = {
    "ticks-shares": Way(
        "approval", "equal-shares", N_("Ticks, counted by equal shares"),
        N_("Each voter ticks the projects that they want."),
        N_("The money is divided equally among the voters. A project is paid by those who ticked "
           "it, out of their shares."),
        N_("Groups of every size get their part. A project with fewer votes can win, because its "
           "voters have not spent their money yet. It needs a sentence to explain."),
        N_("Each voter holds the same part of the money, so that smaller places and groups get "
           "their share too."),
    ),
    "ticks-most": Way(
        "approval", "greedy", N_("Ticks, most votes first"),
        N_("Each voter ticks the projects that they want."),
        N_("Projects are paid in the order of their votes until the money is gone."),
        N_("Easy to explain. A large group that agrees can take everything, and the rest get "
           "nothing."),
        N_("The projects that most people ticked are paid first: everybody can follow the count."),
        {"threshold": 0, "skip": True},
    ),
    "ranks-shares": Way(
        "ranked", "equal-shares-ranked", N_("Ranks, counted by equal shares"),
        N_("Each voter puts projects in order, the favourite first."),
        N_("The money is divided equally among the voters. A project is paid by those who rank it "
           "highly; lower ranks count when the higher ones cannot be paid."),
        N_("Groups of every size get their part, and favourites weigh more. Putting projects in "
           "order takes a voter longer."),
        N_("Each voter holds the same part of the money, and first choices count before later "
           "ones."),
    ),
    "purse-shares": Way(
        "knapsack", "equal-shares", N_("Within the budget, counted by equal shares"),
        N_("Each voter chooses projects that the money would pay for."),
        N_("The money is divided equally among the voters. A project is paid by those who chose "
           "it, out of their shares."),
        N_("Voters see what things cost and weigh them up. It takes longer than ticks, above all "
           "on a phone."),
        N_("Voters weigh up what things cost, and each holds the same part of the money."),
    ),
    "points-shares": Way(
        "points", "equal-shares", N_("Points, counted by equal shares"),
        N_("Each voter shares out ten points among projects."),
        N_("The money is divided equally among the voters. Who gives more points pays more of a "
           "project."),
        N_("Voters can say how much they want something. Dividing points is harder than ticking."),
        N_("Voters can say how much they want a project, and each holds the same part of the "
           "money."),
    ),
    "ranks-stv": Way(
        "ranked", "scottish-stv", N_("Ranks, by the single transferable vote"),
        N_("Each voter puts projects in order, the favourite first."),
        N_("A number of projects win, whatever they cost. A vote moves to the next choice when "
           "the first cannot win or does not need it."),
        N_("As in Scottish council elections. It looks at no cost: use it where the winners are "
           "counted and not paid, such as names or places."),
        N_("A fixed number wins, and few votes are wasted. It is the rule of Scottish council "
           "elections."),
        seats=2,
    ),
}
USUAL = "ticks-shares"


def way_of(ballot: str, method: str) -> str:
    """The name of a ballot and rule in the wizard; empty for others."""
    return next(
        (name for name, way in WAYS.items() if (way.ballot, way.method) == (ballot, method)), ""
    )


def _ballots(kind: str) -> list[Content]:
    """Ten people: five want playground and benches, one the playground alone, four the shelter."""
    if kind == "ranked":
        return [*[Ranking(("play", "bench"))] * 5, Ranking(("play",)),
                *[Ranking(("shelter",))] * 4]
    if kind == "points":
        return [
            *[Points((("play", 6), ("bench", 4)))] * 5, Points((("play", 10),)),
            *[Points((("shelter", 10),))] * 4,
        ]
    chosen = Knapsack if kind == "knapsack" else Approval
    return [*[chosen(("play", "bench"))] * 5, chosen(("play",)), *[chosen(("shelter",))] * 4]


@dataclass(frozen=True)
class ExampleRow:
    """A project of the example: who wants it, what it costs, and whether it wins by the rule."""

    option: str
    cost: int
    voters: int
    wins: bool


@cache
def example(name: str) -> tuple[ExampleRow, ...]:
    """The example counted by one of the ways."""
    way = WAYS[name]
    ballots = _ballots(way.ballot)
    tally = count(
        Contest(
            options=tuple(Option(one, one, cost) for one, cost in COSTS.items()),
            kind=way.ballot, method=way.method, seats=way.seats,
            budgets={"": 0 if way.seats else MONEY}, settings=dict(way.settings),
            max_points=10 if way.ballot == "points" else None,
        ),
        ballots,
    )
    won = set(tally.elected) | set(tally.allocation.selected if tally.allocation else ())
    return tuple(
        ExampleRow(one, cost, sum(1 for ballot in ballots if one in ballot.options), one in won)
        for one, cost in COSTS.items()
    )
