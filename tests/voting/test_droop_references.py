"""droop's reference reports, beside the checkout: every transfer's totals."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from voting import count
from voting.formats import read
from voting.tally_json import decimal

BLT = Path(__file__).parents[3] / "shared/data/blt"
pytestmark = pytest.mark.skipif(
    not BLT.exists(), reason="droop's references not beside the checkout"
)


def cases(rule):
    if not BLT.exists():
        return []
    end = f"-{rule}.txt"
    names = [
        str(path.relative_to(BLT / "ref_json")) for path in (BLT / "ref_json").rglob(f"*{end}")
    ]
    return sorted(name.removesuffix(end) for name in names)


def load(name, rule):
    election = read(BLT / "blt" / f"{name}.blt")
    report = json.loads((BLT / "ref_json" / f"{name}-{rule}.txt").read_text())
    # droop's lot takes the first of its order for exclusion; ours favours the first.
    order = sorted(election.contest.by_id, key=lambda id: -report["cdict"][id]["tie_order"])
    return election, report, order


def votes(action):
    """By option, withdrawn ones left out."""
    states = action["cstate"].items()
    return {option: Fraction(state["vote"]) for option, state in states if "vote" in state}


@pytest.mark.parametrize("name", cases("scotland-fixed-p5-d5"))
def test_scottish_stv(name):
    election, report, order = load(name, "scotland-fixed-p5-d5")
    tally = count(election.contest, election.groups, order)
    assert tally.quota == Fraction(report["quota"])
    assert tally.valid == report["nballots"]
    actions = report["actions"]
    (begin,) = (action for action in actions if action["tag"] == "begin")
    assert tally.stages[0].totals == votes(begin)
    # droop also "transfers" the empty surplus of someone with the quota exactly; the rules do not.
    moves = [
        action
        for action in actions
        if action["tag"] == "transfer" and "(0.00000)" not in action["msg"]
    ]
    assert len(tally.stages) == len(moves) + 1
    for stage, move in zip(tally.stages[1:], moves, strict=True):
        assert stage.totals == votes(move), stage.number
    assert set(tally.elected) == elected(report)


def elected(report):
    states = report["actions"][-1]["cstate"].items()
    return {option for option, state in states if state["state"] == "elected"}


WIGM = "wigm-rational-d12"


@pytest.mark.parametrize("name", cases(WIGM))
def test_exact_stv(name):
    election, report, order = load(name, WIGM)
    if name == "SC-Vm-12":
        order = order[::-1]  # its only tie is of surpluses, where both take the first
    tally = count(replace(election.contest, method="exact-stv"), election.groups, order)
    if name == "42t":
        # A tie after a surplus: droop's rule goes by lot at once, ours by the earlier stage.
        (tie,) = tally.ties
        assert (tie.settled_by, tie.chosen) == ("earlier_stage", "2")
        assert elected(report) == {"1", "2"}
        return
    assert set(tally.elected) == elected(report)
    assert decimal(tally.quota, 12) == decimal(Fraction(report["quota"]), 12)
    moves = [action for action in report["actions"] if action["tag"] in ("begin", "transfer")]
    assert len(tally.stages) == len(moves)
    for stage, move in zip(tally.stages, moves, strict=True):
        for option, total in votes(move).items():
            assert abs(stage.totals[option] - total) <= Fraction(1, 10**12)


MEEK = "meek-prf-o6-fixed-p9-d9"


@pytest.mark.parametrize("name", cases(MEEK))
def test_meek(name):
    election, report, order = load(name, MEEK)
    tally = count(replace(election.contest, method="meek"), election.groups, order)
    assert set(tally.elected) == elected(report)
    ours = [stage.totals for stage in tally.stages]
    thresholds = [stage.threshold for stage in tally.stages]
    checked = 0
    for action in report["actions"]:
        # droop says "remaining" where the count is over and nothing is distributed any more.
        if action["tag"] in ("elect", "defeat") and "remaining" not in action["msg"]:
            totals = votes(action)
            assert totals in ours, action["msg"]
            assert thresholds[ours.index(totals)] == Fraction(action["quota"])
            checked += 1
    assert checked
    for stage in tally.stages:
        assert sum(stage.totals.values()) + stage.nontransferable == tally.valid


def test_all_references_of_these_rules_are_here():
    assert [len(cases(rule)) for rule in ("scotland-fixed-p5-d5", WIGM, MEEK)] == [32, 5, 9]
