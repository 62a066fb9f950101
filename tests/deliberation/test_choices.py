"""What a jury chooses for the ballot: its own options, or which projects stand on it."""

from __future__ import annotations

from typing import Any

import pytest

from deliberation.choices import queries, rules, services
from deliberation.choices.services import ChoiceValue
from deliberation.drafts.models import OptionDraft
from deliberation.panels.queries import jury_of
from deliberation.plain import services as plain_words
from deliberation.plain.queries import words_of
from deliberation.sessions import running
from deliberation.votes import services as votes
from deliberation.votes.services import PollValue
from pb.ballots import box as boxes
from pb.ballots.contests import contest_of
from pb.ballots.manifest import manifest_of
from pb.ballots.models import Box
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from pb.core.work import SYSTEM, Actor
from pb.office.services import confirm_act
from pb.processes.checks import lacks
from pb.processes.models import Process
from pb.projects.queries import project_by_number, project_rows
from tests.deliberation.test_drafts import both, ready
from tests.deliberation.test_room import OFFICE, jury, room
from tests.support import build
from tests.support.app import client
from tests.support.clock import TurnableClock

__all__ = ["jury"]
PUBLIC = "/processes/shared-budget"
PAGE = f"{OFFICE}/choice"


def declared(
    site: Site, known: dict[str, Any], kind: str = "options", seats: int = 2, session: int = 1,
) -> None:
    with site.database.reading() as reading:
        area = next(one.id for one in reading.get_one(Process, known["process"]).areas if one.whole)
    site.work.run(services.declare, known["official"], known["id"],
                  ChoiceValue(kind, seats, session, area, both("So that all can choose.")))


@pytest.fixture
def drafted(site: Site, jury: dict[str, Any]) -> dict[str, Any]:
    """Four drafts are ready, the jury is to choose two, and fourteen jurors are here."""
    declared(site, jury)
    for table, title in enumerate(("Three fires", "A light show", "A feast", "A late bus"), 1):
        ready(site, jury, table, title, 800_000 * table)
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    people = [one.id for one in room(site, jury).jury.jurors[:14]]
    for one in people:
        site.work.run(running.be_present, jury["lead"], jury["sessions"][0], one, True)
    return jury | {"people": people}


def vote(site: Site, known: dict[str, Any], poll: int, orders: list[list[int]]) -> None:
    """Each juror ranks the drafts or projects of these numbers; then the vote is closed."""
    with site.database.reading() as session:
        options = {
            number: words
            for words, number in view(site, known).choice.options.items()
        }
        session.expunge_all()
    juror = Actor(grants=frozenset({("juror", known["process"])}))
    for one, order in zip(known["people"], orders, strict=True):
        site.work.run(votes.vote, juror, poll, one, {"order": [options[two] for two in order]})
    site.work.run(votes.close_poll, known["lead"], poll)


def test_no_option_reaches_the_ballot_in_a_word_that_is_not_plain(
    site: Site, drafted: dict[str, Any]
) -> None:
    run, lead, official = site.work.run, drafted["lead"], drafted["official"]
    other = second(site)
    run(plain_words.raise_flag, lead, drafted["id"], "feast", "", "en")
    with pytest.raises(Invalid, match=r"word\.not_plain"):
        run(services.ask_jury, lead, drafted["id"])
    with site.database.reading() as session:
        word = words_of(session, drafted["id"])[0].word.id
    run(plain_words.put_aside, lead, drafted["id"], word)
    poll = run(services.ask_jury, lead, drafted["id"])
    vote(site, drafted, poll, [[3, 1]] * 14)
    assert run(services.decide, lead, drafted["id"]) == [3, 1]
    act = run(services.ask_ballot, official, drafted["id"])
    run(plain_words.raise_flag, lead, drafted["id"], "feast", "", "en")
    with pytest.raises(Invalid, match=r"word\.not_plain"):
        run(services.ask_ballot, official, drafted["id"])
    with pytest.raises(Invalid, match=r"word\.not_plain"):
        run(confirm_act, other, 1, act)
    run(plain_words.explain, lead, drafted["id"], word, {}, both("A big meal."), None)
    run(confirm_act, other, 1, act)
    assert on_the_ballot(site, drafted["process"])

    def held() -> set[str]:
        with site.database.reading() as session:
            process = session.get_one(Process, drafted["process"])
            return {one.page for one in lacks(session, process, "voting")}

    # Flagged after it stands on the ballot, it is explained before the vote opens.
    assert "office_words" not in held()
    run(plain_words.raise_flag, lead, drafted["id"], "Marshals", "", "en")
    assert "office_words" in held()


def view(site: Site, known: dict[str, Any]) -> queries.ChoiceView:
    with site.database.reading() as session:
        found = jury_of(session, known["process"])
        assert found is not None
        chosen = queries.choice_of(session, found)
        assert chosen is not None
        session.expunge_all()
        return chosen


def second(site: Site) -> Actor:
    return build.actor(site, build.a_person(site, "Gethin", "deputy", "shared-budget"))


