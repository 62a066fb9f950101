"""The glossary: complete and easy in both languages, words marked once and never where they lead
elsewhere, and a list of them at the foot of every page."""

from __future__ import annotations

import re

import pytest

from pb.core.readability import grade
from pb.core.site import Site
from pb.pages import glossary
from tests.support import build
from tests.support.app import client


def linked(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<a class="term" href="/glossary#([^"]+)">([^<]+)</a>', html)


def test_every_word_has_both_languages_and_easy_words() -> None:
    assert len(glossary.terms()) >= 40
    taken: dict[tuple[str, str], str] = {}
    for term in glossary.terms():
        assert set(term.words) == set(term.plain) == {"en", "cy"}, term.key
        for language in ("en", "cy"):
            measured = grade(term.plain[language], language)
            assert measured.level in ("short", "easy", "fair"), (term.key, language, measured)
            for word in term.words[language]:
                other = taken.setdefault((language, word.casefold()), term.key)
                assert other == term.key, f"{word} is explained twice"


def test_the_first_use_of_a_word_is_marked_and_no_later_one() -> None:
    html = "<p>A jury hears. The jury speaks. The quota is 3.</p><p>Another quota.</p>"
    assert linked(glossary.explain(html, "en")) == [("jury", "jury"), ("quota", "quota")]
    seen = {"jury"}
    assert linked(glossary.explain(html, "en", seen)) == [("quota", "quota")]
    assert seen == {"jury", "quota"}


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/x">The jury</a>', "<h2>The jury</h2>", "<h3>A <em>jury</em> here</h3>",
        "<button>Ask the jury</button>", "<summary>The jury</summary>",
        '<label for="x">Jury</label>', "<dt>Jury</dt>", '<img alt="a jury">',
        '<p title="a jury">Nothing</p>', '<span lang="cy">y jury</span>', "<q>The jury</q>",
        "<p>The grandjury and jury-like things</p>", "<svg><text>jury</text></svg>",
    ],
)
def test_what_leads_elsewhere_or_is_quoted_stays_as_it_is(html: str) -> None:
    assert glossary.explain(html, "en") == html
    # And the first use after it is marked.
    assert linked(glossary.explain(html + "<p>A jury.</p>", "en")) == [("jury", "jury")]


def test_the_longest_word_wins_and_case_does_not_matter() -> None:
    assert linked(glossary.explain("<p>Citizens’ jury</p>", "en")) == [("jury", "Citizens’ jury")]
    assert linked(glossary.explain("<p>A secret ballot</p>", "en")) == [
        ("secret-ballot", "secret ballot")
    ]


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("pleidlais", "ballot"), ("bleidlais", "ballot"), ("phleidlais", "ballot"),
        ("mhleidlais", "ballot"), ("gyllideb", "budget"), ("chyllideb", "budget"),
        ("nghyllideb", "budget"), ("brosiectau", "project"), ("phrosiect", "project"),
        ("hardaloedd", "area"), ("reithgor", "jury"), ("drigolion", "resident"),
        ("dystiolaeth", "evidence"), ("thystiolaeth", "evidence"), ("wrthwynebiad", "objection"),
        ("gymedrolwr", "moderation"), ("asesiad", "assessment"),
    ],
)
def test_a_mutated_welsh_word_is_the_same_word(word: str, key: str) -> None:
    assert linked(glossary.explain(f"<p>Dyma {word} heddiw.</p>", "cy")) == [(key, word)]


def test_digraphs_do_not_mutate_like_the_letter_they_begin_with() -> None:
    assert glossary.mutations("chwilio") == {"chwilio"}
    assert glossary.mutations("llyfr") == {"llyfr", "lyfr"}
    assert glossary.mutations("rheithgor") == {"rheithgor", "reithgor"}


def test_the_welsh_alphabet() -> None:
    words = ["cwm", "chwilog", "dyffryn", "ddôl", "gwynedd", "ngwn", "hafan", "lwc", "llanelli",
             "tŷ", "thema"]
    assert sorted(set(words), key=lambda one: glossary.sorting_key(one, "cy")) == words
    assert glossary.sorting_key("tŷ", "cy") == glossary.sorting_key("ty", "cy")


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_page_explains_every_word_in_its_own_alphabet(site: Site, language: str) -> None:
    build.a_process(site)
    page = client(site, language).get("/glossary").text
    places = [page.index(f'id="{term.key}"') for term in glossary.index(language)]
    assert places == sorted(places)
    for term in glossary.terms():
        assert term.plain[language].replace("'", "&#39;") in page
    assert '<details class="words' not in page


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_page_lists_its_words(site: Site, language: str) -> None:
    build.a_process(site, phase="voting")
    browser = client(site, language)
    for path in ("/", "/processes/shared-budget", "/processes/shared-budget/projects/1", "/help",
                 "/nothing-here-about-a-project"):
        page = browser.get(path).text
        assert glossary.MARK not in page, path
        if "nothing" not in path:
            foot = page.split('<details class="words')[1].split("</details>")[0]
            project = next(one for one in glossary.terms() if one.key == "project")
            assert project.plain[language] in foot, path
            assert 0 < foot.count("<dt>") <= glossary.MOST_AT_THE_FOOT, path


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_quick_look_at_a_page_reads_what_the_careful_one_reads(
    site: Site, language: str
) -> None:
    build.a_process(site, phase="voting")
    browser = client(site, language)
    pages = [browser.get(path).text for path in (
        "/", "/processes/shared-budget", "/processes/shared-budget/projects/1", "/help",
        "/processes/shared-budget/secrecy", "/accessibility", "/processes/shared-budget/vote",
    )]
    pages += ['<p>a</p><svg viewBox="0"/><p>b <A HREF="/x">c\nd</A> e <q>f</q></p><thead>g</thead>']
    quick = 0
    for page in pages:
        main = page[page.find("<main"):page.find("</main>")] or page
        careful = [part for part, plain in glossary._walk(main, language) if plain]
        assert glossary._text_of(main, language).split() == " ".join(careful).split()
        quick += all(one == language for one in glossary._LANG.findall(main))
    assert quick > 3  # and most pages are looked at so


def test_the_help_page_links_its_words(site: Site) -> None:
    build.a_process(site)
    page = client(site).get("/help").text
    found = linked(page)
    keys = [key for key, _ in found]
    assert {"project", "ballot", "quota", "receipt"} <= set(keys) and len(keys) == len(set(keys))
    glossary_page = client(site).get("/glossary").text
    for key in keys:
        assert f'id="{key}"' in glossary_page
