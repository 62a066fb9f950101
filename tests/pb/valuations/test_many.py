"""Five thousand ideas: pages stay short, and asking for them stays quick."""

from __future__ import annotations

import re
import time

from sqlalchemy import insert, update

from pb.core.site import Site
from pb.core.work import Work
from pb.proposals.models import Proposal
from pb.valuations.models import Valuation, ValuationScore
from tests.pb.valuations.made import NO
from tests.support import build
from tests.support.app import client

MANY = 5000
OUTCOMES = ("pass", "refuse", "park", "act")


def test_five_thousand_ideas(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    officers = [build.a_person(site, name, "valuer", "shared-budget")
                for name in ("Olwen", "Gethin")]

    def fill(work: Work) -> None:
        now = work.now
        work.connection.execute(insert(Proposal), [
            {"id": number, "process_id": 1, "number": number, "state": "published",
             "language": "en", "title": f"Bench {number}", "area_id": 1 + number % 3,
             "made_at": now, "saved_at": now, "published_at": now}
            for number in range(1, MANY + 1)
        ])
        work.connection.execute(insert(Valuation), [
            {"id": number, "process_id": 1, "proposal_id": number, "version": 1,
             "state": "decided" if number % 2 else "open",
             "outcome": OUTCOMES[number // 2 % 4] if number % 2 else "", "route": "officers",
             "changes": {}, "cost_lines": [], "legal": {}, "long_term": {}, "ways": [],
             "equality": {}, "advice": {}, "reason": NO, "decided_name": "Olwen",
             "decided_role": "valuer", "decided_at": now}
            for number in range(1, MANY - 999)
        ])
        work.connection.execute(insert(ValuationScore), [
            {"valuation_id": number, "person_id": person, "kind": "simple",
             "impact": 1 + (number + person) % 6, "effort": 1 + number % 6, "at": now}
            for number in range(1, MANY - 999) for person in officers
        ])
        work.session.execute(update(Valuation).where(Valuation.id == 2).values(assigned_to=1))

    build.do(site, fill)
    browser = client(site)
    build.signed_in(site, browser, 1)
    office = "/office/processes/shared-budget"
    for path in (f"{office}/assessment", f"{office}/assessment?show=decided&page=40",
                 f"{office}/assessment?area=2&route=officers", f"{office}/triage",
                 f"{office}/triage?page=9", "/processes/shared-budget/assessment",
                 "/processes/shared-budget/assessment?outcome=refuse&page=10"):
        browser.get(path)
        begun = time.perf_counter()
        page = browser.get(path)
        took = time.perf_counter() - begun
        assert page.status_code == 200, path
        assert len(page.content) < 150_000, (path, len(page.content))
        shown = re.findall(r'id="proposal-\d+"', page.text)
        assert len(shown) <= 50, path
        assert took < 2, (path, took)
    whole = browser.get("/processes/shared-budget/assessment").text
    assert "2,000 of 5,000 ideas have their answer." in whole
    refused = browser.get("/processes/shared-budget/assessment?outcome=refuse").text
    assert "Page 1 of 10" in refused and 'id="pass"' not in refused
    assert "Decided so far: 2,000 of 5,000 ideas." in browser.get(f"{office}/assessment").text
    assert "1 idea here." in browser.get(f"{office}/assessment?show=mine").text
