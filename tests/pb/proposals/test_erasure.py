"""Somebody deletes their account: what stays is a resident's, and their supports go."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from pb.accounts import services as accounts
from pb.accounts.models import Person, SignInLink
from pb.comments import services as comments
from pb.comments.models import Comment
from pb.core.audit import AuditRow
from pb.core.errors import Conflict
from pb.core.site import Site
from pb.proposals import merging, services
from pb.proposals.models import Follow, Proposal, Support
from tests.support import build, ideas
from tests.support.app import client


def erase(site: Site, who: int, keep: bool) -> None:
    build.do(site, accounts.erase_account, keep, actor=build.actor(site, who))


@pytest.mark.parametrize("keep", [True, False])
def test_ideas_and_comments_stay_as_a_residents_or_go(either: Site, keep: bool) -> None:
    ideas.a_process(either)
    mair, huw = build.a_person(either, "Mair Tudno"), build.a_person(either, "Huw")
    own = ideas.an_idea(either, "A bench by the weir", author=mair)
    decided = ideas.an_idea(either, "A decided one", author=mair)
    other = ideas.an_idea(either, "A tree", author=huw)
    build.do(either, services.support, other, True, actor=build.actor(either, mair))
    build.do(either, comments.comment, other, None, "I like trees.", "en", "",
             actor=build.actor(either, mair))
    build.do(either, comments.comment, other, 1, "So do I.", "en", "",
             actor=build.actor(either, huw))

    def decide(work):  # type: ignore[no-untyped-def]
        work.session.get_one(Proposal, decided).state = "accepted"

    build.do(either, decide)
    erase(either, mair, keep)
    browser = client(either)
    page = browser.get(f"/processes/{ideas.SLUG}/ideas/1").text
    assert ("A bench by the weir" in page) is keep
    assert ("By a resident." in page) is keep
    assert "A decided one" in browser.get(f"/processes/{ideas.SLUG}/ideas/2").text
    page = browser.get(f"/processes/{ideas.SLUG}/ideas/3").text
    assert ("I like trees." in page) is keep and "So do I." in page
    assert "0 supporters" in page
    with either.database.reading() as session:
        person = session.get_one(Person, mair)
        assert (person.name, person.email) == ("", None)
        assert ideas.the_idea(either, own).author_id is None
        for table in (Support, Follow):
            assert session.scalar(select(func.count()).where(table.person_id == mair)) == 0
        assert session.scalar(select(func.count()).where(SignInLink.person_id == mair)) == 0
        assert session.scalar(select(func.count()).where(Comment.author_id == mair)) == 0
        assert session.scalar(
            select(func.count()).select_from(AuditRow).where(AuditRow.actor.like("%Mair%"))) == 0
    searched = browser.get(f"/processes/{ideas.SLUG}/ideas?words=weir&order=newest").text
    assert ("1 idea found." in searched) is keep


def test_an_erased_author_holds_up_no_joining(site: Site) -> None:
    ideas.a_process(site)
    mair, huw = build.a_person(site, "Mair"), build.a_person(site, "Huw")
    official = build.a_person(site, "Gwenno", "lead_official", ideas.SLUG)
    first = ideas.an_idea(site, "A bench", author=mair)
    second = ideas.an_idea(site, "A seat", author=huw)
    merge = build.do(site, merging.ask_to_merge, 1, first, [first, second], "Alike.",
                     actor=build.actor(site, official))
    erase(site, mair, True)
    assert build.do(site, merging.answer_merge, merge, True,
                    actor=build.actor(site, huw)) == "merged"


def test_whoever_holds_a_task_hands_it_over_first(site: Site) -> None:
    ideas.a_process(site)
    official = build.a_person(site, "Gwenno", "lead_official", ideas.SLUG)
    with pytest.raises(Conflict):
        erase(site, official, True)
    browser = client(site)
    build.signed_in(site, browser, official)
    assert "Hand it over first" in browser.get("/account").text


def test_the_page_asks_what_happens_to_the_posts_and_signs_out(site: Site) -> None:
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    ideas.an_idea(site, "A bench", author=mair)
    browser = client(site)
    build.signed_in(site, browser, mair)
    page = browser.get("/account")
    assert "mair@example.com" in page.text
    answer = browser.post("/account", data={"once": ideas.once(page.text)})
    assert answer.status_code == 422 and "Choose what happens" in answer.text
    answer = browser.post("/account", data={"once": ideas.once(page.text), "posts": "keep"})
    assert answer.url.path == "/" and "Your account is deleted." in answer.text
    assert browser.get("/account").url.path == "/sign-in"
    assert client(site).get("/account").url.path == "/sign-in"
