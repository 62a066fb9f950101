"""Reporting, the author's page, the moderators' queue and the public log, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from pb.core.site import Site
from pb.moderation import rules, services
from tests.pb.moderation.a_post import TEXT, an_idea, cases, hidden
from tests.support import build
from tests.support.app import client
from tests.support.app import hidden as fields

BASE = "/processes/shared-budget"
OFFICE = "/office/processes/shared-budget/reports"
REPORT = BASE + "/report/proposal/{}"


def send(browser: Any, address: str, **values: str) -> Any:
    """Fill in the form of a page and send it."""
    return browser.post(address, data=fields(browser.get(address).text) | values)


def staff(site: Site, name: str, role: str = "moderator", language: str = "en") -> Any:
    browser = client(site, language)
    build.signed_in(site, browser, build.a_person(site, name, role, "shared-budget"))
    return browser


@pytest.fixture
def town(site: Site) -> int:
    return build.a_process(site, phase="ideas")


def test_a_stranger_reports_and_a_moderator_decides(site: Site, town: int) -> None:
    author = build.a_person(site, "Nia")
    idea = an_idea(site, town, author)
    stranger = client(site)
    page = stranger.get(REPORT.format(idea))
    assert page.status_code == 200 and TEXT in page.text
    empty = send(stranger, REPORT.format(idea))
    assert empty.status_code == 422 and "Choose why." in empty.text
    other = send(stranger, REPORT.format(idea), code="other")
    assert other.status_code == 422 and "Say in a few words what is wrong." in other.text
    done = send(stranger, REPORT.format(idea), code="personal", words="Her phone number.")
    assert done.url.path.endswith("/thanks")
    assert "Hidden until a moderator decides" in done.text and "Her phone" not in done.text
    assert hidden(site, idea)
    assert stranger.get(REPORT.format(idea)).status_code == 404  # it is hidden already

    writer = client(site)
    build.signed_in(site, writer, author)
    mine = writer.get(f"{BASE}/moderation/1")
    assert "gives away something private" in mine.text and "Her phone" not in mine.text
    assert stranger.get(f"{BASE}/moderation/1", follow_redirects=False).status_code == 303

    site.clock.turn(hours=5)  # type: ignore[attr-defined]
    moderator = staff(site, "Mair")
    queue = moderator.get(OFFICE)
    assert "The oldest has waited for 5 hours." in queue.text
    case = moderator.get(f"{OFFICE}/1")
    assert "Her phone number." in case.text and "who was not signed in" in case.text
    assert send(moderator, f"{OFFICE}/1", reason="x").status_code == 422
    decided = send(moderator, f"{OFFICE}/1", outcome="hidden", code="personal",
                   reason="Take the number out and it is welcome.")
    assert "Decided. The author is told." in decided.text

    assert "Take the number out" in writer.get(f"{BASE}/moderation/1").text
    log = stranger.get(f"{BASE}/moderation").text
    assert "gives away something private" in log
    assert "Mair" not in log and "Nia" not in log and TEXT not in log and "A bench" not in log

    appealed = send(writer, f"{BASE}/moderation/1", words="It is the library’s number.")
    assert "Sent. Another person looks at it." in appealed.text
    own = moderator.get(f"{OFFICE}/1")
    assert "You decided this yourself." in own.text and "<textarea" not in own.text
    refused = moderator.post(f"{OFFICE}/1", data={"outcome": "stays", "words": "Mine."})
    assert refused.status_code == 403
    second = staff(site, "Gwyn")
    assert "queue=appeals" in second.get(OFFICE).text
    send(second, f"{OFFICE}/1", outcome="stays", words="So it is.")
    assert not hidden(site, idea)
    assert "So it is." in writer.get(f"{BASE}/moderation/1").text
    assert "After the author’s appeal." in stranger.get(f"{BASE}/moderation").text


def test_the_words_of_a_post_are_never_a_page_of_its_author(site: Site, town: int) -> None:
    hostile = "<script>alert(1)</script> <img src=x onerror=alert(1)> javascript:alert(1)"
    idea = an_idea(site, town, wish=hostile, title="<b>Bold</b>")
    send(client(site), REPORT.format(idea), code="insult", words=hostile)
    for page in (staff(site, "Mair").get(f"{OFFICE}/1"), staff(site, "Gwyn").get(OFFICE)):
        assert "<script>alert" not in page.text and "<img src=x" not in page.text
        assert "<b>Bold" not in page.text


def test_a_form_sent_twice_reports_once(site: Site, town: int) -> None:
    idea = an_idea(site, town)
    browser = client(site)
    data = fields(browser.get(REPORT.format(idea)).text) | {"code": "insult"}
    first = browser.post(REPORT.format(idea), data=data, follow_redirects=False)
    again = browser.post(REPORT.format(idea), data=data, follow_redirects=False)
    assert first.status_code == 303 and again.status_code in (303, 404)
    assert len(cases(site)) == 1


def test_a_project_on_an_open_ballot_is_said_to_stay(site: Site) -> None:
    build.a_process(site, phase="voting")
    browser = client(site)
    page = browser.get(f"{BASE}/projects/1")
    assert f"{BASE}/report/project/1" in page.text
    assert "It is shown until then" in browser.get(f"{BASE}/report/project/1").text
    done = send(browser, f"{BASE}/report/project/1", code="misleading")
    assert "It is on a ballot that is open." in done.text
    case = staff(site, "Mair").get(f"{OFFICE}/1").text
    assert 'value="passed"' in case and 'value="hidden"' not in case


def test_a_strangers_cap_says_what_to_do(site: Site, town: int) -> None:
    browser = client(site)
    for number in range(rules.STRANGER_A_DAY + 1):
        idea = an_idea(site, town, number=number + 1, wish=f"{TEXT} {number}")
        page = send(browser, REPORT.format(idea), code="insult")
    assert page.status_code == 429 and "Sign in to report more." in page.text
    assert not hidden(site, idea)


def test_near_copies_are_decided_together_on_one_page(site: Site, town: int) -> None:
    mark = services.address_mark(site, "192.0.2.1")
    ideas = []
    for number in range(rules.COPIES):
        text = f"Cheap sofas and beds for everybody in town, order number {number} today!"
        ideas.append(an_idea(site, town, number=number + 1, wish=text))
        build.do(site, lambda work, idea=ideas[-1], text=text: services.note_post(
            work, town, "proposal", idea, text, mark))
    moderator = staff(site, "Mair")
    page = moderator.get(f"{OFFICE}/1").text
    assert "4 more wait." in page and "so all of them were held" in page
    send(moderator, f"{OFFICE}/1", outcome="stays", reason="A class wrote these.", together="y")
    assert not any(hidden(site, idea) for idea in ideas)
    assert "Nothing waits" in moderator.get(OFFICE).text
    log = client(site).get(f"{BASE}/moderation").text
    assert "Many near-copies." in log


@pytest.mark.parametrize("path", ["0", "x", "99", "9" * 30, "-1", "%00"])
def test_odd_addresses_find_nothing(site: Site, town: int, path: str) -> None:
    moderator = staff(site, "Mair")
    assert moderator.get(f"{OFFICE}/{path}").status_code == 404
    assert moderator.get(f"{BASE}/moderation/{path}").status_code == 404
    assert moderator.get(REPORT.format(path)).status_code == 404
    assert moderator.get(f"{BASE}/report/nothing/{path}").status_code == 404


def test_each_state_has_its_page_in_welsh(site: Site, town: int) -> None:
    moderator = staff(site, "Mair", language="cy")
    for address in (OFFICE, OFFICE + "?queue=appeals", OFFICE + "?queue=decided",
                    f"{BASE}/moderation"):
        page = moderator.get(address)
        assert page.status_code == 200 and '<html lang="cy"' in page.text


def test_the_page_of_a_hidden_idea_leads_its_author_to_the_reason(site: Site, town: int) -> None:
    author = build.a_person(site, "Nia")
    idea = an_idea(site, town, author)
    stranger, writer = client(site), client(site)
    build.signed_in(site, writer, author)
    send(stranger, REPORT.format(idea), code="personal")
    page = stranger.get(f"{BASE}/ideas/1")
    assert page.status_code == 404 and "Somebody reported this idea." in page.text
    assert TEXT not in page.text and TEXT not in stranger.get(f"{BASE}/ideas").text
    mine = f"{BASE}/moderation/proposal/{idea}"
    assert mine in writer.get(f"{BASE}/ideas/1").text
    assert writer.get(mine).url.path == f"{BASE}/moderation/1"
    assert staff(site, "Gwyn").get(mine).status_code == 404  # not theirs
    send(staff(site, "Mair"), f"{OFFICE}/1", outcome="hidden", code="personal", reason="A name.")
    assert "Hidden by a moderator" in stranger.get(f"{BASE}/ideas/1").text
    assert "Hidden by a moderator" in writer.get(f"{BASE}/ideas/1").text


def test_the_office_says_what_waits_and_the_process_page_leads_to_the_log(
    site: Site, town: int
) -> None:
    moderator, translator = staff(site, "Mair"), staff(site, "Ceri", "translator")
    assert "waits for a moderator" not in moderator.get("/office").text
    send(client(site), REPORT.format(an_idea(site, town)), code="insult")
    page = moderator.get("/office").text
    assert f'<a href="{OFFICE}">1 post waits for a moderator.</a>' in page
    assert "waits for a moderator" not in translator.get("/office").text
    assert f'href="{BASE}/moderation"' in client(site).get(BASE).text
