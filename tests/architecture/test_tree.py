"""The tree says what the app does: its top is fixed and its files are read in one sitting."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

from pb.app import FEATURES, load_features

ROOT = Path(__file__).resolve().parents[2]
TOP = {
    "pb", "voting", "deliberation", "templates", "static", "tests", "pyproject.toml", "README.md",
    ".ci", "constraints.txt", "LICENSE", "CHANGELOG.md", "benchmarks", ".gitignore", "Dockerfile",
    ".dockerignore", "deploy",
}
LONGEST = {"tests": 500}
"""Lines; 430 elsewhere."""
ONE_FILE_BY_DESIGN = {"deliberation/sortition/verify.py", "pb/record/verify.py"}
"""A stand-alone check is read and run as one file."""


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name]


def test_the_top_of_the_tree() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP


def test_no_file_is_too_long_to_read() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in tracked()
        if path.suffix == ".py" and path.exists() and "versions" not in path.parts
        and str(path.relative_to(ROOT)) not in ONE_FILE_BY_DESIGN
        and (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > LONGEST.get(path.relative_to(ROOT).parts[0], 430)
    ]
    assert not long, "\n".join(long)


def test_every_feature_has_the_same_file_names() -> None:
    names = {"models", "rules", "queries", "services", "forms", "routes", "events", "jobs"}
    for feature in FEATURES:
        folder = ROOT / feature.replace(".", "/")
        assert names & {path.stem for path in folder.glob("*.py")}, feature


def test_every_route_has_one_name_and_one_address() -> None:
    pages = [page for routes in load_features() for page in routes.pages]
    assert len({page.name for page in pages}) == len(pages)
    assert len({page.path for page in pages}) == len(pages)


def test_no_address_vanishes_unnoticed() -> None:
    """Addresses are on letters and in bookmarks: changing this list is a decision."""
    kept = (Path(__file__).parent / "routes.txt").read_text(encoding="utf-8").split("\n")
    have = {
        f"{page.path} {','.join(page.methods)} {page.name}"
        for routes in load_features()
        for page in routes.pages
    }
    assert sorted(have) == [line for line in kept if line]


def test_nothing_is_caught_blindly() -> None:
    """``except Exception`` stands only in the worker's loop, around the page of a fault, and in
    the check that strangers run: they read a sentence, whatever the file holds."""
    places = {ROOT / f"pb/{one}.py" for one in ("core/jobs", "core/failures", "record/verify")}
    for path in tracked():
        if path.suffix == ".py" and path.is_relative_to(ROOT / "pb") and path.exists():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ExceptHandler) and (
                    node.type is None or getattr(node.type, "id", "") == "Exception"
                ):
                    assert path in places, path
