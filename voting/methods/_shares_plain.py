"""Buying with equal shares in fractions throughout: short, slow, and the measure of the other.

Same words and same results as ``_shares``; used by tests and to check a count by hand.
"""

from __future__ import annotations

from fractions import Fraction

from voting.methods._electorate import Electorate


def buy(electorate: Electorate, share: Fraction) -> list[tuple[int, Fraction]]:
    """The options bought, in order, each with its price a point."""
    money = [share] * len(electorate.voters)
    bought: list[tuple[int, Fraction]] = []
    still_open = set(range(len(electorate.options)))
    for rank in range(electorate.rank_count):
        while True:
            bids = []
            for option in sorted(still_open):
                price = _price(electorate, option, rank, money)
                if price is not None:
                    bids.append((price / (electorate.unit[option] or 1), option, price))
            if not bids:
                break
            _, option, price = min(bids)
            for group, points in _supporters(electorate, option, rank):
                money[group] = max(Fraction(0), money[group] - price * points)
            bought.append((option, price))
            still_open -= {option, *electorate.rivals[option]}
    return bought


def _supporters(electorate: Electorate, option: int, rank: int) -> list[tuple[int, int]]:
    """Groups that rank the option so high, with the points each of their voters gives."""
    members = [int(group) for group in electorate.members[option]]
    points, ranks = electorate.points[option], electorate.ranks[option]
    given = [1] * len(members) if points is None else [int(number) for number in points]
    if ranks is None:
        return list(zip(members, given, strict=True))
    return [
        (group, number)
        for group, number, at in zip(members, given, ranks, strict=True)
        if at <= rank
    ]


def _price(
    electorate: Electorate, option: int, rank: int, money: list[Fraction]
) -> Fraction | None:
    """The price a point at which the supporters' payments add up to the cost, if they can."""
    rest = Fraction(electorate.options[option].cost)
    supporters = sorted(
        (money[group] / points, int(electorate.voters[group]), points)
        for group, points in _supporters(electorate, option, rank)
    )
    weight = sum(voters * points for _, voters, points in supporters)
    if weight == 0:
        return None
    for most, voters, points in supporters:
        if most * weight >= rest:
            return rest / weight
        rest -= most * voters * points
        weight -= voters * points
    return None
