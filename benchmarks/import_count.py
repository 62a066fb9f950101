"""How long a real city's vote takes from its file to its published page, step by step.

    python benchmarks/import_count.py [FILE] [--runs N]

The steps are those of ``python3 -m pb import``: read, store in chunks, count, count a second
time, compare with other rules, publish; then the result's page is fetched, first as it is made
and then from the cache. Each run uses an empty database of its own. The time limit for Łódź 2022
(90,494 ballots, 160 projects) is 60 seconds for everything.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from starlette.testclient import TestClient

from pb.app import create_app
from pb.commands import open_site
from pb.core.work import SYSTEM
from pb.results import counting, importing, jobs, services
from pb.settings import load
from voting.formats import read

LODZ = Path(__file__).resolve().parents[1] / "../shared/data/pabulib/files/Poland_Lodz_2022.pb"
LIMIT = 60.0


class Clock:
    """Seconds by step, in order."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self.last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.steps[name] = self.steps.get(name, 0.0) + now - self.last
        self.last = now


def run(path: Path) -> dict[str, float]:
    """One import from an empty database to the page; seconds by step."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load(
            {"PB_BASE_URL": "http://testserver", "PB_RUN_WORKER": "false",
             "PB_SECRET_KEY": "a benchmark keeps no secrets at all"},
            data=Path(folder),
        )
        site = open_site(settings)
        clock = Clock()
        election = read(path)
        source = importing.Source(
            path.name, hashlib.sha256(path.read_bytes()).hexdigest(), {}
        )
        clock.lap("read the file")
        process_id = site.work.run(
            importing.begin_import, SYSTEM, "Benchmark", election, source
        )
        for chunk in importing.chunks(election.groups):
            site.work.run(importing.add_ballots, SYSTEM, process_id, chunk)
        clock.lap("store the ballots")
        with patch.object(jobs, "count_process", by_step(clock)):
            services.count_and_publish_now(site, process_id, final=True)
        slug = site.work.run(importing.finish_import, SYSTEM, process_id)
        clock.lap("publish")
        browser = TestClient(create_app(site), base_url="http://testserver")
        address = f"/processes/{slug}/result"
        for name in ("first page", "page from the cache"):
            answer = browser.get(address)
            assert answer.status_code == 200
            clock.lap(name)
        site.close()
        return clock.steps


def by_step(clock: Clock) -> Callable[..., counting.Counted]:
    """``count_process`` with a lap at each step it announces."""
    names = {
        "counting": "read the ballots back", "second": "count", "comparing": "second count",
        "storing": "other rules",
    }
    original = counting.count_process

    def timed(session: object, process: object, say: Callable[[str], None]) -> counting.Counted:
        def lap(step: str) -> None:
            if step in names:
                clock.lap(names[step])
            say(step)

        return original(session, process, lap)  # type: ignore[arg-type]

    return timed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", nargs="?", type=Path, default=LODZ)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    runs = [run(chosen.file) for _ in range(chosen.runs)]
    width = max(map(len, runs[0]))
    print(f"{chosen.file.name}, median of {len(runs)} runs, seconds")
    for step in runs[0]:
        print(f"  {step:{width}}  {statistics.median(one[step] for one in runs):8.3f}")
    total = statistics.median(sum(one.values()) for one in runs)
    print(f"  {'all':{width}}  {total:8.3f}  (limit {LIMIT:.0f})")


if __name__ == "__main__":
    main()
