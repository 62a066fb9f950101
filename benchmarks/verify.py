"""How long a stranger's check takes, and how it grows: ``python benchmarks/verify.py [SIZE ...]``.

Makes bundles of 10,000, 30,000 and 100,000 voters by the published format (all ballots sealed in
the log, one in ten cast again, a signed head every ten casts), for ranked, knapsack and approval
ballots, and runs ``pb/record/verify.py`` on each in a process of its own with ``python -I``. Prints
the processor's time in seconds, the wall's beside it, and the memory at its highest.
"""

from __future__ import annotations

import base64
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pb.record.verify import roots_of  # noqa: E402
from tests.support import bundle  # noqa: E402
from tests.support.bundle import BOX_KEY, LOG_KEY, Vote, leaf_hash, sign_note  # noqa: E402
from voting import Contest, Option  # noqa: E402
from voting.ballots import Approval, Content, Knapsack, Ranking  # noqa: E402

SIZES = (10_000, 30_000, 100_000)
PROJECTS, CHOICES, AGAIN, A_HEAD = 40, 6, 10, 10
LIMIT = 90
"""Seconds that 100,000 ballots may take."""
VOTES = (
    ("ranked", "scottish-stv", 5), ("ranked", "equal-shares-ranked", 0),
    ("knapsack", "greedy", 0), ("knapsack", "equal-shares", 0), ("approval", "equal-shares", 0),
)


def contest_of(kind: str, method: str, seats: int, voters: int) -> Contest:
    chance = random.Random(1)
    options = tuple(
        Option(str(one), cost=chance.randint(5, 120) * 100_000, area="north" if one % 4 else "")
        for one in range(1, PROJECTS + 1)
    )
    money = 50 * 100 * voters
    return Contest(options, kind, method, seats=seats, max_choices=CHOICES,
                   budgets={"": max(money, 30_000_000), "north": max(money, 60_000_000)})


def ballots(contest: Contest, voters: int) -> list[Content]:
    """Voters with tastes of their own over projects of unequal popularity."""
    chance = random.Random(2)
    ids = [option.id for option in contest.options]
    likes = [chance.lognormvariate(0, 0.9) for _ in ids]
    made: list[Content] = []
    for _ in range(voters):
        wanted = dict.fromkeys(chance.choices(ids, likes, k=chance.randint(2, CHOICES)))
        if contest.kind == "ranked":
            made.append(Ranking(tuple(wanted)))
        elif contest.kind == "approval":
            made.append(Approval(tuple(wanted)))
        else:
            left = dict(contest.budgets)
            kept = []
            for option in map(contest.by_id.__getitem__, wanted):
                if option.cost <= left[option.area]:
                    left[option.area] -= option.cost
                    kept.append(option.id)
            made.append(Knapsack(tuple(kept)))
    return made


def made(contest: Contest, contents: list[Content]) -> Vote:
    """A whole vote; heads are signed at the end over what the log was then."""
    vote = Vote(contest, entitled=2 * len(contents))
    numbers = [vote.cast(content) for content in contents]
    for number, content in zip(numbers[::AGAIN], contents[::AGAIN], strict=True):
        vote.cast(content, replaces=number)
    vote.close()
    vote.write_opened()
    vote.publish(Counter(contents))
    vote.heads.clear()
    roots = roots_of([leaf_hash(one) for one in vote.leaves])
    sizes = [*range(A_HEAD, len(vote.leaves), A_HEAD), len(vote.leaves)]
    for size in sizes:
        root = base64.b64encode(roots[size - 1]).decode()
        vote.heads.append(sign_note(LOG_KEY, vote.origin, f"{vote.origin}\n{size}\n{root}\n"))
    return vote


def run(path: Path, *options: str) -> tuple[float, float, int]:
    """Processor's and wall's seconds, and megabytes at the highest, of one check that passes."""
    script = (
        "import runpy, sys\n"
        "sys.argv = sys.argv[1:]\n"
        "try:\n    runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit as end:\n    code = end.code\n"
        "status = open('/proc/self/status').read()\n"
        "print(int(status.split('VmHWM:')[1].split()[0]) // 1024, file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(ROOT / "pb/record/verify.py"), str(path),
         *options], capture_output=True, text=True,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"verify.py refused its own bundle:\n{done.stdout}{done.stderr}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, wall, int(done.stderr.split()[-1])


def main() -> None:
    auditor = "--auditor" in sys.argv
    sizes = tuple(int(one) for one in sys.argv[1:] if one.isdigit()) or SIZES
    bundle.PLAIN = 256
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vote.zip"
        (Path(folder) / "1.box").write_text(BOX_KEY.private_bytes_raw().hex())
        for kind, method, seats in VOTES:
            for voters in sizes:
                contest = contest_of(kind, method, seats, voters)
                vote = made(contest, ballots(contest, voters))
                path.write_bytes(vote.bundle())
                spent, wall, memory = run(path, *(("--auditor", folder) if auditor else ()))
                print(json.dumps({
                    "ballots": voters, "casts": voters + voters // AGAIN, "kind": kind,
                    "rule": method, "heads": len(vote.heads), "cpu_seconds": round(spent, 2),
                    "wall_seconds": round(wall, 2), "megabytes": memory,
                    "bundle_megabytes": round(path.stat().st_size / 1e6, 1),
                    "within": spent < LIMIT,
                }), flush=True)


if __name__ == "__main__":
    main()
