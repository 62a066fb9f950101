"""Sharing out each purse among its voters: what the rules with equal shares have in common.

Runs the engine with a growing share ("add1"), completes, compares, and explains. The rules
themselves (``equal_shares``, ``equal_shares_ranked``) only choose ballots and names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from voting.ballots import Content
from voting.contest import Contest, ContestError
from voting.methods import _budget, _share_reasons, greedy
from voting.methods._backing import Tables
from voting.methods._electorate import Electorate, candidates_of, electorate
from voting.methods._shares import Buying
from voting.tally import Step, Tally, Tie, Why

COMPLETIONS = ("add1", "none", "utility", "add1-utility")
UTILITIES = ("cost", "cardinality")
COMPARISONS = ("none", "satisfaction", "exclusion")


@dataclass(frozen=True, slots=True)
class Variant:
    """The settings of a contest, checked."""

    utility: str
    completion: str
    increment: int
    integral_start: bool
    exhaustive_stop: bool
    comparison: str

    @classmethod
    def of(cls, contest: Contest) -> Variant:
        _budget.refuse_unknown_settings(contest)
        return cls(
            utility=_budget.one_of(contest, "utility", UTILITIES),
            completion=_budget.one_of(contest, "completion", COMPLETIONS),
            increment=_budget.whole_number(contest, "increment", 100, least=1),
            integral_start=_budget.yes_or_no(contest, "integral_start", False),
            exhaustive_stop=_budget.yes_or_no(contest, "exhaustive_stop", False),
            comparison=_budget.one_of(contest, "comparison", COMPARISONS),
        )


@dataclass
class _Outcome:
    """What was decided for one purse."""

    steps: list[Step] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    notes: list[Why] = field(default_factory=list)
    left: int = 0


def count_shares(
    contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str], version: str
) -> Tally:
    """Count each purse by equal shares. Errors: ContestError."""
    variant = Variant.of(contest)
    _budget.refuse_groups_over_areas(contest)
    if contest.kind == "points":
        support = _budget.supports(contest, groups)
    else:
        support = _budget.listings(contest, groups)
    outcomes = {
        area: _share_out(contest, groups, lot_order, area, support, variant)
        for area in _budget.purses(contest)
    }
    return _budget.tally_of(
        version,
        contest,
        groups,
        steps=[step for outcome in outcomes.values() for step in outcome.steps],
        left={area: outcome.left for area, outcome in outcomes.items()},
        support=support,
        ties=[tie for outcome in outcomes.values() for tie in outcome.ties],
        notes=[note for outcome in outcomes.values() for note in outcome.notes],
    )


def _share_out(
    contest: Contest,
    groups: Mapping[Content, int],
    lot_order: Sequence[str],
    area: str,
    support: Mapping[str, int],
    variant: Variant,
) -> _Outcome:
    """Decide over one purse."""
    needed = _budget.support_needed(contest)
    candidates = candidates_of(contest, area, support, needed, lot_order)
    outcome = _Outcome(left=contest.purse(area))
    if candidates:
        voters = electorate(
            contest, area, candidates, groups, _budget.groups_of(contest), variant.utility
        )
        buying = best_run(voters, variant)
        completed = _completed(voters, buying, variant)
        if variant.comparison != "none":
            chosen = {purchase.option for purchase in buying.purchases} | set(completed)
            other = _compared(contest, groups, lot_order, area, voters, chosen, variant, outcome)
            if other is not None:
                return other
        reasons = _share_reasons.Reasons(voters, buying, support)
        outcome.notes.append(
            Why(
                "share",
                {
                    "area": area,
                    "voters": voters.ballots,
                    "start": _share_reasons.decimal(_first_share(voters, variant)),
                    "end": _share_reasons.decimal(buying.share),
                },
            )
        )
        outcome.ties = reasons.ties(set(completed))
        for step in reasons.steps(completed, variant.completion):
            outcome.steps.append(step)
            outcome.left = step.money_left
    told = {step.option for step in outcome.steps}
    inside = [option for option in contest.options if option.area == area]
    for option in _budget.by_support(inside, support, lot_order):
        why = _budget.refused_at_once(option, support[option.id], needed, contest.purse(area))
        if why is not None and option.id not in told:
            outcome.steps.append(Step(option.id, False, why, outcome.left))
    return outcome


def _first_share(voters: Electorate, variant: Variant) -> Fraction:
    share = Fraction(voters.budget, voters.ballots)
    if variant.integral_start:
        share = Fraction(share // variant.increment * variant.increment)
    return share


def best_run(voters: Electorate, variant: Variant) -> Buying:
    """The run whose purchases stand: with the first share, or with add1 with the last share
    before the purchases would cost more than the budget."""
    tables = Tables(voters)
    share = _first_share(voters, variant)
    best = Buying(tables, share)
    best.run()
    if not variant.completion.startswith("add1"):
        return best
    jump = 1
    while not _is_final(voters, best, variant):
        following = Buying(tables, share + jump * variant.increment, below=best)
        bought = following.run(certified_only=jump > 1)
        if following.certified:
            # Every share in between buys the same, so none needs to be tried.
            share, best, jump = following.share, following, 2 * jump
        elif jump > 1:
            jump //= 2
        elif sum(voters.options[option].cost for option in bought) > voters.budget:
            break
        else:
            share, best = following.share, following
    return best


def _open(voters: Electorate, chosen: set[int]) -> list[int]:
    """Options that are not funded and not shut out by one that is."""
    out = chosen | {rival for option in chosen for rival in voters.rivals[option]}
    return [option for option in range(len(voters.options)) if option not in out]


def _is_final(voters: Electorate, buying: Buying, variant: Variant) -> bool:
    chosen = {purchase.option for purchase in buying.purchases}
    still_open = _open(voters, chosen)
    if not variant.exhaustive_stop:
        return not still_open
    left = voters.budget - sum(voters.options[option].cost for option in chosen)
    return all(voters.options[option].cost > left for option in still_open)


def _completed(voters: Electorate, buying: Buying, variant: Variant) -> list[int]:
    """Options funded with the money that is left, those with most support first."""
    if not variant.completion.endswith("utility"):
        return []
    chosen = {purchase.option for purchase in buying.purchases}
    left = voters.budget - sum(voters.options[option].cost for option in chosen)
    added: list[int] = []
    for option in range(len(voters.options)):
        cost = voters.options[option].cost
        if cost <= left and option in _open(voters, chosen):
            added.append(option)
            chosen.add(option)
            left -= cost
    return added


def _compared(
    contest: Contest,
    groups: Mapping[Content, int],
    lot_order: Sequence[str],
    area: str,
    voters: Electorate,
    chosen: set[int],
    variant: Variant,
    outcome: _Outcome,
) -> _Outcome | None:
    """Greedy's outcome where the voters are better off with it, else None and a note."""
    if contest.kind == "ranked":
        raise ContestError("contest.comparison_ranked")
    part, cut = _budget.of_area(contest, groups, area)
    order = [option for option in lot_order if option in part.by_id]
    tally = greedy.run(part, cut, order)
    assert tally.allocation is not None
    greedily = {
        number
        for number, option in enumerate(voters.options)
        if option.id in tally.allocation.selected
    }
    with_shares = _satisfaction(voters, chosen)
    with_greedy = _satisfaction(voters, greedily)
    pairs = list(zip(with_shares, with_greedy, voters.voters.tolist(), strict=True))
    if variant.comparison == "satisfaction":
        for_shares = sum(number for shares, other, number in pairs if shares > other)
        for_greedy = sum(number for shares, other, number in pairs if other > shares)
    else:
        for_shares = sum(number for shares, _, number in pairs if shares)
        for_greedy = sum(number for _, other, number in pairs if other)
    adopted = "greedy" if for_greedy > for_shares else "equal-shares"
    note = Why(
        "comparison",
        {
            "area": area,
            "by": variant.comparison,
            "for_shares": for_shares,
            "for_greedy": for_greedy,
            "adopted": adopted,
        },
    )
    outcome.notes.append(note)
    if adopted == "equal-shares":
        return None
    return _Outcome(
        steps=list(tally.allocation.steps),
        ties=list(tally.ties),
        notes=[note],
        left=tally.allocation.left[area],
    )


def _satisfaction(voters: Electorate, chosen: set[int]) -> list[int]:
    """By group: the worth of what was funded of what they support."""
    totals = [0] * len(voters.voters)
    for option in chosen:
        points = voters.points[option]
        unit = voters.unit[option] or 1
        given = [1] * len(voters.members[option]) if points is None else points.tolist()
        for group, number in zip(voters.members[option].tolist(), given, strict=True):
            totals[group] += unit * number
    return totals
