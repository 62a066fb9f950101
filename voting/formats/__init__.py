"""Files of elections, in and out. Each module reads one format into a contest and ballots.

``read`` finds out which format a file is in, by its name and its first lines.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from voting.formats.election import Election, Fault, FormatError

__all__ = ["Election", "Fault", "FormatError", "format_of", "read"]

BY_NAME = {
    ".pb": "pabulib",
    ".blt": "blt",
    ".soi": "preflib",
    ".soc": "preflib",
    ".toi": "preflib",
    ".toc": "preflib",
    ".xlsx": "ess",
}
"""Ending of the file's name to the module here that reads it."""

BY_CONTENT = ("pabulib", "scottish", "blt", "preflib", "clear_ballot", "rank_columns", "rctab")
"""Modules asked in this order, by their ``recognise(head)``, where the name says nothing."""

HEAD_BYTES = 65_536


def format_of(path: Path) -> str:
    """The name of the module that reads a file; FormatError("file.format") if there is none."""
    if path.suffix.lower() in BY_NAME:
        return BY_NAME[path.suffix.lower()]
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES).decode("utf-8-sig", errors="replace")
    for name in BY_CONTENT:
        if import_module(f"voting.formats.{name}").recognise(head):
            return name
    raise FormatError([Fault(1, "file.format")])


def read(path: Path) -> Election:
    """Read a file of any known format. Errors: FormatError, OSError."""
    election: Election = import_module(f"voting.formats.{format_of(path)}").read(path)
    return election
