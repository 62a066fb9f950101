"""What residents do with published ideas: change, withdraw, write together, support, follow."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image
from sqlalchemy import func, select

from pb.accounts.models import Person
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from pb.proposals import coauthors, jobs, queries, services
from pb.proposals.models import CoAuthor, ProposalVersion, Support
from tests.support import build, ideas
from tests.support.app import client, hidden, mails, run_jobs

NOTHING = ({}, frozenset(), None)


@pytest.fixture
def town(either: Site) -> Site:
    ideas.a_process(either)
    return either


def edit(site: Site, idea: int, who: int, **changes: object) -> bool:
    return bool(build.do(site, services.edit, idea, changes, *NOTHING,
                         actor=build.actor(site, who)))


def test_each_change_is_a_public_version_and_nobody_else_changes_it(town: Site) -> None:
    mair, huw = build.a_person(town, "Mair"), build.a_person(town, "Huw")
    idea = ideas.an_idea(town, "A bench", author=mair)
    assert edit(town, idea, mair, title="Two benches", place="Mill Lane")
    assert not edit(town, idea, mair, title="Two benches")
    with pytest.raises(NotAllowed):
        edit(town, idea, huw, title="A statue of Huw")
    with pytest.raises(Invalid) as error:
        edit(town, idea, mair, title="")
    assert error.value.code == "idea.lacks_title"
    with town.database.reading() as session:
        found = queries.versions(session, idea)
        assert [one.changed for one in found] == [["title", "place"], []]
        assert found[1].content["title"] == "A bench"
        rows = queries.rows(session, 1, queries.Filter(words="two benches"), 1)
        assert [one.id for one in rows] == [idea]  # found by its new words
        assert queries.count(session, 1, queries.Filter(words="statue")) == 0
    page = client(town).get(f"/processes/{ideas.SLUG}/ideas/1/history")
    assert "<del>" in page.text and "Changed: Title, Place in words." in page.text


def test_a_change_that_adds_a_contact_points_it_out_and_keeps_the_photo(site: Site) -> None:
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    idea = ideas.an_idea(site, "A bench", author=mair, wish="Write to mair@example.com.")
    browser = client(site)
    build.signed_in(site, browser, mair)
    path = f"/processes/{ideas.SLUG}/ideas/1/edit"
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")
    typed = {"title": "A bench", "wish": "Write to mair@example.com, or ring 01632 960123.",
             "written_in": "en", "alt": "The mill"}
    answer = browser.post(path, data=typed, files={
        "photo": ("IMG.jpg", picture.getvalue(), "image/jpeg")})
    assert answer.status_code == 422
    notices = answer.text.split('class="notice notice-wrong">')[1:]
    assert len(notices) == 1 and "01632 960123" in notices[0], "what stood there was decided before"
    assert "01632" not in ideas.the_idea(site, idea).wish
    again = typed | hidden(answer.text) | {"sure": "yes"}
    assert browser.post(path, data=again).status_code == 200
    assert "01632" in ideas.the_idea(site, idea).wish
    with site.database.reading() as session:
        assert [one.alt for one in queries.photos(session, idea)] == ["The mill"]
    # A photo of another idea's form is not taken.
    other = ideas.an_idea(site, "A tap", author=mair)
    forged = {"title": "A tap", "wish": "Water.", "written_in": "en",
              "photo_kept": again["photo_kept"]}
    assert browser.post(path.replace("/1/", "/2/"), data=forged).status_code == 200
    with site.database.reading() as session:
        assert queries.photos(session, other) == []


def test_after_the_phase_nobody_changes_and_what_was_typed_is_shown(site: Site) -> None:
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    idea = ideas.an_idea(site, "A bench", author=mair)
    site.clock.now = build.WHEN["assessment"]  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed):
        edit(site, idea, mair, title="Late")
    browser = client(site)
    build.signed_in(site, browser, mair)
    answer = browser.post(f"/processes/{ideas.SLUG}/ideas/1/edit", data={
        "title": "A later bench", "wish": "Please"})
    assert answer.status_code == 403 and "A later bench" in answer.text
    assert ideas.the_idea(site, idea).title == "A bench"


def test_withdrawing_empties_the_page_and_keeps_the_number(site: Site) -> None:
    ideas.a_process(site)
    mair, huw = build.a_person(site, "Mair"), build.a_person(site, "Huw")
    idea = ideas.an_idea(site, "A bench by the weir", author=mair)
    with pytest.raises(NotAllowed):
        build.do(site, services.withdraw, idea, actor=build.actor(site, huw))
    build.do(site, services.withdraw, idea, actor=build.actor(site, mair))
    build.do(site, services.withdraw, idea, actor=build.actor(site, mair))
    browser = client(site)
    page = browser.get(f"/processes/{ideas.SLUG}/ideas/1")
    assert page.status_code == 200 and "This idea was withdrawn" in page.text
    assert "A bench by the weir" not in page.text
    assert "0 ideas found." in browser.get(
        f"/processes/{ideas.SLUG}/ideas?words=weir&seed=1").text
    assert browser.get(f"/processes/{ideas.SLUG}/ideas/1/history").status_code == 404
    assert ideas.the_idea(site, ideas.an_idea(site, "Another")).number == 2


def test_support_counts_once_a_person_also_when_pressed_by_many_at_once(town: Site) -> None:
    mair = build.a_person(town, "Mair")
    idea = ideas.an_idea(town, "A bench", author=mair)
    people = [build.a_person(town, f"Person {number}") for number in range(6)]
    actors = [build.actor(town, one) for one in people]
    failures: list[BaseException] = []

    def press(position: int) -> None:
        try:
            for _ in range(2):
                town.work.run(services.support, actors[position % 6], idea, True)
        except Exception as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    threads = [threading.Thread(target=press, args=(one,)) for one in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert ideas.the_idea(town, idea).supporters == 6
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Support)) == 6
    build.do(town, services.support, idea, False, actor=actors[0])
    assert ideas.the_idea(town, idea).supporters == 5
    with pytest.raises(Invalid):
        build.do(town, services.support, idea, True, actor=build.actor(town, mair))


def test_a_stranger_is_asked_who_they_are_and_then_supports(site: Site) -> None:
    ideas.a_process(site)
    ideas.an_idea(site, "A bench")
    browser = client(site)
    page = browser.get(f"/processes/{ideas.SLUG}/ideas/1/support")
    assert page.url.path == "/sign-in/join"
    page = browser.post(str(page.url), data={"name": "Nesta", "email": "nesta@example.com",
                                             "once": ideas.once(page.text)})
    page = browser.post(page.url.path, data={"code": ideas.mailed_code(site), "once": "c"})
    assert page.url.path == f"/processes/{ideas.SLUG}/ideas/1"
    page = browser.post(f"/processes/{ideas.SLUG}/ideas/1/support",
                        data={"once": ideas.once(page.text)})
    assert "Your support counts." in page.text and "1 supporter" in page.text
    assert "Nesta" not in client(site).get(f"/processes/{ideas.SLUG}/ideas/1").text


def test_followers_get_one_digest_a_day_and_none_about_themselves(site: Site) -> None:
    ideas.a_process(site)
    mair, huw = build.a_person(site, "Mair"), build.a_person(site, "Huw")
    idea = ideas.an_idea(site, "A bench", author=mair)
    build.do(site, services.follow, idea, True, actor=build.actor(site, huw))
    edit(site, idea, mair, title="Two benches")
    edit(site, idea, mair, title="Three benches")

    def digests() -> list[str]:
        jobs._LOOKED.clear()
        run_jobs(site)
        jobs.look(site)
        run_jobs(site)
        return [mail["To"] for mail in mails(site)]

    assert digests() == ["huw@example.com"]  # not Mair, who wrote it herself
    body = mails(site)[-1].get_body(("plain",)).get_content()
    assert "Three benches" in body and body.count("Its authors changed the text.") == 1
    assert digests() == ["huw@example.com"]
    edit(site, idea, mair, title="Four benches")
    assert digests() == ["huw@example.com"]  # the day is not over
    site.clock.turn(hours=21)  # type: ignore[attr-defined]
    assert digests() == ["huw@example.com"] * 2
    build.do(site, services.follow, idea, False, actor=build.actor(site, huw))
    edit(site, idea, mair, title="Five benches")
    site.clock.turn(hours=21)  # type: ignore[attr-defined]
    assert digests() == ["huw@example.com"] * 2


def test_writing_together_by_invitation(site: Site) -> None:
    ideas.a_process(site)
    mair, huw = build.a_person(site, "Mair"), build.a_person(site, "Huw")
    idea = ideas.an_idea(site, "A bench", author=mair)
    first = client(site)
    build.signed_in(site, first, mair)
    where = f"/processes/{ideas.SLUG}/ideas/1/authors"
    for address, words in (("mair@example.com", "your own address"), ("x", "email")):
        answer = first.post(where, data={"name": "M", "email": address})
        assert answer.status_code == 422 and words in answer.text
    answer = first.post(where, data={"name": "Nesta", "email": "nesta@example.com"})
    assert "The invitation is on its way" in answer.text
    again = first.post(where, data={"name": "Nesta", "email": "NESTA@example.com"})
    assert again.status_code == 422 and "invited already" in again.text
    nesta = client(site)
    path = ideas.mailed_link(site)
    page = nesta.get(path)
    assert "Mair asks you" in page.text
    with site.database.reading() as session:
        assert session.scalars(select(CoAuthor)).one().accepted_at is None
    page = nesta.post(path, data={"answer": "yes", "once": ideas.once(page.text)})
    assert "By Mair, with Nesta." in page.text
    with site.database.reading() as session:
        person = session.scalars(select(Person).where(Person.name == "Nesta")).one().id
    assert edit(site, idea, person, title="A better bench")
    with pytest.raises(NotAllowed):
        build.do(site, services.withdraw, idea, actor=build.actor(site, person))
    with pytest.raises(NotAllowed):
        build.do(site, coauthors.remove_co_author, idea, 1, actor=build.actor(site, huw))
    build.do(site, coauthors.remove_co_author, idea, 1, actor=build.actor(site, person))
    with pytest.raises(NotAllowed):
        edit(site, idea, person, title="Not mine any more")
    with site.database.reading() as session:
        assert session.scalars(select(CoAuthor)).one().email is None  # forgotten with it


def test_an_invitation_declined_is_over(site: Site) -> None:
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    idea = ideas.an_idea(site, "A bench", author=mair)
    build.do(site, coauthors.invite_co_author, idea, "Nesta", "nesta@example.com",
             actor=build.actor(site, mair))
    browser, path = client(site), ideas.mailed_link(site)
    assert "You declined." in browser.post(path, data={"answer": "no"}).text
    assert browser.get(path).status_code == 410
    assert browser.post(path, data={"answer": "yes"}).status_code == 410
    for forged in ("/ideas/write-with/x.y.z", path[:-3] + "abc"):
        assert browser.get(forged).status_code == 410


def test_five_write_with_the_author_at_most(site: Site) -> None:
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    idea = ideas.an_idea(site, "A bench", author=mair)
    who = build.actor(site, mair)
    for number in range(5):
        build.do(site, coauthors.invite_co_author, idea, "N", f"n{number}@example.com", actor=who)
    with pytest.raises(Invalid) as error:
        build.do(site, coauthors.invite_co_author, idea, "N", "n9@example.com", actor=who)
    assert error.value.code == "coauthor.too_many"


def test_an_idea_of_another_state_takes_no_support_and_no_change(town: Site) -> None:
    mair, huw = build.a_person(town, "Mair"), build.a_person(town, "Huw")
    idea = ideas.an_idea(town, "A bench", author=mair)
    build.do(town, services.withdraw, idea, actor=build.actor(town, mair))
    with pytest.raises(Conflict):
        build.do(town, services.support, idea, True, actor=build.actor(town, huw))
    with pytest.raises(Conflict):
        edit(town, idea, mair, title="Back again")
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProposalVersion)) == 1
