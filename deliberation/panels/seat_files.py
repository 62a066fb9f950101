"""The files an organiser hands to ``seat``, read into a Gathering; faults by file, row, column.

Rows are counted as a spreadsheet shows them: the header is row 1. Ids are compared as text.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from deliberation.sortition.seating import Gathering

ID_COLUMNS = ("id", "unique_id", "nationbuilder_id")
History = tuple[tuple[tuple[str, ...], ...], ...]


class FileFault(ValueError):
    """What is wrong with a file, in plain words that begin with the file, row and column."""

    def __init__(self, path: Path, words: str, row: int | None = None, column: str = "") -> None:
        place = path.name
        if row is not None:
            place += f", row {row}"
        if column:
            place += f", column {column}"
        super().__init__(f"{place}: {words}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFault(path, f"this is not UTF-8 text (byte {error.start + 1}).") from error
    except OSError as error:
        raise FileFault(path, f"cannot be read: {error.strerror}.") from error


def _cells(path: Path) -> list[tuple[int, list[str]]]:
    """(row, cells) of all rows that are not empty; commas, semicolons or tabs between cells."""
    lines = _text(path).splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    between = max(",;\t", key=first.count)
    rows = []
    try:
        for row, cells in enumerate(csv.reader(lines, delimiter=between, strict=True), start=1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append((row, stripped))
    except csv.Error as error:
        raise FileFault(path, f"cannot be read as CSV: {error}.", len(rows) + 1) from error
    if not rows:
        raise FileFault(path, "there is nothing in this file.")
    return rows


class _Sheet:
    """A file with a header: cells by column name, whatever the name's case."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (_, self.header), *self.rows = _cells(path)
        seen: dict[str, int] = {}
        for at, name in enumerate(self.header):
            if name and name.lower() in seen:
                raise FileFault(path, f"the column {name} is there twice.", 1)
            seen.setdefault(name.lower(), at)
        self._at = seen
        for row, cells in self.rows:
            if len(cells) > len(self.header) and any(cells[len(self.header) :]):
                raise FileFault(
                    path, f"{len(cells)} cells, but the header has {len(self.header)}.", row
                )

    def find(self, name: str) -> int | None:
        return self._at.get(name.lower()) if name else None

    def column(self, name: str) -> int:
        at = self.find(name)
        if at is None:
            there = ", ".join(name for name in self.header if name)
            raise FileFault(self.path, f"there is no column {name}. The columns are: {there}.", 1)
        return at

    def read(self, name: str, *, required: bool = True) -> Iterator[tuple[int, str]]:
        """(row, cell) of a column."""
        at = self.column(name)
        for row, cells in self.rows:
            cell = cells[at] if at < len(cells) else ""
            if required and not cell:
                raise FileFault(self.path, "this cell is empty.", row, self.header[at])
            yield row, cell

    def optional(self, name: str) -> list[str]:
        """The cells of a column, empty where it is missing."""
        if self.find(name) is None:
            return [""] * len(self.rows)
        return [cell for _, cell in self.read(name, required=False)]

    def number(self, row: int, cell: str, name: str) -> int:
        """A whole number from 1."""
        if not re.fullmatch(r"[0-9]{1,6}", cell) or int(cell) < 1:
            raise FileFault(self.path, f"“{cell}” is not a whole number from 1.", row, name)
        return int(cell)


