"""How hard a text is: measured by hand, in step between the languages, and said with its reason."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from pb.core.readability import MARKS, Grade, grade, letters

ROOT = Path(__file__).resolve().parents[3]


def test_the_english_measure_by_hand() -> None:
    # 9 words, 2 sentences, 35 letters: 4.71 * 35/9 + 0.5 * 9/2 - 21.43 = -0.86
    measured = grade("The cat sat on the mat. It slept soundly.", "en")
    assert measured.words == 9 and measured.words_a_sentence == 4.5
    assert measured.score == pytest.approx(4.71 * 31 / 9 + 2.25 - 21.43, abs=0.06)
    assert measured.level == "easy"


def test_the_welsh_measure_by_hand() -> None:
    # 10 words in 1 sentence; long ones of eight letters or more: "pleidleisiau" and "penderfynu".
    text = "Bydd y cyngor yn cyfrif y pleidleisiau cyn penderfynu heddiw."
    measured = grade(text, "cy")
    assert measured.words == 10
    assert measured.score == 10 + 100 * 2 / 10 and measured.level == "easy"


def test_a_welsh_digraph_is_one_letter() -> None:
    assert letters("llwyddiant", "cy") == 8  # ll-w-y-dd-i-a-n-t
    assert letters("llwyddiant", "en") == 10
    assert letters("chwarae’n", "cy") == 7


LONG = {
    "en": "The council " + "and the people who live here and the people who work here " * 4
    + "say yes.",
    "cy": "Mae’r cyngor " + "a’r bobl sy’n byw yma a’r bobl sy’n dod yma i’r gwaith " * 4
    + "yn cytuno.",
}
HEAVY = {
    "en": "Notwithstanding organisational uncertainties, implementation necessitates consultation "
          "throughout administrative departments.",
    "cy": "Gwrthwynebiadau cyfansoddiadol annisgwyliadwy oherwydd ansicrwydd gweinyddiaethol "
          "ynghylch cyfrifoldebau llywodraethol.",
}


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_reason_of_a_warning_is_the_text_s_own(language: str) -> None:
    long, heavy = grade(LONG[language], language), grade(HEAVY[language], language)
    assert (long.warns, long.why) == (True, "sentences"), long
    assert (heavy.warns, heavy.why) == (True, "words"), heavy
    both = grade(" ".join([HEAVY[language].rstrip(".")] * 4) + ".", language)
    assert (both.warns, both.why) == (True, "both"), both


@pytest.mark.parametrize("text", ["", "   ", "\n", None, "Yes.", "£500 (2027)!", "???", "12 34 56"])
def test_what_is_too_short_has_no_measure(text: str | None) -> None:
    for language in ("en", "cy"):
        assert grade(text, language).level == "short"
        assert not grade(text, language).warns


def test_figures_and_headings_are_no_sentences_of_their_own() -> None:
    measured = grade("It costs £3.50 a day, or 1,200 a year, for all of us here.\n\nGood.", "en")
    assert measured.words_a_sentence == 6.5  # 12 words and 1


def pairs() -> list[tuple[Grade, Grade]]:
    """The same text in both languages: the catalogues' and the demo town's."""
    found: list[tuple[str, str]] = []
    for path in (ROOT / "pb/locale/cy").glob("*.po"):
        with path.open("rb") as file:
            for one in read_po(file, locale="cy"):
                if isinstance(one.id, str) and isinstance(one.string, str) and one.string:
                    found.append((one.id, one.string))

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("en"), str) and isinstance(node.get("cy"), str):
                found.append((node["en"], node["cy"]))
            else:
                for value in node.values():
                    walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    for path in (ROOT / "pb/demo").rglob("*.toml"):
        walk(tomllib.loads(path.read_text(encoding="utf-8")))
    bare = [tuple(re.sub(r"%\(\w+\)s", "x", text) for text in pair) for pair in found]
    graded = [(grade(english, "en"), grade(welsh, "cy")) for english, welsh in bare]
    return [pair for pair in graded if "short" not in (pair[0].level, pair[1].level)]


def test_the_marks_of_both_languages_mean_about_the_same() -> None:
    """Of the two languages' versions of the same texts about the same share lies above each mark:
    no language is warned of sooner than the other."""
    both = pairs()
    assert len(both) > 700
    for place in (0, 1):
        english, welsh = (
            sum(pair[side].score > MARKS[language][place] for pair in both) / len(both)
            for side, language in ((0, "en"), (1, "cy"))
        )
        assert abs(english - welsh) < 0.015, (place, english, welsh)


def test_the_apps_own_words_are_easy() -> None:
    """What the app says itself hardly ever would be warned of."""
    both = pairs()
    for side in (0, 1):
        assert sum(pair[side].warns for pair in both) / len(both) < 0.01
