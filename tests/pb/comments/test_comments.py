"""Comments: one level of replies, contacts pointed out, taken away, reported, in pages."""

from __future__ import annotations

import re

import pytest

from pb.comments import queries, services
from pb.core.errors import Conflict, NotAllowed, NotFound
from pb.core.site import Site
from pb.moderation.subjects import SUBJECTS
from tests.support import build, ideas
from tests.support.app import client

HERE = f"/processes/{ideas.SLUG}/ideas/1"


def say(site: Site, who: int, text: str, to: int | None = None, idea: int = 1) -> int:
    return int(build.do(site, services.comment, idea, to, text, "en", "",
                        actor=build.actor(site, who)))


@pytest.fixture
def town(either: Site) -> Site:
    ideas.a_process(either)
    ideas.an_idea(either, "A bench")
    return either


def test_replies_have_one_level_and_are_counted(town: Site) -> None:
    mair, huw = build.a_person(town, "Mair"), build.a_person(town, "Huw")
    first = say(town, mair, "A good one.")
    reply = say(town, huw, "Is it?", first)
    deeper = say(town, mair, "It is.", reply)
    with town.database.reading() as session:
        (top,) = queries.page(session, 1, 1)
        assert [one.id for one in top.replies] == [reply, deeper]
    assert ideas.the_idea(town, 1).comments == 3
    with pytest.raises(NotFound):
        say(town, huw, "To nobody", 99)
    second = ideas.an_idea(town, "Another")
    with pytest.raises(NotFound):
        say(town, huw, "To a comment of another idea", first, second)


def test_what_is_taken_away_leaves_its_replies_and_no_words(town: Site) -> None:
    mair, huw = build.a_person(town, "Mair"), build.a_person(town, "Huw")
    first = say(town, mair, "Something I regret.")
    say(town, huw, "Why?", first)
    alone = say(town, mair, "Nobody replied to this.")
    with pytest.raises(NotAllowed):
        build.do(town, services.remove_comment, first, actor=build.actor(town, huw))
    for one in (first, alone):
        build.do(town, services.remove_comment, one, actor=build.actor(town, mair))
    page = client(town).get(HERE).text
    assert "regret" not in page and "Nobody replied" not in page
    assert "taken away by its author" in page and "Why?" in page
    assert "1 comment" in page
    with pytest.raises(Conflict):
        say(town, huw, "Still there?", first)


def test_a_reported_comment_is_out_of_sight_and_not_counted(town: Site) -> None:
    mair, huw = build.a_person(town, "Mair"), build.a_person(town, "Huw")
    first = say(town, mair, "Rude words.")
    say(town, huw, "Please be kind.", first)
    subject = SUBJECTS["comment"]

    def hide(work):  # type: ignore[no-untyped-def]
        subject.hide(work, subject.load(work.session, first))

    def show(work):  # type: ignore[no-untyped-def]
        subject.show(work, subject.load(work.session, first))

    build.do(town, hide)
    page = client(town).get(HERE).text
    assert "Rude words." not in page and "while a moderator looks at it" in page
    assert ideas.the_idea(town, 1).comments == 1
    build.do(town, show)
    assert "Rude words." in client(town).get(HERE).text
    assert ideas.the_idea(town, 1).comments == 2


def test_the_report_link_of_a_comment_hides_it(site: Site) -> None:
    ideas.a_process(site)
    ideas.an_idea(site, "A bench")
    say(site, build.a_person(site, "Mair"), "Ring Huw, he drinks.")
    browser = client(site)
    page = browser.get(HERE).text
    links = re.findall(r'href="(/processes/[^"]+/report/comment/1)"', page)
    assert links
    form = browser.get(links[0])
    browser.post(links[0], data={"code": "personal", "once": ideas.once(form.text)})
    assert "he drinks" not in client(site).get(HERE).text


def test_a_telephone_number_is_pointed_out_before_it_is_public(site: Site) -> None:
    ideas.a_process(site)
    ideas.an_idea(site, "A bench")
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Mair"))
    page = browser.get(HERE + "/comment")
    data = {"text": "Ring me: 01632 960123", "once": ideas.once(page.text)}
    answer = browser.post(HERE + "/comment", data=data)
    assert answer.status_code == 422 and "Everybody can read it" in answer.text
    assert "01632 960123" not in client(site).get(HERE).text
    answer = browser.post(HERE + "/comment", data=data | {"sure": "yes"})
    assert "Your comment is published." in answer.text and "01632 960123" in answer.text
    again = browser.post(HERE + "/comment", data=data | {"sure": "yes"})
    assert again.text.count("Ring me") == 1  # the button pressed twice


def test_after_the_discussion_comments_are_read_and_not_written(site: Site) -> None:
    ideas.a_process(site)
    ideas.an_idea(site, "A bench")
    mair = build.a_person(site, "Mair")
    say(site, mair, "In time.")
    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    browser = client(site)
    build.signed_in(site, browser, mair)
    page = browser.get(HERE)
    assert "In time." in page.text and "Comments are closed." in page.text
    answer = browser.post(HERE + "/comment", data={"text": "Too late", "once": "x"})
    assert answer.status_code == 403


def test_a_hundred_comments_come_in_pages(site: Site) -> None:
    ideas.a_process(site)
    ideas.an_idea(site, "A bench")
    mair = build.a_person(site, "Mair")
    for number in range(45):
        say(site, mair, f"Word number {number:03d}.")
    browser = client(site)
    first, last = browser.get(HERE).text, browser.get(HERE + "?comments=3").text
    assert first.count('class="voice') == 20 and last.count('class="voice') == 5
    assert "Word number 044." in last and "Page 3 of 3" in last
    for odd in ("99", "-1", "x", "1e9", "²"):
        assert browser.get(HERE, params={"comments": odd}).status_code == 200
    build.signed_in(site, browser, mair)
    page = browser.post(HERE + "/comment", data={"text": "The newest one.", "once": "k"})
    assert "The newest one." in page.text  # one lands on the page where it stands
