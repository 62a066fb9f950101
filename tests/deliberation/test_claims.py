"""Jurors weigh claims, set criteria and rate projects: in private, and in the end only sums."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from deliberation.claims import queries, services
from deliberation.panels.services import declare_interest
from deliberation.votes import services as votes
from deliberation.weighing.models import Mark, Round
from deliberation.weighing.rules import MarkError, checked, mean_tenths, sums
from pb.core.audit import AuditRow
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_evidence import both, signed_in
from tests.deliberation.test_questions import sitting
from tests.deliberation.test_room import OFFICE, codes, enter, jury
from tests.support.app import client, hidden

__all__ = ["jury", "sitting"]
PUBLIC = "/processes/shared-budget/jury/claims"


def the_table(at: dict[str, Any], number: int = 1) -> Actor:
    return Actor(name=f"table {number}", grants=frozenset({("table", at["process"])}))


def claim(site: Site, at: dict[str, Any], text: str = "Fires cost 60,000.") -> int:
    return int(site.work.run(services.add_claim, the_table(at), at["first"], 1, "fact", text,
                             "The fire officer", "en"))


def weigh(site: Site, at: dict[str, Any], who: int, number: int, trust: str, **more: str) -> None:
    site.work.run(services.weigh, at["juror"], at["first"], at["people"][who],
                  {str(number): {"trust": trust, **more}})


def views(site: Site, at: dict[str, Any]) -> list[queries.ClaimView]:
    with site.database.reading() as session:
        found = queries.claims_of(session, at["id"])
        session.expunge_all()
        return found


def criteria(site: Site, at: dict[str, Any]) -> queries.Criteria:
    with site.database.reading() as session:
        found = queries.criteria_of(session, at["id"])
        session.expunge_all()
        return found


def count(site: Site, table: Any) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_marks_and_their_sums() -> None:
    assert checked("claims", ["1"], {"1": {"trust": "not", "important": ""}}) == {
        "1": {"trust": "not"}}
    for wrong in ({"2": {"trust": "not"}}, {"1": {"trust": "maybe"}}, {"1": {"love": "yes"}}):
        with pytest.raises(MarkError):
            checked("claims", ["1"], wrong)
    found = sums("claims", ["1"], [{"1": {"trust": "not"}}, {"1": {"important": "yes"}}, {}])
    assert found == {"1": {"trust": {"reliable": 0, "unsure": 0, "not": 1},
                           "important": {"yes": 1}}}
    assert mean_tenths({"1": 1, "2": 1}) == 15 and mean_tenths({"1": 0}) is None
    assert mean_tenths({"1": 2, "2": 1}) == 13 and mean_tenths({"1": 1, "2": 2}) == 17


def test_claims_are_weighed_in_private_and_only_sums_are_left(
    site: Site, sitting: dict[str, Any]
) -> None:
    run, lead = site.work.run, sitting["lead"]
    number = claim(site, sitting)
    with pytest.raises(Conflict, match=r"round\.closed"):
        weigh(site, sitting, 0, number, "reliable")
    run(services.open_claims, lead, sitting["first"])
    with pytest.raises(Conflict, match=r"claim\.open"):
        claim(site, sitting, "One more")
    rows = count(site, AuditRow)
    weigh(site, sitting, 0, number, "not", important="yes")
    weigh(site, sitting, 0, number, "reliable", important="yes")  # thought better of it
    weigh(site, sitting, 1, number, "unsure")
    assert count(site, AuditRow) == rows, "few jurors in one order are half of who said what"
    with site.database.reading() as session:
        assert not any(b"reliable" in one for one in session.scalars(select(Mark.sealed)))
        assert session.scalars(select(Round.result)).one() == {}
    page = signed_in(site, sitting, "lead").get(f"{OFFICE}/claims").text
    assert "2 jurors have weighed them." in page and "1 reliable" not in page
    assert "No claim is weighed yet." in client(site).get(PUBLIC).text
    run(services.close_claims, lead, sitting["first"], [{str(number): {"trust": "not"}}])
    assert count(site, Mark) == 0, "the marks are gone"
    view = views(site, sitting)[0]
    assert view.of == 3 and view.sums == {
        "trust": {"reliable": 1, "unsure": 1, "not": 1}, "important": {"yes": 1}}
    page = client(site).get(PUBLIC).text
    assert "1 reliable, 1 unsure, 1 not" in page and "The fire officer" in page
    assert "The same as a table" in page


def test_what_a_claim_must_be_and_who_may_what(site: Site, sitting: dict[str, Any]) -> None:
    run, first = site.work.run, sitting["first"]
    for arguments, code in (((None, "rumour", "x", "y"), "kind"), ((None, "fact", "", "y"), "text"),
                            ((None, "fact", "x", ""), "source")):
        with pytest.raises(Invalid, match=rf"claim\.{code}"):
            run(services.add_claim, sitting["lead"], first, *arguments, "en")
    with pytest.raises(Conflict, match=r"claim\.none"):
        run(services.open_claims, sitting["lead"], first)
    number = claim(site, sitting)
    looks = Actor(name="observer", grants=frozenset({("observer", sitting["process"])}))
    for actor in (sitting["official"], looks, sitting["juror"]):
        for command, rest in (
            (services.add_claim, (first, 1, "fact", "x", "y", "en")),
            (services.open_claims, (first,)), (services.close_claims, (first,)),
            (services.suggest_criterion, (first, 1, "x", "en")),
            (services.name_criterion, (sitting["id"], both("x"))),
            (services.ask_dots, (first, "x")), (services.open_rating, (first, 1, 1)),
        ):
            with pytest.raises(NotAllowed):
                run(command, actor, *rest)
    run(services.open_claims, sitting["lead"], first)
    for actor in (sitting["official"], looks, the_table(sitting), sitting["lead"]):
        with pytest.raises(NotAllowed):
            run(services.weigh, actor, first, sitting["people"][0],
                {str(number): {"trust": "not"}})


def test_criteria_grow_from_ideas_and_their_dots_are_hidden_until_the_close(
    site: Site, sitting: dict[str, Any]
) -> None:
    run, lead, first = site.work.run, sitting["lead"], sitting["first"]
    idea = run(services.suggest_criterion, the_table(sitting, 2), first, 2, "Nobody is hurt", "en")
    names = ["Safe", "Fair", "Cheap", "Lasting", "Wanted"]
    ids = [run(services.name_criterion, lead, sitting["id"], both(one)) for one in names[:4]]
    with pytest.raises(Invalid, match=r"criterion\.twice"):
        run(services.name_criterion, lead, sitting["id"], both("Safe"))
    with pytest.raises(Conflict, match=r"criterion\.number"):
        run(services.ask_dots, lead, first, "What counts?")
    run(services.name_criterion, lead, sitting["id"], both(names[4]))
    run(services.put_under, lead, sitting["id"], idea, ids[0])
    with pytest.raises(NotFound):
        run(services.put_under, lead, sitting["id"], idea, 999)
    poll = run(services.ask_dots, lead, first, "What counts?")
    label = criteria(site, sitting).views[4].criterion.label
    assert label == "Wanted / Wanted yn Gymraeg"
    run(votes.vote, sitting["juror"], poll, sitting["people"][0], {"dots": {label: 5}})
    found = criteria(site, sitting)
    assert not found.decided and [one.dots for one in found.views] == [None] * 5
    wall = enter(site, codes(site, sitting)["wall", None])
    assert "Dots: 5" not in wall.get("/room/screen").text
    with pytest.raises(Conflict, match=r"criterion\.asked"):
        run(services.name_criterion, lead, sitting["id"], both("Late"))
    run(votes.close_poll, lead, poll)
    found = criteria(site, sitting)
    assert found.decided and plain(found)[0] == ("Wanted", 5)
    assert found.views[1].ideas[0].text == "Nobody is hurt"
    assert "Dots: 5" in wall.get("/room/screen").text
    phone = enter(site, codes(site, sitting)["juror", sitting["people"][3]], "cy")
    assert "Wanted yn Gymraeg" in phone.get("/room/screen").text
    assert "Wanted" in signed_in(site, sitting, "lead").get(f"{OFFICE}/claims").text


def plain(found: queries.Criteria) -> list[tuple[str, int | None]]:
    return [(view.criterion.name["en"], view.dots) for view in found.views]


def test_a_table_rates_its_project_and_nobody_else(site: Site, sitting: dict[str, Any]) -> None:
    run, first, people = site.work.run, sitting["first"], sitting["people"]
    run(declare_interest, sitting["lead"], sitting["id"], people[4], 3, "My street.")
    one = run(services.open_rating, the_table(sitting), first, 1, 3)
    with pytest.raises(Conflict, match=r"round\.open"):
        run(services.open_rating, the_table(sitting), first, 1, 4)
    run(services.open_rating, the_table(sitting, 2), first, 2, 4)  # another table, another project
    answers = {"complexity": "6", "impact": "5", "effort": "1"}
    run(services.rate, sitting["juror"], one, people[0], answers)  # table 1
    run(services.rate, sitting["juror"], one, people[8], {**answers, "complexity": "5"})
    for who in (4, 1):  # too close to it; at another table
        with pytest.raises(Conflict, match=r"round\.not_eligible"):
            run(services.rate, sitting["juror"], one, people[who], answers)
    with pytest.raises(Invalid, match=r"round\.mark"):
        run(services.rate, sitting["juror"], one, people[0], {"complexity": "7"})
    with pytest.raises(NotFound):
        run(services.close_rating, the_table(sitting, 2), one, 2)
    run(services.close_rating, the_table(sitting), one, 1)
    with site.database.reading() as session:
        found = queries.ratings_of(session, sitting["id"])[0]
        assert found.result["marked"] == 2 and found.result["eligible"] == 5
        assert mean_tenths(found.result["sums"]["3"]["complexity"]) == 55
    assert "5.5" in client(site).get(PUBLIC).text


def test_tables_and_jurors_on_their_screens(site: Site, sitting: dict[str, Any]) -> None:
    known = codes(site, sitting)
    table, phone = enter(site, known["table", 1]), enter(site, known["juror", sitting["people"][0]])

    def send(browser: Any, **data: str) -> Any:
        page = browser.get("/room/claims")
        return browser.post("/room/claims", data={**hidden(page.text), **data})

    empty = send(table, **{"act": "claim", "claim-text": "", "claim-source": "Dewi"})
    assert empty.status_code == 422 and "Dewi" in empty.text
    send(table, **{"act": "claim", "claim-text": "It rains.", "claim-kind": "estimate",
                   "claim-source": "Dewi"})
    send(table, **{"act": "idea", "idea-text": "Nobody is hurt"})
    assert send(phone, **{"act": "claim", "claim-text": "Mine", "claim-source": "I"}
                ).status_code == 403
    site.work.run(services.open_claims, sitting["lead"], sitting["first"])
    assert "Open now" in phone.get("/room/screen").text
    page = send(phone, **{"act": "weigh", "trust-1": "unsure", "important-1": "yes"}).text
    assert page.count(" checked") == 2
    send(table, **{"act": "rating", "rating-project_number": "3"})
    page = send(phone, **{"act": "rate", "complexity": "4", "impact": "5", "effort": "2"}).text
    assert 'id="complexity-4" name="complexity" value="4" checked' in page
    assert "1 juror has rated it." in table.get("/room/claims").text
    send(table, act="close")
    lead = signed_in(site, sitting, "lead")
    office = lead.get(f"{OFFICE}/claims")
    wrong = lead.post(f"{OFFICE}/claims", data={**hidden(office.text), "act": "close",
                                                "slips": "1x"})
    assert wrong.status_code == 422 and "Slip 1" in wrong.text
    lead.post(f"{OFFICE}/claims", data={**hidden(office.text), "act": "close",
                                        "slips": "1r! 1u\n1n"})
    assert views(site, sitting)[0].of == 3
    for role in ("observer", "official", "wall", "witness", "evaluator", "whisperer"):
        assert enter(site, known[role, None]).get("/room/claims").status_code == 403
    page = signed_in(site, sitting, "official").get(f"{OFFICE}/claims").text
    assert 'value="open"' not in page and 'value="name"' not in page
