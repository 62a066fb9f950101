"""Who supports what, as arrays for the fast engine, and the price that they need to pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voting.methods._electorate import Electorate, Integers

Floats = NDArray[np.float64]

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Backing:
    """The supporters of one option at one rank, as arrays over their groups."""

    members: Integers
    voters: Floats
    points: Integers | None
    weights: Floats
    weight: float


class Tables:
    """What every run over the same electorate shares, whatever the share of the money."""

    def __init__(self, electorate: Electorate) -> None:
        self.electorate = electorate
        self.worth = [unit or 1 for unit in electorate.unit]
        ranks = range(electorate.rank_count)
        numbers = range(len(electorate.options))
        self._backings = [[self._backing(option, rank) for option in numbers] for rank in ranks]
        self._bounds = [self._start_bounds(rank) for rank in ranks]

    def backing(self, option: int, rank: int) -> Backing:
        """Those who support the option at this rank (from 0) or a better one."""
        return self._backings[rank][option]

    def start_bounds(self, rank: int) -> Floats:
        """Prices for their worth if everybody could pay: no run can be below these."""
        return self._bounds[rank].copy()

    def _backing(self, option: int, rank: int) -> Backing:
        electorate = self.electorate
        ranks = electorate.ranks[option]
        members = electorate.members[option]
        if ranks is not None:
            members = members[: int(np.searchsorted(ranks, rank, "right"))]
        points = electorate.points[option]
        voters = electorate.voters[members].astype(np.float64)
        weights = voters if points is None else voters * points
        return Backing(members, voters, points, weights, float(weights.sum()))

    def _start_bounds(self, rank: int) -> Floats:
        bounds = np.full(len(self.worth), np.inf)
        for option, backing in enumerate(self._backings[rank]):
            if backing.weight:
                cost = self.electorate.options[option].cost
                bounds[option] = cost / backing.weight / self.worth[option] * (1 - 8 * EPSILON)
        return bounds


def price_level(
    cost: int, money: Floats, backing: Backing
) -> tuple[float, float, float, float] | None:
    """The price a point at which the supporters' payments add up to the cost.

    Returns the price, the weight of those who pay it in full, the weight and the ballots of
    those who give all they have; None where nobody is left to pay. Newton's method: who cannot
    pay a price cannot pay a higher one, so the price only rises. Weights are whole numbers, so
    that their sums are exact.
    """
    voters, weights = backing.voters, backing.weights
    ratio = money if backing.points is None else money / backing.points
    price = cost / backing.weight
    poor_weight = 0.0
    poor_ballots = 0.0
    while True:
        poor = ratio < price
        weight = float(weights @ poor)
        if weight == poor_weight:
            return price, backing.weight - weight, weight, poor_ballots
        poor_weight = weight
        poor_ballots = weight if weights is voters else float(voters @ poor)
        rich_weight = backing.weight - weight
        if rich_weight == 0:
            return None
        price = (cost - float((voters * money) @ poor)) / rich_weight
