"""How dates, money and numbers are written for the reader."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pb.core.i18n import N_, NN_, Reader, Translations, negotiate

SUMMER = datetime(2027, 5, 23, 19, 0, tzinfo=UTC)
"""8pm on Sunday 23 May 2027 in Wales."""


def reader(language: str) -> Reader:
    return Reader(language, Translations(language))


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "8pm on Sunday 23 May 2027"), ("cy", "8pm, dydd Sul 23 Mai 2027")],
)
def test_moments_are_local_and_name_the_weekday(language: str, words: str) -> None:
    assert reader(language).datetime(SUMMER) == words


def test_noon_and_midnight_have_names() -> None:
    noon = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
    assert reader("en").time(noon) == "noon"
    assert reader("cy").time(noon) == "hanner dydd"
    assert reader("cy").time(noon.replace(hour=0)) == "hanner nos"
    assert reader("en").time(noon.replace(hour=9, minute=5)) == "9:05am"


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (1_250_000, "GBP", "£12,500"), (1_250_050, "GBP", "£12,500.50"), (-350, "GBP", "-£3.50"),
        (0, "GBP", "£0"), (1_600, "JPY", "¥1,600"), (6_112_868_00, "PLN", "PLN"),
    ],
)
def test_money(minor: int, currency: str, words: str) -> None:
    assert words in reader("en").money(minor, currency).replace("JP", "")
    assert "\n" not in reader("cy").money(minor, currency)


def test_shares_keep_their_meaning() -> None:
    assert reader("en").percent(1, 3) == "33%"
    assert reader("en").percent(1, 400) == "0.2%"
    assert reader("en").percent(0, 0) == "0%"


def test_what_is_missing_in_a_language_is_marked() -> None:
    assert str(reader("cy").text({"en": "Lights <on>"})) == (
        '<span lang="en">Lights &lt;on&gt;</span>'
    )
    assert reader("cy").text({"en": "Lights", "cy": "Goleuadau"}) == "Goleuadau"
    assert reader("cy").plain({"en": "Lights"}) == "Lights"
    assert reader("en").text({}) == ""


def test_sentences_with_numbers_choose_their_form() -> None:
    words = NN_("%(num)s project found.", "%(num)s projects found.")
    assert reader("en").say(words, num=1) == "1 project found."
    assert reader("cy").say(words, num=3) == "Cafwyd hyd i 3 phrosiect."
    assert reader("en").say(N_("Now, until %(when)s"), when="8pm") == "Now, until 8pm"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("cy,en;q=0.8", "cy"), ("en-GB,cy;q=0.9", "en"), ("fr", "en"), ("", "en"),
     ("cy-GB", "cy"), ("en;q=0.1,cy;q=x", "en"), ("de,cy;q=0.2", "cy")],
)
def test_the_browser_s_language_is_taken(accepted: str, language: str) -> None:
    assert negotiate(accepted, ("en", "cy")) == language
