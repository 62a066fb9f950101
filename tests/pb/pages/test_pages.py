"""The public pages: each state says what one can do now, in both languages."""

from __future__ import annotations

import pytest

from pb.core.site import Site
from tests.support import build
from tests.support.app import client

PATHS = ("/", "/processes/shared-budget", "/processes/shared-budget/projects",
         "/processes/shared-budget/projects/1", "/help", "/accessibility", "/privacy")


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_speaks_the_reader_s_language(site: Site, path: str, language: str) -> None:
    build.a_process(site)
    answer = client(site, language).get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["content-language"] == language
    assert len(answer.content) < 50_000


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("assessment", "Voting has not opened yet"), ("voting", "Not cast yet"),
        ("count", "The votes are being counted"), ("results", "The town has decided"),
    ],
)
def test_the_state_stands_before_all_else(site: Site, phase: str, words: str) -> None:
    build.a_process(site, phase=phase)
    assert words in client(site).get("/processes/shared-budget").text


def test_a_draft_is_nobody_s_business(site: Site) -> None:
    build.a_process(site, state="draft")
    browser = client(site)
    for path in PATHS[1:4]:
        assert browser.get(path).status_code == 404
    assert "Shared budget" not in browser.get("/").text
    build.signed_in(site, browser, build.a_person(site, "Mair", "lead_official", "shared-budget"))
    assert browser.get(PATHS[1]).status_code == 200


def test_an_empty_town_has_a_page_worth_reading(site: Site) -> None:
    build.a_council(site)
    assert "No vote is open now" in client(site).get("/").text


def test_searching_finds_both_languages_and_folds_accents(site: Site) -> None:
    build.a_process(site, projects=12)
    browser = client(site)

    def found(words: str) -> int:
        answer = browser.get("/processes/shared-budget/projects", params={"words": words})
        assert answer.status_code == 200
        return answer.text.count('<li class="project">')

    assert found("PROSIÈCT 3") == 1
    assert found("project") == 12
    assert found("12") == 1
    assert found("nothing like it") == 0
    assert found("<script>alert(1)</script>") == 0


def test_the_list_filters_by_area_and_survives_nonsense(site: Site) -> None:
    build.a_process(site, projects=9)
    browser = client(site)
    path = "/processes/shared-budget/projects"
    assert browser.get(path, params={"area": "1"}).text.count('<li class="project">') == 3
    for junk in ({"page": "99999999999"}, {"page": "-1"}, {"page": "x"}, {"area": "'"},
                 {"words": "\x00"}):
        assert browser.get(path, params=junk).status_code == 200


@pytest.mark.parametrize("number", ["0", "99", "x", "١", "1e9", "9" * 40])
def test_unknown_projects_are_not_found_in_words(site: Site, number: str) -> None:
    build.a_process(site)
    answer = client(site).get(f"/processes/shared-budget/projects/{number}")
    assert answer.status_code == 404 and "Traceback" not in answer.text


def test_colours_and_language_are_kept_and_lead_back(site: Site) -> None:
    build.a_process(site)
    browser = client(site)
    answer = browser.post("/settings/theme", data={"theme": "dark", "next": "/help"})
    assert answer.url.path == "/help" and 'data-theme="dark"' in answer.text
    for target in ("//evil.example", "https://evil.example", "/\\evil.example"):
        away = browser.post("/settings/theme", data={"theme": "light", "next": target},
                            follow_redirects=False)
        assert away.headers["location"] == "/"
    switched = browser.get("/help?language=cy")
    assert switched.url.path == "/help" and 'lang="cy"' in switched.text
    assert 'lang="cy"' in browser.get("/").text


def test_what_people_wrote_cannot_run(site: Site) -> None:
    from sqlalchemy import update

    from pb.core.work import Work
    from pb.projects.models import Project

    evil = "<script>alert(1)</script>[x](javascript:alert(1)) ![i](http://evil.example/i.png)"

    def spoil(work: Work) -> None:
        work.session.execute(
            update(Project).where(Project.number == 1).values(
                title={"en": evil}, summary={"en": evil}, body={"en": evil}, author=evil,
                reason={"en": evil}, place={"en": evil},
            )
        )

    build.a_process(site)
    build.do(site, spoil)
    for path in PATHS[2:4]:
        text = client(site).get(path).text
        assert "<script>alert" not in text and 'href="javascript' not in text
        assert "<img src=\"http" not in text
