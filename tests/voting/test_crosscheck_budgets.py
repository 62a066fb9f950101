"""The second count of budgets: what it agrees on, what it cannot compare, and its guards."""

from __future__ import annotations

import random
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from voting import Approval, Contest, Group, Option, Points, count, crosscheck_budgets
from voting.ballots import Content
from voting.contest import WHOLE
from voting.crosscheck_budgets import second_count
from voting.formats import pabulib

DATA = Path(__file__).parents[2] / "../shared/data/pabulib/files"
with_pabutools = pytest.mark.skipif(
    find_spec("pabutools") is None, reason="the extra second-count (pabutools) is not installed"
)


def a_contest(kind: str, method: str, **settings: object) -> tuple[Contest, dict[Content, int]]:
    """Two purses and some sixty ballots, the same each time."""
    chance = random.Random(4)
    options = tuple(
        Option(f"{area or 'town'}-{number}", cost=chance.randint(2, 30), area=area)
        for area in ("quay", WHOLE)
        for number in range(7)
    )
    budgets = {"quay": 50, WHOLE: 70}
    given = {"increment": 1, **settings}
    contest = Contest(options, kind, method, budgets=budgets, settings=given)
    groups: dict[Content, int] = {}
    names = [option.id for option in options]
    for _ in range(25):
        chosen = chance.sample(names, chance.randint(1, 5))
        content: Content = Approval(tuple(chosen))
        if kind == "points":
            content = Points(tuple((name, chance.randint(1, 3)) for name in chosen))
        groups[content] = groups.get(content, 0) + chance.randint(1, 4)
    return contest, groups


@with_pabutools
@pytest.mark.parametrize(
    ("kind", "method", "settings"),
    [
        ("approval", "greedy", {}),
        ("points", "greedy", {"threshold": 5}),
        ("approval", "equal-shares", {"completion": "none"}),
        ("approval", "equal-shares", {"completion": "add1"}),
        ("approval", "equal-shares", {"completion": "add1", "exhaustive_stop": True}),
        ("approval", "equal-shares", {"completion": "add1-utility", "utility": "cardinality"}),
        ("points", "equal-shares", {"completion": "utility"}),
        ("points", "equal-shares", {"completion": "add1", "utility": "cardinality"}),
        ("approval", "phragmen", {}),
        ("approval", "maximum-welfare", {"utility": "cardinality"}),
    ],
)
def test_both_libraries_fund_the_same(kind: str, method: str, settings: dict[str, object]) -> None:
    contest, groups = a_contest(kind, method, **settings)
    tally = count(contest, groups)
    second = second_count(contest, groups, tally)
    assert (second.status, second.reason) == ("agrees", None)
    assert second.by.startswith("pabutools ")
    assert tally.allocation is not None
    if method != "maximum-welfare":
        assert set(second.winners) == set(tally.allocation.selected)


@with_pabutools
def test_a_difference_is_named() -> None:
    contest, groups = a_contest("approval", "equal-shares", completion="none")
    other = count(replace(contest, method="greedy"), groups)
    second = second_count(contest, groups, other)
    assert second.status == "differs"
    assert second.reason is not None and second.reason.code == "second.outcome"
    assert second.reason.parameters["ours"] or second.reason.parameters["theirs"]


@with_pabutools
@pytest.mark.parametrize(
    ("method", "settings", "code"),
    [
        ("greedy", {"skip": False}, "second.setting"),
        ("equal-shares", {"comparison": "exclusion"}, "second.setting"),
        ("phragmen", {"skip": True}, "second.setting"),
    ],
)
def test_what_it_cannot_compare(method: str, settings: dict[str, object], code: str) -> None:
    contest, groups = a_contest("approval", method, **settings)
    second = second_count(contest, groups, count(contest, groups))
    assert second.status == "not_comparable"
    assert second.reason is not None and second.reason.code == code
    contest = replace(contest, settings={}, groups=(Group("g", frozenset({"quay-1"})),))
    second = second_count(contest, groups, count(contest, groups))
    assert second.reason is not None and second.reason.code == "second.groups"


@with_pabutools
def test_it_is_ended_when_it_takes_too_long() -> None:
    contest, groups = a_contest("approval", "greedy")
    second = second_count(contest, groups, count(contest, groups), seconds=0.01)
    assert second.status == "unavailable"
    assert second.reason is not None and second.reason.code == "second.too_slow"


@with_pabutools
@pytest.mark.skipif(
    not DATA.is_dir(), reason="the elections beside the checkout (../shared/data) are absent"
)
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("Netherlands_Assen_2024", {"completion": "add1"}),
        ("Poland_Warszawa_2017_Czyste__Mirow", {"completion": "none"}),
        ("US_Stanford_Dataset_PB_Cambridge_2015_vote_knapsacks", {"completion": "none"}),
    ],
)
def test_real_elections(name: str, settings: dict[str, object]) -> None:
    election = pabulib.read(DATA / f"{name}.pb")
    settings = {"increment": election.money_scale, **settings}
    contest = replace(election.contest, method="equal-shares", settings=settings)
    second = second_count(contest, election.groups, count(contest, election.groups))
    assert (second.status, second.reason) == ("agrees", None)


def test_without_the_library_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise crosscheck_budgets.PackageNotFoundError(name)

    monkeypatch.setattr(crosscheck_budgets, "version", missing)
    contest, groups = a_contest("approval", "greedy")
    second = second_count(contest, groups, count(contest, groups))
    assert second.status == "unavailable"
    assert second.reason is not None and second.reason.code == "second.not_installed"


def test_a_worker_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crosscheck_budgets, "version", lambda name: "0")
    monkeypatch.setattr("sys.executable", "/bin/false")
    contest, groups = a_contest("approval", "greedy")
    second = second_count(contest, groups, count(contest, groups))
    assert second.status == "unavailable"
    assert second.reason is not None and second.reason.code == "second.failed"
