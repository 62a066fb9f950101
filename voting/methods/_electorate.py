"""One purse as the sharing rules see it: who supports what, and what it costs.

Options are numbered in the order that settles ties (most support, lower cost, lot), so that
"the lowest number" is the tie rule everywhere. Ballots are cut down to the purse's options
that can be funded at all and grouped again: what is left equal is equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voting.ballots import Content, Points
from voting.contest import Contest, ContestError, Group, Option
from voting.methods import _budget

Integers = NDArray[np.int64]

POINTS_LIMIT = 2**31
"""Points of one ballot for one option; larger ones could overflow the sums of numpy."""


@dataclass(frozen=True)
class Electorate:
    """The voters of one purse and the options that compete for it.

    ``options``  that may be funded, in the order that settles ties
    ``unit``     by option: what one point (one approval) is worth, the cost or 1
    ``voters``   ballots by group of equal ballots, shape (groups,)
    ``members``  by option: the groups that support it, ordered by rank
    ``points``   by option: what each member gives it; None where all give 1
    ``ranks``    by option: the member's rank of it, from 0; None where ballots have no ranks
    ``rivals``   by option: the numbers of those it shuts out
    ``ballots``  voters who support any option of the purse, also one that cannot be funded:
                 the money is shared among them
    """

    budget: int
    ballots: int
    options: tuple[Option, ...]
    unit: tuple[int, ...]
    voters: Integers
    members: tuple[Integers, ...]
    points: tuple[Integers | None, ...]
    ranks: tuple[Integers | None, ...]
    rivals: tuple[tuple[int, ...], ...]

    @property
    def rank_count(self) -> int:
        """Ranks used on any ballot, 1 where ballots have no ranks."""
        deepest = [int(ranks[-1]) for ranks in self.ranks if ranks is not None and len(ranks)]
        return max(deepest, default=0) + 1


def electorate(
    contest: Contest,
    area: str,
    candidates: Sequence[Option],
    groups: Mapping[Content, int],
    exclusive: Mapping[str, Sequence[Group]],
    utility: str,
) -> Electorate:
    """Cut a contest down to one purse. ``candidates`` in the order that settles ties."""
    number_of = {option.id: number for number, option in enumerate(candidates)}
    in_area = {option.id for option in contest.options if option.area == area}
    ranked = contest.kind == "ranked"
    cut: dict[tuple[object, ...], int] = {}
    ballots = 0
    for content, count in groups.items():
        kept: tuple[object, ...]
        if isinstance(content, Points):
            kept = tuple((number_of[o], n) for o, n in content.points if o in number_of)
        else:
            kept = tuple(number_of[o] for o in content.options if o in number_of)
        if kept or any(option in in_area for option in content.options):
            ballots += count
        if kept:
            key = kept if ranked else tuple(sorted(kept))  # type: ignore[type-var]
            cut[key] = cut.get(key, 0) + count

    members: list[list[int]] = [[] for _ in candidates]
    points: list[list[int]] = [[] for _ in candidates]
    ranks: list[list[int]] = [[] for _ in candidates]
    for group, key in enumerate(cut):
        for rank, entry in enumerate(key):
            if isinstance(entry, tuple):
                entry, given = entry
                if given >= POINTS_LIMIT:
                    raise ContestError("contest.points_limit", points=given)
                points[entry].append(given)
            assert isinstance(entry, int)
            members[entry].append(group)
            if ranked:
                ranks[entry].append(rank)
    member_arrays = [np.array(groups_of_one, dtype=np.int64) for groups_of_one in members]
    rank_arrays: list[Integers | None] = [None] * len(candidates)
    if ranked:
        for option, of_option in enumerate(ranks):
            by_rank = np.array(of_option, dtype=np.int64)
            order = np.argsort(by_rank, kind="stable")
            member_arrays[option] = member_arrays[option][order]
            rank_arrays[option] = by_rank[order]
    has_points = contest.kind == "points"
    return Electorate(
        budget=contest.purse(area),
        ballots=ballots,
        options=tuple(candidates),
        unit=tuple(option.cost if utility == "cost" else 1 for option in candidates),
        voters=np.array(list(cut.values()), dtype=np.int64),
        members=tuple(member_arrays),
        points=tuple(np.array(p, dtype=np.int64) if has_points else None for p in points),
        ranks=tuple(rank_arrays),
        rivals=tuple(
            tuple(
                sorted(
                    {
                        number_of[rival]
                        for group in exclusive[option.id]
                        for rival in group.options
                        if rival in number_of and rival != option.id
                    }
                )
            )
            for option in candidates
        ),
    )


def candidates_of(
    contest: Contest,
    area: str,
    support: Mapping[str, int],
    needed: int,
    lot_order: Sequence[str],
) -> list[Option]:
    """The area's options that could be funded at all, in the order that settles ties."""
    purse = contest.purse(area)
    inside = [
        option
        for option in contest.options
        if option.area == area
        and _budget.refused_at_once(option, support[option.id], needed, purse) is None
    ]
    return _budget.by_support(inside, support, lot_order)
