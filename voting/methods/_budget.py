"""What the budget rules share: settings, support, order, and the parts of a tally.

Money is in integer minor units, votes and points are integers, and every order is total:
most support first, then the lower cost, then the published lot order. A purse is the money
of one area (``WHOLE`` is the city-wide one); an option is paid from the purse of its area.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from voting.ballots import Approval, Content, Knapsack, Marks, Points
from voting.contest import WHOLE, Contest, ContestError, Group, Option
from voting.tally import Allocation, Step, Tally, Tie, Why

SETTINGS = frozenset(
    {
        "comparison",
        "completion",
        "exhaustive_stop",
        "increment",
        "integral_start",
        "leftover",
        "part_funding_percent",
        "rank_points",
        "skip",
        "threshold",
        "time_limit",
        "utility",
    }
)
"""Every setting of any budget rule. A rule reads its own and leaves the others alone, so that
one contest can be counted by another rule for comparison; a misspelt name is refused."""


def refuse_unknown_settings(contest: Contest) -> None:
    for name in contest.settings:
        if name not in SETTINGS:
            raise ContestError("contest.setting", setting=name, known=tuple(sorted(SETTINGS)))


def whole_number(contest: Contest, name: str, default: int, least: int = 0) -> int:
    """A setting that must be an integer of at least ``least``; ContestError otherwise."""
    value = contest.settings.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ContestError("contest.setting_value", setting=name, value=value)
    return value


def yes_or_no(contest: Contest, name: str, default: bool) -> bool:
    value = contest.settings.get(name, default)
    if not isinstance(value, bool):
        raise ContestError("contest.setting_value", setting=name, value=value)
    return value


def one_of(contest: Contest, name: str, choices: Sequence[str]) -> str:
    """A setting that must be one of the choices, the first being the default."""
    value = contest.settings.get(name, choices[0])
    if value not in choices:
        raise ContestError("contest.setting_value", setting=name, value=value, choices=choices)
    return str(value)


def support_needed(contest: Contest) -> int:
    """Votes or points without which nothing is funded; at least one."""
    return max(1, contest.min_support, whole_number(contest, "threshold", 0))


BY_LENGTH = "by_length"


def rank_points(contest: Contest) -> Sequence[int] | str | None:
    """Points by position on a ranked ballot, where the rule has them; None where it has not.

    A list gives the points of the first, second, ... place (Kraków: 3, 2, 1). "by_length"
    gives the first of a ballot's k options k points and the last one point.
    """
    value = contest.settings.get("rank_points")
    if value is None or value == BY_LENGTH:
        return value
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in value
    ):
        raise ContestError("contest.setting_value", setting="rank_points", value=value)
    return tuple(value)


def weights(content: Content, by_position: Sequence[int] | str) -> Iterable[tuple[str, int]]:
    """The options a ballot supports, each with its votes or points."""
    if isinstance(content, (Approval, Knapsack)):
        return ((option, 1) for option in content.options)
    if isinstance(content, Points):
        return content.points
    if isinstance(by_position, str):
        by_position = range(len(content.options), 0, -1)
    return zip(content.options, by_position, strict=False)


def supports(contest: Contest, groups: Mapping[Content, int]) -> dict[str, int]:
    """Votes (approval, knapsack) or points by option, for every option of the contest.

    A ranked ballot says only an order. Without points by position there is no number to add
    up, so it is refused rather than read as an approval: ContestError("contest.ranked").
    """
    by_position = rank_points(contest)
    if by_position is None:
        if contest.kind == "ranked":
            raise ContestError("contest.ranked", needed="rank_points")
        by_position = ()
    totals = dict.fromkeys(contest.by_id, 0)
    for content, ballots in groups.items():
        for option, number in weights(content, by_position):
            totals[option] += number * ballots
    return totals


def listings(contest: Contest, groups: Mapping[Content, int]) -> dict[str, int]:
    """Ballots that name an option at all, at whatever rank or with however many points."""
    totals = dict.fromkeys(contest.by_id, 0)
    for content, ballots in groups.items():
        for option in content.options:
            totals[option] += ballots
    return totals


def tally_of(
    version: str,
    contest: Contest,
    groups: Mapping[Content, int],
    steps: Sequence[Step],
    left: Mapping[str, int],
    support: Mapping[str, int],
    ties: Iterable[Tie] = (),
    notes: Iterable[Why] = (),
    cost: int | None = None,
) -> Tally:
    """Put a budget's outcome together. ``cost`` where it is not that of all funded options."""
    selected = tuple(step.option for step in steps if step.funded)
    if cost is None:
        cost = sum(contest.by_id[option].cost for option in selected)
    ballots = sum(groups.values())
    blank = sum(number for content, number in groups.items() if not content.options)
    why = {step.option: step.why for step in steps}
    return Tally(
        method=version,
        ballots=ballots,
        valid=ballots - blank,
        blank=blank,
        invalid=0,
        why={option.id: why[option.id] for option in contest.options},
        ties=tuple(ties),
        allocation=Allocation(selected, cost, left, tuple(steps), support),
        notes=tuple(notes),
    )


