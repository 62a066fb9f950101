"""Maximum welfare: the affordable set of projects that is worth most to the voters in sum.

A yardstick to compare other rules with, not a rule for a town: it has no regard for whom it
leaves with nothing. The specification stands beside this file (``maximum_welfare.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd

from voting.ballots import Content
from voting.contest import Contest, ContestError, Group, Option
from voting.methods import _budget
from voting.tally import Step, Tally, Why

VERSION = "maximum-welfare/1"
KINDS = ("approval", "knapsack", "points", "ranked")

LARGEST = 2**53
"""Worth and costs up to here are whole numbers in a float too."""


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Solve each purse by HiGHS. Errors: ContestError, also where no optimum was proved."""
    _budget.refuse_unknown_settings(contest)
    _budget.refuse_groups_over_areas(contest)
    by_cost = _budget.one_of(contest, "utility", ("cost", "cardinality")) == "cost"
    seconds = _budget.whole_number(contest, "time_limit", 60, least=1)
    support = _budget.supports(contest, groups)
    needed = _budget.support_needed(contest)
    exclusive = _budget.groups_of(contest)
    left = _budget.purses(contest)
    steps: list[Step] = []
    notes: list[Why] = []
    for area, purse in list(left.items()):
        inside = [option for option in contest.options if option.area == area]
        order = _budget.by_support(inside, support, lot_order)
        refused = {o.id: _budget.refused_at_once(o, support[o.id], needed, purse) for o in order}
        open_options = [option for option in order if refused[option.id] is None]
        worth = [support[o.id] * ((o.cost or 1) if by_cost else 1) for o in open_options]
        chosen = solve(open_options, worth, purse, contest.groups, seconds)
        funded = {open_options[number].id for number in chosen}
        total = sum(worth[number] for number in chosen)
        notes.append(Why("welfare", {"area": area, "welfare": total}))
        for option in [o for o in order if o.id in funded] + [
            o for o in order if o.id not in funded
        ]:
            votes = support[option.id]
            why = refused[option.id]
            rival = _budget.taken_by(option.id, exclusive, sorted(funded))
            values = {"votes": votes, "cost": option.cost}
            if option.id in funded:
                left[area] -= option.cost
                why = Why("funded", {**values, "money_left": left[area]})
            elif why is None and option.cost > left[area]:
                why = Why("no_money", {**values, "short": option.cost - left[area]})
            elif why is None and rival:
                why = Why("group_taken", {**values, "by": rival})
            elif why is None:
                raise ContestError("contest.no_optimum", option=option.id)
            steps.append(Step(option.id, option.id in funded, why, left[area]))
    return _budget.tally_of(VERSION, contest, groups, steps, left, support, (), notes)


def solve(
    options: Sequence[Option],
    worth: Sequence[int],
    purse: int,
    groups: Sequence[Group],
    seconds: int,
) -> list[int]:
    """Numbers of the options in an optimum of the knapsack with exclusive groups.

    HiGHS counts in floats, so costs and worth are divided by their greatest common divisors,
    the solution is rounded and checked in integers, and the bound must prove it.
    """
    import highspy

    if not options:
        return []
    cost_unit = gcd(*(option.cost for option in options)) or 1
    worth_unit = gcd(*worth) or 1
    costs = [option.cost // cost_unit for option in options]
    values = [number // worth_unit for number in worth]
    if max(sum(costs), sum(values)) >= LARGEST:
        raise ContestError("contest.too_large", worth=sum(values), cost=sum(costs))
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("random_seed", 0)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 0.5)
    model.setOptionValue("time_limit", float(seconds))
    variables = [model.addBinary(obj=float(value)) for value in values]
    pairs = list(zip(costs, variables, strict=True))
    model.addConstr(sum(cost * taken for cost, taken in pairs) <= purse // cost_unit)
    for group in groups:
        inside = [v for o, v in zip(options, variables, strict=True) if o.id in group.options]
        if len(inside) > 1:
            model.addConstr(sum(inside) <= 1)
    model.changeObjectiveSense(highspy.ObjSense.kMaximize)
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ContestError("contest.no_optimum", seconds=seconds)
    solution = model.getSolution().col_value
    chosen = [number for number, taken in enumerate(solution) if taken > 0.5]
    if sum(costs[number] for number in chosen) * cost_unit > purse:
        raise ContestError("contest.no_optimum", seconds=seconds)
    for group in groups:
        if sum(options[number].id in group.options for number in chosen) > 1:
            raise ContestError("contest.no_optimum", seconds=seconds)
    return chosen
