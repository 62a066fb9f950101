"""droop's reference reports, beside the checkout: every transfer's totals."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from voting import count
from voting.formats import read

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
    elected = {
        option for option, state in actions[-1]["cstate"].items() if state["state"] == "elected"
    }
    assert set(tally.elected) == elected


def test_all_references_of_these_rules_are_here():
    assert len(cases("scotland-fixed-p5-d5")) == 32
