"""The process in which pabutools counts: a question as JSON on standard input, what it funded
on standard output. Kept apart so that importing ``voting`` never imports pabutools."""

from __future__ import annotations

import json
import sys
from typing import Any

from pabutools.election import (
    ApprovalBallot,
    ApprovalMultiProfile,
    CardinalBallot,
    Cardinality_Sat,
    CardinalMultiProfile,
    Cost_Sat,
    FrozenApprovalBallot,
    FrozenCardinalBallot,
    Instance,
    Project,
)
from pabutools.election.satisfaction import AdditiveSatisfaction
from pabutools.rules import (
    exhaustion_by_budget_increase,
    greedy_utilitarian_welfare,
    max_additive_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)
from pabutools.tiebreaking import TieBreakingRule


class PointsForCost(AdditiveSatisfaction):  # type: ignore[misc]
    """A funded project is worth its cost for each point."""

    def __init__(self, instance: Any, profile: Any, ballot: Any) -> None:
        super().__init__(instance, profile, ballot, lambda i, f, b, p, c: b.get(p, 0) * p.cost)


class PointsAlone(AdditiveSatisfaction):  # type: ignore[misc]
    """A funded project is worth its points."""

    def __init__(self, instance: Any, profile: Any, ballot: Any) -> None:
        super().__init__(instance, profile, ballot, lambda i, f, b, p, c: b.get(p, 0))


def main() -> None:
    question = json.load(sys.stdin)
    sys.setrecursionlimit(100_000)
    selected = [name for purse in question["purses"] for name in fund(question, purse)]
    json.dump(selected, sys.stdout)


def fund(question: dict[str, Any], purse: dict[str, Any]) -> list[str]:
    """What pabutools funds from one purse, by name."""
    projects = [Project(name, cost) for name, cost in purse["options"]]
    place = {project.name: number for number, project in enumerate(projects)}
    instance = Instance(projects, budget_limit=purse["budget"])

    def in_order(_instance: Any, _profile: Any, project: Any) -> int:
        return place[getattr(project, "project", project).name]

    ties = TieBreakingRule(in_order)
    voters = sum(number for _, number in purse["papers"])
    if question["points"]:
        profile = CardinalMultiProfile(instance=instance)
        for choices, number in purse["papers"]:
            ballot = CardinalBallot({projects[option]: given for option, given in choices})
            profile[FrozenCardinalBallot(ballot)] += number
        by_cost, by_number = PointsForCost, PointsAlone
    else:
        profile = ApprovalMultiProfile(instance=instance)
        for choices, number in purse["papers"]:
            ballot = ApprovalBallot(projects[option] for option, _ in choices)
            profile[FrozenApprovalBallot(ballot)] += number
        by_cost, by_number = Cost_Sat, Cardinality_Sat
    worth = by_cost if question["utility"] == "cost" else by_number
    method = question["method"]
    if method == "greedy":
        # Worth by cost, over the cost, is the number of votes or points.
        found = greedy_utilitarian_welfare(
            instance, profile, sat_class=by_cost, tie_breaking=ties, is_sat_additive=True
        )
    elif method == "phragmen":
        found = sequential_phragmen(instance, profile, tie_breaking=ties)
    elif method == "maximum-welfare":
        found = max_additive_utilitarian_welfare(instance, profile, sat_class=worth)
    else:
        parameters = {"sat_class": worth, "tie_breaking": ties}
        if question["completion"].startswith("add1"):
            found = exhaustion_by_budget_increase(
                instance,
                profile,
                method_of_equal_shares,
                parameters,
                exhaustive_stop=question["exhaustive_stop"],
                budget_step=voters * question["increment"],
            )
        else:
            found = method_of_equal_shares(instance, profile, **parameters)
        if question["completion"].endswith("utility"):
            found = greedy_utilitarian_welfare(
                instance,
                profile,
                sat_class=by_cost,
                tie_breaking=ties,
                is_sat_additive=True,
                initial_budget_allocation=found,
            )
    return [project.name for project in found]


if __name__ == "__main__":
    main()
