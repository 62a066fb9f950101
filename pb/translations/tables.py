"""The queue as a table (CSV), out and in. Pure: text to lines and faults, units to text.

Columns: key, what it is, the two languages, the text, its translation, state, mark. The mark is
the beginning of the source's digest: a line whose text has changed since is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pb.core.i18n import N_
from pb.core.text import clean
from pb.translations.rules import Unit

MARK = 16
LARGEST = 5_000_000
MOST_LINES = 20_000
COLUMNS = {
    "key": N_("Key"), "what": N_("What it is"), "from": N_("From"), "source": N_("Text"),
    "to": N_("To"), "text": N_("Translation"), "state": N_("State"), "mark": N_("Mark"),
}
NEEDED = ("key", "text", "mark")
STATE_WORDS = {
    "missing": N_("missing"), "changed": N_("text changed"), "draft": N_("draft"),
    "done": N_("done"), "checked": N_("checked"), "own": N_("written in both"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """A sound line: which text, and what it is to be."""

    number: int
    key: str
    text: str
    state: str
    """draft or done."""
    mark: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line, as a code; line 0 is the file."""

    line: int
    code: str
    parameters: Mapping[str, object]


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text.lstrip("'").startswith(_FORMULA) else text


def unsafe(text: str) -> str:
    """The other way."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def written(rows: Iterable[tuple[Unit, str]], headings: Sequence[str], words: Mapping[str, str],
            names: Mapping[str, str]) -> str:
    """The table. ``rows``: a unit with what it is in words; ``words``: of states; ``names``: of
    languages."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(headings)
    for unit, what in rows:
        writer.writerow([
            safe(one) for one in (
                unit.key, what, names[unit.source_language], unit.source, names[unit.language],
                unit.text, words[unit.state], unit.source_digest[:MARK],
            )
        ])
    return file.getvalue()


def decoded(content: bytes) -> str | None:
    """The text of a file, or None when it is neither UTF-8 nor UTF-16."""
    sixteen = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if sixteen else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def read(
    content: bytes, units: Mapping[str, Unit], headings: Mapping[str, str],
    states: Mapping[str, str],
) -> tuple[list[Line], list[Fault]]:
    """The sound lines that change something, and what is wrong with the others.

    ``headings``: a heading in any language, in small letters, to the column; ``states`` likewise.
    """
    if len(content) > LARGEST:
        return [], [Fault(0, "table.too_large", {})]
    text = decoded(content)
    if text is None or "\x00" in text:
        return [], [Fault(0, "table.encoding", {})]
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    try:
        head = [headings.get(cell.strip().lower(), "") for cell in next(reader, [])]
        lacking = [name for name in NEEDED if name not in head]
        if lacking:
            return [], [Fault(1, "table.columns", {})]
        for cells in reader:
            if reader.line_num > MOST_LINES:
                return [], [Fault(0, "table.too_large", {})]
            if not any(cell.strip() for cell in cells):
                continue
            row = dict(zip(head, (unsafe(cell) for cell in cells), strict=False))
            found = _line(reader.line_num, row, units, states, seen)
            if isinstance(found, Fault):
                faults.append(found)
            elif found is not None:
                lines.append(found)
    except csv.Error:
        faults.append(Fault(reader.line_num, "table.broken", {}))
    return lines, faults


def _line(
    number: int, row: Mapping[str, str], units: Mapping[str, Unit], states: Mapping[str, str],
    seen: dict[str, int],
) -> Line | Fault | None:
    key = row.get("key", "").strip()
    text = clean(row.get("text", ""))
    unit = units.get(key)
    if unit is None:
        return Fault(number, "table.key", {"key": key[:80]})
    if key in seen:
        return Fault(number, "table.twice", {"line": seen[key]})
    seen[key] = number
    if not text:
        return None  # not translated yet
    mark = row.get("mark", "").strip()
    if len(mark) != MARK or not unit.source_digest.startswith(mark):
        return Fault(number, "table.source_changed", {})
    if len(text) > unit.item.most:
        return Fault(number, "table.too_long", {"over": len(text) - unit.item.most})
    typed = row.get("state", "").strip().lower()
    state = states.get(typed, "" if typed else "done")
    if not state:
        return Fault(number, "table.state", {"state": typed[:40]})
    wanted = "draft" if state == "draft" else "done"
    if text == unit.text and (state == unit.state or unit.state in (wanted, "checked", "own")):
        return None
    return Line(number, key, text, wanted, mark)
