"""Buying with equal shares: the fast engine, where floats filter and exact numbers decide.

Every voter starts with the same share of the money. An option is bought by its supporters,
each paying the same price a point, or all they have left where that is less. The next bought
is the one with the lowest price for its worth; where ballots have ranks, first among the
options that are affordable by those who rank them first, then first or second, and so on.

Floats alone would settle near-ties by rounding errors. Here every float carries a bound on its
error; a decision whose bounds overlap is made again in fractions. What a voter has left is his
share less the prices of what he helped to buy, so the exact money of many voters is a sum over
the few prices with whole-number factors, and the exact path stays cheap.
The plain path (``_shares_plain``) does the same in fractions throughout; tests compare them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from voting.methods._backing import EPSILON, Floats, Tables, price_level
from voting.methods._electorate import Integers

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bid:
    """The price a point at which an option can be bought now, between ``low`` and ``high``
    when divided by the option's worth."""

    option: int
    price: float
    low: float
    high: float


@dataclass(slots=True)
class Purchase:
    """A bought option, with what the exact arithmetic needs to know of it.

    ``members``   groups that helped to pay; ``weights`` their ballots times points
    ``spent_up``  of these: the groups that gave all they had left
    ``price``     a point, exact; None until somebody asks
    """

    option: int
    rank: int
    members: Integers
    weights: Integers
    spent_up: Integers
    price: Fraction | None = None


