"""What makes a line of a list sound, an address the same, a person alike. Pure.

The strength of a check is said in one word to the public: a list is as strong as whoever keeps it,
a letter shows that somebody opens the post there, a door that somebody looked, a declaration that
a mail address exists.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pb.electorate.reading import LONGEST_CELL, Table

STRENGTH = {"list": "strong", "letters": "good", "event": "good", "declared": "weak"}
ORDER = ("weak", "good", "strong")
MOST_PER_HOUSEHOLD = 20
FORMULA = ("=", "+", "@", "\t", "-")
"""How a cell begins that a spreadsheet would run."""

HEADS: Mapping[str, frozenset[str]] = {
    "identifier": frozenset({
        "identifier", "id", "number", "reference", "ref", "elector number", "electoral number",
        "voter", "voter id", "uprn", "dynodydd", "rhif", "cyfeirnod", "rhif etholwr",
    }),
    "area": frozenset({"area", "ward", "place", "division", "ardal", "ward etholiadol"}),
    "email": frozenset({"email", "e-mail", "mail", "email address", "e-bost", "ebost",
                        "cyfeiriad e-bost"}),
    "speaks": frozenset({"language", "lang", "iaith"}),
    "address": frozenset({"address", "postal address", "household", "cyfeiriad", "cartref"}),
    "voters": frozenset({"voters", "codes", "number of voters", "adults", "pleidleiswyr",
                         "codau", "nifer"}),
}
"""The headings by which a column is known at once, in both languages."""
COLUMNS = {"people": ("identifier", "area", "email", "speaks"),
           "households": ("address", "area", "voters")}
NEEDED = {"people": "identifier", "households": "address"}

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")


def strength_of(ways: Sequence[str]) -> str:
    """The word for the whole: a roll is as strong as its weakest way in."""
    return min((STRENGTH[one] for one in ways if one in STRENGTH), key=ORDER.index, default="")


def plain(text: str) -> str:
    """A text as it is compared: one form of each letter, no capitals, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def bare(text: str) -> str:
    """The same without accents, dots and dashes, for names and streets that people spell freely."""
    open_up = unicodedata.normalize("NFKD", plain(text))
    return "".join(one for one in open_up if one.isalnum())


def is_email(text: str) -> bool:
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def inbox(email: str) -> str:
    """The inbox behind an address: what follows "+" goes, and dots where the provider ignores
    them. Two addresses of one inbox are looked at by a person, never refused by themselves."""
    name, _, host = plain(email).rpartition("@")
    name = name.split("+")[0]
    if host in ("gmail.com", "googlemail.com"):
        name, host = name.replace(".", ""), "gmail.com"
    return f"{name}@{host}"


def network_of(address: str) -> str:
    """The network of an address: the first 24 bits of IPv4, 48 of IPv6; nothing if it is none."""
    import ipaddress

    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def guess_columns(kind: str, head: Sequence[str]) -> dict[str, int]:
    """The columns whose headings are known."""
    found: dict[str, int] = {}
    for number, words in enumerate(head):
        for name in COLUMNS[kind]:
            if name not in found and plain(words) in HEADS[name]:
                found[name] = number
    return found


@dataclass(frozen=True)
class Line:
    """A sound line: who (compared by ``key``), how many voters, where, and a mail address."""

    number: int
    key: str
    area_id: int | None
    email: str = ""
    speaks: str = ""
    voters: int = 1


@dataclass(frozen=True)
class Fault:
    """What is wrong on a line, as a code with parameters."""

    number: int
    code: str
    parameters: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """``shared``: lines whose mail address stands on another line too."""

    lines: list[Line]
    faults: list[Fault]
    shared: int = 0

    @property
    def voters(self) -> int:
        return sum(line.voters for line in self.lines)


def check_lines(
    table: Table, kind: str, columns: Mapping[str, int], areas: Mapping[str, int],
    default_area: int | None, needs_area: bool,
) -> Checked:
    """Every line as a voter (or household), or what is wrong with it.

    ``areas``: compared names of areas to their ids. ``needs_area``: a line without an area is a
    fault, unless there is a default one.
    """
    lines: list[Line] = []
    faults: list[Fault] = []
    first: dict[str, int] = {}
    for number, cells in table.lines:
        line = _line(number, cells, len(table.head), kind, columns, areas, default_area, needs_area)
        if isinstance(line, Line) and line.key in first:
            line = Fault(number, "list.twice", {"other": first[line.key]})
        if isinstance(line, Fault):
            faults.append(line)
            continue
        first[line.key] = number
        lines.append(line)
    uses = Counter(plain(line.email) for line in lines if line.email)
    return Checked(lines, faults, sum(number for number in uses.values() if number > 1))


def _line(
    number: int, cells: Sequence[str], width: int, kind: str, columns: Mapping[str, int],
    areas: Mapping[str, int], default_area: int | None, needs_area: bool,
) -> Line | Fault:
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return Fault(number, "list.more_cells", {"have": len(cells), "want": width})
    read = {}
    for name, column in columns.items():
        cell = cells[column].strip() if column < len(cells) else ""
        if cell.startswith(FORMULA):
            return Fault(number, "list.formula", {"cell": cell[:40]})
        if len(cell) > LONGEST_CELL or "\N{REPLACEMENT CHARACTER}" in cell:
            return Fault(number, "list.unreadable", {"cell": cell[:40]})
        read[name] = cell
    key = plain(read.get(NEEDED[kind], ""))
    if not key:
        return Fault(number, f"list.no_{NEEDED[kind]}")
    area_id = default_area
    if read.get("area"):
        found = areas.get(plain(read["area"]))
        if found is None:
            return Fault(number, "list.area_unknown", {"cell": read["area"][:40]})
        area_id = found
    elif area_id is None and needs_area:
        return Fault(number, "list.area_missing")
    email = read.get("email", "").lower()
    if email and not is_email(email):
        return Fault(number, "list.email", {"cell": email[:40]})
    voters = 1
    if read.get("voters"):
        text = read["voters"]
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:5]) <= MOST_PER_HOUSEHOLD):
            return Fault(number, "list.voters", {"cell": text[:40], "most": MOST_PER_HOUSEHOLD})
        voters = int(text)
    speaks = _speaks(read.get("speaks", ""))
    return Line(number, key, area_id, email, speaks, voters)


def _speaks(text: str) -> str:
    word = plain(text)
    if word in ("cy", "cym", "welsh", "cymraeg", "w", "c"):
        return "cy"
    return "en" if word in ("en", "english", "saesneg", "e", "s") else ""
