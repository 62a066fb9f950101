"""Signing in: links that work once, by a button; codes that always work too."""

from __future__ import annotations

import re
import threading

import pytest

from pb.accounts import services
from pb.core.errors import Gone
from pb.core.site import Site
from pb.core.work import NOBODY
from tests.support import build
from tests.support.app import client, hidden, mails, run_jobs
from tests.support.clock import TurnableClock


def ask(site: Site, language: str = "en") -> tuple[str, str]:
    """Ask for a link; the mail's link (its path) and code."""
    person = build.a_person(site, "Mair", role="administrator", language=language)
    assert person
    browser = client(site)
    assert browser.post("/sign-in", data={"email": "MAIR@example.com"}).status_code == 200
    run_jobs(site)
    text = mails(site)[-1].get_body(("plain",)).get_content()
    link = re.search(r"http://testserver(/sign-in/link/\S+)", text)
    code = re.search(r"\b([0-9A-Z]{4} [0-9A-Z]{4})\b", text)
    assert link and code
    return link[1], code[1]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_link_opens_a_page_whose_button_signs_in_once(site: Site, language: str) -> None:
    link, _code = ask(site, language)
    browser = client(site, language)
    for _ in range(3):
        assert browser.get(link).status_code == 200  # looking uses nothing up
        assert browser.head(link).status_code in (200, 405)
    assert browser.post(link).status_code == 200
    assert "session" in browser.cookies
    other = client(site, language)
    assert other.post(link).status_code == 410
    again = other.get(link)
    assert again.status_code == 410
    assert ("This link was used" if language == "en" else "ddolen") in again.text


def test_the_code_signs_in_with_confusable_letters_typed_small(site: Site) -> None:
    build.a_person(site, "Mair")
    browser = client(site)
    browser.post("/sign-in", data={"email": "mair@example.com"})
    run_jobs(site)
    code = re.search(
        r"\b([0-9A-Z]{4} [0-9A-Z]{4})\b", mails(site)[-1].get_body(("plain",)).get_content()
    )
    assert code
    wrong = browser.post("/sign-in/sent", data={"code": "0000 0000"})
    assert wrong.status_code == 422 and "0000 0000" in wrong.text
    typed = code[1].lower().replace("0", "o").replace("1", "l")
    assert browser.post("/sign-in/sent", data={"code": typed}).status_code == 200
    assert "session" in browser.cookies


def test_codes_cannot_be_guessed_for_long(site: Site) -> None:
    build.a_person(site, "Mair")
    browser = client(site)
    browser.post("/sign-in", data={"email": "mair@example.com"})
    answers = [
        browser.post("/sign-in/sent", data={"code": f"{number:08d}"}).status_code
        for number in range(7)
    ]
    assert answers[:5] == [422] * 5 and answers[5:] == [410] * 2


def test_strangers_and_members_get_the_same_answer(site: Site) -> None:
    build.a_person(site, "Mair")
    pages = []
    for email in ("mair@example.com", "nobody@example.com"):
        browser = client(site)
        answer = browser.post("/sign-in", data={"email": email})
        pages.append(re.sub(r'value="[^"]+"', "", answer.text))
        assert answer.status_code == 200
    assert pages[0] == pages[1]
    run_jobs(site)
    assert len(mails(site)) == 1


def test_a_link_expires(site: Site, clock: TurnableClock) -> None:
    link, _code = ask(site)
    clock.turn(minutes=61)
    browser = client(site)
    assert browser.get(link).status_code == 410
    assert browser.post(link).status_code == 410


def test_a_link_pressed_twice_at_once_signs_in_once(site: Site) -> None:
    link, _code = ask(site)
    token = link.rsplit("/", 1)[1]
    outcomes: list[object] = []

    def press() -> None:
        try:
            outcomes.append(site.work.run(services.sign_in_by_link, NOBODY, token, "", None))
        except Gone as error:
            outcomes.append(error)

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, str) for one in outcomes) == 1


def test_a_form_from_another_site_is_refused(site: Site) -> None:
    link, _code = ask(site)
    browser = client(site)
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert browser.post(link, headers=headers).status_code == 403
    assert "session" not in browser.cookies
    assert browser.post(link, headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_signing_out_ends_the_session_everywhere(site: Site) -> None:
    link, _code = ask(site)
    browser = client(site)
    browser.post(link)
    stolen = browser.cookies["session"]
    browser.post("/sign-out")
    thief = client(site)
    thief.cookies.set("session", stolen, domain="testserver.local")
    assert "/sign-in" in str(thief.get("/office").url) or thief.get("/office").status_code in (
        403, 404,
    )


def test_mails_hold_no_secret_in_the_database(site: Site) -> None:
    link, code = ask(site)
    site.work.close()
    content = (site.settings.data / "pb.sqlite3").read_bytes() + (
        site.settings.data / "pb.sqlite3-wal"
    ).read_bytes()
    assert link.rsplit("/", 1)[1].encode() not in content
    assert code.replace(" ", "").encode() not in content


def test_the_button_pressed_twice_signs_in_and_no_session_is_kept_in_words(site: Site) -> None:
    link, _code = ask(site)
    browser = client(site)
    data = hidden(browser.get(link).text)
    assert data["once"]
    first = browser.post(link, data=data, follow_redirects=False)
    again = client(site).post(link, data=data, follow_redirects=False)
    assert first.status_code == again.status_code == 303
    assert client(site).post(link, data={"once": "another"}).status_code == 410
    cookie = first.cookies["session"]
    assert again.cookies["session"] == cookie
    site.work.close()
    stored = (site.settings.data / "pb.sqlite3").read_bytes() + (
        site.settings.data / "pb.sqlite3-wal"
    ).read_bytes()
    assert cookie.encode() not in stored
