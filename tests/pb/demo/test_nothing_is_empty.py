"""The demo shows the app with its parts filled: no page of a jury, of moderation or of translation
that a visitor opens says that there is nothing yet."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from sqlalchemy import select

from deliberation.honoraria.queries import payment_list
from deliberation.panels.queries import jury_of
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.demo import build as demo
from pb.demo.assessment import add_assessment
from pb.demo.desks import SLUG as IDEAS
from pb.demo.desks import add_desks
from pb.demo.ideas import add_ideas
from pb.demo.jury import add_jury
from pb.demo.learning import learning
from pb.demo.town import HERE, Town
from pb.demo.verdict import add_verdict
from pb.moderation import queries as moderation
from pb.processes.models import Process
from pb.translations import queries as translations
from tests.pb.demo.test_town_texts import sentences, texts
from tests.support.app import client

RUNS, IS_DONE = "small-works-2027", demo.OPEN
ENGLISH = re.compile(r"\b(the|and|with|for|which|that|was|its|this)\b", re.I)
WELSH = re.compile(r"\b(yn|mae|wrth|ei|eu|sydd|bydd|roedd)\b|[ŵŷ]", re.I)


@pytest.fixture
def town(site: Site) -> Site:
    """All of the demo's town but its ballots."""
    run = site.work.run
    run(demo.add_council, SYSTEM, Town())
    run(add_ideas, SYSTEM, Town())
    run(add_desks, SYSTEM, Town())
    run(add_assessment, SYSTEM, Town())
    with site.database.reading() as session:
        fund = session.scalars(select(Process.id).where(Process.slug == RUNS)).one()
    run(add_jury, SYSTEM, fund, demo.FACILITATORS_MAIL)
    voting = run(demo.add_process, SYSTEM, Town(), IS_DONE)
    run(add_verdict, SYSTEM, voting, demo.FACILITATORS_MAIL)
    return site


def page(site: Site, slug: str, path: str, language: str = "en") -> str:
    answer = client(site, language).get(f"/processes/{slug}/{path}")
    assert answer.status_code == 200, path
    return answer.text


def test_the_parts_of_the_demo_are_not_empty(town: Site) -> None:
    for slug, which in ((RUNS, "runs"), (IS_DONE, "done")):
        data = learning(which)
        for language in ("en", "cy"):
            heard = page(town, slug, "jury/evidence", language)
            weighed = page(town, slug, "jury/claims", language)
            for one in data["evidence"]:
                assert one["title"][language] in heard
            for one in data["criteria"]:
                assert one["name"][language] in weighed
            assert all(one["text"] in weighed for one in data["claims"])
            assert all(one["answer"] in heard for one in data["questions"] if "answer" in one)
    assert "1 late" in page(town, RUNS, "jury/evidence"), "a question waits too long"
    even, uneven = page(town, RUNS, "jury/evidence"), page(town, IS_DONE, "jury/evidence")
    assert "Even" in even and "Not even" not in even
    assert "Not even" in uneven and learning("done")["balance"]["en"] in uneven

    assert "tables.csv" in page(town, RUNS, "jury/tables"), "projects have tables by lot"
    found = page(town, IS_DONE, "jury/evaluation")
    assert "Published on" in found and "Not published yet" not in found
    for heading in ("How like the town", "Who came", "Equality of voice", "Private votes",
                    "What changed in people’s minds", "Questions to witnesses",
                    "How good the work was, say the jurors", "On the way out", "Replies"):
        assert heading in found, heading
    assert "SHA-256" in found
    advice = page(town, IS_DONE, "jury/recommendations")
    assert "Replies by the promised day: 1 of 3." in advice and "days late" in advice

    with town.database.reading() as session:
        jury = jury_of(session, session.scalars(
            select(Process.id).where(Process.slug == IS_DONE)).one())
        assert jury is not None
        rows = payment_list(session, jury)
        assert len(rows) >= 24 and sum(one.account.due for one in rows) > 0
        assert {claim.state for row in rows for claim in row.claims} == {
            "claimed", "agreed", "refused", "paid"}
        ideas = session.scalars(select(Process).where(Process.slug == IDEAS)).one()
        counts = moderation.counts(session, ideas.id)
        assert (counts.open, counts.hidden, counts.stays, counts.appeals) == (1, 2, 1, 1)
        states = translations.counts(translations.units(session, ideas))
        assert states["missing"] == 1 and states["changed"] == 1
    glossary = client(town, "cy").get("/glossary")
    assert "arian cyfatebol" in glossary.text, "a word that the jury asked about is the town's own"
    log = page(town, IDEAS, "moderation")
    assert "The author has appealed." in log


def words() -> list[tuple[str, str]]:
    """(language, text) of whatever stands in one language only."""
    found = [
        (one[f"{part}language"], one[name])
        for which in ("runs", "done") for one in learning(which)["questions"]
        for part, name in (("", "text"), ("answer_", "answer")) if name in one
    ]
    found += [(one["language"], one["text"])
              for which in ("runs", "done") for one in learning(which)["claims"]]
    return found


def test_the_texts_stand_in_their_language_and_none_twice() -> None:
    desks: dict[str, Any] = tomllib.loads((HERE / "desks.toml").read_text(encoding="utf-8"))
    seen: list[str] = [one["text"] for one in desks["posts"]]
    for which in ("runs", "done"):
        for where, both in texts(learning(which)):
            assert both["en"] and both["cy"] and both["en"] != both["cy"], where
            assert not ENGLISH.search(both["cy"]), where
            assert not WELSH.search(both["en"]), where
            seen += [one for text in both.values() for one in sentences(text)]
    for language, text in words():
        assert not (ENGLISH if language == "cy" else WELSH).search(text), text
        seen += sentences(text)
    assert len(seen) == len(set(seen)) > 120
