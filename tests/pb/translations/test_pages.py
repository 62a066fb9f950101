"""The translators' pages over HTTP, and what readers see of a translation."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from pb.core.site import Site
from pb.core.work import Work
from pb.processes.models import Process
from pb.projects.models import Project
from tests.support import build
from tests.support.app import client
from tests.support.app import hidden as fields

OFFICE = "/office/processes/shared-budget/translations"
TITLE = f"{OFFICE}/project/1/title/en"


def translator(site: Site, name: str = "Mair", language: str = "en") -> Any:
    browser = client(site, language)
    build.signed_in(site, browser, build.a_person(site, name, "translator", "shared-budget"))
    return browser


@pytest.fixture
def town(site: Site) -> int:
    """A process whose first project is in Welsh alone."""
    process = build.a_process(site, phase="assessment", projects=2)

    def make(work: Work) -> None:
        project = work.session.get_one(Project, 1)
        project.title, project.body = {"cy": "Mainc"}, {"cy": "Lle i eistedd.\n\nA gweld y cei."}
        project.summary = {"cy": "=Un fainc."}
        work.session.get_one(Process, process).lead = {"en": "Money.", "cy": "Arian."}

    build.do(site, make)
    return process


def send(browser: Any, address: str, **values: str) -> Any:
    return browser.post(address, data=fields(browser.get(address).text) | values)


def test_a_translator_works_through_the_queue(site: Site, town: int) -> None:
    browser = translator(site)
    queue = browser.get(OFFICE)
    assert "3 texts wait to be translated." in queue.text and "Mainc" in queue.text
    page = browser.get(TITLE)
    assert '<blockquote class="note" lang="cy"' in page.text and 'lang="en"' in page.text
    empty = send(browser, TITLE, text="", do="done")
    assert empty.status_code == 422 and "Write the translation." in empty.text
    long = send(browser, TITLE, text="x" * 160, do="done")
    assert "This is 10 characters too long." in long.text and "x" * 160 in long.text
    on = send(browser, TITLE, text="A bench", do="done")
    assert on.url.path == f"{OFFICE}/project/1/summary/en" and "Saved." in on.text
    draft = send(browser, f"{OFFICE}/project/1/summary/en", text="One", do="draft")
    assert draft.url.path == OFFICE
    assert "Draft" in draft.text

    own = browser.get(TITLE)
    assert 'value="check"' not in own.text  # not by oneself
    second = translator(site, "Gwyn")
    assert 'value="check"' in second.get(TITLE).text
    assert "Marked as checked." in send(second, TITLE, do="check", text="A bench").text
    assert 'value="check"' not in second.get(TITLE).text


def test_what_changed_meanwhile_comes_back_with_what_was_typed(site: Site, town: int) -> None:
    browser = translator(site)
    data = fields(browser.get(TITLE).text) | {"text": "A bench", "do": "done"}

    def change(work: Work) -> None:
        work.session.get_one(Project, 1).title = {"cy": "Dwy fainc"}

    build.do(site, change)
    page = browser.post(TITLE, data=data)
    assert page.status_code == 422
    assert "The text was changed while you wrote." in page.text
    assert "Dwy fainc" in page.text and "A bench</textarea>" in page.text
    again = browser.post(TITLE, data=fields(page.text) | {"text": "Two benches", "do": "done"})
    assert "Saved." in again.text


def test_readers_see_who_translated_and_what_is_in_one_language_only(
    site: Site, town: int
) -> None:
    english, welsh = client(site), client(site, "cy")
    before = english.get("/processes/shared-budget/projects/1").text
    assert "Only in Welsh so far" in before and '<span lang="cy">Mainc</span>' in before
    assert "Only in" not in welsh.get("/processes/shared-budget/projects/1").text
    send(translator(site), TITLE, text="A bench", do="done")
    after = english.get("/processes/shared-budget/projects/1").text
    assert "Translated from Welsh by Mair." in after
    # The title is there now, the text is not yet: the mark stands where the Welsh begins.
    assert after.index("A bench</h1>") < after.index("Only in Welsh so far")
    send(translator(site, "Gwyn"), f"{OFFICE}/project/1/body/en", text="To sit.", do="done")
    assert "Only in" not in english.get("/processes/shared-budget/projects/1").text
    assert "Mair" not in welsh.get("/processes/shared-budget/projects/1").text


def upload(browser: Any, content: bytes, **values: str) -> Any:
    address = f"{OFFICE}/table"
    data = fields(browser.get(address).text) | values
    return browser.post(
        address, data=data, files={"table": ("table.csv", content, "text/csv")}
    )


def test_a_table_goes_out_and_comes_back(site: Site, town: int) -> None:
    browser = translator(site)
    answer = browser.get(f"{OFFICE}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["Key", "What it is"] and len(rows) == 4
    assert [row[3] for row in rows[1:]][1] == "'=Un fainc."  # no spreadsheet's formula

    def table(mistake: str = "") -> bytes:
        file = io.StringIO()
        filled = [rows[0], *([*row[:5], f"English {number}", *row[6:]]
                             for number, row in enumerate(rows[1:]))]
        if mistake:
            filled[2][0] = mistake
        csv.writer(file).writerows(filled)
        return file.getvalue().encode()

    wrong = upload(browser, table("project/1/nothing/en"))
    assert wrong.status_code == 422 and "Nothing was taken in" in wrong.text
    assert "No text has the key" in wrong.text
    assert "3 texts wait" in browser.get(OFFICE).text
    half = upload(browser, table("project/1/nothing/en"), sound_only="y")
    assert "2 translations were taken in." in half.text
    done = upload(browser, table())
    assert "The table is taken in." in done.text
    assert "Everything can be read in every language." in done.text
    assert "Nothing in this table is new." in upload(browser, table()).text
    nothing = upload(browser, b"")
    assert nothing.status_code == 422


def test_a_welsh_table_has_welsh_headings_and_is_read_by_an_english_page(
    site: Site, town: int
) -> None:
    welsh = translator(site, language="cy")
    rows = list(csv.reader(io.StringIO(
        welsh.get(f"{OFFICE}.csv").content.decode("utf-8-sig")
    )))
    assert rows[0][5] == "Cyfieithiad"
    assert (rows[1][2], rows[1][4]) == ("Cymraeg", "Saesneg")
    rows[1][5] = "A bench"
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    english = translator(site, "Gwyn")
    assert "The table is taken in." in upload(english, file.getvalue().encode()).text


def test_no_file_is_an_error_beside_the_field(site: Site, town: int) -> None:
    browser = translator(site)
    page = browser.post(f"{OFFICE}/table", data=fields(browser.get(f"{OFFICE}/table").text))
    assert page.status_code == 422 and "Choose a file." in page.text


@pytest.mark.parametrize(
    "path", ["project/x/title/en", "project/99/title/en", "nothing/1/title/en",
             "project/1/title/fr", "project/1/%00/en", f"project/{'9' * 30}/title/en"]
)
def test_odd_addresses_find_nothing(site: Site, town: int, path: str) -> None:
    assert translator(site).get(f"{OFFICE}/{path}").status_code == 404


def test_filters_and_pages_take_anything(site: Site, town: int) -> None:
    browser = translator(site)
    for query in ("state=own", "state=all&page=999", "state=x&to=fr&of=nothing", "page=x",
                  "to=cy", "of=project&state=missing"):
        assert browser.get(f"{OFFICE}?{query}").status_code == 200


def test_the_texts_on_an_open_ballot_cannot_be_changed(site: Site, town: int) -> None:
    browser = translator(site)
    data = fields(browser.get(TITLE).text) | {"text": "A bench", "do": "done"}
    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    build.signed_in(site, browser, 1)
    page = browser.get(TITLE)
    assert "People vote on this now" in page.text and "<textarea" not in page.text
    assert browser.post(TITLE, data=data).status_code == 409


def test_the_page_of_a_process_names_its_translator(site: Site, town: int) -> None:
    def make(work: Work) -> None:
        work.session.get_one(Process, town).purpose = {"cy": "Arian i’r dref."}

    build.do(site, make)
    page = client(site).get("/processes/shared-budget").text
    assert "Only in Welsh so far" in page and "Arian i’r dref." in page
    send(translator(site), f"{OFFICE}/process/1/purpose/en", text="Money.", do="done")
    page = client(site).get("/processes/shared-budget").text
    assert "Translated from Welsh by Mair." in page and "Only in Welsh" not in page
