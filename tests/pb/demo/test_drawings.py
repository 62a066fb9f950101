"""The demo town's drawings and its map: each project is drawn, and lies where it says.

The drawings are loaded as pictures, so each must stand alone: its colours, light and dark, are in
the file, and nothing in it reaches out. What is proposed wears heather and must be seen in both
schemes; that is computed here, as it is for the page's own colours.
"""

from __future__ import annotations

import math
import re
import tomllib
from functools import cache
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "pb" / "demo"
DRAWINGS = sorted((DEMO / "drawings").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 4096
"""Bytes of a drawing: forty of them on a ballot stay far below one photograph."""

GROUNDS = ("sky", "dusk", "far", "hill", "leaf", "water", "stone", "wall", "sand", "wood")
LEAST = 3.0
"""The contrast that a meaningful shape needs from its ground (WCAG 2.2, 1.4.11)."""

Point = tuple[float, float]


@cache
def drawing(path: Path) -> ElementTree.Element:
    return ElementTree.fromstring(path.read_bytes())


def style(path: Path) -> str:
    found = drawing(path).findall(f"{SVG}style")
    assert len(found) == 1, "one style block"
    return found[0].text or ""


def shapes(path: Path) -> list[ElementTree.Element]:
    return [node for node in drawing(path).iter() if node.tag not in (f"{SVG}svg", f"{SVG}style")]


def tones(path: Path) -> list[str]:
    """The tone of each shape; "l" only says that it is a line."""
    return [" ".join(set(node.get("class", "").split()) - {"l"}) for node in shapes(path)]


@cache
def palettes() -> tuple[dict[str, str], dict[str, str]]:
    """The colours by class, in the light and in the dark scheme, from the style all files share."""
    light, dark = style(DRAWINGS[0]).split("@media (prefers-color-scheme:dark)")
    rule = re.compile(r"\.([a-z]+)\{color:(#[0-9a-f]{6})\}")
    first, second = dict(rule.findall(light)), dict(rule.findall(dark))
    return first, first | second


@cache
def projects() -> tuple[dict[str, Any], ...]:
    paths = sorted((DEMO / "projects").glob("*.toml"))
    return tuple(tomllib.loads(path.read_text(encoding="utf-8")) for path in paths)


@cache
def town_map() -> dict[str, Any]:
    return tomllib.loads((DEMO / "map.toml").read_text(encoding="utf-8"))


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2, of "#rrggbb"."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def corners(path_data: str) -> list[Point]:
    """The corners of a polygon of absolute M, L and Z."""
    assert re.fullmatch(r"M(-?\d+ -?\d+L?)+Z", path_data), path_data
    return [(float(x), float(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", path_data)]


def outline(path_data: str) -> list[Point]:
    """A path of absolute M, L, C, H, V and Z as points; a curve becomes twelve short lines."""
    tokens = re.findall(r"[A-Z]|-?\d+(?:\.\d+)?", path_data)
    points: list[Point] = []
    command, place = "", 0
    while place < len(tokens):
        if tokens[place].isalpha():
            command, place = tokens[place], place + 1
            continue
        size = {"M": 2, "L": 2, "C": 6, "H": 1, "V": 1}[command]
        values = [float(token) for token in tokens[place : place + size]]
        place += size
        if command == "H":
            points.append((values[0], points[-1][1]))
        elif command == "V":
            points.append((points[-1][0], values[0]))
        elif command == "C":
            control = [points[-1], *zip(values[::2], values[1::2], strict=True)]
            for step in range(1, 13):
                part = step / 12
                weights = [
                    math.comb(3, power) * part**power * (1 - part) ** (3 - power)
                    for power in range(4)
                ]
                x, y = (
                    sum(
                        weight * point[axis] for weight, point in zip(weights, control, strict=True)
                    )
                    for axis in (0, 1)
                )
                points.append((x, y))
        else:
            points.append((values[0], values[1]))
    return points


def lies_inside(point: Point, polygon: list[Point]) -> bool:
    """Whether a ray from the point crosses the polygon's edge an odd number of times."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise([*polygon, polygon[0]]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1


def wards_at(point: Point) -> set[str]:
    return {ward["id"] for ward in town_map()["wards"] if lies_inside(point, corners(ward["d"]))}


def place(project: dict[str, Any]) -> Point:
    return project["place"]["x"], project["place"]["y"]


def test_each_project_has_its_drawing_and_each_drawing_its_project() -> None:
    slugs = {project["slug"] for project in projects()}
    assert len(slugs) == 60
    assert {path.stem for path in DRAWINGS} == slugs | {"strip"}


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_stands_alone_and_is_small(path: Path) -> None:
    root = drawing(path)
    text = path.read_text(encoding="utf-8")
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == ("0 0 1200 200" if path.stem == "strip" else "0 0 160 104")
    assert len(text.encode()) <= LARGEST
    assert {node.tag.removeprefix(SVG) for node in shapes(path)} <= {"path", "circle", "ellipse"}
    for forbidden in ("href", "url(", "@import", "<!", " style=", " on", " id="):
        assert forbidden not in text, forbidden
    # The one address is the name of the format itself, which nobody fetches.
    assert re.findall(r"\w+:/\S*", text) == ['http://www.w3.org/2000/svg"']


def test_all_drawings_share_one_style_with_every_colour_in_both_schemes() -> None:
    assert len({style(path) for path in DRAWINGS}) == 1
    light, dark = style(DRAWINGS[0]).split("@media (prefers-color-scheme:dark)")
    names = [re.findall(r"\.([a-z]+)\{color:", part) for part in (light, dark)]
    assert names[0] == names[1]
    assert len(set(names[0])) == len(names[0])


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_each_shape_has_one_tone_of_the_palette_and_something_wears_heather(path: Path) -> None:
    light, _ = palettes()
    used = tones(path)
    assert set(used) <= set(light)
    assert "new" in used
    assert len(used) >= 8, "a drawing is a composition, not a sign"
    for node in shapes(path):
        assert not {"fill", "stroke", "opacity"} & set(node.attrib), "colours come from classes"


def test_heather_and_gorse_are_the_colours_of_the_page() -> None:
    """The accent in a drawing means the same as on a button beside it."""
    page = (ROOT / "static" / "css" / "site.css").read_text(encoding="utf-8")
    for name, tone in (("heather", "new"), ("gorse", "light")):
        colours = re.findall(rf"--{name}: (#[0-9a-f]{{6}})", page)
        for palette, colour in zip(palettes(), colours, strict=False):
            assert palette[tone] == colour


@pytest.mark.parametrize("ground", GROUNDS)
def test_what_is_proposed_is_seen_on_every_ground_by_day_and_night(ground: str) -> None:
    for palette in palettes():
        assert contrast(palette["new"], palette[ground]) >= LEAST


def test_no_two_drawings_are_alike() -> None:
    """Each is its own composition: no two share half of their outlines."""
    outlines = {
        path.stem: {node.get("d") or str(sorted(node.attrib.items())) for node in shapes(path)}
        - {"M0 0h160v104H0z"}
        for path in DRAWINGS
    }
    for one, other in combinations(outlines, 2):
        shared = outlines[one] & outlines[other]
        smaller = min(len(outlines[one]), len(outlines[other]))
        assert len(shared) * 2 < smaller, (one, other)


def test_the_wards_do_not_overlap() -> None:
    for x, y in product(range(5, 1000, 10), range(5, 700, 10)):
        # Half a unit off the grid keeps the probe from lying on a shared border.
        assert len(wards_at((x + 0.5, y + 0.5))) <= 1, (x, y)


@pytest.mark.parametrize("project", projects(), ids=lambda project: project["slug"])
def test_a_project_lies_in_its_own_ward_and_one_for_the_town_in_any(
    project: dict[str, Any],
) -> None:
    found = wards_at(place(project))
    if project["area"] == "town":
        assert len(found) == 1
    else:
        assert found == {project["area"]}


def test_only_what_belongs_on_the_water_lies_in_the_estuary() -> None:
    sea = [outline(path["d"]) for path in town_map()["paths"] if path["class"] == "map-sea"]
    assert lies_inside((60, 560), sea[0])
    afloat = {
        project["slug"]
        for project in projects()
        if any(lies_inside(place(project), shore) for shore in sea)
    }
    assert afloat <= {"pontoon-gangway", "harbour-hoist"}


@pytest.mark.parametrize("process", ["shared-budget-2026", "shared-budget-2027"])
def test_pins_of_one_vote_do_not_cover_each_other(process: str) -> None:
    """A pin is 42 units wide: two places nearer than that could not both be pressed."""
    places = {p["slug"]: place(p) for p in projects() if p["process"] == process}
    for one, other in combinations(places, 2):
        assert math.dist(places[one], places[other]) >= 42, (one, other)


def test_every_name_on_the_map_is_there_in_both_languages_and_inside_the_frame() -> None:
    data = town_map()
    for item in [*data["labels"], *(ward["label"] | ward for ward in data["wards"])]:
        assert item["name"]["en"] and item["name"]["cy"]
        assert 0 < item["x"] < data["width"] and 0 < item["y"] < data["height"]
    assert {ward["id"] for ward in data["wards"]} == {"riverside", "quay", "pen-y-bryn"}
