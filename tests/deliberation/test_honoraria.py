"""What jurors get: an amount a session they came to, once; costs; a word on benefits; thanks."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from deliberation.evaluation import withdrawal
from deliberation.honoraria import queries, rules, services
from deliberation.panels.models import Jury
from deliberation.sessions import running
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from tests.deliberation.test_room import OFFICE, codes, enter, jury, room
from tests.deliberation.test_surveys import finish, juror
from tests.support import build
from tests.support.app import client, hidden

__all__ = ["jury"]


@pytest.fixture
def came(site: Site, jury: dict[str, Any]) -> dict[str, Any]:
    """Three jurors came to the first session, one of them to the second; £70 a session."""
    run = site.work.run
    people = [one.id for one in room(site, jury).jury.jurors]
    run(running.start, jury["lead"], jury["sessions"][0], 0)
    for one in people[:3]:
        run(running.be_present, jury["lead"], jury["sessions"][0], one, True)
    finish(site, jury, 0)
    run(running.start, jury["lead"], jury["sessions"][1], 0)
    run(running.be_present, jury["lead"], jury["sessions"][1], people[0], True)
    run(services.set_terms, jury["official"], jury["id"], 7000, True,
        {"en": "Citizens Advice, 0800 702 2020", "cy": "Cyngor ar Bopeth"})
    return jury | {"people": people}


def rows(site: Site, known: dict[str, Any]) -> dict[int, queries.Row]:
    with site.database.reading() as session:
        found = queries.payment_list(session, session.get_one(Jury, known["id"]))
        session.expunge_all()
    return {one.juror.id: one for one in found}


def browser_of(site: Site, known: dict[str, Any], who: str, language: str = "en") -> Any:
    browser = client(site, language)
    build.signed_in(site, browser, known[who].person_id)
    return browser


def test_what_is_due_follows_from_where_somebody_was() -> None:
    costs = [rules.Cost(1, 500, "agreed"), rules.Cost(2, 900, "claimed"),
             rules.Cost(3, 300, "refused"), rules.Cost(4, 100, "paid")]
    one = rules.account(7000, "money", {11, 12, 13}, [(11, 6500)], costs)
    assert (one.sessions, one.claims, one.due, one.paid) == ((12, 13), (1,), 14500, 6600)
    none = rules.account(7000, "declined", {11, 12}, [], costs)
    assert (none.sessions, none.due) == ((), 500), "costs are met all the same"


def test_a_juror_is_paid_once_for_each_session_they_came_to(
    site: Site, came: dict[str, Any]
) -> None:
    run, people = site.work.run, came["people"]
    found = rows(site, came)
    assert [found[one].account.due for one in people[:4]] == [14000, 7000, 7000, 0]
    assert run(services.mark_paid, came["official"], came["id"], people[0], 14000) == 14000
    with pytest.raises(Conflict, match=r"payment\.changed"):
        run(services.mark_paid, came["official"], came["id"], people[0], 14000)
    with pytest.raises(Conflict, match=r"payment\.changed"):
        run(services.mark_paid, came["official"], came["id"], people[1], 14000)
    run(services.set_terms, came["official"], came["id"], 9000, False, {})
    found = rows(site, came)
    assert (found[people[0]].account.due, found[people[0]].account.paid) == (0, 14000)
    assert found[people[1]].account.due == 9000, "what is not paid yet follows the terms"


def test_costs_are_asked_for_agreed_or_refused_with_a_reason(
    site: Site, came: dict[str, Any]
) -> None:
    run, people = site.work.run, came["people"]
    mine = run(services.claim, juror(came), people[1], "travel", 480, "the 65 bus")
    other = run(services.claim, juror(came), people[1], "care", 2500, "")
    with pytest.raises(Invalid, match=r"payment\.reason"):
        run(services.settle_claim, came["official"], came["id"], other, False, "")
    run(services.settle_claim, came["official"], came["id"], mine, True, "")
    run(services.settle_claim, came["official"], came["id"], other, False, "No receipt.")
    with pytest.raises(Conflict, match=r"payment\.settled"):
        run(services.settle_claim, came["official"], came["id"], other, True, "")
    assert rows(site, came)[people[1]].account.due == 7480
    run(services.mark_paid, came["official"], came["id"], people[1], 7480)
    assert [one.state for one in rows(site, came)[people[1]].claims] == ["paid", "refused"]
    with pytest.raises(Invalid, match=r"payment\.amount"):
        run(services.claim, juror(came), people[1], "travel", 0, "")


def test_officials_have_the_list_and_nobody_else(site: Site, came: dict[str, Any]) -> None:
    official = browser_of(site, came, "official")
    page = official.get(f"{OFFICE}/payments").text
    assert "£140" in page and "Person 1" in page
    answer = official.get(f"{OFFICE}/payments/list.csv")
    lines = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert lines[1] == ["1", "Person 1", "Money", "1 2", "140.00", "0.00", "GBP"]
    paid = official.post(f"{OFFICE}/payments", data=hidden(page) | {
        "act": "pay", "which": str(came["people"][0]), "sum": "14000"})
    assert paid.status_code == 200 and "Noted as paid." in paid.text
    evaluator = build.actor(site, build.a_person(site, "Elin", "evaluator", "shared-budget"))
    everybody = came | {"evaluator": evaluator}
    for who in ("lead", "evaluator"):
        browser = browser_of(site, everybody, who)
        for path in ("/payments", "/payments/list.csv"):
            assert browser.get(f"{OFFICE}{path}").status_code == 403, (who, path)
        with pytest.raises(NotAllowed):
            site.work.run(services.mark_paid, everybody[who], came["id"], came["people"][1], 7000)
    with pytest.raises(NotAllowed):
        site.work.run(services.choose, came["official"], came["people"][0], "declined")


def test_a_juror_reads_of_benefits_chooses_and_asks_costs_back(
    site: Site, came: dict[str, Any]
) -> None:
    phone = enter(site, codes(site, came)["juror", came["people"][1]], "cy")
    page = phone.get("/room/payment").text
    assert "Cyngor ar Bopeth" in page and "budd-daliadau" in page and "£70" in page
    done = phone.post("/room/payment", data=hidden(page) | {"act": "choose",
                                                           "choice": "declined"})
    assert done.status_code == 200
    assert rows(site, came)[came["people"][1]].account.due == 0
    wrong = phone.post("/room/payment", data=hidden(page) | {
        "act": "claim", "kind": "", "amount": "4.80", "words": "bws"})
    assert wrong.status_code == 422 and 'value="4.80"' in wrong.text and "bws" in wrong.text
    phone.post("/room/payment", data=hidden(phone.get("/room/payment").text) | {
        "act": "claim", "kind": "travel", "amount": "4.80", "words": "bws"})
    assert [one.amount for one in rows(site, came)[came["people"][1]].claims] == [480]
    assert enter(site, codes(site, came)["wall", None]).get("/room/payment").status_code == 403


def test_certificates_stand_in_both_languages_the_jurors_own_first(
    site: Site, came: dict[str, Any]
) -> None:
    page = browser_of(site, came, "lead").get(f"{OFFICE}/certificates").text
    assert page.count("Person 1</p>") == 2, "once a language"
    assert "Thank you" in page and "Diolch" in page and "Person 4" not in page
    assert "Sessions: 2" in page


def test_who_withdrew_cannot_be_paid_and_wrote_nothing(
    site: Site, came: dict[str, Any]
) -> None:
    run, people = site.work.run, came["people"]
    run(services.claim, juror(came), people[0], "care", 900, "my mother in Elm Street")
    run(services.choose, juror(came), people[0], "voucher")
    run(withdrawal.withdraw, juror(came), people[0])
    row = rows(site, came)[people[0]]
    assert row.claims[0].words == "" and row.choice == "money" and row.account.due == 14000
    with pytest.raises(Conflict, match=r"payment\.nobody"):
        run(services.mark_paid, came["official"], came["id"], people[0], 14000)
    page = browser_of(site, came, "official").get(f"{OFFICE}/payments").text
    assert "withdrew" in page and "Elm Street" not in page and "Person 1<" not in page
