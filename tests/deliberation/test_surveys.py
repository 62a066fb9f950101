"""Surveys: answers without names that pair, papers by code, sums from five answers and no more."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select, text

from deliberation.sessions import queries as sessions
from deliberation.sessions import running
from deliberation.surveys import codes, queries, rules, services
from deliberation.surveys.models import SurveyAnswer, SurveyWave
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_room import OFFICE, enter, jury, room
from tests.deliberation.test_room import codes as room_codes
from tests.support import build
from tests.support.app import client, hidden

__all__ = ["jury"]


def juror(jury: dict[str, Any]) -> Actor:
    return Actor(name="juror", grants=frozenset({("juror", jury["process"])}))


def run_to(site: Site, jury: dict[str, Any], out: str, which: int = 0) -> None:
    """A session goes on until the item with this ``out`` runs."""
    session_id = jury["sessions"][which]
    view = room(site, jury, which)
    if view.session.state == "planned":
        site.work.run(running.start, jury["lead"], session_id, view.session.version)
    while (view := room(site, jury, which)).current.out != out:
        site.work.run(running.advance, jury["lead"], session_id, view.session.version)


def finish(site: Site, jury: dict[str, Any], which: int) -> None:
    while (view := room(site, jury, which)).session.state == "running":
        site.work.run(running.advance, jury["lead"], jury["sessions"][which],
                      view.session.version)


def say(site: Site, jury: dict[str, Any], place: int, kind: str, answers: dict[str, Any],
        which: int = 0) -> None:
    one = room(site, jury, which).jury.jurors[place]
    site.work.run(services.answer, juror(jury), jury["sessions"][which], one.id, kind, answers)


def wave(site: Site, jury: dict[str, Any], kind: str) -> Any:
    with site.database.reading() as session:
        found = queries.wave_of(session, jury["id"], kind)
        session.expunge_all()
        return found


def test_the_questions_come_in_both_languages_with_the_ten_of_quality() -> None:
    for kind in rules.KINDS:
        for item in rules.default_items(kind):
            texts = [item["text"], *item.get("options", ())]
            assert all(set(one) == {"en", "cy"} for one in texts)
    assert [one["key"] for one in rules.default_items("quality")] == [
        "time", "chances", "heard", "domination", "impartial", "balanced", "understood",
        "pressure", "wording", "act",
    ]
    assert all((one["least"], one["most"]) == (0, 10) for one in rules.default_items("quality"))
    assert len(rules.default_items("exit")) == 3, "three taps"
    sections = {one["section"] for one in rules.default_items("before")}
    assert sections == {"attitude", "consideration", "rank", "trust"}


def test_sums_come_from_five_answers_for_the_wave_and_for_each_question() -> None:
    items = rules.default_items("exit")
    four = [{"time": 7, "heard": 3}] * 4
    assert rules.result(items, four, 0) == {"answers": 4, "paper": 0, "items": {}}
    found = rules.result(items, [*four, {"time": 2}], 1)["items"]
    assert Fraction(*found["time"]["mean"]) == 6
    assert found["time"]["spread"] == [0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0]
    assert found["time"]["formula"] == rules.MEAN
    assert found["heard"] == {"answers": 4}, "four answers to a question are not told apart"


def test_what_cannot_stand_is_refused() -> None:
    items = rules.default_items("before")
    for answers, code in (
        ({}, "survey.empty"), ({"attitude1": 8}, "survey.number"),
        ({"attitude1": True}, "survey.number"), ({"rank": [0, 0, 1, 2]}, "survey.rank"),
        ({"rank": [0]}, "survey.rank"), ({"other": 1}, "survey.empty"),
    ):
        with pytest.raises(rules.AnswerError, match=re.escape(code)):
            rules.checked(items, answers)
    assert rules.checked(items, {"rank": [2, 0, 1, 3]}) == {"rank": [2, 0, 1, 3]}


def test_a_survey_opens_with_its_part_of_the_agenda(site: Site, jury: dict[str, Any]) -> None:
    run_to(site, jury, "rules")
    with pytest.raises(Conflict, match=r"survey\.not_now"):
        say(site, jury, 0, "before", {"attitude1": 4})
    run_to(site, jury, "survey-before")
    with pytest.raises(Conflict, match=r"survey\.not_now"):
        say(site, jury, 0, "exit", {"time": 4})
    say(site, jury, 0, "before", {"attitude1": 4})
    with pytest.raises(NotAllowed):
        site.work.run(services.answer, jury["official"], jury["sessions"][0],
                      room(site, jury).jury.jurors[0].id, "before", {"attitude1": 4})
    site.work.run(services.close_wave, jury["lead"], wave(site, jury, "before").id)
    with pytest.raises(Conflict, match=r"survey\.closed"):
        say(site, jury, 1, "before", {"attitude1": 4})


def test_answers_bear_no_name_no_order_and_cannot_be_read_at_rest(
    site: Site, jury: dict[str, Any]
) -> None:
    run_to(site, jury, "survey-before")
    people = room(site, jury).jury.jurors
    for place in range(6):
        say(site, jury, place, "before", {"attitude1": place + 1})
    say(site, jury, 0, "before", {"attitude1": 7})
    site.work.run(services.close_wave, jury["lead"], wave(site, jury, "before").id)
    with site.database.reading() as session:
        rows = session.scalars(select(SurveyAnswer)).all()
        assert len(rows) == 6, "a second answer stands in the place of the first"
        assert all(b"attitude" not in one.sealed for one in rows)
        assert not {one.tag for one in rows} & {str(one.id) for one in people}
        kept = [row[0] for row in session.execute(
            text("select tag from jury_survey_answers order by rowid"))] if (
            session.get_bind().dialect.name == "sqlite") else sorted(one.tag for one in rows)
        assert kept == sorted(kept), "the order of the rows is not the order of the answers"
        logged = session.execute(text("select details from audit")).all()
        assert not any("attitude" in str(one) for one in logged)
        found = session.scalars(select(SurveyWave)).one().result
    assert found["answers"] == 6 and found["items"]["attitude1"]["spread"] == [0, 1, 1, 1, 1, 1, 1]


def test_before_and_after_pair_and_nothing_else_does(site: Site, jury: dict[str, Any]) -> None:
    run_to(site, jury, "survey-before")
    for place in range(5):
        say(site, jury, place, "before", {"attitude1": place + 1})
    for which in range(3):
        finish(site, jury, which)
        if which < 2:
            run_to(site, jury, "attendance", which + 1)
    run_to(site, jury, "survey-after", 3)
    for place in range(1, 6):
        say(site, jury, place, "after", {"attitude1": 7}, 3)
        say(site, jury, place, "quality", {"heard": 9}, 3)
    with site.database.reading() as session:
        given = {
            kind: queries.answers_of(session, site.secrets,
                                     queries.wave_of(session, jury["id"], kind))
            for kind in ("before", "after", "quality")
        }
    assert rules.pairs(given["before"], given["after"], "attitude1")[1] == [7, 7, 7, 7]
    assert sorted(rules.pairs(given["before"], given["after"], "attitude1")[0]) == [2, 3, 4, 5]
    assert not set(given["quality"]) & (set(given["before"]) | set(given["after"]))


def test_a_paper_pairs_by_its_code_and_a_misread_code_is_refused(
    site: Site, jury: dict[str, Any]
) -> None:
    run_to(site, jury, "survey-before")
    first = jury["sessions"][0]
    slip = codes.slips(site.secrets, jury["id"])[3]
    own = codes.code_of(site.secrets, jury["id"], room(site, jury).jury.jurors[0].id)
    run = site.work.run
    say(site, jury, 0, "before", {"attitude1": 1})
    run(services.enter_paper, jury["lead"], first, "before", slip.lower(), {"attitude1": 2})
    run(services.enter_paper, jury["lead"], first, "before", own, {"attitude1": 3})
    with pytest.raises(Invalid, match=r"survey\.code"):
        run(services.enter_paper, jury["lead"], first, "before", "ZZZZZ", {"attitude1": 2})
    with pytest.raises(NotAllowed):
        run(services.enter_paper, jury["official"], first, "before", slip, {"attitude1": 2})
    with site.database.reading() as session:
        sources = sorted(session.scalars(select(SurveyAnswer.source)))
    assert sources == ["paper", "paper"], "with one's own code it is the same person"


def test_questions_stay_once_they_were_asked(site: Site, jury: dict[str, Any]) -> None:
    mine = rules.opinion_items({"trust": [{"en": "I trust.", "cy": "Ymddiried."}]}, {}, [])
    site.work.run(services.set_questions, jury["official"], jury["id"], mine)
    run_to(site, jury, "survey-before")
    say(site, jury, 0, "before", {"trust1": 10})
    with pytest.raises(Conflict, match=r"survey\.asked"):
        site.work.run(services.set_questions, jury["official"], jury["id"],
                      rules.default_items("before"))
    with site.database.reading() as session:
        assert queries.items_for(session, jury["id"], "after") == mine


def test_a_juror_answers_on_the_phone_in_welsh_and_may_change_it(
    site: Site, jury: dict[str, Any]
) -> None:
    run_to(site, jury, "survey-before")
    one = room(site, jury).jury.jurors[0]
    phone = enter(site, room_codes(site, jury)["juror", one.id], "cy")
    assert "/room/survey/before" in phone.get("/room/screen").text
    page = phone.get("/room/survey/before").text
    assert "Dylai’r bobl sy’n byw yma" in page and "should decide" not in page
    form = hidden(page) | {"q-attitude1": "6", **{f"q-rank-{at}": "1" for at in range(4)}}
    wrong = phone.post("/room/survey/before", data=form)
    assert wrong.status_code == 422
    assert re.search(r'<input checked[^>]*name="q-attitude1"[^>]*value="6"', wrong.text), "kept"
    form |= {f"q-rank-{at}": str(4 - at) for at in range(4)}
    sent = phone.post("/room/survey/before", data=form)
    assert sent.status_code == 200 and sent.url.path == "/room/screen"
    with site.database.reading() as session:
        found = queries.own_answers(session, site.secrets,
                                    queries.wave_of(session, jury["id"], "before"), one.id)
    assert found == {"attitude1": 6, "rank": [3, 2, 1, 0]}
    assert phone.get("/room/survey/exit").status_code == 200, "a page says that it is not open"
    assert phone.get("/room/survey/nothing").status_code == 404
    assert enter(site, room_codes(site, jury)["wall", None]).get(
        "/room/survey/before").status_code == 403


def test_officials_see_sums_alone_and_only_after_the_close(
    site: Site, jury: dict[str, Any]
) -> None:
    run_to(site, jury, "exit")
    for place in range(5):
        say(site, jury, place, "exit", {"time": 9, "heard": 2})
    official, lead = client(site), client(site)
    build.signed_in(site, official, jury["official"].person_id)
    build.signed_in(site, lead, jury["lead"].person_id)
    page = official.get(f"{OFFICE}/surveys").text
    assert "5 answers" in page and "9.0 of 10" not in page
    assert "Close it" not in page, "an official only looks"
    shown = lead.get(f"{OFFICE}/surveys").text
    which = re.search(r'name="which" value="(\d+)"', shown)
    assert which is not None
    refused = official.post(f"{OFFICE}/surveys", data=hidden(shown) | {"act": "close"})
    assert refused.status_code == 403
    lead.post(f"{OFFICE}/surveys", data=hidden(shown) | {"which": which[1], "act": "close"})
    page = official.get(f"{OFFICE}/surveys").text
    assert "9.0 of 10" in page and "2.0 of 10" in page
    assert official.get(f"{OFFICE}/sessions/1/survey/exit").status_code == 403, "papers: no"
    stranger = client(site)
    build.signed_in(site, stranger, build.a_person(site, "Nobody"))
    assert stranger.get(f"{OFFICE}/surveys").status_code == 404


def test_the_office_pages_of_surveys_work(site: Site, jury: dict[str, Any]) -> None:
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    page = lead.get(f"{OFFICE}/surveys/questions").text
    assert "People who live here should decide" in page
    bad = lead.post(f"{OFFICE}/surveys/questions",
                    data=hidden(page) | {"trust": "Only English"})
    assert bad.status_code == 422 and "Line 1" in bad.text and "Only English" in bad.text
    good = lead.post(f"{OFFICE}/surveys/questions",
                     data=hidden(page) | {"trust": "I trust you. | Rwy’n ymddiried ynoch."})
    assert good.status_code == 200
    printed = lead.get(f"{OFFICE}/sessions/1/survey/before/print")
    assert "I trust you." in printed.text and "should decide" not in printed.text
    slips = lead.get(f"{OFFICE}/surveys/slips").text
    assert "Person 1" not in slips, "a slip is nobody's"
    page = lead.get(f"{OFFICE}/surveys").text
    lead.post(f"{OFFICE}/surveys",
              data=hidden(page) | {"act": "open", "kind": "before", "session": "1"})
    page = lead.get(f"{OFFICE}/sessions/1/survey/before").text
    code = codes.slips(site.secrets, jury["id"])[0]
    typed = lead.post(f"{OFFICE}/sessions/1/survey/before",
                      data=hidden(page) | {"code": code, "q-trust1": "8"})
    assert typed.status_code == 200 and "typed in" in typed.text
    with site.database.reading() as session:
        views = queries.waves_of(session, jury["id"])
        assert [(one.answers, one.paper) for one in views] == [(1, 1)]
        assert sessions.session_by_number(session, jury["id"], 1) is not None
