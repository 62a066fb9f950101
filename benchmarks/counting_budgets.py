"""How fast budgets are counted by equal shares, beside pabutools, in one run.

    python3 benchmarks/counting_budgets.py                              # our own figures
    python3 benchmarks/counting_budgets.py --pabutools PYTHON           # and pabutools'
    python3 benchmarks/counting_budgets.py --picture growth.svg         # and a picture of growth

PYTHON is an interpreter with ``pabutools`` installed, in an environment made for this alone.
Both count the same question: equal shares with cost utilities, every share raised by one unit
at a time (add1) until the budget would be exceeded, equal ballots grouped (pabutools'
multiprofile), ties by the same order. Imports are left out for both; building from grouped
ballots to the outcome is in. Ours also writes the reason of every project. Times are of the
processor, which other work on the machine disturbs less than the clock.

Where pabutools does not finish within --limit seconds (of the clock), the processor time that it
had used by then is a lower bound, marked ">"; then one in ten of the voters is counted too.
Elections are read from ../shared/data where it is there.
The table goes to standard output.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from voting import Approval, Contest, Option, count  # noqa: E402
from voting.ballots import Content, Ranking  # noqa: E402
from voting.contest import WHOLE  # noqa: E402
from voting.crosscheck_budgets import _question  # noqa: E402
from voting.formats import pabulib  # noqa: E402

DATA = ROOT / "../shared/data/pabulib/files"
ELECTIONS = ("Poland_Lodz_2022", "Poland_Krakow_2024", "Poland_Wieliczka_2023_Green_Budget")
"""Łódź 2022, the largest file of the archive (its rankings read as approvals), and a town."""

VOTERS = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000)
PROJECTS = (25, 50, 100, 200, 400)

PEER = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import crosscheck_budgets_worker as worker
sys.setrecursionlimit(100000)
question = json.load(sys.stdin)
start = time.process_time()
selected = [name for purse in question["purses"] for name in worker.fund(question, purse)]
print(json.dumps([time.process_time() - start, selected]))
"""


@dataclass(frozen=True)
class Row:
    """One election counted by both; ``theirs`` is None where pabutools was not asked, and
    ``same`` where there is nothing to compare: not asked, or not ``finished``."""

    name: str
    voters: int
    projects: int
    ours: float
    theirs: float | None = None
    same: bool | None = None

    @property
    def finished(self) -> bool:
        return self.same is not None

    def __str__(self) -> str:
        theirs, ratio, same = "-", "-", "-"
        if self.theirs is not None:
            more = "" if self.finished else ">"
            theirs = f"{more}{self.theirs:.2f}"
            ratio = f"{more}{self.theirs / self.ours:,.0f}"
            same = "-" if self.same is None else "yes" if self.same else "NO"
        return (
            f"{self.name:44} {self.voters:>8} {self.projects:>8} {self.ours:>9.3f} "
            f"{theirs:>10} {ratio:>8} {same:>5}"
        )


HEAD = f"{'':44} {'voters':>8} {'projects':>8} {'ours s':>9} {'pabutools':>10} {'times':>8} same"


def measure(
    name: str, contest: Contest, groups: Mapping[Content, int], python: str | None, limit: float
) -> Row:
    """Count by both, ours the best of three."""
    settings = {"completion": "add1", "increment": contest.settings.get("increment", 1)}
    contest = replace(contest, kind="approval", method="equal-shares", settings=settings)
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        tally = count(contest, groups)
        best = min(best, time.process_time() - start)
    assert tally.allocation is not None
    row = Row(name, sum(groups.values()), len(contest.options), best)
    if python is None:
        return row
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(
            [python, "-c", PEER, str(ROOT / "voting")],
            input=json.dumps(_question(contest, groups, ())),
            capture_output=True,
            text=True,
            timeout=limit,
            check=True,
        )
    except subprocess.TimeoutExpired:
        print(f"{name}: pabutools did not finish in {limit:.0f} s", file=sys.stderr)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return replace(row, theirs=after.ru_utime - before.ru_utime)
    theirs, selected = json.loads(done.stdout)
    paid = {option for option in tally.allocation.selected if contest.by_id[option].cost}
    return replace(row, theirs=theirs, same=paid == set(selected))


def as_approvals(groups: Mapping[Content, int]) -> dict[Content, int]:
    found: Counter[Content] = Counter()
    for content, number in groups.items():
        ranked = isinstance(content, Ranking)
        found[Approval(content.options) if ranked else content] += number
    return dict(found)


