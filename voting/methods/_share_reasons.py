"""Why an option was bought with equal shares or not: whose money paid, whose was gone, where to.

Prices are exact. What supporters spent on each other option is told in whole minor units; it
is added up from integers (millionths of a minor unit, rounded down), so that the figures are
the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil, floor

import numpy as np

from voting.methods._electorate import Electorate, Integers
from voting.methods._shares import Buying
from voting.tally import Step, Tie, Why

FINENESS = 10**6
"""Parts of a minor unit in which payments are added up, fewer for very large sums."""

PLACES = 4


def decimal(number: Fraction, places: int = PLACES) -> str:
    """A fraction to read, rounded half up, without needless zeros: "12.3457"."""
    scaled = floor(number * 10**places + Fraction(1, 2))
    whole, rest = divmod(scaled, 10**places)
    text = f"{whole}.{rest:0{places}d}"
    return text.rstrip("0").rstrip(".")


class Reasons:
    """The story of one finished run."""

    def __init__(self, voters: Electorate, buying: Buying, support: Mapping[str, int]) -> None:
        self.voters = voters
        self.buying = buying
        self.support = support
        self.prices = [buying.price_of(number) for number in range(len(buying.purchases))]
        self._fineness = min(FINENESS, max(1, 2**60 // ceil(buying.share * voters.ballots + 1)))
        self._payments = list(self._all_payments())

    def _all_payments(self) -> Iterator[Integers]:
        """By purchase: what each of its members paid a ballot, in the fine unit."""
        groups = len(self.voters.voters)
        left = np.full(groups, floor(self.buying.share * self._fineness), dtype=np.int64)
        for purchase, price in zip(self.buying.purchases, self.prices, strict=True):
            points = purchase.weights // self.voters.voters[purchase.members]
            full = floor(price * self._fineness) * points
            paid = np.minimum(left[purchase.members], full)
            is_poor = np.isin(purchase.members, purchase.spent_up)
            paid[is_poor] = left[purchase.members][is_poor]
            left[purchase.members] -= paid
            yield paid

    def steps(self, completed: Iterable[int], completion: str) -> Iterator[Step]:
        """The purchases, then what the money left over was given to, then the others."""
        left = self.voters.budget
        funded: list[int] = []
        for number, purchase in enumerate(self.buying.purchases):
            option = self.voters.options[purchase.option]
            left -= option.cost
            funded.append(purchase.option)
            yield Step(option.id, True, self._bought(number, left), left, self._details(number))
        for place in completed:
            option = self.voters.options[place]
            left -= option.cost
            funded.append(place)
            why = Why(
                "funded_by_votes",
                {"votes": self.support[option.id], "cost": option.cost, "money_left": left},
            )
            yield Step(option.id, True, why, left)
        for place, option in enumerate(self.voters.options):
            if place in funded:
                continue
            rival = next((other for other in funded if place in self.voters.rivals[other]), None)
            if rival is None:
                yield Step(option.id, False, self._not_bought(place, left), left)
            else:
                by = self.voters.options[rival].id
                votes = self.support[option.id]
                why = Why("group_taken", {"by": by, "votes": votes, "cost": option.cost})
                yield Step(option.id, False, why, left)

    def _bought(self, number: int, left: int) -> Why:
        purchase = self.buying.purchases[number]
        option = self.voters.options[purchase.option]
        voters = self.voters.voters
        poor = int(voters[purchase.spent_up].sum())
        parameters: dict[str, object] = {
            "votes": self.support[option.id],
            "cost": option.cost,
            "money_left": left,
            "price": decimal(self.prices[number]),
            "paid_price": int(voters[purchase.members].sum()) - poor,
            "paid_all_they_had": poor,
        }
        if self.voters.ranks[purchase.option] is not None:
            parameters["rank"] = purchase.rank + 1
        return Why("funded", parameters)

    def _details(self, number: int) -> dict[str, object]:
        price = self.prices[number]
        unit = self.voters.unit[self.buying.purchases[number].option] or 1
        return {
            "price": decimal(price),
            "price_for_worth": decimal(price / unit, 12),
            "shares_total": decimal(self.buying.share * self.voters.ballots),
        }

    def _not_bought(self, place: int, left: int) -> Why:
        """Short of money: what its supporters had left and where the rest had gone."""
        option = self.voters.options[place]
        members = self.voters.members[place]
        money = self.buying.money_of(members)
        short = option.cost - money
        inside = np.zeros(len(self.voters.voters), dtype=bool)
        inside[members] = True
        went_to: dict[str, int] = {}
        for purchase, paid in zip(self.buying.purchases, self._payments, strict=True):
            mine = inside[purchase.members]
            spent = int((paid[mine] * self.voters.voters[purchase.members[mine]]).sum())
            amount = (spent + self._fineness // 2) // self._fineness
            if amount:
                went_to[self.voters.options[purchase.option].id] = amount
        by_amount = sorted(went_to, key=lambda other: -went_to[other])
        return Why(
            "no_money",
            {
                "votes": self.support[option.id],
                "cost": option.cost,
                "supporters_left": floor(money),
                "short": ceil(short),
                "purse_short": max(0, option.cost - left),
                # With a start in whole numbers a share can be nothing: no number would help.
                "votes_short": ceil(short / self.buying.share) if self.buying.share else None,
                "lost_to": tuple(by_amount),
                "went_to": {other: went_to[other] for other in by_amount},
            },
        )

    def ties(self, completed: set[int]) -> list[Tie]:
        """Exactly equal prices where one of the equals was not funded in the end."""
        funded = {purchase.option for purchase in self.buying.purchases} | completed
        found = []
        for number, equal in self.buying.ties:
            if funded.issuperset(equal):
                continue
            options = [self.voters.options[place] for place in equal]
            first, second = options[0], options[1]
            settled_by = "lot"
            if self.support[first.id] != self.support[second.id]:
                settled_by = "votes"
            elif first.cost != second.cost:
                settled_by = "cost"
            ids = tuple(option.id for option in options)
            found.append(Tie(ids, number + 1, settled_by, first.id))
        return found
