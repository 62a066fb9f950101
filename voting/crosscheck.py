"""The second, independent count of ranked ballots, by pyrankvote.

It is shown beside our result and never decides. Its rules are not those of any law (a
transferred paper's value is spread evenly over all papers held, the quota is not rounded,
numbers are floats, ties fall to chance), so a difference is possible and gets its reason. It
runs in a process of its own: a time limit can end it, and its use of the global random
generator touches nobody.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from voting.ballots import Content, Marks, Ranking
from voting.contest import Contest
from voting.count import sift
from voting.methods import _gregory, irv, reads_marks
from voting.methods._arrays import piles_of
from voting.tally import Tally, Why

FUNCTIONS = {
    "scottish-stv": "single_transferable_vote",
    "exact-stv": "single_transferable_vote",
    "meek": "single_transferable_vote",
    "irv": "instant_runoff_voting",
}
"""Our rule to the function of pyrankvote that comes nearest."""

SECONDS = 120
SEEDS = (1, 2, 3)
"""pyrankvote settles ties by chance: an outcome that changes with the seed says nothing."""


@dataclass(frozen=True, slots=True)
class SecondCount:
    """What the second count said.

    ``status``  "agrees", "differs", "not_comparable" or "unavailable"
    ``reason``  None for "agrees", else a code with parameters:
        differs: ``second.quota`` (the quota without rounding alone makes the difference) or
        ``second.transfers`` (so do the ways in which papers move), each with ours, theirs
        not_comparable: ``second.tie`` (a tie in our count: options), ``second.own_tie`` (in
        theirs), ``second.rule`` (no such rule), ``second.no_ballots``, ``second.seats`` (no
        choice to make), ``second.marks`` (papers that a plain ranking cannot hold)
        unavailable: ``second.not_installed``, ``second.too_slow`` (seconds),
        ``second.failed`` (detail)
    ``winners`` option ids, in the order in which it elected them
    """

    status: str
    reason: Why | None = None
    winners: tuple[str, ...] = ()
    by: str = ""

    def to_dict(self) -> dict[str, object]:
        """As JSON values."""
        reason = self.reason and {"code": self.reason.code, **self.reason.parameters}
        return {
            "status": self.status,
            "reason": reason,
            "winners": list(self.winners),
            "by": self.by,
        }


def second_count(
    contest: Contest, groups: Mapping[Content, int], tally: Tally, seconds: float = SECONDS
) -> SecondCount:
    """Count again by pyrankvote and compare the winners with those of a tally."""
    try:
        by = f"pyrankvote {version('pyrankvote')}"
    except PackageNotFoundError:
        return SecondCount("unavailable", Why("second.not_installed"))
    if contest.method not in FUNCTIONS:
        reason = Why("second.rule", {"method": contest.method})
        return SecondCount("not_comparable", reason, by=by)
    valid, _, _ = sift(contest, groups, marks=reads_marks(contest.method))
    papers = _plain_rankings(contest, valid)
    if papers is None:
        return SecondCount("not_comparable", Why("second.marks"), by=by)
    if not any(paper for paper, _ in papers):
        return SecondCount("not_comparable", Why("second.no_ballots"), by=by)
    if not 0 < contest.seats < len(contest.options):
        reason = Why("second.seats", {"seats": contest.seats, "options": len(contest.options)})
        return SecondCount("not_comparable", reason, by=by)
    for tie in tally.ties:
        if tie.decision != "election" or len(tally.elected) < contest.seats:
            reason = Why("second.tie", {"options": list(tie.options), "stage": tie.stage})
            return SecondCount("not_comparable", reason, by=by)
    return _compare(contest, valid, papers, tally, seconds, by)


def _compare(
    contest: Contest,
    valid: Mapping[Content, int],
    papers: Sequence[tuple[tuple[int, ...], int]],
    tally: Tally,
    seconds: float,
    by: str,
) -> SecondCount:
    outcomes = []
    for seed in SEEDS:
        try:
            outcomes.append(_run(contest, papers, seed, seconds))
        except subprocess.TimeoutExpired:
            reason = Why("second.too_slow", {"seconds": seconds})
            return SecondCount("unavailable", reason, by=by)
        except SecondCountError as error:
            reason = Why("second.failed", {"detail": str(error)})
            return SecondCount("unavailable", reason, by=by)
        if set(outcomes[-1]) == set(tally.elected):
            return SecondCount("agrees", None, outcomes[-1], by)
    if len({frozenset(outcome) for outcome in outcomes}) > 1:
        return SecondCount("not_comparable", Why("second.own_tie"), outcomes[0], by)
    theirs = outcomes[0]
    code = "second.transfers"
    if contest.method in ("scottish-stv", "exact-stv"):
        quota_only = _by_their_quota(contest, valid)
        if set(quota_only.elected) == set(theirs):
            code = "second.quota"
    parameters = {
        "ours": [option for option in tally.elected if option not in theirs],
        "theirs": [option for option in theirs if option not in tally.elected],
    }
    return SecondCount("differs", Why(code, parameters), theirs, by)


def _plain_rankings(
    contest: Contest, valid: Mapping[Content, int]
) -> list[tuple[tuple[int, ...], int]] | None:
    """Rankings as option numbers; None if a paper's meaning changes during our count."""
    codes = irv._Codes(contest, irv.Settings.of(contest)) if contest.method == "irv" else None
    place = {option.id: number for number, option in enumerate(contest.options)}
    papers = []
    for content, number in valid.items():
        if isinstance(content, Marks) and codes is not None:
            preferences = codes.paper(content)[:-1]
            if codes.overvotes:
                return None
            papers.append((tuple(dict.fromkeys(preferences)), number))
        elif isinstance(content, Ranking):
            papers.append((tuple(place[option] for option in content.options), number))
        else:
            return None
    return sorted(papers)


def _by_their_quota(contest: Contest, valid: Mapping[Content, int]) -> Tally:
    """Our transfers without any rounding, at pyrankvote's quota."""
    piles, ballots = piles_of(contest, valid)
    arithmetic = _gregory.Arithmetic(
        units=1,
        quota=lambda votes, seats: Fraction(votes, seats + 1),
        revalue=lambda value, surplus, total: Fraction(surplus) * value / total,
    )
    order = tuple(option.id for option in contest.options)
    return _gregory.count(contest, piles, ballots, order, arithmetic, "second.quota")


class SecondCountError(RuntimeError):
    """The other library gave up; the last line of what it said."""


def ask_worker(name: str, question: Mapping[str, object], seconds: float) -> Any:
    """The answer of a worker beside this file, which runs the other library in a process of its
    own: JSON in, JSON out. Errors: SecondCountError, subprocess.TimeoutExpired."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(name))],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=seconds,
        env=environment,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise SecondCountError(lines[-1] if lines else f"exit {done.returncode}")
    return json.loads(done.stdout)


def _run(
    contest: Contest, papers: Sequence[tuple[tuple[int, ...], int]], seed: int, seconds: float
) -> tuple[str, ...]:
    """Winners by pyrankvote, in a process of its own."""
    question = {
        "function": FUNCTIONS[contest.method],
        "options": len(contest.options),
        "seats": contest.seats,
        "papers": papers,
        "seed": seed,
    }
    numbers: list[int] = ask_worker("crosscheck_worker.py", question, seconds)
    return tuple(contest.options[number].id for number in numbers)
