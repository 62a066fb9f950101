"""The CSV in which Scottish council elections are collected.

First line: candidates and seats (``10,4,``). Then a line for each distinct ballot: how many,
and the candidates' numbers in order of preference (``36,1,2,``). Then the candidates as
``"Candidate 1","Name","Party",`` and at the end the ward in quotes. Options get the
candidates' numbers, from 1, as ids.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import replace

from voting.ballots import Content, Ranking
from voting.contest import Contest, Option
from voting.formats import fast_columns
from voting.formats.election import Election, Fault, FormatError
from voting.formats.text import Source, load, whole_number

HEAD = re.compile(r"\s*(\d+)\s*,\s*(\d+)\s*,?\s*")


def recognise(head: str) -> bool:
    """Whether the first line is two numbers and nothing else."""
    return bool(HEAD.fullmatch(head.partition("\n")[0].strip("\ufeff\r ")))


def read(source: Source) -> Election:
    """Read a file (path or text). FormatError where the file as a whole makes no sense."""
    quick = _quick(source)
    if quick is not None:
        return quick
    lines = load(source).splitlines()
    head = HEAD.fullmatch(lines[0]) if lines else None
    if head is None:
        raise FormatError([Fault(1, "scottish.head")])
    candidates, seats = int(head[1]), int(head[2])
    known = {str(number) for number in range(1, candidates + 1)}
    names: dict[str, tuple[str, str]] = {}
    title = ""
    groups: dict[Content, int] = {}
    faults: list[Fault] = []
    fatal: list[Fault] = []
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        if line.lstrip().startswith('"'):
            fields = next(csv.reader([line], skipinitialspace=True))
            label = re.fullmatch(r"Candidate\s+(\d+)", fields[0])
            if label and len(fields) > 1:
                names[str(int(label[1]))] = fields[1], fields[2] if len(fields) > 2 else ""
            else:
                title = fields[0]
        else:
            _read_group(number, line, known, groups, faults, fatal)
    for candidate in map(str, range(1, candidates + 1)):
        if candidate not in names:
            fatal.append(Fault(0, "file.no_name", {"option": candidate}))
    for candidate in names:
        if int(candidate) > candidates:
            fatal.append(Fault(0, "file.too_many_names", {"option": candidate}))
    if fatal:
        raise FormatError(fatal)
    options = tuple(
        Option(str(number), names[str(number)][0], note=names[str(number)][1])
        for number in range(1, candidates + 1)
    )
    contest = Contest(options, "ranked", "scottish-stv", seats)
    return Election(contest, groups, tuple(faults), title=title, format="scottish")


def _quick(source: Source) -> Election | None:
    """A large file without a fault by way of arrays; None for any other."""
    content = fast_columns.large(source)
    if content is None:
        return None
    start = content.find(b"\n") + 1
    stop = content.find(b'\n"') + 1
    head = HEAD.fullmatch(content[:start].decode("utf-8", errors="replace").strip())
    if not 0 < start < stop or head is None:
        return None
    # Behind the number of ballots the preferences, and nothing behind the last comma.
    candidates = int(head[1])
    layout = fast_columns.Layout(
        columns=tuple(range(1, candidates + 2)),
        cells=candidates + 2,
        number=0,
        meaning=fast_columns.among({str(number) for number in range(1, candidates + 1)}),
    )
    papers = fast_columns.read(content, start, stop, layout)
    if papers is None or papers.others:
        return None
    try:
        rest = (content[:start] + content[stop:]).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return replace(read(rest), groups=papers)


def _read_group(
    number: int,
    line: str,
    known: set[str],
    groups: dict[Content, int],
    faults: list[Fault],
    fatal: list[Fault],
) -> None:
    fields = [field.strip() for field in line.split(",")]
    if fields[-1] == "":
        fields.pop()
    ballots = whole_number(fields[0])
    if ballots is None:
        # How many ballots would be left out is not known, so nothing can be counted.
        fatal.append(Fault(number, "file.ballots", {"found": fields[0]}))
        return
    for field in fields[1:]:
        if field not in known:
            faults.append(Fault(number, "ballot.unknown", {"option": field}, ballots))
            return
    add_ranking(groups, faults, number, fields[1:], ballots)


def add_ranking(
    groups: dict[Content, int], faults: list[Fault], line: int, chosen: list[str], ballots: int
) -> None:
    """Add a ranking to the groups, or a fault where an option stands in it twice."""
    seen: set[str] = set()
    for option in chosen:
        if option in seen:
            faults.append(Fault(line, "ballot.repeated", {"option": option}, ballots))
            return
        seen.add(option)
    content = Ranking(tuple(chosen))
    groups[content] = groups.get(content, 0) + ballots


def write(contest: Contest, groups: Mapping[Content, int], title: str = "") -> str:
    """The election as a file of this format, ballots sorted."""
    place = {option.id: number for number, option in enumerate(contest.options, 1)}
    lines = [f"{len(contest.options)},{contest.seats},"]
    papers = sorted(
        (tuple(place[option] for option in content.options), ballots)
        for content, ballots in groups.items()
    )
    lines += [",".join(map(str, (ballots, *paper))) + "," for paper, ballots in papers if ballots]
    for number, option in enumerate(contest.options, 1):
        name, party = (text.replace('"', '""') for text in (option.name, option.note))
        lines.append(f'"Candidate {number}","{name}","{party}",')
    lines.append('"' + title.replace('"', '""') + '"')
    return "\n".join(lines) + "\n"
