"""Who was away from a session finds what they missed, comments on it, and does not vote on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from deliberation.allocation import services as allocation
from deliberation.evidence import services as evidence
from deliberation.evidence.services import EvidenceValue
from deliberation.notes import services as notes
from deliberation.notes.models import Note
from deliberation.notes.services import NoteValue, Place
from deliberation.sessions import running
from deliberation.sessions.models import JurySession
from deliberation.statements import services as statements
from deliberation.votes import services as votes
from deliberation.votes.services import PollValue
from pb.core.site import Site
from tests.deliberation.test_allocation import OFFICE, begin, jury, rows
from tests.deliberation.test_statements import SECTIONS as FULL
from tests.support import build
from tests.support.app import client, hidden
from tests.support.clock import TurnableClock

__all__ = ["jury"]
SECTIONS = {**FULL, "findings": [{**one, "agree": 10} for one in FULL["findings"]]}
AWAY = 5
MISSED = "/room/missed"


def second_session(site: Site, known: dict[str, Any], clock: TurnableClock) -> None:
    """All but number 5 come to the second session, in which every project is tested."""
    run, lead, everybody = site.work.run, known["lead"], set(range(1, 13))
    second = known["sessions"][1]
    run(allocation.allocate, lead, known["id"])
    run(evidence.add, lead, known["id"], EvidenceValue(
        {"en": "What ramps cost", "cy": "Cost rampiau"}, "background", 25, witness="The surveyor",
        text={"en": "A ramp costs £2,000."}, session_number=2))
    run(evidence.add, lead, known["id"], EvidenceValue(
        {"en": "What fires cost"}, "background", 25, witness="The brigade", session_number=1))
    begin(site, known, 0, everybody, end=True)
    clock.turn(hours=24)
    begin(site, known, 1, everybody - {AWAY})
    clock.turn(minutes=30)
    for words, on_wall in (("Ramps are used daily.", True), ("We are tired.", False)):
        note = run(notes.write_note, lead, second, Place(table=1),
                   NoteValue(client_id=f"{len(words):016x}", text=words, language="en",
                             visibility="table"))
        if on_wall:
            run(notes.put_on_wall, lead, second, note, True)
    run(statements.write, lead, known["id"], 1, 0, 1, SECTIONS)
    clock.turn(minutes=30)
    version = 1
    while True:
        run(running.advance, lead, second, version)
        version += 1
        with site.database.reading() as session:
            if session.get_one(JurySession, second).state == "ended":
                break
    clock.turn(hours=1)
    later = {**SECTIONS, "what": {"en": "Written after the session.", "cy": "Wedyn."}}
    run(statements.write, lead, known["id"], 1, 1, 1, later)


def phone_of(site: Site, known: dict[str, Any], number: int, language: str = "en") -> Any:
    phone = client(site, language)
    phone.post("/room", data={"code": known["codes"][known["ids"][number]]})
    return phone


def test_what_was_missed_is_on_the_phone_of_who_missed_it(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    second_session(site, jury, clock)
    phone = phone_of(site, jury, AWAY)
    assert "What you missed: 1 session" in phone.get("/room/screen").text
    page = phone.get(MISSED).text
    for words in ("Session 2:", "What ramps cost", "A ramp costs £2,000.", "The surveyor",
                  "Ramps are used daily.", "A ramp beside the library steps.", "Version 1",
                  "Forty people a week turn back"):
        assert words in page, words
    for words in ("What fires cost", "We are tired.", "Written after the session.", "Session 1:"):
        assert words not in page, words
    assert "Cost rampiau" in phone_of(site, jury, AWAY, "cy").get(MISSED).text
    other = phone_of(site, jury, 6)
    assert "What you missed" not in other.get("/room/screen").text
    assert "You were at every session that is over." in other.get(MISSED).text
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    printed = lead.get(f"{OFFICE}/sessions/2/missed").text
    for words in ("What ramps cost", "Ramps are used daily.", "A ramp beside the library steps."):
        assert words in printed, words
    assert f"Away: {AWAY} " in " ".join(printed.replace("</p>", " ").split())
    assert "The session is not over yet." in lead.get(f"{OFFICE}/sessions/3/missed").text
    with client(site) as anybody:
        assert anybody.get(f"{OFFICE}/sessions/2/missed").url.path != f"{OFFICE}/sessions/2/missed"
        assert anybody.get(MISSED).url.path == "/room"


def test_who_was_away_comments_and_does_not_vote(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    second_session(site, jury, clock)
    phone = phone_of(site, jury, AWAY)
    sent = {"project": "1", "text": "What of the snow?"}
    assert phone.post(MISSED, data=sent | {"once": "a"}).status_code == 403, "no session runs"
    third, run = jury["sessions"][2], site.work.run
    begin(site, jury, 2, set(range(1, 13)))
    assert {one.session_number for one in rows(site, jury).values()} == {2}
    page = phone.get(MISSED).text
    assert "Your comment on project 1" in page
    empty = phone.post(MISSED, data={"project": "1", "text": " ", **hidden(page)})
    assert empty.status_code == 422 and "The note is empty." in empty.text
    done = phone.post(MISSED, data=sent | {"once": "b"})
    assert "Your comment is with your table" in done.text
    assert phone_of(site, jury, 6).post(MISSED, data=sent | {"once": "c"}).status_code == 403
    with site.database.reading() as session:
        (note,) = session.scalars(select(Note).where(Note.session_id == third))
        assert note.text == "Project 1, which I did not see: What of the snow?"
        assert (note.visibility, note.juror_id) == ("table", jury["ids"][AWAY])
    run(votes.open_poll, jury["lead"], third,
        PollValue("consent", "Is it fair?", project_number=1))
    own = phone.get("/room/screen").text
    assert "This project was tested while you were away." in own
    assert 'name="answer"' not in own
    assert 'name="answer"' in phone_of(site, jury, 6).get("/room/screen").text
