"""How every reader opens a file."""

from __future__ import annotations

import re
from pathlib import Path

from voting.formats.election import Fault, FormatError

Source = Path | str | bytes
"""A path; or the file's content, as text (str) or as bytes."""


def load(source: Source) -> str:
    """The text of a source: UTF-8, a byte order mark taken off.

    FormatError("file.encoding") names the line of the first byte that is not UTF-8.
    """
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    content = source.read_bytes() if isinstance(source, Path) else source
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FormatError([Fault(line, "file.encoding")]) from None


def whole_number(text: str) -> int | None:
    """A number written in digits 0 to 9 only, else None."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def separator(heading: str) -> str:
    """What parts the cells of a line of headings: the most frequent of comma, semicolon, tab."""
    return max((",", ";", "\t"), key=heading.count)
