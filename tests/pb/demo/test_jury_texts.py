"""The texts of the demo's juries: whole in both languages, no sentence twice, within limits."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from deliberation.statements import rules
from tests.pb.demo.test_town_texts import sentences, texts

DEMO = Path(__file__).parents[3] / "pb" / "demo"


def data(name: str) -> dict[str, Any]:
    return tomllib.loads((DEMO / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["jury", "verdict"])
def test_every_text_is_in_both_languages_and_differs(name: str) -> None:
    found = list(texts(data(name)))
    assert len(found) > 3
    for where, by_language in found:
        assert by_language["en"].strip() and by_language["cy"].strip(), where
        assert by_language["en"] != by_language["cy"], where


def test_no_sentence_occurs_twice() -> None:
    found: Counter[str] = Counter()
    for name in ("jury", "verdict"):
        for _where, by_language in texts(data(name)):
            found.update(one for text in by_language.values() for one in sentences(text))
        found.update(one["text"] for key in ("notes", "notes_today") for one in
                     data(name).get(key, ()))
    assert [one for one, number in found.items() if number > 1] == []


def test_statements_stay_within_their_limits() -> None:
    for one in data("verdict")["statements"]:
        for language in ("en", "cy"):
            for part, most in rules.LIMITS.items():
                assert rules.words(one.get(part, {}).get(language, "")) <= most
    line = data("verdict")["line"]
    assert all(rules.words(text) <= rules.PROCESS_LINE for text in line.values())


def test_each_vote_is_of_twenty_four_at_most() -> None:
    for one in data("verdict")["recommendations"]:
        for answers in (one["answers"], one.get("again", {})):
            assert sum(answers.values()) <= 24
