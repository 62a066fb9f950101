"""Officials' second proof: set up, asked for at signing in and before acts that take two, taken
once, and what happens when it is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pyotp
import pytest
from sqlalchemy import select, update

from pb.accounts import keys
from pb.accounts import services as accounts
from pb.accounts.models import Act, Authenticator, RecoveryCode
from pb.core.security import SessionRow
from pb.core.site import Site
from pb.core.work import Work
from tests.pb.accounts.soft_key import SoftKey
from tests.pb.ballots.vote import hidden
from tests.support import build
from tests.support.app import client, mails, run_jobs
from tests.support.clock import TurnableClock

DATES = "/office/processes/shared-budget/voters/void"


@pytest.fixture(autouse=True)
def _a_process(site: Site) -> None:
    build.a_process(site)


def sign_in(site: Site, browser: Any, person_id: int) -> Any:
    """By a fresh link, as the mail has it; the page after the button."""
    def make(work: Work) -> str:
        return accounts.link_token(work.site.secrets, accounts.new_link(work, person_id))

    link = f"/sign-in/link/{build.do(site, make)}"
    return browser.post(link, data=hidden(browser.get(link).text))


def an_official(site: Site, name: str = "Olwen", role: str = "lead_official") -> tuple[Any, int]:
    person_id = build.a_person(site, name, role, "shared-budget")
    browser = client(site)
    sign_in(site, browser, person_id)
    return browser, person_id


def with_app(site: Site, browser: Any) -> pyotp.TOTP:
    """Set a code app up as the page has it."""
    page = browser.get("/account/keys/app")
    secret = re.search(r"secret=([A-Z2-7]+)", unescape(page.text))
    assert secret and 'class="qr"' in page.text
    app = pyotp.TOTP(secret[1])
    page = browser.post("/account/keys/app", data={
        **hidden(page.text), "name": "My telephone", "code": app.at(site.clock())})
    assert page.url.path == "/account/keys" and "The key is set up." in page.text
    return app


def a_batch(site: Site, browser: Any) -> dict[str, str]:
    """The form that asks for an act that takes two."""
    office = "/office/processes/shared-budget/voters"
    page = browser.get(office)
    browser.post(office, data={**hidden(page.text), "name": "Letters", "number": "2", "area": ""})
    return {"batch": "1", "reason": "The letters were stolen", "once": "one-form"}


def acts(site: Site) -> list[Act]:
    with site.database.reading() as session:
        found = list(session.scalars(select(Act).order_by(Act.id)))
        session.expunge_all()
        return found


def second(site: Site, browser: Any, code: str) -> Any:
    page = browser.get("/sign-in/second")
    return browser.post("/sign-in/second", data={**hidden(page.text), "second_code": code})


# -- signing in ------------------------------------------------------------------------------


def test_with_an_app_the_mail_alone_signs_nobody_in(site: Site, clock: TurnableClock) -> None:
    browser, person = an_official(site)
    app = with_app(site, browser)
    clock.turn(minutes=1)
    other = client(site)
    page = sign_in(site, other, person)
    assert page.url.path == "/sign-in/second" and "The second step" in page.text
    assert other.get("/office").url.path == "/sign-in/second", "half signed in is not signed in"
    assert "Olwen" not in other.get("/help").text
    for wrong in ("", "000000", "nonsense"):
        page = second(site, other, wrong)
        assert page.status_code == 422 and page.url.path == "/sign-in/second"
    page = second(site, other, app.at(clock()))
    assert page.url.path == "/office" and "You are signed in." in page.text


def test_a_code_is_taken_once_and_not_when_it_is_old(site: Site, clock: TurnableClock) -> None:
    browser, person = an_official(site)
    app = with_app(site, browser)
    first, second_browser = client(site), client(site)
    for one in (first, second_browser):
        sign_in(site, one, person)
    assert second(site, first, app.at(clock())).status_code == 422, "it set the app up already"
    clock.turn(seconds=30)
    code = app.at(clock())
    assert second(site, first, code).url.path == "/office"
    assert second(site, second_browser, code).status_code == 422
    clock.turn(seconds=30)
    assert second(site, second_browser, code).status_code == 422
    clock.turn(seconds=60)
    assert second(site, second_browser, app.at(clock() - timedelta(seconds=90))).status_code == 422
    assert second(site, second_browser, app.at(clock() - timedelta(seconds=30))).status_code == 200


def test_tries_are_limited(site: Site, clock: TurnableClock) -> None:
    browser, person = an_official(site)
    app = with_app(site, browser)
    clock.turn(minutes=1)
    other = client(site)
    sign_in(site, other, person)
    answers = [second(site, other, "000000").status_code for _ in range(9)]
    assert set(answers) == {422}
    assert second(site, other, app.at(clock())).status_code == 429


def test_setting_a_key_up_leaves_other_sessions_half(site: Site) -> None:
    browser, person = an_official(site)
    other = client(site)
    sign_in(site, other, person)
    assert "Olwen" in other.get("/office").text
    with_app(site, browser)
    assert other.get("/office").url.path == "/sign-in/second"
    assert browser.get("/office").url.path == "/office"
    run_jobs(site)
    assert mails(site)[-1]["subject"] == "A new key on your account"


# -- acts that take two ----------------------------------------------------------------------


def test_before_an_act_the_proof_is_fresh_and_the_form_goes_on(
    site: Site, clock: TurnableClock
) -> None:
    browser, _ = an_official(site)
    fields = a_batch(site, browser)
    app = with_app(site, browser)
    clock.turn(minutes=11)
    page = browser.post(DATES, data=fields)
    assert page.status_code == 403 and "Show once more who you are." in page.text
    assert acts(site) == [], "nothing is done without it"
    kept = hidden(page.text)
    assert kept["reason"] == "The letters were stolen" and kept["once"] == "one-form"
    page = browser.post(DATES, data={**kept, "second_code": "123456"})
    assert page.status_code == 422 and "This code is not right" in page.text
    assert hidden(page.text)["reason"] == "The letters were stolen" and acts(site) == []
    page = browser.post(DATES, data={**kept, "second_code": app.at(clock())})
    assert page.status_code == 200 and page.url.path.endswith("/voters")
    assert [one.reason for one in acts(site)] == ["The letters were stolen"]


def test_confirming_asks_for_a_fresh_proof_too(site: Site, clock: TurnableClock) -> None:
    asker, _ = an_official(site)
    asker.post(DATES, data=a_batch(site, asker))
    other, _ = an_official(site, "Gwen", "deputy")
    app = with_app(site, other)
    clock.turn(minutes=11)
    page = other.post("/office/acts/1", data={"confirm": "yes"})
    assert page.status_code == 403 and acts(site)[0].confirmed_at is None
    kept = hidden(page.text)
    page = other.post("/office/acts/1", data={**kept, "second_code": app.at(clock())})
    assert page.status_code == 200 and acts(site)[0].confirmed_at is not None


def test_within_ten_minutes_nobody_asks(site: Site, clock: TurnableClock) -> None:
    browser, _ = an_official(site)
    fields = a_batch(site, browser)
    with_app(site, browser)
    clock.turn(minutes=9)
    assert browser.post(DATES, data=fields).status_code == 200 and len(acts(site)) == 1


def test_once_one_has_a_key_the_others_have_a_week(site: Site, clock: TurnableClock) -> None:
    clock.turn(days=-6)  # so that the vote stays open
    browser, _ = an_official(site)
    fields = a_batch(site, browser)
    other, person = an_official(site, "Gwen", "deputy")
    with_app(site, other)
    clock.turn(days=6)
    assert browser.post(DATES, data={**fields, "once": "a"}).status_code == 200
    assert "You need a key soon" in browser.get("/account/keys").text
    clock.turn(days=2)
    browser.post("/office/acts/1", data={"reason": "again"})
    page = browser.post(DATES, data={**fields, "once": "b"})
    assert page.status_code == 403 and "Set up a second key first." in page.text
    assert "You need a key" in browser.get("/account/keys").text
    with_app(site, browser)
    assert browser.post(DATES, data={**fields, "once": "c"}).status_code == 200
    assert person


def test_in_the_demonstration_nobody_is_forced(site: Site, clock: TurnableClock) -> None:
    clock.turn(days=-6)  # so that the vote stays open
    browser, _ = an_official(site)
    fields = a_batch(site, browser)
    other, _ = an_official(site, "Gwen", "deputy")
    with_app(site, other)
    clock.turn(days=8)
    object.__setattr__(site.settings, "demo", True)
    assert browser.post(DATES, data=fields).status_code == 200 and len(acts(site)) == 1


# -- passkeys --------------------------------------------------------------------------------


def options(html: str) -> str:
    found = re.search(r'data-options="([^"]+)"', html)
    assert found
    return unescape(found[1])


def with_passkey(browser: Any, key: SoftKey) -> Any:
    page = browser.get("/account/keys/passkey")
    return browser.post("/account/keys/passkey", data={
        **hidden(page.text), "answer": key.make(options(page.text)), "name": "My laptop"})


def test_a_passkey_signs_in_once_for_each_page(site: Site, clock: TurnableClock) -> None:
    browser, person = an_official(site)
    key = SoftKey()
    assert "The key is set up." in with_passkey(browser, key).text
    clock.turn(minutes=1)
    other, third = client(site), client(site)
    page = sign_in(site, other, person)
    assert "Use my passkey" in page.text and "js/accounts.js" in page.text
    sent = {**hidden(page.text), "second_passkey": key.use(options(page.text))}
    stolen = sign_in(site, third, person)
    assert third.post("/sign-in/second", data={**hidden(stolen.text), **sent}).status_code == 422
    page = other.post("/sign-in/second", data=sent)
    assert page.url.path == "/office"
    with site.database.reading() as session:
        assert session.scalars(select(Authenticator.sign_count)).one() == 2


@pytest.mark.parametrize("fault", ["other key", "other place", "not verified", "replay", "late",
                                   "garbage"])
def test_a_wrong_passkey_is_refused(site: Site, clock: TurnableClock, fault: str) -> None:
    browser, person = an_official(site)
    key = SoftKey()
    with_passkey(browser, key)
    clock.turn(minutes=1)
    other = client(site)
    page = sign_in(site, other, person)
    wrong = SoftKey("http://evil.example" if fault == "other place" else "http://testserver",
                    verified=fault != "not verified")
    wrong.id, wrong.uses = key.id, key.uses
    if fault != "other key":
        wrong.private = key.private
    answer = wrong.use(options(page.text)) if fault != "garbage" else '{"id": 3}'
    sent = {**hidden(page.text), "second_passkey": answer}
    if fault == "replay":
        assert other.post("/sign-in/second", data=sent).url.path == "/office"

        def half(work: Work) -> None:
            work.session.execute(update(SessionRow).values(second_at=None))

        build.do(site, half)
    if fault == "late":
        clock.turn(minutes=6)
    assert other.post("/sign-in/second", data=sent).status_code == 422
    assert other.get("/office").url.path == "/sign-in/second"


def test_a_passkey_made_elsewhere_or_twice_is_not_kept(site: Site) -> None:
    browser, _ = an_official(site)
    page = with_passkey(browser, SoftKey("http://evil.example"))
    assert page.status_code == 422 or "was not accepted" in page.text
    key = SoftKey()
    with_passkey(browser, key)
    assert "is set up already" in with_passkey(browser, key).text
    with site.database.reading() as session:
        assert len(session.scalars(select(Authenticator)).all()) == 1


# -- recovery --------------------------------------------------------------------------------


def test_recovery_codes_are_shown_once_and_work_once(site: Site, clock: TurnableClock) -> None:
    browser, person = an_official(site)
    assert browser.post("/account/keys/recovery").status_code == 409, "without a key there are none"
    with_app(site, browser)
    page = browser.post("/account/keys/recovery")
    codes = re.findall(r"<code>([0-9A-Z]{5} [0-9A-Z]{5})</code>", page.text)
    assert len(set(codes)) == 10
    assert "<code>" not in browser.get("/account/keys/recovery").text
    one, two = client(site), client(site)
    for other in (one, two):
        sign_in(site, other, person)
    assert second(site, one, codes[0].lower().replace("0", "o")).url.path == "/office"
    assert second(site, two, codes[0]).status_code == 422
    with site.database.reading() as session:
        stored = str([(row.mark, row.person_id) for row in session.scalars(select(RecoveryCode))])
    assert not any(code.replace(" ", "") in stored for code in codes)
    assert clock


def test_lost_keys_take_two_others(site: Site, clock: TurnableClock) -> None:
    people = "/office/processes/shared-budget/people"
    lost, person = an_official(site)
    with_app(site, lost)
    asker, asker_id = an_official(site, "Gwen", "deputy")
    page = asker.get(people)
    assert "Olwen has lost the keys" in page.text
    page = asker.post(people, data={"lost": str(person), "reason": "I rang her"})
    assert page.status_code == 200 and acts(site)[0].kind == "accounts.reset_keys"
    assert lost.post("/office/acts/1", data={"confirm": "yes"}).status_code == 403, "not one's own"
    assert asker.post("/office/acts/1", data={"confirm": "yes"}).status_code == 403
    confirmer, _ = an_official(site, "Ifan", "deputy")
    assert "Take away somebody’s lost keys" in confirmer.get("/office/acts/1").text
    assert confirmer.post("/office/acts/1", data={"confirm": "yes"}).status_code == 200
    assert lost.get("/office").url.path == "/sign-in", "every session ends"
    assert sign_in(site, lost, person).url.path == "/office"
    run_jobs(site)
    assert "Your keys were taken away" in [one["subject"] for one in mails(site)]
    own = lost.post(people, data={"lost": str(person), "reason": "mine"})
    assert own.status_code == 403 and asker_id


def test_taking_a_key_away_is_an_act_of_its_own(site: Site, clock: TurnableClock) -> None:
    browser, person = an_official(site)
    app = with_app(site, browser)
    clock.turn(minutes=11)
    page = browser.post("/account/keys/remove", data={"key": "1"})
    assert page.status_code == 403
    page = browser.post("/account/keys/remove", data={
        **hidden(page.text), "second_code": app.at(clock())})
    assert "The key is taken away." in page.text and "You have no key yet." in page.text
    assert sign_in(site, client(site), person).url.path == "/office"
    stranger, _ = an_official(site, "Gwen", "deputy")
    with_app(site, stranger)
    assert stranger.post("/account/keys/remove", data={"key": "1"}).status_code == 404


# -- what is kept ----------------------------------------------------------------------------


def test_no_secret_is_kept_in_the_clear_or_logged(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    browser, _ = an_official(site)
    app = with_app(site, browser)
    browser.post("/account/keys/recovery")
    site.close()
    stored = b"".join(one.read_bytes() for one in site.settings.data.glob("pb.sqlite3*"))
    assert app.secret.encode() not in stored and b"My telephone" in stored
    assert app.secret not in caplog.text


def test_only_people_with_a_task_have_keys(site: Site) -> None:
    browser = client(site)
    assert browser.get("/account/keys").url.path == "/sign-in"
    build.signed_in(site, browser, build.a_person(site, "Citizen"))
    for path in ("/account/keys", "/account/keys/app", "/account/keys/passkey"):
        assert browser.get(path).status_code == 404


def test_a_code_has_its_thirty_seconds() -> None:
    secret, now = keys.new_secret(), 1_800_000_000.0
    app = pyotp.TOTP(secret)
    steps = [keys.step_of(secret, app.at(int(now) + offset), now) for offset in (-60, -30, 0, 30)]
    assert steps == [None, int(now // 30) - 1, int(now // 30), int(now // 30) + 1]
    assert keys.step_of(secret, f" {app.at(int(now))[:3]} {app.at(int(now))[3:]}", now)
