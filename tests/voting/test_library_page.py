"""The example on the library's page runs and says what it must."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_example_runs():
    page = (ROOT / "voting/README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.startswith("('park', 'bus') 3\nWhy(code='elected'")


def test_every_rule_is_on_the_page_and_has_its_specification():
    from voting.methods import METHODS

    page = (ROOT / "voting/README.md").read_text(encoding="utf-8")
    for method, module in METHODS.items():
        assert f"`{method}`" in page, method
        path = ROOT / (module.replace(".", "/") + ".md")
        assert path.read_text(encoding="utf-8").count("\n") > 5, path
