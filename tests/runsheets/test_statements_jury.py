"""The second run-sheet: 24 jurors and 4 reserves test forty proposals in four sessions, and write
the page that stands beside each on the ballot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from pb.core.site import Site
from tests.pb.ballots import vote as voting
from tests.runsheets.cast import JURY, PUBLIC
from tests.runsheets.play import Play
from tests.support import build
from tests.support.app import client
from tests.support.clock import TurnableClock

CLOSE = "Juror 09"
"""Lives in the street of projects 2 and 11."""
PROJECTS = 40


def table_a(number: int) -> int:
    """The table that tests a project and writes about it."""
    return (number - 1) % 4 + 1


def table_b(number: int) -> int:
    """The other one, that checks it."""
    return number % 4 + 1


def words(number: int) -> dict[str, str]:
    """What a table writes about a project, in both languages."""
    return {
        "what_en": f"Thing {number} is built by the bridge.",
        "what_cy": f"Codir peth {number} ger y bont.",
        "finding1_en": f"Thing {number} serves four streets.",
        "finding1_cy": f"Mae peth {number} yn gwasanaethu pedair stryd.",
        "agree1": "20",
        "finding2_en": f"Thing {number} is pretty.", "finding2_cy": f"Mae peth {number} yn hardd.",
        "agree2": "17",
        "for_kind": "text", "for_en": f"Nothing like thing {number} is near.",
        "for_cy": f"Does dim byd tebyg i beth {number} gerllaw.",
        **({"care_kind": "nobody"} if number % 8 == 0 else
           {"care_kind": "text", "care_en": f"Who mends thing {number} is open.",
            "care_cy": f"Nid yw’n glir pwy fydd yn trwsio peth {number}."}),
        "unknown_en": f"What thing {number} costs in ten years.",
        "unknown_cy": f"Beth fydd cost peth {number} ymhen deng mlynedd.",
    }


@pytest.fixture
def play(site: Site, clock: TurnableClock) -> Iterator[Play]:
    process = build.a_process(site, phase="assessment", projects=PROJECTS)
    made = Play(site, clock, process, "statements", jurors=24, reserves=4, tables=4,
                first_day=date(2027, 4, 10))
    yield made
    made.hall.close()


def test_a_jury_of_twenty_four_writes_forty_pages(play: Play) -> None:
    session_1_find_our_way_in(play)
    session_2_test_the_proposals(play)
    session_3_check_each_other(play)
    between_the_sessions_facts_are_disputed(play)
    session_4_stand_behind_it(play)
    everybody_reads_it(play)


# -- session 1 -------------------------------------------------------------------------------


def session_1_find_our_way_in(play: Play) -> None:
    lead = play.lead
    play.begin(1)
    play.check_in()
    play.out("attendance")

    play.go_on("welcome")
    for phone in play.phones.values():
        phone.accept_the_charter()
    assert all(one.accepted_charter == 1 for one in play.stored().jury.jurors)
    public = play.hall.public("/jury")
    assert "We listen before we answer." in public and "Each one gets a written reply." in public
    assert "Gwrandawn cyn ateb." in play.hall.public("/jury", "cy")
    play.out("charter")

    play.go_on("consent")
    lead.open_vote("consent", "Our rules", text="Nobody speaks twice before all have spoken once.")
    play.everybody_votes({name: {"answer": "pull" if place == 4 else "ready"}
                          for place, name in enumerate(play.names)})
    assert "I object 1" in lead.close_vote()
    assert "1 juror objects" in play.hall.public("/jury/rules")
    lead.open_vote("consent", "Our rules", text="Who wants to may pass; then all speak once.")
    play.everybody_votes({name: {"answer": "ready"} for name in play.names})
    lead.close_vote()
    ours = play.hall.public("/jury/rules")
    assert "Who wants to may pass; then all speak once. Nobody objects 24 jurors" in ours
    assert ours.words.index("may pass") < ours.words.index("Nobody speaks twice")
    play.out("rules")

    play.go_on("survey")
    play.go_on("break")
    play.go_on("claims")
    play.go_on("criteria")
    for number, screen in enumerate(play.table_screens, 1):
        screen.note(f"A good thing is fair to district {number}.")
    play.go_on("break")
    play.go_on("witness")
    play.whisperer.say("Deprivation: how hard people’s lives are here.")
    assert "how hard people’s lives are here" in play.wall.look()
    play.table_screens[2].call_for_help()
    assert "Asks for help" in lead.look()
    lead.step("well")
    play.go_on("questions")
    play.go_on("writing")
    play.phones[CLOSE].too_close_to(2, 11)
    assert play.phones[CLOSE].page.words.count("You said so") == 2
    lead.open(f"{JURY}/interests")
    assert lead.page.words.count(CLOSE) > 2 and "My street" in lead.page
    public = play.hall.public("/jury")
    assert "Project 2: 1 juror" in public and "My street" not in public
    play.out("interests")
    play.go_on("survey")
    play.end()


# -- sessions 2 and 3 ------------------------------------------------------------------------


def a_slot(play: Play, slot: int) -> None:
    """Forty minutes: each table tests one proposal and writes version 1 of its page."""
    first = 4 * (slot - 1) + 1
    for number in range(first, min(first + 4, PROJECTS + 1)):
        screen = play.table_screens[table_a(number) - 1]
        for step in range(2, len(play.item.steps) + 1):
            screen.at_step(step)
        screen.note(f"Nobody could say who mends thing {number}.")
        play.lead.write(number, table_a(number), words(number))
        page = play.lead.statement(number)
        assert f"Thing {number} serves four streets." in page
    assert "Read it back" in play.lead.look()
    play.out("statement")


def session_2_test_the_proposals(play: Play) -> None:
    play.begin(2)
    play.check_in()
    slot = 0
    for kind in ("table", "table", "break", "table", "table", "break", "table", "table", "break",
                 "table"):
        play.go_on(kind)
        if kind == "table":
            slot += 1
            a_slot(play, slot)
    assert slot == 7
    assert play.hall.browser().open(f"{PUBLIC}/projects/1/statement", 404), "drafts are not public"
    play.go_on("plenary")
    play.go_on("survey")
    play.end()


def session_3_check_each_other(play: Play) -> None:
    absent = play.names[5]
    play.begin(3)
    play.check_in(absent=(absent,))
    for slot in (8, 9, 10):
        play.go_on("table")
        a_slot(play, slot)
    play.go_on("check")
    for number in range(1, PROJECTS // 2 + 1):
        play.lead.check(number, table_b(number), {})
    red = ("red", "It serves three streets, not four.")
    play.lead.check(7, table_b(7), {"finding-1": red})
    assert "It serves three streets, not four." in play.lead.statement(7)
    play.out("checks")
    play.go_on("break")
    play.go_on("check")
    for number in range(PROJECTS // 2 + 1, PROJECTS + 1):
        play.lead.check(number, table_b(number), {})
    play.go_on("break")
    play.go_on("draft")
    # The line that was red is written anew, and looked at again.
    play.lead.write(7, table_a(7), {"finding1_en": "Thing 7 serves three streets.",
                                    "finding1_cy": "Mae peth 7 yn gwasanaethu tair stryd."})
    play.lead.check(7, table_b(7), {})
    assert play.lead.open(f"{JURY}/statements").words.count("Checked") == PROJECTS
    play.go_on("survey")
    play.end()


def between_the_sessions_facts_are_disputed(play: Play) -> None:
    """Forty-eight hours: proposers, opponents and officers write about facts."""
    assert "Not final yet" in play.hall.public("/projects/3/statement")
    play.clock.turn(hours=5)
    play.lead.on_statement(3, "Put it in", line="finding-1", side="opponent", name="Ifan",
                           text="It serves five streets.")
    play.official.open(f"{JURY}/statements/4")
    play.official.press("Send it to the jury", line="what", text="It is by the quay.",
                        source="Plan 4, page 2")
    assert "It serves five streets." in play.hall.public("/projects/3/statement")
    play.lead.on_statement(5, "Flag it", word="bridge", plain="crossing")
    # An officer changes no word: their page has no field for it.
    assert not any(("act", "write") in form.fields for form in play.official.page.forms)


# -- session 4 -------------------------------------------------------------------------------


def session_4_stand_behind_it(play: Play) -> None:
    lead = play.lead
    play.begin(4)
    play.check_in()

    play.go_on("draft")
    lead.on_statement(3, "Answer", decision="keep", reason_en="We counted four.",
                      reason_cy="Cyfrifwyd pedair gennym.")
    lead.write(4, table_a(4), {"what_en": "Thing 4 is built by the quay.",
                               "what_cy": "Codir peth 4 ger y cei."})
    lead.check(4, table_b(4), {})
    lead.on_statement(4, "Answer", decision="change", reason_en="The officer is right.",
                      reason_cy="Mae’r swyddog yn iawn.")
    lead.on_statement(5, "Lock it", status=422)
    assert "These words are not plain yet: bridge." in lead.page
    lead.on_statement(5, "It is plain now: bridge")
    for number, said in ((3, "The jury keeps it"), (4, "The jury changed it")):
        assert said in play.hall.public(f"/projects/{number}/statement")
    play.out("replies")

    play.go_on("break")
    play.go_on("consent")
    consent_list(play)
    play.out("consent")

    play.go_on("plenary")
    lead.repair("", "Page 6, with who mends it")
    play.everybody_votes({name: {"answer": "ready" if place < 15 else "pull"}
                          for place, name in enumerate(play.names)})
    assert "The jury did not agree" in lead.close_vote()
    play.go_on("break")
    play.go_on("table")
    play.go_on("readback")
    play.whisperer.say("Page 1: a thing by the bridge.")
    play.go_on("survey")
    play.go_on("plenary")
    lead.open(f"{JURY}/statements")
    lead.press("Save", text_en="Twenty-four residents met four times.",
               text_cy="Cyfarfu pedwar ar hugain o drigolion bedair gwaith.")
    for number in range(1, PROJECTS + 1):
        lead.on_statement(number, "Lock it")
    assert lead.open(f"{JURY}/statements").words.count("Locked") >= PROJECTS
    play.out("pages")
    play.go_on("plenary")
    play.end()


def consent_list(play: Play) -> None:
    """All forty, one after the other: in private, fair and ready, or pull. Six pull number 6; four
    jurors have no phone. From the thirteenth page on all write on slips, which two people read."""
    lead = play.lead
    for number in range(1, PROJECTS + 1):
        lead.open_vote("consent", f"Page {number}", project_number=str(number),
                       text=f"Page {number} as it stands")
        jurors = [name for name in play.names if name != CLOSE or number not in (2, 11)]
        phones = jurors[:20] if number < 13 else []
        play.everybody_votes({
            name: {"answer": "pull" if number == 6 and place < 6 else "ready"}
            for place, name in enumerate(phones)
        })
        assert f"{len(phones)} votes are in." in lead.open(f"{lead.console}/votes")
        slips = ["ready"] * (len(jurors) - len(phones))
        play.slips("\n".join(slips),
                   misread="\n".join(["pull", *slips[1:]]) if number == 6 else "")
        done = lead.close_vote()
        if number == 6:
            assert "18 of 24 jurors; 20 were needed." in done
            assert "it goes to the whole jury" in done
        else:
            everybody = f"{len(jurors)} of {len(jurors)} jurors"
            assert f"{everybody}; {19 if len(jurors) == 23 else 20} were needed." in done


# -- what everybody can read -----------------------------------------------------------------


def everybody_reads_it(play: Play) -> None:
    data = json.loads(client(play.site).get(f"{PUBLIC}/statements.json").text)
    assert [one["project"] for one in data["statements"]] == list(range(1, PROJECTS + 1))
    assert data["process_line"]["en"] == "Twenty-four residents met four times."
    for one in data["statements"]:
        number = one["project"]
        assert one["jurors"] == (23 if number in (2, 11) else 24) and one["locked_at"]
        assert [finding["agree"] for finding in one["findings"]] == [20], "17 of 24 are too few"
        assert one["nobody_took"] == (["care"] if number % 8 == 0 else [])
        assert [vote["carried"] for vote in one["votes"]] == (
            [False, False] if number == 6 else [True])
    booklet, welsh = play.hall.public("/booklet"), play.hall.public("/booklet", "cy")
    for number in range(1, PROJECTS + 1):
        page = play.hall.public(f"/projects/{number}/statement")
        for seen in (page, booklet):
            assert f"Thing {number} serves" in seen
            of = 23 if number in (2, 11) else 24
            assert f"20 of {of} jurors agree." in seen
            assert f"Thing {number} is pretty." not in seen
        assert f"Mae peth {number} yn gwasanaethu" in welsh
    assert booklet.words.count("No juror took this position.") == PROJECTS // 8
    for seen in (booklet, play.hall.public("/projects/6/statement")):
        assert "The jurors did not agree" in seen
        assert "Page 6 as it stands" in seen and "Page 6, with who mends it" in seen
    # Who is not in the hall has read no name.
    assert not any(name in page for name in play.names
                   for page in (booklet, play.hall.public("/jury")))
    play.clock.now = build.WHEN["voting"] + timedelta(hours=1)
    voting.open_box(play.site, play.process)
    (code,) = voting.a_batch(play.site, play.process)
    ballot = voting.enter(client(play.site), code).text
    for number in range(1, PROJECTS + 1):
        assert ballot.count(f"/projects/{number}/statement") == 1
    assert "Thing 7 serves three streets." in ballot and "The jurors did not agree." in ballot
