"""The lottery's time and worth on pools of growing size, beside sortition-algorithms.

    python3 benchmarks/sortition.py ours 1000 40 [PANELS]     one pool, one line of JSON
    python3 benchmarks/sortition.py peer 1000 40              the same pool, by the other library
    python3 benchmarks/sortition.py compare PYTHON 1000 40    both in one run, and whether they
                                                              agree; PYTHON has the other library
                                                              (for 1000 also the name of a pool in
                                                              ../shared/data/sortition)
    python3 benchmarks/sortition.py data                      the pools beside the checkout, in
                                                              ../shared/data/sortition
    python3 benchmarks/sortition.py table [LINES] [PICTURE]   what was measured, as table and SVG

The other library (maximin with HiGHS, GPLv3) is no dependency: make an environment of its own,
`python3 -m venv other && other/bin/pip install sortition-algorithms`, and name its Python. Each
runs in a process of its own with PYTHONHASHSEED=0. Times are CPU seconds, which say more than
seconds on a machine that does other things as well. `table` reads lines of JSON as the other
commands print them, by default benchmarks/sortition.jsonl.
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
import time
from math import log10
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "sortition"
sys.path.insert(0, str(ROOT))

from deliberation.sortition import lottery  # noqa: E402
from deliberation.sortition.chance import Chance  # noqa: E402
from deliberation.sortition.pool import Person, Pool, parse_people  # noqa: E402
from deliberation.sortition.targets import (  # noqa: E402
    Target,
    Targets,
    decode,
    parse_targets,
    tally,
)

# A town's shares in thousandths, and how much likelier each kind is to volunteer (in tenths).
TOWN = {
    "gender": {"female": (506, 10), "male": (486, 9), "other": (8, 15)},
    "age": {
        "16-24": (130, 4), "25-34": (165, 7), "35-44": (155, 9),
        "45-54": (160, 11), "55-64": (160, 14), "65+": (230, 15),
    },
    "education": {
        "none": (190, 3), "level1-2": (300, 6), "level3": (190, 10), "level4+": (320, 20),
    },
    "ethnicity": {
        "white": (780, 11), "asian": (110, 7), "black": (50, 7), "mixed": (40, 9), "other": (20, 8),
    },
    "region": {
        "north": (260, 10), "south": (220, 11), "east": (190, 9), "west": (150, 8),
        "centre": (180, 12),
    },
    "disability": {"yes": (220, 8), "no": (780, 10)},
    "tenure": {"own": (560, 12), "private rent": (240, 8), "social rent": (200, 5)},
}  # fmt: skip


def generate(size: int, seats: int, seed: str = "benchmark") -> tuple[Pool, Targets]:
    """A pool of volunteers who differ from their town, and targets by the town's shares.

    Each target lies between the share of the seats rounded down and that rounded up.
    """
    chance = Chance(seed, f"pool of {size}")
    rows, place = [], {}
    for category, values in TOWN.items():
        for value, (share, _) in values.items():
            place[category, value] = len(rows)
            low = seats * share // 1000
            rows.append(Target(category, value, low, low + 1))
    people = []
    for number in range(size):
        traits = []
        for category, values in TOWN.items():
            weights = [share * keen for share, keen in values.values()]
            at = chance.below(sum(weights))
            for value, weight in zip(values, weights, strict=True):
                if at < weight:
                    traits.append(place[category, value])
                    break
                at -= weight
        people.append(Person(f"p{number:05}", tuple(traits)))
    return Pool(tuple(people)), Targets(tuple(rows))


def pool_of(name: str, seats: int) -> tuple[Pool, Targets]:
    """A generated pool of so many people, or the one of this name beside the checkout."""
    return generate(int(name), seats) if name.isdigit() else read(name)


def read(name: str) -> tuple[Pool, Targets]:
    targets = parse_targets(decode((DATA / name / "categories.csv").read_bytes()))
    return parse_people(decode((DATA / name / "respondents.csv").read_bytes()), targets), targets


def ours(name: str, seats: int, panels: int | None = None) -> dict[str, object]:
    """One lottery, with the time of each stage."""
    pool, targets = pool_of(name, seats)
    stages: dict[str, float] = {}
    last = ["start", time.process_time()]

    def progress(stage: str, done: int, of: int) -> None:
        if stage != last[0]:
            now = time.process_time()
            stages[str(last[0])] = round(now - float(last[1]), 2)
            last[:] = [stage, now]

    began, began_cpu = time.perf_counter(), time.process_time()
    held = lottery.hold(pool, targets, seats, seed="benchmark", panels=panels, progress=progress)
    wall, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    progress("end", 0, 0)
    return {
        "who": "ours",
        "name": name,
        "pool": len(pool.people),
        "seats": seats,
        "types": len(set(held.type_of)),
        "panels": len(held.panels),
        "bound": float(held.best_bound),
        "lowest": float(held.lowest),
        "shortfall": held.largest_shortfall,
        "legal": legal(pool, targets, seats, held.panels),
        "proved": lottery.certificate_holds(held, pool, targets),
        "exact": held.exact,
        "no_chance": len(held.zero_chance),
        "seconds": round(wall, 2),
        "cpu": round(cpu, 2),
        "stages": stages,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def legal(pool: Pool, targets: Targets, seats: int, panels: object) -> bool:
    """Whether each panel, people by place, has the seats and meets the targets."""
    assert isinstance(panels, list | tuple)
    for panel in panels:
        counts = tally(targets, [pool.people[person].traits for person in panel])
        if len(set(panel)) != seats or not all(
            row.minimum <= count <= row.maximum
            for row, count in zip(targets.rows, counts, strict=True)
        ):
            return False
    return True


def peer(name: str, seats: int) -> dict[str, object]:
    """The other library's maximin on the same pool, and its own rounding to as many panels.

    `lowest` is of its distribution, `rounded` of the panels that it would publish.
    """
    from sortition_algorithms.committee_generation import (
        find_distribution_maximin,
        standardize_distribution,
    )
    from sortition_algorithms.core import lottery_rounding
    from sortition_algorithms.features import read_in_features
    from sortition_algorithms.people import read_in_people
    from sortition_algorithms.settings import Settings

    pool, targets = pool_of(name, seats)
    rows = [
        {
            "feature": row.category,
            "value": row.value,
            "min": str(row.minimum),
            "max": str(row.maximum),
        }
        for row in targets.rows
    ]
    features, _, _ = read_in_features(list(rows[0]), rows, seats)
    body = [
        {"id": person.id}
        | {targets.rows[at].category: targets.rows[at].value for at in person.traits}
        for person in pool.people
    ]
    settings = Settings(id_column="id", columns_to_keep=[])
    people, _ = read_in_people(list(body[0]), body, features, settings)
    began, began_cpu = time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(sys.stderr):  # it reports as it goes
        panels, chances, _ = find_distribution_maximin(features, people, seats, [], "highspy")
    wall, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    published = lottery_rounding(*standardize_distribution(panels, chances), lottery.PANELS)
    counts = dict.fromkeys(pool.ids, 0)
    for panel in published:
        for one in panel:
            counts[one] += 1
    place = {one: at for at, one in enumerate(pool.ids)}
    theirs = dict.fromkeys(pool.ids, 0.0)
    for panel, chance in zip(panels, chances, strict=True):
        for one in panel:
            theirs[one] += chance
    return {
        "who": "sortition-algorithms",
        "name": name,
        "pool": len(pool.people),
        "seats": seats,
        "panels": len(panels),
        "lowest": min(theirs.values()),
        "rounded": min(counts.values()) / lottery.PANELS,
        "legal": legal(pool, targets, seats, [[place[who] for who in one] for one in panels]),
        "seconds": round(wall, 2),
        "cpu": round(cpu, 2),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def compare(python: str, name: str, seats: str) -> None:
    """Both, each in a process of its own; prints their lines and what to make of them."""
    lines = []
    for who, interpreter in (("ours", sys.executable), ("peer", python)):
        found = subprocess.run(
            [interpreter, __file__, who, name, seats],
            env={**os.environ, "PYTHONHASHSEED": "0"},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        last = found.stdout.splitlines()[-1]  # before it, the other one says what it does
        print(last, flush=True)
        lines.append(json.loads(last))
    one, other = lines
    print(
        f"ours {one['cpu']} s, the other {other['cpu']} s: {other['cpu'] / one['cpu']:.1f} times;"
        f" bound {one['bound']:.6f}, its maximin {other['lowest']:.6f};"
        f" lowest chance with {one['panels']} panels {one['lowest']:.4f}",
        file=sys.stderr,
    )


def data() -> None:
    """A table of the pools in ../shared/data/sortition: what was expected and what was found."""
    print(
        "| Pool | Bound (expected) | Lowest | Shortfall | Gini (expected) | No chance | Proved "
        "| CPU s |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, case in json.loads((DATA / "expected.json").read_text(encoding="utf-8")).items():
        pool, targets = read(name)
        began = time.process_time()
        held = lottery.hold(pool, targets, case["seats"], seed="benchmark")
        cpu = time.process_time() - began
        bound = case.get("bound", case.get("bound_over_the_rest"))
        proved = lottery.certificate_holds(held, pool, targets)
        print(
            f"| {name} | {held.best_bound} = {float(held.best_bound):.5f} ({bound:.5f}) "
            f"| {float(held.lowest):.4f} | {max(0.0, held.largest_shortfall):.4f} "
            f"| {held.gini:.4f} ({case['leximin_gini']:.4f}) "
            f"| {len(held.zero_chance)} ({case.get('zero_chance', 0)}) "
            f"| {'yes' if proved else 'no'} | {cpu:.1f} |",
            flush=True,
        )


def table(lines: Path, picture: Path) -> None:
    """A table to standard output and a picture of CPU time against pool size."""
    found = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines() if line]
    print(
        "| Pool | Seats | Who | CPU s | Bound | Lowest chance | of 1,000 panels | Legal | Proved |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for line in sorted(found, key=lambda one: (one["pool"], one["who"], one["panels"])):
        bound = f"{line['bound']:.5f}" if "bound" in line else ""
        rounded = line["lowest"] if bound else line.get("rounded", "")
        proved = {True: "yes", False: "no", None: ""}[line.get("proved")]
        print(
            f"| {line['pool']:,} | {line['seats']} | {line['who']} | {line['cpu']} | {bound} "
            f"| {'' if bound else format(line['lowest'], '.5f')} | {rounded} "
            f"| {'yes' if line['legal'] else 'no'} | {proved} |"
        )
    picture.write_text(drawing(found), encoding="utf-8")


def drawing(found: list[dict[str, object]]) -> str:
    """Both axes logarithmic: pool from 100 to 10,000, CPU time from 1 to 10,000 seconds."""

    def x(pool: float) -> float:
        return 70 + 250 * (log10(pool) - 2)

    def y(seconds: float) -> float:
        return 330 - 75 * log10(max(seconds, 1.0))

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 390" font-family="sans-serif"'
        ' font-size="13" role="img">',
        "<title>CPU seconds of a lottery against the size of its pool</title>",
        '<rect width="640" height="390" fill="#fff"/>',
    ]
    for power in range(5):
        at = y(10**power)
        parts.append(f'<path d="M70 {at:.0f}H600" stroke="#ddd"/>')
        parts.append(f'<text x="62" y="{at + 4:.0f}" text-anchor="end">{10**power:,} s</text>')
    for pool in (100, 200, 500, 1_000, 2_000, 5_000, 10_000):
        parts.append(f'<text x="{x(pool):.0f}" y="350" text-anchor="middle">{pool:,}</text>')
    parts.append('<text x="335" y="375" text-anchor="middle">people in the pool</text>')
    styles = (("ours", "#0b5d3b", ""), ("sortition-algorithms", "#b3401a", "6 4"))
    for who, colour, dashes in styles:
        points = sorted(
            (float(str(one["pool"])), float(str(one["cpu"])))
            for one in found
            if one["who"] == who and (who != "ours" or one["panels"] == lottery.PANELS)
        )
        if not points:
            continue
        path = "L".join(f"{x(pool):.1f} {y(cpu):.1f}" for pool, cpu in points)
        parts.append(
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.5"'
            f' stroke-dasharray="{dashes}"/>'
        )
        parts += [
            f'<circle cx="{x(pool):.1f}" cy="{y(cpu):.1f}" r="4" fill="{colour}"/>'
            for pool, cpu in points
        ]
        pool, cpu = points[-1]
        label = "this library, 1,000 panels" if who == "ours" else who
        parts.append(
            f'<text x="{x(pool) - 8:.0f}" y="{y(cpu) - 10:.0f}" text-anchor="end"'
            f' fill="{colour}">{label}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main(arguments: list[str]) -> None:
    match arguments:
        case ["ours", size, seats, *panels]:
            print(json.dumps(ours(size, int(seats), int(panels[0]) if panels else None)))
        case ["peer", size, seats]:
            print(json.dumps(peer(size, int(seats))))
        case ["compare", python, size, seats]:
            compare(python, size, seats)
        case ["data"]:
            data()
        case ["table", *paths]:
            here = Path(__file__)
            given = [Path(path) for path in paths]
            table(
                given[0] if given else here.with_suffix(".jsonl"),
                given[1] if len(given) > 1 else here.with_suffix(".svg"),
            )
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
