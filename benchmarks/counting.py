"""How fast ranked ballots are counted, beside the peers, in one run.

    python3 benchmarks/counting.py                    # our own figures
    python3 benchmarks/counting.py --peers PYTHON     # and those of VoteKit and pyrankvote
    python3 benchmarks/counting.py --wards FILE ...   # council wards, beside pyrankvote

PYTHON is an interpreter with ``votekit`` and ``pyrankvote`` installed, in an environment made
for this alone. Each measurement runs in a process of its own, from the file to the winners,
the best of --runs; the interpreter's start and imports are left out for everybody. Ratios are
of processor time, which other work on the machine disturbs less than the clock.

Ballots are invented: twenty options in two camps, one to twenty preferences, almost all long
papers different from each other. The table goes to standard output.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = 20

MEASURE = """
import json, resource, sys, time
path, seats = sys.argv[1], int(sys.argv[2])
{setup}
start, processor = time.perf_counter(), time.process_time()
{work}
processor, seconds = time.process_time() - processor, time.perf_counter() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([processor, seconds, memory, sorted(map(str, winners))]))
"""

GROUP_LINES = (
    "from collections import Counter",
    """
lines = Counter()
with open(path, "rb") as file:
    file.readline()
    for line in file:
        lines[line.partition(b",")[2]] += 1
winners = [len(lines)]
""",
)

OURS = (
    """
sys.path.insert(0, {root!r})
from dataclasses import replace
from pathlib import Path
from voting.count import count
from voting.formats import fast_columns, read
import voting.methods.scottish_stv, voting.methods.irv
""",
    """
election = read(Path(path))
method = "scottish-stv" if seats > 1 else "irv"
contest = replace(election.contest, method=method, seats=seats)
winners = count(contest, election.groups).elected
""",
)

OURS_BY_LISTS = (
    OURS[0]
    + """
from voting.methods import _arrays
fast_columns.LARGE = _arrays.MANY = 1 << 60
""",
    OURS[1],
)

PYRANKVOTE = (
    "import pyrankvote, csv",
    """
candidates, ballots = {}, []
with open(path, newline="") as file:
    rows = csv.reader(file)
    next(rows)
    for row in rows:
        ranked = [name for name in row[1:] if name]
        for name in ranked:
            if name not in candidates:
                candidates[name] = pyrankvote.Candidate(name)
        ballots.append(pyrankvote.Ballot([candidates[name] for name in ranked]))
if seats > 1:
    result = pyrankvote.single_transferable_vote(list(candidates.values()), ballots, seats)
else:
    result = pyrankvote.instant_runoff_voting(list(candidates.values()), ballots)
winners = [candidate.name for candidate in result.get_winners()]
""",
)

VOTEKIT = (
    """
import warnings
warnings.simplefilter("ignore")
from votekit.cvr_loaders import load_ranking_csv
from votekit.elections import {election}
""",
    """
