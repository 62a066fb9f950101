"""``pb bundle --demo``: an invented vote from the first cast to a file that a stranger checks."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 50
"""Seconds of the processor, which other work on the machine does not lengthen."""


def test_the_demo_bundles_a_vote_of_its_own_and_it_passes(tmp_path: Path) -> None:
    out = tmp_path / "vote.zip"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = subprocess.run([sys.executable, "-m", "pb", "bundle", "--demo", "--out", str(out)],
                          cwd=ROOT, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert made.returncode == 0, made.stderr
    assert made.stdout == ""
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < LIMIT
    key = re.search(r"--key ([0-9a-f]{64})", made.stderr)
    assert key is not None
    with zipfile.ZipFile(out) as packed:
        (tmp_path / "verify.py").write_bytes(packed.read("verify.py"))
        readme = packed.read("README.txt").decode()
    assert "python3 -I verify.py" in readme and "Mae’r ffeil hon" in readme
    done = subprocess.run([sys.executable, "-I", "verify.py", "vote.zip", "--key", key[1]],
                          cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "40 replaced by later ones" in done.stdout and "OK the result is right" in done.stdout
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"vote.zip", "verify.py"}
