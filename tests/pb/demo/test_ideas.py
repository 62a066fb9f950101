"""The demo's ideas: by its residents, on its land, no sentence twice, built as real ones."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from pb.comments.models import Comment
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.demo.build import add_council
from pb.demo.ideas import Ideas, add_ideas
from pb.demo.town import Town
from pb.proposals import queries, rules
from pb.proposals.models import Proposal, Support
from tests.support.app import client

DEMO = Path(__file__).parents[3] / "pb" / "demo"
DATA = Ideas().data
TOWN = Town()
WELSH = re.compile(r"\b(yn|mae|ac|ar|gan|wrth|ei|eu|sydd|oes|bydd|byddai|beth|rwyf|fy|mi|gen|iawn"
                   r"|rhaid|gallai|cytuno|chi|byddwn|syniad|rwy)\b|[ŵŷ]", re.I)
ENGLISH = re.compile(r"\b(the|and|of|with|for|which|that|has|was|it|its|this|is|come|who|could)\b",
                     re.I)


def texts() -> list[tuple[str, str, str]]:
    """(where, language, text) of everything that a resident wrote."""
    found = []
    for one in DATA["ideas"]:
        language = "en" if "helped_by" in one else TOWN.residents[one["author"]]["language"]
        for name in ("title", "wish", "body", "already_there", "can_bring", "place"):
            if name in one:
                found.append((f"{one['title']} {name}", language, one[name]))
    for one in DATA["comments"]:
        language = TOWN.residents[one["from"]]["language"]
        found.append((f"comment on {one['idea']}", language, one["text"]))
    return found


def test_no_sentence_occurs_twice_also_not_elsewhere_in_the_town() -> None:
    seen: Counter[str] = Counter()
    own = set()
    for _, _, text in texts():
        for sentence in re.split(r"(?<=[.?!])\s+", text.strip()):
            key = re.sub(r"\W+", " ", sentence).strip().casefold()
            seen[key] += 1
            own.add(key)
    assert [key for key, number in seen.items() if number > 1] == []
    for path in (DEMO / "town.toml", DEMO / "assessment.toml", *(DEMO / "projects").glob("*.toml")):
        other = re.sub(r"\W+", " ", path.read_text(encoding="utf-8")).casefold()
        assert [key for key in own if len(key) > 40 and key in other] == [], path.name


def test_each_text_stands_in_its_authors_language() -> None:
    languages = Counter(language for _, language, _ in texts())
    assert min(languages.values()) > 30
    for where, language, text in texts():
        foreign = (ENGLISH if language == "cy" else WELSH).search(text)
        assert foreign is None, (where, foreign)
        if len(text.split()) > 12:
            assert (WELSH if language == "cy" else ENGLISH).search(text), (where, text)


def test_pins_stand_on_the_towns_land_in_their_area() -> None:
    for one in DATA["ideas"]:
        if "x" in one:
            assert rules.on_land(TOWN.map, one["x"], one["y"]), one["title"]
            ward = rules.ward_at(TOWN.map, one["x"], one["y"])
            assert one["area"] in ("town", ward), one["title"]


def test_the_process_is_built_as_residents_would_have(site: Site) -> None:
    site.work.run(add_council, SYSTEM, TOWN)
    number = site.work.run(add_ideas, SYSTEM, TOWN)
    assert number == len(DATA["ideas"]) >= 25
    with site.database.reading() as session:
        held = session.execute(
            select(Proposal.id, Proposal.supporters, func.count(Support.id))
            .outerjoin(Support, Support.proposal_id == Proposal.id).group_by(Proposal.id)
        ).all()
        assert all(said == counted for _, said, counted in held)
        assert sum(counted for _, _, counted in held) > 100
        assert session.scalar(select(func.count()).select_from(Comment)) == len(DATA["comments"])
        found = queries.similar(session, 1, "A bench where one can sit by the library")
        assert {one.language for one in found} == {"en", "cy"}  # the same wish in both
    browser = client(site, "cy")
    page = browser.get("/processes/shared-budget-2028/ideas?order=supported")
    assert page.status_code == 200 and len(page.content) < 50_000
    assert 'lang="en"' in page.text  # what others wrote in English is marked
    shown = client(site).get("/processes/shared-budget-2028/ideas/18").text
    assert "Entered with help by Osian Llywarch" in shown and "By Edith." in shown
