"""What the pages show of proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pb.core.web import Request
from pb.processes.models import Process
from pb.proposals import queries
from pb.proposals.queries import ListRow
from pb.proposals.rules import CELL, MOST_PINS, around, cell_of
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
    filters: dict[str, Any], kinds: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """The ward map with a pin an idea; where there are too many, with a number a square.
    ``kinds``: the shape of single pins, by their number.
    """
    if len(found) <= MOST_PINS:
        pins = [
            {"x": x, "y": y, "number": number, "title": title,
             "kind": (kinds or {}).get(number, ""),
             "href": request.link("idea", slug=process.slug, number=number)}
            for number, x, y, title, _ in found
        ]
        return {**process.map, "pins": pins, "cells": []}
    crowds = Counter(cell_of(x, y) for _, x, y, _, _ in found)
    return squares_of(
        request, process,
        sorted(crowds.items(), key=lambda one: (one[0][1], one[0][0])), filters,
    )


def squares_of(
    request: Request, process: Process, crowds: Sequence[tuple[tuple[int, int], int]],
    filters: dict[str, Any],
) -> dict[str, Any]:
    """The ward map with a number a square. ``cells`` is its twin for the list: (how many, address,
    name)."""
    reader = request.reader
    cells = []
    for (across, down), number in crowds:
        cells.append({
            "x": across * CELL + CELL // 2, "y": down * CELL + CELL // 2, "number": number,
            "title": reader._("Ideas around %(place)s", place=square(across, down)),
            "href": request.link(
                "ideas", slug=process.slug, **(filters | {"cell": f"{across}-{down}"})
            ),
        })
    return {**process.map, "pins": cells, "cells": cells}


def frames_of(request: Request, process: Process) -> list[dict[str, Any]]:
    """The packages of a process, for the map and for its list: a mark, the name, the ideas, and
    the outline: as it was drawn, else about the pins of its ideas; none without any pin."""
    pins = queries.package_pins(request.session, process.id)
    found: list[dict[str, Any]] = []
    for package, _ in queries.packages(request.session, process.id):
        ideas = pins.get(package.id, [])
        if not ideas:
            continue
        points = [(x, y) for _, x, y, _, _ in ideas if x is not None and y is not None]
        drawn = (package.left, package.top, package.right, package.bottom)
        if None not in drawn:
            # What was ticked besides stands inside the outline as well.
            points += [(drawn[0] or 0, drawn[1] or 0), (drawn[2] or 0, drawn[3] or 0)]
        box = around(points, process.map["width"], process.map["height"],
                     0 if None not in drawn else 45)
        found.append({
            "id": package.id, "mark": f"P{len(found) + 1}", "name": package.name, "ideas": ideas,
            "frame": frame_of(box) if box is not None else None,
        })
    return found


def frame_of(box: tuple[int, int, int, int]) -> dict[str, int]:
    """A rectangle as the map draws it."""
    left, top, right, bottom = box
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def square(across: int, down: int) -> str:
    """A square's name, as on a street map: C4."""
    return f"{chr(ord('A') + across)}{down + 1}"
