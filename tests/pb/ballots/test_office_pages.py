"""Officials' pages of the roll over HTTP: making codes, letters, voiding, who may see them."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from pb.accounts.models import Act
from pb.ballots.models import AccessCode, CodeBatch, RollEntry
from pb.core.site import Site
from pb.core.work import Once
from tests.pb.ballots.vote import area_of, enter, hidden
from tests.support.app import client
from tests.support.build import a_person, a_process, signed_in

VOTERS = "/office/processes/shared-budget/voters"


def official(site: Site, language: str = "en", role: str = "lead_official") -> Any:
    browser = client(site, language)
    signed_in(site, browser, a_person(site, f"Non {role}", role, "shared-budget"))
    return browser


def number_of(site: Site, table: Any) -> int:
    with site.database.reading() as session:
        return len(session.scalars(select(table)).all())


def make(site: Site, browser: Any, number: str = "3", **fields: str) -> Any:
    page = browser.get(VOTERS)
    return browser.post(
        VOTERS, data={**hidden(page.text), "name": "Letters", "number": number, **fields}
    )


def test_codes_are_made_printed_and_work(site: Site) -> None:
    process = a_process(site)
    browser = official(site)
    page = make(site, browser, area=str(area_of(site, process)))
    assert page.status_code == 200 and "3 new codes" in page.text
    fields = {"codes": hidden(page.text)["codes"]}
    table = browser.post(f"{VOTERS}/letters", data={**fields, "as": "csv"})
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text.lstrip("\ufeff"))))
    assert len(rows) == 3
    letters = browser.post(f"{VOTERS}/letters", data={**fields, "as": "letters"})
    assert letters.text.count('class="qr"') == 3
    for row in rows:
        assert row["Code"] in letters.text
        assert enter(client(site), row["Code"]).url.path.endswith("/vote/ballot")
    assert 'lang="cy"' in letters.text and "Eich pleidlais: Y gyllideb a rennir" in letters.text
    voter = client(site)
    address = rows[0]["Link"].removeprefix(site.settings.base_url)
    page = voter.post(address, data=hidden(voter.get(address).text))
    assert page.url.path.endswith("/vote/ballot")


def test_sent_twice_makes_one_batch_with_the_same_codes(site: Site) -> None:
    a_process(site)
    browser = official(site)
    page = browser.get(VOTERS)
    fields = {**hidden(page.text), "name": "Letters", "number": "4", "area": ""}
    one, two = (browser.post(VOTERS, data=fields) for _ in range(2))
    assert number_of(site, CodeBatch) == 1 and number_of(site, RollEntry) == 4
    shown = [re.findall(r"<code>(.{19})</code>", page.text) for page in (one, two)]
    assert shown[0] == shown[1] and len(shown[0]) == 3
    with site.database.reading() as session:
        kept = str([one.result for one in session.scalars(select(Once))])
    assert not any(code.replace(" ", "")[4:] in kept for code in shown[0])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "0"}, "Choose a number of codes from 1 to 5,000."),
        ({"number": "5001"}, "Choose a number of codes from 1 to 5,000."),
        ({"number": "many"}, "Choose a number of codes from 1 to 5,000."),
        ({"number": ""}, "Enter how many codes you need."),
        ({"name": " "}, "Enter a name by which you will know the batch."),
        ({"area": "999"}, "There is a problem"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    site: Site, fields: dict[str, str], words: str
) -> None:
    a_process(site)
    browser = official(site)
    page = browser.get(VOTERS)
    sent = {**hidden(page.text), "name": "Letters", "number": "3", "area": "", **fields}
    page = browser.post(VOTERS, data=sent)
    assert page.status_code == 422 and words in page.text
    assert number_of(site, AccessCode) == 0


def test_letters_cannot_be_made_from_a_forged_or_old_page(site: Site, clock: Any) -> None:
    a_process(site)
    browser = official(site)
    page = make(site, browser, area="")
    sealed = hidden(page.text)["codes"]
    for forged in ("", "x", sealed + "x"):
        answer = browser.post(f"{VOTERS}/letters", data={"codes": forged, "as": "csv"})
        assert answer.status_code == 410
    stranger = client(site).post(f"{VOTERS}/letters", data={"codes": sealed, "as": "csv"},
                                 follow_redirects=False)
    assert stranger.status_code == 303
    assert stranger.headers["location"].startswith("/sign-in") and not stranger.content


def test_voiding_is_asked_and_waits(site: Site) -> None:
    a_process(site)
    browser = official(site)
    make(site, browser, area="")
    with site.database.reading() as session:
        batch = session.scalars(select(CodeBatch.id)).one()
    page = browser.get(VOTERS)
    fields = {"batch": str(batch), "reason": "Lost in the post", "once": hidden(page.text)["once"]}
    page = browser.post(f"{VOTERS}/void", data=fields)
    assert "The batch is void once a second official confirms it." in page.text
    assert number_of(site, Act) == 1
    again = browser.post(f"{VOTERS}/void", data={**fields, "once": "another"})
    assert again.status_code == 409
    assert browser.post(f"{VOTERS}/void", data={"batch": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("role", "see", "edit"),
    [
        ("lead_official", 200, 200), ("deputy", 200, 200), ("auditor", 200, 403),
        ("valuer", 200, 403), ("facilitator", 200, 403),
    ],
)
def test_who_may_see_and_make(site: Site, role: str, see: int, edit: int) -> None:
    a_process(site)
    browser = official(site, role=role)
    page = browser.get(VOTERS)
    assert page.status_code == see
    assert ("Make the codes" in page.text) == (edit == 200)
    fields = {"name": "Letters", "number": "1", "area": "", "once": "a key"}
    assert browser.post(VOTERS, data=fields).status_code == edit


def test_strangers_see_nothing(site: Site) -> None:
    a_process(site)
    assert client(site).get(VOTERS).url.path == "/sign-in"
    browser = client(site)
    signed_in(site, browser, a_person(site))
    assert browser.get(VOTERS).status_code == 404
    assert browser.post(f"{VOTERS}/void", data={"batch": "1"}).status_code == 404


def test_the_page_in_welsh_holds_no_english_of_its_own(site: Site) -> None:
    a_process(site)
    browser = official(site, "cy")
    page = make(site, browser, area="")
    assert "3 chod newydd" in page.text
    text = browser.get(VOTERS).text
    for english in ("Voters", "The roll", "Batches of codes", "Make codes", "How many codes"):
        assert english not in re.sub(r"<[^>]*>", " ", text)