def on_the_ballot(site: Site, process_id: int) -> list[str]:
    with site.database.reading() as session:
        process = session.get_one(Process, process_id)
        contest = contest_of(process, project_rows(session, process_id))
        manifest = manifest_of(session, process, Box(level="A", public_key="", key_holder="server",
                                                     plain_bytes=0))
        numbers = [one.id for one in contest.options]
        assert [one["id"] for one in manifest["options"]] == numbers
        assert set(manifest["lot_order"]) == set(numbers)
        return numbers


def test_it_is_declared_before_the_session_and_stays(site: Site, jury: dict[str, Any]) -> None:
    declared(site, jury, session=2)
    declared(site, jury, seats=1)
    with pytest.raises(NotAllowed):
        site.work.run(services.declare, jury["lead"], jury["id"],
                      ChoiceValue("options", 2, 1, 1, both("Mine")))
    with pytest.raises(Invalid, match=r"choice\.reason"):
        site.work.run(services.declare, jury["official"], jury["id"],
                      ChoiceValue("ranked", 2, 1, None, {"en": "In one language"}))
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    for session in (1, 2):
        with pytest.raises(Conflict, match=r"choice\.begun"):
            declared(site, jury, session=session)
    page = client(site).get(f"{PUBLIC}/jury/choice").text
    assert "So that all can choose." in page and "1 is chosen." in page
    assert "What the jury chooses for the ballot" in client(site).get(PUBLIC).text


def test_a_private_ranked_vote_elects_options_that_become_projects(
    site: Site, drafted: dict[str, Any]
) -> None:
    run = site.work.run
    with pytest.raises(Conflict, match=r"choice\.open"):
        run(services.decide, drafted["lead"], drafted["id"])
    poll = run(services.ask_jury, drafted["lead"], drafted["id"])
    with pytest.raises(Conflict, match=r"choice\.asked"):
        run(services.ask_jury, drafted["lead"], drafted["id"])
    # By first places alone 1 and 3 would win. The quota is five: 2 goes out, and its two ballots
    # bring 4 to it.
    vote(site, drafted, poll, [[1]] * 5 + [[3]] * 4 + [[4, 2]] * 3 + [[2, 4]] * 2)
    assert run(services.decide, drafted["lead"], drafted["id"]) == [1, 4]
    found = view(site, drafted)
    assert [one.number for one in found.candidates] == [1, 4, 2, 3]
    with site.database.reading() as session:
        states = {one.number: one.state for one in session.query(OptionDraft)}
    assert states == {1: "chosen", 2: "not_chosen", 3: "not_chosen", 4: "chosen"}
    assert on_the_ballot(site, drafted["process"]) == ["1", "2", "3", "4", "5", "6"]
    act = run(services.ask_ballot, drafted["official"], drafted["id"])
    assert len(on_the_ballot(site, drafted["process"])) == 6, "one official's word is not enough"
    with pytest.raises(NotAllowed, match=r"act\.same_person"):
        build.do(site, confirm_act, 1, act, actor=drafted["official"])
    build.do(site, confirm_act, 1, act, actor=second(site))
    assert on_the_ballot(site, drafted["process"]) == [str(one) for one in range(1, 9)]
    with site.database.reading() as session:
        made = project_by_number(session, drafted["process"], "8")
        assert made.title == both("A late bus") and made.cost == 3_200_000
        assert made.body["cy"].startswith("Tair coelcerth.")
        assert [(one.label, one.amount) for one in made.costs] == [(both("Marshals"), 3_200_000)]
        assert made.author == "Our jury / Ein rheithgor"
    for language, words in (("en", "Written by the citizens’ jury"),
                            ("cy", "Lluniwyd gan y rheithgor dinasyddion")):
        assert words in client(site, language).get(f"{PUBLIC}/projects/8").text
        assert words not in client(site, language).get(f"{PUBLIC}/projects/3").text
    page = client(site).get(f"{PUBLIC}/jury/choice").text
    assert "On the ballot" in page and "14 of 14 jurors who were there voted" in page
    with pytest.raises(Conflict, match=r"choice\.applied"):
        run(services.ask_ballot, drafted["official"], drafted["id"])


def test_after_the_vote_has_opened_nothing_changes(
    site: Site, drafted: dict[str, Any], clock: TurnableClock
) -> None:
    run = site.work.run
    poll = run(services.ask_jury, drafted["lead"], drafted["id"])
    vote(site, drafted, poll, [[1, 2]] * 14)
    run(services.decide, drafted["lead"], drafted["id"])
    act = run(services.ask_ballot, drafted["official"], drafted["id"])
    clock.now = build.WHEN["voting"]
    other = second(site)
    with pytest.raises(NotAllowed, match=r"access\.not_now"):
        build.do(site, confirm_act, 1, act, actor=other)
    with pytest.raises(NotAllowed, match=r"access\.not_now"):
        run(services.ask_ballot, drafted["official"], drafted["id"])
    run(boxes.open_box, SYSTEM, drafted["process"])
    assert len(on_the_ballot(site, drafted["process"])) == 6


