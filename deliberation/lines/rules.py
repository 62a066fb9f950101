"""Which lines still need a colour, which keep theirs, and which word of a table counts. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Protocol, TypeVar

COLOURS = ("green", "amber", "red")
Lines = Mapping[str, Mapping[str, Any]]
"""By a line's key what it says, by language."""


class Checked(Protocol):
    """A check of a line, as the rules see it."""

    @property
    def version(self) -> int: ...
    @property
    def line(self) -> str: ...
    @property
    def colour(self) -> str: ...


Check = TypeVar("Check", bound=Checked)


def latest(version: int, checks: Iterable[Check]) -> dict[str, Check]:
    """The last check of each line in a version, by the line's key."""
    return {one.line: one for one in checks if one.version == version}


def unchecked(lines: Lines, version: int, checks: Iterable[Checked]) -> list[str]:
    """The lines that no other table has called green or amber in this version."""
    known = latest(version, checks)
    return [
        line for line in lines
        if line not in known or known[line].colour not in ("green", "amber")
    ]


def carried(before: Lines, after: Lines, checks: Iterable[Check], version: int) -> list[Check]:
    """The checks that hold for a new version: those of lines that still say the same."""
    return [
        one for line, one in latest(version, checks).items()
        if line in before and line in after and dict(before[line]) == dict(after[line])
    ]


def refused(
    line: str, lines: Container[str], colour: str, comment: str, table: int, own_table: int | None
) -> str:
    """Why a table's word on a line does not count, as a code; empty where it does."""
    if line not in lines or colour not in COLOURS:
        return "check.line"
    if table < 1:
        return "check.table"
    if table == own_table:
        return "check.own_table"
    if colour != "green" and not comment:
        return "check.comment"
    return ""
