"""How content an outcome leaves the voters: figures to lay outcomes of budgets side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from voting.ballots import Content
from voting.contest import Contest


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Figures of one outcome, all exact.

    ``voters``         ballots that name anything
    ``with_a_project`` of these, ballots that name a funded project
    ``projects``       funded projects on a ballot, on average
    ``money``          cost of these in minor units, on average
    ``gini``           inequality between ballots in the cost of their funded projects: 0 where
                       all have the same, towards 1 where one has all; 0 where nobody has any
    ``by_area``        money spent on the projects of each area, minor units
    """

    voters: int
    with_a_project: int
    projects: Fraction
    money: Fraction
    gini: Fraction
    by_area: Mapping[str, int]

    @property
    def share_with_a_project(self) -> Fraction:
        return Fraction(self.with_a_project, self.voters) if self.voters else Fraction(0)

    @property
    def exclusion_ratio(self) -> Fraction:
        """Share of the voters for whom nothing was funded."""
        return 1 - self.share_with_a_project if self.voters else Fraction(0)


def satisfaction(
    contest: Contest, groups: Mapping[Content, int], selected: Iterable[str]
) -> Satisfaction:
    """The figures for an outcome. Ballots count once, whatever the ranks or points on them."""
    funded = frozenset(selected)
    number_of_voters = with_a_project = projects = 0
    amounts: dict[int, int] = {}
    for content, ballots in groups.items():
        if not content.options:
            continue
        mine = [option for option in content.options if option in funded]
        amount = sum(contest.by_id[option].cost for option in mine)
        number_of_voters += ballots
        projects += len(mine) * ballots
        with_a_project += ballots if mine else 0
        amounts[amount] = amounts.get(amount, 0) + ballots
    by_area = dict.fromkeys(sorted({option.area for option in contest.options}), 0)
    for option in sorted(funded):
        by_area[contest.by_id[option].area] += contest.by_id[option].cost
    total = sum(amount * ballots for amount, ballots in amounts.items())
    return Satisfaction(
        voters=number_of_voters,
        with_a_project=with_a_project,
        projects=Fraction(projects, number_of_voters or 1),
        money=Fraction(total, number_of_voters or 1),
        gini=gini(amounts),
        by_area=by_area,
    )


def gini(amounts: Mapping[int, int]) -> Fraction:
    """The Gini coefficient of amounts (0 or more) with the number of those who have each.

    Half the mean difference of two amounts, drawn with replacement, over the mean amount.
    """
    number = sum(amounts.values())
    total = sum(amount * count for amount, count in amounts.items())
    if not total:
        return Fraction(0)
    ranked = 0
    before = 0
    for amount, count in sorted(amounts.items()):
        ranked += amount * (count * before + count * (count + 1) // 2)
        before += count
    return Fraction(2 * ranked, number * total) - Fraction(number + 1, number)
