"""What a jury hears: the library, equal time by stance, and what stands in for who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import func, select

from deliberation.evidence import queries, rules, services
from deliberation.evidence.services import EvidenceValue
from deliberation.recommendations import services as recommendations
from pb.core.audit import AuditRow
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from tests.deliberation.test_room import OFFICE, codes, enter, jury
from tests.support import build
from tests.support.app import client, hidden

__all__ = ["jury"]
PUBLIC = "/processes/shared-budget/jury/evidence"


def both(words: str) -> dict[str, str]:
    return {"en": words, "cy": f"{words} yn Gymraeg"}


def value(
    stance: str = "for", minutes: int = 25, witness: str = "A fire officer", **more: Any
) -> EvidenceValue:
    return EvidenceValue(both(f"On {stance}"), stance, minutes, witness, both("What it says."),
                         **more)


def library(site: Site, jury: dict[str, Any]) -> queries.Library:
    with site.database.reading() as session:
        found = queries.library(session, jury["id"])
        session.expunge_all()
        return found


@pytest.fixture
def heard(site: Site, jury: dict[str, Any]) -> dict[str, Any]:
    """One item of each stance, and two of background."""
    run, lead = site.work.run, jury["lead"]
    for one in (value("for"), value("care"), value("background", 40), value("own", 5, "")):
        run(services.add, lead, jury["id"], one)
    return {**jury, "items": [one.id for one in library(site, jury).items]}


def signed_in(site: Site, jury: dict[str, Any], who: str, language: str = "en") -> Any:
    browser = client(site, language)
    build.signed_in(site, browser, jury[who].person_id)
    return browser


class Item:
    def __init__(self, stance: str, minutes: int, heard: int | None = None) -> None:
        self.stance, self.minutes, self.heard = stance, minutes, heard


@pytest.mark.parametrize(
    ("items", "unbalanced"),
    [
        ([], False),
        ([Item("for", 25), Item("care", 20)], False),  # exactly a fifth
        ([Item("for", 25), Item("care", 19)], True),
        ([Item("for", 25), Item("care", 25, 19)], True),
        ([Item("for", 25, 20), Item("care", 25, 19)], False),
        ([Item("for", 25), Item("care", 25), Item("background", 300)], False),
        ([Item("care", 1)], True),
    ],
)
def test_a_fifth_is_the_limit(items: Sequence[Item], unbalanced: bool) -> None:
    assert rules.ledger(items).unbalanced is unbalanced


def test_the_ledger_counts_what_was_heard_and_else_what_is_planned(
    site: Site, heard: dict[str, Any]
) -> None:
    assert not library(site, heard).ledger.unbalanced
    site.work.run(services.hear, heard["lead"], heard["items"][1], "live", 10, {})
    sums = library(site, heard).ledger
    assert [(one.stance, one.planned, one.actual) for one in sums.lines] == [
        ("background", 40, 40), ("for", 25, 25), ("care", 25, 10), ("own", 5, 5)]
    assert (sums.unbalanced, sums.short_side, sums.percent) == (True, "care", 60)


def test_a_missing_witness_is_told_to_the_lead_until_balanced_or_explained(
    site: Site, heard: dict[str, Any]
) -> None:
    """F07: a witness does not come; a recorded statement stands in, or a note says why not."""
    run, lead = site.work.run, heard["lead"]
    run(services.hear, lead, heard["items"][1], "missing", 0, {})
    desk = signed_in(site, heard, "lead")
    assert "The time is not even" in desk.get(f"{OFFICE}/sessions/1").text
    assert "has 100% less time" in desk.get(PUBLIC).text
    with pytest.raises(Invalid, match=r"evidence\.recorded"):
        run(services.hear, lead, heard["items"][1], "recorded", 22, {})
    run(services.hear, lead, heard["items"][1], "recorded", 22, both("A film of ten minutes."))
    assert "The time is not even" not in desk.get(f"{OFFICE}/sessions/1").text
    assert "A film of ten minutes." in client(site).get(PUBLIC).text
    # Less of it was shown: now a note is owed, and the jury's words stay open until it is there.
    run(services.hear, lead, heard["items"][1], "recorded", 5, both("A film of ten minutes."))
    run(recommendations.add, lead, heard["id"], both("Ten stops."), None)
    with pytest.raises(Invalid, match=r"evidence\.unbalanced"):
        run(recommendations.publish, lead, heard["id"])
    run(services.explain_balance, lead, heard["id"], both("The train was late."))
    assert run(recommendations.publish, lead, heard["id"]) == 1
    page = client(site, "cy").get(PUBLIC).text
    assert "The train was late. yn Gymraeg" in page
    assert "The time is not even" not in desk.get(f"{OFFICE}/sessions/1").text
    # The note is of those minutes: when they change, it is owed anew.
    run(services.hear, lead, heard["items"][1], "recorded", 4, both("A film of ten minutes."))
    assert library(site, heard).unexplained and "The train was late" not in desk.get(PUBLIC).text


def test_no_note_without_an_imbalance(site: Site, heard: dict[str, Any]) -> None:
    with pytest.raises(Conflict, match=r"evidence\.even"):
        site.work.run(services.explain_balance, heard["lead"], heard["id"], both("So."))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (EvidenceValue({}, "for"), "title"),
        (EvidenceValue(both("A"), "against"), "stance"),
        (EvidenceValue(both("A"), "for", 601), "minutes"),
        (EvidenceValue(both("A"), "for", link="javascript:alert(1)", alt=both("x")), "link"),
        (EvidenceValue(both("A"), "for", link="https://example.com/a.pdf"), "alt"),
        (EvidenceValue(both("A"), "for", project_number=99), "project"),
    ],
)
def test_what_an_item_must_be(
    site: Site, jury: dict[str, Any], wrong: EvidenceValue, code: str
) -> None:
    with pytest.raises(Invalid, match=rf"evidence\.{code}"):
        site.work.run(services.add, jury["lead"], jury["id"], wrong)


def test_what_was_heard_is_its_facilitators_alone(site: Site, heard: dict[str, Any]) -> None:
    run, official, one = site.work.run, heard["official"], heard["items"][0]
    run(services.change, official, one, value("for", 20))
    for command, arguments in ((services.hear, (one, "live", 20, {})),
                               (services.explain_balance, (heard["id"], both("x")))):
        with pytest.raises(NotAllowed):
            run(command, official, *arguments)
    run(services.hear, heard["lead"], one, "live", 20, {})
    for command, arguments in ((services.change, (one, value("for", 60))),
                               (services.withdraw, (one, "Wrong."))):
        with pytest.raises(NotAllowed):
            run(command, official, *arguments)
    assert library(site, heard).ledger.of("for").actual == 20
    page = signed_in(site, heard, "official").get(f"{OFFICE}/evidence/1").text
    assert 'value="hear"' not in page and 'value="withdraw"' not in page


def test_what_is_taken_out_stays_with_its_reason(site: Site, heard: dict[str, Any]) -> None:
    run = site.work.run
    with pytest.raises(Invalid, match=r"evidence\.why"):
        run(services.withdraw, heard["lead"], heard["items"][0], "")
    run(services.withdraw, heard["lead"], heard["items"][0], "It was of another town.")
    page = client(site).get(PUBLIC).text
    assert "It was of another town." in page and "What it says." in page
    assert library(site, heard).ledger.of("for").actual == 0
    with pytest.raises(Conflict, match=r"evidence\.withdrawn"):
        run(services.change, heard["lead"], heard["items"][0], value())


def test_the_office_adds_changes_and_writes_down(site: Site, jury: dict[str, Any]) -> None:
    official, lead = signed_in(site, jury, "official"), signed_in(site, jury, "lead")

    def send(browser: Any, path: str, **data: str) -> Any:
        page = browser.get(f"{OFFICE}/{path}")
        return browser.post(f"{OFFICE}/{path}", data={**hidden(page.text), **data})

    wrong = send(official, "evidence", act="add", stance="for", minutes="ten",
                 title_en="The organiser")
    assert wrong.status_code == 422 and "The organiser" in wrong.text
    send(official, "evidence", act="add", stance="for", minutes="25", title_en="The organiser",
         witness="Dewi", session_number="1", slot_at="2027-01-16T13:30",
         link="https://example.com/plan.pdf", alt_en="A plan of the field.", project_number="3")
    page = client(site).get(PUBLIC).text
    for words in ("The organiser", "Dewi", "25 minutes planned", "A plan of the field.",
                  "About project 3", "https://example.com/plan.pdf"):
        assert words in page, words
    assert send(lead, "evidence/1", act="hear", given="live", heard="").status_code == 422
    send(lead, "evidence/1", act="hear", given="live", heard="28")
    assert "The witness spoke, 28 minutes (planned: 25)" in client(site).get(PUBLIC).text
    assert "Put it on the page" in lead.get(f"{OFFICE}/evidence").text
    send(lead, "evidence", **{"act": "explain", "note-text_en": "Nobody else wanted to speak."})
    assert "Nobody else wanted to speak." in client(site).get(PUBLIC).text
    send(lead, "evidence/1", act="screen")
    assert "Witness: Dewi" in lead.get(f"{OFFICE}/codes").text


def test_every_screen_in_the_room_reads_the_evidence_and_changes_none(
    site: Site, heard: dict[str, Any]
) -> None:
    known = codes(site, heard)
    juror = next(key for key in known if key[0] == "juror")
    with site.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(AuditRow))
    for key in (juror, ("table", 1), ("observer", None), ("official", None), ("witness", None)):
        browser = enter(site, known[key])
        assert "/room/evidence" in browser.get("/room/screen").text
        page = browser.get("/room/evidence")
        assert page.status_code == 200 and "What it says." in page.text
        assert browser.post("/room/evidence", data={"act": "add"}).status_code == 405
        office = browser.post(f"{OFFICE}/evidence", data={"act": "add"}, follow_redirects=False)
        assert office.status_code in (303, 403, 404)
    assert len(library(site, heard).items) == 4
    assert before is not None
