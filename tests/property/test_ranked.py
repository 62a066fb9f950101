"""What must hold for every ranked count, whatever the ballots."""

import json
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from voting import Contest, Option, Ranking, Tally, count
from voting.formats import blt, scottish
from voting.methods import _arrays

OPTIONS = "ABCDE"
STV = ["scottish-stv", "exact-stv", "meek"]
ALL = [*STV, "irv", "block-preferential"]

rankings = st.lists(st.sampled_from(OPTIONS), unique=True, max_size=5).map(
    lambda options: Ranking(tuple(options))
)
ballots = st.dictionaries(rankings, st.integers(1, 30), max_size=12)
orders = st.permutations(OPTIONS)
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def contest(method, seats):
    seats = min(seats, 1) if method == "irv" else seats
    return Contest(tuple(map(Option, OPTIONS)), "ranked", method, seats)


def single(groups):
    return [content for content, number in groups.items() for _ in range(number)]


@pytest.mark.parametrize("method", ALL)
@quick
@given(groups=ballots, seats=st.integers(0, 6), order=orders)
def test_votes_are_conserved_and_seats_filled(method, groups, seats, order):
    tally = count(contest(method, seats), groups, order)
    assert tally.ballots == sum(groups.values()) == tally.valid + tally.blank
    for stage in tally.stages:
        assert all(votes >= 0 for votes in stage.totals.values())
        assert stage.lost_by_fraction >= 0
        whole = sum(stage.totals.values()) + stage.nontransferable + stage.lost_by_fraction
        assert whole == tally.valid, stage.number
    most = min(seats, 1) if method == "irv" else min(seats, len(OPTIONS))
    named = {option for content in groups for option in content.options}
    if tally.valid and (method in STV or named >= set(OPTIONS)):
        assert len(tally.elected) == most
    assert len(set(tally.elected)) == len(tally.elected) <= most
    assert set(tally.why) == set(OPTIONS)
    assert {o for o in OPTIONS if tally.why[o].code == "elected"} == set(tally.elected)


@pytest.mark.parametrize("method", ["scottish-stv", "exact-stv", "irv"])
@quick
@given(groups=ballots, seats=st.integers(1, 4), order=orders)
def test_transfers_explain_each_change_of_totals(method, groups, seats, order):
    stages = count(contest(method, seats), groups, order).stages
    for before, after in pairwise(stages):
        for option in OPTIONS:
            came = sum(t.votes for t in after.transfers if t.target == option)
            change = after.totals[option] - before.totals[option]
            if option in after.options:
                assert change < 0 or before.totals[option] == 0
                assert came == 0
            else:
                assert change == came
        away = sum(t.votes for t in after.transfers if t.target is None)
        assert after.nontransferable - before.nontransferable == away


@pytest.mark.parametrize("method", ALL)
@quick
@given(groups=ballots, seats=st.integers(1, 4), order=orders, shuffle=st.randoms())
def test_the_order_of_ballots_never_matters(method, groups, seats, order, shuffle):
    expected = count(contest(method, seats), groups, order).to_json()
    one_by_one = single(groups)
    shuffle.shuffle(one_by_one)
    assert count(contest(method, seats), one_by_one, order).to_json() == expected


@pytest.mark.parametrize("method", ["scottish-stv", "exact-stv", "irv"])
@quick
@given(groups=ballots, seats=st.integers(1, 4), order=orders)
def test_lists_and_arrays_give_the_same_bytes(monkeypatch, method, groups, seats, order):
    monkeypatch.setattr(_arrays, "MANY", 1 << 60)
    lists = count(contest(method, seats), groups, order).to_json()
    monkeypatch.setattr(_arrays, "MANY", 0)
    assert count(contest(method, seats), groups, order).to_json() == lists


@pytest.mark.parametrize("method", STV)
@quick
@given(groups=ballots, seats=st.integers(1, 3), order=orders)
def test_a_solid_coalition_gets_its_seats(method, groups, seats, order):
    """Droop proportionality for solid coalitions, checked on every set of options."""
    assume(any(content.options for content in groups))
    tally = count(contest(method, seats), groups, order)
    if method == "scottish-stv":
        # Values cut at five decimals can cost a coalition up to what was lost.
        slack = tally.stages[-1].lost_by_fraction
    else:
        slack = 0 if method == "exact-stv" else tally.valid / 10**5
    for size in range(1, len(OPTIONS) + 1):
        for coalition in combinations(OPTIONS, size):
            members = set(coalition)
            solid = sum(
                number
                for content, number in groups.items()
                if len(content.options) >= size and set(content.options[:size]) == members
            )
            deserved = 0
            while (
                deserved < min(size, seats)
                and solid - slack >= (deserved + 1) * tally.quota
                and solid * (seats + 1) > (deserved + 1) * tally.valid
            ):
                deserved += 1
            assert len(members & set(tally.elected)) >= deserved, coalition


@quick
@given(groups=ballots, seats=st.integers(1, 4), order=orders)
def test_one_seat_by_stv_is_a_runoff(groups, seats, order):
    """With one seat Scottish STV and IRV agree, unless papers run out on the way."""
    stv = count(contest("scottish-stv", 1), groups, order)
    irv = count(contest("irv", 1), groups, order)
    assert stv.elected == irv.elected


@quick
@given(groups=ballots, seats=st.integers(0, 5))
def test_a_tally_comes_back_from_json(groups, seats):
    for method in ALL:
        tally = count(contest(method, seats), groups)
        assert Tally.from_dict(json.loads(tally.to_json())) == tally


@quick
@given(groups=ballots, seats=st.integers(0, 5))
def test_files_hold_what_was_written(groups, seats):
    numbered = Contest(
        tuple(Option(str(place), f'Ann "{place}" Ŵyn, 李;') for place in range(1, 6)),
        "ranked",
        "scottish-stv",
        seats,
    )
    renamed = {
        Ranking(tuple(str(OPTIONS.index(option) + 1) for option in content.options)): number
        for content, number in groups.items()
    }
    for form in (blt, scottish):
        election = form.read(form.write(numbered, renamed, "Title"))
        assert (election.contest, election.groups) == (numbered, renamed)


PROGRAM = """
import hashlib, sys
from voting import Contest, Option, Ranking, count
options = "ABCDEFG"
groups = {}
state = 1
for _ in range(200):
    state = state * 48271 % 2147483647
    chosen = sorted(options, key=lambda o: (state * ord(o)) % 1009)[: state % 7]
    content = Ranking(tuple(chosen))
    groups[content] = groups.get(content, 0) + state % 5 + 1
digests = set()
for run in range(int(sys.argv[1])):
    order = list(groups.items())
    rotated = dict(order[run % len(order):] + order[:run % len(order)])
    text = ""
    for method in ("scottish-stv", "irv"):
        seats = 3 if method == "scottish-stv" else 1
        contest = Contest(tuple(map(Option, options)), "ranked", method, seats)
        text += count(contest, rotated).to_json()
    digests.add(hashlib.sha256(text.encode()).hexdigest())
print(*digests)
"""


def test_a_thousand_runs_give_the_same_bytes():
    """In processes whose hashes of strings are seeded differently."""
    found = set()
    for seed in ("0", "1", "random"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "334"],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"},
        )
        found.update(done.stdout.split())
    assert len(found) == 1
