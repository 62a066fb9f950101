"""Expanding approvals under a budget: cases to follow by hand, and the promise of proportion."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting import Approval, Contest, ContestError, Option, Ranking, Tally, count
from voting.contest import WHOLE


def a_contest(costs: dict[str, int], budget: int, **settings: object) -> Contest:
    options = tuple(Option(name, cost=cost) for name, cost in costs.items())
    return Contest(
        options, "ranked", "expanding-approvals", budgets={WHOLE: budget}, settings=settings
    )


def selected(tally: Tally) -> tuple[str, ...]:
    assert tally.allocation is not None
    return tally.allocation.selected


def test_each_pays_in_proportion_to_what_he_has() -> None:
    contest = a_contest({"a": 30, "b": 55, "c": 20}, 100)
    ballots = {Ranking(("a", "b")): 4, Ranking(("b",)): 4, Ranking(("c",)): 2}
    tally = count(contest, ballots)
    # Ten each. At rank 1 the four have 40 for a (4/3), the two 20 for c (1); b would need 55
    # of 40. At rank 2 b has the 10 that a left and 40.
    assert tally.method == "expanding-approvals/1"
    assert selected(tally) == ("a", "c")
    assert tally.why["a"].parameters["share_paid"] == "0.75"
    assert tally.why["b"].parameters == {
        "votes": 8,
        "cost": 55,
        "supporters_left": 50,
        "short": 5,
        "purse_short": 5,
        "votes_short": 1,
        "lost_to": ("a",),
        "went_to": {"a": 30},
    }
    tally = count(a_contest({"a": 30, "b": 50, "c": 20}, 100), ballots)
    assert selected(tally) == ("a", "c", "b")
    assert tally.why["b"].parameters["rank"] == 2


def test_a_share_that_is_no_whole_number_is_not_lost() -> None:
    tally = count(a_contest({"a": 100}, 100), {Ranking(("a",)): 3})
    assert selected(tally) == ("a",)
    costs = dict.fromkeys("abcdefg", 10)
    tally = count(a_contest(costs, 70), {Ranking(tuple("abcdefg")): 3})
    assert selected(tally) == tuple("abcdefg")


def test_completion_and_edges() -> None:
    ballots = {Ranking(("a",)): 5, Ranking(("b",)): 4, Ranking(): 1}
    assert selected(count(a_contest({"a": 50, "b": 49}, 90), ballots)) == ("a",)
    tally = count(a_contest({"a": 50, "b": 40}, 89), ballots)
    assert selected(tally) == ()
    tally = count(a_contest({"a": 50, "b": 40}, 89, completion="utility"), ballots)
    assert selected(tally) == ("a",)
    assert tally.why["a"].code == "funded_by_votes"
    assert selected(count(a_contest({"a": 0, "b": 1}, 0), ballots)) == ("a",)
    assert selected(count(a_contest({"a": 1}, 10), [])) == ()
    with pytest.raises(ContestError, match=r"contest\.kind"):
        count(Contest((Option("a"),), "approval", "expanding-approvals"), [Approval(("a",))])


def test_sums_beyond_64_bits() -> None:
    huge = 10**15
    ballots = {Ranking(("a", "b")): 3 * 10**6, Ranking(("b",)): 10**6}
    tally = count(a_contest({"a": 2 * huge, "b": 2 * huge}, 4 * huge), ballots)
    assert selected(tally) == ("a", "b")


@st.composite
def elections(draw: st.DrawFn) -> tuple[Contest, Counter[Ranking]]:
    names = "abcde"[: draw(st.integers(1, 5))]
    costs = {name: draw(st.integers(1, 12)) for name in names}
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=len(names))
    ballots = draw(st.lists(chosen.map(lambda c: Ranking(tuple(c))), max_size=8))
    return a_contest(costs, draw(st.integers(0, 40))), Counter(ballots)


@settings(max_examples=200, deadline=None)
@given(elections())
def test_solid_groups_get_what_their_share_pays_for(
    election: tuple[Contest, Counter[Ranking]],
) -> None:
    """Inclusion PSC (Aziz and Lee): of voters who put the same projects before all others, with
    a share that pays for a project among them on top of what they have got, none stays out."""
    contest, groups = election
    tally = count(contest, groups)
    assert tally.allocation is not None
    assert tally.allocation.cost <= contest.purse(WHOLE)
    funded = set(tally.allocation.selected)
    voters = sum(number for ballot, number in groups.items() if ballot.options)
    affordable = [o.id for o in contest.options if o.cost <= contest.purse(WHOLE)]
    cut = Counter[Ranking]()
    for ballot, number in groups.items():
        cut[Ranking(tuple(o for o in ballot.options if o in affordable))] += number
    for size in range(1, len(affordable) + 1):
        for bundle in combinations(affordable, size):
            solid = sum(n for b, n in cut.items() if set(b.options[:size]) == set(bundle))
            if not solid:
                continue
            has = sum(contest.by_id[option].cost for option in funded & set(bundle))
            for option in set(bundle) - funded:
                cost = contest.by_id[option].cost
                assert (has + cost) * voters > contest.purse(WHOLE) * solid
