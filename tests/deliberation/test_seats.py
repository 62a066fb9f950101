"""Seats changed by hand, with what a change does before it is kept; plans written in the app."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from deliberation.panels import services as panels
from deliberation.panels.queries import jury_of
from deliberation.panels.values import JurorValue, JuryValue
from deliberation.sessions import queries, running, writing
from deliberation.sessions import services as sessions
from deliberation.sessions.models import Seat
from deliberation.sessions.plan import Item, runsheet
from deliberation.sessions.seats import effect, moved
from pb.core.errors import Conflict, NotAllowed
from pb.core.site import Site
from tests.support import build
from tests.support.app import client

OFFICE = "/office/processes/shared-budget/jury/sessions"


def test_what_a_seating_comes_to() -> None:
    history = [[[1, 2, 3], [4, 5, 6]]]
    speaks = {1: "cy", **dict.fromkeys(range(2, 7), "en")}
    same = effect(history, {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2}, speaks, 2)
    assert (same.new, same.again, same.most, same.met) == (0, 6, 2, 6)
    after = moved({1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2}, 3, 2, 4)
    assert after == {1: 1, 2: 1, 4: 1, 3: 2, 5: 2, 6: 2}
    mixed = effect(history, after, speaks, 2)
    assert (mixed.new, mixed.again, mixed.met, mixed.alone) == (4, 2, 10, 1)
    gone = effect(history, moved(after, 1, 2, None), speaks, 2)
    assert (gone.smallest, gone.largest) == (2, 4)


@pytest.fixture
def jury(site: Site) -> dict[str, Any]:
    process = build.a_process(site, phase="assessment")
    lead = build.actor(site, build.a_person(site, "Gwen", "facilitator", "shared-budget"))
    run = site.work.run
    made = run(panels.make_jury, lead, process, JuryValue(
        {"en": "Jury"}, {"en": "What?"}, {"en": "We answer."}, "", date(2027, 9, 1), "Nia", "4"))
    run(panels.set_charter, lead, made, {"en": "We listen."})
    run(panels.accept_charter, lead, made, 1)
    run(panels.set_jurors, lead, made, [JurorValue(f"Person {one}") for one in range(1, 7)], {})
    run(sessions.make_sessions, lead, made, runsheet("bonfire"), date(2027, 1, 16), 7, 2)
    with site.database.reading() as session:
        numbers = [one.id for one in queries.sessions_of(session, made)]
        ids = [one.id for one in jury_of(session, process).jurors]
    for one in numbers[:2]:
        run(sessions.keep_seats, lead, one,
            {juror: 1 + place // 3 for place, juror in enumerate(ids)}, False)
    return {"id": made, "process": process, "lead": lead, "sessions": numbers, "ids": ids}


def test_a_change_is_shown_before_it_is_kept(site: Site, jury: dict[str, Any]) -> None:
    ids, second = jury["ids"], jury["sessions"][1]

    def tables() -> list[int]:
        with site.database.reading() as session:
            return [session.get_one(Seat, (second, one)).table_number for one in ids]

    with client(site) as browser:
        build.signed_in(site, browser, jury["lead"].person_id)
        asked = {"juror": ids[2], "table": 1, "other": ids[3], "act": "look"}
        page = browser.post(f"{OFFICE}/2/seats", data=asked).text
        assert "Person 3 and Person 4 change places." in page and "Nothing is kept yet." in page
        rows = dict(re.findall(
            r'<th scope="row">([^<]+)</th><td class="num">\d+</td><td class="num">(\d+)</td>',
            page))
        assert rows["Pairs who meet for the first time"] == "4"
        assert rows["Pairs who sit together again"] == "2"
        assert tables() == [1, 1, 1, 2, 2, 2]
        browser.post(f"{OFFICE}/2/seats", data={**asked, "act": "move"})
        assert tables() == [1, 1, 2, 1, 2, 2]
        page = browser.post(f"{OFFICE}/2/seats",
                            data={"juror": ids[0], "table": 2, "act": "look"}).text
        assert "Person 1 goes to table 2." in page
        wrong = browser.post(f"{OFFICE}/2/seats",
                             data={"juror": ids[0], "table": 9, "act": "look"})
        assert wrong.status_code == 422 and tables() == [1, 1, 2, 1, 2, 2]


def kinds(site: Site, jury: dict[str, Any]) -> list[tuple[str, int]]:
    with site.database.reading() as session:
        found = session.get_one(queries.JurySession, jury["sessions"][0])
        return [(one.kind, one.minutes) for one in found.items]


def test_a_plan_is_written_before_its_session(site: Site, jury: dict[str, Any]) -> None:
    before = kinds(site, jury)
    with client(site) as browser:
        build.signed_in(site, browser, jury["lead"].person_id)
        page = browser.get(f"{OFFICE}/1/agenda").text
        assert "Write the plan" in page
        part = {"act": "write", "item": "", "kind": "table", "title_en": "Walk", "title_cy": "Tro",
                "minutes": "20", "steps": "5 Go out | Mynd allan\n10 Look", "droppable": "y"}
        wrong = browser.post(f"{OFFICE}/1/agenda", data={**part, "steps": "30 Too long"})
        assert wrong.status_code == 422 and "fit into the part" in wrong.text
        assert "30 Too long" in wrong.text, "what was typed is kept"
        browser.post(f"{OFFICE}/1/agenda", data=part)
        assert kinds(site, jury) == [*before, ("table", 20)]
        with site.database.reading() as session:
            one = session.get_one(queries.JurySession, jury["sessions"][0])
            item = one.items[-1]
            assert item.steps == [
                {"minutes": 5, "title": {"en": "Go out", "cy": "Mynd allan"}},
                {"minutes": 10, "title": {"en": "Look"}},
            ]
            assert (one.ends_by - one.starts_at).total_seconds() == 60 * sum(
                minutes for _kind, minutes in [*before, ("table", 20)])
            number, first = item.id, one.items[0].id
        assert "Who is not here by 10:45am" in page, "45 minutes after the first part"
        wrong = browser.post(f"{OFFICE}/1/agenda", data={"act": "grace", "grace": "241"})
        assert wrong.status_code == 422 and 'value="241"' in wrong.text
        browser.post(f"{OFFICE}/1/agenda", data={"act": "grace", "grace": "60", "once": "g"})
        assert "Who is not here by 11am" in browser.get(f"{OFFICE}/1/agenda").text
        browser.post(f"{OFFICE}/1/agenda", data={"act": "earlier", "item": number})
        assert kinds(site, jury)[-2:] == [("table", 20), before[-1]]
        page = browser.get(f"{OFFICE}/1/agenda?item={number}").text
        assert "5 Go out | Mynd allan" in page
        browser.post(f"{OFFICE}/1/agenda", data={**part, "item": number, "minutes": "15"})
        assert kinds(site, jury)[-2] == ("table", 15)
        browser.post(f"{OFFICE}/1/agenda", data={"act": "remove", "item": number})
        assert kinds(site, jury) == before
    stranger = build.actor(site, build.a_person(site, "Ann"))
    with pytest.raises(NotAllowed):
        site.work.run(writing.remove_part, stranger, jury["sessions"][0], first)
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    with pytest.raises(Conflict, match=r"agenda\.begun"):
        site.work.run(writing.write_part, jury["lead"], jury["sessions"][0], 0,
                      Item("table", 5, {"en": "More"}, {}))


def test_another_jurys_plan_is_copied(site: Site, jury: dict[str, Any]) -> None:
    run = site.work.run
    other = build.a_process(site, slug="other", phase="assessment")
    lead = build.actor(site, build.a_person(site, "Huw", "facilitator", "other"))
    made = run(panels.make_jury, lead, other, JuryValue(
        {"en": "Second"}, {"en": "What?"}, {"en": "We answer."}, "", None, "", ""))
    form = {"plan": "copy", "copied": jury["id"], "first_day": "2027-02-06", "days_between": "7",
            "tables": "3"}
    address = "/office/processes/other/jury/sessions"
    with client(site) as browser:
        build.signed_in(site, browser, lead.person_id)
        answer = browser.post(address, data=form)
        assert answer.status_code == 422, "of a jury that they may not see there is no copy"
    with client(site) as browser:
        official = build.actor(site, build.a_person(site, "Ceri", "administrator"))
        build.signed_in(site, browser, official.person_id)
        assert "The jury whose plan is copied" in browser.get(address).text
        assert browser.post(address, data=form).status_code == 200
    with site.database.reading() as session:
        copied = queries.sessions_of(session, made)
        source = queries.sessions_of(session, jury["id"])
        assert [[item.title for item in one.items] for one in copied] == [
            [item.title for item in one.items] for one in source]
