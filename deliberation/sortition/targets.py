"""Targets: how many panellists each value of a category shall have, at least and at most."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.sortition.faults import Fault, InputError


@dataclass(frozen=True)
class Target:
    """Between `minimum` and `maximum` panellists have this `value` of this `category`."""

    category: str
    value: str
    minimum: int
    maximum: int


@dataclass(frozen=True)
class Targets:
    """All targets, in the file's order; each value of a category once."""

    rows: tuple[Target, ...]

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.category for row in self.rows))

    def index(self) -> dict[tuple[str, str], int]:
        """(category, value) to the target's place."""
        return {(row.category, row.value): place for place, row in enumerate(self.rows)}

    def faults(self, seats: int) -> tuple[Fault, ...]:
        """What makes these targets impossible for any pool at all."""
        found = []
        for category in self.categories:
            rows = [row for row in self.rows if row.category == category]
            least = sum(row.minimum for row in rows)
            most = sum(row.maximum for row in rows)
            if least > seats:
                found.append(
                    Fault(
                        "targets.minimums_past_seats",
                        column=category,
                        values={"sum": least, "seats": seats},
                    )
                )
            if most < seats:
                found.append(
                    Fault(
                        "targets.maximums_below_seats",
                        column=category,
                        values={"sum": most, "seats": seats},
                    )
                )
        return tuple(found)


def read_table(text: str) -> list[list[str]]:
    """The rows of a CSV file; commas, semicolons or tabs, whichever the heading has most."""
    text = text.removeprefix("\ufeff")
    heading = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=heading.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def decode(content: bytes) -> str:
    """UTF-8 text, or a fault that names the row of the first byte that is not."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise InputError((Fault("file.not_utf8", row=row),)) from error


def parse_targets(text: str) -> Targets:
    """Targets from CSV, in either dialect: feature,value,min,max or category,feature,min,max.

    Further columns (some tools write min_flex and max_flex) are left aside. Raises InputError
    with every fault by row and column.
    """
    table = read_table(text)
    if not table or not any(cell.strip() for cell in table[0]):
        raise InputError((Fault("targets.empty"),))
    heading = [cell.strip().lower() for cell in table[0]]
    if {"feature", "value"} <= set(heading):
        names = ("feature", "value", "min", "max")
    elif {"category", "value"} <= set(heading):
        names = ("category", "value", "min", "max")
    else:
        names = ("category", "feature", "min", "max")
    faults = [
        Fault("file.column_missing", row=1, column=name) for name in names if name not in heading
    ]
    if faults:
        raise InputError(tuple(faults))
    places = [heading.index(name) for name in names]
    rows: list[Target] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        category, value, least, most = (
            cells[place].strip() if place < len(cells) else "" for place in places
        )
        before = len(faults)
        for name, cell in ((names[0], category), (names[1], value)):
            if not cell:
                faults.append(Fault("targets.name_missing", row=number, column=name))
        minimum = _count(least, number, names[2], faults)
        maximum = _count(most, number, names[3], faults)
        if minimum is not None and maximum is not None and minimum > maximum:
            faults.append(
                Fault(
                    "targets.minimum_above_maximum",
                    row=number,
                    column=names[2],
                    values={"minimum": minimum, "maximum": maximum, "value": value},
                )
            )
        if (category, value) in seen:
            faults.append(
                Fault(
                    "targets.repeated",
                    row=number,
                    column=names[1],
                    values={"value": value, "first": seen[category, value]},
                )
            )
        seen.setdefault((category, value), number)
        if len(faults) == before and minimum is not None and maximum is not None:
            rows.append(Target(category, value, minimum, maximum))
    if not rows and not faults:
        faults.append(Fault("targets.empty"))
    if faults:
        raise InputError(tuple(faults))
    return Targets(tuple(rows))


def _count(cell: str, row: int, column: str, faults: list[Fault]) -> int | None:
    """A whole number of at least 0; spreadsheets may write 12 as 12.0."""
    digits = cell.removesuffix(".0")
    if digits.isascii() and digits.isdigit() and len(digits) <= 9:
        return int(digits)
    faults.append(Fault("targets.not_a_count", row=row, column=column, values={"cell": cell}))
    return None


def tally(targets: Targets, traits: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """By target, how many of these people count towards it; `traits` as in Person."""
    counts = [0] * len(targets.rows)
    for person in traits:
        for target in person:
            counts[target] += 1
    return tuple(counts)
