"""Tables over rounds: how many pairs meet, in what time. ``python benchmarks/seating.py [SEEDS]``.

Each case is planned with several seeds at the default number of steps, beside tables dealt by
chance. Prints Markdown. "Meetings" is the number of pairs who would meet if nobody met twice.
"""

from __future__ import annotations

import platform
import sys
import time
from itertools import combinations
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from deliberation.sortition.seating import Gathering, plan  # noqa: E402

SHARES = {"sex": "fffmm", "age": "aabbbbbccc", "place": "nnnneesswww"}


def gathering(people: int, tables: int, rounds: int, traits: int, seed: str) -> Gathering:
    """People whose traits are dealt by chance, with uneven shares of two to four values."""
    random = Random(f"people {seed}")
    return Gathering(
        people=tuple(f"p{number}" for number in range(people)),
        tables=tables,
        rounds=rounds,
        traits={
            column: tuple(values[int(random.random() * len(values))] for _ in range(people))
            for column, values in list(SHARES.items())[:traits]
        },
    )


def by_chance(case: Gathering) -> int:
    """Pairs who meet if the tables are dealt afresh each round."""
    random = Random("by chance")
    met = set()
    for _ in range(case.rounds):
        dealt = random.sample(range(len(case.people)), len(case.people))
        for table in range(case.tables):
            met.update(combinations(sorted(dealt[table :: case.tables]), 2))
    return len(met)


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"Python {platform.python_version()}, {seeds} seeds each; seconds of processor time.\n")
    print(
        "| People x tables x rounds | Traits | Meetings | By chance | Pairs | Most often | "
        "Outside the share | Seconds |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for people, tables, rounds, traits in (
        (24, 4, 4, 0),
        (60, 8, 6, 3),
        (100, 12, 6, 3),
        (150, 19, 6, 0),
        (150, 19, 6, 3),
    ):
        found = []
        seconds = []
        for seed in map(str, range(1, seeds + 1)):
            case = gathering(people, tables, rounds, traits, seed)
            start = time.process_time()
            found.append(plan(case, seed))
            seconds.append(time.process_time() - start)
        meetings = sum(len(table) * (len(table) - 1) // 2 for r in found[0].rounds for table in r)
        pairs = [one.distinct_pairs for one in found]
        print(
            f"| {people} x {tables} x {rounds} | {traits} | {meetings:,} | {by_chance(case):,} | "
            f"{min(pairs):,} to {max(pairs):,} | {max(one.most_meetings for one in found)} | "
            f"{max(len(one.imbalances) for one in found)} | {max(seconds):.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
