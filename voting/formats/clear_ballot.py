"""Cast vote records with a column for each option at each rank, as Clear Ballot exports them.

A column ``Choice_19_1:City Auditor:2:Number of Winners 1:Ann Lee:NON`` holds 1 where the paper
marks Ann Lee at rank 2, else 0. Other columns say which paper it is. A file holds one contest;
one with several is refused, since a paper need not have them all. Options are named in their
order on the file's headings; "Uncertified Write In" is an option like any other.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from voting.ballots import Content
from voting.contest import Contest, Option
from voting.formats.election import Election, Fault, FormatError
from voting.formats.marks import Rank, content_of
from voting.formats.text import Source, load

CHOICE = re.compile(r"Choice_[^:]*:(.*):(\d+):Number of Winners (\d+):(.*):([^:]*)")


def recognise(head: str) -> bool:
    """Whether the headings name choices."""
    return "Choice_" in head.partition("\n")[0] and ":Number of Winners " in head.partition("\n")[0]


def read(source: Source) -> Election:
    """Read a file (path or text). FormatError where the file as a whole makes no sense."""
    rows = csv.reader(io.StringIO(load(source)))
    headings = next(rows, [])
    columns: list[tuple[int, int, str]] = []
    contests: set[tuple[str, int]] = set()
    for column, heading in enumerate(headings):
        if match := CHOICE.fullmatch(heading.strip()):
            contests.add((match[1], int(match[3])))
            columns.append((column, int(match[2]), match[4].strip()))
    if len(contests) != 1:
        names = tuple(sorted(name for name, _ in contests))
        raise FormatError([Fault(1, "file.contests", {"contests": names})])
    ((title, seats),) = contests
    last = max(rank for _, rank, _ in columns)
    marks: Counter[tuple[str, ...]] = Counter()
    faults: list[Fault] = []
    chosen = [column for column, _, _ in columns]
    for line, row in enumerate(rows, 2):
        if len(row) != len(headings):
            faults.append(Fault(line, "ranks.too_many_cells", {"found": len(row)}, 1))
            continue
        key = tuple([row[column] for column in chosen])
        if not set(key) <= {"0", "1", ""}:
            wrong = next(cell for cell in key if cell not in ("0", "1", ""))
            faults.append(Fault(line, "ballot.rank", {"found": wrong}, 1))
            continue
        marks[key] += 1
    groups: dict[Content, int] = {}
    for key, ballots in marks.items():
        ranks: list[Rank] = [
            tuple(
                name
                for (_, at, name), mark in zip(columns, key, strict=True)
                if at == rank and mark == "1"
            )
            for rank in range(1, last + 1)
        ]
        content = content_of(ranks)
        groups[content] = groups.get(content, 0) + ballots
    options = tuple(Option(name, name) for name in dict.fromkeys(name for _, _, name in columns))
    method = "irv" if seats == 1 else "scottish-stv"
    contest = Contest(options, "ranked", method, seats)
    return Election(contest, groups, tuple(faults), title=title, format="clear-ballot")
