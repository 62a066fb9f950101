"""Cached pages: the same for strangers until something changes, never for whoever is known."""

from __future__ import annotations

from sqlalchemy import update

from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.projects.models import Project
from tests.support import build
from tests.support.app import client

PATH = "/processes/shared-budget/projects"


def rename(work: Work, title: str) -> None:
    work.session.execute(update(Project).where(Project.number == 1).values(title={"en": title}))


@command()
def audited(work: Work, title: str) -> None:
    """A change as any other."""
    rename(work, title)


@command(audited=False)
def silent(work: Work, title: str) -> None:
    """A change that leaves no audit row, as no command of a feature does."""
    rename(work, title)


def test_a_change_shows_at_once(site: Site) -> None:
    build.a_process(site)
    browser = client(site)
    assert "Project 1" in browser.get(PATH).text
    site.work.run(audited, SYSTEM, "The new name")
    assert "The new name" in browser.get(PATH).text


def test_a_page_is_kept_and_its_headers_do_not_grow(site: Site) -> None:
    build.a_process(site)
    browser = client(site)
    first = browser.get(PATH)
    site.work.run(silent, SYSTEM, "Not seen yet")  # leaves no audit row: the page is still kept
    again = browser.get(PATH)
    assert first.text == again.text
    assert sorted(first.headers.multi_items()) == sorted(again.headers.multi_items())


def test_languages_and_colours_are_kept_apart(site: Site) -> None:
    build.a_process(site)
    english, welsh = client(site), client(site, "cy")
    assert 'lang="en"' in english.get(PATH).text[:200]
    assert 'lang="cy"' in welsh.get(PATH).text[:200]
    dark = client(site)
    dark.post("/settings/theme", data={"theme": "dark"})
    assert 'data-theme="dark"' in dark.get(PATH).text


def test_whoever_is_signed_in_gets_a_page_of_their_own(site: Site) -> None:
    build.a_process(site)
    official = client(site)
    build.signed_in(site, official, build.a_person(site, "Mair", "administrator"))
    assert "Sign out" in official.get(PATH).text
    assert "Sign out" not in client(site).get(PATH).text
