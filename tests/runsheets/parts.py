"""Parts that both run-sheets have: questions, claims, criteria, surveys, thanks and payments.

Each plays its part with every juror on their own screen, and asserts that what the part leaves
behind is stored, is public where it is to be, and is sealed until then.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

from deliberation.claims.queries import Criteria, claims_of, criteria_of
from deliberation.evidence.queries import QuestionView, questions_of
from deliberation.surveys.queries import wave_of
from tests.runsheets.cast import JURY
from tests.runsheets.play import ZONE, Play
from tests.support.app import client

FEW = 8
"""So many answer the short survey on the way out."""
BENEFITS = "Citizens Advice, 0800 702 2020"


# -- surveys ---------------------------------------------------------------------------------


def survey(play: Play, *kinds: str, jurors: int = 0) -> None:
    """Jurors answer, without their names; nobody sees a sum before it is closed."""
    names = [name for name in play.names if name not in play.away][:jurors or None]
    for kind in kinds:
        for place, name in enumerate(names):
            play.phones[name].answer_survey(kind, place)
    before = play.lead.open(f"{JURY}/surveys")
    assert before.words.count("Close it and show the sums") == len(kinds)
    assert before.words.count(f"Open {len(names)} answers") == len(kinds)
    shown = play.lead.close_surveys()
    assert shown.words.count(" Mean ") >= before.words.count(" Mean ") + len(kinds)
    stored = play.stored()
    with play.site.database.reading() as session:
        for kind in kinds:
            wave = wave_of(session, stored.jury.id, kind, stored.session.id)
            assert wave is not None and wave.closed_at is not None
            assert wave.result["answers"] == len(names), (kind, wave.result)
    assert not any(name in shown for name in play.names)


def evaluation(play: Play) -> None:
    """What changed between the first and the last survey is published: sums alone."""
    assert "Not published yet" in play.hall.public("/jury/evaluation")
    play.official.open(f"{JURY}/evaluation")
    play.official.press("Publish the figures as they are now")
    public = play.hall.public("/jury/evaluation")
    assert "Before and after" in public and "Mean change" in public
    assert not any(name in public for name in play.names)


# -- questions -------------------------------------------------------------------------------


def choose_questions(play: Play, questions: Sequence[tuple[str, str]], due: date) -> None:
    """Seven jurors ask (``questions``: the words, and whom), all say in private what they want to
    be asked. Six are kept; the seventh is what a group wants that was left out, and is sent too.
    """
    lead, names = play.lead, play.names
    assert len(questions) == 7
    lead.open(f"{JURY}/questions")
    lead.press("Open it on the jurors’ screens")
    for name, (words, witness) in zip(names, questions, strict=False):
        play.phones[name].ask(words, witness)
    left_out = len(names) // 6  # as many as one of six places stands for
    for place, name in enumerate(names[:-left_out]):
        play.phones[name].want([place % 3 + 1, place % 3 + 4])
    for name in names[-left_out:]:
        play.phones[name].want([7])
    sealed = lead.open(f"{JURY}/questions")
    assert f"{len(names)} jurors have marked what they want." in sealed
    assert "The slate" not in sealed
    assert "Questions of the jury" not in play.hall.public("/jury/evidence")
    done = lead.act("close")
    assert f"{left_out} jurors are left out." in done
    lead.press("Send this one too: 7")
    lead.act("send", due=str(due))
    for view in questions_stored(play):
        number = view.question.number
        assert (view.question.state, view.question.due) == ("kept", due), number
        wanted = left_out if number == 7 else len(names[:-left_out][(number - 1) % 3::3])
        assert view.question.wanted == wanted, number
        assert view.question.gap == (left_out if number == 7 else 0)
    assert "7 questions wait for an answer." in play.hall.public("/jury/evidence")
    phone = play.phones[names[0]].open("/room/questions")
    assert all(words in phone for words, _witness in questions)


def questions_stored(play: Play) -> list[QuestionView]:
    jury = play.stored().jury.id
    with play.site.database.reading() as session:
        found = questions_of(session, jury, play.clock.now, ZONE)
        session.expunge_all()
    return list(found)


def answers_are_public(play: Play, words: Sequence[str], answered: int, late: int) -> None:
    """Everybody reads the questions with their answers, the day of each, and which came late."""
    for page in (play.hall.public("/jury/evidence"),
                 play.phones[play.names[0]].open("/room/evidence")):
        assert all(one in page for one in words), page.words
        assert page.words.count("Answered on") == answered
        assert page.words.count("Late") == late


# -- claims and criteria ---------------------------------------------------------------------


def weigh_claims(play: Play, claims: Sequence[tuple[str, str, str]]) -> None:
    """Three claims (words, kind, source), a table each. All weigh them on their phones but one,
    who does on paper."""
    lead, names = play.lead, [name for name in play.names if name not in play.away]
    for screen, claim in zip(play.table_screens, claims, strict=False):
        screen.claim(*claim)
    lead.open(f"{JURY}/claims")
    lead.press("Open it on the jurors’ screens")
    for place, name in enumerate(names[:-1]):
        play.phones[name].weigh({1: "reliable", 2: "unsure" if place % 2 else "not"},
                                [1] if place < 10 else [])
    page = lead.open(f"{JURY}/claims")
    assert f"{len(names) - 1} jurors have weighed them." in page
    assert "Claims that were weighed" not in page
    assert "No claim is weighed yet." in play.hall.public("/jury/claims")
    lead.act("close", slips="1n 2u! 3r")
    jury = play.stored().jury.id
    with play.site.database.reading() as session:
        found = {one.claim.number: one for one in claims_of(session, jury)}
        session.expunge_all()
    on_screen = len(names) - 1
    assert {one.of for one in found.values()} == {len(names)}
    assert found[1].sums["trust"] == {"reliable": on_screen, "unsure": 0, "not": 1}
    assert found[1].sums["important"] == {"yes": 10}
    assert found[2].sums["trust"]["unsure"] == on_screen // 2 + 1
    assert found[3].sums["trust"]["reliable"] == 1
    public = play.hall.public("/jury/claims")
    assert f"{on_screen} reliable, 0 unsure, 1 not" in public
    for words, _kind, source in claims:
        assert words in public and f"From: {source}" in public
    assert "10 jurors call it important." in public


CRITERIA = (("Safe", "Diogel"), ("Open to all", "Agored i bawb"), ("Good value", "Gwerth da"),
            ("Quiet", "Tawel"), ("It lasts", "Mae’n para"))


def gather_criteria(play: Play) -> None:
    """Each table says what it would judge by; who leads names the clusters."""
    lead = play.lead
    for number, screen in enumerate(play.table_screens, 1):
        screen.judges_by(f"It is fair to street {number}.")
    for english, welsh in CRITERIA:
        lead.open(f"{JURY}/claims")
        lead.act("name", **{"name-name_en": english, "name-name_cy": welsh})
    lead.open(f"{JURY}/claims")
    lead.put_under("It is fair to street 1.", "Open to all", "criterion")
    found = criteria_stored(play)
    assert [len(view.ideas) for view in found.views] == [0, 1, 0, 0, 0]
    assert len(found.loose) == play.tables - 1 and not found.decided
    public = play.hall.public("/jury/claims")
    assert all(english in public for english, _welsh in CRITERIA) and "Dots:" not in public


def narrow_by_dots(play: Play) -> None:
    """Five dots each, hidden until the close; then the criteria stand in their order."""
    lead = play.lead
    lead.open(f"{JURY}/claims")
    lead.press("Open the vote with dots")
    play.everybody_votes({
        name: {"option-0": "3", "option-1": "2"} if place % 2 else {"option-3": "5"}
        for place, name in enumerate(play.names)
    })
    while_open = play.wall.look()
    assert f"{len(play.names)} votes are in." in while_open
    hidden = play.hall.public("/jury/claims")
    assert "Dots:" not in hidden
    lead.close_vote()
    half = len(play.names) // 2
    found = criteria_stored(play)
    assert found.decided
    assert [(view.criterion.name["en"], view.dots) for view in found.views] == [
        ("Quiet", 5 * half), ("Safe", 3 * half), ("Open to all", 2 * half), ("Good value", 0),
        ("It lasts", 0)]
    public, welsh = play.hall.public("/jury/claims"), play.hall.public("/jury/claims", "cy")
    found_at = [public.words.index(one) for one in (
        "Quiet", f"Dots: {5 * half}", "Safe", f"Dots: {3 * half}", f"Dots: {2 * half}", "Dots: 0")]
    assert found_at == sorted(found_at), public.words
    assert all(name in welsh for _english, name in CRITERIA)
    assert "Quiet" in play.phones[play.names[0]].open("/room/claims")


def criteria_stored(play: Play) -> Criteria:
    jury = play.stored().jury.id
    with play.site.database.reading() as session:
        found = criteria_of(session, jury)
        session.expunge_all()
    return found


# -- the end ---------------------------------------------------------------------------------


def thanks_and_payments(play: Play) -> None:
    """A certificate for each, and a list of what is due."""
    official, first, came = play.official, play.names[0], play.came
    official.open(f"{JURY}/payments")
    official.press("Save", amount="70.00", benefits_en=BENEFITS,
                   benefits_cy=BENEFITS)
    phone = play.phones[first]
    own = phone.open("/room/payment")
    assert "A payment may count as income and change your benefits" in own and BENEFITS in own
    assert f"Sessions you came to: {came[first]}." in own
    phone.press("Ask for it", kind="care", amount="12.50", words="Care for my mother")
    play.phones[play.names[1]].open("/room/payment")
    play.phones[play.names[1]].press("Save", choice="declined")
    official.open(f"{JURY}/payments")
    official.press(f"Agree: {first}, £12.50")
    official.press(f"Mark as paid: {first}")
    sheet = client(play.site).get  # nobody but an official opens the list
    assert sheet(f"{JURY}/payments/list.csv", follow_redirects=False).status_code in (303, 403)
    rows = list(csv.reader(io.StringIO(
        official.client.get(f"{JURY}/payments/list.csv").text.removeprefix("\ufeff"))))[1:]
    due = {row[1]: (row[4], row[5]) for row in rows}
    assert due[first] == ("0.00", f"{70 * came[first] + 12}.50")
    assert due[play.names[1]] == ("0.00", "0.00")
    for name in play.names[2:]:
        assert due[name] == (f"{70 * came[name]}.00", "0.00"), name
    sheets = play.lead.open(f"{JURY}/certificates")
    for name in play.names:
        assert sheets.words.count(name) == 2, "in both languages"
    assert f"Sessions: {came[first]}." in sheets


