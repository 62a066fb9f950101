"""The generic CSV of RCTab: a column an option, its rank in the cell.

The heading row holds the options' names; each further row is a ballot, each cell the rank
that it gives to the column's option, or nothing. Two options at one rank are an overvote.
Leading columns that are no options (an id, a precinct) are told by their headings, or by
cells that are no ranks.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from voting.ballots import Content
from voting.contest import Contest, Option
from voting.formats.election import Election, Fault, FormatError
from voting.formats.marks import Rank, content_of
from voting.formats.text import Source, load, separator, whole_number

RECORD = re.compile(
    r"(?i)\b(id|record|ballot|batch|box|cvr|precinct|row|style|tabulator|voter)\b|#"
)
"""Words in the heading of a column that says which paper it is, not what is on it."""


def recognise(head: str) -> bool:
    """Whether the rows under the headings hold ranks."""
    rows = _rows(head.rpartition("\n")[0] or head)[:100]
    return len(rows) > 1 and _first_option(rows) is not None


def _rows(text: str) -> list[list[str]]:
    delimiter = separator(text.partition("\n")[0])
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter))


def _first_option(rows: Sequence[Sequence[str]]) -> int | None:
    """The first column that is an option's; None if the cells are no ranks."""
    headings = rows[0]
    first = len(headings)
    for column in range(len(headings) - 1, -1, -1):
        cells = [row[column].strip() for row in rows[1:] if column < len(row)]
        filled = [cell for cell in cells if cell]
        ranks = [cell for cell in filled if 0 < (whole_number(cell) or 0) <= len(headings)]
        no_ranks = len(ranks) * 2 < len(filled)
        if not headings[column].strip() or RECORD.search(headings[column]) or no_ranks:
            break
        first = column
    return first if first < len(headings) else None


def read(source: Source) -> Election:
    """Read a file (path or text). FormatError where the file as a whole makes no sense."""
    rows = _rows(load(source))
    first = _first_option(rows) if rows else None
    if first is None:
        raise FormatError([Fault(1, "rctab.headings")])
    names = [name.strip() for name in rows[0][first:]]
    if len(set(names)) != len(names):
        raise FormatError([Fault(1, "contest.repeated_option")])
    groups: dict[Content, int] = {}
    faults: list[Fault] = []
    for line, row in enumerate(rows[1:], 2):
        if not row:
            continue
        ranks: dict[int, list[str]] = {}
        wrong = ""
        for name, cell in zip(names, row[first:], strict=False):
            rank = whole_number(cell.strip())
            if rank:
                ranks.setdefault(rank, []).append(name)
            elif cell.strip():
                wrong = cell.strip()
        if wrong or max(ranks, default=0) > 10_000:
            faults.append(Fault(line, "ballot.rank", {"found": wrong or max(ranks)}, 1))
            continue
        marks: list[Rank] = [
            tuple(ranks.get(rank, ())) for rank in range(1, max(ranks, default=0) + 1)
        ]
        content = content_of(marks)
        groups[content] = groups.get(content, 0) + 1
    contest = Contest(tuple(Option(name, name) for name in names), "ranked", "irv", 1)
    return Election(contest, groups, tuple(faults), format="rctab")
