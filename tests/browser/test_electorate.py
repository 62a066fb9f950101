"""Who may vote and officials' keys in Chromium: joining without script, a passkey of a virtual
telephone, and every page and error state checked for accessibility."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest

from pb.electorate import services
from pb.electorate.values import WaysValue
from tests.pb.accounts.test_keys import a_batch
from tests.pb.electorate.test_declared import press, say
from tests.support import build
from tests.support.app import client, mails, run_jobs

pytestmark = pytest.mark.chromium
OFFICE = "/office/processes/shared-budget/electorate"
LIST = (
    "Identifier,Ward,E-mail\nA-1001,Riverside,mair@example.com\nA-1002,Nowhere,\n"
    "=1+1,Quay,\nA-1003,Quay,ifan@example.com\n"
)


def a_vote(site: Any, phase: str = "voting") -> int:
    process = build.a_process(site, phase=phase)
    value = WaysValue(("list", "declared"), 16, True, True, {"en": "All.", "cy": "Pawb."})
    build.do(site, services.set_ways, process, value, "as agreed")
    return process


def enter_office(live: Any, page: Any, name: str = "Non") -> int:
    person = build.a_person(live.site, name, "lead_official", "shared-budget")

    def make(work: Any) -> str:
        from pb.core import security

        return security.open_session(work, None, person_id=person)

    page.context.add_cookies(
        [{"name": "session", "value": build.do(live.site, make), "url": live.url}])
    return person


def test_joining_works_without_script_and_opens_the_ballot(live: Any, new_page: Any) -> None:
    a_vote(live.site)
    page = new_page(live, width=320, script=False)
    page.goto(f"{live.url}/processes/shared-budget/vote")
    page.click("text=Join this vote")
    page.click("button:has-text('Send me the mail')")
    assert page.locator(".errors li").count() >= 4
    page.select_option("#area", label="Riverside")
    page.fill("#name", "Mair Pugh")
    page.fill("#street", "3 Mill Lane")
    page.fill("#birth_year", "1980")
    page.fill("#email", "mair@example.com")
    page.check("#lives")
    page.check("#old_enough")
    page.click("button:has-text('Send me the mail')")
    run_jobs(live.site)
    text = mails(live.site)[-1].get_body(("plain",)).get_content()
    code = re.search(r"have open: ([0-9A-Z ]{9})", text)
    assert code
    page.fill("#code", code[1])
    page.click("button:has-text('Confirm my address')")
    assert page.url.endswith("/vote/ballot")


def test_a_passkey_is_made_and_signs_in(live: Any, new_page: Any) -> None:
    a_vote(live.site)
    live.url = live.url.replace("127.0.0.1", "localhost")
    object.__setattr__(live.site.settings, "base_url", live.url)
    page = new_page(live)
    enter_office(live, page)
    telephone = page.context.new_cdp_session(page)
    telephone.send("WebAuthn.enable")
    telephone.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True}})
    page.goto(f"{live.url}/account/keys/passkey")
    page.fill("#name", "My telephone")
    page.click("#make-passkey")
    page.wait_for_url("**/account/keys")
    assert "My telephone" in page.inner_text("main")
    browser = client(live.site)
    browser.cookies.set("session", next(
        one["value"] for one in page.context.cookies() if one["name"] == "session"))
    a_batch(live.site, browser)
    live.site.clock.turn(minutes=11)
    page.goto(f"{live.url}/office/processes/shared-budget/voters")
    page.click("summary:has-text('Make this batch void')")
    page.fill("#reason-1", "Stolen letters")
    page.click("button:has-text('Ask a second official')")
    assert "Show once more who you are." in page.inner_text("main")
    page.click("#use-passkey")
    page.wait_for_url("**/voters*")
    assert "once a second official confirms" in page.inner_text("main")


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("cy", "dark")])
def test_every_page_is_accessible(
    live: Any, new_page: Any, axe: Any, language: str, theme: str
) -> None:
    faults: list[str] = []
    a_vote(live.site)
    for number in range(12):
        say(live.site, f"v{number}@example.com", name=f"Person {number}", street="3 Mill Lane",
            birth_year=str(1950 + number))
        press(live.site, f"v{number}@example.com")
    for tag in ("two", "three"):
        say(live.site, f"v1+{tag}@example.com", name=f"Person {tag}", street="9 Mill Lane",
            birth_year="1990")
        press(live.site, f"v1+{tag}@example.com")
    page = new_page(live, width=360, language=language, theme=theme)
    page.on("response", lambda answer: faults.append(answer.url) if answer.status > 499 else None)
    public = "/processes/shared-budget"
    for path in ("/vote", "/who", "/join", "/vote/send", "/vote/sent", "/join/sent"):
        page.goto(f"{live.url}{public}{path}")
        axe(page)
    page.goto(f"{live.url}{public}/join")
    page.click("main form .btn")
    axe(page)
    person = enter_office(live, page)
    page.goto(f"{live.url}{OFFICE}/lists/new")
    axe(page)
    page.set_input_files("#file", {"name": "roll.csv", "mimeType": "text/csv",
                                   "buffer": LIST.encode()})
    page.click("main form#page-form .btn")
    axe(page)
    page.click("button[value=put]")
    axe(page)
    for path in ("", "/ways", "/review", "/oddities"):
        page.goto(f"{live.url}{OFFICE}{path}")
        axe(page)
    page.goto(f"{live.url}{OFFICE}/review")
    page.locator("button[value=accept]").first.click()
    axe(page)
    for path in ("/account/keys", "/account/keys/passkey", "/account/keys/app"):
        page.goto(f"{live.url}{path}")
        axe(page)
    page.click("main details summary")
    secret = page.locator("main details code").inner_text().replace(" ", "")
    app = pyotp.TOTP(secret)
    page.fill("#name", "Ap")
    page.fill("#code", app.at(live.site.clock()))
    page.click("main form .btn")
    axe(page)
    page.click("form[action$=recovery] button")
    axe(page)
    live.site.clock.turn(minutes=11)
    page.goto(f"{live.url}{OFFICE}")
    page.click("#one details summary")
    page.fill("#voter", "#1")
    page.fill("#void_reason", "x")
    page.click("button[value=void]")
    axe(page)
    page.fill("#second_code", "000000")
    page.click("main form .btn")
    axe(page)
    assert person and not faults
