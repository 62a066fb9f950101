"""From the first words to a published idea, over HTTP: with and without an account, too late, and
with what people get wrong."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image

from pb.core.site import Site
from pb.proposals.models import Proposal
from tests.support import build, ideas
from tests.support.app import client, mails, run_jobs

NEW = f"/processes/{ideas.SLUG}/ideas/new"


def begin(browser: Any, wish: str = "More places to sit by the mill.") -> str:
    """Answer the first question; the address of the draft's steps."""
    page = browser.get(NEW)
    assert page.status_code == 200, page.text
    answer = browser.post(NEW, data={"wish": wish, "once": ideas.once(page.text), "go": "next"})
    assert answer.status_code == 200 and answer.url.path.endswith("/about"), answer.text
    return str(answer.url.path).removesuffix("about")


def test_a_stranger_publishes_with_a_code(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    draft = begin(browser)
    answer = browser.post(draft + "about", data={
        "title": "A bench by the mill", "body": "", "area": "", "category": "",
        "written_in": "en", "go": "check"})
    assert answer.url.path == draft + "check"
    assert "A bench by the mill" in answer.text and "More places to sit" in answer.text
    answer = browser.post(draft + "check", data={
        "name": "Nesta", "email": "Nesta@example.com", "once": ideas.once(answer.text),
        "go": "confirm"})
    assert answer.url.path.endswith("/confirm/code"), answer.text
    code = ideas.mailed_code(site)
    answer = browser.post(answer.url.path, data={
        "code": code.lower(), "once": ideas.once(answer.text)})
    assert answer.url.path == f"/processes/{ideas.SLUG}/ideas/1", answer.text
    assert "Your idea is published" in answer.text and "By Nesta." in answer.text
    again = client(site).get(f"/processes/{ideas.SLUG}/ideas?order=newest")
    assert "A bench by the mill" in again.text


def test_the_mailed_link_publishes_on_another_device(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site, "cy")
    draft = begin(browser, "Mwy o lefydd i eistedd.")
    browser.post(draft + "about", data={"title": "Mainc ger y felin", "written_in": "cy",
                                        "go": "check"})
    page = browser.get(draft + "check")
    browser.post(draft + "check", data={"name": "Nesta", "email": "nesta@example.com",
                                        "once": ideas.once(page.text), "go": "confirm"})
    other = client(site, "cy")
    path = ideas.mailed_link(site)
    page = other.get(path)
    assert "Mainc ger y felin" in page.text
    assert other.get(f"/processes/{ideas.SLUG}/ideas/1").status_code == 404  # opening uses nothing
    answer = other.post(path, data={"once": ideas.once(page.text)})
    assert answer.url.path == f"/processes/{ideas.SLUG}/ideas/1"
    assert ideas.the_idea(site, 1).language == "cy"
    assert other.post(path, data={"once": "x"}).url.path == f"/processes/{ideas.SLUG}/ideas/1"


def test_a_wrong_code_publishes_nothing_and_five_end_it(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    draft = begin(browser)
    browser.post(draft + "about", data={"title": "A bench", "written_in": "en", "go": "check"})
    page = browser.get(draft + "check")
    page = browser.post(draft + "check", data={"name": "N", "email": "n@example.com",
                                               "once": ideas.once(page.text)})
    for _ in range(5):
        answer = browser.post(page.url.path, data={"code": "0000 0000"})
        assert answer.status_code == 422 and "This code is not right" in answer.text
    code = ideas.mailed_code(site)
    assert browser.post(page.url.path, data={"code": code}).status_code == 410
    assert ideas.the_idea(site, 1).state == "draft"


def test_whoever_is_signed_in_publishes_at_once_and_once(site: Site) -> None:
    ideas.a_process(site)
    mair = build.a_person(site, "Mair")
    browser = client(site)
    build.signed_in(site, browser, mair)
    draft = begin(browser)
    browser.post(draft + "about", data={"title": "A bench", "written_in": "en", "go": "check"})
    key = ideas.once(browser.get(draft + "check").text)
    for _ in range(2):
        answer = browser.post(draft + "check", data={"once": key, "go": "publish"})
        assert answer.url.path == f"/processes/{ideas.SLUG}/ideas/1"
    assert ideas.the_idea(site, 1).author_id == mair
    assert "2 ideas" not in browser.get(f"/processes/{ideas.SLUG}/ideas?order=newest").text


def test_drafts_belong_to_their_device(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    draft = begin(browser)
    assert client(site).get(draft + "check").status_code == 404
    assert client(site).post(draft + "wish", data={"wish": "Stolen"}).status_code == 404
    stranger = client(site)
    build.signed_in(site, stranger, build.a_person(site, "Nosy"))
    assert stranger.get(draft + "check").status_code == 404
    assert "More places to sit" in browser.get(f"/processes/{ideas.SLUG}/ideas/mine").text


def test_what_is_typed_is_kept_while_typing(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    key = ideas.once(browser.get(NEW).text)
    first = browser.post(NEW, data={"wish": "Mor", "once": key, "keep": "1"})
    action = first.json()["action"]
    again = browser.post(NEW, data={"wish": "More", "once": key, "keep": "1"})
    assert again.json()["action"] == action  # a retry is the same draft
    assert browser.post(action, data={"wish": "More benches", "keep": "1"}).status_code == 204
    assert ideas.the_idea(site, 1).wish == "More benches"
    about = action.removesuffix("wish") + "about"
    browser.post(about, data={"title": "", "body": "Half a sen", "keep": "1"})
    kept = ideas.the_idea(site, 1)
    assert (kept.title, kept.body) == ("", "Half a sen")


def test_errors_stand_beside_the_field_and_the_rest_is_kept(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    page = browser.get(NEW)
    answer = browser.post(NEW, data={"wish": "  ", "once": ideas.once(page.text)})
    assert answer.status_code == 422 and "Say what would make life here better." in answer.text
    draft = begin(browser)
    answer = browser.post(draft + "about", data={
        "title": "x" * 151, "body": "My reasons", "written_in": "en", "go": "next"})
    assert answer.status_code == 422 and "x" * 151 in answer.text and "My reasons" in answer.text
    assert ideas.the_idea(site, 1).body == "My reasons"
    answer = browser.get(draft + "check")
    assert "Give your idea a title." in answer.text and "Publish my idea" not in answer.text
    answer = browser.post(draft + "more", data={"cost_guess": "cheap", "can_bring": "A spade"})
    assert answer.status_code == 422 and ideas.the_idea(site, 1).can_bring == "A spade"


def test_a_welsh_author_is_never_asked_for_english(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site, "cy")
    draft = begin(browser, "Mwy o goed.")
    for step in ("about", "place", "photos", "more", "check"):
        page = browser.get(draft + step).text
        labels = re.findall(r"<label[^>]*>(.*?)</label>", page)
        assert not any("in English" in one or "yn Saesneg" in one for one in labels)
    browser.post(draft + "about", data={"title": "Coed", "written_in": "cy", "go": "check"})
    mair = build.a_person(site, "Mair", language="cy")
    build.signed_in(site, browser, mair)
    key = ideas.once(browser.get(draft + "check").text)
    browser.post(draft + "check", data={"once": key, "go": "publish"})
    assert ideas.the_idea(site, 1).state == "published"
    page = client(site, "en").get(f"/processes/{ideas.SLUG}/ideas/1").text
    assert '<h1 lang="cy">Coed</h1>' in page and "Written in Welsh." in page


def test_a_phase_that_closes_while_one_types_loses_nothing(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    draft = begin(browser)
    page = browser.get(draft + "about")
    site.clock.now = build.WHEN["assessment"]  # type: ignore[attr-defined]
    answer = browser.post(draft + "about", data={
        "title": "A bench by the mill", "body": "With a back.", "written_in": "en",
        "go": "next"})
    assert answer.status_code == 200
    assert "Nothing is lost" in answer.text and "With a back." in answer.text
    assert "Publish my idea" not in browser.get(draft + "check").text
    fresh = client(site)
    late = fresh.post(NEW, data={"wish": "I was slow", "once": "slow"})
    assert "Nothing is lost" in late.text and "I was slow" in late.text
    assert page.status_code == 200


def test_confirming_too_late_signs_in_and_keeps_the_draft(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    draft = begin(browser)
    browser.post(draft + "about", data={"title": "A bench", "written_in": "en", "go": "check"})
    page = browser.get(draft + "check")
    page = browser.post(draft + "check", data={"name": "N", "email": "n@example.com",
                                               "once": ideas.once(page.text)})
    code = ideas.mailed_code(site)
    closes = next(one for one in build.TIMETABLE if one[0] == "ideas")[2]
    assert closes is not None
    site.clock.now = closes  # type: ignore[attr-defined]
    with site.database.reading() as session:
        from pb.accounts.models import SignInLink

        link = session.get_one(SignInLink, 1)
        session.expunge(link)

    def last_longer(work: Any) -> None:
        work.session.get_one(SignInLink, 1).ends_at = closes.replace(year=closes.year + 1)

    build.do(site, last_longer)
    browser.cookies.set("x", "y")
    answer = browser.post(page.url.path, data={"code": code, "once": "k"})
    # The cookie that binds the code lasts an hour; the link in the mail still leads there.
    if answer.status_code == 410:
        path = ideas.mailed_link(site)
        answer = browser.post(path, data={"once": "k"})
    assert "Nothing is lost" in answer.text, answer.text
    found = ideas.the_idea(site, 1)
    assert found.state == "draft" and found.author_id is not None


# -- the pin ---------------------------------------------------------------------------------


def test_pins_by_picture_by_list_and_by_buttons(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    place = begin(browser) + "place"
    answer = browser.post(place, data={"place": "Mill Lane", "point.x": "72", "point.y": "100.8"})
    assert answer.url.path == place and "square C4" in answer.text
    found = ideas.the_idea(site, 1)
    assert (found.x, found.y, found.place) == (250, 350, "Mill Lane")
    browser.post(place, data={"move": "north", "x": "250", "y": "350"})
    assert ideas.the_idea(site, 1).y == 340
    browser.post(place, data={"move": "place", "known": "120-200", "x": "250", "y": "340"})
    assert (ideas.the_idea(site, 1).x, ideas.the_idea(site, 1).y) == (120, 200)
    browser.post(place, data={"move": "none"})
    assert ideas.the_idea(site, 1).x is None
    picture = browser.get(f"/processes/{ideas.SLUG}/map.svg?x=250&y=350")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert 'class="pin" d="M250 350' in picture.text


def test_a_pin_in_the_sea_is_refused_in_plain_words(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    place = begin(browser) + "place"
    for data in ({"point.x": "280", "point.y": "100"}, {"x": "950", "y": "300"}):
        answer = browser.post(place, data={"place": "Out there", **data})
        assert answer.status_code == 422 and "in the sea" in answer.text
        assert "Out there" in answer.text
    assert ideas.the_idea(site, 1).place == "Out there"  # the words of the place are sound
    kept = browser.post(place, data={"place": "At sea", "x": "950", "y": "300", "keep": "1"})
    assert kept.status_code == 422 and "in the sea" in kept.json()["wrong"]
    for data in ({"point.x": "999999"}, {"point.x": "nan"}, {"point.x": "-4"},
                 {"known": "a-b", "move": "place"}):
        answer = browser.post(place, data=data)
        assert answer.status_code in (200, 422), data
    assert ideas.the_idea(site, 1).x is None


# -- photos ----------------------------------------------------------------------------------


def jpeg(width: int = 640, height: int = 480) -> bytes:
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SpyPhone"
    Image.new("RGB", (width, height), (30, 120, 60)).save(content, "JPEG", exif=exif)
    return content.getvalue()


def test_photos_are_made_safe_described_and_limited(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    photos = begin(browser) + "photos"
    for number in range(4):
        answer = browser.post(photos, data={"alt": f"View {number}", "go": "add"}, files={
            "photo": ("IMG.jpg", jpeg(640 + number), "image/jpeg")})
        assert answer.status_code == 200 and f"View {number}" in answer.text, answer.text
    key = re.findall(r'src="/pictures/([0-9a-f]+\.jpg)"', answer.text)[0]
    kept = browser.get(f"/pictures/{key}").content
    assert b"SpyPhone" not in kept and kept[:2] == b"\xff\xd8"
    answer = browser.post(photos, data={"go": "add"}, files={
        "photo": ("IMG.jpg", jpeg(900), "image/jpeg")})
    assert answer.status_code == 422 and "4 photos at most" in answer.text
    numbers = re.findall(r'name="remove_(\d+)"', answer.text)
    answer = browser.post(photos, data={f"remove_{numbers[0]}": "yes",
                                        f"alt_{numbers[1]}": "A better word"})
    assert "A better word" in answer.text and len(set(re.findall(r"remove_(\d+)",
                                                                 answer.text))) == 3


def test_hostile_files_are_refused(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    photos = begin(browser) + "photos"
    long_one = io.BytesIO()
    Image.new("RGB", (3000, 300)).save(long_one, "JPEG")
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    cases = [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture"),
        (b"GIF89a" + b"\0" * 400, "no picture"), (b"", "Choose a photo."),
        (jpeg()[:900], "damaged"), (long_one.getvalue(), "too long and narrow"),
        (bomb.getvalue(), "too many pixels"), (jpeg(100, 100), "too small"),
        (b"\xff\xd8" + b"0" * (12 * 1024 * 1024), "larger than 12 MB"),
    ]
    for content, words in cases:
        answer = browser.post(photos, data={"go": "add"}, files={
            "photo": ("../../evil.jpg", content, "image/jpeg")})
        assert answer.status_code == 422, (words, answer.status_code)
        assert words in answer.text, words
    with site.database.reading() as session:
        from pb.proposals.models import ProposalPhoto

        assert session.query(ProposalPhoto).count() == 0


# -- for others ------------------------------------------------------------------------------


def test_a_worker_enters_an_idea_and_it_says_so(site: Site) -> None:
    ideas.a_process(site)
    helper = build.a_person(site, "Osian", "facilitator", ideas.SLUG)
    browser = client(site)
    build.signed_in(site, browser, helper)
    draft = begin(browser)
    browser.post(draft + "about", data={"title": "A warm room", "written_in": "en",
                                        "go": "check"})
    key = ideas.once(browser.get(draft + "check").text)
    answer = browser.post(draft + "check", data={"once": key, "go": "helped",
                                                 "helped_name": "Old Gwen"})
    assert answer.status_code == 422 and "Read the text to them first" in answer.text
    answer = browser.post(draft + "check", data={
        "once": key, "go": "helped", "helped_name": "Old Gwen", "agreed": "y",
        "helped_email": "gwen@example.com"})
    assert "Entered with help by Osian" in answer.text and "By Old Gwen." in answer.text
    found = ideas.the_idea(site, 1)
    assert found.helped_by == helper and found.author_id not in (None, helper)
    run_jobs(site)
    assert mails(site)[-1]["To"] == "gwen@example.com"
    citizen = client(site)
    build.signed_in(site, citizen, build.a_person(site, "Mair"))
    draft = begin(citizen)
    citizen.post(draft + "about", data={"title": "Mine", "written_in": "en", "go": "check"})
    page = citizen.get(draft + "check")
    assert "whom I help" not in page.text
    citizen.post(draft + "check", data={"once": ideas.once(page.text), "go": "helped",
                                        "helped_name": "Somebody", "agreed": "y"})
    assert ideas.the_idea(site, 2).helped_by is None


def test_contacts_are_pointed_out_before_publishing(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    draft = begin(browser, "Ring me on 01632 960123 about the bench.")
    page = browser.get(draft + "check").text
    assert "01632 960123" in page and "Everybody can read it" in page


def test_authors_see_how_hard_their_text_reads_and_need_not_mind(site: Site) -> None:
    ideas.a_process(site)
    easy = client(site)
    page = easy.get(begin(easy, "We need a bench. It is far to walk. My knees hurt.") + "check")
    assert "readable-easy" in page.text
    hard = client(site)
    text = " ".join(["Notwithstanding considerable organisational uncertainties"] * 12)
    page = hard.get(begin(hard, text) + "check")
    assert "readable-hard" in page.text and "You can publish it as it is." in page.text


def test_an_abandoned_draft_can_be_deleted(site: Site) -> None:
    ideas.a_process(site)
    browser = client(site)
    draft = begin(browser)
    page = browser.get(draft + "check")
    browser.post(draft + "check", data={"drop": "yes", "once": ideas.once(page.text)})
    with site.database.reading() as session:
        assert session.query(Proposal).count() == 0


def test_drafts_of_nobody_are_forgotten_after_ninety_days(site: Site) -> None:
    from pb.proposals import jobs

    ideas.a_process(site)
    begin(client(site))
    owned = client(site)
    build.signed_in(site, owned, build.a_person(site, "Mair"))
    begin(owned)
    for days, left in ((80, 2), (20, 1)):
        site.clock.turn(days=days)  # type: ignore[attr-defined]
        jobs._LOOKED.clear()
        jobs.look(site)
        with site.database.reading() as session:
            assert session.query(Proposal).count() == left


def test_near_copies_from_one_line_are_held_for_a_moderator(site: Site) -> None:
    from pb.proposals import drafts, services

    ideas.a_process(site)
    mair = build.actor(site, build.a_person(site, "Mair"))
    wish = ("Vote for the big new car park behind the market hall, everybody wants it and it is "
            "cheap, tell your friends about it today, number ")
    for number in range(6):
        draft = build.do(site, drafts.begin_draft, 1, "token", "en", actor=mair)
        build.do(site, drafts.save_draft, draft, "token",
                 {"title": f"Car park {number}", "wish": f"{wish}{number}"}, actor=mair)
        build.do(site, services.publish, draft, "token", "one-line", actor=mair)
    with site.database.reading() as session:
        held = session.query(Proposal).where(Proposal.hidden_at.is_not(None)).count()
    assert held == 6
    page = client(site).get(f"/processes/{ideas.SLUG}/ideas?order=newest").text
    assert "Car park" not in page
