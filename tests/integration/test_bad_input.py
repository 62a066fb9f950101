"""Bad input at every address, by everybody, at every time of a vote, on both databases: no 500.

    pytest tests/integration/test_bad_input.py --inputs 1000000     # as many as wanted

Hypothesis draws what is sent from a description of all addresses (``tests/support/inputs.py``);
Schemathesis reads the same description and sends its own, valid and invalid. It takes some thirty
times longer for each input, so it gets one in twenty of them.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from pb import migrations
from pb.core import security
from pb.core.jobs import JobRow
from pb.core.security import Rates
from pb.core.site import Site
from pb.core.work import Work
from tests.pb.ballots.vote import a_batch, cast, open_box, roll_id_of
from tests.support import build, ideas
from tests.support.app import make_settings, run_jobs
from tests.support.clock import TurnableClock
from tests.support.inputs import (
    Address,
    Asked,
    Browserless,
    Known,
    a_request,
    addresses,
    description,
)
from tests.support.postgres import Server
from voting.ballots import Approval

PHASES = ("ideas", "voting", "count", "results")
WHO = ("nobody", "voter", "citizen", "lead_official", "administrator")
OFTEN = (*WHO, "voter", "lead_official", "lead_official")
TOGETHER = 8
"""Requests in one example: what one leaves behind the next one meets."""
ONE_TOWN = 1500
"""Inputs after which the town is built anew, since officials will have turned it upside down."""
FRESH = 40
"""Examples after which everybody is signed in anew, and the jobs are run."""
ONE_IN = 20
"""The part of the inputs that Schemathesis sends."""


@dataclass
class Town:
    site: Site
    people: dict[str, int | None]
    roll_id: int

    def sign_in(self, browserless: Browserless) -> None:
        browserless.people = {who: self._session(who, one) for who, one in self.people.items()}

    def _session(self, who: str, person: int | None) -> str:
        if who == "nobody":
            return ""

        def make(work: Work) -> str:
            token = security.open_session(
                work, None, person_id=person, passes={1: self.roll_id} if who == "voter" else {})
            security.note_second(work, token)
            return token

        return str(build.do(self.site, make))


def a_town(site: Site, phase: str) -> Town:
    """A process at this time, with voters, a ballot in the box, and people of each kind."""
    process = ideas.a_process(site)
    codes = a_batch(site, process, 3)
    rolls = [roll_id_of(site, process, code) for code in codes]
    people: dict[str, int | None] = {"nobody": None, "voter": None}
    people["citizen"] = build.a_person(site, "Mair Citizen")
    people["lead_official"] = build.a_person(site, "Lead", "lead_official", "shared-budget")
    people["administrator"] = build.a_person(site, "Admin", "administrator")
    for title in ("A bench by the mill", "A tree in each street"):
        ideas.an_idea(site, title, author=people["citizen"])
    if phase != "ideas":
        site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
        open_box(site, process)
        cast(site, process, rolls[1], Approval(("1",)))
    site.clock.now = build.WHEN[phase]  # type: ignore[attr-defined]
    run_jobs(site)
    if phase == "results":
        from pb.results import services

        services.count_and_publish_now(site, process, final=False)
    return Town(site, people, rolls[0])


def learnt(town: Town) -> Known:
    """What stands in every page that anybody may see."""
    known = Known()
    browserless = Browserless(town.site, {})
    town.sign_in(browserless)
    faulty = []
    for one in addresses(known):
        if one.method == "GET":
            target = one.path.replace("{slug}", "shared-budget")
            for name in one.parameters:
                for mark in (f"{{{name}}}", f"{{{name}:int}}"):
                    target = target.replace(mark, "1")
            for who in ("voter", "lead_official"):
                status, html = browserless.ask(Asked(one, target.encode(), b"", who))
                if status >= 500:
                    faulty.append((target, who, html))
                known.learn(one.path, html)
    browserless.close()
    assert faulty == []
    return known


@pytest.fixture(autouse=True)
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often something may be tried is under test elsewhere."""
    monkeypatch.setattr(Rates, "hit", lambda *_: None)


@pytest.fixture
def towns(tmp_path: Path, postgres: Server) -> Iterator[Any]:
    """Makes towns one after the other, on one database or the other."""
    made: list[Site] = []

    def make(number: int, phase: str, on_postgres: bool) -> Town:
        folder = tmp_path / f"town-{number}"
        folder.mkdir()
        url = {"PB_DATABASE_URL": postgres.new_database()} if on_postgres else {}
        site = Site(make_settings(folder, **url), TurnableClock())
        migrations.upgrade(site.database)
        made.append(site)
        return a_town(site, phase)

    yield make
    for site in made:
        site.close()


def failed_jobs(site: Site) -> list[tuple[str, str]]:
    with site.database.reading() as session:
        return [tuple(row) for row in session.execute(
            select(JobRow.name, JobRow.error).where(JobRow.error != ""))]


