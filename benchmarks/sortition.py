"""The lottery's time and worth on pools of growing size, beside sortition-algorithms.

    python3 benchmarks/sortition.py ours 1000 40          one pool, one line of JSON
    python3 benchmarks/sortition.py table                 our sizes up to 10,000
"""

import json
import resource
import sys
import time

from deliberation.sortition import lottery
from deliberation.sortition.chance import Chance
from deliberation.sortition.pool import Person, Pool
from deliberation.sortition.targets import Target, Targets

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


def ours(size: int, seats: int, panels: int | None = None) -> dict[str, object]:
    """One lottery, with the time of each stage."""
    pool, targets = generate(size, seats)
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
        "pool": size,
        "seats": seats,
        "types": len(set(held.type_of)),
        "panels": len(held.panels),
        "bound": float(held.bound),
        "lowest": float(held.lowest),
        "shortfall": held.largest_shortfall,
        "proved": lottery.certificate_holds(held, pool, targets),
        "exact": held.exact,
        "zero": len(held.zero_chance),
        "wall": round(wall, 2),
        "cpu": round(cpu, 2),
        "stages": stages,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    size, seats = int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(ours(size, seats, int(sys.argv[4]) if len(sys.argv) > 4 else None)))
