"""The second run-sheet: 24 jurors and 4 reserves test forty proposals in four sessions, and write
the page that stands beside each on the ballot."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest

from deliberation.allocation.queries import allocation_of
from deliberation.allocation.rules import in_order
from deliberation.statements.queries import statements_of
from deliberation.statements.rules import texts
from pb.core.site import Site
from tests.runsheets.cast import JURY, PUBLIC
from tests.runsheets.pages import (
    AWAY,
    CLOSE,
    NOTES,
    PROJECTS,
    everybody_reads_it,
    statement_stored,
    table_a,
    table_b,
    voters,
    words,
)
from tests.runsheets.parts import (
    FEW,
    answers_are_public,
    choose_questions,
    evaluation,
    gather_criteria,
    narrow_by_dots,
    survey,
    thanks_and_payments,
    weigh_claims,
)
from tests.runsheets.play import Play
from tests.support import build
from tests.support.app import client
from tests.support.clock import TurnableClock

WITNESSES = (
    ("The finance officer", "Y swyddog cyllid", "background"),
    ("Who maps need by district", "Pwy sy’n mapio angen fesul ardal", "background"),
    ("Who speaks for access", "Pwy sy’n siarad dros hygyrchedd", "background"),
    ("Who built last year’s projects", "Pwy a gododd brosiectau’r llynedd", "background"),
)
QUESTIONS = (
    ("What is left of last year’s money?", "The finance officer"),
    ("Which streets have no shop?", "Who maps need by district"),
    ("Who mends what is built?", ""), ("Pa mor llydan yw palmant?", "Who speaks for access"),
    ("What was not built, and why?", "Who built last year’s projects"),
    ("Who owns the quay?", ""), ("What does a bench cost?", "The finance officer"),
)


CLAIMS = (
    ("Four streets have no bench.", "fact", "The proposer"),
    ("It costs £900 in five years.", "estimate", "The finance officer"),
    ("Old people should come first.", "value", "A neighbour"),
)


@pytest.fixture
def play(site: Site, clock: TurnableClock) -> Iterator[Play]:
    process = build.a_process(site, phase="assessment", projects=PROJECTS)
    made = Play(site, clock, process, "statements", jurors=24, reserves=4, tables=4,
                first_day=date(2027, 4, 10))
    for witness, welsh, stance in WITNESSES:
        made.lead.evidence(witness, welsh, stance, witness, 1)
    yield made
    made.hall.close()


def test_a_jury_of_twenty_four_writes_forty_pages(play: Play) -> None:
    session_1_find_our_way_in(play)
    officers_answer(play)
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
    for phone in play.phones.everybody():
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
    survey(play, "before")
    play.out("survey-before")
    play.go_on("break")
    play.go_on("claims")  # a rehearsal: nothing of it is kept
    play.go_on("criteria")
    gather_criteria(play)
    narrow_by_dots(play)
    play.out("criteria")
    play.go_on("break")
    play.go_on("witness")
    for item in range(1, len(WITNESSES) + 1):
        lead.heard(item, 18)
    assert "Both sides" not in play.hall.public("/jury/evidence"), "they speak for no side"
    play.whisperer.say("Deprivation: how hard people’s lives are here.")
    assert "how hard people’s lives are here" in play.wall.look()
    play.table_screens[2].call_for_help()
    assert "Asks for help" in lead.look()
    lead.step("well")
    play.go_on("questions")
    choose_questions(play, QUESTIONS, play.first_day + timedelta(days=5))
    play.out("questions")
    play.go_on("writing")
    play.phones[CLOSE].too_close_to(2, 11)
    assert play.phones[CLOSE].page.words.count("You said so") == 2
    lead.open(f"{JURY}/interests")
    assert lead.page.words.count(CLOSE) > 2 and "My street" in lead.page
    public = play.hall.public("/jury")
    assert "Project 2: 1 juror" in public and "My street" not in public
    tables_by_lot(play)
    play.out("interests")
    play.go_on("survey")
    survey(play, "exit", jurors=FEW)
    play.out("exit")
    play.end()


def tables_by_lot(play: Play) -> None:
    """Ten projects for each table to test and ten to check, none where somebody is too close, in
    an order by lot whose seed everybody can read and whose outcome everybody can draw again."""
    assert "The tables have not been drawn yet." in play.hall.public("/jury/tables")
    play.lead.draw_the_tables()
    jury = play.stored().jury.id
    with play.site.database.reading() as session:
        tables = {one.project_number: one for one in allocation_of(session, jury)}
        session.expunge_all()
    play.allocated = tables
    assert sorted(tables) == list(range(1, PROJECTS + 1))
    assert Counter(one.tests for one in tables.values()) == dict.fromkeys(range(1, 5), 10)
    assert Counter(one.checks for one in tables.values()) == dict.fromkeys(range(1, 5), 10)
    assert all(one.tests != one.checks for one in tables.values())
    assert Counter((one.session_number, one.tests) for one in tables.values()) == {
        (session, table): many for session, many in ((2, 7), (3, 3)) for table in range(1, 5)}
    for number in (2, 11):
        one = tables[number]
        assert one.tests != play.table_of(CLOSE, one.session_number)
        assert one.checks != play.table_of(CLOSE, 3)
    (seed,) = {one.seed for one in tables.values()}
    assert list(tables) == in_order(seed, range(1, PROJECTS + 1))
    public = play.hall.public("/jury/tables")
    assert f"Seed of the lot: {seed}" in public
    read = csv.DictReader(io.StringIO(client(play.site).get(f"{PUBLIC}/jury/tables.csv").text))
    assert [(int(row["project"]), int(row["tested_by_table"]), int(row["checked_by_table"]))
            for row in read] == [(one.project_number, one.tests, one.checks)
                                 for one in tables.values()]


def officers_answer(play: Play) -> None:
    """Between the sessions officers answer, one of them late."""
    play.turn_to(play.first_day + timedelta(days=4), time(10, 0))
    play.official.sign_in()
    for number in range(1, 7):
        play.official.answer(number, f"Answer {number} from the books.")
    play.turn_to(play.first_day + timedelta(days=6), time(10, 0))
    play.official.sign_in()
    play.official.answer(7, "A bench costs £900.")
    answers_are_public(play, ["Answer 1 from the books.", "A bench costs £900."], answered=7,
                       late=1)


# -- sessions 2 and 3 ------------------------------------------------------------------------


def a_slot(play: Play, slot: int) -> None:
    """Forty minutes: each table tests one proposal and writes version 1 of its page. In the first
    slot the tables press every step, and jurors rate claims and their project in private."""
    first_of_session = 8 if play.session == 3 else 1
    for table, screen in enumerate(play.table_screens, 1):
        number = [one.project_number for one in play.allocated.values()
                  if (one.session_number, one.tests) == (play.session, table)
                  ][slot - first_of_session]
        for step in range(2, len(play.item.steps) + 1) if slot == 1 else (len(play.item.steps),):
            screen.at_step(step)
        if slot == 1:
            hard(play, table, number)
        screen.note(f"Nobody could say who mends thing {number}.")
        play.lead.write(number, table, words(number))
        assert f"Thing {number} serves four streets." in play.lead.page
    if slot == 1:
        weigh_claims(play, CLAIMS)
    assert "Read it back" in play.lead.look()
    play.out("statement")


def hard(play: Play, table: int, number: int) -> None:
    """How complex a project is, and how much it changes for how much work: six jurors in private,
    seen as sums alone."""
    screen = play.table_screens[table - 1]
    screen.rate(number)
    sitting = [name for name in play.names if play.table_of(name) == table]
    assert len(sitting) == 6
    for place, name in enumerate(sitting):
        play.phones[name].judge(place + 1, 4, 2)
    row = f"Project {number} 3.5 4.0 2.0 6"
    assert row not in play.hall.public("/jury/claims")
    screen.close_rating()
    assert row in play.hall.public("/jury/claims")


def session_2_test_the_proposals(play: Play) -> None:
    play.begin(2)
    play.check_in()
    play.out("attendance")
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
    survey(play, "exit", jurors=FEW)
    play.out("exit")
    play.end()


def checks_stored(play: Play) -> set[int]:
    """Projects on each of whose lines the other table has said its word."""
    jury = play.stored().jury.id
    with play.site.database.reading() as session:
        return {
            one.project_number for one in statements_of(session, jury).values()
            if {check.line for check in one.checks} == set(texts(one.sections))
            and {check.table_number for check in one.checks} == {table_b(play, one.project_number)}
        }


def session_3_check_each_other(play: Play) -> None:
    play.begin(3)
    play.check_in(absent=(AWAY,))
    play.out("attendance")
    for slot in (8, 9, 10):
        play.go_on("table")
        a_slot(play, slot)
    play.go_on("check")
    order = list(play.allocated)
    red = next(number for number in order if number > 8)
    for number in order[:PROJECTS // 2]:
        play.lead.check(number, table_b(play, number), {
            "finding-1": ("red", "It serves three streets, not four.")}
            if number == red else {})
    assert "It serves three streets, not four." in play.lead.statement(red)
    assert checks_stored(play) == set(order[:PROJECTS // 2])
    play.out("checks")
    play.go_on("break")
    play.go_on("check")
    for number in order[PROJECTS // 2:]:
        play.lead.check(number, table_b(play, number), {})
    assert checks_stored(play) == set(order)
    play.out("checks")
    play.go_on("break")
    play.go_on("draft")
    # The line that was red is written anew, and looked at again.
    assert play.lead.open(f"{JURY}/statements").words.count("Checked") == PROJECTS - 1
    play.lead.write(red, table_a(play, red), {
        "finding1_en": f"Thing {red} serves three streets.",
        "finding1_cy": f"Mae peth {red} yn gwasanaethu tair stryd."})
    play.lead.check(red, table_b(play, red), {})
    assert play.lead.open(f"{JURY}/statements").words.count("Checked") == PROJECTS
    assert "serves three streets." in play.hall.public(f"/projects/{red}/statement")
    play.out("statement")
    play.go_on("survey")
    survey(play, "exit", jurors=FEW)
    play.out("exit")
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
    play.out("attendance")
    what_was_missed(play)

    play.go_on("draft")
    lead.on_statement(3, "Answer", decision="keep", reason_en="We counted four.",
                      reason_cy="Cyfrifwyd pedair gennym.")
    lead.write(4, table_a(play, 4), {"what_en": "Thing 4 is built by the quay.",
                               "what_cy": "Codir peth 4 ger y cei."})
    lead.check(4, table_b(play, 4), {})
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
                          for place, name in enumerate(voters(play, 6))})
    assert "The jury did not agree" in lead.close_vote()
    play.go_on("break")
    play.go_on("table")
    minority_notes(play)
    play.out("minority")
    play.go_on("readback")
    play.whisperer.say("Page 1: a thing by the bridge.")
    play.go_on("survey")
    survey(play, "after", "quality")
    evaluation(play)
    play.out("survey-after")
    play.go_on("plenary")
    lead.open(f"{JURY}/statements")
    lead.press("Save", text_en="Twenty-four residents met four times.",
               text_cy="Cyfarfu pedwar ar hugain o drigolion bedair gwaith.")
    for number in range(1, PROJECTS + 1):
        lead.lock(number)
    assert lead.open(f"{JURY}/statements").words.count("Locked") >= PROJECTS
    play.out("pages")
    play.go_on("plenary")
    thanks_and_payments(play)
    play.end()


def what_was_missed(play: Play) -> None:
    """Who was away from the third session reads what was done, and comments on what was tested."""
    unseen = [one.project_number for one in play.allocated.values() if one.session_number == 3]
    phone = play.phones[AWAY]
    page = phone.open("/room/missed")
    for number in unseen:
        assert f"Thing {number} serves" in page
    form = next(one for one in page.forms if ("project", str(unseen[0])) in one.fields)
    phone.send(form, form.buttons[0], 200, {"text": "Is there a light?"})
    assert f"Project {unseen[0]}, which I did not see: Is there a light?" in play.lead.look()
    assert "Thing" not in play.phones[play.names[0]].open("/room/missed")


def minority_notes(play: Play) -> None:
    """A table writes one on its own screen, who leads writes another one from paper."""
    table = play.table_screens[table_a(play, 8) - 1]
    title = next(label for label in re.findall(r"<option value=.\d+.[^>]*>([^<]+)<", table.open(
        "/room/minority").html) if label.startswith("8 "))
    assert NOTES[8][0] in table.minority_note(title, *NOTES[8], 2)
    play.lead.on_statement(9, "Add the note", text_en=NOTES[9][0], text_cy=NOTES[9][1], jurors="4")
    for number, jurors in ((8, 2), (9, 4)):
        (stored,) = statement_stored(play, number).notes
        assert (stored.text["en"], stored.text["cy"]) == NOTES[number]
        assert stored.jurors == jurors
        for language, text in zip(("en", "cy"), NOTES[number], strict=True):
            assert text in play.hall.public(f"/projects/{number}/statement", language)


def consent_list(play: Play) -> None:
    """All forty, one after the other: in private, fair and ready, or pull. Six pull number 6; some
    jurors have no phone. From the seventh page on all write on slips, which two people read."""
    lead = play.lead
    for number in range(1, PROJECTS + 1):
        lead.open_vote("consent", f"Page {number}", project_number=str(number),
                       text=f"Page {number} as it stands")
        jurors = voters(play, number)
        if AWAY not in jurors and number < 20:
            assert "This project was tested while you were away." in play.phones[AWAY].look()
        phones = jurors[:20] if number < 7 else []
        play.everybody_votes({
            name: {"answer": "pull" if number == 6 and place < 6 else "ready"}
            for place, name in enumerate(phones)
        })
        assert f"{len(phones)} votes are in." in lead.open(f"{lead.console}/votes")
        slips = ["ready"] * (len(jurors) - len(phones))
        play.slips("\n".join(slips),
                   misread="\n".join(["pull", *slips[1:]]) if number == 6 else "")
        done = lead.close_vote()
        ready = len(jurors) - (6 if number == 6 else 0)
        needed = -(-4 * len(jurors) // 5)
        assert f"{ready} of {len(jurors)} jurors; {needed} were needed." in done
        assert done.words.count("it goes to the whole jury") == (number >= 6), "the sixth alone"
