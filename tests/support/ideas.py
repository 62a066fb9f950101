"""Ideas for tests: published ones written directly, and the way through the form over HTTP."""

from __future__ import annotations

import random
import re
from typing import Any

from sqlalchemy import insert, select

from pb.core.site import Site
from pb.core.work import Work
from pb.processes.models import Process
from pb.processes.queries import process_by_slug
from pb.proposals import search, services
from pb.proposals.models import Category, Proposal
from tests.support import build
from tests.support.app import mails, run_jobs

SLUG = "shared-budget"
TOWN = {
    "width": 1000, "height": 700,
    "wards": [
        {"id": "riverside", "d": "M0 0L500 0L500 700L0 700Z", "label": {"x": 250, "y": 300},
         "name": {"en": "Riverside", "cy": "Glan-yr-afon"}},
        {"id": "quay", "d": "M500 0L1000 0L1000 700L500 700Z", "label": {"x": 750, "y": 300},
         "name": {"en": "The Quay", "cy": "Y Cei"}},
    ],
    "paths": [
        {"class": "map-land", "d": "M0 0H1000V700H0Z"},
        {"class": "map-sea", "d": "M800 0C900 100 900 600 800 700L1000 700L1000 0Z"},
    ],
    "labels": [{"class": "map-place-name", "x": 120, "y": 200, "anchor": "middle",
                "name": {"en": "The mill", "cy": "Y felin"}}],
}
"""Two wards side by side, with the sea on the east side of the second one."""


def a_process(site: Site, phase: str = "ideas", town: bool = True, **rest: Any) -> int:
    """A process that collects ideas, with a map and two categories."""
    made = build.a_process(site, SLUG, phase=phase, **rest)

    def furnish(work: Work) -> None:
        process = work.session.get_one(Process, made)
        process.map = TOWN if town else {}
        for key, name in (("green", {"en": "Green places", "cy": "Mannau gwyrdd"}),
                          ("roads", {"en": "Roads", "cy": "Ffyrdd"})):
            work.session.add(Category(process_id=made, key=key, name=name))

    build.do(site, furnish)
    return made


def an_idea(
    site: Site, title: str = "A bench by the mill", *, author: int | None = None,
    wish: str = "", language: str = "en", slug: str = SLUG, **fields: Any,
) -> int:
    """A published idea; its id."""

    def make(work: Work) -> int:
        process = process_by_slug(work.session, slug)
        draft = Proposal(
            process_id=process.id, state="draft", language=language, title=title,
            wish=wish or f"I wish for this: {title}.", author_id=author, made_at=work.now,
            saved_at=work.now, shuffle=1 + hash(title) % 1_000_003, **fields,
        )
        work.session.add(draft)
        work.session.flush()
        services._publish(work, process, draft, author, "")
        return draft.id

    return int(build.do(site, make))


def the_idea(site: Site, idea_id: int) -> Proposal:
    with site.database.reading() as session:
        found = session.get_one(Proposal, idea_id)
        session.expunge(found)
        return found


def once(html: str) -> str:
    """The one-time key of a page's form."""
    found = re.search(r'name="once" value="([^"]+)"', html)
    assert found, html
    return found[1]


def mailed_code(site: Site) -> str:
    """The code of the newest mail."""
    run_jobs(site)
    text = mails(site)[-1].get_body(("plain",)).get_content()
    found = re.search(r": ([0-9A-Z]{4} [0-9A-Z]{4})$", text, re.M)
    assert found, text
    return found[1]


def mailed_link(site: Site) -> str:
    """The address in the newest mail."""
    run_jobs(site)
    text = mails(site)[-1].get_body(("plain",)).get_content()
    found = re.search(r"http://testserver(\S+)", text)
    assert found, text
    return found[1]


def many_ideas(site: Site, process_id: int, many: int) -> None:
    """Thousands of ideas, as fast as rows are written."""
    chance = random.Random(7)
    words = ("bench", "river", "library", "mainc", "afon", "llyfrgell", "park", "bus", "lamp",
             "garden", "school", "bridge", "ysgol", "pont", "gardd", "music", "wall", "path")

    def make(work: Work) -> None:
        work.session.execute(insert(Proposal), [
            {"process_id": process_id, "number": number, "state": "published",
             "language": "cy" if number % 3 == 0 else "en",
             "title": " ".join(chance.sample(words, 3)) + f" {number}",
             "wish": " ".join(chance.choices(words, k=40)), "body": "", "area_id": 1 + number % 3,
             "x": chance.randrange(20, 780), "y": chance.randrange(20, 680), "place": "",
             "already_there": "", "can_bring": "", "author_name": "", "made_at": work.now,
             "saved_at": work.now, "published_at": work.now, "supporters": chance.randrange(300),
             "comments": 0, "shuffle": 1 + chance.randrange(2**31 - 2)}
            for number in range(1, many + 1)
        ])
        for row in work.session.execute(
            select(Proposal.id, Proposal.title, Proposal.wish).where(
                Proposal.process_id == process_id)
        ):
            search.put(work.connection, row.id, process_id, (row.title, row.wish))

    build.do(site, make)
