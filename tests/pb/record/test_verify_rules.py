"""Two programs, one result: what verify.py counts is what the counting library counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.processes.forms import METHODS
from pb.processes.values import RULES
from pb.record import verify
from tests.support.bundle import content_json, manifest_of
from voting import Contest, Group, Option, count
from voting.ballots import Approval, Content, Knapsack, Points, Ranking
from voting.formats import read

DATA = Path(__file__).parent.parent.parent.parent.parent / "shared/data"
IDS = tuple("abcdefg")


def same_by_both(contest: Contest, groups: Mapping[Content, int]) -> dict[str, Any]:
    """Count by both; the outcome, or an AssertionError that names the difference."""
    manifest = manifest_of(contest)
    ours = count(contest, groups, manifest["lot_order"]).to_dict()
    theirs = verify.Contest(manifest)
    ballots: Counter[Any] = Counter()
    for content, number in groups.items():
        if number:
            ballots[theirs.ballot(content_json(content))] += number
    mine = verify.recount(theirs, ballots)
    tally = dict(ours)
    if "steps" in tally:
        tally["steps"] = [[step["option"], step["money_left"]] for step in tally["steps"]
                          if step["funded"]]
    try:
        verify.compare(mine, tally, "result")
    except verify.Wrong as error:
        raise AssertionError(str(error)) from error
    return mine


@st.composite
def options(draw: st.DrawFn) -> tuple[Option, ...]:
    number = draw(st.integers(1, len(IDS)))
    costs = st.sampled_from([0, 1, 5, 10, 10, 20, 30, 33, 50, 97])
    return tuple(Option(one, cost=draw(costs), area=draw(st.sampled_from(["", "", "n"])))
                 for one in IDS[:number])


def groups_in(draw: st.DrawFn, inside: tuple[Option, ...]) -> tuple[Group, ...]:
    """At most one group of options that exclude each other, within one purse."""
    town = [one.id for one in inside if one.area == ""]
    if len(town) < 2 or not draw(st.booleans()):
        return ()
    chosen = draw(st.lists(st.sampled_from(town), min_size=2, max_size=3, unique=True))
    return (Group("g", frozenset(chosen)),)


def ballots(draw: st.DrawFn, kind: str, ids: tuple[str, ...]) -> Counter[Content]:
    some = st.lists(st.sampled_from(ids), max_size=min(4, len(ids)), unique=True)
    found: Counter[Content] = Counter()
    for _ in range(draw(st.integers(0, 12))):
        chosen = tuple(draw(some))
        content: Content = {
            "ranked": Ranking, "approval": Approval, "knapsack": Knapsack,
        }.get(kind, Approval)(chosen)
        if kind == "points":
            points = st.integers(1, 7)
            content = Points(tuple((option, draw(points)) for option in chosen))
        found[content] += draw(st.sampled_from([1, 1, 2, 3, 5, 17]))
    return found


@st.composite
def budgets_and_ballots(draw: st.DrawFn, method: str) -> tuple[Contest, Counter[Content]]:
    kind = "ranked" if method == "equal-shares-ranked" else draw(
        st.sampled_from(["approval", "knapsack", "points"]))
    inside = draw(options())
    money = 10_000 if kind == "knapsack" else draw(st.sampled_from([0, 20, 60, 100, 150]))
    given_settings: dict[str, object] = {"threshold": draw(st.sampled_from([0, 0, 2, 6]))}
    if method == "greedy":
        given_settings["skip"] = draw(st.booleans())
        given_settings["part_funding_percent"] = draw(st.sampled_from([0, 0, 50]))
    else:
        given_settings |= {
            "completion": draw(st.sampled_from(["add1", "none", "utility", "add1-utility"])),
            "increment": draw(st.sampled_from([1, 3, 100])),
            "utility": draw(st.sampled_from(["cost", "cardinality"])),
            "integral_start": draw(st.booleans()), "exhaustive_stop": draw(st.booleans()),
        }
    contest = Contest(
        inside, kind, method, budgets={"": money, "n": draw(st.sampled_from([0, 50, 10_000]))},
        settings=given_settings, groups=groups_in(draw, inside),
        min_support=draw(st.sampled_from([0, 0, 3])),
    )
    votes = ballots(draw, kind, tuple(one.id for one in inside))
    if kind == "knapsack":  # within the purse, as a ballot that may be cast is
        votes = Counter({one: n for one, n in votes.items() if _affordable(contest, one)})
    return contest, votes


def _affordable(contest: Contest, content: Content) -> bool:
    spent: Counter[str] = Counter()
    for option in content.options:
        spent[contest.by_id[option].area] += contest.by_id[option].cost
    return all(spent[area] <= contest.purse(area) for area in spent)


@pytest.mark.parametrize("method", ["greedy", "equal-shares", "equal-shares-ranked"])
def test_budgets_are_counted_alike(method: str) -> None:
    @settings(max_examples=250, deadline=None)
    @given(budgets_and_ballots(method))
    def alike(drawn: tuple[Contest, Counter[Content]]) -> None:
        same_by_both(*drawn)

    alike()


@pytest.mark.parametrize("method", ["scottish-stv", "irv"])
def test_ranked_choice_is_counted_alike(method: str) -> None:
    @settings(max_examples=250, deadline=None)
    @given(st.data())
    def alike(data: st.DataObject) -> None:
        draw: Any = data.draw
        ids = IDS[: draw(st.integers(1, 7))]
        seats = draw(st.integers(0, 1 if method == "irv" else 4))
        contest = Contest(tuple(map(Option, ids)), "ranked", method, seats=seats)
        same_by_both(contest, ballots(draw, "ranked", ids))

    alike()


def test_every_rule_that_the_office_offers_is_counted_again() -> None:
    offered = {(kind, method) for kind, methods in RULES.items() for method in methods}
    assert {method for _, method in offered} == {name for name, _ in METHODS}
    for kind, method in offered:
        contest = Contest((Option("a", cost=5), Option("b", cost=7)), kind, method,
                          seats=1, budgets={"": 10}, max_points=9)
        content: Content = {"ranked": Ranking(("b", "a")), "approval": Approval(("b",)),
                            "knapsack": Knapsack(("b",)), "points": Points((("b", 4),))}[kind]
        outcome = same_by_both(contest, {content: 3})
        assert (outcome.get("selected") or outcome["elected"]) == ["b"]


def test_one_vote_in_a_thousand_million_million_decides() -> None:
    """Two prices that are equal to every float: fractions tell them apart."""
    many = 10**15
    contest = Contest(
        (Option("a", cost=many), Option("b", cost=many), Option("c", cost=1)),
        "points", "equal-shares", budgets={"": 4 * many}, settings={"completion": "none"},
    )
    voters: dict[Content, int] = {
        Points((("a", 2), ("b", 1), ("c", 1))): many, Points((("b", 1),)): many - 1,
    }
    assert same_by_both(contest, voters)["selected"][:1] == ["a"]
    voters[Points((("b", 1),))] = many + 1
    assert same_by_both(contest, voters)["selected"][:1] == ["b"]


def test_the_shares_rise_until_the_money_is_just_spent() -> None:
    contest = Contest((Option("a", cost=15), Option("b", cost=5)), "approval", "equal-shares",
                      budgets={"": 20}, settings={"increment": 5})
    votes: dict[Content, int] = {Approval(("a",)): 1, Approval(("b",)): 1}
    assert same_by_both(contest, votes)["selected"] == ["b", "a"]


def test_shares_that_are_passed_over_buy_the_same() -> None:
    """What ``run`` calls the same as below is so for every share between, tried one by one."""
    jumps = Counter[bool]()

    @settings(max_examples=400, deadline=None)
    @given(budgets_and_ballots("equal-shares"), st.integers(1, 12), st.integers(2, 9))
    def same(drawn: tuple[Contest, Counter[Content]], share: int, width: int) -> None:
        contest, votes = drawn
        theirs = verify.Contest(manifest_of(contest))
        ballots_: Counter[Any] = Counter()
        for content, number in votes.items():
            if content.options:
                ballots_[theirs.ballot(content_json(content))] += number
        names = [one for one in theirs.ids if theirs.area[one] == ""
                 and any(one in dict(ballot) for ballot in ballots_)]
        if not names:
            return
        purse = verify.Purse(theirs, "", ballots_, names)
        below = purse.run(Fraction(share))[0]
        above, is_same = purse.run(Fraction(share + width), below)
        jumps[is_same] += 1
        if is_same:
            order = [bid[1:] for bid in below]
            for between in range(share * 4, (share + width) * 4 + 1):
                bids = purse.run(Fraction(between, 4))[0]
                assert [bid[1:] for bid in bids] == order == [bid[1:] for bid in above]

    same()
    assert jumps[True] > 30 and jumps[False] > 30


def test_equal_at_both_ends_is_not_the_same_all_the_way() -> None:
    """With shares of 9 and of 14 the same is bought, but not with every share between."""
    contest = Contest(
        (Option("a", cost=40), Option("b", cost=26), Option("c", cost=6), Option("d", cost=38)),
        "points", "equal-shares", budgets={"": 1000}, settings={"utility": "cardinality"},
    )
    votes = Counter({
        (("c", 1),): 1, (("a", 9), ("b", 9), ("c", 2), ("d", 9)): 1,
        (("a", 2), ("b", 1), ("c", 1)): 4,
    })
    purse = verify.Purse(verify.Contest(manifest_of(contest)), "", votes, list("abcd"))
    below = purse.run(Fraction(9))[0]
    above, same = purse.run(Fraction(14), below)
    orders = {tuple(bid[1] for bid in purse.run(Fraction(one, 2))[0]) for one in range(18, 29)}
    assert [bid[1:] for bid in below] == [bid[1:] for bid in above] and len(orders) > 1
    assert not same


def test_a_rule_it_does_not_know_is_not_passed_over() -> None:
    options_ = (Option("a"), Option("b"))
    for contest in (
        Contest(options_, "ranked", "meek", seats=1),
        Contest(options_, "ranked", "irv", seats=1, settings={"until_two": True}),
        Contest(options_, "approval", "greedy", settings={"leftover": "whole"}),
        Contest(options_, "approval", "equal-shares", settings={"comparison": "exclusion"}),
    ):
        with pytest.raises(verify.Wrong, match="this program"):
            verify.recount(verify.Contest(manifest_of(contest)), Counter())


SAMPLE = ("renfrewshire_2017_ward3", "aberdeenshire_2017_ward9", "north_lanarkshire_2017_ward11",
          "eilean_siar_2017_ward1", "north_ayrshire_2017_ward1", "edinburgh_2017_ward1")


def _plain(groups: Mapping[Content, int], kinds: tuple[type, ...]) -> dict[Content, int]:
    return {content: number for content, number in groups.items() if isinstance(content, kinds)}


@pytest.mark.data
@pytest.mark.parametrize("ward", SAMPLE)
def test_council_wards_are_counted_alike(ward: str) -> None:
    folder = DATA / "scottish-council-elections/ballots"
    path = next(folder.rglob(f"{ward}*.csv"), None)
    assert path is not None, f"{ward} is not under {folder}"
    election = read(path)
    contest = election.contest
    for method, seats in (("scottish-stv", contest.seats), ("irv", 1)):
        other = Contest(contest.options, "ranked", method, seats=seats)
        outcome = same_by_both(other, _plain(election.groups, (Ranking,)))
        assert len(outcome["elected"]) == seats


def _pabulib() -> Iterable[Path]:
    return sorted((DATA / "pabulib/files").glob("*.pb"))


@pytest.mark.data
@pytest.mark.parametrize("path", _pabulib(), ids=lambda path: path.stem[:30])
def test_cities_budgets_are_counted_alike(path: Path) -> None:
    election = read(path)
    contest = election.contest
    rule = "equal-shares-ranked" if contest.kind == "ranked" else "equal-shares"
    kept = {"ranked": Ranking, "points": Points, "knapsack": Knapsack}.get(contest.kind, Approval)
    groups = _plain(election.groups, (kept,))
    for method in (rule, *(() if contest.kind == "ranked" else ("greedy",))):
        other = Contest(contest.options, contest.kind, method, budgets=contest.budgets)
        outcome = same_by_both(other, {
            content: number for content, number in groups.items()
            if contest.kind != "knapsack" or _affordable(other, content)
        })
        assert Fraction(outcome["cost"]) <= sum(contest.budgets.values())
