"""Cast vote records in spreadsheets, as ES&S exports them: a column a rank, a row a ballot.

Needs openpyxl (the optional extra ``xlsx``). Columns and cells are read as in
``rank_columns``; the first sheet holds the records.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from voting.formats.election import Election, Fault, FormatError
from voting.formats.rank_columns import read_rows


def recognise(head: str) -> bool:
    """A spreadsheet is told by its name only."""
    return False


def read(source: Path | bytes) -> Election:
    """Read a spreadsheet. FormatError where the file as a whole makes no sense."""
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ModuleNotFoundError:
        raise FormatError([Fault(0, "file.missing_library", {"extra": "xlsx"})]) from None
    content = source.read_bytes() if isinstance(source, Path) else source
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise FormatError([Fault(0, "file.unreadable", {"detail": str(error)})]) from None
    sheet = book.worksheets[0]
    return read_rows(_rows(sheet.iter_rows(values_only=True)), "ess")


def _rows(rows: Iterator[Sequence[object]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, 1):
        cells = ["" if cell is None else str(cell) for cell in row]
        if any(cells):
            yield number, cells
