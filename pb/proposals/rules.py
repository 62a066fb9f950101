"""What may be said and done with a proposal. Pure: no clock, no chance, no database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

FIELDS = (
    "language", "wish", "title", "body", "area_id", "category_id", "x", "y", "place", "cost_guess",
    "already_there", "can_bring",
)
"""What an author writes; each version of a proposal keeps all of it."""
LONGEST_WISH, LONGEST_TITLE, LONGEST_BODY, LONGEST_PLACE = 2000, 150, 8000, 200
MOST_PHOTOS = 4
MOST_CO_AUTHORS = 5
MERSENNE = 2**31 - 1
"""A prime: multiplying by different numbers modulo it gives different orders of the same rows."""

Point = tuple[float, float]


def content_of(proposal: Any) -> dict[str, Any]:
    """What the author wrote, as a version keeps it."""
    return {name: getattr(proposal, name) for name in FIELDS}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the fields that differ; a moved pin is one change, ``pin``."""
    found = [
        name for name in FIELDS
        if name not in ("x", "y") and before.get(name) != after.get(name)
    ]
    if (before.get("x"), before.get("y")) != (after.get("x"), after.get("y")):
        found.append("pin")
    return found


def missing(proposal: Any) -> list[str]:
    """Which answers are still needed before it can be published."""
    return [name for name in ("wish", "title") if not str(getattr(proposal, name) or "").strip()]


def multiplier(seed: int) -> int:
    """The number by which a seed shuffles the list: the same seed, the same order."""
    digest = hashlib.sha256(f"ideas {seed}".encode()).digest()
    return 1 + int.from_bytes(digest[:8], "big") % (MERSENNE - 1)


# -- the map ---------------------------------------------------------------------------------


def on_land(town: Mapping[str, Any], x: int, y: int) -> bool:
    """Whether a pin stands on the town's own land: inside a ward, and not in the sea.

    A pond or the river is the town's: bridges and otters are proposed there. A map without wards
    has no other edge than its own.
    """
    if not (0 <= x <= town.get("width", 1000) and 0 <= y <= town.get("height", 700)):
        return False
    if town.get("wards") and ward_at(town, x, y) is None:
        return False
    return not any(
        _inside(outline(path["d"]), x, y)
        for path in town.get("paths", ())
        if path.get("class") == "map-sea" and not path.get("width")
    )


def ward_at(town: Mapping[str, Any], x: int, y: int) -> str | None:
    """The id of the ward in which a point lies."""
    for ward in town.get("wards", ()):
        if _inside(outline(ward["d"]), x, y):
            return str(ward["id"])
    return None


def around(
    points: Sequence[tuple[int, int]], width: int, height: int, margin: int = 45
) -> tuple[int, int, int, int] | None:
    """The rectangle (left, top, right, bottom) about some points of a map, with room for their
    pins and not beyond the map's edge; None without points."""
    if not points:
        return None
    across, down = [x for x, _ in points], [y for _, y in points]
    return (max(2, min(across) - margin), max(2, min(down) - margin),
            min(width - 2, max(across) + margin), min(height - 2, max(down) + margin))


def known_places(town: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The named places of a map that a pin can be put on, with their figures: its list twin."""
    named = [*town.get("labels", ()), *({**one["label"], "name": one["name"]}
                                        for one in town.get("wards", ()))]
    return [
        {"x": round(label["x"]), "y": round(label["y"]), "name": label["name"]}
        for label in named
        if on_land(town, round(label["x"]), round(label["y"]))
    ]


@lru_cache(maxsize=256)
def outline(path: str) -> tuple[Point, ...]:
    """The corners of an SVG path of absolute M, L, H, V, C and Z; a curve becomes 12 corners.

    Errors: ValueError for any other letter.
    """
    tokens = re.findall(r"[A-Za-z]|-?\d+(?:\.\d+)?", path)
    points: list[Point] = []
    x = y = 0.0
    place, letter = 0, ""

    def numbers(count: int) -> list[float]:
        nonlocal place
        found = [float(one) for one in tokens[place : place + count]]
        place += count
        return found

    while place < len(tokens):
        if tokens[place].isalpha():
            letter = tokens[place]
            place += 1
        if letter in ("M", "L"):
            x, y = numbers(2)
        elif letter == "H":
            (x,) = numbers(1)
        elif letter == "V":
            (y,) = numbers(1)
        elif letter == "C":
            points.extend(_curve((x, y), numbers(6)))
            x, y = points[-1]
            continue
        elif letter == "Z":
            continue
        else:
            raise ValueError(f"the map has a path with {letter!r}")
        points.append((x, y))
    return tuple(points)


def _curve(start: Point, figures: Sequence[float], corners: int = 12) -> list[Point]:
    (ax, ay), (bx, by, cx, cy, dx, dy) = start, figures
    found = []
    for step in range(1, corners + 1):
        t = step / corners
        u = 1 - t
        found.append((
            u**3 * ax + 3 * u * u * t * bx + 3 * u * t * t * cx + t**3 * dx,
            u**3 * ay + 3 * u * u * t * by + 3 * u * t * t * cy + t**3 * dy,
        ))
    return found


def _inside(corners: Sequence[Point], x: float, y: float) -> bool:
    """Whether a ray from the point crosses the outline an odd number of times."""
    found = False
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            found = not found
    return found


# -- many pins on a small map ----------------------------------------------------------------

CELL = 100
"""Units of the map: where more pins stand than can be told apart, a square stands for them."""
MOST_PINS = 60


def cell_of(x: int, y: int) -> tuple[int, int]:
    return x // CELL, y // CELL
