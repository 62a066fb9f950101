"""Tests by their names, as lists of proofs name them: ``tests/x/test_y.py::test_z``."""

from __future__ import annotations

import ast
from functools import cache

from tests.support.needs import ROOT


@cache
def functions(path: str) -> frozenset[str]:
    """The test functions of a file; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def exists(name: str) -> bool:
    """Whether a test is there; a case in brackets is not looked at."""
    path, _, function = name.partition("::")
    return function.partition("[")[0] in functions(path)
