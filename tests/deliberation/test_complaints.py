"""A note is reported and out of sight at once; a complaint is read by those alone it is for."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from deliberation.complaints import queries, services
from deliberation.complaints.models import Complaint, NoteReport
from deliberation.notes import queries as notes
from deliberation.notes import services as writing
from deliberation.notes.services import NoteValue, Place
from deliberation.sessions import running
from deliberation.sessions import services as sessions
from pb.core.audit import AuditRow
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_drafts import the_table
from tests.deliberation.test_paper import signed_in
from tests.deliberation.test_room import OFFICE, codes, enter, jury, room
from tests.support import build
from tests.support.app import client, mails, run_jobs

__all__ = ["jury"]
REPORTS, COMPLAINTS = f"{OFFICE}/sessions/1/reports", f"{OFFICE}/complaints"


@pytest.fixture
def running_jury(site: Site, jury: dict[str, Any]) -> dict[str, Any]:
    """The first session runs; juror 1 sits at table 2, whose screen wrote an insult."""
    run, first = site.work.run, jury["sessions"][0]
    run(running.start, jury["lead"], first, 0)
    person = room(site, jury).jury.jurors[0].id
    run(sessions.move_seat, jury["lead"], first, person, 2, False)
    insult = run(writing.write_note, the_table(jury, 2), first, Place(table=2),
                 NoteValue("insult-note", "An insult", "en", "table"))
    officer = build.actor(site, build.a_person(site, "Nia", "conflict_officer", "shared-budget"))
    return jury | {"person": person, "insult": insult, "officer": officer}


def juror(known: dict[str, Any]) -> Actor:
    return Actor(name="juror 1", grants=frozenset({("juror", known["process"])}))


def texts(site: Site, known: dict[str, Any]) -> list[str]:
    with site.database.reading() as session:
        return [one.text for one in notes.table_notes(session, known["sessions"][0])]


def reports(site: Site, known: dict[str, Any]) -> list[queries.Reported]:
    with site.database.reading() as session:
        found = queries.reports_of(session, known["sessions"][0])
        session.expunge_all()
        return found


def test_a_report_hides_a_note_at_once_on_every_screen(
    site: Site, running_jury: dict[str, Any]
) -> None:
    known = codes(site, running_jury)
    phone = enter(site, known["juror", running_jury["person"]])
    assert "Something is wrong" in phone.get("/room/screen").text
    assert "Nia: ext. 4" in phone.get("/room/screen").text, "the charter's person is named"
    page = phone.get("/room/wrong").text
    assert "An insult" in page and "Nia: ext. 4" in page
    done = phone.post("/room/wrong", data={"act": "report", "once": "r1", "why": "It hurts",
                                           "which": str(running_jury["insult"])})
    assert "It is out of sight." in done.text and "An insult" not in done.text
    assert "An insult" not in enter(site, known["table", 2]).get("/room/screen").text
    console = signed_in(site, running_jury).get(f"{OFFICE}/sessions/1").text
    assert "An insult" not in console and "1 note was reported" in console
    with site.database.reading() as session:
        actors = set(session.scalars(select(AuditRow.actor)))
    assert not any("juror" in str(one) for one in actors), "the log does not say who reported"


def test_the_lead_decides_in_the_session_with_a_reason(
    site: Site, running_jury: dict[str, Any]
) -> None:
    run, first, insult = site.work.run, running_jury["sessions"][0], running_jury["insult"]
    run(services.report_note, juror(running_jury), first, 2, insult, "It hurts")
    lead = signed_in(site, running_jury)
    which = str(reports(site, running_jury)[0].report.id)
    bare = lead.post(REPORTS, data={"act": "show", "which": which, "once": "a"})
    assert bare.status_code == 422 and "Give a reason" in bare.text and "It hurts" in bare.text
    shown = lead.post(REPORTS, data={"act": "show", "which": which, "once": "b",
                                     "reason": "It is about the plan"})
    assert "Shown again" in shown.text and texts(site, running_jury) == ["An insult"]
    with pytest.raises(Conflict, match=r"report\.decided"):
        run(services.decide_report, running_jury["lead"], first, int(which), False, "Again")
    run(services.report_note, juror(running_jury), first, 2, insult, "Once more")
    assert texts(site, running_jury) == ["An insult"], "what was decided stays until the lead says"
    again = reports(site, running_jury)[0].report
    run(services.decide_report, running_jury["lead"], first, again.id, False, "Now it is")
    assert texts(site, running_jury) == []
    for who in ("official", "officer"):
        assert signed_in(site, running_jury, who).get(REPORTS).status_code == 403
        with pytest.raises(NotAllowed):
            run(services.decide_report, running_jury[who], first, again.id, True, "Mine")


def test_only_what_one_can_read_is_reported(site: Site, running_jury: dict[str, Any]) -> None:
    run, first = site.work.run, running_jury["sessions"][0]
    far = run(writing.write_note, the_table(running_jury, 3), first, Place(table=3),
              NoteValue("far-note-1", "Elsewhere", "en", "table"))
    with pytest.raises(NotFound):
        run(services.report_note, juror(running_jury), first, 2, far, "")
    run(writing.put_on_wall, running_jury["lead"], first, far, True)
    run(services.report_note, juror(running_jury), first, 2, far, "")
    assert texts(site, running_jury) == ["An insult"]
    private = run(writing.write_note, juror(running_jury), first,
                  Place(table=2, juror_id=running_jury["person"]),
                  NoteValue("private-note", "Mine", "en", "private"))
    with pytest.raises(NotFound):
        run(services.report_note, the_table(running_jury, 2), first, 2, private, "")
    for who in ("official", "lead"):
        with pytest.raises(NotAllowed):
            run(services.report_note, running_jury[who], first, 2, running_jury["insult"], "")


def test_a_table_reports_by_its_own_screen(site: Site, running_jury: dict[str, Any]) -> None:
    table = enter(site, codes(site, running_jury)["table", 2])
    assert 'action="/room/report"' in table.get("/room/screen").text
    table.post("/room/report", data={"session": str(running_jury["sessions"][0]),
                                     "which": str(running_jury["insult"]), "once": "t"})
    assert texts(site, running_jury) == []


def test_a_complaint_is_read_by_those_alone_it_is_for(
    site: Site, running_jury: dict[str, Any]
) -> None:
    phone = enter(site, codes(site, running_jury)["juror", running_jury["person"]])
    empty = phone.post("/room/wrong", data={"act": "complain", "once": "a", "about": "remark"})
    assert empty.status_code == 422 and "Say what happened." in empty.text
    for once, about, text in (("b", "remark", "Somebody shouted at me."),
                              ("c", "facilitator", "Gwen cut me off.")):
        phone.post("/room/wrong", data={"act": "complain", "once": once, "about": about,
                                        "text": text})
    assert phone.get("/room/wrong").text.count("Not looked at yet") == 2
    lead = signed_in(site, running_jury).get(COMPLAINTS).text
    assert "Somebody shouted at me." in lead and "Gwen cut me off." not in lead
    officer = signed_in(site, running_jury, "officer").get(COMPLAINTS).text
    assert "Somebody shouted at me." in officer and "Gwen cut me off." in officer
    for who in ("official",):
        assert signed_in(site, running_jury, who).get(COMPLAINTS).status_code == 403
    with site.database.reading() as session:
        kept = session.scalars(select(Complaint).order_by(Complaint.id)).all()
        assert not any(b"shouted" in one.sealed or b"Gwen" in one.sealed for one in kept)
        second = kept[1].id
        log = [str(one.__dict__) for one in session.scalars(select(AuditRow))]
    assert not any("complain" in one for one in log)
    run_jobs(site)
    told = [one for one in mails(site) if "complaint in the jury" in one["subject"]]
    assert sorted(one["to"].split("@")[0] for one in told) == ["gwen", "huw", "nia", "nia"], (
        "the facilitators hear of the remark alone")
    for one in told:
        words = str(one.get_body(("plain",)))
        assert "shouted" not in words and "Gwen" not in words and "Juror" not in words
    with pytest.raises(NotAllowed):
        site.work.run(services.handle, running_jury["lead"], running_jury["id"], second,
                      "settled", "Nothing happened")
    both = build.a_person(site, "Both roles", "facilitator", "shared-budget")

    def give(work: Any) -> None:
        from pb.accounts.services import give_role

        give_role(work, both, "conflict_officer", running_jury["process"])

    build.do(site, give)
    known = running_jury | {"both": build.actor(site, both)}
    assert "Gwen cut me off." not in signed_in(site, known, "both").get(COMPLAINTS).text


def test_a_complaint_goes_its_way_and_the_public_sees_how_many(
    site: Site, running_jury: dict[str, Any]
) -> None:
    run, first = site.work.run, running_jury["sessions"][0]
    made = run(services.complain, juror(running_jury), running_jury["id"],
               running_jury["person"], "other", "The room is too hot.")
    officer = running_jury["officer"]
    with pytest.raises(Invalid, match=r"complaint\.answer"):
        run(services.handle, officer, running_jury["id"], made, "settled", "")
    run(services.handle, officer, running_jury["id"], made, "looking", "")
    phone = enter(site, codes(site, running_jury)["juror", running_jury["person"]], "cy")
    assert "Wrthi’n edrych arni" in phone.get("/room/wrong").text
    run(services.handle, officer, running_jury["id"], made, "settled", "Windows are open now.")
    assert "Windows are open now." in phone.get("/room/wrong").text
    with pytest.raises(Conflict, match=r"complaint\.settled"):
        run(services.handle, officer, running_jury["id"], made, "looking", "")
    run(services.report_note, juror(running_jury), first, 2, running_jury["insult"], "It hurts")
    with site.database.reading() as session:
        counts = queries.counts_of(session, running_jury["id"])
        assert session.scalars(select(NoteReport)).one().why == "It hurts"
    assert counts == queries.Counts(1, 0, 0, 1, 1)
    for language, words in (("en", "Complaints of jurors"), ("cy", "Cwynion rheithwyr")):
        page = client(site, language).get("/processes/shared-budget/jury/complaints").text
        assert words in page and "hot" not in page and "insult" not in page


def test_a_juror_complains_so_often_until_somebody_answers(
    site: Site, running_jury: dict[str, Any]
) -> None:
    for _ in range(services.MOST_OPEN):
        site.work.run(services.complain, juror(running_jury), running_jury["id"],
                      running_jury["person"], "other", "Again")
    with pytest.raises(Conflict, match=r"complaint\.enough"):
        site.work.run(services.complain, juror(running_jury), running_jury["id"],
                      running_jury["person"], "other", "Again")
