"""One vote, walked whole over HTTP: letters, ballots, the close, the count by two, a provisional
result, an objection, the final result. On SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from sqlalchemy import func, select

from pb.ballots.models import RollEntry
from pb.core.site import Site
from tests.pb.ballots.vote import a_batch, area_of, enter, hidden
from tests.support import build
from tests.support.app import client, mails, run_jobs
from tests.support.clock import TurnableClock

OFFICE = "/office/processes/shared-budget"


def vote(
    site: Site, code: str, numbers: tuple[int, ...], before: str = "Not cast yet"
) -> None:
    """Come in with a code, tick projects, check, cast."""
    browser = client(site)
    page = enter(browser, code)
    assert before in page.text
    check = browser.post(
        "/processes/shared-budget/vote/ballot",
        data={**hidden(page.text), "choose": [str(number) for number in numbers], "check": "1"},
    )
    assert check.url.path.endswith("/vote/check")
    done = browser.post("/processes/shared-budget/vote/check",
                        data={**hidden(check.text), "cast": "1"})
    assert "Your ballot is in" in done.text


def press(browser: Any, path: str, what: str, **fields: str) -> Any:
    page = browser.get(path)
    return browser.post(path, data={**hidden(page.text), "do": what, **fields})


def confirm(browser: Any, path: str = OFFICE + "/count") -> Any:
    """The second official finds what waits and confirms it."""
    acts = re.findall(r'href="(/office/acts/\d+)"', browser.get(path).text)
    assert acts
    page = browser.get(acts[-1])
    return browser.post(acts[-1], data={**hidden(page.text), "confirm": "yes"})


def test_from_the_first_letter_to_the_final_result(either: Site, clock: TurnableClock) -> None:
    site = either
    process_id = build.a_process(site, projects=6)
    codes = a_batch(site, process_id, 9, area_of(site, process_id))
    for code, numbers in zip(codes, [(1, 3), (1,), (1, 3), (4,), (1, 4), (3,), (1,)],
                             strict=False):
        vote(site, code, numbers)
    vote(site, codes[0], (1, 4), "Your ballot is in")  # changes the ballot: the last one counts

    first, second = client(site), client(site)
    lead = build.a_person(site, "Mair", "lead_official", "shared-budget")
    deputy = build.a_person(site, "Huw", "deputy", "shared-budget")
    build.signed_in(site, first, lead)
    build.signed_in(site, second, deputy)
    public = client(site, "en")

    # Before the close nobody can count, and no page holds a figure.
    assert press(first, OFFICE + "/count", "count").status_code == 403
    assert "votes" not in public.get("/processes/shared-budget/result").text.lower().split(
        "<main")[1].split("</main")[0].replace("votes are", "").replace("the votes", "")

    clock.now = build.WHEN["count"]
    run_jobs(site)
    with site.database.reading() as session:
        assert session.scalar(
            select(func.count()).where(RollEntry.leaf.is_not(None))
        ) == 0  # nothing joins a voter to a ballot any more
    press(first, OFFICE + "/count", "count")
    run_jobs(site)
    assert "Counted, not published" in first.get(OFFICE + "/count").text
    assert public.get("/processes/shared-budget/result/files/result.json").status_code == 404

    until = "2027-06-07T12:00"
    press(first, OFFICE + "/count", "publish", until=until)
    refused = first.get(re.findall(r'href="(/office/acts/\d+)"',
                                   first.get(OFFICE + "/count").text)[-1])
    assert refused.status_code == 200
    alone = first.post(refused.url.path, data={**hidden(refused.text), "confirm": "yes"})
    assert alone.status_code == 403
    assert public.get("/processes/shared-budget/result/files/result.json").status_code == 404
    assert confirm(second).status_code == 200
    run_jobs(site)

    result = public.get("/processes/shared-budget/result")
    assert "Provisional" in result.text and "Project 1" in result.text
    files = re.findall(r'href="(/processes/shared-budget/result/files/[^"]+)"', result.text)
    assert len(files) >= 4
    for path in files:
        assert public.get(unescape(path)).status_code == 200
    told = public.get("/processes/shared-budget/result/files/result.json").json()
    assert "1" in str(told)

    # Somebody objects; it is answered; only then, and after the date, it becomes final.
    page = public.get("/processes/shared-budget/result/object")
    public.post("/processes/shared-budget/result/object", data={
        **hidden(page.text), "text": "I think this is wrong.", "name": "Nia Test",
        "email": "nia@example.com",
    })
    run_jobs(site)
    assert press(first, OFFICE + "/count", "finish").status_code in (409, 422)
    objection = re.findall(r'href="(/office/processes/shared-budget/objections/\d+)"',
                           first.get(OFFICE + "/count").text)[0]
    page = first.get(objection)
    first.post(objection, data={**hidden(page.text), "answer": "We counted again: it stands.",
                                "upheld": "no"})
    run_jobs(site)
    assert "it stands" in public.get("/processes/shared-budget/result").text
    clock.now = build.WHEN["results"].replace(year=2027, month=6, day=8)
    assert first.get(OFFICE).url.path == "/sign-in"  # two weeks on, the session has ended
    build.signed_in(site, first, lead)
    build.signed_in(site, second, deputy)
    press(first, OFFICE + "/count", "finish")
    assert confirm(second).status_code == 200
    run_jobs(site)
    final = public.get("/processes/shared-budget/result").text
    assert "Final" in final and "Provisional" not in final

    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RollEntry)) == 0
    assert "7 of 9" in final  # turnout was frozen with the count

    press(first, OFFICE + "/count", "count")
    run_jobs(site)
    again = first.get(OFFICE + "/count").text
    assert "came to the same as the published result" in again
    preview = first.get(OFFICE + "/count/preview").text
    assert "7 of 9" in preview

    subjects = [mail["Subject"] for mail in mails(site) if mail["To"] == "nia@example.com"]
    assert len(subjects) == 2  # it came in; it was answered
    assert any(mail["To"] == "huw@example.com" for mail in mails(site))
