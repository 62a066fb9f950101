"""Every office page for every role: seen, refused, or led to the sign-in; none is empty."""

from __future__ import annotations

import re

import pytest

from pb.access.policy import ROLES
from pb.core.site import Site
from pb.processes import services as processes
from tests.support import build
from tests.support.app import client

PROCESS = "/office/processes/shared-budget"
OFFICIALS = {"administrator", "lead_official", "deputy"}
EVERYBODY = OFFICIALS | set(ROLES)
SEEN_BY = {
    "/office": EVERYBODY,
    "/office/council": {"administrator"},
    "/office/new": {"administrator", "lead_official"},
    "/office/log": OFFICIALS | {"auditor"},
    PROCESS: EVERYBODY,
    f"{PROCESS}/texts": OFFICIALS,
    f"{PROCESS}/rule": OFFICIALS,
    f"{PROCESS}/areas": EVERYBODY,
    f"{PROCESS}/areas/new": OFFICIALS,
    f"{PROCESS}/areas/1": OFFICIALS,
    f"{PROCESS}/dates": OFFICIALS,
    f"{PROCESS}/people": EVERYBODY,
    f"{PROCESS}/projects": EVERYBODY,
    f"{PROCESS}/projects/new": OFFICIALS | {"valuer"},
    f"{PROCESS}/projects/1": OFFICIALS | {"valuer"},
    f"{PROCESS}/voters": EVERYBODY,
    "/office/acts/1": OFFICIALS,
}
SET_BEFORE_THE_VOTE = {
    f"{PROCESS}/{page}"
    for page in ("texts", "rule", "areas/new", "areas/1", "projects/new", "projects/1")
}


def an_act(site: Site) -> None:
    """Something that waits for a second official."""
    lead = build.actor(site, build.a_person(site, "Olwen", "lead_official", "shared-budget"))
    phases = [processes.PhaseValue("voting", build.TIMETABLE[2][1], build.WHEN["results"])]
    build.do(site, processes.ask_dates, 1, phases, "The letters are late.", actor=lead)


def pages_for(site: Site, role: str | None, language: str = "en") -> dict[str, tuple[int, str]]:
    browser = client(site, language)
    if role:
        scope = None if role == "administrator" else "shared-budget"
        build.signed_in(site, browser, build.a_person(site, "Mair", role, scope))
    answers = {}
    for path in SEEN_BY:
        answer = browser.get(path, follow_redirects=False)
        answers[path] = (answer.status_code, answer.text or answer.headers.get("location", ""))
    return answers


@pytest.mark.parametrize("role", ["administrator", *ROLES])
@pytest.mark.parametrize("phase", ["assessment", "voting"])
def test_each_role_sees_its_pages_and_no_other(site: Site, role: str, phase: str) -> None:
    build.a_process(site, phase=phase)
    an_act(site)
    for path, (status, html) in pages_for(site, role).items():
        seen = role in SEEN_BY[path] and not (
            phase == "voting" and path in SET_BEFORE_THE_VOTE
        )
        assert status == (200 if seen else 403), f"{role} at {path}: {status}"
        if seen:
            words = re.sub(r"<[^>]+>", " ", html.split("<main")[1].split("</main>")[0])
            assert len(words.split()) > 15, f"{path} is nearly empty for {role}"


def test_strangers_are_led_to_the_sign_in_and_back(site: Site) -> None:
    build.a_process(site, phase="assessment")
    for path, (status, text) in pages_for(site, None).items():
        assert status == 303, path
        assert "/sign-in?next=" in text, path


def test_people_of_another_process_see_nothing_of_this_one(site: Site) -> None:
    build.a_process(site, phase="assessment")
    build.a_process(site, "drafted", state="draft", phase="assessment")
    an_act(site)
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Mair", "lead_official", "drafted"))
    for path in SEEN_BY:
        if path.startswith((PROCESS, "/office/acts")):
            assert browser.get(path).status_code in (403, 404), path
    office = browser.get("/office").text.split("<main")[1]  # the menu leads to public pages
    assert "/office/processes/drafted" in office and "shared-budget" not in office


@pytest.mark.parametrize("language", ["en", "cy"])
def test_an_official_reads_every_page_in_their_language(site: Site, language: str) -> None:
    build.a_process(site, phase="assessment", state="draft")
    an_act(site)
    for path, (status, html) in pages_for(site, "administrator", language).items():
        assert status == 200, path
        assert f'<html lang="{language}"' in html


@pytest.mark.parametrize("junk", ["0", "99", "x", "²", "1e9", "1" * 30, "%00"])
def test_addresses_of_nothing_are_not_found(site: Site, junk: str) -> None:
    build.a_process(site, phase="assessment")
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Mair", "administrator"))
    for path in (f"/office/acts/{junk}", f"/office/processes/{junk}",
                 f"{PROCESS}/areas/{junk}", f"{PROCESS}/projects/{junk}"):
        assert browser.get(path).status_code == 404, path