def one_in_ten(groups: Mapping[Content, int]) -> dict[Content, int]:
    chance = random.Random(10)
    ballots = [content for content, number in groups.items() for _ in range(number)]
    return dict(Counter(chance.sample(ballots, len(ballots) // 10)))


def invented(voters: int, projects: int) -> tuple[Contest, dict[Content, int]]:
    """Up to five approvals a ballot, popular projects more often; a budget for a fifth."""
    chance = random.Random(voters * 1000 + projects)
    costs = [chance.randint(20, 900) * 100_000 for _ in range(projects)]
    names = [f"p{number}" for number in range(projects)]
    pull = [1 / (number + 3) for number in range(projects)]
    options = tuple(Option(name, cost=cost) for name, cost in zip(names, costs, strict=True))
    contest = Contest(
        options,
        "approval",
        "equal-shares",
        budgets={WHOLE: sum(costs) // 5},
        settings={"increment": max(1, sum(costs) // 5 // voters // 100)},
    )
    groups: Counter[Content] = Counter()
    for _ in range(voters):
        chosen = set(chance.choices(names, pull, k=chance.randint(1, 5)))
        groups[Approval(tuple(chosen))] += 1
    return contest, dict(groups)


def real(python: str | None, limit: float) -> list[Row]:
    rows = []
    for name in ELECTIONS:
        path = DATA / f"{name}.pb"
        if not path.is_file():
            print(f"{name}: not there, left out", file=sys.stderr)
            continue
        start = time.process_time()
        election = pabulib.read(path)
        print(f"{name}: read in {time.process_time() - start:.2f} s", file=sys.stderr)
        groups = as_approvals(election.groups)
        rows.append(measure(name, election.contest, groups, python, limit))
        print(rows[-1], flush=True)
        if python and not rows[-1].finished:
            row = measure(f"{name}, 1/10", election.contest, one_in_ten(groups), python, limit)
            rows.append(row)
            print(row, flush=True)
    return rows


def growth(python: str | None, limit: float) -> dict[str, list[Row]]:
    """The same invented kind of election, larger and larger; pabutools until it is too slow."""
    found: dict[str, list[Row]] = {}
    sizes = {
        "voters": [(voters, 100) for voters in VOTERS],
        "projects": [(30_000, projects) for projects in PROJECTS],
    }
    for by, pairs in sizes.items():
        peer = python
        rows = found.setdefault(by, [])
        for voters, projects in pairs:
            contest, groups = invented(voters, projects)
            row = measure(f"invented, by {by}", contest, groups, peer, limit)
            if not row.finished:
                peer = None
            rows.append(row)
            print(row, flush=True)
    return found


def picture(found: Mapping[str, list[Row]]) -> str:
    """Two panels, time against voters and against projects, on logarithmic axes, as SVG."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 320" '
        'font-family="sans-serif" font-size="12">',
        "<title>Processor time of equal shares with add1, by voters and by projects</title>",
        '<rect width="760" height="320" fill="white"/>',
    ]
    for panel, (by, rows) in enumerate(found.items()):
        parts += _panel(60 + panel * 380, by, rows)
    return "\n".join([*parts, "</svg>", ""])


def _panel(left: int, by: str, rows: list[Row]) -> list[str]:
    from math import ceil, floor, log10

    width, top, height = 290, 40, 220
    sizes = [getattr(row, by) for row in rows]
    times = [row.ours for row in rows] + [row.theirs for row in rows if row.theirs and row.finished]
    low, high = floor(log10(min(times))), ceil(log10(max(times)))
    first, last = log10(sizes[0]), log10(sizes[-1])

    def x(size: float) -> float:
        return left + (log10(size) - first) / (last - first) * width

    def y(seconds: float) -> float:
        return top + height - (log10(seconds) - low) / (high - low) * height

    parts = [f'<text x="{left}" y="24" font-weight="bold">seconds, by {by}</text>']
    for power in range(low, high + 1):
        parts.append(
            f'<line x1="{left}" x2="{left + width}" y1="{y(10.0**power):.1f}" '
            f'y2="{y(10.0**power):.1f}" stroke="#ddd"/>'
            f'<text x="{left - 6}" y="{y(10.0**power) + 4:.1f}" text-anchor="end">'
            f"{10.0**power:g}</text>"
        )
    for size in sizes:
        parts.append(
            f'<text x="{x(size):.1f}" y="{top + height + 18}" text-anchor="middle">{size:,}</text>'
        )
    for label, colour, points in (
        ("ours", "#0b6e4f", [(getattr(row, by), row.ours) for row in rows]),
        (
            "pabutools",
            "#b3541e",
            [(getattr(r, by), r.theirs) for r in rows if r.theirs and r.finished],
        ),
    ):
        if not points:
            continue
        line = " ".join(f"{x(size):.1f},{y(seconds):.1f}" for size, seconds in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x(size):.1f}" cy="{y(seconds):.1f}" r="3" fill="{colour}"/>'
            for size, seconds in points
        ]
        size, seconds = points[-1]
        parts.append(
            f'<text x="{x(size):.1f}" y="{y(seconds) - 8:.1f}" text-anchor="end" '
            f'fill="{colour}">{label}</text>'
        )
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--pabutools", metavar="PYTHON", help="an interpreter that has it")
    parser.add_argument("--limit", type=float, default=1800, help="seconds for pabutools on a file")
    parser.add_argument("--growth-limit", type=float, default=60, help="the same for growth")
    parser.add_argument("--picture", type=Path, help="write the growth as SVG to this file")
    parser.add_argument("--only", choices=("real", "growth"), help="one part alone")
    chosen = parser.parse_args()
    print(HEAD)
    if chosen.only != "growth":
        real(chosen.pabutools, chosen.limit)
    if chosen.only != "real":
        found = growth(chosen.pabutools, chosen.growth_limit)
        if chosen.picture:
            chosen.picture.write_text(picture(found), encoding="utf-8")


if __name__ == "__main__":
    main()
