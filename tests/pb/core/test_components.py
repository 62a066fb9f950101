"""The components as they come out: the style guide in both languages, read as a browser would."""

from __future__ import annotations

import re
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.datastructures import FormData

from pb.core.i18n import LANGUAGES, Reader, Translations
from pb.core.templates import Templates
from pb.pages.styleguide import SampleForm

ROOT = Path(__file__).parents[3]
TRANSLATIONS = {language: Translations(language) for language in LANGUAGES}
TEMPLATES = Templates(TRANSLATIONS)
VOID = {"input", "meta", "link", "br", "img", "hr"}


class Page(HTMLParser):
    """Elements with attributes and their text, in the page's order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.nested_forms = 0
        self.feed(html)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "form" and "form" in self.open:
            self.nested_forms += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(" ".join(data.split()))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def context(language: str) -> dict[str, Any]:
    """What every page knows, without a server."""
    reader = Reader(language, TRANSLATIONS[language])
    return {
        "reader": reader, "actor": SimpleNamespace(person_id=None, name="", passes={}),
        "council": SimpleNamespace(
            name={"en": "Aberwennol", "cy": "Aberwennol"}, claim={}, address={"en": "Y Cei"},
            phone="01632 960 142", email="help@aberwennol.example",
        ),
        "link": lambda name, **parameters: f"/{name}", "here": "/styleguide",
        "here_and_query": "/styleguide?page=2", "nav": [(reader._("Home"), "/", True)],
        "notice": "",
        "text": reader.text, "plain": reader.plain, "money": reader.money,
        "number": reader.number, "sentence": reader.sentence, "posted": False,
    }


def style_guide(language: str) -> str:
    typed = FormData([("cost", "24000"), ("area", "a")])
    form = SampleForm(typed, reader=Reader(language, TRANSLATIONS[language]))
    assert not form.validate()
    wards = [{"id": "riverside", "d": "M0 0H9V9Z", "label": {"x": 4, "y": 4},
              "name": {"en": "Riverside", "cy": "Glan-yr-afon"}}]
    return TEMPLATES.render(
        "pages/styleguide.html", language,
        context(language) | {
            "sample_form": form, "pictures": [],
            "map_data": {"width": 1000, "height": 700, "wards": wards, "labels": [],
                         "paths": [{"class": "map-land", "d": "M0 0H1000V700H0Z"}]},
        },
    )


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(style_guide(request.param))


def test_ids_are_unique_and_every_reference_has_its_aim(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    for tag, attributes in page.elements:
        for name in ("for", "aria-describedby", "aria-labelledby", "form"):
            for aim in attributes.get(name, "").split():
                assert aim in ids, f"{tag} {name}={aim}"
    for link in page.all("a"):
        if link["href"].startswith("#") and len(link["href"]) > 1:
            assert link["href"][1:] in [*ids, "lights", "ramp", "orchard", "jury"], link


def test_every_control_has_a_name(page: Page) -> None:
    labelled = {attributes["for"] for attributes in page.all("label")}
    for tag in ("input", "select", "textarea"):
        for attributes in page.all(tag):
            if attributes.get("type") != "hidden":
                assert attributes["id"] in labelled, attributes


def test_headings_do_not_skip_a_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_drawings_are_named_or_hidden(page: Page) -> None:
    for attributes in page.all("svg"):
        hidden = attributes.get("aria-hidden") == "true"
        named = attributes.get("role") in ("img", "group") and (
            attributes.get("aria-label") or attributes.get("aria-labelledby")
        )
        assert hidden != bool(named), attributes
    assert all(attributes.get("alt") is not None for attributes in page.all("img"))


def test_forms_stand_beside_each_other(page: Page) -> None:
    assert page.nested_forms == 0


def test_each_error_is_in_the_summary_and_beside_its_field() -> None:
    html = style_guide("en")
    for target, words in (
        ("title", "Give it a title."), ("who-0", "Choose for whom."), ("agreed", "Tick the box."),
    ):
        assert f'<a href="#{target}">{words}</a>' in html
        assert html.count(words) == 2
    assert 'aria-describedby="title-hint title-error"' in html
    assert html.count('<p class="wrong"') == 3


def test_the_welsh_page_holds_no_sentence_in_english() -> None:
    """Whole texts of the page are compared, so a word that both languages share does not count."""
    welsh = set(Page(style_guide("cy")).texts)
    catalogue = TRANSLATIONS["cy"].single
    english = {text for (_context, text), own in catalogue.items() if own != text}
    assert not welsh & english, welsh & english
    assert "Heb ei bwrw eto" in welsh


def test_language_switch_keeps_what_was_typed() -> None:
    html = TEMPLATES.render(
        "pages/help.html", "en", context("en") | {"keeps_form": True}
    )
    switch = re.search(r'<button class="lang"[^>]*>', html)
    assert switch and 'form="page-form"' in switch[0] and 'value="cy"' in switch[0]
    plain = TEMPLATES.render("pages/help.html", "en", context("en"))
    assert 'href="/styleguide?page=2&amp;language=cy" lang="cy" hreflang="cy"' in plain


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503])
def test_error_pages_say_what_happened_what_is_safe_and_what_to_do(
    status: int, language: str
) -> None:
    html = TEMPLATES.render(
        f"errors/{status}.html", language,
        context(language) | {"code": "no.such.code", "parameters": {"seconds": 130}},
    )
    page = Page(html)
    assert html.count("<h2>") == 2
    assert "no.such.code" not in html
    assert len(page.all("li")) >= 2
    assert "01632 960 142" in html
    if status == 429:
        assert ("Wait 3 minutes" if language == "en" else "Arhoswch 3 munud") in html


def test_error_page_says_the_codes_own_words() -> None:
    fields = context("en")
    fields["sentence"] = lambda code, **parameters: f"The idea is {parameters['long']} letters."
    html = TEMPLATES.render(
        "errors/422.html", "en", fields | {"code": "idea.long", "parameters": {"long": 81}}
    )
    assert '<p class="lead">The idea is 81 letters.</p>' in html


def rendered(source: str, **values: Any) -> str:
    environment = TEMPLATES._environments["en"]
    return environment.from_string(source).render(values)


def test_bars_share_one_scale_and_take_exact_fractions() -> None:
    html = rendered(
        '{% from "components/bars.html" import bar %}{{ bar(parts, 3, 2) }}',
        parts=[("fill", Fraction(1, 3)), ("miss", 1), ("yes", 0)],
    )
    assert 'class="bc-fill" x="0.0" width="111.1"' in html
    assert 'class="bc-miss" x="111.1" width="333.3"' in html
    assert "bc-yes" not in html
    assert 'class="bc-mark" x="664.7"' in html


def test_a_bar_of_nothing_is_drawn_empty() -> None:
    html = rendered('{% from "components/bars.html" import bar %}{{ bar([("fill", 0)], 0) }}')
    assert "bc-bed" in html and "bc-fill" not in html


def test_flow_keeps_every_vote() -> None:
    """The ribbons that leave a side are together as thick as the side is tall."""
    html = rendered(
        '{% from "components/flow.html" import flow %}'
        '{{ flow("f", "T", "D", flows, sources, targets) }}',
        flows=[("a", "x", 30), ("a", "y", Fraction(25, 2)), ("b", "y", 7), ("b", "x", 0)],
        sources=[("a", "One", "42.5", "1"), ("b", "Two", "7", "ink")],
        targets=[
            ("x", "Three", "30", "2"),
            ("y", "More words than two lines can hold whole", "19.5", "0"),
        ],
    )
    sides = [float(one) for one in re.findall(r'<rect[^>]*height="([\d.]+)"', html)]
    found = re.findall(r'd="M9 ([\d.]+)C180 [\d.]+ 180 [\d.]+ 351 ([\d.]+)V([\d.]+)', html)
    ribbons = [tuple(float(one) for one in ribbon) for ribbon in found]
    thick = [end - start for _, start, end in ribbons]
    assert len(thick) == 3
    assert sum(thick) == pytest.approx(sum(sides[:2]), abs=0.1)
    assert sum(thick) == pytest.approx(sum(sides[2:]), abs=0.1)
    # A ribbon begins where the one above it ended: from One to both ends, and at the end of both.
    assert ribbons[1][0] == pytest.approx(ribbons[0][0] + thick[0], abs=0.1)
    assert ribbons[2][1] == pytest.approx(ribbons[1][2], abs=0.1)
    assert thick[0] / thick[2] == pytest.approx(30 / 7, rel=0.01)
    assert "…" in html


def test_ranked_choice_offers_what_is_possible() -> None:
    option = {"key": "p7", "number": 7, "title": "Lights", "sentence": "Lamps."}
    source = (
        '{% from "components/choice.html" import ranked %}'
        "{{ ranked(option, rank, 3, used) }}"
    )
    first = rendered(source, option=option, rank=1, used=2)
    assert re.search(r'value="up-p7" aria-disabled="true"', first)
    assert re.search(r'value="down-p7">', first)
    assert '<option value="1" selected>1st choice</option>' in first
    out = rendered(source, option=option, rank=None, used=2)
    assert 'value="add-p7">Add as number 3' in out
    full = rendered(source, option=option, rank=None, used=3)
    assert 'value="add-p7" aria-disabled="true">Your list is full' in full


def test_what_people_write_cannot_become_markup() -> None:
    option = {"key": "p7", "number": 7, "title": '<b>"x"</b>', "sentence": "<script>"}
    html = rendered(
        '{% from "components/choice.html" import ranked %}{{ ranked(option, 1, 3, 1) }}',
        option=option,
    )
    assert "<b>" not in html and "<script>" not in html
