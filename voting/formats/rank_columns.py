"""CSV with a column a rank: cast vote records as many cities publish them, RCTab's own too.

A heading row names the columns; those for ranks read ``rank1``, ``Rank 1``, ``Choice 1``,
``1st choice`` or ``1``. A cell holds an option's name, nothing (or ``skipped``,
``undervote``) or ``overvote``. A column ``count`` says how many ballots a row stands for;
columns of any other name (ids, precincts) are not read. Options are the names found, in their
natural order: the file does not say more.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from voting.ballots import Content
from voting.contest import Contest, Option
from voting.formats import fast_columns
from voting.formats.election import Election, Fault, FormatError
from voting.formats.marks import content_of, natural, number_column, rank_columns, rank_of
from voting.formats.text import Source, load, separator, whole_number

FORMAT = "rank-columns"


def recognise(head: str) -> bool:
    """Whether the headings name ranks 1, 2, 3 ..."""
    line = head.partition("\n")[0].strip("\ufeff\r")
    headings = next(csv.reader([line], delimiter=separator(line)), [])
    return bool(rank_columns(headings))


def read(source: Source) -> Election:
    """Read a file (path or text). FormatError where the file as a whole makes no sense."""
    quick = _quick(source)
    if quick is not None:
        return quick
    text = load(source)
    delimiter = separator(text.partition("\n")[0])
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    return read_rows(_numbered(reader), FORMAT)


def _quick(source: Source) -> Election | None:
    """A large plain file by way of arrays; None for any other."""
    content = fast_columns.large(source)
    if content is None:
        return None
    start = content.find(b"\n") + 1
    heading = content[:start].decode("utf-8", errors="replace").strip()
    delimiter = separator(heading)
    headings = next(csv.reader([heading], delimiter=delimiter), [])
    columns = rank_columns(headings)
    counter = number_column(headings)
    if not columns or counter in columns:
        return None
    layout = fast_columns.Layout(tuple(columns), len(headings), ord(delimiter), counter)
    papers = fast_columns.read(content, start, len(content), layout)
    return None if papers is None else _election(papers, papers.names(), (), FORMAT)


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    line = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            place = getattr(reader, "line_num", line)
            raise FormatError([Fault(place, "file.line", {"found": str(error)})]) from None
        line = getattr(reader, "line_num", line + 1)
        if row:
            yield line, row


def read_rows(rows: Iterable[tuple[int, Sequence[str]]], form: str) -> Election:
    """The election in rows of cells with their line numbers, the headings first."""
    stream = iter(rows)
    _, headings = next(stream, (1, []))
    columns = rank_columns(headings)
    if not columns:
        raise FormatError([Fault(1, "ranks.headings")])
    counter = number_column(headings)
    if counter in columns:
        counter = None
    width = len(headings)
    cells: dict[tuple[str, ...], int] = {}
    faults: list[Fault] = []
    for line, row in stream:
        if len(row) > width and any(row[width:]):
            faults.append(Fault(line, "ranks.too_many_cells", {"found": len(row)}, 1))
            continue
        padded = row if len(row) >= width else [*row, *[""] * width]
        ballots: int | None = 1
        if counter is not None:
            ballots = whole_number(padded[counter].strip())
            if ballots is None:
                raise FormatError([Fault(line, "file.ballots", {"found": padded[counter]})])
        key = tuple([padded[column] for column in columns])
        cells[key] = cells.get(key, 0) + (ballots or 0)
    groups: dict[Content, int] = {}
    ranks = {cell: rank_of(cell) for key in cells for cell in key}
    for key, ballots in cells.items():
        content = content_of([ranks[cell] for cell in key])
        groups[content] = groups.get(content, 0) + ballots
    names = natural({option for content in groups for option in content.options})
    return _election(groups, names, faults, form)


def _election(
    groups: Mapping[Content, int], names: Iterable[str], faults: Iterable[Fault], form: str
) -> Election:
    contest = Contest(tuple(Option(name, name) for name in names), "ranked", "irv", 1)
    return Election(contest, groups, tuple(faults), format=form)
