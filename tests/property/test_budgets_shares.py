"""Equal shares on random small contests: both paths equal, nothing overspent, EJR."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting import Approval, Contest, Group, Option, Points, Ranking, Tally, count
from voting.ballots import Content
from voting.contest import WHOLE
from voting.methods import _budget, _shares_plain
from voting.methods._backing import Tables
from voting.methods._electorate import Electorate, candidates_of, electorate
from voting.methods._shares import Buying

NAMES = "abcdef"


@st.composite
def elections(
    draw: st.DrawFn, kinds: tuple[str, ...] = ("approval", "points", "ranked")
) -> tuple[Contest, Counter[Content]]:
    kind = draw(st.sampled_from(kinds))
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    costs = draw(st.lists(st.integers(0, 12), min_size=len(names), max_size=len(names)))
    options = tuple(Option(n, cost=cost) for n, cost in zip(names, costs, strict=True))
    budget = draw(st.integers(0, 30))
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=len(names))
    content: st.SearchStrategy[Content]
    if kind == "approval":
        content = chosen.map(lambda options: Approval(tuple(options)))
    elif kind == "ranked":
        content = chosen.map(lambda options: Ranking(tuple(options)))
    else:
        pairs = st.dictionaries(st.sampled_from(names), st.integers(1, 4))
        content = pairs.map(lambda points: Points(tuple(points.items())))
    ballots = draw(st.lists(content, max_size=9))
    groups = ()
    if len(names) > 2 and draw(st.booleans()):
        groups = (Group("g", frozenset(names[:2])),)
    contest = Contest(
        options,
        kind,
        "equal-shares-ranked" if kind == "ranked" else "equal-shares",
        budgets={WHOLE: budget},
        settings={
            "increment": 1,
            "utility": draw(st.sampled_from(["cost", "cardinality"])),
            "completion": draw(st.sampled_from(["none", "add1", "utility", "add1-utility"])),
            "exhaustive_stop": draw(st.booleans()),
            "integral_start": draw(st.booleans()),
        },
        groups=groups,
    )
    return contest, Counter(ballots)


def voters_of(contest: Contest, groups: Counter[Content]) -> Electorate:
    support = _budget.listings(contest, groups)
    order = [option.id for option in contest.options]
    candidates = candidates_of(contest, WHOLE, support, 1, order)
    exclusive = _budget.groups_of(contest)
    return electorate(
        contest, WHOLE, candidates, groups, exclusive, str(contest.settings["utility"])
    )


@settings(max_examples=200, deadline=None)
@given(elections(), st.fractions(Fraction(1, 7), 12, max_denominator=9))
def test_the_fast_path_buys_the_same_at_the_same_prices(
    election: tuple[Contest, Counter[Content]], share: Fraction
) -> None:
    voters = voters_of(*election)
    buying = Buying(Tables(voters), share)
    buying.run()
    fast = [
        (purchase.option, buying.price_of(number))
        for number, purchase in enumerate(buying.purchases)
    ]
    assert fast == _shares_plain.buy(voters, share)


@settings(max_examples=150, deadline=None)
@given(elections(), st.fractions(Fraction(1, 3), 8, max_denominator=4), st.integers(1, 12))
def test_a_certified_jump_passes_over_nothing_else(
    election: tuple[Contest, Counter[Content]], share: Fraction, steps: int
) -> None:
    tables = Tables(voters_of(*election))
    below = Buying(tables, share)
    bought = below.run()
    above = Buying(tables, share + steps, below=below)
    above.run()
    between = [_shares_plain.buy(tables.electorate, share + part) for part in range(steps + 1)]
    if above.certified:
        assert all([option for option, _ in outcome] == bought for outcome in between)


@pytest.mark.parametrize(("too_little", "bought"), [(0, [0]), (Fraction(1, 10**30), [])])
def test_money_that_is_short_by_less_than_a_float_can_tell(
    too_little: Fraction, bought: list[int]
) -> None:
    contest = Contest(
        (Option("a", cost=10),),
        "approval",
        "equal-shares",
        budgets={WHOLE: 10},
        settings={"utility": "cost"},
    )
    tables = Tables(voters_of(contest, Counter({Approval(("a",)): 3})))
    assert Buying(tables, Fraction(10, 3) - too_little).run() == bought


def test_an_outcome_may_change_and_change_back() -> None:
    """Shares of 23/3 and 25/3 buy the same, 24/3 does not: such a jump must not be certified."""
    costs = {"a": 30, "b": 30, "c": 9, "d": 20, "e": 5, "f": 2}
    contest = Contest(
        tuple(Option(name, cost=cost) for name, cost in costs.items()),
        "approval",
        "equal-shares",
        budgets={WHOLE: 90},
        settings={"utility": "cost"},
    )
    ballots = ("abcdef", "cf", "abcde", "acf", "a", "f", "abdef")
    tables = Tables(voters_of(contest, Counter(Approval(tuple(text)) for text in ballots)))
    low, middle, high = (
        [option for option, _ in _shares_plain.buy(tables.electorate, Fraction(share, 3))]
        for share in (23, 24, 25)
    )
    assert low == high != middle
    below = Buying(tables, Fraction(23, 3))
    below.run()
    above = Buying(tables, Fraction(25, 3), below=below)
    assert above.run() == low
    assert not above.certified


@settings(max_examples=60, deadline=None)
@given(elections(kinds=("approval", "ranked")))
def test_raising_the_share_goes_step_by_step(
    election: tuple[Contest, Counter[Content]],
) -> None:
    contest, groups = election
    contest = replace(contest, settings={"completion": "add1", "increment": 1, "utility": "cost"})
    voters = voters_of(contest, groups)
    if not voters.options:
        return
    share = Fraction(voters.budget, voters.ballots)
    best: list[int] = []
    for _ in range(200):
        bought = [option for option, _ in _shares_plain.buy(voters, share)]
        if sum(voters.options[option].cost for option in bought) > voters.budget:
            break
        best, share = bought, share + 1
        shut_out = {rival for option in bought for rival in voters.rivals[option]}
        if len(shut_out.union(bought)) == len(voters.options):
            break
    tally = count(contest, groups)
    assert tally.allocation is not None
    assert tally.allocation.selected == tuple(voters.options[option].id for option in best)


@settings(max_examples=120, deadline=None)
@given(elections())
def test_the_budget_holds_and_every_option_has_its_reason(
    election: tuple[Contest, Counter[Content]],
) -> None:
    contest, groups = election
    tally = count(contest, groups)
    allocation = tally.allocation
    assert allocation is not None
    cost = sum(contest.by_id[option].cost for option in allocation.selected)
    assert cost == allocation.cost <= contest.purse(WHOLE)
    assert allocation.left[WHOLE] == contest.purse(WHOLE) - cost
    assert set(tally.why) == set(contest.by_id) == {step.option for step in allocation.steps}
    funded = {option for option, why in tally.why.items() if why.code.startswith("funded")}
    assert funded == set(allocation.selected)
    assert all(sum(o in group.options for o in funded) <= 1 for group in contest.groups)
    for option in allocation.selected:
        assert allocation.support[option] > 0


@settings(max_examples=100, deadline=None)
@given(elections(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_options_does_not_matter(
    election: tuple[Contest, Counter[Content]], chance: object
) -> None:
    contest, groups = election
    ballots = list(groups.elements())
    chance.shuffle(ballots)  # type: ignore[attr-defined]
    options = list(contest.options)
    chance.shuffle(options)  # type: ignore[attr-defined]
    lot_order = [option.id for option in contest.options]
    shuffled = Contest(
        tuple(options),
        contest.kind,
        contest.method,
        budgets=contest.budgets,
        settings=contest.settings,
        groups=contest.groups,
    )
    first, second = count(contest, groups, lot_order), count(shuffled, ballots, lot_order)
    assert first.allocation == second.allocation
    assert first.why == second.why
    assert first.ties == second.ties


def _worth(tally: Tally, contest: Contest, ballot: Content, by_cost: bool) -> int:
    assert tally.allocation is not None
    funded = [option for option in tally.allocation.selected if option in ballot.options]
    return sum(contest.by_id[option].cost if by_cost else 1 for option in funded)


@settings(max_examples=150, deadline=None)
@given(elections(kinds=("approval",)))
def test_groups_that_agree_get_what_their_share_could_buy(
    election: tuple[Contest, Counter[Content]],
) -> None:
    """EJR up to one project: a group whose share of the money pays for a set of projects that
    all of them approve has a member who gets as much, or would with one project more."""
    contest, groups = election
    contest = Contest(
        contest.options,
        "approval",
        "equal-shares",
        budgets=contest.budgets,
        settings={**contest.settings, "completion": "none", "integral_start": False},
    )
    tally = count(contest, groups)
    ballots = [ballot for ballot in groups.elements() if ballot.options]
    by_cost = contest.settings["utility"] == "cost"
    for size in range(1, len(contest.options) + 1):
        for bundle in combinations(contest.by_id, size):
            cost = sum(contest.by_id[option].cost for option in bundle)
            agreed = [ballot for ballot in ballots if set(bundle) <= set(ballot.options)]
            if not agreed or cost * len(ballots) > contest.purse(WHOLE) * len(agreed):
                continue
            worth = sum(contest.by_id[option].cost if by_cost else 1 for option in bundle)
            assert tally.allocation is not None
            missing = [option for option in bundle if option not in tally.allocation.selected]
            best = max(_worth(tally, contest, ballot, by_cost) for ballot in agreed)
            more = max(
                (contest.by_id[option].cost if by_cost else 1 for option in missing), default=0
            )
            assert best + more >= worth if missing else best >= worth


def test_the_same_input_gives_the_same_bytes() -> None:
    """A thousand counts of the same ballots in ever other orders."""
    chance = random.Random(2)
    options = tuple(
        Option(name, cost=cost) for name, cost in zip("abcde", (9, 7, 7, 4, 3), strict=True)
    )
    papers = [tuple(chance.sample("abcde", chance.randint(1, 4))) for _ in range(12)]
    for method in ("greedy", "equal-shares", "phragmen", "equal-shares-ranked"):
        ranked = method == "equal-shares-ranked"
        settings = {"increment": 1, "completion": "none"}
        contest = Contest(
            options,
            "ranked" if ranked else "approval",
            method,
            budgets={WHOLE: 20},
            settings=settings,
            groups=(Group("g", frozenset("bc")),),
        )
        ballots: list[Content] = [Ranking(p) if ranked else Approval(p) for p in papers]
        texts = set()
        for _ in range(250):
            chance.shuffle(ballots)
            texts.add(json.dumps(count(contest, ballots).to_dict()))
        assert len(texts) == 1