columns = list(range(1, {last}))
profile = load_ranking_csv(path, columns, id_col=0, header_row=0, print_profile=False)
result = {election}(profile, {arguments})
winners = [name for group in result.get_elected() for name in group]
""",
)


def generate(path: Path, ballots: int) -> None:
    """Ballots by a Plackett-Luce model with two camps, the same at every run."""
    import numpy as np

    chance = np.random.default_rng(7)
    names = [f"C{option + 1}" for option in range(OPTIONS)]
    with path.open("w") as file:
        heads = ",".join(f"rank{rank + 1}" for rank in range(OPTIONS))
        file.write(f"ballot,{heads}\n")
        for start in range(0, ballots, 50_000):
            number = min(50_000, ballots - start)
            camp = chance.integers(0, 2, number)
            liking = chance.gumbel(size=(number, OPTIONS)) - 0.15 * np.arange(OPTIONS)
            liking += np.where(np.arange(OPTIONS) % 2 == camp[:, None], 1.5, 0)
            order = np.argsort(-liking, axis=1)
            lengths = np.minimum(chance.geometric(0.15, number), OPTIONS)
            for row, (ranked, length) in enumerate(zip(order, lengths, strict=True)):
                cells = [names[option] for option in ranked[:length]] + [""] * (OPTIONS - length)
                file.write(f"{start + row + 1},{','.join(cells)}\n")


def measure(
    python: str, task: tuple[str, str], path: Path, seats: int, runs: int, limit: float
) -> tuple[float, float, float, list[str]] | str:
    """Seconds of processor and clock at best, memory in MB, winners; or why there is none."""
    program = MEASURE.replace("{setup}", task[0]).replace("{work}", task[1])
    best: tuple[float, float, float, list[str]] | None = None
    for _ in range(runs):
        try:
            done = subprocess.run(
                [python, "-c", program, str(path), str(seats)],
                capture_output=True,
                text=True,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"not within {limit:.0f} s"
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["failed"])[-1][:100]
        processor, seconds, memory, winners = json.loads(done.stdout.splitlines()[-1])
        if best is None or processor < best[0]:
            best = processor, seconds, memory, winners
    assert best is not None
    return best


def report(path: Path, seats: int, peers: str | None, runs: int, limit: float) -> None:
    """One table: a row a counter, with its ratio to the grouping of lines and to ours."""
    what = f"STV, {seats} seats" if seats > 1 else "IRV"
    ours = (OURS[0].replace("{root!r}", repr(str(ROOT))), OURS[1])
    lists = (OURS_BY_LISTS[0].replace("{root!r}", repr(str(ROOT))), OURS_BY_LISTS[1])
    rows = [
        ("lines read and grouped as bytes", sys.executable, GROUP_LINES),
        ("voting, arrays", sys.executable, ours),
        ("voting, lists", sys.executable, lists),
    ]
    if peers:
        election = "FastSTV" if seats > 1 else "IRV"
        arguments = f"n_seats={seats}" if seats > 1 else ""
        kit = tuple(
            part.replace("{election}", election)
            .replace("{arguments}", arguments)
            .replace("{last}", str(OPTIONS + 1))
            for part in VOTEKIT
        )
        rows += [("pyrankvote", peers, PYRANKVOTE), ("VoteKit", peers, (kit[0], kit[1]))]
    print(f"\n{what}, {path.stat().st_size / 1e6:.1f} MB\n")
    print("| | processor s | clock s | times the grouping | times ours | MB | winners |")
    print("|---|---|---|---|---|---|---|")
    grouping = mine = None
    for name, python, task in rows:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        result = measure(python, task, path, seats, runs if python == sys.executable else 1, limit)
        if isinstance(result, str):
            print(f"| {name} | {result} | | | | | |")
            continue
        processor, seconds, memory, winners = result
        grouping = grouping or processor
        if name == "voting, arrays":
            mine = processor
        ratio = f"{processor / mine:.1f}" if mine else ""
        chosen = " ".join(winners) if task is not GROUP_LINES else f"{winners[0]} lines"
        print(
            f"| {name} | {processor:.3f} | {seconds:.3f} | {processor / grouping:.2f} | {ratio} "
            f"| {memory:.0f} | {chosen} |",
            flush=True,
        )


WARD = """
import json, sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from voting import count
from voting.formats import read
import pyrankvote
election = read(Path(sys.argv[1]))
def best(work, runs):
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)
single = [content.options for content, number in election.groups.items() for _ in range(number)]
def build():
    candidates = {o.id: pyrankvote.Candidate(o.id) for o in election.contest.options}
    ballots = [pyrankvote.Ballot([candidates[o] for o in options]) for options in single]
    return list(candidates.values()), ballots
def theirs():
    return pyrankvote.single_transferable_vote(*build(), election.contest.seats)
built = build()
works = [
    (lambda: count(election.contest, election.groups), 6),
    (theirs, 1),
    (lambda: pyrankvote.single_transferable_vote(*built, election.contest.seats), 1),
    (lambda: count(election.contest, election.groups).to_json(), 2),
]
# In turn, so that a processor that changes its speed does it to all of them.
rounds = [[best(work, runs) for work, runs in works] for _ in range(15)]
print(json.dumps([len(single), len(election.groups), rounds]))
"""


def report_wards(paths: list[Path]) -> None:
    """Council wards, from ballots in memory to the tally: best times, ratios at median."""
    print(
        "\n| ward | ballots | different | ours ms | and JSON ms "
        "| pyrankvote ms | times ours | built before |"
    )
    print("|---|---|---|---|---|---|---|---|")
    program = WARD.replace("{root!r}", repr(str(ROOT)))
    ratios = []
    for path in paths:
        done = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
        )
        ballots, groups, rounds = json.loads(done.stdout)
        ours, theirs, _, written = (1000 * min(times) for times in zip(*rounds, strict=True))
        ratio = median(round_[1] / round_[0] for round_ in rounds)
        without = median(round_[2] / round_[0] for round_ in rounds)
        ratios.append(ratio)
        print(
            f"| {path.stem} | {ballots} | {groups} | {ours:.2f} | {written:.2f} | {theirs:.1f} "
            f"| {ratio:.1f} | {without:.1f} |",
            flush=True,
        )
    reached = sum(ratio >= 20 for ratio in ratios)
    print(
        f"\npyrankvote with its building is slower {min(ratios):.1f} to {max(ratios):.1f} times, "
        f"median {median(ratios):.1f}; 20 times or more in {reached} of {len(ratios)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ballots", type=int, default=1_000_000)
    parser.add_argument("--seats", type=int, nargs="*", default=[5, 1])
    parser.add_argument("--peers", help="an interpreter with votekit and pyrankvote")
    parser.add_argument("--runs", type=int, default=3, help="of ours; the peers run once")
    parser.add_argument("--limit", type=float, default=600, help="seconds for one measurement")
    parser.add_argument(
        "--wards", type=Path, nargs="+", help="only these: Scottish CSVs of about 5,000 ballots"
    )
    given = parser.parse_args()
    if given.wards:
        report_wards(given.wards)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ballots.csv"
        print(f"writing {given.ballots} ballots", file=sys.stderr, flush=True)
        generate(path, given.ballots)
        for seats in given.seats:
            report(path, seats, given.peers, given.runs, given.limit)


if __name__ == "__main__":
    main()
