"""The first run-sheet: 18 jurors and 3 reserves write options for a ballot in four sessions, and
the police, the fire service and the council reply to what they recommend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from pb.core.site import Site
from pb.office.services import confirm_act
from pb.projects.queries import project_rows
from tests.runsheets.cast import JURY
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
    session_1_learn(play)
    session_2_test_the_evidence(play)
    session_3_options(play)
    session_4_decide(play)
    thirty_days_later(play)


def survey(play: Play, *kinds: str) -> None:
    for kind in kinds:
        for place, name in enumerate(play.names):
            play.phones[name].answer_survey(kind, place)
    shown = play.lead.open(f"{JURY}/surveys")
    assert "18" in shown and "Closed" not in shown.words.partition("Session")[0]


def session_1_learn(play: Play) -> None:
    lead = play.lead
    play.begin(1)
    play.check_in()
    play.out("attendance")

    play.go_on("welcome")
    for phone in play.phones.values():
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
    lead.close_surveys()

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
    for _ in range(3):
        play.go_on("witness")
        for screen in play.table_screens:
            screen.at_step(3)
        assert "Questions from the tables" in lead.look()
    play.whisperer.say("Accelerant: something that makes a fire burn faster.")
    assert "burn faster" in play.wall.look()
    play.go_on("questions")
    play.go_on("survey")
    survey(play, "exit")
    play.out("exit")
    lead.close_surveys()
    play.end()


def session_2_test_the_evidence(play: Play) -> None:
    lead = play.lead
    play.begin(2)
    play.check_in()
    for kind in ("witness", "witness", "break", "witness", "claims", "break", "criteria"):
        play.go_on(kind)
    for number, screen in enumerate(play.table_screens, 1):
        screen.note(f"It is safe for street {number}.")
    play.go_on("dots")
    lead.open_vote("dots", "What a good option must do", options="Safe\nOpen to all\nCheap\nQuiet",
                   each="5")
    play.everybody_votes({
        name: {"option-0": "3", "option-1": "2"} if place % 2 else {"option-0": "1",
                                                                    "option-3": "4"}
        for place, name in enumerate(play.names)
    })
    while_open = play.wall.look()
    assert "18 votes are in." in while_open and "Safe 36" not in while_open
    done = lead.close_vote()
    assert "Safe 36" in done and "Quiet 36" in done and "Open to all 18" in done
    assert "Cheap 0" in done
    play.out("criteria")
    play.go_on("table")
    play.go_on("survey")
    survey(play, "exit")
    lead.close_surveys()
    play.end()


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
    lead.recommend("Pay stewards at every fire.", "Talwch stiwardiaid ym mhob tân.", "Stewards")
    lead.recommend("Every fire over two metres needs a licence.",
                   "Mae angen trwydded ar bob tân dros ddau fetr.", "A licence (second round)")
    play.out("recommendations")

    play.go_on("table")
    page = lead.open(f"{JURY}/recommendations")
    form = next(one for one in page.forms if ("act", "note") in one.fields)
    prefix = next(name for name in form.known if name.endswith("-jurors"))[:-7]
    lead.send(form, form.buttons[0], 200, {
        f"{prefix}-text_en": "Stewards cost more than they help.",
        f"{prefix}-text_cy": "Mae stiwardiaid yn costio mwy nag y maent yn helpu.",
        f"{prefix}-jurors": "2"})
    play.out("minority")

    play.go_on("survey")
    survey(play, "after", "quality")
    lead.close_surveys()
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