def test_an_option_dearer_than_its_area_is_not_sent_on(
    site: Site, jury: dict[str, Any]
) -> None:
    declared(site, jury, seats=1)
    for table, cost in ((1, 9_000_000), (2, 1_000_000)):
        ready(site, jury, table, f"Option {table}", cost)
    run = site.work.run
    run(running.start, jury["lead"], jury["sessions"][0], 0)
    people = [one.id for one in room(site, jury).jury.jurors[:1]]
    run(running.be_present, jury["lead"], jury["sessions"][0], people[0], True)
    poll = run(services.ask_jury, jury["lead"], jury["id"])
    vote(site, jury | {"people": people}, poll, [[1]])
    run(services.decide, jury["lead"], jury["id"])
    with pytest.raises(Invalid, match=r"choice\.over_budget"):
        run(services.ask_ballot, jury["official"], jury["id"])


def test_a_jury_shortlists_projects_by_a_ranked_vote(site: Site, jury: dict[str, Any]) -> None:
    declared(site, jury, "ranked", 2)
    run = site.work.run
    run(running.start, jury["lead"], jury["sessions"][0], 0)
    people = [one.id for one in room(site, jury).jury.jurors[:6]]
    for one in people:
        run(running.be_present, jury["lead"], jury["sessions"][0], one, True)
    known = jury | {"people": people}
    poll = run(services.ask_jury, jury["lead"], jury["id"])
    vote(site, known, poll, [[5, 2]] * 3 + [[2, 5]] * 3)
    assert sorted(run(services.decide, jury["lead"], jury["id"])) == [2, 5]
    act = run(services.ask_ballot, jury["official"], jury["id"])
    build.do(site, confirm_act, 1, act, actor=second(site))
    assert on_the_ballot(site, jury["process"]) == ["2", "5"]
    left = client(site).get(f"{PUBLIC}/projects/1").text
    assert "Not on the ballot" in left and "So that all can choose." in left
    assert "Not on the ballot" not in client(site).get(f"{PUBLIC}/projects/2").text
    listed = client(site, "cy").get(f"{PUBLIC}/projects").text
    assert listed.count("Ddim ar y papur pleidleisio") == 4, "they keep their pages and say why"


def test_a_jury_shortlists_projects_by_consent(site: Site, jury: dict[str, Any]) -> None:
    declared(site, jury, "consent", 0)
    run = site.work.run
    first = jury["sessions"][0]
    run(running.start, jury["lead"], first, 0)
    person = room(site, jury).jury.jurors[0].id
    run(running.be_present, jury["lead"], first, person, True)
    juror = Actor(grants=frozenset({("juror", jury["process"])}))
    for number in range(1, 7):
        if number == 6:
            with pytest.raises(Invalid) as found:
                run(services.decide, jury["lead"], jury["id"])
            assert found.value.parameters["listed"] == "6"
        poll = run(votes.open_poll, jury["lead"], first,
                   PollValue("consent", f"Project {number}", project_number=number))
        run(votes.vote, juror, poll, person, {"answer": "ready" if number in (3, 6) else "pull"})
        run(votes.close_poll, jury["lead"], poll)
    again = run(votes.open_poll, jury["lead"], first,
                PollValue("consent", "Project 3 again", project_number=3))
    run(votes.vote, juror, again, person, {"answer": "pull"})
    run(votes.close_poll, jury["lead"], again)
    assert run(services.decide, jury["lead"], jury["id"]) == [6], "the last vote counts"


def test_consent_is_the_last_vote_on_each() -> None:
    assert rules.by_consent([1, 2, 3], [(1, False), (2, True), (1, True)]) == ([1, 2], [3])


def test_the_office_walks_through_it_by_its_page(site: Site, jury: dict[str, Any]) -> None:
    official, lead = client(site), client(site)
    build.signed_in(site, official, jury["official"].person_id)
    build.signed_in(site, lead, jury["lead"].person_id)
    wrong = official.post(PAGE, data={"act": "declare", "once": "a", "kind": "options",
                                      "area": "1", "reason_en": "Kept as typed"})
    assert wrong.status_code == 422 and "Kept as typed" in wrong.text
    assert "Enter the number of a session of this jury." in wrong.text
    done = official.post(PAGE, data={
        "act": "declare", "once": "b", "kind": "options", "seats": "1", "session_number": "1",
        "area": "1", "reason_en": "Because", "reason_cy": "Oherwydd"})
    assert done.status_code == 200 and "It is decided in session 1." in done.text
    for table in (1, 2):
        ready(site, jury, table, f"Option {table}", 1_000_000)
    assert lead.post(PAGE, data={"act": "put"}).status_code == 403
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    assert official.post(PAGE, data={"act": "ask"}).status_code == 403
    asked = lead.post(PAGE, data={"act": "ask", "once": "c"}).text
    assert "The vote is open: go to it" in asked and "Declare it anew" not in asked
    early = lead.post(PAGE, data={"act": "decide", "once": "d"})
    assert early.status_code == 422 and "The vote is not closed yet." in early.text
    assert view(site, jury).choice.applied_at is None
