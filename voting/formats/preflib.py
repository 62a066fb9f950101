"""PrefLib's orders: ``.soi`` and ``.soc``, and with equal ranks ``.toi`` and ``.toc``.

Lines from ``#`` describe (``# ALTERNATIVE NAME 1: Ann``, ``# TITLE: ...``); then
``12: 1,3,2`` is twelve ballots, ``{1,3}`` a rank with two options. The older form is read too:
the number of options, a line ``1,Ann`` each, a line of three sums, then ``12,1,3,2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from voting.ballots import Content
from voting.contest import Contest, Option
from voting.formats.election import Election, Fault, FormatError
from voting.formats.marks import Rank, content_of
from voting.formats.text import Source, load, whole_number

NAME = re.compile(r"#\s*ALTERNATIVE NAME\s+(\d+)\s*:\s*(.*)", re.IGNORECASE)
TITLE = re.compile(r"#\s*TITLE\s*:\s*(.*)", re.IGNORECASE)
RANKS = re.compile(r"\s*(?:\{([^{}]*)\}|([^,{}]+))\s*(?:,|$)")


def recognise(head: str) -> bool:
    """Whether the description of a PrefLib file stands at the top."""
    return head.startswith("#") and "ALTERNATIVE NAME" in head.upper()


def read(source: Source) -> Election:
    """Read a file (path or text). FormatError where the file as a whole makes no sense."""
    lines = list(enumerate(load(source).splitlines(), 1))
    names: dict[str, str] = {}
    title = ""
    for _, line in lines:
        if match := NAME.match(line):
            names[str(int(match[1]))] = match[2].strip()
        elif match := TITLE.match(line):
            title = match[1].strip()
    ballots = [(number, line) for number, line in lines if line.strip() and line[0] != "#"]
    if not names:
        names, ballots = _older(ballots)
        ballots = [(number, line.replace(",", ":", 1)) for number, line in ballots]
    groups: dict[Content, int] = {}
    faults: list[Fault] = []
    for number, line in ballots:
        count, colon, order = line.partition(":")
        number_of_ballots = whole_number(count.strip())
        if number_of_ballots is None or not colon:
            raise FormatError([Fault(number, "file.ballots", {"found": count.strip()})])
        ranks = _ranks(order)
        fault = _fault(ranks, names) if ranks is not None else ("file.line", order.strip())
        if fault or ranks is None:
            code, found = fault or ("file.line", "")
            key = "option" if code.startswith("ballot") else "found"
            faults.append(Fault(number, code, {key: found}, number_of_ballots))
            continue
        content = content_of(ranks)
        groups[content] = groups.get(content, 0) + number_of_ballots
    contest = Contest(tuple(Option(id, name) for id, name in names.items()), "ranked", "irv", 1)
    return Election(contest, groups, tuple(faults), title=title, format="preflib")


def _older(lines: list[tuple[int, str]]) -> tuple[dict[str, str], list[tuple[int, str]]]:
    options = whole_number(lines[0][1].strip()) if lines else None
    if not options or len(lines) < options + 2:
        raise FormatError([Fault(1, "preflib.head")])
    names: dict[str, str] = {}
    for number, line in lines[1 : options + 1]:
        id, comma, name = line.partition(",")
        if whole_number(id.strip()) is None or not comma:
            raise FormatError([Fault(number, "file.line", {"found": line})])
        names[id.strip()] = name.strip()
    return names, lines[options + 2 :]


def _ranks(order: str) -> list[Rank] | None:
    """The ranks of an order; None if it cannot be read."""
    ranks: list[Rank] = []
    place = 0
    order = order.strip()
    while place < len(order):
        match = RANKS.match(order, place)
        if match is None:
            return None
        inside = match[1] if match[1] is not None else match[2]
        ranks.append(tuple(option.strip() for option in inside.split(",") if option.strip()))
        place = match.end()
    return ranks


def _fault(ranks: Iterable[Rank], names: dict[str, str]) -> tuple[str, str] | None:
    seen: set[str] = set()
    for option in (option for rank in ranks for option in rank or ()):
        if option not in names:
            return "ballot.unknown", option
        if option in seen:
            return "ballot.repeated", option
        seen.add(option)
    return None
