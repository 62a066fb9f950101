"""Jurors ask witnesses: in private, with gaps shown, and with answers that come late or in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from deliberation.evidence import asking, queries, rules, services
from deliberation.evidence.models import Question
from deliberation.panels import services as panels
from deliberation.sessions import running
from deliberation.sessions.queries import passes_of
from deliberation.sessions.services import code_of, keep_seats
from deliberation.weighing.models import Mark, Round
from pb.core.audit import AuditRow
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_evidence import PUBLIC, signed_in, value
from tests.deliberation.test_room import OFFICE, codes, enter, jury, room
from tests.support.app import client, hidden
from tests.support.clock import TurnableClock

__all__ = ["jury"]


@pytest.fixture
def sitting(site: Site, jury: dict[str, Any]) -> dict[str, Any]:
    """The first session runs, twenty-four are here at four tables; two witnesses are known."""
    run, lead, first = site.work.run, jury["lead"], jury["sessions"][0]
    people = [one.id for one in room(site, jury).jury.jurors if not one.reserve]
    run(keep_seats, lead, first, {one: place % 4 + 1 for place, one in enumerate(people)}, True)
    run(running.start, lead, first, 0)
    for one in people:
        run(running.be_present, lead, first, one, True)
    run(services.add, lead, jury["id"], value("for", 25, "Dewi"))
    run(services.add, lead, jury["id"], value("care", 25, "Nerys"))
    role = Actor(name="juror", grants=frozenset({("juror", jury["process"])}))
    return {**jury, "people": people, "juror": role, "first": first}


def ask(site: Site, at: dict[str, Any], who: int, text: str, witness: str = "Dewi") -> int:
    return int(site.work.run(asking.ask, at["juror"], at["first"], at["people"][who], witness,
                             text, "en"))


def want(site: Site, at: dict[str, Any], who: int, *numbers: int) -> None:
    site.work.run(asking.want, at["juror"], at["first"], at["people"][who],
                  [str(one) for one in numbers])


def known(site: Site, at: dict[str, Any]) -> dict[int, Question]:
    with site.database.reading() as session:
        found = queries.questions_of(session, at["id"], site.clock(), UTC)
        session.expunge_all()
        return {view.question.number: view.question for view in found}


def count(site: Site, table: Any) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def witness_code(site: Site, at: dict[str, Any], name: str) -> str:
    with site.database.reading() as session:
        item = next(one.id for one in queries.library(session, at["id"]).items
                    if one.witness == name)
    site.work.run(services.make_witness_screen, at["lead"], item)
    with site.database.reading() as session:
        return next(code_of(site.secrets, one) for one in passes_of(session, at["id"])
                    if one.name == name)


def test_the_most_wanted_are_kept_and_earlier_ones_first() -> None:
    slate = rules.slate([str(one) for one in range(1, 10)],
                        [{"9", "2"}, {"9", "3"}, {"4"}, {"5"}, {"6"}, {"7"}, {"9"}])
    assert slate.chosen == ("9", "2", "3", "4", "5", "6")
    assert slate.wanted["9"] == 3 and slate.wanted["1"] == 0
    assert rules.slate(["1", "2"], []).chosen == (), "what nobody wants is not asked"


def test_a_group_that_is_left_out_is_shown_and_its_question_can_be_sent(
    site: Site, sitting: dict[str, Any]
) -> None:
    run, lead = site.work.run, sitting["lead"]
    run(asking.open_choice, lead, sitting["first"])
    for number in range(7):
        assert ask(site, sitting, number, f"Question {number}?") == number + 1
    for who in range(20):  # all of them want the same six
        want(site, sitting, who, 1, 2, 3, 4, 5, 6)
    for who in range(20, 24):  # four of 24: n / k = 4
        want(site, sitting, who, 7)
    gaps = run(asking.close_choice, lead, sitting["first"])
    assert gaps == {"7": 4}
    found = known(site, sitting)
    assert [one.state for one in found.values()] == ["kept"] * 6 + ["left"]
    assert (found[1].wanted, found[7].wanted, found[7].gap) == (20, 4, 4)
    page = signed_in(site, sitting, "lead").get(f"{OFFICE}/questions").text
    assert "4 jurors are left out." in page
    run(asking.keep_gap, lead, found[7].id)
    with pytest.raises(Conflict, match=r"question\.no_gap"):
        run(asking.keep_gap, lead, found[7].id)
    assert run(asking.send, lead, sitting["id"], date(2027, 6, 1)) == 7


def test_what_jurors_want_is_sealed_and_no_row_tells_who_asked(
    site: Site, sitting: dict[str, Any]
) -> None:
    run, lead = site.work.run, sitting["lead"]
    run(asking.open_choice, lead, sitting["first"])
    rows = count(site, AuditRow)
    ask(site, sitting, 0, "Who pays?")
    want(site, sitting, 1, 1)
    assert count(site, AuditRow) == rows, "few jurors in one order are half of who said what"
    with site.database.reading() as session:
        sealed = list(session.scalars(select(Mark.sealed)))
        assert len(sealed) == 2 and not any(b"want" in one for one in sealed)
        assert session.scalars(select(Round.result)).one() == {}
    page = signed_in(site, sitting, "lead").get(f"{OFFICE}/questions").text
    assert "2 jurors have marked" in page and "Kept" not in page
    run(asking.close_choice, lead, sitting["first"], [{"1"}, {"1"}])
    assert count(site, Mark) == 0, "the marks are gone"
    assert known(site, sitting)[1].wanted == 4
    with pytest.raises(Conflict, match=r"round\.closed"):
        want(site, sitting, 2, 1)


def test_who_may_not_mark(site: Site, sitting: dict[str, Any]) -> None:
    run, lead, first = site.work.run, sitting["lead"], sitting["first"]
    with pytest.raises(Conflict, match=r"round\.closed"):
        ask(site, sitting, 0, "Too early?")
    run(asking.open_choice, lead, first)
    ask(site, sitting, 0, "Who pays?")
    run(running.be_present, lead, first, sitting["people"][5], False)
    with pytest.raises(Conflict, match=r"round\.not_eligible"):
        want(site, sitting, 5, 1)
    with pytest.raises(Invalid, match=r"round\.mark"):
        want(site, sitting, 1, 99)
    with pytest.raises(Invalid, match=r"question\.witness"):
        ask(site, sitting, 1, "And you?", "Nobody")
    want(site, sitting, 1, 1)
    run(panels.let_go, lead, sitting["id"], sitting["people"][1])
    with pytest.raises(Invalid, match=r"round\.mark"):
        run(asking.close_choice, lead, first, [{"99"}])
    run(asking.close_choice, lead, first)
    assert known(site, sitting)[1].wanted == 1, "who left does not count"
    for actor in (sitting["official"], Actor(name="observer", grants=frozenset(
            {("observer", sitting["process"])}))):
        for command, arguments in (
            (asking.open_choice, (first,)), (asking.close_choice, (first,)),
            (asking.put_in, (first, "", "x", "en")), (asking.send, (sitting["id"],
                                                                    date(2027, 6, 1))),
            (asking.want, (first, sitting["people"][0], ["1"])),
            (asking.ask, (first, sitting["people"][0], "", "x", "en")),
        ):
            with pytest.raises(NotAllowed):
                run(command, actor, *arguments)


def test_an_answer_is_public_with_its_day_and_late_ones_say_so(
    site: Site, sitting: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead = site.work.run, sitting["lead"]
    run(asking.put_in, lead, sitting["first"], "Dewi", "Who pays?", "en")
    run(asking.put_in, lead, sitting["first"], "Nerys", "Pwy sy’n gofalu?", "cy")
    run(asking.open_choice, lead, sitting["first"])
    run(asking.close_choice, lead, sitting["first"], [{"1", "2"}])
    one, two = known(site, sitting).values()
    with pytest.raises(Conflict, match=r"question\.not_sent"):
        run(asking.answer, lead, one.id, "We do.", "en")
    today = site.clock().date()
    with pytest.raises(Invalid, match=r"question\.due"):
        run(asking.send, lead, sitting["id"], today - timedelta(days=1))
    run(asking.send, lead, sitting["id"], today + timedelta(days=2))
    page = client(site).get(PUBLIC).text
    assert "2 questions wait for an answer." in page and "Who pays?" not in page
    run(asking.answer, sitting["official"], one.id, "The council pays.", "en")
    assert "The council pays." in client(site).get(PUBLIC).text
    clock.now += timedelta(days=4)
    page = client(site).get(PUBLIC).text
    assert "1 late" in page and 'tag-stop">Late<' not in page
    run(asking.answer, lead, two.id, "Neb.", "cy")
    page = client(site).get(PUBLIC).text
    assert page.count('tag-stop">Late<') == 1 and "Neb." in page
    # An answer that is changed keeps the day of the first.
    run(asking.answer, sitting["official"], one.id, "The council and you pay.", "en")
    answered = known(site, sitting)[1].answered_at
    assert isinstance(answered, datetime) and answered.date() == today


def test_a_witness_sees_and_answers_their_own_and_nobody_elses(
    site: Site, sitting: dict[str, Any]
) -> None:
    run, lead = site.work.run, sitting["lead"]
    run(asking.put_in, lead, sitting["first"], "Dewi", "Who pays?", "en")
    run(asking.put_in, lead, sitting["first"], "Nerys", "Who cares?", "en")
    run(asking.open_choice, lead, sitting["first"])
    run(asking.close_choice, lead, sitting["first"], [{"1", "2"}])
    run(asking.send, lead, sitting["id"], date(2027, 6, 1))
    found = known(site, sitting)
    dewi = enter(site, witness_code(site, sitting, "Dewi"))
    screen = dewi.get("/room/screen").text
    assert "On for" in screen and "1 question waits for your answer." in screen
    assert "data-ends=" in screen, "the clock"
    page = dewi.get("/room/questions")
    assert "Who pays?" in page.text and "Who cares?" not in page.text
    wrong = dewi.post("/room/questions", data={**hidden(page.text), "answer": " ",
                                               "which": str(found[1].id)})
    assert wrong.status_code == 422
    other = dewi.post("/room/questions", data={"answer": "Mine!", "which": str(found[2].id)})
    assert other.status_code == 404
    dewi.post("/room/questions", data={"answer": "We pay.", "which": str(found[1].id)})
    assert known(site, sitting)[1].answered_by == "Dewi"
    nobody = Actor(name="witness", grants=frozenset({("witness", sitting["process"])}))
    for name in (None, "", "Dewi"):
        with pytest.raises(NotFound):
            run(asking.answer, nobody, found[2].id, "Mine!", "en", name)


def test_jurors_ask_and_choose_on_their_phones(site: Site, sitting: dict[str, Any]) -> None:
    passes = codes(site, sitting)
    phone = enter(site, passes["juror", sitting["people"][0]])
    assert "Questions are not open now" in phone.get("/room/questions").text
    site.work.run(asking.open_choice, sitting["lead"], sitting["first"])
    assert "Open now" in phone.get("/room/screen").text
    page = phone.get("/room/questions")
    empty = phone.post("/room/questions", data={**hidden(page.text), "act": "ask", "text": ""})
    assert empty.status_code == 422
    phone.post("/room/questions", data={**hidden(page.text), "act": "ask", "text": "Who pays?",
                                        "witness": "Nerys"})
    page = phone.get("/room/questions").text
    assert "Who pays?" in page and "checked" in page and "Your marks are in" in page
    other = enter(site, passes["juror", sitting["people"][1]])
    page = other.get("/room/questions").text
    assert "Who pays?" in page and "checked" not in page
    other.post("/room/questions", data={"act": "want", "want-1": "yes"})
    assert "checked" in other.get("/room/questions").text
    site.work.run(asking.close_choice, sitting["lead"], sitting["first"])
    assert known(site, sitting)[1].wanted == 2
    for role in ("observer", "official", "wall", "evaluator"):
        looks = enter(site, passes[role, None])
        assert looks.get("/room/questions").status_code == 403
        assert looks.post("/room/questions", data={"act": "want", "want-1": "yes"}
                          ).status_code == 403


def test_the_office_opens_closes_and_sends(site: Site, sitting: dict[str, Any]) -> None:
    lead, official = signed_in(site, sitting, "lead"), signed_in(site, sitting, "official")

    def send(browser: Any, **data: str) -> Any:
        page = browser.get(f"{OFFICE}/questions")
        return browser.post(f"{OFFICE}/questions", data={**hidden(page.text), **data})

    assert send(official, act="open").status_code == 403
    send(lead, act="open")
    assert send(lead, act="put", text="").status_code == 422
    send(lead, act="put", text="Who pays?", witness="Dewi")
    wrong = send(lead, act="close", slips="one")
    assert wrong.status_code == 422 and "Slip 1" in wrong.text and ">one<" in wrong.text
    send(lead, act="close", slips="1\n1")
    assert send(lead, act="send", due="").status_code == 422
    page = send(lead, act="send", due="2027-06-01")
    assert "Due by" in page.text
    which = str(known(site, sitting)[1].id)
    send(official, act="answer", which=which, answer="The council pays.")
    assert "The council pays." in client(site, "cy").get(PUBLIC).text
    assert send(official, act="hide", which=which).status_code == 403
