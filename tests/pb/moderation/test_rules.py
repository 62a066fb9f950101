"""Limits, near-copies and contacts, on literals."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest

from pb.moderation import rules
from pb.moderation.rules import Contact, Standing, notice_contacts

PLAIN = Standing(protected="", stays=0, unfounded=0, hidden_by_strangers=0, stranger=True)
POSTS = tomllib.loads(
    (Path(__file__).parent / "posts.toml").read_text(encoding="utf-8")
)["post"]
COPY = (
    "Best {what} in town at {name} Stores! Cheap prices, fast delivery, order {when}. "
    "Tell your friends, {name} Stores never sleeps{end}"
)


def near_copies(number: int) -> list[str]:
    """The same advert, each time with other names, words, accents and signs."""
    names = ["Jolly", "Happy", "Sunny", "Lucky"]
    things = ["sofas", "carpets", "phones", "tyres", "gutters"]
    found = []
    for each in range(number):
        text = COPY.format(
            what=things[each % 5], name=names[each % 4], when=["today", "now", "tonight"][each % 3],
            end="!" * (each % 4),
        )
        found.append(text.upper() if each % 7 == 3 else text.replace("e", "é") if each % 5 == 2
                     else text)
    return found


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"protected": "ballot"}, "ballot"),
        ({"stays": 1}, "stays"),
        ({"unfounded": rules.UNFOUNDED - 1}, ""),
        ({"unfounded": rules.UNFOUNDED}, "unfounded"),
        ({"hidden_by_strangers": rules.HIDDEN_AN_HOUR - 1}, ""),
        ({"hidden_by_strangers": rules.HIDDEN_AN_HOUR}, "many"),
        ({"hidden_by_strangers": rules.HIDDEN_AN_HOUR, "stranger": False}, ""),
        ({"protected": "decision", "stays": 2}, "decision"),
    ],
)
def test_what_keeps_a_report_from_hiding(change: dict[str, object], why: str) -> None:
    assert rules.held_back(replace(PLAIN, **change)) == why  # type: ignore[arg-type]


def test_what_stayed_often_opens_no_case() -> None:
    assert rules.opens_case(replace(PLAIN, stays=rules.REOPENED - 1))
    assert not rules.opens_case(replace(PLAIN, stays=rules.REOPENED))


def test_an_appeal_has_its_time_and_comes_once() -> None:
    decided = datetime(2027, 5, 1, tzinfo=UTC)
    late = decided + timedelta(days=rules.APPEAL_DAYS)
    assert rules.may_appeal("hidden", decided, False, late - timedelta(seconds=1))
    assert not rules.may_appeal("hidden", decided, False, late)
    assert not rules.may_appeal("hidden", decided, True, decided)
    assert not rules.may_appeal("stays", decided, False, decided)
    assert not rules.may_appeal("", None, False, decided)


# -- near-copies -----------------------------------------------------------------------------


def held_of(texts: list[str]) -> int:
    """How many of these posts, in one hour from one address, would be held."""
    seen: list[tuple[list[int], int]] = []
    held: set[int] = set()
    for place, text in enumerate(texts):
        mine, words = rules.sketch(text), rules.words_in(text)
        alike = [
            number for number, (other, _) in enumerate(seen)
            if rules.likeness(mine, other) >= rules.ALIKE
        ]
        seen.append((mine, words))
        if rules.too_many(words, len(alike) + 1):
            held |= {*alike, place}
    return len(held)


def test_twenty_near_copies_are_held() -> None:
    assert len(set(near_copies(20))) == 20
    assert held_of(near_copies(20)) == 20


def test_twenty_short_copies_are_held_and_a_few_are_not() -> None:
    assert held_of(["Great idea!"] * 20) == 20
    assert held_of(["Great idea!", "Syniad da!", "GREAT idea", "Great idea :)"] * 2) == 0


def test_of_two_hundred_real_looking_posts_none_is_held() -> None:
    """All of them within an hour from one address, as if the library held a workshop."""
    texts = [one["text"] for one in POSTS]
    assert len(texts) == len(set(texts)) == 200
    assert sum(1 for one in POSTS if one["language"] == "cy") >= 60
    assert held_of(texts) == 0


def test_few_real_looking_posts_hold_a_contact() -> None:
    """The notice before posting is for those who need it: it must not cry wolf."""
    noticed = {one["text"]: notice_contacts(one["text"]) for one in POSTS}
    assert [text for text, found in noticed.items() if found] == [
        one["text"] for one in POSTS if one.get("contact")
    ]


def test_a_copy_in_disguise_is_alike_and_another_post_is_not() -> None:
    bench = "A bench on the quay path where people can rest and look at the boats."
    assert rules.likeness(rules.sketch(bench), rules.sketch(bench.upper() + "!!!")) == 1
    changed = "A seat on the quay path where people can rest and look at the gulls."
    assert rules.likeness(rules.sketch(bench), rules.sketch(changed)) > rules.ALIKE
    other = "Two swings and a slide beside the school, with soft ground below."
    assert rules.likeness(rules.sketch(bench), rules.sketch(other)) < 0.15
    assert rules.likeness([], rules.sketch(other)) == 0


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_known_by_its_line(address: str, line: str) -> None:
    assert rules.network(address) == line


# -- contacts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Write to mair.evans+pwrs@example.co.uk today", "email", "mair.evans+pwrs@example.co.uk"),
        ("mair [at] example [dot] com", "email", "mair [at] example [dot] com"),
        ("Ring 01286 555 019.", "phone", "01286 555 019"),
        ("Ffoniwch (01286) 555019 gyda’r nos", "phone", "(01286) 555019"),
        ("text me 07700 900123", "phone", "07700 900123"),
        ("07700900123", "phone", "07700900123"),
        ("+44 7700 900 123", "phone", "+44 7700 900 123"),
        ("+44 (0)29 2018 0456!", "phone", "+44 (0)29 2018 0456"),
        ("00447700900123", "phone", "00447700900123"),
        ("029-2018-0456", "phone", "029-2018-0456"),
        ("She lives at 14 Stryd y Bont, LL55 9ZZ", "address", "14 Stryd y Bont, LL55 9ZZ"),
        ("12a Quay Road, Pen-y-bryn cf10 9zz.", "address", "12a Quay Road, Pen-y-bryn cf10 9zz"),
        ("See https://example.com/a?b=1.", "link", "https://example.com/a?b=1"),
        ("see www.example.org/parc", "link", "www.example.org/parc"),
        ("go to best-prices.shop now", "link", "best-prices.shop"),
        ("gweler tref.cymru", "link", "tref.cymru"),
    ],
)
def test_contacts_are_noticed(text: str, kind: str, found: str) -> None:
    assert notice_contacts(text) == [Contact(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        "It costs £12,500 or £01234567890 in the old books.",
        "From 10.30 to 12.45 on 01/02/2027, 2026-2027, 4 x 4 m",
        "Everybody in LL55 9ZZ knows the corner.",
        "Two hundred signatures: 214 of 1,036 houses.",
        "Ring 999 or 101.",
        "ISBN 9780306406157, grid SH 478 628, order 4815162342",
        "Trac beic 2.5 km, o’r A487 i’r A4086.",
        "The e.g. and i.e. of it, etc. Mr. Evans.and so on",
        "12 people sat on the wall for 2 hours",
    ],
)
def test_what_is_no_contact_is_left_alone(text: str) -> None:
    assert notice_contacts(text) == []


def test_several_contacts_come_in_order_and_once() -> None:
    text = "Mair, 14 Stryd y Bont, LL55 9ZZ, mair@example.com, 07700 900123"
    assert [one.kind for one in notice_contacts(text)] == ["address", "email", "phone"]


def test_a_long_text_is_read_in_a_moment() -> None:
    for hostile in ("0" * 20_000, "a@" * 10_000, "1 a" * 7_000, "www." * 5_000, "a." * 10_000):
        began = process_time()
        notice_contacts(hostile)
        assert process_time() - began < 1, hostile[:6]
