"""What the pages show of proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pb.core.web import Request
from pb.processes.models import Process
from pb.proposals.queries import ListRow
from pb.proposals.rules import CELL, MOST_PINS, cell_of
from pb.proposals.words import STATE_NAMES


def card(request: Request, process: Process, row: ListRow) -> dict[str, Any]:
    """One idea in a list."""
    names = {area.id: area.name for area in process.areas}
    return {
        "number": row.number, "title": row.title, "language": row.language,
        "words": shortened(row.wish), "place": row.place,
        "area": request.reader.plain(names.get(row.area_id or 0)),
        "href": request.link("idea", slug=process.slug, number=row.number),
        "supporters": row.supporters, "comments": row.comments, "state": row.state,
        "state_name": request.reader.say(STATE_NAMES[row.state]),
        "helped": row.helped_by is not None, "hidden": row.hidden_at is not None,
    }


def shortened(text: str, most: int = 150) -> str:
    """The beginning of a text, to the end of a word."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    return flat[:most].rpartition(" ")[0].rstrip(",;:.") + " …"


def map_of(
    request: Request, process: Process, found: Sequence[tuple[int, int, int, str, str]],
    filters: dict[str, Any],
) -> dict[str, Any]:
    """The ward map with a pin an idea; where there are too many, with a number a square.

    ``cells`` is the list twin of the squares: (how many, address, name).
    """
    reader = request.reader
    if len(found) <= MOST_PINS:
        pins = [
            {"x": x, "y": y, "number": number, "title": title,
             "href": request.link("idea", slug=process.slug, number=number)}
            for number, x, y, title, _ in found
        ]
        return {**process.map, "pins": pins, "cells": []}
    crowds = Counter(cell_of(x, y) for _, x, y, _, _ in found)
    cells = []
    for (across, down), number in sorted(crowds.items(), key=lambda one: (one[0][1], one[0][0])):
        cells.append({
            "x": across * CELL + CELL // 2, "y": down * CELL + CELL // 2, "number": number,
            "title": reader._("Ideas around %(place)s", place=square(across, down)),
            "href": request.link(
                "ideas", slug=process.slug, **(filters | {"cell": f"{across}-{down}"})
            ),
        })
    return {**process.map, "pins": cells, "cells": cells}


def square(across: int, down: int) -> str:
    """A square's name, as on a street map: C4."""
    return f"{chr(ord('A') + across)}{down + 1}"
