"""Odd Unicode: what hides, turns or piles up goes, and what a language needs stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.forms import tidy
from pb.core.text import clean

WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a bench \r\nby the quay\r", "a bench \nby the quay"),
        ("pay\u202elap\u202c me", "paylap me"),
        ("in\u200bvis\u2060ib\ufeffle", "invisible"),
        ("a\u2067b\u2069c\u200e\u200f", "abc"),
        ("z" + "\u0301" * 30 + "a", "\u017a\u0301\u0301a"),
        ("a\u0489\u0489\u0489\u0489b", "a\u0489\u0489\u0489b"),
        ("a\u200b\u0301", "\u00e1"),
        ("\u0301\u0302orphans", "orphans"),
        ("\U0001d401\U0001d42e\U0001d432 \uff4e\uff4f\uff57 \u24d0", "Buy now a"),
        ("\u0440\u0430ypal", "paypal"),
        ("\u03bfffer", "offer"),
        ("tab\there\u00a0and\u3000there", "tab here and there"),
        ("page\u2028two\x0bthree", "page\ntwo\nthree"),
        ("\x00\x1b[31mred\x07", "[31mred"),
        ("\ue000private\U0010fffe", "private"),
        ("", ""),
    ],
)
def test_what_hides_or_turns_goes(typed: str, kept: str) -> None:
    assert clean(typed) == kept
    assert tidy(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Tŷ’r ŵyn: mae’r llyn yn ddŵr glân – £3,500 (½ o’r arian), 20 °C, 5 m², ™",
        WALES + " Cymru",
        "\U0001f469\u200d\U0001f692 and \u2764\ufe0f\u200d\U0001f525",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "Ми хочемо парк",
        "Θέλουμε πάρκο",
        "Chúng tôi muốn một công viên",
        "\u0928\u092e\u0938\u094d\u200d\u0924\u0947",
        "Zażółć gęślą jaźń",
    ],
)
def test_what_a_language_or_an_emoji_needs_stays(text: str) -> None:
    assert clean(text) == text


def test_a_letter_and_its_accent_become_one_sign() -> None:
    assert clean("w\u0302y\u0302") == "ŵŷ"


def test_tags_without_a_flag_are_hidden_writing() -> None:
    assert clean("bench\U000e0041\U000e0042") == "bench"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
