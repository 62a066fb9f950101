"""A jury's votes: sealed until closed, four fifths of those here, one repair, ties by a seed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from deliberation.measures.agreement import COMFORT
from deliberation.panels import services as panels
from deliberation.room import vote_forms
from deliberation.sessions import running
from deliberation.votes import queries, rules, services
from deliberation.votes.models import Poll, PollKeying, PollVote
from deliberation.votes.services import PollValue
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_room import OFFICE, codes, enter, jury, room
from tests.support import build
from tests.support.app import client, hidden

__all__ = ["jury"]
COMFORT_POLL = PollValue("comfort", "More benches", "The town puts up benches.")


@pytest.fixture
def people(site: Site, jury: dict[str, Any]) -> list[int]:
    """Twenty of the twenty-four jurors are here, in a session that runs; their ids."""
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    found = [one.id for one in room(site, jury).jury.jurors[:20]]
    for one in found:
        site.work.run(running.be_present, jury["lead"], jury["sessions"][0], one, True)
    return found


def juror(jury: dict[str, Any]) -> Actor:
    return Actor(name="juror", grants=frozenset({("juror", jury["process"])}))


def cast(site: Site, jury: dict[str, Any], poll: int, one: int, answer: str) -> None:
    site.work.run(services.vote, juror(jury), poll, one, {"answer": answer})


def opened(site: Site, jury: dict[str, Any], value: PollValue = COMFORT_POLL) -> int:
    return int(site.work.run(services.open_poll, jury["lead"], jury["sessions"][0], value))


def test_four_fifths_of_those_who_are_here_carry_a_text(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    for agree, carried in ((15, False), (16, True)):
        poll = opened(site, jury)
        for place, one in enumerate(people):
            cast(site, jury, poll, one, "live" if place < agree else "lament")
        result = site.work.run(services.close_poll, jury["lead"], poll)
        assert (result["eligible"], result["needed"], result["agree"]) == (20, 16, agree)
        assert result["carried"] is carried


def test_who_does_not_vote_does_not_agree(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    poll = opened(site, jury)
    for one in people[:15]:
        cast(site, jury, poll, one, "love")
    assert site.work.run(services.close_poll, jury["lead"], poll)["carried"] is False


def test_a_vote_is_sealed_until_the_close_and_gone_after_it(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    poll = opened(site, jury)
    cast(site, jury, poll, people[0], "loathe")
    cast(site, jury, poll, people[0], "love")
    with site.database.reading() as session:
        row = session.scalars(select(PollVote)).one()
        assert b"love" not in row.sealed and b"loathe" not in row.sealed
        assert queries.polls_of(session, jury["sessions"][0])[0].voted == 1
        assert session.get_one(Poll, poll).result == {}
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    known = codes(site, jury)
    pages = [
        lead.get(f"{OFFICE}/sessions/1").text, lead.get(f"{OFFICE}/sessions/1/votes").text,
        enter(site, known["wall", None]).get("/room/screen").text,
        enter(site, known["evaluator", None]).get("/room/screen").text,
    ]
    assert all("Carried" not in page and "Love it</th>" not in page for page in pages)
    assert "1 vote is in." in pages[0] and "1 vote is in." in pages[2]
    result = site.work.run(services.close_poll, jury["lead"], poll)
    assert result["answers"]["love"] == 1 and result["voted"] == 1
    with site.database.reading() as session:
        assert session.scalars(select(PollVote)).all() == []
    with pytest.raises(Conflict, match=r"poll\.closed"):
        cast(site, jury, poll, people[1], "love")


def test_only_jurors_who_are_here_and_not_too_close_vote(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    run, first = site.work.run, jury["sessions"][0]
    run(panels.declare_interest, jury["official"], jury["id"], people[3], 7, "my street")
    poll = opened(site, jury, PollValue("comfort", "Project 7", project_number=7))
    absent, reserve = (room(site, jury).jury.jurors[place].id for place in (22, 25))
    run(running.be_present, jury["lead"], first, reserve, True)
    for one in (people[3], absent, reserve):
        with pytest.raises(Conflict, match=r"poll\.not_eligible"):
            cast(site, jury, poll, one, "love")
    official = Actor(name="o", grants=frozenset({("official", jury["process"])}))
    with pytest.raises(NotAllowed):
        run(services.vote, official, poll, people[0], {"answer": "love"})
    cast(site, jury, poll, people[0], "love")
    cast(site, jury, poll, people[1], "love")
    run(running.be_present, jury["lead"], first, people[1], False)
    result = run(services.close_poll, jury["lead"], poll)
    assert (result["eligible"], result["voted"]) == (18, 1), "who has left counts no more"


def test_one_repair_and_no_more(site: Site, jury: dict[str, Any], people: list[int]) -> None:
    run = site.work.run
    first = opened(site, jury)
    with pytest.raises(Conflict, match=r"poll\.open"):
        opened(site, jury)
    run(services.close_poll, jury["lead"], first)
    second = run(services.repair, jury["lead"], first, "The town puts up benches with arms.")
    run(services.close_poll, jury["lead"], second)
    for poll in (first, second):
        with pytest.raises(Conflict, match=r"poll\.repaired"):
            run(services.repair, jury["lead"], poll, "Again.")
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    page = lead.get(f"{OFFICE}/sessions/1/votes").text
    assert "The jury did not agree" in page
    assert "puts up benches." in page and "benches with arms." in page, "both texts stand"


def test_slips_of_paper_are_keyed_by_two_people(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    poll = opened(site, jury)
    cast(site, jury, poll, people[0], "love")
    lead, second = client(site), client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    build.signed_in(site, second, jury["second"].person_id)
    path = f"{OFFICE}/sessions/1/votes"

    def post(browser: Any, act: str, once: str, slips: str = "") -> Any:
        return browser.post(path, data={"act": act, "which": str(poll), "once": once,
                                        "slips": slips})

    wrong = post(lead, "key", "a", "live\nmaybe")
    assert wrong.status_code == 422 and "Slip 2 cannot be read" in wrong.text
    assert "live\nmaybe" in wrong.text, "what was typed is kept"
    many = post(lead, "key", "b", "live\n" * 21)
    assert many.status_code == 422 and "more votes than jurors" in many.text
    kept = post(lead, "key", "c", "live\n\nLOATHE\nlike")
    assert kept.status_code == 200 and "A second person has to read them" in kept.text
    once = post(lead, "close", "d")
    assert once.status_code == 422 and "Only Gwen has read the slips." in once.text
    assert "loathe" not in second.get(path).text.partition("<textarea")[2].partition("</")[0], (
        "the second person does not see how the first one read them")
    differs = post(second, "key", "e", "live\nlament")
    assert "Slips that were read differently: 2, 3." in differs.text
    refused = post(lead, "close", "f")
    assert refused.status_code == 422 and "differently: 2, 3" in refused.text
    with site.database.reading() as session:
        assert session.get_one(Poll, poll).closed_at is None
        sealed = session.scalars(select(PollKeying)).all()
        assert len(sealed) == 2 and not any(b"loathe" in one.sealed for one in sealed)
    again = post(second, "key", "g", "live\nloathe\nlike")
    assert "Both lists are the same" in again.text
    done = post(lead, "close", "h")
    assert "3 of 20 jurors; 16 were needed." in done.text and "3 on paper." in done.text
    with site.database.reading() as session:
        result = session.get_one(Poll, poll).result
        assert session.scalars(select(PollKeying)).all() == []
    assert result["answers"] == {"love": 1, "like": 1, "live": 1, "lament": 0, "loathe": 1}
    assert (result["paper"], result["voted"]) == (3, 4)


def test_who_may_read_slips_and_that_two_are_two(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    run, poll = site.work.run, opened(site, jury)
    officer = build.actor(site, build.a_person(site, "Mair", "conflict_officer", "shared-budget"))
    slips = [{"answer": "like"}]
    with pytest.raises(NotAllowed):
        run(services.key_slips, jury["official"], poll, slips)
    assert run(services.key_slips, jury["lead"], poll, slips) == []
    assert run(services.key_slips, jury["lead"], poll, slips) == [], "once more by the same person"
    with pytest.raises(Conflict, match=r"poll\.one_keying"):
        run(services.close_poll, jury["lead"], poll)
    assert run(services.key_slips, officer, poll, [{"answer": "live"}]) == [1]
    with pytest.raises(Conflict, match=r"poll\.keyed"):
        run(services.key_slips, jury["second"], poll, slips)
    run(services.key_slips, officer, poll, [])
    assert run(services.key_slips, jury["second"], poll, slips) == []
    assert run(services.close_poll, jury["lead"], poll)["paper"] == 1
    with pytest.raises(Conflict, match=r"poll\.closed"):
        run(services.key_slips, jury["lead"], poll, slips)


def test_slips_and_screens_together_are_at_most_the_jurors(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    poll = opened(site, jury)
    cast(site, jury, poll, people[0], "love")
    for who in ("lead", "second"):
        site.work.run(services.key_slips, jury[who], poll, [{"answer": "like"}] * 20)
    with pytest.raises(Invalid, match=r"poll\.too_many"):
        site.work.run(services.close_poll, jury["lead"], poll)


@pytest.mark.parametrize(
    ("kind", "typed", "votes"),
    [("ranked", "2 1\n3", [{"order": ["b", "a"]}, {"order": ["c"]}]),
     ("dots", "1 1 3", [{"dots": {"a": 2, "c": 1}}]), ("consent", "READY", [{"answer": "ready"}])],
)
def test_a_reading_comes_back_as_it_was_typed(
    kind: str, typed: str, votes: list[dict[str, Any]]
) -> None:
    poll = Poll(kind=kind, options=["a", "b", "c"])
    assert vote_forms.slips(poll, typed) == (votes, None)
    assert vote_forms.slips_text(poll, votes) == typed.casefold()


def test_differences_are_named_by_their_numbers() -> None:
    one, two = {"answer": "like"}, {"answer": "live"}
    assert rules.differences([one, two, one], [one, one]) == [2, 3]
    assert rules.differences([], []) == []
    assert rules.differences([{"dots": {"a": 1, "b": 2}}], [{"dots": {"b": 2, "a": 1}}]) == []


def test_a_juror_votes_on_a_phone(site: Site, jury: dict[str, Any], people: list[int]) -> None:
    poll = opened(site, jury, PollValue("ranked", "Three options", options=("Ramp", "Bus", "Park"),
                                        each=1))
    phone = enter(site, codes(site, jury)["juror", people[4]])
    page = phone.get("/room/screen")
    assert "Not voted yet" in page.text
    twice = phone.post("/room/vote", data={**hidden(page.text), "poll": str(poll),
                                           "option-0": "1", "option-1": "1"})
    assert twice.status_code == 422
    phone.post("/room/vote", data={"once": "v1", "poll": str(poll), "option-0": "2",
                                   "option-2": "1"})
    assert "Your vote is in" in phone.get("/room/screen").text
    result = site.work.run(services.close_poll, jury["lead"], poll)
    assert result["elected"] == ["Park"] and result["voted"] == 1
    assert "Chosen by the single transferable vote" in phone.get("/room/screen").text


@pytest.mark.parametrize(
    "value",
    [PollValue("ranked", "x", options=("a",), each=1),
     PollValue("ranked", "x", options=("a", "a"), each=1),
     PollValue("ranked", "x", options=("a", "b"), each=3),
     PollValue("dots", "x", options=("a", "b"), each=0), PollValue("comfort", ""),
     PollValue("shout", "x")],
)
def test_a_poll_that_cannot_be_held_is_refused(
    site: Site, jury: dict[str, Any], people: list[int], value: PollValue
) -> None:
    with pytest.raises(Invalid):
        opened(site, jury, value)


@pytest.mark.parametrize(
    ("kind", "vote"),
    [("comfort", {"answer": "maybe"}), ("comfort", {}), ("consent", {"answer": "love"}),
     ("ranked", {"order": []}), ("ranked", {"order": ["a", "a"]}), ("ranked", {"order": ["z"]}),
     ("dots", {"dots": {"a": 6}}), ("dots", {"dots": {"a": -1, "b": 2}}),
     ("dots", {"dots": {"z": 1}}), ("dots", {"dots": {}})],
)
def test_a_vote_that_cannot_stand_is_refused(kind: str, vote: dict[str, Any]) -> None:
    with pytest.raises(rules.VoteError):
        rules.checked(kind, ["a", "b"], 5, vote)


def test_three_who_pull_bring_it_to_everybody() -> None:
    votes = [{"answer": "ready"}] * 21 + [{"answer": "pull"}] * 3
    found = rules.outcome("consent", [], 0, votes, 24, "s")
    assert found["carried"] and found["plenary"]
    assert not rules.outcome("consent", [], 0, votes[:-1], 23, "s")["plenary"]


def test_a_tie_is_settled_by_the_polls_own_seed() -> None:
    votes = [{"order": ["a"]}, {"order": ["b"]}]
    ends = {
        seed: rules.outcome("ranked", ["a", "b"], 1, votes, 2, seed)["elected"]
        for seed in "0123456789"
    }
    assert {one for end in ends.values() for one in end} == {"a", "b"}
    assert ends == {
        seed: rules.outcome("ranked", ["a", "b"], 1, votes, 2, seed)["elected"] for seed in ends
    }


@given(st.lists(st.sampled_from(COMFORT), max_size=40), st.integers(0, 40))
def test_sums_are_of_the_votes_and_nothing_else(answers: list[str], more: int) -> None:
    votes = [{"answer": one} for one in answers]
    found = rules.outcome("comfort", [], 0, votes, len(votes) + more, "s")
    assert sum(found["answers"].values()) == found["voted"] == len(answers)
    agree = sum(one in ("love", "like", "live") for one in answers)
    eligible = len(votes) + more
    assert found["carried"] == (eligible > 0 and 5 * agree >= 4 * eligible)
    assert rules.outcome("comfort", [], 0, votes[::-1], eligible, "s") == found
