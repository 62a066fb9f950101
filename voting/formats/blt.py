"""BLT, the format of most STV programs, in and out.

First line: options and seats. Then, where there are any, lines of withdrawn options (``-4``)
and of directives (``[withdrawn 4]``, ``[nick a b c]``; others are remarked and passed over).
Then a line a ballot: how many, options by number in order of preference, ``0``; ``2=3`` is an
overvote, ``-`` a skipped rank, ``(name)`` instead of a number is one ballot with a name of its
own. A line ``0`` ends the ballots; names follow, in quotes or a line each, and the title. What
comes after the title is not read.

Withdrawn options keep their numbers but stand in no contest; preferences for them are passed
over, as if the papers had been printed without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from voting.ballots import Content
from voting.contest import Contest, Option
from voting.formats import fast_columns
from voting.formats.election import Election, Fault, FormatError
from voting.formats.marks import Rank, content_of
from voting.formats.text import Source, load, whole_number

HEAD = re.compile(r"\s*(\d{1,6})\s+(\d{1,6})\s*(?:#.*)?")
QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def recognise(head: str) -> bool:
    """Whether the first line is two numbers with a space between."""
    return bool(HEAD.fullmatch(head.partition("\n")[0].strip("\ufeff\r ").rstrip(",")))


def read(source: Source) -> Election:
    """Read a file (path or text). FormatError where the file as a whole makes no sense."""
    return _quick(source) or _Reader(load(source).splitlines()).election()


def _quick(source: Source) -> Election | None:
    """A large file without directives or faults by way of arrays; None for any other."""
    content = fast_columns.large(source)
    if content is None:
        return None
    start = content.find(b"\n") + 1
    end = re.search(rb"\n0[ \t]*\r?\n", content)
    head = HEAD.fullmatch(content[:start].decode("utf-8", errors="replace").strip())
    if end is None or head is None or end.start() < start:
        return None
    options = int(head[1])
    layout = fast_columns.Layout(
        columns=tuple(range(1, options + 2)),
        cells=options + 2,
        separator=ord(" "),
        number=0,
        meaning=fast_columns.among({str(number) for number in range(1, options + 1)}),
        end="0",
    )
    stop = end.start() + 1
    papers = fast_columns.read(content, start, stop, layout)
    if papers is None or papers.others:
        return None
    try:
        rest = (content[:start] + content[stop:]).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return replace(read(rest), groups=papers)


class _Reader:
    def __init__(self, lines: Sequence[str]) -> None:
        if lines and lines[0].rstrip().endswith(","):
            # Saved by a spreadsheet: commas for empty cells at the end of each line.
            lines = [line.rstrip().rstrip(",") for line in lines]
        self.lines = lines
        head = HEAD.fullmatch(lines[0]) if lines else None
        if head is None:
            raise FormatError([Fault(1, "blt.head")])
        self.options, self.seats = int(head[1]), int(head[2])
        self.numbers = {str(number): str(number) for number in range(1, self.options + 1)}
        self.withdrawn: set[str] = set()
        self.faults: list[Fault] = []
        self.groups: dict[Content, int] = {}

    def election(self) -> Election:
        end = self._ballots()
        names, title = self._names(end)
        options = tuple(
            Option(str(number), name)
            for number, name in enumerate(names, 1)
            if str(number) not in self.withdrawn
        )
        expected = {"withdrawn": tuple(sorted(self.withdrawn, key=int))} if self.withdrawn else {}
        return Election(
            Contest(options, "ranked", "scottish-stv", self.seats),
            self.groups,
            tuple(self.faults),
            expected,
            title,
            "blt",
        )

    def _ballots(self) -> int:
        """Read up to the line ``0``; gives that line's number."""
        waiting: list[tuple[int, list[str]]] = []
        for number, line in enumerate(self.lines[1:], 2):
            tokens = line.split("#", 1)[0].split()
            if not tokens:
                continue
            if tokens == ["0"]:
                # Withdrawn options may be named after the first ballots.
                for place, ballot in waiting:
                    self._ballot(place, ballot)
                return number
            if tokens[0].startswith("["):
                self._directive(number, line)
            elif all(re.fullmatch(r"-\d+", token) for token in tokens):
                self._withdraw(number, [token[1:] for token in tokens])
            else:
                waiting.append((number, tokens))
        raise FormatError([Fault(len(self.lines), "file.no_end", {"expected": "0"})])

    def _directive(self, number: int, line: str) -> None:
        words = line.strip().strip("[]").split()
        name = words[0].lower() if words else ""
        if name == "withdrawn":
            self._withdraw(number, words[1:])
        elif name == "nick" and len(words) == self.options + 1:
            self.numbers |= {nick: str(place) for place, nick in enumerate(words[1:], 1)}
        else:
            self.faults.append(Fault(number, "blt.directive", {"directive": name}))

    def _withdraw(self, number: int, names: Sequence[str]) -> None:
        for name in names:
            if name not in self.numbers:
                raise FormatError([Fault(number, "ballot.unknown", {"option": name})])
            self.withdrawn.add(self.numbers[name])

    def _ballot(self, number: int, tokens: Sequence[str]) -> None:
        named = tokens[0].startswith("(") and tokens[0].endswith(")")
        ballots = 1 if named else whole_number(tokens[0])
        if ballots is None:
            # How many ballots would be left out is not known, so nothing can be counted.
            raise FormatError([Fault(number, "file.ballots", {"found": tokens[0]})])
        if tokens[-1] != "0" or len(tokens) == 1:
            self.faults.append(Fault(number, "blt.no_end_of_ballot", {}, ballots))
            return
        ranks: list[Rank] = []
        for token in tokens[1:-1]:
            rank = []
            for name in [] if token == "-" else token.split("="):
                option = self.numbers.get(name)
                if option is None:
                    self.faults.append(Fault(number, "ballot.unknown", {"option": name}, ballots))
                    return
                if option not in self.withdrawn:
                    rank.append(option)
            if rank or token == "-":
                ranks.append(tuple(rank))
        seen: set[str] = set()
        for option in (option for rank in ranks for option in rank or ()):
            if option in seen:
                self.faults.append(Fault(number, "ballot.repeated", {"option": option}, ballots))
                return
            seen.add(option)
        content = content_of(ranks)
        self.groups[content] = self.groups.get(content, 0) + ballots

    def _names(self, end: int) -> tuple[list[str], str]:
        texts = list(_texts(self.lines[end:]))
        if len(texts) < self.options:
            raise FormatError(
                [
                    Fault(len(self.lines), "file.no_name", {"option": str(number)})
                    for number in range(len(texts) + 1, self.options + 1)
                ]
            )
        return texts[: self.options], "".join(texts[self.options : self.options + 1])


def _texts(lines: Sequence[str]) -> Iterator[str]:
    """Names: in quotes (several on a line, too, with quotes inside doubled) or a line each."""
    for line in map(str.strip, lines):
        if not line:
            continue
        if line.startswith('"'):
            if not QUOTED.sub("", line).strip():
                yield from (text.replace('""', '"') for text in QUOTED.findall(line))
            else:
                yield line.strip('"')
        else:
            yield line


def write(contest: Contest, groups: Mapping[Content, int], title: str = "") -> str:
    """The election as a BLT file, ballots sorted; rankings only, options numbered from 1."""
    place = {option.id: number for number, option in enumerate(contest.options, 1)}
    papers = sorted(
        (tuple(place[option] for option in content.options), ballots)
        for content, ballots in groups.items()
        if ballots
    )
    lines = [f"{len(contest.options)} {contest.seats}"]
    lines += [" ".join(map(str, (ballots, *paper, 0))) for paper, ballots in papers]
    lines.append("0")
    for text in (*(option.name or option.id for option in contest.options), title):
        lines.append('"' + text.replace('"', '""') + '"')
    return "\n".join(lines) + "\n"
