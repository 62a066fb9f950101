"""How a census and a pool are read from what people paste or upload. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_TRAITS, MOST_VALUES, LONGEST = 10, 20, 160
ID_COLUMNS = ("id", "unique_id", "nationbuilder_id")
UNANSWERED = {"", "-", "prefer not to say", "not said", "gwell gen i beidio â dweud"}
EXPORT_REASONS = ("first", "renewed", "withdrawn")
Census = dict[str, list[list[Any]]]


class ReadError(ValueError):
    """What cannot be read, as a code with parameters."""

    def __init__(self, code: str, **parameters: object) -> None:
        self.code, self.parameters = code, parameters
        super().__init__(code)


def read_census(text: str) -> Census:
    """Lines ``trait; value; people`` as ``{trait: [[value, people], ...]}``. Errors: ReadError."""
    found: Census = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [" | ".join(" ".join(name.split()) for name in part.split("|"))
                 for part in line.replace("\t", ";").split(";")]
        people = parts[-1].replace(",", "")
        if len(parts) != 3 or not all(parts) or not (people.isascii() and people.isdecimal()) or (
            not 0 < int(people) < 10**9
        ) or any(len(part) > LONGEST for part in parts):
            raise ReadError("census.line", line=number)
        rows = found.setdefault(parts[0], [])
        if any(value == parts[1] for value, _people in rows):
            raise ReadError("census.twice", line=number, word=parts[1])
        rows.append([parts[1], int(people)])
    if not found:
        raise ReadError("census.empty")
    if len(found) > MOST_TRAITS or any(not 2 <= len(rows) <= MOST_VALUES
                                       for rows in found.values()):
        raise ReadError("census.values", traits=MOST_TRAITS, most=MOST_VALUES)
    return found


def as_lines(census: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    """The other way: what the form shows first."""
    return "\n".join(f"{trait}; {value}; {people}" for trait, rows in census.items()
                     for value, people in rows)


def first_name(name: str) -> str:
    """A name as the files of a draw have it: what stands before the stroke of two languages."""
    return name.split(" | ")[0]


@dataclass(frozen=True)
class PoolCounts:
    """A pool as numbers by trait and value, and the traits of those who sit on the jury."""

    people: int
    counts: dict[str, dict[str, int]]
    traits: dict[str, dict[str, str]] = field(default_factory=dict)
    """By the id of a juror in the draw's files."""


def read_pool(text: str, census: Census, ids: Sequence[str]) -> PoolCounts:
    """The pool's CSV, one person a row, a column a trait. Of people nothing is kept but sums, and
    the traits of those whose id is a juror's. Errors: ReadError."""
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error:
        raise ReadError("census.no_pool") from None
    heads = {(one or "").strip(): one for one in (rows[0] if rows else {})}
    name = next((heads[one] for one in ID_COLUMNS if one in heads), None)
    columns = {trait: heads[first_name(trait)] for trait in census if first_name(trait) in heads}
    missing = [first_name(trait) for trait in census if trait not in columns]
    if not rows or name is None or missing:
        raise ReadError("census.no_pool" if not missing or not rows else "census.column",
                        word=", ".join(missing)[:200])
    counts: dict[str, Counter[str]] = {trait: Counter() for trait in census}
    wanted, traits = set(ids) - {""}, {}
    known = {trait: {first_name(value): value for value, _people in rows_of}
             for trait, rows_of in census.items()}
    for row in rows:
        mine = {}
        for trait in census:
            value = (row[columns[trait]] or "").strip()
            value = "" if value.casefold() in UNANSWERED else known[trait].get(value, value)
            counts[trait][value] += 1
            if value:
                mine[trait] = value
        if (row[name] or "").strip() in wanted:
            traits[(row[name] or "").strip()] = mine
    return PoolCounts(len(rows), {trait: dict(one) for trait, one in counts.items()}, traits)
