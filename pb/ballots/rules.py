"""What follows from a ballot's form: orders, moves, money. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from voting.ballots import Approval, Content, Knapsack, Points, Ranking
from voting.contest import Contest


@dataclass(frozen=True)
class Arranged:
    """A voter's order after the form was read.

    ``off``: options that fell off the end because the list was full.
    ``tied``: options that were given the same new place, in the order they now have.
    """

    order: tuple[str, ...]
    off: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()


def arrange(before: Sequence[str], wanted: Mapping[str, int], places: int) -> Arranged:
    """The order that a form of selects asks for.

    ``before`` is the order which the form showed, ``wanted`` the place chosen for each option (0:
    not on the list). Whoever kept their place makes room: the options whose place was changed are
    put where they were wanted, from the first place on; gaps close up. Of two that were given one
    place the one nearer the top of the form comes first.
    """
    shown = {option: place for place, option in enumerate(before, 1)}
    moved = {
        option: place for option, place in wanted.items() if place != shown.get(option, 0) and place
    }
    order = [option for option in before if wanted.get(option, 0) and option not in moved]
    row = sorted(moved, key=lambda option: moved[option])
    index = -1
    for option in row:
        index = min(max(moved[option] - 1, index + 1), len(order))
        order.insert(index, option)
    given = Counter(moved.values())
    tied = [option for option in row if given[moved[option]] > 1]
    return Arranged(tuple(order[:places]), tuple(order[places:]), tuple(tied))


def move(order: Sequence[str], way: str, option: str, places: int) -> Arranged:
    """Up or down one place, on to the list or off it. What leads nowhere changes nothing."""
    moved = list(order)
    here = moved.index(option) if option in moved else -1
    if way == "up" and here > 0:
        moved[here - 1 : here + 1] = [option, moved[here - 1]]
    elif way == "down" and 0 <= here < len(moved) - 1:
        moved[here : here + 2] = [moved[here + 1], option]
    elif way == "add" and here < 0:
        if len(moved) >= places:
            return Arranged(tuple(moved), (option,))
        moved.append(option)
    elif way == "drop" and here >= 0:
        moved.remove(option)
    return Arranged(tuple(moved))


def without(content: Content, option: str) -> Content:
    """The content with an option taken out."""
    if isinstance(content, Points):
        return Points(tuple(one for one in content.points if one[0] != option))
    assert isinstance(content, Ranking | Approval | Knapsack)
    return replace(content, options=tuple(one for one in content.options if one != option))


def within(content: Content, known: Iterable[str]) -> Content:
    """The content with only what is on this voter's ballot."""
    keep = set(known)
    for option in content.options:
        if option not in keep:
            content = without(content, option)
    return content


@dataclass(frozen=True)
class Purse:
    """An area's money as a ballot would spend it, in minor units."""

    area: str
    budget: int
    spent: int

    @property
    def left(self) -> int:
        return self.budget - self.spent

    @property
    def over(self) -> int:
        return max(0, -self.left)


def purses(contest: Contest, chosen: Iterable[str]) -> list[Purse]:
    """What the chosen options cost in each area that has options, in the order of the budgets."""
    spent = dict.fromkeys(contest.budgets, 0)
    for option in chosen:
        one = contest.by_id[option]
        spent[one.area] = spent.get(one.area, 0) + one.cost
    used = {option.area for option in contest.options}
    return [
        Purse(area, contest.purse(area), cost) for area, cost in spent.items() if area in used
    ]


def places_of(contest: Contest) -> int:
    """How many options a ballot may name."""
    number = len(contest.options)
    return number if contest.max_choices is None else min(contest.max_choices, number)
