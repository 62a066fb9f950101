"""Self-declared voters: one mail address one ballot, what is alike before an official, oddities."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from pb.accounts.models import Act
from pb.ballots.models import AccessCode, RollEntry
from pb.ballots.services import forget_roll
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.electorate import services
from pb.electorate.models import Contact, Declaration, EntryCount
from pb.electorate.queries import unusual
from pb.electorate.rules import inbox, network_of, strength_of
from pb.electorate.values import WaysValue
from pb.notifications.models import Message
from pb.office.services import confirm_act
from pb.processes.models import Notice
from tests.pb.ballots.vote import area_of, cast, enter, hidden
from tests.pb.electorate.test_lists import OFFICE, bring, count, official, put, row
from tests.support import build
from tests.support.app import client, mails, run_jobs

JOIN = "/processes/shared-budget/join"


def a_vote(site: Site, phase: str = "voting", **ways: Any) -> int:
    process = build.a_process(site, phase=phase)
    value = WaysValue(("declared",), **{"words": {}, **ways})
    build.do(site, services.set_ways, process, value, "as agreed")
    return process


def say(site: Site, email: str, browser: Any = None, process: int = 1, **fields: str) -> Any:
    """Fill the form in; the page after it."""
    browser = browser or client(site)
    page = browser.get(JOIN)
    return browser.post(JOIN, data={
        **hidden(page.text), "area": str(area_of(site, process)), "email": email, "lives": "y",
        "old_enough": "y", **fields,
    })


def last_mail(site: Site, to: str) -> str:
    run_jobs(site)
    found = [one for one in mails(site) if one["to"] == to]
    return found[-1].get_body(("plain",)).get_content() if found else ""


def press(site: Site, to: str, browser: Any = None) -> Any:
    """Press the button behind the link of the last mail to an address."""
    link = re.search(r"http://[^/\s]+(/processes/shared-budget/(?:join|vote/link)/\S+)",
                     last_mail(site, to))
    assert link
    browser = browser or client(site)
    return browser.post(link[1], data=hidden(browser.get(link[1]).text))


def test_whoever_declares_and_confirms_votes(site: Site) -> None:
    process = a_vote(site)
    browser = client(site)
    page = browser.get("/processes/shared-budget/vote")
    assert "Join this vote" in page.text and "Weak check" in page.text
    page = say(site, "Mair@Example.com", browser)
    assert page.url.path == f"{JOIN}/sent" and count(site, RollEntry) == 0
    opened = press(site, "mair@example.com")
    assert opened.url.path.endswith("/vote/ballot")
    assert count(site, RollEntry) == 1 and row(site, RollEntry).area_id == area_of(site, process)
    again = re.search(r"http://testserver(/\S+/join/\S+)", last_mail(site, "mair@example.com"))
    assert client(site).get(again[1]).status_code == 410, "the link is used up"


def test_the_typed_code_of_the_same_mail_works_and_wrong_ones_end(site: Site) -> None:
    a_vote(site)
    browser = client(site)
    say(site, "mair@example.com", browser)
    code = re.search(r"have open: ([0-9A-Z ]{9})", last_mail(site, "mair@example.com"))
    sent = f"{JOIN}/sent"
    page = browser.post(sent, data={"code": "WRONG123"})
    assert page.status_code == 422 and "This code is not right." in page.text
    stranger = client(site)
    assert stranger.post(sent, data={"code": code[1]}).status_code == 422, "not on this device"
    page = browser.post(sent, data={**hidden(page.text), "code": code[1].lower()})
    assert page.url.path.endswith("/vote/ballot")
    other = client(site)
    say(site, "ifan@example.com", other)
    code = re.search(r"have open: ([0-9A-Z ]{9})", last_mail(site, "ifan@example.com"))
    for _ in range(5):
        other.post(sent, data={"code": "WRONG123"})
    assert other.post(sent, data={"code": code[1]}).status_code == 410


def test_one_address_one_ballot_whatever_is_tried(either: Site) -> None:
    a_vote(either)
    for email in ("mair@example.com", "MAIR@example.com", " mair@EXAMPLE.com "):
        say(either, email)
    links = []
    run_jobs(either)
    for one in mails(either):
        found = re.search(r"http://testserver(/\S+/join/\S+)",
                          one.get_body(("plain",)).get_content())
        links.append(found[1])
    assert len(links) == 3
    answers = []
    for link in links:
        browser = client(either)
        page = browser.get(link)
        answers.append(browser.post(link, data=hidden(page.text)).status_code)
    assert answers == [200, 410, 410]
    assert count(either, RollEntry) == count(either, Contact) == 1
    page = say(either, "mair@example.com")
    assert page.url.path == f"{JOIN}/sent", "the answer is the same as for a stranger"
    assert "vote/link" in last_mail(either, "mair@example.com")
    assert press(either, "mair@example.com").url.path.endswith("/vote/ballot")
    assert count(either, RollEntry) == 1


def test_two_addresses_of_one_inbox_are_compared_by_an_official(site: Site) -> None:
    a_vote(site)
    browser = official(site)
    say(site, "mair@example.com")
    press(site, "mair@example.com")
    for tag in ("two", "three"):
        say(site, f"mair+{tag}@example.com")
        page = press(site, f"mair+{tag}@example.com")
        assert "An official looks at it" in page.text
    assert count(site, RollEntry) == 1
    page = browser.get(f"{OFFICE}/review")
    assert "mair+two@example.com" in page.text and "the mailbox" in page.text
    page = browser.post(f"{OFFICE}/review", data={"declaration": "2", "do": "accept"})
    assert page.status_code == 422 and "Say why." in page.text
    browser.post(f"{OFFICE}/review", data={"declaration": "2", "do": "accept",
                                           "reason": "Mother and daughter"})
    browser.post(f"{OFFICE}/review", data={"declaration": "3", "do": "refuse",
                                           "reason": "Said so by telephone"})
    assert count(site, RollEntry) == 2
    assert press(site, "mair+two@example.com").url.path.endswith("/vote/ballot")
    assert "Said so by telephone" in last_mail(site, "mair+three@example.com")
    page = browser.post(f"{OFFICE}/review", data={"declaration": "3", "do": "accept",
                                                  "reason": "x"})
    assert page.status_code == 409
    assert "Nothing to compare" in browser.get(f"{OFFICE}/review").text


def test_the_same_name_and_street_is_noticed_where_asked(site: Site) -> None:
    a_vote(site, ask_street=True)
    page = say(site, "a@example.com")
    assert page.status_code == 422
    for words in ("Enter your name.", "Enter street and number.", "a@example.com"):
        assert words in page.text
    say(site, "a@example.com", name="Siân Pugh", street="3 Mill Lane")
    press(site, "a@example.com")
    say(site, "b@example.com", name="SIAN  PUGH", street="3, mill lane")
    assert "An official looks at it" in press(site, "b@example.com").text
    say(site, "c@example.com", name="Siân Pugh", street="4 Mill Lane")
    assert press(site, "c@example.com").url.path.endswith("/vote/ballot")


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"lives": ""}, "Tick this if you live here."), ({"area": ""}, "Choose an area"),
     ({"area": "999"}, "There is a problem"), ({"email": "no"}, "correct format"),
     ({"old_enough": ""}, "Tick this if you are 16 or older."),
     ({"birth_year": ""}, "Enter your year of birth."),
     ({"birth_year": "2020"}, "You must be 16 or older to vote here.")],
)
def test_what_is_missing_is_said_beside_its_field(
    site: Site, fields: dict[str, str], words: str
) -> None:
    a_vote(site, ask_birth_year=True)
    page = say(site, **{"email": "a@example.com", "birth_year": "1980", **fields})
    assert page.status_code == 422 and words in page.text
    assert count(site, Declaration) == 0


def test_before_the_opening_one_joins_and_votes_later(site: Site) -> None:
    a_vote(site, "assessment")
    say(site, "mair@example.com")
    page = press(site, "mair@example.com")
    assert "You are on the roll" in page.text and count(site, RollEntry) == 1
    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    browser = client(site)
    page = browser.get("/processes/shared-budget/vote")
    assert "Send me my link" in page.text
    browser.post("/processes/shared-budget/vote/send", data={"email": "mair@example.com"})
    assert press(site, "mair@example.com").url.path.endswith("/vote/ballot")
    site.clock.now = build.WHEN["count"]  # type: ignore[attr-defined]
    assert client(site).get(JOIN).status_code == 403


def test_nobody_joins_where_that_is_no_way_in(site: Site) -> None:
    build.a_process(site)
    assert client(site).get(JOIN).status_code == 404
    assert "Join this vote" not in client(site).get("/processes/shared-budget/vote").text


# -- a link again ----------------------------------------------------------------------------


def test_a_link_is_sent_again_and_a_stranger_hears_the_same(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    put(browser, bring(browser, "id,ward,email\nB-1,quay,mair@example.com\n"))
    run_jobs(site)
    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    answers = [
        client(site).post("/processes/shared-budget/vote/send", data={"email": email})
        for email in ("MAIR@example.com", "stranger@example.com")
    ]
    assert answers[0].text == answers[1].text and answers[0].status_code == 200
    run_jobs(site)
    assert [one["to"] for one in mails(site)] == ["mair@example.com"]
    assert press(site, "mair@example.com").url.path.endswith("/vote/ballot")
    for _ in range(2):
        client(site).post("/processes/shared-budget/vote/send", data={"email": "mair@example.com"})
    answer = client(site).post("/processes/shared-budget/vote/send",
                               data={"email": "mair@example.com"})
    assert answer.status_code == 429
    assert press(site, "mair@example.com").url.path.endswith("/vote/ballot")
    assert count(site, RollEntry) == 1


def test_an_official_sends_a_new_link_and_the_old_ones_end(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    put(browser, bring(browser, "id,ward,email\nB-1,quay,mair@example.com\n"))
    run_jobs(site)
    browser.post(OFFICE, data={"do": "send"})
    old = last_mail(site, "mair@example.com")
    page = browser.post(OFFICE, data={"do": "resend", "voter": "nobody"})
    assert page.status_code == 422 and "Nobody on the roll is found by this." in page.text
    page = browser.post(OFFICE, data={"do": "resend", "voter": " b-1"})
    assert "A new link is on its way." in page.text
    new = last_mail(site, "mair@example.com")
    codes = [re.search(r"Your code: ([0-9A-Z ]{19})", one)[1] for one in (old, new)]
    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    assert "cancelled this code" in enter(client(site), codes[0]).text
    assert enter(client(site), codes[1]).url.path.endswith("/vote/ballot")


# -- voiding and oddities --------------------------------------------------------------------


def test_taking_one_voter_off_the_roll_takes_two(site: Site) -> None:
    a_vote(site)
    browser = official(site)
    say(site, "mair@example.com")
    voter = client(site)
    press(site, "mair@example.com", voter)
    page = browser.post(OFFICE, data={"do": "void", "voter": "#1"})
    assert page.status_code == 422 and "Say why" in page.text
    page = browser.post(OFFICE, data={"do": "void", "voter": "#1", "void_reason": "Moved away"})
    assert "once a second official confirms" in page.text
    assert not row(site, RollEntry).voided and row(site, Act).reason == "Moved away"
    other = build.actor(site, build.a_person(site, "Gwen", "deputy", "shared-budget"))
    site.work.run(confirm_act, other, 1, 1)
    assert row(site, RollEntry).voided
    assert count(site, AccessCode, AccessCode.voided.is_(False)) == 0
    assert voter.get("/processes/shared-budget/vote/ballot").url.path.endswith("/vote")
    assert "Taken off the roll by two officials" in client(site).get(
        "/processes/shared-budget/who").text


def test_entries_are_counted_without_voters_and_stand_out(site: Site) -> None:
    process = a_vote(site)
    for number in range(12):
        say(site, f"v{number}@example.com")
        press(site, f"v{number}@example.com")
    counted = {}
    with site.database.reading() as session:
        for one in session.scalars(select(EntryCount)):
            counted.setdefault(one.kind, []).append((one.bucket, one.number))
    assert counted["minute"] == [("2027-05-17T10:00Z", 12)]
    assert counted["way"] == [("declared", 12)]
    assert "network" not in counted, "the tests' client has no address"
    assert {column.name for column in EntryCount.__table__.columns} == {
        "process_id", "kind", "bucket", "number"}
    page = official(site).get(f"{OFFICE}/oddities")
    assert page.status_code == 200 and "Look at this" in page.text
    assert "11am on 17 May 2027" in page.text
    assert process == 1


def test_networks_are_fingerprints_and_declarations_from_one_are_grouped(site: Site) -> None:
    a_vote(site)
    for number in range(4):
        browser = client(site)
        browser._transport.client = ("203.0.113.7", 1)  # type: ignore[attr-defined]
        say(site, f"v{number}@example.com", browser)
        press(site, f"v{number}@example.com", browser)
    page = official(site).get(f"{OFFICE}/oddities")
    assert "#1, #2, #3, #4" in page.text and "203.0.113" not in page.text
    with site.database.reading() as session:
        stored = session.scalars(
            select(EntryCount.bucket).where(EntryCount.kind == "network")).all()
    assert len(stored) == 1 and re.fullmatch("[0-9a-f]{64}", stored[0])


def test_everything_goes_with_the_roll(site: Site) -> None:
    process = a_vote(site)
    say(site, "mair@example.com")
    press(site, "mair@example.com")
    assert count(site, Declaration) and count(site, Contact) and count(site, EntryCount)
    site.clock.now = build.WHEN["count"]  # type: ignore[attr-defined]
    run_jobs(site)
    assert count(site, Declaration) and count(site, Contact), "kept while one may object"
    build.do(site, forget_roll, process)
    run_jobs(site)
    assert not count(site, Declaration) + count(site, Contact) + count(site, EntryCount)


def test_a_declaration_that_nobody_confirms_goes_after_a_week(site: Site) -> None:
    a_vote(site)
    say(site, "mair@example.com")
    run_jobs(site)
    site.clock.turn(days=6)  # type: ignore[attr-defined]
    run_jobs(site)
    assert count(site, Declaration) == 1
    site.clock.turn(days=2)  # type: ignore[attr-defined]
    run_jobs(site)
    assert count(site, Declaration) == 0


def test_a_voter_from_a_list_hears_that_a_vote_was_cast_in_their_name(site: Site) -> None:
    from voting.ballots import Approval

    process = build.a_process(site, phase="assessment")
    browser = official(site)
    put(browser, bring(browser, "id,email,ward,language\nB-1,mair@example.com,Riverside,cy\n"))
    run_jobs(site)
    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    run_jobs(site)
    site.work.run(services.count_entry, SYSTEM, process, {"minute": "2027-05-17T10:00Z"})
    cast(site, process, 1, Approval(frozenset({"1"})), area_of(site, process))
    for _ in range(2):
        run_jobs(site)
        site.clock.turn(hours=2)  # type: ignore[attr-defined]
    run_jobs(site)
    assert [one["to"] for one in mails(site)] == ["mair@example.com"]
    assert mails(site)[0]["content-language"] == "cy"
    site.clock.now = build.WHEN["count"]  # type: ignore[attr-defined]
    run_jobs(site)
    assert count(site, Message, Message.email == "mair@example.com") == 1
    build.do(site, forget_roll, process)
    run_jobs(site)
    assert count(site, Message, Message.email == "mair@example.com") == 0


# -- who may vote ----------------------------------------------------------------------------


def test_who_may_vote_is_set_with_a_public_reason(site: Site) -> None:
    build.a_process(site, phase="assessment")
    browser = official(site)
    fields = {"ways": ["list", "declared"], "least_age": "14", "words_en": "Everybody of the town.",
              "words_cy": "Pawb yn y dref."}
    page = browser.post(f"{OFFICE}/ways", data=fields)
    assert page.status_code == 422 and "Say why, for the public notice." in page.text
    page = browser.post(f"{OFFICE}/ways", data={**fields, "ways": [], "reason": "x"})
    assert page.status_code == 422 and "Choose at least one way." in page.text
    page = browser.post(f"{OFFICE}/ways", data={**fields, "reason": "The council decided so."})
    assert page.status_code == 200 and count(site, Notice) == 1
    public = client(site).get("/processes/shared-budget")
    for words in ("Everybody of the town.", "14 or older", "Weak check", "By a list of voters",
                  "Who may vote, or how, was changed.", "The council decided so."):
        notices = client(site).get("/processes/shared-budget/notices")
        assert words in public.text + notices.text, words
    assert "Pawb yn y dref." in client(site, "cy").get("/processes/shared-budget/who").text


def test_a_roll_is_as_strong_as_its_weakest_way() -> None:
    assert strength_of(["list"]) == "strong"
    assert strength_of(["list", "letters"]) == strength_of(["event"]) == "good"
    assert strength_of(["list", "declared"]) == "weak"


def test_an_inbox_and_a_network_are_told() -> None:
    assert inbox("M.air+x@GoogleMail.com") == inbox("mair@gmail.com")
    assert inbox("m.air@example.com") != inbox("mair@example.com")
    assert network_of("203.0.113.77") == network_of("::ffff:203.0.113.1") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::1") == "2001:db8:1::/48" and network_of("?") == ""
    assert unusual([1, 20]) == 10 and unusual([20, 25, 30, 40, 40]) == 90


def test_jobs_on_what_is_gone_do_nothing(site: Site) -> None:
    a_vote(site)
    from pb.electorate import jobs

    jobs.mail_declared.function(site, declaration_id=99)
    assert site.work.run(services.claim_contact, SYSTEM, 1) is None
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 0
