"""The demo town's texts are whole, different from each other, and true to their own sums.

A demo is read closely by people who decide whether to trust the app: a sentence seen twice, a
Welsh text left in English or a cost that does not add up would tell them that nobody looked.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).parents[3] / "pb" / "demo"
PROCESSES = {"shared-budget-2027": 40, "shared-budget-2026": 20}
LANGUAGES = ("en", "cy")

Text = tuple[str, dict[str, str]]
"""Where a text stands ("title", "costs 2") and what it says by language."""


@cache
def town() -> dict[str, Any]:
    return tomllib.loads((DEMO / "town.toml").read_text(encoding="utf-8"))


@cache
def projects() -> tuple[dict[str, Any], ...]:
    paths = sorted((DEMO / "projects").glob("*.toml"))
    return tuple(tomllib.loads(path.read_text(encoding="utf-8")) for path in paths)


@cache
def wards() -> dict[str, list[tuple[float, float]]]:
    """Each ward's corners, from the map's paths of absolute M, L and Z."""
    town_map = tomllib.loads((DEMO / "map.toml").read_text(encoding="utf-8"))
    corners = {}
    for ward in town_map["wards"]:
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", ward["d"])]
        corners[ward["id"]] = list(zip(numbers[::2], numbers[1::2], strict=True))
    return corners


def texts(node: Any, where: str = "") -> Iterator[Text]:
    """Every pair of languages below ``node``, told apart by having a key "en" or "cy"."""
    if isinstance(node, dict):
        if "en" in node or "cy" in node:
            yield where, {language: node.get(language, "") for language in LANGUAGES}
            return
        for key, value in node.items():
            yield from texts(value, f"{where} {key}".strip())
    elif isinstance(node, list):
        for place, value in enumerate(node, start=1):
            yield from texts(value, f"{where} {place}".strip())


def project_texts() -> Iterator[Text]:
    for project in projects():
        yield from texts(project, project["slug"])


def sentences(text: str) -> list[str]:
    """The sentences of a text; a title or a label without a full stop is one too."""
    return [part for part in re.split(r"(?<=[.?!])\s+", text.strip()) if part]


def cost(project: dict[str, Any]) -> int:
    return sum(line["amount_minor"] for line in project["costs"])


def lies_inside(x: float, y: float, corners: list[tuple[float, float]]) -> bool:
    """Whether a ray from the point crosses the polygon's edge an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise([*corners, corners[0]]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def by_slug(project: dict[str, Any]) -> str:
    return str(project["slug"])


def test_the_town_has_sixty_projects_in_two_processes() -> None:
    assert Counter(project["process"] for project in projects()) == PROCESSES
    assert {process["slug"] for process in town()["processes"]} == set(PROCESSES)


def test_each_file_is_named_after_its_number_and_slug() -> None:
    names = {path.name for path in (DEMO / "projects").glob("*.toml")}
    assert names == {f"{p['number']:02d}-{p['slug']}.toml" for p in projects()}
    assert len({project["slug"] for project in projects()}) == len(projects())


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_numbers_its_projects_from_one_without_gaps(process: str) -> None:
    numbers = sorted(p["number"] for p in projects() if p["process"] == process)
    assert numbers == list(range(1, PROCESSES[process] + 1))


@pytest.mark.parametrize("project", projects(), ids=by_slug)
def test_a_project_is_whole(project: dict[str, Any]) -> None:
    assert set(project) == {
        *("number", "slug", "process", "area", "author", "title", "summary", "body", "place"),
        *("costs", "alt", "objections", "reason"),
    }
    assert 2 <= len(project["costs"]) <= 5
    assert project["objections"]
    for language in LANGUAGES:
        assert len(sentences(project["summary"][language])) == 1
        assert 2 <= len(project["body"][language].strip().split("\n\n")) <= 4


@pytest.mark.parametrize("project", projects(), ids=by_slug)
def test_a_project_names_known_people_and_places(project: dict[str, Any]) -> None:
    roles = {resident["slug"]: set(resident["roles"]) for resident in town()["residents"]}
    assert project["area"] in {area["id"] for area in town()["areas"]}
    assert "author" in roles[project["author"]] or "official" in roles[project["author"]]
    assert roles[project["reason"]["officer"]] & {"official", "valuer"}
    for objection in project["objections"]:
        assert objection["from"] in roles
        assert objection["from"] != project["author"]


@pytest.mark.parametrize("project", projects(), ids=by_slug)
def test_a_project_lies_in_its_ward(project: dict[str, Any]) -> None:
    x, y = project["place"]["x"], project["place"]["y"]
    assert 0 < x < 1000
    assert 0 < y < 700
    inside = {ward for ward, corners in wards().items() if lies_inside(x, y, corners)}
    assert inside if project["area"] == "town" else inside == {project["area"]}


