"""A table as people save it, read whatever their program wrote: encoding, separator, lines.

Pure: bytes in, lines out, or a ``ListError`` whose code says what to do.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

MOST_LINES = 200_000
MOST_COLUMNS = 60
LONGEST_CELL = 500
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of spreadsheet programs begin; those want to be saved as CSV first."""


class ListError(Exception):
    """The whole file cannot be read; ``code`` has a sentence, with ``parameters``."""

    def __init__(self, code: str, **parameters: object) -> None:
        self.code, self.parameters = code, parameters
        super().__init__(code)


@dataclass(frozen=True)
class Table:
    """``lines`` are (number in the file, cells); ``encoding`` as one would say it."""

    encoding: str
    head: tuple[str, ...]
    lines: list[tuple[int, list[str]]]


def read_table(content: bytes) -> Table:
    """The table in a file. Errors: ListError for what is no table, empty or too long."""
    if content.startswith(SPREADSHEETS):
        raise ListError("list.spreadsheet")
    text, encoding = decoded(content)
    if "\x00" in text:
        raise ListError("list.binary")
    if not text.strip():
        raise ListError("list.empty")
    first, _, rest = text.partition("\n")
    separator = ""
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        separator, text = first.strip()[4], rest
    skipped = 1 if separator else 0
    separator = separator or _separator(first)
    try:
        found = _lines(text, separator, skipped)
    except csv.Error:
        raise ListError("list.quotes") from None
    if not found:
        raise ListError("list.empty")
    head = tuple(cell.strip() for cell in found[0][1])
    if len(head) > MOST_COLUMNS:
        raise ListError("list.columns", most=MOST_COLUMNS)
    if len(found) == 1:
        raise ListError("list.only_head")
    return Table(encoding, head, found[1:])


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Every byte is a letter in Windows-1252, so that one
    comes last; a table in it is shown before it is used."""
    for mark, codec, name in (
        (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"), (b"\xff\xfe", "utf-16", "UTF-16"),
        (b"\xfe\xff", "utf-16", "UTF-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(codec), name
            except UnicodeDecodeError:
                raise ListError("list.broken", encoding=name) from None
    start = content[:2000]
    for codec, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if len(start) > 3 and zeros.count(0) > len(zeros) // 2:
            try:
                return content.decode(codec), "UTF-16"
            except UnicodeDecodeError:
                raise ListError("list.broken", encoding="UTF-16") from None
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "Windows-1252"


def _separator(head: str) -> str:
    """What stands between the columns: whatever stands in the first line most often."""
    return max(",;\t|", key=lambda one: (head.count(one), one == ","))


def _lines(text: str, separator: str, skipped: int) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[tuple[int, list[str]]] = []
    before = 0
    for cells in reader:
        number, before = before + 1 + skipped, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) > MOST_LINES:
            raise ListError("list.too_long", most=MOST_LINES)
        found.append((number, cells))
    return found
