"""Who may know whom: the table of the house, held by the imports themselves."""

from __future__ import annotations

import ast
from pathlib import Path

from pb.app import FEATURES

ROOT = Path(__file__).resolve().parents[2]
ALLOWED_OF_EARLIER = {
    "queries", "services", "running", "kept", "events", "models", "rules", "values", "contests",
    "content", "checks", "office", "subjects", "doors", "keys", "letters", "notes", "notices",
    "seams", "publication", "seats",
}
"""What a feature may use of an earlier one. Its routes and forms are its own."""
SHARED_PARTS = {"jobs": {"pb.notifications.jobs"}, "twofold": {"pb.accounts.twofold"},
                "lost_keys": {"pb.accounts.lost_keys"},
                "pictures": {"pb.projects.pictures"},
                "photos": {"deliberation.notes.photos"}}
TOP = {"pb.app", "pb.cli", "pb.commands", "pb.__main__", "pb.migrations", "pb.demo"}
PURE = ("voting", "deliberation.sortition")


def modules() -> dict[str, Path]:
    found = {}
    for folder in ("pb", "voting", "deliberation"):
        for path in (ROOT / folder).rglob("*.py"):
            parts = list(path.relative_to(ROOT).with_suffix("").parts)
            if parts[-1] == "__init__":
                parts.pop()
            found[".".join(parts)] = path
    return found


def imports_of(path: Path) -> set[str]:
    """Every module of ours that a file imports, also inside functions and for types only."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(f"{node.module}.{name.name}" for name in node.names)
    return {name for name in found if name.split(".")[0] in ("pb", "voting", "deliberation")}


def feature_of(module: str) -> str | None:
    return next((one for one in FEATURES if module == one or module.startswith(one + ".")), None)


def is_top(module: str) -> bool:
    return any(module == one or module.startswith(one + ".") for one in TOP) or module.endswith(
        "cli"
    )


def faults(module: str, imported: str) -> str | None:
    """Why this import breaks the table, or None."""
    if module.startswith(PURE):
        package = "voting" if module.startswith("voting") else "deliberation.sortition"
        return None if imported.startswith(package) else "a pure library knows only itself"
    if imported.startswith(PURE) or is_top(module):
        return None
    if is_top(imported) and imported != "pb.app.load_features":
        return "only entrypoints know the composition root"
    mine, other = feature_of(module), feature_of(imported)
    if module.startswith(("pb.core", "pb.settings")):
        return "the core knows no feature" if other or imported.startswith("pb.access") else None
    if module.startswith("pb.access"):
        return "access knows subjects only by its protocol" if other else None
    if mine and other and mine != other:
        if FEATURES.index(other) > FEATURES.index(mine):
            if mine == "pb.notifications" and imported.startswith("pb.processes.queries"):
                return None  # every mail bears the council's name
            return f"{mine} comes before {other}"
        part = imported.split(".")[2] if imported.count(".") >= 2 else ""
        if part in SHARED_PARTS and any(
            imported.startswith(one) for one in SHARED_PARTS[part]
        ):
            return None
        if part not in ALLOWED_OF_EARLIER:
            return f"of an earlier feature only {sorted(ALLOWED_OF_EARLIER)}"
    return None


def test_imports_point_down() -> None:
    broken = [
        f"{module} imports {imported}: {why}"
        for module, path in modules().items()
        for imported in sorted(imports_of(path))
        if (why := faults(module, imported))
    ]
    assert not broken, "\n".join(broken)


def test_the_table_would_notice() -> None:
    assert faults("voting.count", "pb.core.web.Request")
    assert faults("pb.core.web", "pb.ballots.services.cast")
    assert faults("pb.accounts.services", "pb.ballots.queries.roll_entry")
    assert faults("pb.results.services", "pb.ballots.routes.vote")
    assert faults("pb.access.policy", "pb.processes.models.Process")
    assert not faults("pb.results.services", "pb.ballots.queries.contents_of")


def test_setting_up_needs_nothing_from_outside() -> None:
    standard = {"gc", "hashlib", "json", "os", "shutil", "subprocess", "sys", "time", "tomllib",
                "pathlib", "fcntl", "pb"}
    tree = ast.parse((ROOT / "pb" / "__main__.py").read_text(encoding="utf-8"))
    named = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            named.add((node.module or "").split(".")[0])
    assert named <= standard
    assert "import" not in (ROOT / "pb" / "__init__.py").read_text(encoding="utf-8").split('"""')[2]
