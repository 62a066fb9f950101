"""Joining ideas with every author's consent, and packages of neighbouring pins."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from pb.core.work import Work
from pb.proposals import merging, services
from pb.proposals.models import CoAuthor, Follow, Merge, Proposal, Support
from tests.support import build, ideas
from tests.support.app import client, mails, run_jobs


@pytest.fixture
def town(either: Site) -> Site:
    ideas.a_process(either)
    return either


def ask(site: Site, official: int, into: int, *others: int) -> int:
    return int(build.do(site, merging.ask_to_merge, 1, into, [into, *others], "They are alike.",
                        actor=build.actor(site, official)))


def answer(site: Site, merge: int, who: int, agrees: bool) -> str:
    return str(build.do(site, merging.answer_merge, merge, agrees, actor=build.actor(site, who)))


def test_supporters_and_followers_count_once_after_joining(town: Site) -> None:
    mair, huw = build.a_person(town, "Mair"), build.a_person(town, "Huw")
    official = build.a_person(town, "Gwenno", "lead_official", ideas.SLUG)
    first = ideas.an_idea(town, "A bench", author=mair)
    second = ideas.an_idea(town, "A seat", author=huw)
    people = [build.a_person(town, f"Person {number}") for number in range(5)]
    for person, supported in zip(people, ((first,), (first, second), (second,), (second,),
                                          (first, second)), strict=True):
        for idea in supported:
            build.do(town, services.support, idea, True, actor=build.actor(town, person))
    build.do(town, services.support, second, True, actor=build.actor(town, mair))
    merge = ask(town, official, first, second)
    assert answer(town, merge, mair, True) == "waiting"
    assert ideas.the_idea(town, second).state == "published"  # not before all agreed
    assert answer(town, merge, huw, True) == "merged"
    kept, gone = ideas.the_idea(town, first), ideas.the_idea(town, second)
    assert kept.supporters == 5  # by hand: five people, and not Mair, whose idea it is
    assert (gone.state, gone.merged_into) == ("merged", first)
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).where(Support.proposal_id == first)) == 5
        followers = set(session.scalars(
            select(Follow.person_id).where(Follow.proposal_id == first)))
    assert followers == {mair, huw}
    with pytest.raises(Conflict):
        answer(town, merge, huw, True)


def test_one_author_who_declines_ends_it_and_all_are_told(town: Site) -> None:
    mair, huw = build.a_person(town, "Mair"), build.a_person(town, "Huw", language="cy")
    official = build.a_person(town, "Gwenno", "lead_official", ideas.SLUG)
    first = ideas.an_idea(town, "A bench", author=mair)
    second = ideas.an_idea(town, "A seat", author=huw)
    merge = ask(town, official, first, second)
    run_jobs(town)
    assert sorted(mail["To"] for mail in mails(town)) == ["huw@example.com", "mair@example.com"]
    with pytest.raises(NotAllowed):
        answer(town, merge, official, True)
    with pytest.raises(Conflict):
        ask(town, official, second, first)  # asked already
    assert answer(town, merge, huw, False) == "declined"
    run_jobs(town)
    assert len(mails(town)) == 4
    assert ideas.the_idea(town, second).state == "published"
    again = ask(town, official, first, second)
    build.do(town, merging.take_back_merge, 1, again, actor=build.actor(town, official))
    with pytest.raises(Conflict):
        answer(town, again, mair, True)


def write_with(site: Site, idea: int, person: int, name: str) -> None:
    def make(work: Work) -> None:
        work.session.add(CoAuthor(
            proposal_id=idea, person_id=person, name=name, email=None, language="en", nonce="x",
            invited_at=work.now, ends_at=work.now, accepted_at=work.now,
        ))

    build.do(site, make)


def test_whoever_writes_an_idea_with_others_is_asked_and_told_as_well(town: Site) -> None:
    mair, huw, nesta = (build.a_person(town, name) for name in ("Mair", "Huw", "Nesta"))
    official = build.a_person(town, "Gwenno", "lead_official", ideas.SLUG)
    first = ideas.an_idea(town, "A bench", author=mair, x=100, y=100)
    second = ideas.an_idea(town, "A seat", author=huw, x=110, y=110)
    write_with(town, second, nesta, "Nesta")
    merge = ask(town, official, first, second)
    run_jobs(town)
    assert sorted(mail["To"] for mail in mails(town)) == [
        "huw@example.com", "mair@example.com", "nesta@example.com"]
    letter = next(one for one in mails(town) if "nesta" in str(one["To"]))
    assert "Hello Nesta" in letter.get_body(("plain",)).get_content()
    assert answer(town, merge, mair, True) == "waiting"
    assert answer(town, merge, huw, True) == "waiting", "nothing moves without the co-author"
    browser = client(town)
    build.signed_in(town, browser, nesta)
    page = browser.get(f"/processes/{ideas.SLUG}/ideas/joining/{merge}").text
    assert page.count("A seat") == 1 and "No answer yet." in page
    office = client(town)
    build.signed_in(town, office, official)
    listed = office.get(f"/office/processes/{ideas.SLUG}/ideas").text
    assert "2. Nesta: No answer yet." in listed and "2. Huw: Agreed." in listed
    assert answer(town, merge, nesta, False) == "declined"
    again = ask(town, official, first, second)
    for person in (mair, huw):
        assert answer(town, again, person, True) == "waiting"
    build.do(town, merging.take_back_merge, 1, again, actor=build.actor(town, official))
    run_jobs(town)
    before = len(mails(town))
    build.do(town, merging.make_package, 1, {"en": "Seats"}, None, [first, second], None,
             actor=build.actor(town, official))
    run_jobs(town)
    assert sorted(mail["To"] for mail in mails(town)[before:]) == [
        "huw@example.com", "mair@example.com", "nesta@example.com"]


def test_an_idea_whose_author_cannot_be_asked_waits_for_the_others_only(town: Site) -> None:
    mair = build.a_person(town, "Mair")
    official = build.a_person(town, "Gwenno", "lead_official", ideas.SLUG)
    first = ideas.an_idea(town, "A bench", author=mair)
    second = ideas.an_idea(town, "A seat")
    merge = ask(town, official, first, second)
    assert answer(town, merge, mair, True) == "merged"


def test_joining_needs_two_open_ideas_of_this_process(town: Site) -> None:
    mair = build.a_person(town, "Mair")
    official = build.a_person(town, "Gwenno", "lead_official", ideas.SLUG)
    first = ideas.an_idea(town, "A bench", author=mair)
    second = ideas.an_idea(town, "A seat", author=mair)
    build.a_process(town, "elsewhere", phase="ideas")
    foreign = ideas.an_idea(town, "Far away", slug="elsewhere")
    for into, others, code in ((first, (), "merge.too_few"), (first, (foreign,), "merge.too_few"),
                               (foreign, (first, second), "merge.into")):
        with pytest.raises(Invalid) as error:
            build.do(town, merging.ask_to_merge, 1, into, [into, *others], "x",
                     actor=build.actor(town, official))
        assert error.value.code == code
    build.do(town, services.withdraw, second, actor=build.actor(town, mair))
    with pytest.raises(Invalid) as error:
        ask(town, official, first, second)
    assert error.value.code == "merge.closed"
    with pytest.raises(NotAllowed):
        ask(town, mair, first, second)


def test_an_idea_withdrawn_meanwhile_joins_nothing(town: Site) -> None:
    mair, huw = build.a_person(town, "Mair"), build.a_person(town, "Huw")
    official = build.a_person(town, "Gwenno", "lead_official", ideas.SLUG)
    first = ideas.an_idea(town, "A bench", author=mair)
    second = ideas.an_idea(town, "A seat", author=huw)
    merge = ask(town, official, first, second)
    answer(town, merge, huw, True)
    build.do(town, services.withdraw, second, actor=build.actor(town, huw))
    assert answer(town, merge, mair, True) == "withdrawn"
    assert ideas.the_idea(town, second).state == "withdrawn"


def test_pins_within_a_rectangle_become_one_package_and_each_author_is_told(town: Site) -> None:
    mair, huw = build.a_person(town, "Mair"), build.a_person(town, "Huw")
    official = build.a_person(town, "Gwenno", "lead_official", ideas.SLUG)
    inside = [ideas.an_idea(town, "A crossing", author=mair, x=100, y=100),
              ideas.an_idea(town, "A kerb", author=huw, x=180, y=199)]
    outside = ideas.an_idea(town, "A tree", author=mair, x=201, y=100)
    ticked = ideas.an_idea(town, "A lamp", author=mair)
    who = build.actor(town, official)
    package = build.do(town, merging.make_package, 1, {"en": "Mill Lane"}, None, [ticked],
                       (50, 50, 200, 200), actor=who)
    assert {ideas.the_idea(town, one).package_id for one in (*inside, ticked)} == {package}
    assert ideas.the_idea(town, outside).package_id is None
    run_jobs(town)
    assert sorted(mail["To"] for mail in mails(town)) == [
        "huw@example.com", "mair@example.com", "mair@example.com"]
    with pytest.raises(Invalid) as error:
        build.do(town, merging.make_package, 1, {"en": "B"}, None, [ticked, outside], None,
                 actor=who)
    assert error.value.code == "package.taken"
    build.do(town, merging.undo_package, 1, package, actor=who)
    assert ideas.the_idea(town, ticked).package_id is None


def test_the_office_goes_from_boxes_to_a_question_and_to_a_package(site: Site) -> None:
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    first = ideas.an_idea(site, "A bench", author=mair, x=100, y=100)
    second = ideas.an_idea(site, "A seat", author=mair, x=150, y=120)
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Gwenno", "lead_official", ideas.SLUG))
    where = f"/office/processes/{ideas.SLUG}/ideas"
    page = browser.post(where, data={f"idea-{first}": "1", f"idea-{second}": "1", "go": "join"})
    assert page.url.path == where + "/join" and "A seat" in page.text
    data = {f"idea-{first}": "1", f"idea-{second}": "1", "into": str(first)}
    answer_page = browser.post(where + "/join", data=data)
    assert answer_page.status_code == 422 and "Say why." in answer_page.text
    page = browser.post(where + "/join", data=data | {"reason": "Both are seats."})
    assert page.url.path == where and "Waits for answers" in page.text
    again = browser.post(where + "/join", data=data | {"reason": "Both are seats.", "once": "z"})
    assert again.status_code == 422 and "already asked about" in again.text
    page = browser.get(f"{where}/join?idea-{first}=1")
    assert "Choose at least two ideas" in page.text
    package = where + "/package"
    edges = {"left": "50", "top": "50", "right": "200", "bottom": "200"}
    page = browser.post(package, data=edges | {"name_en": "Mill Lane", "go": "look"})
    assert "2 pins lie within." in page.text
    page = browser.post(package, data=edges | {"right": "20", "name_en": "M", "go": "make"})
    assert page.status_code == 422 and "Give all four edges" in page.text
    page = browser.post(package, data=edges | {"name_en": "Mill Lane", "go": "make"})
    assert page.url.path == where and "Mill Lane" in page.text
    citizen = client(site)
    build.signed_in(site, citizen, mair)
    page = citizen.get(f"/processes/{ideas.SLUG}/ideas/mine")
    assert "You are asked something" in page.text
    page = citizen.get(f"/processes/{ideas.SLUG}/ideas/joining/1")
    assert "Both are seats." in page.text
    citizen.post(f"/processes/{ideas.SLUG}/ideas/joining/1",
                 data={"answer": "yes", "once": ideas.once(page.text)})
    page = client(site).get(f"/processes/{ideas.SLUG}/ideas/2")
    assert "Joined with another idea" in page.text
    with site.database.reading() as session:
        assert session.scalars(select(Merge.state)).all() == ["merged"]


def test_categories_are_added_named_in_both_languages_and_kept_while_used(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Gwenno", "lead_official", ideas.SLUG))
    where = f"/office/processes/{ideas.SLUG}/categories"
    answer_page = browser.post(where, data={"name_en": "Water"})
    assert answer_page.status_code == 422
    page = browser.post(where, data={"name_en": "Water", "name_cy": "Dŵr"})
    assert "Water" in page.text
    ideas.an_idea(site, "A bench", category_id=1)
    assert browser.post(where, data={"remove": "1"}).status_code == 409
    browser.post(where, data={"remove": "2"})
    assert "Roads" not in browser.get(where).text


def frames(html: str) -> list[tuple[int, int, int, int]]:
    """The outlines of a map: left, top, width, height."""
    return [
        (int(x), int(y), int(width), int(height)) for x, y, width, height in re.findall(
            r'<rect class="map-frame[^"]*" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', html)
    ]


def test_a_rectangle_is_shown_on_the_map_by_figures_or_by_two_places(site: Site) -> None:
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    inside = ideas.an_idea(site, "A bench", author=mair, x=150, y=220)
    ideas.an_idea(site, "A seat", author=mair, x=700, y=100)
    ticked = ideas.an_idea(site, "A tree", author=mair, x=500, y=600)
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Gwenno", "lead_official", ideas.SLUG))
    where = f"/office/processes/{ideas.SLUG}/ideas/package"
    page = browser.get(f"{where}?idea-{ticked}=1")
    assert frames(page.text) == [(0, 0, 0, 0)], "nothing is drawn yet"
    assert page.text.count('value="">Choose</option>') == 2
    assert re.search(rf'type="checkbox" id="idea-{ticked}"[^>]*checked', page.text)
    typed = {"name_en": "Mill Lane", "go": "look", f"idea-{ticked}": "1"}
    page = browser.post(where, data=typed | {
        "left": "100", "top": "200", "right": "300", "bottom": "260"})
    assert frames(page.text) == [(100, 200, 200, 60)]
    assert "1 pin lies within." in page.text
    assert page.text.count('class="pin pin-yes"') == 1, "what lies within has another shape"
    assert page.text.count('class="pin pin-yours"') == 1, "and what was ticked"
    page = browser.post(where, data=typed | {"one": "120-200", "two": "250-300"})
    assert frames(page.text) == [(75, 155, 220, 190)], "the mill and Riverside, with room for pins"
    assert 'name="left" ' in page.text and 'value="75"' in page.text
    page = browser.post(where, data=typed | {"one": "120-200", "two": "9-9"})
    assert frames(page.text) == [(0, 0, 0, 0)], "a place that the map does not have"
    page = browser.post(where, data=typed | {
        "left": "300", "top": "200", "right": "100", "bottom": "260"})
    assert page.status_code == 422 and frames(page.text) == [(0, 0, 0, 0)]
    page = browser.post(where, data=typed | {"one": "120-200", "two": "250-300", "go": "make"})
    assert ideas.the_idea(site, inside).package_id == ideas.the_idea(site, ticked).package_id == 1


def test_a_package_stands_on_the_public_map_with_its_outline_and_its_list(town: Site) -> None:
    mair = build.a_person(town, "Mair")
    who = build.actor(town, build.a_person(town, "Gwenno", "lead_official", ideas.SLUG))
    drawn = [ideas.an_idea(town, f"Drawn {x}", author=mair, x=x, y=100) for x in (100, 150)]
    by_hand = [ideas.an_idea(town, f"Ticked {x}", author=mair, x=x, y=400) for x in (300, 380)]
    nowhere = [ideas.an_idea(town, f"Nowhere {one}", author=mair) for one in "ab"]
    alone = ideas.an_idea(town, "Alone", author=mair, x=900, y=650)
    build.do(town, merging.make_package, 1, {"en": "Mill Lane", "cy": "Lôn y Felin"}, None, [],
             (80, 80, 200, 160), actor=who)
    for name, chosen in (("Top Road", by_hand), ("Anywhere", nowhere)):
        build.do(town, merging.make_package, 1, {"en": name}, None, chosen, None, actor=who)
    address = f"/processes/{ideas.SLUG}/ideas/map"
    page = client(town).get(address).text
    assert frames(page) == [(80, 80, 120, 80), (255, 355, 170, 90)]
    assert 'href="#package-1" aria-label="P1. Mill Lane"' in page
    twin = page[page.index('id="packages"'):]
    for one in (*drawn, *by_hand, *nowhere):
        assert ideas.the_idea(town, one).title in twin
    assert ideas.the_idea(town, alone).title not in twin
    assert twin.index("P1") < twin.index("P2") < twin.index("P3"), "the one without a pin as well"
    assert "Lôn y Felin" in client(town, "cy").get(address).text
    hide = ideas.the_idea(town, by_hand[0])

    def hidden(work: Work) -> None:
        row = work.session.get_one(Proposal, hide.id)
        row.hidden_at = work.now

    hidden.__module__ = __name__
    build.do(town, hidden)
    page = client(town).get(address).text
    assert hide.title not in page and (335, 355, 90, 90) in frames(page)
    build.do(town, merging.undo_package, 1, 1, actor=who)
    assert "Mill Lane" not in client(town).get(address).text
