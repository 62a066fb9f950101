"""Lists of voters: read whatever wrote them, checked line by line, put on the roll in pieces."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from pb.accounts.models import Act
from pb.ballots.models import AccessCode, RollEntry
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.electorate import jobs, lists
from pb.electorate.models import Contact, Upload
from pb.electorate.reading import ListError, read_table
from pb.electorate.rules import check_lines, guess_columns
from pb.office.services import confirm_act
from tests.pb.ballots.vote import enter, hidden
from tests.support import build
from tests.support.app import client, mails, run_jobs

OFFICE = "/office/processes/shared-budget/electorate"
LIST = (
    "Identifier,Ward,E-mail,Language\r\n"
    "A-1001,Riverside,mair@example.com,Welsh\r\n"
    "A-1002,Ardal quay,,\r\n"
    "A-1003,quay,Ifan@Example.com,en\r\n"
)


def official(site: Site, name: str = "Non", language: str = "en") -> Any:
    browser = client(site, language)
    build.signed_in(site, browser, build.a_person(site, name, "lead_official", "shared-budget"))
    return browser


def bring(browser: Any, content: bytes | str, kind: str = "people", name: str = "roll.csv") -> Any:
    """Upload a file; the page of the list, or the form with its errors."""
    sent = content.encode() if isinstance(content, str) else content
    return browser.post(f"{OFFICE}/lists/new", data={"kind": kind},
                        files={"file": (name, sent, "text/csv")})


def put(browser: Any, page: Any, **changed: str) -> Any:
    """Press the button that puts the list on the roll."""
    fields = {
        "basis": "Section 27 agreement of 3 May", "not_full_register": "y", "do": "put",
        **selected(page.text), **changed,
    }
    return browser.post(page.url.path, data={**hidden(page.text), **fields})


def selected(html: str) -> dict[str, str]:
    found = {}
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        first = re.search(r'value="([^"]*)"', options)
        if name != "theme" and first:
            found[name] = chosen[1] if chosen else first[1]
    return found


def count(site: Site, table: Any, *where: Any) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def row(site: Site, table: Any, id: int = 1) -> Any:
    with site.database.reading() as session:
        found = session.get_one(table, id)
        session.expunge_all()
        return found


# -- the whole way ---------------------------------------------------------------------------


def test_a_list_is_looked_at_put_on_the_roll_and_its_voters_get_links(site: Site) -> None:
    process = build.a_process(site, phase="assessment")
    browser = official(site)
    page = bring(browser, LIST)
    assert page.status_code == 200 and "Put 3 voters on the roll" in page.text
    assert count(site, RollEntry) == 0, "looking puts nobody on the roll"
    page = put(browser, page)
    assert page.status_code == 200 and "The list is being put on the roll" in page.text
    run_jobs(site)
    page = browser.get(page.url.path)
    assert "The list is on the roll" in page.text and "Voters added: 3." in page.text
    assert count(site, RollEntry) == 3 and count(site, Contact) == 2
    assert mails(site) == [], "no mail leaves before it is asked for"
    browser.post(OFFICE, data={"do": "send"})
    run_jobs(site)
    sent = {one["to"]: one for one in mails(site)}
    assert set(sent) == {"mair@example.com", "ifan@example.com"}
    assert sent["mair@example.com"]["content-language"] == "cy"
    text = sent["ifan@example.com"].get_body(("plain",)).get_content()
    link = re.search(r"http://testserver(/processes/shared-budget/vote/link/\S+)", text)
    code = re.search(r"Your code: ([0-9A-Z ]{19})", text)
    assert link and code
    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    voter = client(site)
    for _ in range(3):
        assert "Open my ballot" in voter.get(link[1]).text, "opening it uses nothing up"
    assert voter.head(link[1]).status_code == 405 or "Open my ballot" in voter.get(link[1]).text
    page = voter.post(link[1], data=hidden(voter.get(link[1]).text))
    assert page.url.path.endswith("/vote/ballot")
    later = client(site)
    assert later.post(link[1], data=hidden(later.get(link[1]).text)).status_code == 410
    assert enter(client(site), code[1]).url.path.endswith("/vote/ballot")
    assert enter(client(site), code[1].lower().replace("0", "o")).url.path.endswith("/vote/ballot")
    with site.database.reading() as session:
        areas = session.scalars(select(RollEntry.area_id).where(RollEntry.process_id == process))
        assert len(set(areas)) == 2


def test_nothing_of_a_list_is_kept_in_the_clear(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    put(browser, bring(browser, LIST))
    run_jobs(site)
    browser.post(OFFICE, data={"do": "send"})
    run_jobs(site)
    site.close()
    stored = b"".join(one.read_bytes() for one in site.settings.data.glob("pb.sqlite3*"))
    for secret in (b"A-1001", b"a-1002", b"mair@example.com", b"ifan@example"):
        assert secret not in stored, secret
    assert b"non@example.com" in stored, "the search would find an address that is there"


def test_sent_twice_nobody_gets_two_mails_and_a_stopped_run_goes_on(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    lines = "".join(f"B-{n},quay,v{n}@example.com\n" for n in range(7))
    put(browser, bring(browser, "id,ward,email\n" + lines))
    run_jobs(site)
    real, calls = jobs.mail.send, []

    def stumble(settings: Any, letter: Any) -> None:
        calls.append(letter["to"])
        if len(calls) == 4:
            raise ConnectionError("the mail server sleeps")
        real(settings, letter)

    jobs.mail.send = stumble  # type: ignore[assignment]
    try:
        for _ in range(2):
            browser.post(OFFICE, data={"do": "send"})
        run_jobs(site)
        site.clock.turn(minutes=5)  # type: ignore[attr-defined]
        run_jobs(site)
        run_jobs(site)
    finally:
        jobs.mail.send = real
    to = [one["to"] for one in mails(site)]
    assert len(to) == 7 and len(set(to)) == 7
    assert count(site, Contact, Contact.state == "sent") == 7


def test_a_crash_while_a_mail_leaves_sends_no_second_one_by_itself(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    put(browser, bring(browser, "id,ward,email\nB-1,quay,v1@example.com\n"))
    run_jobs(site)
    from pb.electorate import services

    assert site.work.run(services.claim_contact, SYSTEM, 1) is not None  # and then the crash
    assert site.work.run(services.claim_contact, SYSTEM, 1) is None
    page = browser.get(OFFICE)
    assert "These mails were begun when the server stopped." in page.text
    browser.post(OFFICE, data={"do": "unsure"})
    run_jobs(site)
    assert [one["to"] for one in mails(site)] == ["v1@example.com"]


# -- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"),
     ("utf-16-be", "UTF-16"), ("cp1252", "Windows-1252")],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_encoding_and_separator_is_read(encoding: str, name: str, separator: str) -> None:
    text = "rhif;ardal;e-bost\r\nS1;Siân’s;sian@example.com\r\n\r\nS2;quay;\r\n"
    table = read_table(text.replace(";", separator).encode(encoding))
    assert table.encoding == name
    assert table.lines[0] == (2, ["S1", "Siân’s", "sian@example.com"])
    assert table.lines[1][0] == 4, "a line's number is the file's own"
    assert guess_columns("people", table.head) == {"identifier": 0, "area": 1, "email": 2}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "list.empty"), (b"  \r\n ", "list.empty"), (b"id,ward\r\n", "list.only_head"),
     (b"PK\x03\x04rest", "list.spreadsheet"), (b"\xd0\xcf\x11\xe0", "list.spreadsheet"),
     (b'id\n"open', "list.quotes"), (b"\xff\xfei", "list.broken"),
     (b"id,ward\nA\x00,q\n", "list.binary"), (b"a," * 80 + b"\n1\n", "list.columns")],
)
def test_what_is_no_table_says_what_to_do(content: bytes, code: str) -> None:
    with pytest.raises(ListError) as caught:
        read_table(content)
    assert caught.value.code == code


def test_each_fault_is_named_on_its_line() -> None:
    text = (
        "id,ward,email\n"
        "1,Quay,a@example.com\n"
        " 1 ,Quay,\n"
        ",Quay,\n"
        "=cmd()|'/c calc',Quay,\n"
        "5,Nowhere,\n"
        "6,,\n"
        "7,Quay,not-an-address\n"
        "8,Quay,b@example.com,extra\n"
        '"9\nb",Quay,a@example.com\n'
    )
    checked = check_lines(read_table(text.encode()), "people",
                          {"identifier": 0, "area": 1, "email": 2}, {"quay": 4}, None, True)
    assert {fault.number: fault.code for fault in checked.faults} == {
        3: "list.twice", 4: "list.no_identifier", 5: "list.formula", 6: "list.area_unknown",
        7: "list.area_missing", 8: "list.email", 9: "list.more_cells",
    }
    assert [line.number for line in checked.lines] == [2, 10] and checked.shared == 2


def test_faulty_lines_hold_the_list_back_until_they_are_left_out(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    page = bring(browser, LIST + "A-1003,quay,,\n=1+1,quay,,\nA-9,Nowhere,,\n")
    for words in ("The same voter stands on line 4 already.", "begins like a formula",
                  "“Nowhere” is no area of this process.", "Put 3 voters on the roll"):
        assert words in page.text
    answer = put(browser, page)
    assert answer.status_code == 422 and "tick that they are to be left out" in answer.text
    assert "Section 27 agreement" in answer.text, "what was typed is kept"
    table = browser.get(re.search(r'href="(\S+/faults\S*)"', page.text)[1].replace("&amp;", "&"))
    rows = list(csv.reader(io.StringIO(table.text.lstrip("\ufeff"))))
    assert [one[0] for one in rows] == ["Line", "5", "6", "7"]
    put(browser, page, leave_out="y")
    run_jobs(site)
    assert count(site, RollEntry) == 3 and row(site, Upload).left_out == 3


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"basis": " "}, "Say on which legal basis this list may be used."),
     ({"not_full_register": ""}, "Confirm that the list may be used for this.")],
)
def test_the_law_is_asked_about(site: Site, fields: dict[str, str], words: str) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    page = bring(browser, LIST)
    assert "Regulation 107 of SI 2001/341" in page.text
    answer = put(browser, page, **fields)
    assert answer.status_code == 422 and words in answer.text
    run_jobs(site)
    assert count(site, RollEntry) == 0


# -- on the roll -----------------------------------------------------------------------------


def test_the_same_list_twice_adds_nobody_twice(either: Site) -> None:
    build.a_process(either, phase="assessment")
    browser = official(either)
    put(browser, bring(browser, LIST))
    run_jobs(either)
    put(browser, bring(browser, LIST.replace("A-1002", " a-1002 ") + "A-7,quay,,\n"))
    run_jobs(either)
    assert count(either, RollEntry) == 4
    assert (row(either, Upload, 2).added, row(either, Upload, 2).known) == (1, 3)


def test_a_piece_is_put_on_the_roll_once_whoever_asks(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    put(browser, bring(browser, LIST))
    upload = row(site, Upload)
    with site.database.reading() as session:
        from pb.electorate.queries import checked_upload
        from pb.processes.models import Process

        kept = session.get_one(Upload, upload.id)
        lines = checked_upload(site.secrets, session.get_one(Process, 1), kept).lines
    for _ in range(3):
        assert site.work.run(lists.add_lines, SYSTEM, upload.id, 0, lines[:2]) == 2
    assert count(site, RollEntry) == 2
    run_jobs(site)
    assert count(site, RollEntry) == 3 and row(site, Upload).state == "done"


def test_while_the_vote_is_open_a_list_takes_two(site: Site) -> None:
    build.a_process(site)
    browser = official(site)
    page = bring(browser, LIST)
    assert "The vote is open." in page.text
    put(browser, page)
    run_jobs(site)
    assert count(site, RollEntry) == 0 and row(site, Act).kind == "electorate.add_list"
    other = build.actor(site, build.a_person(site, "Gwen", "deputy", "shared-budget"))
    site.work.run(confirm_act, other, 1, 1)
    run_jobs(site)
    assert count(site, RollEntry) == 3


def test_households_get_their_codes_and_the_table_for_the_printer(site: Site) -> None:
    build.a_process(site)
    build.a_person(site, "Gwen", "deputy", "shared-budget")
    site.clock.now = build.WHEN["assessment"]  # type: ignore[attr-defined]
    browser = official(site)
    page = bring(browser, "Address,Ward,Voters\n1 Mill Lane,Quay,2\n+2 Mill Lane,Quay,1\n"
                          "3 Mill Lane,Quay,99\n4 Mill Lane,Riverside,\n", "households")
    assert "Put 3 voters on the roll" in page.text
    assert "is no number of voters from 1 to 20" in page.text
    put(browser, page, leave_out="y")
    run_jobs(site)
    answer = browser.post(f"{OFFICE}/lists/1/letters", data={"as": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [one["Address"] for one in rows] == ["1 mill lane", "1 mill lane", "4 mill lane"]
    assert len({one["Code"] for one in rows}) == 3
    letters = browser.post(f"{OFFICE}/lists/1/letters", data={"as": "letters"})
    assert letters.text.count('class="qr"') == 3 and rows[0]["Code"] in letters.text
    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    for one in rows:
        assert enter(client(site), one["Code"]).url.path.endswith("/vote/ballot")
    browser = official(site, "Non the next month")
    browser.post(f"{OFFICE}/lists/1", data={"do": "discard"})
    assert row(site, Upload).state == "done" and count(
        site, Upload, Upload.content.is_not(None)) == 0
    answer = browser.post(f"{OFFICE}/lists/1/letters", data={"as": "csv"})
    assert answer.status_code == 410
    assert count(site, AccessCode) == 3


def test_the_file_of_a_list_goes_after_two_weeks(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    bring(browser, LIST)
    run_jobs(site)
    assert count(site, Upload, Upload.content.is_not(None)) == 1
    site.clock.turn(days=15)  # type: ignore[attr-defined]
    run_jobs(site)
    assert count(site, Upload, Upload.content.is_not(None)) == 0


def test_only_officials_bring_lists(site: Site) -> None:
    build.a_process(site, phase="assessment")
    bring(official(site), LIST)
    valuer = client(site)
    build.signed_in(site, valuer, build.a_person(site, "Val", "valuer", "shared-budget"))
    stranger = client(site)
    for path in (f"{OFFICE}/lists/new", f"{OFFICE}/lists/1/faults", f"{OFFICE}/oddities",
                 f"{OFFICE}/review", f"{OFFICE}/ways"):
        assert valuer.get(path).status_code == 403, path
        assert stranger.get(path).url.path == "/sign-in", path
    assert "A-1001" not in valuer.get(f"{OFFICE}/lists/1").text
