"""Ranked counts that never change: a rule of this name and version gives these bytes for ever.

Each folder of ``tests/golden`` named ``ranked-*`` holds ``ballots.blt``, ``contest.json`` (rule,
settings, lot order), ``expected.json`` and ``source.md``, which says where the case comes from.
A changed rule is a new version with a folder of its own. PB_WRITE_GOLDEN=1 writes expectations
that are missing; it never overwrites one.
"""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from voting import count
from voting.formats import blt

CASES = sorted((Path(__file__).parents[1] / "golden").glob("ranked-*"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case):
    given = json.loads((case / "contest.json").read_text(encoding="utf-8"))
    election = blt.read(case / "ballots.blt")
    contest = replace(election.contest, method=given["method"], settings=given["settings"])
    tally = count(contest, election.groups, given["lot_order"], refused=election.refused)
    text = json.dumps(tally.to_dict(), ensure_ascii=False, indent=1) + "\n"
    expected = case / "expected.json"
    if os.environ.get("PB_WRITE_GOLDEN") and not expected.exists():
        expected.write_text(text, encoding="utf-8")
    assert expected.read_text(encoding="utf-8") == text
    assert (case / "source.md").read_text(encoding="utf-8").strip()


def test_every_ranked_rule_has_a_case():
    methods = {json.loads((case / "contest.json").read_text())["method"] for case in CASES}
    assert methods == {"scottish-stv", "irv", "exact-stv", "meek", "block-preferential"}
