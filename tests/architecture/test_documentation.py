"""What README promises is there, and what is there stands in README."""

from __future__ import annotations

import re
from pathlib import Path

from pb.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    code = (ROOT / "pb" / "settings.py").read_text(encoding="utf-8")
    bootstrap = (ROOT / "pb" / "__main__.py").read_text(encoding="utf-8")
    settings = set(re.findall(r'"(PB_[A-Z_]+)"', code + bootstrap))
    documented = set(re.findall(r"`(PB_[A-Z_]+)`", README))
    assert settings == documented


def test_every_command_is_documented() -> None:
    for name in COMMANDS:
        assert f"pb {name}" in README, name


def test_the_changelog_names_this_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version and version[1] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("[project]")[1].split("[project.scripts]")[0]
    for line in block.splitlines():
        if re.match(r'\s+"[a-z].*[>=]=', line):
            assert "#" in line or 'pytest>=' in line, line


def test_no_address_of_a_registry_is_committed() -> None:
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")
