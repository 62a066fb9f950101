"""The record's page for people: before it begins, while it grows, each kind in a sentence."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pb.core.site import Site
from pb.record import rules, services
from tests.pb.record.test_log import envelopes
from tests.support.app import client
from tests.support.build import WHEN, a_process, do

PAGE = "/processes/shared-budget/record"
MANIFEST = {
    "version": 1, "options": [{"id": "1"}, {"id": "2"}],
    "phases": [{"kind": "voting", "opens": "2027-05-10T10:00:00+00:00",
                "closes": "2027-05-24T19:00:00+00:00"}],
}
KINDS: list[tuple[str, dict[str, Any], str]] = [
    ("roll", {"entitled": {"": 10, "quay": 1190}, "commitment": "00"}, "1,200 people may vote"),
    ("roll-change", {"added": {"quay": 2}, "voided": {"": 1}, "reason": "Late <letters>."},
     "2 voters were added to the list. 1 place on the list was made void. "
     "The reason given: Late &lt;letters&gt;."),
    ("change", {"what": "notice.dates", "details": {}, "reason": "Snow."},
     "The reason given: Snow."),
    ("close", {"casts": 12, "replaced": 2, "counted": 10, "voted": 10, "voided_ballots": 0},
     "Voting closed. 12 votes were cast. 2 of them were replaced by a later one of the same "
     "voter. 10 ballots count."),
    ("opened", {"number": 10, "level": "B", "unopenable": 1},
     "10 sealed ballots were opened. 1 could not be opened. Choices that ten"),
    ("seed", {"purpose": "lots", "value": "00"}, "from which lots are drawn"),
    ("result", {"count": 1, "state": "provisional"}, "Count 1 was published as the provisional"),
    ("objection", {"number": 1}, "Objection 1 was made."),
    ("answer", {"number": 1, "upheld": False}, "Objection 1 was answered: it was not upheld."),
    ("result", {"count": 1, "state": "final"}, "The result of count 1 was declared final."),
    ("correction", {"what": "rollback", "lost": {"size": 2500, "root": "00"}, "reason": "Fire."},
     "2,500 had been signed. The reason given: Fire."),
    ("correction", {"what": "new-key", "signing_key": "00", "reason": "Fire."},
     "The signing key was lost."),
    ("void", {"leaves": [7, 9], "reason": "Sold."}, "2 votes were declared void by two officials."),
    ("destroyed", {"envelopes": 12, "reason": ""}, "12 sealed envelopes and the key"),
    ("audit", {"organisation": "Y Llyfrgell"}, "about the opened ballots: Y Llyfrgell."),
]


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_before_the_record_begins_the_page_says_when(site: Site) -> None:
    a_process(site, phase="assessment")
    for language, words in (("en", "The record has not begun yet"),
                            ("cy", "Nid yw’r cofnod wedi dechrau eto")):
        answer = client(site, language).get(PAGE)
        assert answer.status_code == 200 and words in answer.text
    assert "at 11am on Monday 10 May 2027" in client(site).get(PAGE).text
    site.clock.now = WHEN["voting"]  # type: ignore[attr-defined]
    assert "within a few seconds" in client(site).get(PAGE).text
    site.clock.now = WHEN["results"]  # type: ignore[attr-defined]
    assert "There is no record of this vote" in client(site).get(PAGE).text


def test_a_draft_and_an_unknown_process_have_no_page(site: Site) -> None:
    a_process(site, state="draft")
    assert client(site).get(PAGE).status_code == 404
    assert client(site).get("/processes/nowhere/record").status_code == 404


def test_every_kind_of_entry_has_its_sentence(site: Site) -> None:
    process_id = a_process(site)
    do(site, services.start, process_id, "shared-budget", MANIFEST)
    do(site, services.append_many, process_id, envelopes(3))
    for kind, body, _ in KINDS:
        do(site, services.append, process_id, kind, body)
    assert {kind for kind, *_ in KINDS} | {"rules", "cast"} == set(rules.KINDS)
    text = words_of(client(site).get(PAGE).text)
    assert "The rules were fixed, with 2 projects on the ballot. Voting: from 11am" in text
    for _kind, _body, words in KINDS:
        assert words.replace("&lt;", "&lt;") in text, words
    assert "Entry 0" in text and "Entry 4" in text and "Entry 1 " not in text
    assert "Not yet" in text
    services.sign_now(site, process_id)
    signed = client(site).get(PAGE).text
    assert "All of them" in signed and services.public_key(site).hex() in signed
    do(site, services.append_many, process_id, envelopes(1, 50))
    # The page may be kept a few seconds; a browser that is new to the server sees it as it is.
    assert f"Up to {len(KINDS) + 4}" in words_of(client(site).get(PAGE).text)


def test_erased_rules_leave_their_line(site: Site) -> None:
    process_id = a_process(site)
    do(site, services.start, process_id, "shared-budget", MANIFEST)
    do(site, services.append, process_id, "objection", {"number": 1, "sha256": "00"})
    do(site, services.erase, process_id, "objection")
    assert "The content of this entry was erased." in client(site).get(PAGE).text


def test_a_long_record_is_shown_in_pages(site: Site) -> None:
    process_id = a_process(site)
    do(site, services.start, process_id, "shared-budget", MANIFEST)
    for number in range(60):
        body = {"added": {"quay": number + 1}, "voided": {}, "reason": ""}
        do(site, services.append, process_id, "roll-change", body)
    first = client(site).get(PAGE).text
    assert "Page 1 of 2" in first and "Entry 49" in first and "Entry 50" not in first
    second = client(site).get(PAGE + "?page=2").text
    assert "Entry 60" in second and "Entry 49" not in second
    for wrong in ("0", "x", "-3", "99999999", "3"):
        assert client(site).get(PAGE + f"?page={wrong}").status_code == 200


@pytest.mark.parametrize("language", ["en", "cy"])
def test_no_word_is_left_as_a_code_or_untranslated(site: Site, language: str) -> None:
    process_id = a_process(site)
    do(site, services.start, process_id, "shared-budget", MANIFEST)
    for kind, body, _ in KINDS:
        do(site, services.append, process_id, kind, body)
    html = client(site, language).get(PAGE).text
    assert "%(" not in html and "notice.dates" not in html
    if language == "cy":
        for words in ("The public record", "Voting closed", "How to check it", "Entry"):
            assert words not in html.split('<main', 1)[1]
