"""Jurors say where they are too close; rules are agreed by consent and read by everybody."""

from __future__ import annotations

from typing import Any

import pytest

from deliberation.panels import services as panels
from deliberation.panels.queries import interests_of
from deliberation.sessions import running
from deliberation.votes import services as votes
from deliberation.votes.services import PollValue
from pb.core.errors import NotAllowed, NotFound
from pb.core.site import Site
from tests.deliberation.test_room import OFFICE, codes, enter, jury, room
from tests.support import build
from tests.support.app import client, hidden
from tests.support.clock import TurnableClock

__all__ = ["jury"]


def known(site: Site, jury: dict[str, Any]) -> dict[int, list[int]]:
    with site.database.reading() as session:
        found = interests_of(session, jury["id"])
        return {number: [one.juror_id for one in ones] for number, ones in found.items()}


def test_a_juror_says_on_the_phone_where_they_are_too_close(
    site: Site, jury: dict[str, Any]
) -> None:
    person = room(site, jury).jury.jurors[2]
    phone = enter(site, codes(site, jury)["juror", person.id])
    page = phone.get("/room/interests")
    done = phone.post("/room/interests", data={**hidden(page.text), "project": ["2", "5"],
                                               "why": "my employer"})
    assert done.status_code == 200 and done.text.count("You said so") == 2
    assert known(site, jury) == {2: [person.id], 5: [person.id]}
    again = phone.post("/room/interests", data={"once": "x", "project": ["2"]})
    assert again.status_code == 200 and known(site, jury) == {2: [person.id], 5: [person.id]}
    assert phone.post("/room/interests", data={"once": "y", "project": ["77"]}).status_code == 404
    table = enter(site, codes(site, jury)["table", 1])
    assert table.get("/room/interests").status_code == 403
    with pytest.raises(NotAllowed):
        site.work.run(panels.declare_own_interests, jury["official"], person.id, [3], "")
    public = client(site).get("/processes/shared-budget/jury").text
    assert "my employer" not in public and person.name not in public


def test_a_facilitator_puts_one_in_late_and_takes_a_mistake_back(
    site: Site, jury: dict[str, Any]
) -> None:
    person = room(site, jury).jury.jurors[0]
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    path = f"{OFFICE}/interests"
    sent = {"juror": str(person.id), "project": "3", "why": "her brother"}
    lead.post(path, data={**hidden(lead.get(path).text), **sent})
    assert known(site, jury) == {3: [person.id]}
    assert "her brother" in lead.get(path).text
    lead.post(path, data={"once": "b", "act": "back", "which": f"{person.id}-3"})
    assert known(site, jury) == {}
    gone = lead.post(path, data={"once": "c", "act": "back", "which": f"{person.id}-3"})
    assert gone.status_code == 422
    with pytest.raises(NotFound):
        site.work.run(panels.take_back_interest, jury["lead"], jury["id"], person.id, 3)
    assert lead.post(path, data={"once": "d", **sent, "project": "99"}).status_code == 422


def test_a_rule_stands_when_nobody_objects(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    run, first, page = site.work.run, jury["sessions"][0], "/processes/shared-budget/jury/rules"
    assert "has not agreed its rules yet" in client(site).get(page).text
    run(running.start, jury["lead"], first, 0)
    run(votes.close_poll, jury["lead"], run(
        votes.open_poll, jury["lead"], first, PollValue("consent", "Not a rule", "Lunch at one.")))
    for step in (1, 2):
        clock.turn(minutes=30)
        run(running.advance, jury["lead"], first, step)
    people = [one.id for one in room(site, jury).jury.jurors[:10]]
    for one in people:
        run(running.be_present, jury["lead"], first, one, True)
    phone = enter(site, codes(site, jury)["juror", people[0]])
    for words, answer in (("Phones away.", "pull"), ("Phones on silent.", "ready")):
        poll = run(votes.open_poll, jury["lead"], first, PollValue("consent", "Phones", words))
        asked = phone.get("/room/screen").text
        assert "I object" in asked and "Pull it" not in asked
        phone.post("/room/vote", data={"once": words, "poll": str(poll), "answer": answer})
        run(votes.close_poll, jury["lead"], poll)
        shown = client(site).get(page).text
        assert "Not a rule" not in shown
        assert ("1 juror objects" in shown) and ("Nobody objects" in shown) == (answer == "ready")
    assert shown.index("Phones on silent.") < shown.index("Phones away.")
    assert "10 jurors were asked." in shown
    welsh = client(site, "cy").get(page).text
    assert "Nid oes neb yn gwrthwynebu" in welsh