def read_people(
    path: Path, balance: Sequence[str], id_column: str | None
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Ids and, for each column to balance, the values. Without an id column, rows are numbered."""
    sheet = _Sheet(path)
    if not sheet.rows:
        raise FileFault(path, "there is a header but nobody below it.")
    name = id_column or next((name for name in ID_COLUMNS if sheet.find(name) is not None), None)
    people: dict[str, int] = {}
    if name is None:
        people = {str(number): row for number, (row, _) in enumerate(sheet.rows, start=1)}
    else:
        for row, person in sheet.read(name):
            if person in people:
                words = f"“{person}” is in row {people[person]} already."
                raise FileFault(path, words, row, sheet.header[sheet.column(name)])
            people[person] = row
    traits = {column: tuple(cell for _, cell in sheet.read(column)) for column in balance}
    return tuple(people), traits


def read_groups(path: Path, people: Sequence[str]) -> tuple[frozenset[str], ...]:
    """A row for each group: two ids or more. A first row such as ``id,id`` is a header."""
    known = set(people)
    groups = []
    rows = _cells(path)
    header = [cell for cell in rows[0][1] if cell]
    if not known.intersection(header) and all(
        re.fullmatch(r"(id|person)[ _]?\d*", cell.lower()) for cell in header
    ):
        rows = rows[1:]
    for row, cells in rows:
        group = [cell for cell in cells if cell]
        for person in group:
            if person not in known:
                raise FileFault(path, f"there is nobody with the id “{person}”.", row)
        if len(set(group)) < 2:
            raise FileFault(path, "a row names two people or more.", row)
        groups.append(frozenset(group))
    return tuple(groups)


def _marks(
    path: Path, people: Sequence[str], rounds: range
) -> Iterator[tuple[_Sheet, int, int, str, list[int]]]:
    """(sheet, row, number of the row from 0, person, rounds) of a file of pins or absences.

    ``rounds`` are the numbers of all rounds, from 1; an empty cell means all of them.
    """
    sheet = _Sheet(path)
    known = set(people)
    rounds_cells = sheet.optional("round")
    for at, (row, person) in enumerate(sheet.read("id")):
        if person not in known:
            raise FileFault(path, f"there is nobody with the id “{person}”.", row, "id")
        named = list(rounds)
        if rounds_cells[at]:
            number = sheet.number(row, rounds_cells[at], "round")
            if number not in rounds:
                words = f"there is no round {number}; the last one is {rounds[-1]}."
                raise FileFault(path, words, row, "round")
            named = [number]
        yield sheet, row, at, person, named


def read_pins(
    path: Path, people: Sequence[str], tables: int, rounds: range
) -> dict[tuple[int, str], int]:
    """Columns id, table and, if not for all rounds, round. Keys: (round from 1, id)."""
    pins: dict[tuple[int, str], int] = {}
    cells: list[str] = []
    for sheet, row, at, person, named in _marks(path, people, rounds):
        cells = cells or [cell for _, cell in sheet.read("table")]
        table = sheet.number(row, cells[at], "table")
        if table > tables:
            raise FileFault(path, f"there is no table {table}; there are {tables}.", row, "table")
        for number in named:
            before = pins.setdefault((number, person), table - 1)
            if before != table - 1:
                words = f"“{person}” is pinned to table {before + 1} in round {number} already."
                raise FileFault(path, words, row, "table")
    return pins


def read_absent(path: Path, people: Sequence[str], rounds: range) -> frozenset[tuple[int, str]]:
    """Columns id and, if not for all rounds, round. Members: (round from 1, id)."""
    return frozenset(
        (number, person)
        for _, _, _, person, named in _marks(path, people, rounds)
        for number in named
    )


def read_history(path: Path, happened: int | None) -> History:
    """Rounds that have happened: what ``seat --json`` printed, or CSV of round, table and id.

    ``happened`` keeps only the first so many, since a plan holds rounds to come too.
    """
    text = _text(path)
    history = _from_json(path, text) if text.lstrip()[:1] in ("{", "[") else _from_sheet(path)
    if happened is not None:
        if happened > len(history):
            raise FileFault(path, f"it holds {len(history)} rounds, not {happened}.")
        history = history[:happened]
    return history


def _from_json(path: Path, text: str) -> History:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise FileFault(path, f"cannot be read as JSON: {error}.") from error
    if isinstance(found, dict):
        if "rounds" not in found:
            raise FileFault(path, "there is no “rounds” in it.")
        for name in ("history", "rounds"):
            if not isinstance(found.setdefault(name, []), list):
                raise FileFault(path, f"“{name}” is not a list.")
        found = found["history"] + found["rounds"]
    history = []
    for number, tables in enumerate(found, start=1):
        if not isinstance(tables, list) or not all(isinstance(table, list) for table in tables):
            raise FileFault(path, f"round {number} is not a list of tables.")
        history.append(tuple(tuple(str(person) for person in table) for table in tables))
        _refuse_twice(path, number, history[-1])
    return tuple(history)


def _from_sheet(path: Path) -> History:
    sheet = _Sheet(path)
    seated: dict[int, dict[int, list[str]]] = {}
    tables = [cell for _, cell in sheet.read("table")]
    persons = [cell for _, cell in sheet.read("id")]
    for at, (row, cell) in enumerate(sheet.read("round")):
        number = sheet.number(row, cell, "round")
        table = sheet.number(row, tables[at], "table")
        seated.setdefault(number, {}).setdefault(table, []).append(persons[at])
    history = []
    for expected, number in enumerate(sorted(seated), start=1):
        if number != expected:
            raise FileFault(path, f"there is a round {number} but no round {expected}.")
        tables_of = seated[number]
        history.append(tuple(tuple(tables_of[table]) for table in sorted(tables_of)))
        _refuse_twice(path, number, history[-1])
    return tuple(history)


def _refuse_twice(path: Path, number: int, tables: tuple[tuple[str, ...], ...]) -> None:
    seen: set[str] = set()
    for table in tables:
        for person in table:
            if person in seen:
                raise FileFault(path, f"“{person}” sits twice in round {number}.")
            seen.add(person)


def gathering_from_files(
    people_file: Path,
    *,
    tables: int,
    rounds: int,
    balance: Sequence[str] = (),
    id_column: str | None = None,
    apart: Path | None = None,
    together: Path | None = None,
    pin: Path | None = None,
    absent: Path | None = None,
    history: Path | None = None,
    happened: int | None = None,
) -> Gathering:
    """Read all files. Errors: FileFault.

    Rounds in the files of pins and absences count on from the history's, so that the same files
    serve when the later rounds are planned again; what they say of rounds past is passed over.
    """
    people, traits = read_people(people_file, balance, id_column)
    past = read_history(history, happened) if history else ()
    numbers = range(1, len(past) + rounds + 1)
    pins = read_pins(pin, people, tables, numbers) if pin else {}
    away = read_absent(absent, people, numbers) if absent else frozenset()
    first = len(past) + 1
    return Gathering(
        people=people,
        tables=tables,
        rounds=rounds,
        traits=traits,
        together=read_groups(together, people) if together else (),
        apart=read_groups(apart, people) if apart else (),
        pins={
            (number - first, person): table
            for (number, person), table in pins.items()
            if number >= first
        },
        absent=frozenset((number - first, person) for number, person in away if number >= first),
        history=past,
    )
