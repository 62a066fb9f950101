"""Roles by invitation, acts that take two, and what is mailed about them in both languages."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from pb.accounts import services as accounts
from pb.accounts.models import Act, Invitation, Role
from pb.core.errors import AppError, Conflict, Gone, NotAllowed
from pb.core.site import Site
from pb.core.work import NOBODY, Actor
from pb.office import services
from pb.processes import services as processes
from pb.processes.models import Notice, Process
from pb.processes.values import PhaseValue, RuleValue
from tests.support import build
from tests.support.app import client, mails, run_jobs
from tests.support.clock import TurnableClock

PEOPLE = "/office/processes/shared-budget/people"
DATES = [PhaseValue("voting", build.WHEN["voting"], build.WHEN["results"])]


def the_mails(site: Site) -> list[tuple[str, str, str]]:
    """(to, subject, text) of each mail so far."""
    run_jobs(site)
    return [
        (one["to"], one["subject"], one.get_body(("plain",)).get_content())
        for one in mails(site)
    ]


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(AppError) as caught:
        act()
    return caught.value.code


def a_lead(site: Site, name: str = "Olwen", language: str = "en") -> Actor:
    return build.actor(
        site, build.a_person(site, name, "lead_official", "shared-budget", language)
    )


def row(site: Site, kind: Any, id: int = 1) -> Any:
    with site.database.reading() as session:
        found = session.get_one(kind, id)
        session.expunge_all()
        return found


# -- invitations -----------------------------------------------------------------------------


def invited(site: Site, language: str = "en", role: str = "valuer") -> str:
    """Invite somebody as an official does in the browser; the link of the mail."""
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Olwen", "lead_official",
                                                  "shared-budget"))
    answer = browser.post(PEOPLE, data={"name": "Gethin Pugh", "email": "Gethin@Example.com",
                                        "mail_language": language, "role": role})
    assert answer.status_code == 200 and "The invitation is on its way." in answer.text
    to, _subject, text = the_mails(site)[-1]
    assert to == "gethin@example.com"
    link = re.search(r"http://testserver(/invitation/\S+)", text)
    assert link
    return link[1]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_an_invitation_gives_its_role_once(site: Site, language: str) -> None:
    build.a_process(site, phase="assessment")
    link = invited(site, language)
    browser = client(site, language)
    for _ in range(2):
        page = browser.get(link)
        assert page.status_code == 200
    assert ("Your role: Valuer." if language == "en" else "Eich rôl: Prisiwr.") in page.text
    assert browser.post(link).status_code == 200
    assert "Gethin Pugh" in browser.get("/office").text
    assert client(site).get(link).status_code == client(site).post(link).status_code == 410
    to, subject, text = the_mails(site)[-1]
    assert to == "gethin@example.com"
    assert subject == ("Your role: Valuer" if language == "en" else "Eich rôl: Prisiwr")
    assert ("Shared budget" if language == "en" else "Y gyllideb a rennir") in text
    assert "http://testserver/office" in text


def test_an_invitation_can_be_withdrawn_and_runs_out(site: Site, clock: TurnableClock) -> None:
    build.a_process(site, phase="assessment")
    link = invited(site)
    clock.turn(days=15)
    assert client(site).post(link).status_code == 410
    clock.turn(days=-15)
    lead = a_lead(site, "Second")
    build.do(site, services.withdraw_invitation, 1, 1, actor=lead)
    answer = client(site).get(link)
    assert answer.status_code == 410 and "This invitation was withdrawn." in answer.text
    assert client(site).post(link).status_code == 410
    assert row(site, Invitation).accepted_at is None


def test_an_invitation_accepted_twice_at_once_gives_one_role(site: Site) -> None:
    build.a_process(site, phase="assessment")
    token = invited(site).rsplit("/", 1)[1]
    outcomes: list[object] = []

    def press() -> None:
        try:
            outcomes.append(site.work.run(accounts.accept_invitation, NOBODY, token, "", None))
        except Gone as error:
            outcomes.append(error)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, str) for one in outcomes) == 1
    with site.database.reading() as session:
        assert session.scalar(
            select(func.count()).select_from(Role).where(Role.role == "valuer")
        ) == 1


def test_the_same_invitation_is_not_sent_twice(site: Site) -> None:
    build.a_process(site, phase="assessment")
    lead = a_lead(site)

    def ask() -> Any:
        return build.do(site, services.invite, 1, "Gethin", "g@example.com", "en", "auditor",
                        actor=lead)

    ask()
    assert refused(ask) == "invitation.waiting"
    assert len(the_mails(site)) == 1


@pytest.mark.parametrize(("field", "typed"), [("email", "nonsense"), ("name", ""),
                                              ("role", "administrator")])
def test_a_faulty_invitation_is_refused_beside_its_field(
    site: Site, field: str, typed: str
) -> None:
    build.a_process(site, phase="assessment")
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Olwen", "deputy", "shared-budget"))
    sound = {"name": "G", "mail_language": "en", "email": "g@example.com", "role": "auditor"}
    answer = browser.post(PEOPLE, data=sound | {field: typed})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert the_mails(site) == []


@pytest.mark.parametrize(
    "role", ["valuer", "moderator", "translator", "facilitator", "auditor", "evaluator"]
)
def test_only_officials_give_and_take_roles(site: Site, role: str) -> None:
    build.a_process(site, phase="assessment")
    lead = build.a_person(site, "Olwen", "lead_official", "shared-budget")
    other = build.a_person(site, "Idris", role, "shared-budget")
    browser = client(site)
    build.signed_in(site, browser, other)
    for data in ({"take": "1"}, {"name": "G", "email": "g@example.com", "role": role}):
        assert browser.post(PEOPLE, data=data).status_code == 403
    actor = build.actor(site, other)
    assert refused(lambda: build.do(site, services.take_role, 1, 1, actor=actor))
    assert build.actor(site, lead).grants == {("lead_official", 1)}
    assert the_mails(site) == []


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_role_is_taken_at_once_and_a_mail_says_so(site: Site, language: str) -> None:
    build.a_process(site, phase="assessment")
    lead = a_lead(site)
    person = build.a_person(site, "Idris", "auditor", "shared-budget", language)
    browser = client(site)
    build.signed_in(site, browser, person)
    assert browser.get("/office").status_code == 200
    build.do(site, services.take_role, 1, 2, actor=lead)
    assert "/sign-in" in str(browser.get("/office").url)
    ((to, subject, text),) = the_mails(site)
    assert to == "idris@example.com"
    assert subject == (
        "A role has ended: Auditor" if language == "en" else "Daeth rôl i ben: Archwilydd"
    )
    assert "Idris" in text


def test_the_last_lead_official_stays(site: Site) -> None:
    build.a_process(site, phase="assessment")
    lead = a_lead(site)
    assert refused(lambda: build.do(site, services.take_role, 1, 1, actor=lead)) == (
        "role.last_lead"
    )
    a_lead(site, "Second")
    build.do(site, services.take_role, 1, 1, actor=lead)


# -- acts that take two ----------------------------------------------------------------------


def test_one_person_alone_does_nothing(site: Site) -> None:
    build.a_process(site, phase="assessment")
    lead = a_lead(site)
    before = row(site, Process).phases
    act = build.do(site, processes.ask_dates, 1, DATES, "Late letters.", actor=lead)
    assert refused(lambda: build.do(site, services.confirm_act, 1, act, actor=lead)) == (
        "act.same_person"
    )
    auditor = build.actor(site, build.a_person(site, "Idris", "auditor", "shared-budget"))
    assert refused(lambda: build.do(site, services.confirm_act, 1, act, actor=auditor)) == (
        "access.not_you"
    )
    after = row(site, Process).phases
    assert [one.opens_at for one in after] == [one.opens_at for one in before]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_second_person_does_it_and_both_are_told(site: Site, language: str) -> None:
    build.a_process(site, phase="assessment")
    lead, second = a_lead(site, "Olwen", language), a_lead(site, "Gethin", language)
    act = build.do(site, processes.ask_dates, 1, DATES, "Late letters.", actor=lead)
    ((to, subject, text),) = the_mails(site)
    assert to == "gethin@example.com"
    assert subject == ("Waits for you: Change the timetable" if language == "en"
                       else "Yn aros amdanoch: Newid yr amserlen")
    assert "Late letters." in text and f"http://testserver/office/acts/{act}" in text
    build.do(site, services.confirm_act, 1, act, actor=second)
    assert [one.kind for one in row(site, Process).phases] == ["voting"]
    with site.database.reading() as session:
        notice = session.scalars(select(Notice)).one()
        assert (notice.kind, notice.reason) == ("notice.dates", "Late letters.")
    to, subject, text = the_mails(site)[-1]
    assert to == "olwen@example.com" and "Gethin" in text
    assert subject == ("Confirmed: Change the timetable" if language == "en"
                       else "Cadarnhawyd: Newid yr amserlen")
    assert refused(lambda: build.do(site, services.confirm_act, 1, act, actor=second)) == (
        "act.gone"
    )


@pytest.mark.parametrize("language", ["en", "cy"])
def test_declined_with_a_reason_that_is_mailed(site: Site, language: str) -> None:
    build.a_process(site, phase="assessment")
    lead, second = a_lead(site, "Olwen", language), a_lead(site, "Gethin")
    act = build.do(site, processes.ask_dates, 1, DATES, "Late letters.", actor=lead)
    build.do(site, services.decline_act, 1, act, "Too late for that.", actor=second)
    to, subject, text = the_mails(site)[-1]
    assert to == "olwen@example.com" and "Too late for that." in text
    assert subject == ("Declined: Change the timetable" if language == "en"
                       else "Gwrthodwyd: Newid yr amserlen")
    assert row(site, Act).confirmed_at is None
    assert len(row(site, Process).phases) == 5
    again = build.do(site, processes.ask_dates, 1, DATES, "Once more.", actor=lead)
    assert again != act


def test_what_fails_when_it_is_done_leaves_the_confirmation_undone(site: Site) -> None:
    """Both or neither: the confirmation and the act share a transaction."""
    build.a_process(site, phase="assessment", state="draft")
    lead, second = a_lead(site), a_lead(site, "Gethin")
    with site.database.reading() as session:
        process = session.get_one(Process, 1)
        lead_texts = {"en": "A", "cy": "B"}
        basics = processes.Basics(process.name, lead_texts, process.purpose, {})
    build.do(site, processes.edit_basics, 1, basics, actor=lead)
    act = build.do(site, processes.ask_publish, 1, actor=lead)
    build.do(site, processes.edit_basics, 1, processes.Basics(basics.name), actor=lead)
    assert refused(lambda: build.do(site, services.confirm_act, 1, act, actor=second)) == (
        "process.incomplete"
    )
    waiting = row(site, Act)
    assert waiting.open_key and waiting.confirmed_at is None
    assert row(site, Process).state == "draft"
    build.do(site, processes.edit_basics, 1, basics, actor=lead)
    build.do(site, services.confirm_act, 1, act, actor=second)
    assert row(site, Process).state == "published"


def test_two_confirmations_at_once_do_it_once(site: Site) -> None:
    build.a_process(site, phase="assessment")
    lead, others = a_lead(site), [a_lead(site, name) for name in ("Gethin", "Mari", "Sioned")]
    act = build.do(site, processes.ask_dates, 1, DATES, "Late letters.", actor=lead)
    outcomes: list[object] = []

    def press(person: Actor) -> None:
        try:
            outcomes.append(site.work.run(services.confirm_act, person, 1, act))
        except Conflict as error:
            outcomes.append(error)

    threads = [threading.Thread(target=press, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(None) == 1
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_the_same_is_asked_for_once(site: Site) -> None:
    build.a_process(site, phase="assessment")
    lead = a_lead(site)
    build.do(site, processes.ask_dates, 1, DATES, "Late.", actor=lead)
    assert refused(
        lambda: build.do(site, processes.ask_dates, 1, DATES, "Later.", actor=lead)
    ) == "act.waiting"


def test_an_act_of_another_process_cannot_be_confirmed_from_this_one(site: Site) -> None:
    build.a_process(site, phase="assessment")
    build.a_process(site, "other", phase="assessment")
    lead = a_lead(site)
    act = build.do(site, processes.ask_dates, 1, DATES, "Late.", actor=lead)
    stranger = build.actor(site, build.a_person(site, "Idris", "lead_official", "other"))
    assert refused(lambda: build.do(site, services.confirm_act, 2, act, actor=stranger)) == (
        "act.gone"
    )
    with pytest.raises(NotAllowed):
        build.do(site, services.confirm_act, 1, act, actor=stranger)


def test_a_published_rule_is_changed_by_two_with_a_notice(site: Site) -> None:
    build.a_process(site, phase="assessment")
    lead, second = a_lead(site), a_lead(site, "Gethin")
    wanted = RuleValue("knapsack", "equal-shares", {}, 0, None, None, {"en": "Fair."})
    assert refused(
        lambda: build.do(site, processes.edit_rule, 1, wanted, "Why.", actor=lead)
    ) == "rule.published"
    assert refused(lambda: build.do(site, processes.ask_rule, 1, wanted, " ", actor=lead)) == (
        "process.reason_needed"
    )
    act = build.do(site, processes.ask_rule, 1, wanted, "The jury asked.", actor=lead)
    browser = client(site)
    build.signed_in(site, browser, second.person_id or 0)
    page = browser.get(f"/office/acts/{act}").text
    assert "Most votes first" in page and "Equal shares" in page and "The jury asked." in page
    answer = browser.post(f"/office/acts/{act}", data={"confirm": "yes"})
    assert "Confirmed and done." in answer.text
    assert row(site, Process).method == "equal-shares"
    public = client(site).get("/processes/shared-budget").text
    assert "Ballot or rule were changed." in public and "The jury asked." in public
