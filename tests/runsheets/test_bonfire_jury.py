"""The first run-sheet: 18 jurors and 3 reserves write options for a ballot in four sessions, and
the police, the fire service and the council reply to what they recommend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest

from pb.core.site import Site
from pb.office.services import confirm_act
from pb.projects.queries import project_rows
from tests.runsheets.cast import JURY, WitnessScreen
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
from tests.support.clock import TurnableClock

TITLES = ("Three fires in three parks", "One fire with stewards", "A light show on the river",
          "Fires at home with a code")


def option(title: str, pounds: int) -> dict[str, str]:
    return {
        "title_en": title, "title_cy": f"{title} (Cymraeg)",
        "text_en": f"{title}: the council marks the place and pays the stewards.",
        "text_cy": f"{title}: mae’r cyngor yn nodi’r lle ac yn talu’r stiwardiaid.",
        "cost_0_en": "Stewards", "cost_0_cy": "Stiwardiaid", "amount_0": str(pounds),
    }


@pytest.fixture
def play(site: Site, clock: TurnableClock) -> Iterator[Play]:
    process = build.a_process(site, phase="assessment", projects=0, areas=(), whole=6_000_000)
    made = Play(site, clock, process, "bonfire", jurors=18, reserves=3, tables=3,
                first_day=date(2027, 4, 10))
    yield made
    made.hall.close()


def test_a_jury_of_eighteen_writes_three_options_and_is_answered(play: Play) -> None:
    before_the_first_session(play)
    session_1_learn(play)
    the_witnesses_answer(play)
    session_2_test_the_evidence(play)
    session_3_options(play)
    session_4_decide(play)
    thirty_days_later(play)


WITNESSES = (
    ("The organiser", "Y trefnydd", "for", 1), ("The fire officer", "Y swyddog tân", "care", 1),
    ("The police officer", "Swyddog yr heddlu", "background", 1),
    ("The hospital", "Yr ysbyty", "care", 2),
    ("A neighbour with animals", "Cymydog ag anifeiliaid", "care", 2),
    ("A group of young people", "Grŵp o bobl ifanc", "for", 2),
)
QUESTIONS = (
    ("What did last year cost?", "The organiser"), ("How many were hurt?", "The fire officer"),
    ("Who clears it up?", ""), ("Pwy sy’n talu am y stiwardiaid?", "The organiser"),
    ("What do other towns do?", ""), ("How far does the smoke go?", "The fire officer"),
    ("What happens to the animals?", ""),
)


CLAIMS = (
    ("Half of all burns come from fires at home.", "fact", "The fire officer"),
    ("A steward costs £200 a night.", "estimate", "The organiser"),
    ("Children should see it.", "value", "A group of young people"),
)


def before_the_first_session(play: Play) -> None:
    """Who gives evidence is public, with the minutes that each side is to have."""
    for witness, welsh, stance, session in WITNESSES:
        play.lead.evidence(witness, welsh, stance, witness, session)
    play.lead.screen_for(1)
    play.lead.screen_for(2)
    play.codes = play.lead.print_codes()
    library = play.hall.public("/jury/evidence")
    assert all(f"{number}. {one[0]}" in library for number, one in enumerate(WITNESSES, 1))


def session_1_learn(play: Play) -> None:
    lead = play.lead
    play.begin(1)
    play.check_in()
    play.out("attendance")

    play.go_on("welcome")
    for phone in play.phones.everybody():
        phone.accept_the_charter()
    lead.open_vote("consent", "Phones", text="Phones are for notes and votes.")
    play.everybody_votes({name: {"answer": "ready"} for name in play.names})
    lead.close_vote()
    assert "Phones are for notes and votes. Nobody objects" in play.hall.public("/jury/rules")
    assert all(one.accepted_charter == 1 for one in play.stored().jury.jurors)
    assert "We listen before we answer." in play.hall.public("/jury")
    play.out("charter")

    play.go_on("survey")
    survey(play, "before")
    play.out("survey-before")

    play.go_on("break")
    play.go_on("writing")
    for name in play.names[:6]:
        play.phones[name].note(f"{name} thinks of the smoke.", private=True)
    play.phones[play.names[7]].note("My dog hides for a week.")
    everywhere = [screen.look() for screen in (*play.table_screens, play.wall)]
    assert not any("thinks of the smoke" in page for page in everywhere)
    assert "thinks of the smoke" not in lead.look()
    assert "thinks of the smoke" in play.phones[play.names[0]].look()
    assert "My dog hides for a week." in lead.look()
    play.out("notes")

    play.go_on("pairs")
    play.go_on("table")
    for number, screen in enumerate(play.table_screens, 1):
        screen.note(f"Table {number} wants it to stay.")
    assert all(f"Table {number} wants it to stay." in lead.look() for number in (1, 2, 3))
    play.out("notes")

    play.go_on("plenary")
    lead.name_theme("It belongs to us", "Ni biau hi")
    lead.put_under("Table 1 wants", "It belongs to us")
    lead.look()
    lead.press("On the wall Table 2 wants it to stay.")
    assert "Table 2 wants it to stay." in play.wall.look()
    shown = lead.open(f"{lead.console}/themes")
    assert shown.words.index("It belongs to us") < shown.words.index("Table 1 wants it to stay.")
    play.out("themes")

    play.go_on("break")
    for item in (1, 2, 3):
        play.go_on("witness")
        for screen in play.table_screens:
            screen.at_step(3)
        assert "Questions from the tables" in lead.look()
        lead.heard(item, 25)
    slot = WitnessScreen(play.hall, play.codes["Witness: The fire officer"]).look()
    assert "Your time" in slot and "The fire officer" in slot
    play.whisperer.say("Accelerant: something that makes a fire burn faster.")
    assert "burn faster" in play.wall.look()
    play.go_on("questions")
    choose_questions(play, QUESTIONS, play.first_day + timedelta(days=5))
    play.out("questions")
    play.go_on("survey")
    survey(play, "exit")
    play.out("exit")
    play.end()


def the_witnesses_answer(play: Play) -> None:
    """Witnesses on their own screens, and an official for the others, one of them late."""
    play.turn_to(play.first_day + timedelta(days=3), time(18, 0))
    organiser, officer = (WitnessScreen(play.hall, play.codes[f"Witness: {WITNESSES[one][0]}"])
                          for one in (0, 1))
    organiser.answer(1, "It cost £18,000.")
    organiser.answer(4, "The council did.")
    officer.answer(2, "Eleven people.")
    officer.answer(6, "Two streets, with little wind.")
    assert "Who clears it up?" not in officer.page, "a witness sees what is theirs alone"
    play.official.sign_in()
    play.official.answer(3, "The council’s men, on Sunday.")
    answers_are_public(play, ["It cost £18,000.", "Eleven people."], answered=5, late=0)
    play.turn_to(play.first_day + timedelta(days=6), time(9, 0))
    play.official.sign_in()
    play.official.answer(5, "Most have one fire for all.")
    answers_are_public(play, ["Most have one fire for all."], answered=6, late=1)


def session_2_test_the_evidence(play: Play) -> None:
    lead = play.lead
    play.begin(2)
    play.check_in()
    assert "1 question waits for an answer. 1 late" in play.hall.public("/jury/evidence")
    play.official.answer(7, "They hide for a week.")
    answers_are_public(play, ["They hide for a week."], answered=7, late=2)
    assert "The time is not even" in lead.look(), "as it is planned already"
    for kind, item, minutes in (("witness", 4, 25), ("witness", 5, 25), ("break", 0, 0),
                                ("witness", 6, 20)):
        play.go_on(kind)
        if item:
            lead.heard(item, minutes)
    equal_time(play)
    play.go_on("claims")
    weigh_claims(play, CLAIMS)
    play.out("claims")
    play.go_on("break")
    play.go_on("criteria")
    gather_criteria(play)
    play.out("criteria")
    play.go_on("dots")
    narrow_by_dots(play)
    play.out("criteria")
    play.go_on("table")
    play.go_on("survey")
    survey(play, "exit", jurors=FEW)
    play.out("exit")
    play.end()


def equal_time(play: Play) -> None:
    """45 minutes for, 75 for care: who leads says in public why."""
    lead = play.lead
    uneven = "“Reasons for” has 40% less time than the other side."
    public = play.hall.public("/jury/evidence")
    assert uneven in public, public.words
    assert "The facilitator has to even it out, or say here why it is so." in public
    assert uneven in lead.look()
    lead.open(f"{JURY}/evidence")
    lead.act("explain", **{"note-text_en": "Two of them could come only today.",
                           "note-text_cy": "Dim ond heddiw y gallai dau ohonynt ddod."})
    assert "The time is not even" not in lead.look()
    public = play.hall.public("/jury/evidence")
    assert uneven in public and "Two of them could come only today." in public
    assert "Dim ond heddiw" in play.hall.public("/jury/evidence", "cy")


def session_3_options(play: Play) -> None:
    lead, absent = play.lead, play.names[3]
    play.official.open(f"{JURY}/choice")
    play.official.declare(3, 4, "The whole town")
    assert "So that people choose among whole options." in play.hall.public("/jury/choice")
    play.begin(3)
    play.check_in(absent=(absent,))
    play.go_on("table")
    play.table_screens[0].note("A fire in each park.")
    assert "A fire in each park." in lead.look()
    play.out("notes")
    play.go_on("plenary")
    lead.name_theme("Smaller fires", "Tanau llai")
    lead.put_under("A fire in each", "Smaller fires")
    play.out("themes")
    play.go_on("break")

    play.go_on("draft")
    for place, title in enumerate(TITLES):
        play.table_screens[place % 3].draft(option(title, 15_000 + 5_000 * place))
    listed = lead.open(f"{JURY}/drafts")
    assert all(title in listed for title in TITLES)
    play.out("options")

    play.go_on("break")
    play.go_on("pressure")
    for place in range(len(TITLES)):
        tester = play.table_screens[(place + 1) % 3]
        tester.test_draft(place + 1, "Who pays when it rains?" if place == 0 else "")
    assert "Who pays when it rains?" in play.table_screens[0].open("/room/drafts/1")
    play.out("tests")

    play.go_on("draft")
    play.table_screens[0].answer_objection(1, "The stewards are paid all the same.")
    assert "The stewards are paid all the same." in lead.open(f"{JURY}/drafts/1")
    for place in range(len(TITLES)):
        lead.open(f"{JURY}/drafts/{place + 1}")
        lead.press("It is ready for the vote")
    play.out("options")
    play.go_on("table")
    play.go_on("survey")
    survey(play, "exit", jurors=FEW)
    play.out("exit")
    play.end()


def session_4_decide(play: Play) -> None:
    lead = play.lead
    play.begin(4)
    play.check_in()
    play.go_on("pause")
    play.go_on("ranked")
    lead.on_choice("Ask the jury: open the ranked vote")
    orders = [(0, 1)] * 6 + [(1, 2)] * 5 + [(2, 3)] * 5 + [(3, 2)] * 2
    play.everybody_votes({
        name: {f"option-{first}": "1", f"option-{second}": "2"}
        for name, (first, second) in zip(play.names, orders, strict=True)
    })
    assert "18 votes are in." in play.wall.look()
    assert "Chosen by the single transferable vote" in lead.close_vote()
    lead.on_choice("Take down what the jury chose")
    public = play.hall.public("/jury/choice")
    assert all(title in public for title in TITLES), "what is left off keeps its page"
    play.out("ranked")

    play.go_on("break")
    play.go_on("draft")
    lead.recommend("Pay stewards at every fire.", "Talwch stiwardiaid ym mhob tân.")
    lead.recommend("Every fire needs a licence.", "Mae angen trwydded ar bob tân.")
    worded = lead.open(f"{JURY}/recommendations")
    assert "Every fire needs a licence." in worded
    assert "Every fire needs" not in play.hall.public("/jury/recommendations")
    play.out("recommendations")
    play.go_on("break")
    play.go_on("comfort")
    answers = {name: {"answer": ("love", "like", "live")[place % 3]}
               for place, name in enumerate(play.names)}
    lead.open_vote("comfort", "Stewards", text="Pay stewards at every fire.")
    play.everybody_votes(answers)
    assert "18 of 18 jurors; 15 were needed." in lead.close_vote()
    against = {name: {"answer": "loathe"} for name in play.names[:4]}
    lead.open_vote("comfort", "A licence", text="Every fire needs a licence.")
    play.everybody_votes(answers | against)
    assert "14 of 18 jurors; 15 were needed." in lead.close_vote()
    lead.repair("A licence", "Every fire over two metres needs a licence.")
    play.everybody_votes(answers | against)
    assert "The jury did not agree" in lead.close_vote()
    lead.name_vote(1, "Stewards")
    lead.name_vote(2, "A licence (second round)",
                   text_en="Every fire over two metres needs a licence.",
                   text_cy="Mae angen trwydded ar bob tân dros ddau fetr.")
    done = lead.open(f"{JURY}/recommendations")
    assert "The jury agreed" in done and "The jury did not agree" in done
    play.out("recommendations")

    play.go_on("table")
    page = lead.open(f"{JURY}/recommendations")
    form = next(one for one in page.forms if ("act", "note") in one.fields)
    prefix = next(name for name in form.known if name.endswith("-jurors"))[:-7]
    lead.send(form, form.buttons[0], 200, {
        f"{prefix}-text_en": "Stewards cost more than they help.",
        f"{prefix}-text_cy": "Mae stiwardiaid yn costio mwy nag y maent yn helpu.",
        f"{prefix}-jurors": "2"})
    assert "Minority note Stewards cost more than they help." in lead.page
    play.out("minority")

    play.go_on("survey")
    survey(play, "after", "quality")
    evaluation(play)
    play.out("survey-after")

    play.go_on("plenary")
    assert "Pay stewards" not in play.hall.public("/jury/recommendations")
    lead.open(f"{JURY}/recommendations")
    lead.press("Hand them over")
    report = play.hall.public("/jury/recommendations")
    for words in ("Pay stewards at every fire.", "The jury agreed", "The jury did not agree",
                  "Every fire needs a licence.", "Every fire over two metres needs a licence.",
                  "Stewards cost more than they help.", "2 jurors"):
        assert words in report, words
    assert "Talwch stiwardiaid ym mhob tân." in play.hall.public("/jury/recommendations", "cy")
    thanks_and_payments(play)
    play.out("report")
    play.end()
    options_on_the_ballot(play)


def options_on_the_ballot(play: Play) -> None:
    """Two officials put the three options on the ballot."""
    site = play.site
    play.official.open(f"{JURY}/choice")
    play.official.press("Put it on the ballot")
    with site.database.reading() as session:
        assert not project_rows(session, play.process), "one official's word is not enough"
    second = build.actor(site, build.a_person(site, "Gethin", "deputy", "shared-budget"))
    build.do(site, confirm_act, 1, 1, actor=second)
    with site.database.reading() as session:
        found = {one.title["en"]: one.cost for one in project_rows(session, play.process)}
    assert found == {TITLES[0]: 1_500_000, TITLES[1]: 2_000_000, TITLES[2]: 2_500_000}


def thirty_days_later(play: Play) -> None:
    """One reply in time, one late; jurors say what they think of it."""
    play.clock.turn(days=20)
    play.official.sign_in()
    play.official.reply(1, "accept", {"en": "Stewards are in the budget.",
                                      "cy": "Mae stiwardiaid yn y gyllideb."}, "Fire service")
    play.clock.turn(days=20)
    assert "No reply" in play.hall.public("/jury/recommendations")
    play.official.sign_in()
    play.official.reply(2, "reject", {"en": "The law does not allow it.",
                                      "cy": "Nid yw’r gyfraith yn caniatáu hynny."}, "Police")
    play._let_in()
    for place, name in enumerate(play.names[:6]):
        play.phones[name].rate(1, 6 + place % 3, "begun")
    shown = play.hall.public("/jury/recommendations")
    for words in ("Stewards are in the budget.", "Rejected", "The law does not allow it.",
                  "late", "1 of 2", "7 out of 10"):
        assert words in shown, words
    assert not any(name in shown for name in play.names)
    assert timedelta(days=40) < play.clock.now - build.WHEN["assessment"]