class Buying:
    """One run with a given share.

    ``purchases``  what was bought, in order
    ``ties``       where prices were exactly equal: the number of the purchase, the options
    ``certified``  with a ``below``, a run with a smaller share: proved that every share between
                   the two buys the same in the same order

    The proof: while two runs buy the same, whoever has the larger share has more left after each
    purchase and every price is lower or equal. So between the two shares the bought option's
    price is at most that with the smaller share, and every other's is at least that with the
    larger one. Where these do not overlap (or meet in a tie that the bought option wins), the
    choice is the same; what cannot be paid for with the larger share cannot with a smaller one.
    """

    def __init__(self, tables: Tables, share: Fraction, below: Buying | None = None) -> None:
        self.electorate = tables.electorate
        self.tables = tables
        self.share = share
        self.certified = below is not None
        self._below = below
        self._highs: list[float] = []
        self.purchases: list[Purchase] = []
        self.ties: list[tuple[int, list[int]]] = []
        groups = len(self.electorate.voters)
        self._rank = 0
        self._money: Floats = np.full(groups, float(share))
        self._error: Floats = np.full(groups, float(share) * EPSILON)
        self._worst_error = float(share) * EPSILON
        self._broke: Flags = np.zeros(groups, dtype=bool)

    def run(self, certified_only: bool = False) -> list[int]:
        """Buy until nobody can afford anything; the options bought, in order.

        ``certified_only`` gives up as soon as ``certified`` is lost.
        """
        electorate = self.electorate
        decided: set[int] = set()
        for rank in range(electorate.rank_count):
            self._rank = rank
            bounds = self.tables.start_bounds(rank)
            bounds[list(decided)] = np.inf
            while (bid := self._cheapest(bounds)) is not None:
                if certified_only and not self.certified:
                    return []
                self._buy(bid)
                decided |= {bid.option, *electorate.rivals[bid.option]}
                bounds[list(decided)] = np.inf
        self._below = None
        return [purchase.option for purchase in self.purchases]

    def _cheapest(self, bounds: Floats) -> Bid | None:
        """The affordable option with the lowest price for its worth; changes ``bounds``.

        Money only shrinks, so a price of before is a lower bound now: options are looked at in
        the order of their bounds until no other can be cheaper.
        """
        waiting = bounds.copy()
        bids: list[Bid] = []
        best_high = np.inf
        at_least = self._high_below()
        while waiting.size:
            option = int(waiting.argmin())
            if waiting[option] > max(best_high, at_least) or waiting[option] == np.inf:
                break
            waiting[option] = np.inf
            bid = self._bid(option)
            if bid is None:
                bounds[option] = np.inf
                continue
            bounds[option] = bid.low
            best_high = min(best_high, bid.high)
            bids.append(bid)
        close = [bid for bid in bids if bid.low <= best_high]
        if not close:
            return None
        chosen = close[0] if len(close) == 1 else self._least(close)
        if self.certified:
            self._check(chosen, bids)
        return chosen

    def _least(self, close: list[Bid]) -> Bid:
        """Decide between prices that floats cannot tell apart; note exact equals."""
        exact = {
            bid.option: self.exact_price(bid.option) / self.tables.worth[bid.option]
            for bid in close
        }
        least = min(exact.values())
        equal = sorted(option for option, price in exact.items() if price == least)
        if len(equal) > 1:
            self.ties.append((len(self.purchases), equal))
        return next(bid for bid in close if bid.option == equal[0])

    def _high_below(self) -> float:
        """The bound on the price of the run below, up to which all prices must be known."""
        step = len(self.purchases)
        if not self.certified or self._below is None or step >= len(self._below.purchases):
            return 0.0
        return self._below._highs[step]

    def _check(self, chosen: Bid, bids: list[Bid]) -> None:
        """Whether every share down to the run below's chooses the same here."""
        step, below = len(self.purchases), self._below
        self.certified = False
        if below is None or step >= len(below.purchases):
            return
        purchase = below.purchases[step]
        if (purchase.option, purchase.rank) != (chosen.option, self._rank):
            return
        for bid in bids:
            if bid.option != chosen.option and bid.low <= below._highs[step]:
                price = self.exact_price(bid.option) / self.tables.worth[bid.option]
                most = below.price_of(step) / self.tables.worth[chosen.option]
                if (price, bid.option) <= (most, chosen.option):
                    return
        self.certified = True

    def _bid(self, option: int) -> Bid | None:
        """What an option needs now; None where its supporters cannot pay for it."""
        cost = self.electorate.options[option].cost
        if cost == 0:
            return Bid(option, 0.0, 0.0, 0.0)
        backing = self.tables.backing(option, self._rank)
        money = self._money[backing.members]
        rough = (len(money) + 4) * EPSILON
        level = price_level(cost, money, backing)
        if level is None:
            total = float(backing.voters @ money)
            ballots = float(backing.voters.sum())
            if total < cost - ballots * self._worst_error - rough * (total + cost):
                return None
            return self._exact_bid(option)
        price, rich_weight, poor_weight, poor = level
        doubt = (poor * self._worst_error + 2 * rough * cost) / rich_weight + 4 * EPSILON * price
        # The bound holds while everybody who pays the full price does so all over its width.
        margin = price + 2 * doubt + self._worst_error
        ratio = money if backing.points is None else money / backing.points
        if float(backing.weights @ (ratio <= margin)) != poor_weight:
            return self._exact_bid(option)
        worth = self.tables.worth[option]
        return Bid(option, price, (price - doubt) / worth, (price + doubt) / worth)

    def _exact_bid(self, option: int) -> Bid | None:
        """The same by fractions, where floats cannot tell."""
        members = self.tables.backing(option, self._rank).members
        if self.money_of(members) < self.electorate.options[option].cost:
            return None
        price = float(self.exact_price(option))
        doubt = 4 * EPSILON * price
        worth = self.tables.worth[option]
        return Bid(option, price, (price - doubt) / worth, (price + doubt) / worth)

    def _buy(self, bid: Bid) -> None:
        option, price = bid.option, bid.price
        self._highs.append(bid.high)
        cost = self.electorate.options[option].cost
        members, given = self._paying(option)
        voters = self.electorate.voters[members]
        weights = voters if given is None else voters * given
        purchase = Purchase(option, self._rank, members, weights, members[:0])
        self.purchases.append(purchase)
        if cost == 0:
            purchase.price = Fraction(0)
            return
        money, error = self._money[members], self._error[members]
        asked = price if given is None else price * given
        left = money - asked
        poor = left < 0
        rich_weight = int(weights.sum()) - int(weights @ poor)
        owed = float((voters * error) @ poor)
        rough = 2 * (len(members) + 4) * EPSILON * cost
        wrong = (owed + rough) / rich_weight + 4 * EPSILON * price if rich_weight else np.inf
        margin = 2 * wrong + EPSILON * price
        unsure = np.abs(left) <= error + (margin if given is None else margin * given)
        if unsure.any():
            self.purchases.pop()
            exact = self.exact_price(option)
            purchase.price = exact
            price, wrong = float(exact), 2 * EPSILON * float(exact)
            left = money - (price if given is None else price * given)
            poor = left < 0
            for place in np.flatnonzero(unsure):
                points = 1 if given is None else int(given[place])
                poor[place] = self._balance(int(members[place])) <= exact * points
            self.purchases.append(purchase)
        error += 2 * EPSILON * float(self.share) + (wrong if given is None else wrong * given)
        left[poor] = 0.0
        error[poor] = 0.0
        self._money[members] = left
        self._error[members] = error
        self._worst_error = max(self._worst_error, float(error.max()))
        purchase.spent_up = members[poor]
        self._broke[purchase.spent_up] = True

    def _paying(self, option: int) -> tuple[Integers, Integers | None]:
        """Supporters with money left, and the points that each gives (None: one each)."""
        backing = self.tables.backing(option, self._rank)
        alive = ~self._broke[backing.members]
        points = backing.points
        return backing.members[alive], None if points is None else points[alive]

    # The exact path: fractions, from the prices paid so far.

    def exact_price(self, option: int) -> Fraction:
        """The price a point that an affordable option needs now.

        Newton's method: with a guess of who gives all he has, the price follows; with the
        price, who gives all. The sum paid is concave in the price, so from the second step on
        the price only rises, and it ends at the solution after finitely many steps.
        """
        cost = self.electorate.options[option].cost
        members, points = self._paying(option)
        given = np.ones(len(members), dtype=np.int64) if points is None else points
        weights = self.electorate.voters[members] * given
        poor = np.zeros(len(members), dtype=bool)
        while True:
            rich_weight = int(weights[~poor].sum())
            price = (cost - self.money_of(members[poor])) / rich_weight
            now_poor = self._poorer_than(price, members, given)
            if now_poor.all():
                now_poor = self._poorer_than(self._highest(members, given), members, given)
            if (now_poor == poor).all():
                return price
            poor = now_poor

    def _poorer_than(self, price: Fraction, members: Integers, given: Integers) -> Flags:
        """Who has less than the price of his points; decided exactly where floats cannot."""
        money = self._money[members]
        level = float(price) * given
        poor: Flags = money < level
        unsure = np.abs(money - level) <= self._error[members] + 4 * EPSILON * level
        for place in np.flatnonzero(unsure):
            poor[place] = self._balance(int(members[place])) < price * int(given[place])
        return poor

    def _highest(self, members: Integers, given: Integers, before: int | None = None) -> Fraction:
        """The most that any of these has for each of his points."""
        return max(
            self._balance(int(group), before) / int(points)
            for group, points in zip(members, given, strict=True)
        )

    def price_of(self, number: int) -> Fraction:
        """The exact price a point at which a purchase was made."""
        purchase = self.purchases[number]
        if purchase.price is None:
            poor = np.isin(purchase.members, purchase.spent_up)
            rich_weight = int(purchase.weights[~poor].sum())
            if rich_weight:
                cost = self.electorate.options[purchase.option].cost
                given_up = self.money_of(purchase.spent_up, number)
                purchase.price = (cost - given_up) / rich_weight
            else:
                given = purchase.weights // self.electorate.voters[purchase.members]
                purchase.price = self._highest(purchase.members, given, number)
        return purchase.price

    def money_of(self, groups: Integers, before: int | None = None) -> Fraction:
        """What all voters of these groups had left before a purchase; the default is now.

        Those who gave all they had have nothing. Everybody else paid the full price of each
        purchase that he took part in.
        """
        number = len(self.purchases) if before is None else before
        inside = np.zeros(len(self.electorate.voters), dtype=bool)
        inside[groups] = True
        if before is None:
            inside &= ~self._broke
        else:
            for purchase in self.purchases[:before]:
                inside[purchase.spent_up] = False
        money = self.share * int(self.electorate.voters[inside].sum())
        for place, purchase in enumerate(self.purchases[:number]):
            paid = int(purchase.weights[inside[purchase.members]].sum())
            if paid:
                money -= paid * self.price_of(place)
        return money

    def _balance(self, group: int, before: int | None = None) -> Fraction:
        """What one voter of a group had left."""
        money = self.money_of(np.array([group], dtype=np.int64), before)
        return money / int(self.electorate.voters[group])
