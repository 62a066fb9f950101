"""A second vote: chosen projects once more, with its own box and record; the same voters by the
same codes, or new ones; shown with the first as one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from pb.ballots import services as ballots
from pb.ballots.models import AccessCode, OpenedBallot, RollEntry
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.site import Site
from pb.core.work import NOBODY
from pb.electorate import declarations
from pb.electorate.models import Contact, Entitlement
from pb.electorate.values import Declared
from pb.office.second_votes import SecondVote, begin_second_vote
from pb.office.services import confirm_act
from pb.processes import services as processes
from pb.processes.models import Notice, Process
from pb.record.models import LeafRow
from pb.results import services as results
from tests.pb.ballots.vote import a_batch, area_of, hidden, roll_id_of
from tests.support import build
from tests.support.app import client, mails, run_jobs
from tests.support.clock import TurnableClock

FIRST, SECOND = "/processes/shared-budget", "/processes/shared-budget-second-vote"
PAGE = "/office/processes/shared-budget/second-vote"
NAMES = {"en": "Shared budget: second vote", "cy": "Y gyllideb a rennir: ail bleidlais"}
WHY = {"en": "Two projects were level.", "cy": "Roedd dau brosiect yn gyfartal."}
OPENS, CLOSES = datetime(2027, 6, 7, 8, tzinfo=UTC), datetime(2027, 6, 20, 19, tzinfo=UTC)
FORM = {"why_en": WHY["en"], "why_cy": WHY["cy"], "projects": ["1", "4"], "voters": "same",
        "money": "all", "opens_at": "2027-06-07T09:00", "closes_at": "2027-06-20T20:00"}


class Town:
    """A vote with codes on letters and two officials."""

    def __init__(self, site: Site, clock: TurnableClock) -> None:
        self.site, self.clock = site, clock
        build.a_process(site, phase="voting", projects=6)
        self.lead = build.a_person(site, "Olwen", "lead_official", "shared-budget")
        self.deputy = build.a_person(site, "Gethin", "deputy", "shared-budget")
        self.codes = a_batch(site, 1, 3, area_of(site, 1))
        run_jobs(site)

    def do(self, who: int, command: Any, *arguments: Any) -> Any:
        return build.do(self.site, command, *arguments, actor=build.actor(self.site, who))

    def enter(self, at: str, code: str) -> tuple[Any, Any]:
        browser = client(self.site)
        entrance = browser.get(f"{at}/vote")
        return browser, browser.post(f"{at}/vote", data={**hidden(entrance.text), "code": code})

    def vote(self, at: str, code: str, *numbers: str) -> str:
        """Cast with a code, as people do; the last page."""
        browser, ballot = self.enter(at, code)
        check = browser.post(str(ballot.url), data={
            **hidden(ballot.text), "choose": list(numbers), "check": "1"})
        return str(browser.post(str(check.url), data={**hidden(check.text), "cast": "1"}).text)

    def result(self, process_id: int, at: datetime) -> None:
        """Close, count and publish."""
        self.clock.now = at
        run_jobs(self.site)
        run_jobs(self.site)
        count = self.do(self.lead, results.ask_count, process_id)
        run_jobs(self.site)
        until = self.clock.now + timedelta(days=7)
        act = self.do(self.lead, results.ask_publish, process_id, count, until)
        self.do(self.deputy, confirm_act, process_id, act)

    def begin(self, who: int | None = None, **changed: Any) -> str:
        values: dict[str, Any] = {
            "name": NAMES, "why": WHY, "projects": (1, 4), "same_voters": True,
            "left_only": False, "opens_at": OPENS, "closes_at": CLOSES,
            "reply_by": CLOSES + timedelta(days=40), **changed,
        }
        return str(self.do(who or self.lead, begin_second_vote, 1, SecondVote(**values)))

    def publish(self) -> None:
        act = self.do(self.lead, processes.ask_publish, 2)
        self.do(self.deputy, confirm_act, 2, act)

    def page(self, path: str, language: str = "en") -> str:
        return str(client(self.site, language).get(path).text)


@pytest.fixture
def town(site: Site, clock: TurnableClock) -> Town:
    return Town(site, clock)


def numbers(site: Site, process_id: int) -> dict[str, int]:
    with site.database.reading() as session:
        return {
            table.__tablename__: session.scalar(
                select(func.count()).select_from(table).where(table.process_id == process_id)
            ) or 0
            for table in (RollEntry, AccessCode, Contact, OpenedBallot)
        }


def leaves(site: Site, process_id: int) -> list[tuple[str, bytes]]:
    with site.database.reading() as session:
        return [(kind, digest) for kind, digest in session.execute(
            select(LeafRow.kind, LeafRow.hash).where(LeafRow.process_id == process_id)
            .order_by(LeafRow.number))]


def test_from_a_first_result_to_a_second_with_the_same_letters(
    either: Site, clock: TurnableClock
) -> None:
    town, site = Town(either, clock), either
    assert "Your ballot is in" in town.vote(FIRST, town.codes[0], "1")
    assert "Your ballot is in" in town.vote(FIRST, town.codes[1], "1", "4")
    town.result(1, build.WHEN["count"])
    before, opened = leaves(site, 1), numbers(site, 1)["opened_ballots"]
    result = town.page(f"{FIRST}/result")

    browser = client(site)
    build.signed_in(site, browser, town.lead)
    assert "Begin a second vote" in browser.get("/office/processes/shared-budget/life").text
    form = browser.get(PAGE)
    made = browser.post(PAGE, data={**hidden(form.text), **FORM})
    assert str(made.url).endswith("/office/processes/shared-budget-second-vote"), made.text[:3000]
    assert "The second vote is a draft." in made.text
    assert client(site).get(SECOND).status_code == 404, "a draft is nobody's business"
    assert "second vote" not in town.page(FIRST)
    town.publish()

    clock.now = OPENS + timedelta(hours=1)
    run_jobs(site)
    _, ballot = town.enter(SECOND, town.codes[0])
    offered = set(re.findall(r'name="choose" value="(\d)"', ballot.text))
    assert offered == {"1", "4"}, "only the chosen projects, under their numbers"
    assert "Your ballot is in" in town.vote(SECOND, town.codes[0], "4")
    assert "Your ballot is in" in town.vote(SECOND, town.codes[2], "4")
    town.result(2, CLOSES + timedelta(hours=1))

    assert numbers(site, 1)["opened_ballots"] == opened == 2
    assert numbers(site, 2)["opened_ballots"] == 2
    after = leaves(site, 1)
    assert after[: len(before)] == before and [kind for kind, _ in after[len(before):]] == [
        "change"], "the first record gained the notice of the second vote, and nothing else"
    kinds = [kind for kind, _ in leaves(site, 2)]
    assert kinds.count("cast") == 2 and kinds[0] == leaves(site, 1)[0][0]
    for language, first, second in (
        ("en", "The first vote: Shared budget", "The second vote: Shared budget: second vote"),
        ("cy", "Y bleidlais gyntaf: Y gyllideb a rennir",
         "Yr ail bleidlais: Y gyllideb a rennir: ail bleidlais"),
    ):
        ours, theirs = town.page(f"{FIRST}/result", language), town.page(f"{SECOND}/result",
                                                                         language)
        assert second in ours and f'href="{SECOND}/result"' in ours
        assert first in theirs and f'href="{FIRST}/result"' in theirs
    assert re.sub(r"<section class=\"band\" id=\"votes\">.*?</section>", "",
                  town.page(f"{FIRST}/result"), flags=re.S).count("<h2") == result.count("<h2")


def test_one_timeline_with_one_present_step(town: Town, site: Site, clock: TurnableClock) -> None:
    town.vote(FIRST, town.codes[0], "1")
    town.result(1, build.WHEN["count"])
    town.begin()
    town.publish()
    clock.now = build.WHEN["results"] - timedelta(days=3)
    run_jobs(site)
    ahead = town.page(FIRST)
    steps = re.findall(r'<li class="(done|now|later)"', ahead)
    assert len(steps) == 8 and steps.count("later") >= 3
    assert "There is a second vote" in ahead and WHY["en"] in ahead
    assert "There is a second vote." in ahead, "a public notice"
    clock.now = OPENS + timedelta(hours=1)
    run_jobs(site)
    for at, link in ((FIRST, "Go to: Shared budget: second vote"), (SECOND, "Open your ballot")):
        html = town.page(at)
        timeline = html[html.index('id="timeline"'):]
        states = re.findall(r'<li class="(done|now|later)"', timeline)
        assert states == ["done"] * 5 + ["now", "later", "later"], (at, states)
        assert link in timeline[: timeline.index("</section>")]
        assert "Part of:" in timeline
    assert f'href="{FIRST}"' in town.page(SECOND)
    assert f'href="{FIRST}/projects/4"' in town.page(f"{SECOND}/projects/4")
    home = town.page("/")
    assert "Open your ballot" in home and "Other votes" not in home, "both stand there as one"
    town.vote(SECOND, town.codes[0], "4")
    town.result(2, CLOSES + timedelta(hours=1))
    clock.now = CLOSES + timedelta(days=10)
    run_jobs(site)
    home = town.page("/")
    assert home.count('class="other"') == 1, "in the list they are one"
    assert f'<h3><a href="{SECOND}/result"' in home
    assert f'It follows: <a href="{FIRST}"' in home


def test_whoever_gave_an_address_gets_a_new_link_and_nothing_tells_that_they_voted(
    town: Town, site: Site, clock: TurnableClock
) -> None:
    roll_id = roll_id_of(site, 1, town.codes[0])

    def address(work: Any) -> None:
        keys = work.site.secrets
        from pb.electorate.codes import email_mark

        work.session.add(Contact(
            process_id=1, roll_id=roll_id, mark=email_mark(keys, 1, "mair@example.com"),
            sealed=keys.hide("contact", b"mair@example.com").decode(), language="cy",
            state="sent"))

    address.__module__ = __name__
    build.do(site, address)
    town.vote(FIRST, town.codes[0], "1")
    town.result(1, build.WHEN["count"])
    town.begin()
    with site.database.reading() as session:
        for row in session.scalars(select(RollEntry).where(RollEntry.process_id == 2)):
            assert (row.voted_on, row.leaf, row.told, row.voided) == (None, None, False, False)
        area = session.get_one(Process, 2).areas[0]
        assert {row.area_id for row in session.scalars(
            select(RollEntry).where(RollEntry.process_id == 2))} == {area.id}
    town.publish()
    clock.now = OPENS + timedelta(hours=1)
    run_jobs(site)
    browser = client(site)
    page = browser.get(f"{SECOND}/vote/send")
    browser.post(f"{SECOND}/vote/send", data={**hidden(page.text), "email": "mair@example.com"})
    run_jobs(site)
    letter = [one for one in mails(site) if one["to"] == "mair@example.com"][-1]
    words = letter.get_body(("plain",)).get_content()
    link = re.search(r"http://[^/\s]+(/processes/shared-budget-second-vote/vote/link/\S+)", words)
    assert link
    inside = browser.post(link[1], data=hidden(browser.get(link[1]).text))
    assert str(inside.url).endswith("/vote/ballot") or "choose" in inside.text


def test_nobody_is_added_to_a_list_that_was_taken_over(
    town: Town, site: Site, clock: TurnableClock
) -> None:
    def all_join(work: Any) -> None:
        work.session.add(Entitlement(process_id=1, ways=["letters", "declared"], words={},
                                     changed_at=work.now))

    all_join.__module__ = __name__
    build.do(site, all_join)
    clock.now = build.WHEN["count"]
    run_jobs(site)
    town.begin()
    town.publish()
    clock.now = OPENS + timedelta(hours=1)
    run_jobs(site)
    with pytest.raises(Conflict):
        town.do(town.lead, ballots.make_codes, 2, None, "More", ["A" * 16])
    with pytest.raises(Conflict):
        build.do(site, ballots.enrol_person, 2, town.lead, None)
    with pytest.raises(NotFound):
        build.do(site, declarations.declare, 2,
                 Declared(None, "x@example.com", "", "", None), "en", "", actor=NOBODY)
    assert client(site).get(f"{SECOND}/join").status_code == 404
    assert "Join this vote" not in town.page(f"{SECOND}/who")
    assert "nobody is added to the list" in town.page(f"{SECOND}/who")
    browser = client(site)
    build.signed_in(site, browser, town.lead)
    brought = browser.get("/office/processes/shared-budget-second-vote/electorate")
    assert "Bring a list" not in brought.text and "Nobody is added" in brought.text
    sent = browser.post("/office/processes/shared-budget-second-vote/electorate/lists/new",
                        data={"kind": "people"},
                        files={"file": ("roll.csv", b"number\n17\n18\n", "text/csv")})
    assert sent.status_code in (409, 422), sent.status_code


def test_whoever_was_taken_off_the_roll_stays_off(
    town: Town, site: Site, clock: TurnableClock
) -> None:
    gone = roll_id_of(site, 1, town.codes[2])

    def off(work: Any) -> None:
        work.connection.execute(update(RollEntry).where(RollEntry.id == gone).values(voided=True))

    off.__module__ = __name__
    build.do(site, off)
    clock.now = build.WHEN["count"]
    run_jobs(site)
    town.begin()
    assert numbers(site, 2)["roll"] == 2 and numbers(site, 2)["access_codes"] == 2
    town.publish()
    clock.now = OPENS + timedelta(hours=1)
    run_jobs(site)
    _, ballot = town.enter(SECOND, town.codes[2])
    assert ballot.status_code == 422


def test_a_new_list_and_only_what_is_left(town: Town, site: Site, clock: TurnableClock) -> None:
    town.vote(FIRST, town.codes[0], "1")
    with pytest.raises(NotAllowed):
        town.begin()  # while people still vote
    clock.now = build.WHEN["count"]
    run_jobs(site)
    with pytest.raises(Invalid, match=r"second\.no_result"):
        town.begin(left_only=True)
    town.result(1, build.WHEN["count"] + timedelta(hours=1))
    town.begin(same_voters=False, left_only=True)
    with site.database.reading() as session:
        first, second = session.get_one(Process, 1), session.get_one(Process, 2)
        assert second.follows == 1 and second.roll_of is None
        left = {area.key: area.budget for area in second.areas}
        whole = {area.key: area.budget for area in first.areas}
        assert left["riverside"] == whole["riverside"] - 1_000_000, "project 1 is built"
        assert left["quay"] == whole["quay"]
        assert second.lot_seed != first.lot_seed
        assert [one.kind for one in second.phases] == ["voting", "count", "results"]
    assert numbers(site, 2) == {"roll": 0, "access_codes": 0, "contacts": 0, "opened_ballots": 0}
    town.do(town.lead, ballots.make_codes, 2, None, "Letters", ["B" * 16])
    assert numbers(site, 2)["roll"] == 1


def test_what_cannot_be_is_said_beside_its_field(
    town: Town, site: Site, clock: TurnableClock
) -> None:
    clock.now = build.WHEN["count"]
    run_jobs(site)
    for changed, code in (
        ({"projects": (1,)}, "second.too_few"), ({"projects": (1, 99)}, "second.too_few"),
        ({"opens_at": clock.now}, "second.past"),
        ({"closes_at": OPENS - timedelta(days=1)}, "dates.order"),
    ):
        with pytest.raises(Invalid, match=code):
            town.begin(**changed)
    browser = client(site)
    build.signed_in(site, browser, town.lead)
    form = browser.get(PAGE)
    wrong = browser.post(PAGE, data={**hidden(form.text), **FORM, "projects": ["1"],
                                     "why_en": "", "why_cy": "Dyma pam."})
    assert wrong.status_code == 422 and "Tick at least two projects" in wrong.text
    assert "Dyma pam." in wrong.text
    town.begin()
    with pytest.raises(Conflict):
        town.begin()
    again = browser.get(PAGE).text
    assert "has a second vote already" in again and "Make the draft" not in again


def test_once_the_result_is_final_its_voters_are_gone(
    town: Town, site: Site, clock: TurnableClock
) -> None:
    clock.now = build.WHEN["count"]
    run_jobs(site)
    build.do(site, ballots.forget_roll, 1)
    with pytest.raises(Invalid, match=r"second\.no_voters"):
        town.begin()
    browser = client(site)
    build.signed_in(site, browser, town.lead)
    assert "was deleted when its result became final" in browser.get(PAGE).text
    town.begin(same_voters=False)


def test_the_notice_stands_with_the_first(town: Town, site: Site, clock: TurnableClock) -> None:
    clock.now = build.WHEN["count"]
    run_jobs(site)
    town.begin()
    town.publish()
    with site.database.reading() as session:
        found = session.scalars(select(Notice).where(Notice.process_id == 1)).one()
        assert (found.kind, found.texts) == ("notice.second_vote", WHY)
    assert WHY["cy"] in town.page(f"{FIRST}/notices", "cy")
