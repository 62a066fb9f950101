"""A process as a contest, ballots as JSON, and the order of lots."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import permutations

import pytest

from pb.ballots import content
from pb.ballots.contests import contest_of, lot_order_of
from pb.core.site import Site
from pb.processes.models import Process
from pb.processes.queries import process_by_slug
from pb.projects.queries import project_rows
from tests.support.build import a_process
from voting.ballots import Approval, Knapsack, Marks, Points, Ranking


@pytest.mark.parametrize(
    "ballot",
    [
        Ranking(("7", "12", "3")), Ranking(), Approval(("9", "1")), Approval(), Knapsack(("4",)),
        Points((("3", 2), ("1", 5))), Points(), Marks((("1",), (), None, ("2", "3"))),
    ],
)
def test_a_ballot_survives_as_json(ballot: content.Content) -> None:
    assert content.from_json(content.to_json(ballot)) == ballot


def test_equal_ballots_are_equal_texts() -> None:
    assert content.canonical(Approval(("b", "a"))) == content.canonical(Approval(("a", "b")))
    assert content.canonical(Ranking(("b", "a"))) != content.canonical(Ranking(("a", "b")))


@pytest.mark.parametrize("value", [{}, {"ranking": [], "points": {}}, {"wish": []}])
def test_what_was_never_written_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="kind"):
        content.from_json(value)


@pytest.mark.parametrize("kind", ["ranked", "approval", "knapsack", "points"])
def test_a_blank_ballot_has_no_options(kind: str) -> None:
    assert content.blank(kind).options == ()


def test_the_whole_contest_and_a_voter_s_own(site: Site) -> None:
    a_process(site, projects=6)
    with site.database.reading() as session:
        process = process_by_slug(session, "shared-budget")
        rows = project_rows(session, process.id)
        quay = next(area for area in process.areas if area.key == "quay")
        whole, own = contest_of(process, rows), contest_of(process, rows, quay.id)
    assert [option.area for option in whole.options] == ["riverside", "quay", ""] * 2
    assert dict(whole.budgets) == {"riverside": 6_000_000, "quay": 4_500_000, "": 3_500_000}
    assert [option.id for option in own.options] == ["2", "3", "5", "6"]
    assert dict(own.budgets) == {"quay": 4_500_000, "": 3_500_000}


def test_groups_come_from_the_method_settings(site: Site) -> None:
    a_process(site, settings={"groups": [{"id": "g", "options": ["1", "2"]}], "no_skip": True})
    with site.database.reading() as session:
        process = process_by_slug(session, "shared-budget")
        contest = contest_of(process, project_rows(session, process.id))
    assert [group.options for group in contest.groups] == [frozenset({"1", "2"})]
    assert dict(contest.settings) == {"no_skip": True}


def test_lots_are_the_sha_256_of_seed_and_option() -> None:
    process = Process(lot_seed="ab" * 32)
    ids = ["1", "2", "3", "x y", "ŵ"]
    order = lot_order_of(process, ids)
    lots = [hashlib.sha256(b"ab" * 32 + b"\n" + one.encode()).digest() for one in order]
    assert lots == sorted(lots)
    assert sorted(order) == sorted(ids)
    assert lot_order_of(process, ids[::-1]) == order


def test_no_order_is_favoured() -> None:
    """600 expected of each of the 6 orders; chi-squared with 5 degrees: 20.5 is one in 1,000."""
    found = Counter(
        lot_order_of(Process(lot_seed=f"{seed:064x}"), ["1", "2", "3"]) for seed in range(3600)
    )
    assert set(found) == set(permutations(["1", "2", "3"]))
    assert sum((number - 600) ** 2 / 600 for number in found.values()) < 20.5
