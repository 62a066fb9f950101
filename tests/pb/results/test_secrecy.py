"""No figure of a count leaves before it is published: planted figures at every address."""

from __future__ import annotations

import re

import pytest

from pb.app import load_features
from pb.core.site import Site
from pb.results import services
from tests.support.app import client, run_jobs
from tests.support.build import WHEN, a_person, a_process, actor, do, signed_in
from tests.support.results import approvals, cast

PLANTED = {"1": 317, "2": 271, "3": 193}
"""Votes by project: primes that stand on no page by chance."""
FIGURES = re.compile(r"\b(317|271|193|781)\b")
PREVIEWS = {"office_count_preview", "office_count_stages"}


def addresses() -> list[tuple[str, str]]:
    """Every page that can be fetched, for the process and each of its projects and files."""
    fills = {"slug": ["shared-budget"], "number": ["1", "2", "new"], "area": ["new"],
             "file": ["result.csv", "result.json", "ballots.csv", "ballots.blt", "result.pb"],
             "id": ["1"], "token": ["x"], "batch": ["1"], "name": ["x"], "key": ["x"]}
    found = []
    for routes in load_features():
        for page in routes.pages:
            if "GET" not in page.methods:
                continue
            paths = [page.path]
            for key in re.findall(r"{(\w+)}", page.path):
                values = fills.get(key, ["1"])
                paths = [path.replace(f"{{{key}}}", value) for path in paths for value in values]
            found += [(page.name, path) for path in paths]
    return found


@pytest.fixture
def planted(site: Site) -> int:
    """A vote with planted figures in its box, still open."""
    process_id = a_process(site, phase="voting", areas=(), whole=2_000_000, projects=3)
    ballots = [choice for option, number in PLANTED.items() for choice in [option] * number]
    cast(site, process_id, *approvals(*ballots))
    return process_id


def told(site: Site, person: int | None, besides: set[str]) -> list[str]:
    """The addresses whose answer holds a planted figure."""
    browser = client(site)
    if person is not None:
        signed_in(site, browser, person)
    loud = []
    for name, path in addresses():
        answer = browser.get(path)
        assert answer.status_code < 500, path
        if answer.headers.get("content-type", "") == "application/pdf":
            continue  # packed bytes hold any digits; its words are those of the booklet
        digits = re.sub(r"<(link|script|svg)\b[^>]*>|v=\w+", "", answer.text)
        if name not in besides and FIGURES.search(digits):
            loud.append(path)
    return loud


def test_no_address_tells_a_figure_before_the_close(site: Site, planted: int) -> None:
    lead = a_person(site, "Lead", "lead_official", "shared-budget")
    for person in (None, lead):
        assert told(site, person, set()) == []


def test_after_the_count_only_the_officials_preview_has_figures(site: Site, planted: int) -> None:
    site.clock.now = WHEN["count"]  # type: ignore[attr-defined]
    lead = a_person(site, "Lead", "lead_official", "shared-budget")
    auditor = a_person(site, "Auditor", "auditor", "shared-budget")
    do(site, services.ask_count, planted, actor=actor(site, lead))
    run_jobs(site)
    for person in (None, auditor):
        assert told(site, person, set()) == []
    assert told(site, lead, PREVIEWS) == []
    assert told(site, lead, set()), "the preview is there for those who may publish it"


def test_what_is_planted_is_seen_once_it_is_published(site: Site, planted: int) -> None:
    site.clock.now = WHEN["count"]  # type: ignore[attr-defined]
    services.count_and_publish_now(site, planted, final=True)
    loud = told(site, None, set())
    base = "/processes/shared-budget/result"
    assert {base, f"{base}/stages", f"{base}/projects", f"{base}/files/result.csv",
            f"{base}/files/result.json", f"{base}/files/result.pb"} <= set(loud)
    lead = a_person(site, "Lead", "lead_official", "shared-budget")
    assert told(site, lead, set()), "the preview goes on after the publication"