def send_many(
    town: Town, known: Known, those: list[Address], number: int, seed: int
) -> Counter[int]:
    """So many inputs to one town; how often each status was the answer."""
    browserless = Browserless(town.site, {})
    answers: Counter[int] = Counter()
    examples = 0

    @seeded(seed)
    @settings(max_examples=max(1, number // TOGETHER), deadline=None, database=None,
              phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck))
    @given(st.lists(a_request(known, those, OFTEN), min_size=TOGETHER, max_size=TOGETHER))
    def send(requests: list[Asked]) -> None:
        nonlocal examples
        if examples % FRESH == 0:
            town.sign_in(browserless)
            run_jobs(town.site)
        examples += 1
        for asked in requests:
            status, said = browserless.ask(asked)
            answers[status] += 1
            assert 200 <= status < 500 and "Traceback" not in said, f"{asked}\n{status}\n{said}"

    try:
        send()
    finally:
        browserless.close()
    run_jobs(town.site)
    assert failed_jobs(town.site) == []
    return answers


def test_no_input_breaks_any_address(
    towns: Any, pytestconfig: pytest.Config, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    wanted = int(pytestconfig.getoption("--inputs"))
    wanted -= wanted // ONE_IN
    chance = random.Random(int(pytestconfig.getoption("--inputs-seed")))
    answers: Counter[int] = Counter()
    known, number = Known(), 0
    while answers.total() < wanted:
        phase = PHASES[number % len(PHASES)]
        town = towns(number, phase, on_postgres=number % 3 == 2)
        if number < len(PHASES):
            found = learnt(town)
            for name, values in found.values.items():
                known.values[name] = [*dict.fromkeys([*known.values.get(name, []), *values])][:12]
            for path, names in found.fields_of.items():
                known.fields_of[path] = known.fields_of.get(path, set()) | names
            known.drawn.clear()
        those = addresses(known)
        # Forms are where things are done: two in three inputs go there.
        those += [one for one in those if one.method == "POST"] * 2
        answers += send_many(town, known, those, min(ONE_TOWN, wanted - answers.total() + TOGETHER),
                             chance.getrandbits(32))
        number += 1
    assert answers[200] > answers.total() / 20, "most of it must not be refused at the door"
    assert answers[303] and answers[422]
    for planted in ("mair.citizen", "Mair Citizen", "lead@example.com"):
        assert planted not in caplog.text, "no person may stand in the log, whatever is sent"
    print(f"\n{answers.total()} inputs in {number} towns; answers {dict(sorted(answers.items()))}")


def test_schemathesis_finds_nothing(towns: Any, pytestconfig: pytest.Config) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    wanted = int(pytestconfig.getoption("--inputs")) // ONE_IN
    town = towns(0, "voting", on_postgres=False)
    schema = schemathesis.openapi.from_dict(description(town.site, learnt(town)))
    operations = [one.ok() for one in schema.get_all_operations()]
    each = -(-wanted // len(operations))
    browserless = Browserless(town.site, {})
    town.sign_in(browserless)
    browser = TestClient(browserless.app, base_url=town.site.settings.base_url,
                         raise_server_exceptions=False, follow_redirects=False)
    answers: Counter[int] = Counter()
    for number, operation in enumerate(operations):

        @seeded(number)
        @settings(max_examples=each, deadline=None, database=None, phases=(Phase.generate,),
                  suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(), who=st.sampled_from(WHO))
        def send(case: Any, who: str) -> None:
            kwargs = case.as_transport_kwargs(base_url=town.site.settings.base_url)
            browser.cookies.clear()
            browser.cookies.set("session", browserless.people[who], domain="testserver.local")
            answer = browser.request(
                kwargs["method"], kwargs["url"], params=kwargs.get("params"),
                data=kwargs.get("data"), headers=kwargs.get("headers"),
            )
            answers[answer.status_code] += 1
            assert answer.status_code < 500, (who, case, kwargs)

        send()
        if number % FRESH == 0:
            town.sign_in(browserless)
            run_jobs(town.site)
    browserless.close()
    assert answers.total() >= len(operations), "each address and method was asked"
    print(f"\n{answers.total()} by Schemathesis; answers {dict(sorted(answers.items()))}")


def test_a_fault_would_be_found(towns: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: an address that trusts what it gets."""
    from pb.record import routes

    def careless(request: Any) -> Any:
        number = int(request.query["start"])
        return request.page("errors/404.html", status=200 + number % 1)

    trusting = [
        replace(page, handler=careless) if page.name == "record_leaves" else page
        for page in routes.routes.pages
    ]
    monkeypatch.setattr(routes.routes, "pages", trusting)
    town = towns(0, "voting", on_postgres=False)
    known = Known()
    those = [one for one in addresses(known) if one.name == "record_leaves"]
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        send_many(town, known, those, 200, 1)
