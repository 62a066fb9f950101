"""``python3 -m pb test --sabotage [--only WORD] [--jobs N]``: see that each sabotage is noticed."""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.sabotage import Sabotage, listed
from tests.support.needs import ROOT

NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache",
    "node_modules",
)
SKIPPED = 100
"""A test that this machine cannot run proves nothing."""
LATER = itertools.count(1000)
RED = 1
"""What pytest ends with where a test failed; a tree that cannot even be read ends otherwise."""


def run(tree: Path, tests: Sequence[str]) -> int:
    """Run tests in a copy of the tree; how pytest ended."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider",
         *tests],
        cwd=tree, capture_output=True, text=True, check=False,
        env=os.environ | {"PB_SETUP": "no", "PYTHONPATH": str(tree),
                          "PYTHONPYCACHEPREFIX": str(tree.parent / "compiled")},
    )
    (tree / "last.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    return done.returncode if " skipped" not in done.stdout else SKIPPED


def tried(tree: Path, one: Sabotage) -> str:
    """Break the line, run its test, put the line back; "red" is as it should be."""
    path = tree / one.file
    whole = path.read_text(encoding="utf-8")
    kept = path.stat()
    path.write_text(one.done_to(whole), encoding="utf-8")
    # A time of its own, so that no compiled file of another line is taken for this one's.
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns + next(LATER) * 10**9))
    try:
        code = run(tree, [one.test])
    finally:
        path.write_text(whole, encoding="utf-8")
        os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    return {RED: "red", 0: "NOT NOTICED", SKIPPED: "skipped"}.get(code, f"BROKEN (pytest {code})")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m pb test --sabotage", description=__doc__)
    parser.add_argument("--only", default="", help="a failure such as F09, or a part of a test's")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1))
    options = parser.parse_args(arguments)
    wanted = [one for one in listed()
              if options.only in (one.belongs, "") or options.only in one.test]
    if not wanted:
        print(f"No sabotage belongs to {options.only}.")
        return 2
    jobs = max(1, min(options.jobs, len(wanted)))
    with tempfile.TemporaryDirectory(prefix="sabotage-") as folder:
        trees = [Path(folder) / f"tree-{number}" for number in range(jobs)]
        for tree in trees:
            shutil.copytree(ROOT, tree, ignore=NOT_COPIED)
        if (ROOT.parent / "shared").is_dir():
            (Path(folder) / "shared").symlink_to(ROOT.parent / "shared")
        if run(trees[0], sorted({one.test for one in wanted})) not in (0, SKIPPED):
            print((trees[0] / "last.txt").read_text(encoding="utf-8")[-3000:])
            print("Some of the tests are red before anything is broken.")
            return 1
        print(f"{len({one.test for one in wanted})} tests are green before. Now broken, line by "
              "line:", flush=True)
        free = list(trees)

        def one_by_one(one: Sabotage) -> str:
            tree = free.pop()
            try:
                return tried(tree, one)
            finally:
                free.append(tree)

        missed = 0
        with ThreadPoolExecutor(jobs) as pool:
            for one, outcome in zip(wanted, pool.map(one_by_one, wanted), strict=True):
                missed += outcome != "red"
                print(f"{one.belongs:12} {outcome:12} {one.breaks}  [{one.file}: "
                      f"{one.test.partition('::')[2]}]", flush=True)
    print(f"{len(wanted) - missed} of {len(wanted)} sabotages were noticed.")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
