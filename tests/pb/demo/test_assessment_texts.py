"""The demo's fund under assessment: built whole, in both languages, no sentence twice."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.demo import build as demo
from pb.demo.assessment import PUBLIC, Fund, add_assessment
from pb.demo.town import Town
from pb.processes.models import Process
from pb.projects.models import Project
from pb.projects.queries import lacks_of
from pb.proposals.rules import on_land, ward_at
from pb.valuations import queries
from pb.valuations.models import Valuation
from tests.pb.demo.test_town_texts import project_texts, sentences, texts, town
from tests.support.app import client

DEMO = Path(demo.__file__).parent
SLUG = "small-works-2027"


def written(node: Any) -> list[str]:
    """Every text of the file, with figures, names and codes left out."""
    if isinstance(node, str):
        return [node] if " " in node else []
    if isinstance(node, dict):
        return [one for value in node.values() for one in written(value)]
    return [one for value in node for one in written(value)] if isinstance(node, list) else []


def test_no_sentence_stands_twice_in_the_whole_demo() -> None:
    elsewhere = {
        sentence
        for _, by_language in (*project_texts(), *texts(town()))
        for text in by_language.values() for sentence in sentences(text)
    }
    own = Counter(sentence for text in written(Fund().data) for sentence in sentences(text))
    twice = [one for one, times in own.items() if times > 1 or (one in elsewhere and " " in one)]
    assert not twice


def test_what_the_council_says_stands_in_both_languages_and_residents_write_their_own() -> None:
    ideas = Fund().data["ideas"]
    assert len(ideas) == 15
    assert {one["language"] for one in ideas} == {"en", "cy"}
    for one in ideas:
        assert town_resident(one["author"])["language"] == one["language"], one["title"]
        for name, value in one.get("found", {}).items():
            if isinstance(value, dict):
                assert set(value) == {"en", "cy"}, (one["title"], name)
                assert value["en"] != value["cy"]
        if one["state"] == "passed":
            other = "cy" if one["language"] == "en" else "en"
            assert other in one["texts"]["title"] and other in one["texts"]["body"]
            assert set(one["texts"]["summary"]) == {"en", "cy"}


def town_resident(slug: str) -> dict[str, Any]:
    return next(one for one in town()["residents"] if one["slug"] == slug)


def test_each_idea_lies_in_its_ward() -> None:
    drawn = tomllib.loads((DEMO / "map.toml").read_text(encoding="utf-8"))
    for one in Fund().data["ideas"]:
        assert on_land(drawn, one["x"], one["y"]), one["title"]
        if one["area"] != "town":
            assert ward_at(drawn, one["x"], one["y"]) == one["area"], one["title"]


def test_the_fund_is_built_with_ideas_in_every_state(site: Site) -> None:
    site.work.run(demo.add_council, SYSTEM, Town())
    assert site.work.run(add_assessment, SYSTEM, Town()) == 15
    with site.database.reading() as session:
        process = session.scalars(select(Process).where(Process.slug == SLUG)).one()
        states = Counter(
            (row.state, row.outcome) for row in session.scalars(select(Valuation))
        )
        assert states == {
            ("decided", "pass"): 4, ("decided", "refuse"): 3, ("decided", "park"): 1,
            ("decided", "act"): 1, ("told", "refuse"): 1, ("answered", "refuse"): 1,
            ("open", ""): 2,
        }
        assert queries.progress(session, process.id) == (9, 15)
        assert len(queries.triage(session, process.id)) == 13
        projects = session.scalars(select(Project).order_by(Project.number)).all()
        budgets = {area.id: area.budget for area in process.areas}
        assert len(projects) == 4
        for one in projects:
            assert lacks_of(one, ("en", "cy"), budgets[one.area_id]) == [], one.title
        assert process.phase_kind(site.clock()) == "assessment"
        assert session.scalar(select(func.count()).select_from(Valuation)) == 13
    for language in ("en", "cy"):
        page = client(site, language).get(f"/processes/{SLUG}/assessment").text
        for idea in Fund().data["ideas"]:
            shown = re.sub(r"&#39;", "'", page)
            known = idea["state"] in PUBLIC
            title = idea.get("texts", {}).get("title", {}).get(language) or idea["title"]
            assert (title in shown) is known, title
            if known:
                assert idea["found"]["reason"][language] in shown
            if idea["state"] in ("told", "answered"):
                assert idea["found"]["reason"][language] not in shown