def lot_places(lot_order: Sequence[str]) -> dict[str, int]:
    return {option: place for place, option in enumerate(lot_order)}


def by_support(
    options: Iterable[Option], support: Mapping[str, int], lot_order: Sequence[str]
) -> list[Option]:
    """Most support first; ties by the lower cost, then by lot."""
    place = lot_places(lot_order)
    return sorted(options, key=lambda o: (-support[o.id], o.cost, place[o.id]))


def purses(contest: Contest) -> dict[str, int]:
    """Money by area, for every area that has options or money; the whole town last."""
    areas = {option.area for option in contest.options} | set(contest.budgets)
    return {area: contest.purse(area) for area in sorted(areas, key=lambda a: (a == WHOLE, a))}


def refuse_groups_over_areas(contest: Contest) -> None:
    """Where each purse is counted by itself, an exclusive group must lie within one."""
    for group in contest.groups:
        areas = {contest.by_id[option].area for option in group.options & contest.by_id.keys()}
        if len(areas) > 1:
            raise ContestError("contest.group_areas", group=group.id, areas=tuple(sorted(areas)))


def cut_content(content: Content, kept: Container[str]) -> Content:
    """A ballot without the options that are not kept."""
    if isinstance(content, Points):
        return Points(tuple((option, given) for option, given in content.points if option in kept))
    if isinstance(content, Marks):
        content = content.ranking()
    return type(content)(tuple(option for option in content.options if option in kept))


def of_area(
    contest: Contest, groups: Mapping[Content, int], area: str
) -> tuple[Contest, dict[Content, int]]:
    """One purse as a contest of its own, with the ballots that name any of its options."""
    options = tuple(option for option in contest.options if option.area == area)
    inside = {option.id for option in options}
    part = replace(
        contest,
        options=options,
        budgets={area: contest.purse(area)},
        groups=tuple(group for group in contest.groups if group.options & inside),
    )
    cut: dict[Content, int] = {}
    for content, number in groups.items():
        smaller = cut_content(content, inside)
        if smaller.options:
            cut[smaller] = cut.get(smaller, 0) + number
    return part, cut


def groups_of(contest: Contest) -> dict[str, tuple[Group, ...]]:
    """The exclusive groups that each option belongs to; unknown options are refused."""
    found: dict[str, list[Group]] = {option: [] for option in contest.by_id}
    for group in contest.groups:
        for option in group.options:
            if option not in found:
                raise ContestError("contest.group_option", group=group.id, option=option)
            found[option].append(group)
    return {option: tuple(groups) for option, groups in found.items()}


def taken_by(option: str, groups: Mapping[str, Sequence[Group]], funded: Iterable[str]) -> str:
    """The funded option that shuts this one out, "" if none does."""
    rivals = {rival for group in groups[option] for rival in group.options} - {option}
    return next((rival for rival in funded if rival in rivals), "")


def refused_at_once(option: Option, support: int, needed: int, purse: int) -> Why | None:
    """Reasons that hold before any money is given out: no votes, too few, dearer than all."""
    if support <= 0:
        return Why("no_votes", {"votes": 0, "needed": needed})
    if support < needed:
        return Why(
            "below_threshold",
            {"votes": support, "needed": needed, "votes_short": needed - support},
        )
    if option.cost > purse:
        return Why(
            "too_dear",
            {"cost": option.cost, "budget": purse, "short": option.cost - purse, "votes": support},
        )
    return None


def ties_that_mattered(
    order: Sequence[Option], support: Mapping[str, int], funded: Iterable[str], needed: int
) -> tuple[Tie, ...]:
    """Options with equal support of which some were funded and some not, in their order."""
    chosen = set(funded)
    equal: dict[tuple[str, int], list[Option]] = {}
    for option in order:
        if support[option.id] >= needed:
            equal.setdefault((option.area, support[option.id]), []).append(option)
    ties = []
    for options in equal.values():
        inside = [option.id in chosen for option in options]
        if any(inside) and not all(inside):
            costs = {option.cost for option in options}
            ties.append(
                Tie(
                    options=tuple(option.id for option in options),
                    stage=0,
                    settled_by="cost" if len(costs) == len(options) else "lot",
                    chosen=next(option.id for option in options if option.id in chosen),
                )
            )
    return tuple(ties)
