"""Real participatory budgets: tallies as recorded, and what greedy funds against what was funded.

The whole archive takes about a minute, so a sample runs by default: every file of the table
of differences, every file whose ballots repeat a project, and every thirtieth of the others.
``WHOLE_ARCHIVE=1`` runs all.
"""

from __future__ import annotations

import csv
import os
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest

from voting import Contest, Group, Tally, count
from voting.contest import WHOLE
from voting.formats import pabulib
from voting.formats.election import Election
from voting.methods import _shares_plain
from voting.methods._backing import Tables
from voting.methods._budget import cut_content, groups_of, listings, supports
from voting.methods._electorate import candidates_of, electorate
from voting.methods._shares import Buying

HERE = Path(__file__).parent
ARCHIVE = HERE.parents[1] / "../shared/data/pabulib/pabulib.tar.xz"
pytestmark = pytest.mark.skipif(
    not ARCHIVE.is_file(), reason="the archive beside the checkout (../shared/data) is absent"
)
EVERYTHING = bool(os.environ.get("WHOLE_ARCHIVE"))
STANDARD = ("greedy", "greedy-threshold", "greedy-no-skip")


def differences() -> dict[str, dict[str, str]]:
    with (HERE / "pabulib_differences.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Case:
    """One file, counted by the rule that it records (greedy where it records none)."""

    name: str
    recorded_rule: str
    election: Election
    tally: Tally

    @property
    def funded(self) -> tuple[str, ...]:
        """Funded by the rule with its own money (Pabulib marks part-funding otherwise)."""
        assert self.tally.allocation is not None
        why = self.tally.why
        return tuple(
            option for option in self.tally.allocation.selected if why[option].code != "part_funded"
        )

    @property
    def recorded(self) -> set[str]:
        selected = self.election.expected["selected"]
        assert isinstance(selected, tuple)
        return set(selected)

    @property
    def as_recorded(self) -> bool:
        return set(self.funded) == self.recorded

    def first_difference(self) -> str:
        """In the order in which the rule decided."""
        assert self.tally.allocation is not None
        funded = set(self.funded)
        order = (step.option for step in self.tally.allocation.steps)
        return next(o for o in order if (o in funded) != (o in self.recorded))


def texts() -> Iterator[tuple[str, str]]:
    named = differences()
    with tarfile.open(ARCHIVE, "r:xz") as archive:
        number = 0
        for member in archive:
            file = archive.extractfile(member)
            if file is None or not member.name.endswith(".pb"):
                continue
            number += 1
            name = Path(member.name).stem
            repeats = "Warszawa_2026_S" in name or name == "Poland_Czestochowa_2020"
            if EVERYTHING or name in named or repeats or number % 30 == 0:
                yield name, file.read().decode("utf-8-sig")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    found = []
    for name, text in texts():
        election = pabulib.read(text)
        meta = text.partition("\nPROJECTS")[0].splitlines()
        rule = next(line.split(";")[1] for line in meta if line.startswith("rule;"))
        found.append(Case(name, rule, election, count(election.contest, election.groups)))
    assert len(found) == 1454 if EVERYTHING else len(found) > 60
    return found


def test_every_ballot_is_read_and_every_tally_is_as_recorded(cases: list[Case]) -> None:
    """A project that a ballot repeats counts once here; some files counted it each time."""
    repeating = 0
    for case in cases:
        election = case.election
        assert election.refused == 0, case.name
        assert case.tally.ballots == election.expected["ballots"], case.name
        if "selected" not in election.expected:
            continue
        again = Counter[str]()
        for fault in election.faults:
            if fault.code == "ballot.repeated":
                options = fault.parameters["options"]
                assert isinstance(options, tuple)
                again.update(options)
        repeating += bool(again)
        found = {
            option: votes + again[option]
            for option, votes in listings(election.contest, election.groups).items()
        }
        once = listings(election.contest, election.groups)
        assert election.expected["votes"] in (found, once), case.name
        if "score" in election.expected and not again:
            assert election.expected["score"] == supports(election.contest, election.groups)
    assert repeating == 16 if EVERYTHING else repeating >= 3


def test_outcomes_are_as_recorded_but_for_the_table(cases: list[Case]) -> None:
    table = differences()
    compared = [case for case in cases if "selected" in case.election.expected]
    differing = {case.name: case for case in compared if not case.as_recorded}
    assert differing.keys() == table.keys()
    for name, case in differing.items():
        row = table[name]
        assert case.first_difference() == row["first project that differs"], name
        assert case.recorded_rule == row["recorded rule"], name
        assert row["evidence"]
    standard = [case for case in compared if case.recorded_rule in STANDARD]
    wrong = [case for case in standard if case.name in differing]
    if EVERYTHING:
        assert len(compared) == 1188
        assert len(standard) == 1075
        assert len(wrong) / len(standard) < 0.01


def without(contest: Contest, election: Election, option: str) -> set[str]:
    part = replace(
        contest, options=tuple(o for o in contest.options if o.id != option), max_choices=None
    )
    groups = Counter[object]()
    for content, number in election.groups.items():
        groups[cut_content(content, part.by_id)] += number
    allocation = count(part, groups).allocation  # type: ignore[arg-type]
    assert allocation is not None
    return set(allocation.selected)


def test_the_evidence_in_the_table_holds(cases: list[Case]) -> None:
    by_name = {case.name: case for case in cases}
    for name, row in differences().items():
        case, evidence = by_name[name], row["evidence"]
        contest, first = case.election.contest, row["first project that differs"]
        allocation = case.tally.allocation
        assert allocation is not None
        if evidence.startswith("tie at"):
            words = evidence.replace(";", "").split()
            assert allocation.support[first] == int(words[2])
            others = [word for word in words[4:8] if word in contest.by_id]
            assert others and {allocation.support[other] for other in others} == {int(words[2])}
            assert len(case.recorded.intersection([first, *others])) == 1
            taken = case.recorded.intersection(others).pop()
            assert contest.by_id[taken].cost > contest.by_id[first].cost
        elif "exclude each other" in evidence:
            other = evidence.split(" and ")[1].split()[0]
            group = Group("recorded", frozenset({first, other}))
            outcome = count(replace(contest, groups=(group,)), case.election.groups).allocation
            assert outcome is not None and set(outcome.selected) == case.recorded
        elif "without" in evidence:
            assert without(contest, case.election, first) == case.recorded


def test_equal_shares_by_both_paths(cases: list[Case]) -> None:
    """Small real elections by the fast path and in fractions throughout, prices and all."""
    compared = 0
    for case in cases:
        contest, groups = case.election.contest, case.election.groups
        if len(groups) > 250:
            continue
        votes = listings(contest, groups)
        order = [option.id for option in contest.options]
        candidates = candidates_of(contest, WHOLE, votes, 1, order)
        if not candidates:
            continue
        exclusive = groups_of(contest)
        voters = electorate(contest, WHOLE, candidates, groups, exclusive, "cost")
        share = Fraction(voters.budget, voters.ballots)
        buying = Buying(Tables(voters), share)
        buying.run()
        fast = [(p.option, buying.price_of(n)) for n, p in enumerate(buying.purchases)]
        assert fast == _shares_plain.buy(voters, share), case.name
        compared += 1
    assert compared >= 10
