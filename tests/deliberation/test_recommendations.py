"""What a jury recommends, the reply it was promised, and what jurors say of the reply."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from deliberation.panels.queries import jury_of
from deliberation.recommendations import queries, rules, services
from deliberation.sessions import running
from deliberation.votes import services as votes
from deliberation.votes.services import PollValue
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from tests.deliberation.test_room import OFFICE, codes, enter, jury, room
from tests.deliberation.test_votes import juror
from tests.support import build
from tests.support.app import client
from tests.support.clock import TurnableClock

__all__ = ["jury"]
PAGE = f"{OFFICE}/recommendations"
PUBLIC = "/processes/shared-budget/jury/recommendations"
TEXT = {"en": "Put a bench at every stop.", "cy": "Rhowch fainc ym mhob arhosfan."}


def views(site: Site, known: dict[str, Any], published: bool = False) -> list[queries.View]:
    with site.database.reading() as session:
        found = jury_of(session, known["process"])
        assert found is not None
        made = queries.recommendations_of(session, found, site.clock(), UTC, published=published)
        session.expunge_all()
        return made


@pytest.fixture
def handed(site: Site, jury: dict[str, Any]) -> dict[str, Any]:
    """The jury with one recommendation handed over."""
    site.work.run(services.add, jury["lead"], jury["id"], TEXT, None)
    site.work.run(services.publish, jury["lead"], jury["id"])
    return jury | {"one": views(site, jury)[0].item.id}


def browser_of(site: Site, known: dict[str, Any], who: str) -> Any:
    browser = client(site)
    build.signed_in(site, browser, known[who].person_id)
    return browser


def poll(site: Site, jury: dict[str, Any], agree: int, text: str, before: int = 0) -> int:
    run, lead, first = site.work.run, jury["lead"], jury["sessions"][0]
    if before:
        made = run(votes.repair, lead, before, text)
    else:
        run(running.start, lead, first, 0)
        for one in room(site, jury).jury.jurors[:20]:
            run(running.be_present, lead, first, one.id, True)
        made = run(votes.open_poll, lead, first, PollValue("comfort", "Benches", text))
    for place, one in enumerate(room(site, jury).jury.jurors[:20]):
        run(votes.vote, juror(jury), made, one.id,
            {"answer": "live" if place < agree else "loathe"})
    run(votes.close_poll, lead, made)
    return int(made)


def test_a_recommendation_stands_with_its_vote(site: Site, jury: dict[str, Any]) -> None:
    made = poll(site, jury, 17, "A bench at every stop.")
    run = site.work.run
    assert run(services.add, jury["lead"], jury["id"], TEXT, made) == 1
    assert run(services.add, jury["lead"], jury["id"], {"en": "And a roof."}, None) == 2
    empty = client(site).get(PUBLIC).text
    assert "bench" not in empty and "not handed anything over yet" in empty
    assert run(services.publish, jury["lead"], jury["id"]) == 2
    with pytest.raises(Conflict, match=r"recommendation\.nothing"):
        run(services.publish, jury["lead"], jury["id"])
    page = client(site).get(PUBLIC).text
    assert "Put a bench at every stop." in page
    assert "17 of 20 jurors can at least live with it; 16 were needed." in page
    assert "Rhowch fainc" in client(site, "cy").get(PUBLIC).text


def test_it_is_worded_first_and_its_vote_named_afterwards(
    site: Site, jury: dict[str, Any]
) -> None:
    run, lead = site.work.run, jury["lead"]
    run(services.add, lead, jury["id"], TEXT, None)
    one = views(site, jury)[0].item.id
    made = poll(site, jury, 18, "Benches at stops.")
    browser = browser_of(site, jury, "lead")
    assert "Change its words, or name its vote" in browser.get(PAGE).text
    browser.post(PAGE, data={"act": "change", "which": str(one), "once": "c",
                             f"change{one}-text_en": "A bench at each.",
                             f"change{one}-text_cy": "Mainc ym mhob un.",
                             f"change{one}-poll": str(made)})
    (view,) = views(site, jury)
    assert view.item.text == {"en": "A bench at each.", "cy": "Mainc ym mhob un."}
    assert view.item.poll_id == made
    empty = browser.post(PAGE, data={"act": "change", "which": str(one), "once": "d",
                                     f"change{one}-poll": ""})
    assert empty.status_code == 422 and "Enter the recommendation." in empty.text
    with pytest.raises(NotAllowed):
        run(services.change, jury["official"], one, TEXT, None)
    run(services.publish, lead, jury["id"])
    with pytest.raises(Conflict, match=r"recommendation\.published"):
        run(services.change, lead, one, TEXT, None)


def test_no_agreement_is_published_with_both_texts(site: Site, jury: dict[str, Any]) -> None:
    first = poll(site, jury, 3, "Wording of steel.")
    second = poll(site, jury, 4, "Wording of wood.", first)
    site.work.run(services.add, jury["lead"], jury["id"], TEXT, second)
    site.work.run(services.publish, jury["lead"], jury["id"])
    page = client(site).get(PUBLIC).text
    assert "The jury did not agree" in page
    assert "Wording of steel." in page and "Wording of wood." in page


def test_an_open_vote_of_this_jury_is_no_result(site: Site, jury: dict[str, Any]) -> None:
    run, lead, first = site.work.run, jury["lead"], jury["sessions"][0]
    run(running.start, lead, first, 0)
    made = run(votes.open_poll, lead, first, PollValue("comfort", "Open"))
    for wrong in (made, 999):
        with pytest.raises(Invalid, match=r"recommendation\.poll"):
            run(services.add, lead, jury["id"], TEXT, wrong)


@pytest.mark.parametrize(
    ("words", "jurors", "code"),
    [(121, 2, "words"), (120, 1, "jurors"), (120, 25, "jurors"), (0, 2, "text")],
)
def test_a_minority_note_is_short_and_of_two(
    site: Site, jury: dict[str, Any], words: int, jurors: int, code: str
) -> None:
    site.work.run(services.add, jury["lead"], jury["id"], TEXT, None)
    one = views(site, jury)[0].item.id
    with pytest.raises(Invalid, match=rf"minority\.{code}$"):
        site.work.run(services.add_note, jury["lead"], one,
                      {"en": "word " * words} if words else {}, jurors)


def test_a_minority_note_is_public_and_closed_with_the_hand_over(
    site: Site, jury: dict[str, Any]
) -> None:
    run = site.work.run
    run(services.add, jury["lead"], jury["id"], TEXT, None)
    one = views(site, jury)[0].item.id
    browser = browser_of(site, jury, "lead")
    wrong = browser.post(PAGE, data={"act": "note", "which": str(one), "once": "n1",
                                     f"note{one}-text_en": "word " * 121,
                                     f"note{one}-jurors": "2"})
    assert wrong.status_code == 422 and "This has 121 words. At most 120 fit." in wrong.text
    assert "121 words now." in wrong.text
    browser.post(PAGE, data={"act": "note", "which": str(one), "once": "n2",
                             f"note{one}-text_en": "We see it otherwise.",
                             f"note{one}-jurors": "2"})
    browser.post(PAGE, data={"act": "publish", "once": "p"})
    page = client(site).get(PUBLIC).text
    assert "We see it otherwise." in page and "2 jurors" in page
    with pytest.raises(Conflict, match=r"recommendation\.published"):
        run(services.add_note, jury["lead"], one, {"en": "Late."}, 2)


def test_officials_reply_and_only_they(site: Site, handed: dict[str, Any]) -> None:
    run, one = site.work.run, handed["one"]
    with pytest.raises(NotAllowed):
        run(services.reply, handed["lead"], one, "accept", {"en": "Yes."}, "Highways")
    with pytest.raises(NotAllowed):
        run(services.add, handed["official"], handed["id"], {"en": "Ours."}, None)
    with pytest.raises(NotAllowed):
        run(services.publish, handed["official"], handed["id"])
    for verdict, reason, owner, code in (
        ("maybe", {"en": "Yes."}, "Highways", "verdict"), ("accept", {}, "Highways", "reason"),
        ("accept", {"en": "Yes."}, "", "owner"),
    ):
        with pytest.raises(Invalid, match=f"recommendation.{code}"):
            run(services.reply, handed["official"], one, verdict, reason, owner)
    browser = browser_of(site, handed, "official")
    wrong = browser.post(PAGE, data={"act": "reply", "which": str(one), "once": "r1",
                                     f"reply{one}-verdict": "part",
                                     f"reply{one}-reason_en": "Ten stops this year."})
    assert wrong.status_code == 422 and "Say who sees to it." in wrong.text
    assert "Ten stops this year." in wrong.text
    browser.post(PAGE, data={"act": "reply", "which": str(one), "once": "r2",
                             f"reply{one}-verdict": "part",
                             f"reply{one}-reason_en": "Ten stops this year.",
                             f"reply{one}-owner": "Highways team"})
    page = client(site).get(PUBLIC).text
    assert "Accepted in part" in page and "Who sees to it: Highways team" in page
    run(services.reply, handed["official"], one, "reject", {"en": "The money is gone."}, "Finance")
    page = client(site).get(PUBLIC).text
    assert "Rejected" in page and "Ten stops this year." in page, "the first one is not hidden"


def test_nothing_is_replied_to_before_it_is_handed_over(
    site: Site, jury: dict[str, Any]
) -> None:
    site.work.run(services.add, jury["lead"], jury["id"], TEXT, None)
    with pytest.raises(Conflict, match=r"recommendation\.not_published"):
        site.work.run(services.reply, jury["official"], views(site, jury)[0].item.id, "accept",
                      {"en": "Yes."}, "Highways")


def test_a_late_reply_is_shown_as_late(
    site: Site, handed: dict[str, Any], clock: TurnableClock
) -> None:
    def page() -> str:
        return str(client(site).get(PUBLIC).text)

    assert "It is promised by" in page() and "Replies by the promised day: 0 of 1." in page()
    clock.now = datetime(2027, 9, 1, 22, 30, tzinfo=UTC)
    assert "It is promised by" in page(), "the promised day is not over before local midnight"
    clock.now = datetime(2027, 9, 1, 23, 30, tzinfo=UTC)
    assert "1 day ago" in page() and "No reply" in page()
    clock.now = datetime(2027, 9, 4, 12, tzinfo=UTC)
    site.work.run(services.reply, handed["official"], handed["one"], "accept", {"en": "Yes."},
                  "Highways")
    assert "3 days late" in page() and "Replies by the promised day: 0 of 1." in page()


def test_a_reply_by_the_day_is_in_time() -> None:
    day = date(2027, 9, 1)
    assert rules.timing(day, day, date(2027, 12, 1)) == ("in_time", 0)
    assert rules.timing(day, date(2027, 9, 2), date(2027, 12, 1)) == ("late", 1)
    assert rules.timing(day, None, day) == ("open", 0)
    assert rules.timing(None, None, day) == ("open", 0)
    assert rules.share_in_time(["in_time", "late", "missing"]) == (1, 3)


def test_jurors_rate_and_sums_show_from_five(
    site: Site, handed: dict[str, Any]
) -> None:
    run, one = site.work.run, handed["one"]
    people = room(site, handed).jury.jurors
    with pytest.raises(Conflict, match=r"recommendation\.no_reply"):
        run(services.rate, juror(handed), one, people[0].id, 5, "begun")
    run(services.reply, handed["official"], one, "accept", {"en": "Yes."}, "Highways")
    run(services.set_status, handed["official"], one, "done")
    with pytest.raises(NotAllowed):
        run(services.rate, handed["official"], one, people[0].id, 10, "done")
    for place, score in enumerate((2, 4, 6, 8)):
        run(services.rate, juror(handed), one, people[place].id, score, "begun")
    run(services.rate, juror(handed), one, people[0].id, 4, "begun")
    page = client(site).get(PUBLIC).text
    assert "fewer than 5 answers" in page and "out of 10" not in page
    phone = enter(site, codes(site, handed)["juror", people[4].id])
    wrong = phone.post("/room/recommendations", data={"which": str(one), f"rate{one}-score": "11"})
    assert wrong.status_code == 422 and "Choose a number from 0 to 10." in wrong.text
    done = phone.post("/room/recommendations", data={
        "which": str(one), f"rate{one}-score": "8", f"rate{one}-status": "not_begun"})
    assert done.status_code == 200 and "shown only in sums" in done.text
    page = client(site).get(PUBLIC).text
    assert "6 out of 10" in page, "4, 4, 6, 8 and 8"
    assert "4 of 5 answers" in page and "Begun" in page and "Done" in page, "both statuses"


def test_only_a_jurors_screen_rates(site: Site, handed: dict[str, Any]) -> None:
    known = codes(site, handed)
    assert client(site).get("/room/recommendations").url.path == "/room"
    for key in (("wall", None), ("table", 1), ("official", None)):
        assert enter(site, known[key]).get("/room/recommendations").status_code == 403


def test_five_answers_make_a_sum_and_four_do_not() -> None:
    assert rules.rated([(10, "done")] * 4) is None
    found = rules.rated([(10, "done")] * 3 + [(0, "not_begun")] * 3)
    assert found == rules.Rated(6, 5.0, "not_begun", 3)