def test_no_two_projects_of_a_process_share_a_spot_on_the_map() -> None:
    for process in PROCESSES:
        spots = [
            (p["place"]["x"], p["place"]["y"], p["slug"])
            for p in projects()
            if p["process"] == process
        ]
        near = [
            (one[2], other[2])
            for place, one in enumerate(spots)
            for other in spots[place + 1 :]
            if (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 < 12**2
        ]
        assert near == [], process


@pytest.mark.parametrize("project", projects(), ids=by_slug)
def test_a_project_fits_its_purse(project: dict[str, Any]) -> None:
    (area,) = (area for area in town()["areas"] if area["id"] == project["area"])
    assert all(line["amount_minor"] > 0 for line in project["costs"])
    assert 180_000 <= cost(project) <= 4_200_000
    assert cost(project) <= area["budgets"][project["process"]]


@pytest.mark.parametrize("process", PROCESSES)
def test_each_purse_is_wanted_two_to_four_times(process: str) -> None:
    for area in town()["areas"]:
        wanted = sum(
            cost(p) for p in projects() if (p["process"], p["area"]) == (process, area["id"])
        )
        budget = area["budgets"][process]
        assert 2 * budget <= wanted <= 4 * budget, (area["id"], wanted, budget)


def test_the_sums_in_the_headlines_are_the_sums_of_the_purses() -> None:
    for process in town()["processes"]:
        pounds = sum(area["budgets"][process["slug"]] for area in town()["areas"]) // 100
        for language in LANGUAGES:
            assert f"£{pounds:,}" in process["headline"][language]


def test_the_areas_hold_the_towns_people() -> None:
    people = {area["id"]: area["population"] for area in town()["areas"]}
    whole = people.pop("town")
    assert whole == town()["town"]["population"] == sum(people.values())


def test_no_sentence_of_the_sixty_occurs_twice() -> None:
    seen: dict[str, str] = {}
    twice = []
    for where, text in project_texts():
        for language in LANGUAGES:
            for sentence in sentences(text[language]):
                key = re.sub(r"\W+", " ", sentence).strip().casefold()
                if key in seen:
                    twice.append((key, seen[key], where))
                seen[key] = where
    assert twice == []
    assert len(seen) > 1500


SAME_IN_BOTH = {"town areas 3 name", "council town"}
"""Names that are the same in both languages: Pen-y-bryn, Aberwennol."""


def all_texts() -> list[Text]:
    rest = [
        (f"town {where}".replace("town council", "council"), text)
        for where, text in (texts(town()))
    ]
    return [*project_texts(), *rest]


def test_every_text_stands_in_both_languages_and_differs() -> None:
    same = set()
    for where, text in all_texts():
        assert text["en"].strip(), where
        assert text["cy"].strip(), where
        if text["en"] == text["cy"]:
            same.add(where)
    assert same == SAME_IN_BOTH


ENGLISH = re.compile(r"\b(the|and|of|with|for|which|that|has|was|it|its|this)\b", re.I)
WELSH = re.compile(r"\b(yn|mae|ac|ar|gan|wrth|ei|eu|sydd|oes|bydd|hyn)\b|[ŵŷ]", re.I)


def test_no_text_stands_under_the_wrong_language() -> None:
    for where, text in all_texts():
        assert not ENGLISH.search(text["cy"]), (where, text["cy"])
        assert not WELSH.search(text["en"]), (where, text["en"])


def test_both_languages_give_the_same_figures() -> None:
    """A figure in digits in one language stands in digits in the other, as often."""
    for where, text in all_texts():
        figures = {
            language: Counter(re.findall(r"\d[\d,.]*\d|\d", text[language]))
            for language in LANGUAGES
        }
        assert figures["en"] == figures["cy"], where


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language: str) -> None:
    """At most 15 words on average in each project's prose, and never above 25."""
    for project in projects():
        prose = [project["summary"], project["body"], project["reason"], *project["objections"]]
        lengths = [
            len(sentence.split()) for text in prose for sentence in sentences(text[language])
        ]
        assert sum(lengths) <= 15 * len(lengths), project["slug"]
        assert max(lengths) <= 25, project["slug"]


def test_typography_is_typographic() -> None:
    """Curly apostrophes, as the interface has them; no stray space, no exclamation mark."""
    for where, text in all_texts():
        for language in LANGUAGES:
            assert not re.search(r"['\"!]|  | $|\n{3}", text[language].strip("\n")), where
            assert not re.search(r"\s[.,;]", text[language]), where
