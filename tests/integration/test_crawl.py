"""Every page that can be reached by links, as everybody: none fails, and none in Welsh speaks
English from the catalogue."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from starlette.testclient import TestClient

from pb.core.i18n import LOCALE
from pb.core.site import Site
from tests.support import build
from tests.support.app import client

ROLES = (None, "citizen", "lead_official", "auditor", "facilitator")
MOST_PAGES = 150


def crawl(browser: TestClient, start: str = "/") -> Iterator[tuple[str, str]]:
    """(path, HTML) of every page that links lead to."""
    waiting, seen = [start], {start}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        answer = browser.get(path)
        assert answer.status_code < 400, f"{path}: {answer.status_code}"
        if "text/html" not in answer.headers["content-type"]:
            continue
        yield path, answer.text
        for found in re.findall(r'href="(/[^"]*)"', answer.text):
            target = html.unescape(found).partition("#")[0]
            elsewhere = target.startswith(("/static", "/pictures")) or "language=" in target
            if target and target not in seen and not elsewhere:
                seen.add(target)
                waiting.append(target)


def english_sentences() -> set[str]:
    """The catalogue's English whose Welsh is another: whole sentences without placeholders."""
    found = set()
    for path in (LOCALE / "cy").glob("*.po"):
        with path.open("rb") as file:
            for one in read_po(file, locale="cy"):
                texts = one.id if isinstance(one.id, tuple) else (one.id,)
                for text in texts:
                    if text and "%(" not in text and len(text.split()) >= 2:
                        found.add(text)
    return found


def lines_of(page: str) -> set[str]:
    """A page's texts, each as it stands between two tags, without what is marked as English."""
    page = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.S)
    page = re.sub(r'<(\w+)[^>]*\blang="en"[^>]*>.*?</\1>', " ", page, flags=re.S)
    attributes = re.findall(r'(?:alt|title|aria-label|placeholder)="([^"]*)"', page)
    texts = html.unescape("\n".join([re.sub(r"<[^>]+>", "\n", page), *attributes]))
    return {line.strip() for line in texts.splitlines()}


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("role", ROLES)
def test_no_link_leads_to_a_fault(site: Site, role: str | None, language: str) -> None:
    build.a_process(site)
    build.a_process(site, "drafted", state="draft")
    browser = client(site, language)
    if role:
        person = build.a_person(
            site, "Mair", None if role == "citizen" else role,
            None if role == "citizen" else "shared-budget",
        )
        build.signed_in(site, browser, person)
    pages = list(crawl(browser))
    assert len(pages) >= 12
    if language == "cy":
        sentences = english_sentences()
        assert len(sentences) > 300
        strays = [
            f"{path}: {sentence}" for path, page in pages for sentence in sentences & lines_of(page)
        ]
        assert not strays, "\n".join(sorted(strays))
