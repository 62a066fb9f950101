"""What is read in a jury's room carries its language: votes, the lead's words, the plain line."""

from __future__ import annotations

import csv
import importlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select

from deliberation.claims import services as claims
from deliberation.evaluation import figures
from deliberation.evaluation import services as evaluation
from deliberation.plain import services as plain
from deliberation.plain.models import FlaggedWord
from deliberation.recommendations import services as recommendations
from deliberation.sessions import running
from deliberation.statements import services as statements
from deliberation.votes import services
from deliberation.votes.models import Poll
from deliberation.votes.services import PollValue
from pb import migrations
from pb.core.site import Site
from tests.deliberation.test_evaluation import archive_of
from tests.deliberation.test_paper import PACK, signed_in, with_every_kind
from tests.deliberation.test_plain import PLAIN, flagged
from tests.deliberation.test_room import OFFICE, codes, enter, jury, room
from tests.deliberation.test_statements import check, written
from tests.deliberation.test_votes import people
from tests.support import build
from tests.support.app import client
from tests.support.clock import TurnableClock

__all__ = ["jury", "people", "written"]
VOTES = f"{OFFICE}/sessions/1/votes"
PUBLIC = "/processes/shared-budget/jury"
DOTS = PollValue("dots", "Pa un yn gyntaf?", "Un mainc neu un bws.", ("Mainc", "Bws"), 5,
                 language="cy")
COMFORT = PollValue("comfort", "Meinciau", "Mae’r dref yn gosod meinciau.", language="cy")


def cy(words: str) -> str:
    return f'<span lang="cy">{words}</span>'


def latest(site: Site) -> Poll:
    with site.database.reading() as session:
        found = session.scalars(select(Poll).order_by(Poll.id.desc())).first()
        assert found is not None
        session.expunge_all()
        return found


def test_a_welsh_vote_is_marked_on_every_screen_that_is_read_in_english(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    run, lead = site.work.run, signed_in(site, jury)
    known = codes(site, jury)
    phone, wall = enter(site, known["juror", people[0]]), enter(site, known["wall", None])
    poll = run(services.open_poll, jury["lead"], jury["sessions"][0], DOTS)
    page = phone.get("/room/screen").text
    assert f'<legend class="label">{cy(DOTS.title)}</legend>' in page
    assert f'<p class="note-text">{cy(DOTS.text)}</p>' in page
    assert f'<label for="option-0">1. {cy("Mainc")}</label>' in page
    assert f"<h2>{cy(DOTS.title)}</h2>" in wall.get("/room/screen").text
    assert f"<p>{cy(DOTS.title)}</p>" in lead.get(f"{OFFICE}/sessions/1").text
    office = lead.get(VOTES).text
    assert f"Open now: {cy(DOTS.title)}" in office and f"<li>{cy('Bws')}</li>" in office
    run(services.close_poll, jury["lead"], poll)
    for page in (phone.get("/room/screen").text, wall.get("/room/screen").text,
                 lead.get(VOTES).text):
        assert f'<caption class="vh">{cy(DOTS.title)}</caption>' in page
        assert f'<th scope="row">{cy("Bws")}</th>' in page
        assert DOTS.title not in page.replace(cy(DOTS.title), ""), "it stands nowhere unmarked"


def test_a_vote_is_in_the_language_of_its_page_or_the_one_that_is_chosen(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    for language, chosen, kept in (("cy", {}, "cy"), ("en", {}, "en"),
                                   ("cy", {"written_in": "en"}, "en"),
                                   ("en", {"written_in": "cy"}, "cy")):
        lead = signed_in(site, jury, language=language)
        form = lead.get(VOTES).text
        assert f'checked id="written_in-{0 if language == "en" else 1}"' in form
        sent = lead.post(VOTES, data={"kind": "comfort", "title": "Meinciau", **chosen})
        assert sent.status_code == 200 and latest(site).language == kept, (language, chosen)
        site.work.run(services.close_poll, jury["lead"], latest(site).id)
    assert lead.post(VOTES, data={"kind": "comfort", "title": "x", "written_in": "fr"}
                     ).status_code == 422


def test_a_repaired_wording_keeps_its_language_and_both_stand_marked(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    run, lead = site.work.run, signed_in(site, jury)
    poll = run(services.open_poll, jury["lead"], jury["sessions"][0], COMFORT)
    run(services.close_poll, jury["lead"], poll)
    assert 'name="text" rows="5" lang="cy"' in lead.get(VOTES).text
    lead.post(VOTES, data={"act": "repair", "which": str(poll), "text": "Meinciau â breichiau."})
    again = latest(site)
    assert (again.round, again.language) == (2, "cy")
    run(services.close_poll, jury["lead"], again.id)
    run(recommendations.add, jury["lead"], jury["id"], {"en": "Benches."}, again.id)
    run(recommendations.publish, jury["lead"], jury["id"])
    public = client(site).get(f"{PUBLIC}/recommendations").text
    assert f"<q>{cy(COMFORT.text)}</q>" in public and f"<q>{cy('Meinciau â breichiau.')}</q>" in (
        public)
    office = lead.get(f"{OFFICE}/recommendations").text
    assert f'<option lang="cy" value="{poll}">Meinciau</option>' in office


def test_slips_of_paper_are_marked(site: Site, jury: dict[str, Any]) -> None:
    known = with_every_kind(site, jury)
    run, first = site.work.run, known["sessions"][0]
    run(running.start, known["lead"], first, 0)
    run(services.open_poll, known["lead"], first, DOTS)
    slips = signed_in(site, known).get(f"{PACK}?whole=yes").text
    assert slips.count(f"<strong>{cy(DOTS.title)}</strong>") == 3 + 1, "a slip a juror, and one"
    assert slips.count(f'<p class="small">{cy(DOTS.text)}</p>') == 4
    assert slips.count(f"</span> {cy('Bws')}</li>") == 4


def test_a_rule_is_marked(site: Site, jury: dict[str, Any], people: list[int]) -> None:
    run, first = site.work.run, jury["sessions"][0]
    run(running.advance, jury["lead"], first, 1)
    rule = PollValue("consent", "Ffonau", "Mae ffonau’n dawel.", language="cy")
    run(services.open_poll, jury["lead"], first, rule)
    run(services.close_poll, jury["lead"], latest(site).id)
    page = client(site).get(f"{PUBLIC}/rules").text
    assert f"<h3>{cy(rule.title)}</h3>" in page
    assert f'<p class="note-text">{cy(rule.text)}</p>' in page


def test_words_in_each_language_side_by_side_are_marked_one_by_one(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    run = site.work.run
    for at in range(5):
        run(claims.name_criterion, jury["lead"], jury["id"],
            {"en": f"Point {at}", "cy": f"Pwynt {at}"})
    lead = signed_in(site, jury)
    lead.post(f"{OFFICE}/claims", data={"act": "dots", "session": "1"})
    assert latest(site).language == "" and latest(site).title == (
        "What do we judge by? / Beth yw sail ein barn?")
    for language in ("en", "cy"):
        phone = enter(site, codes(site, jury)["juror", people[0]], language)
        page = phone.get("/room/screen").text
        assert ('<legend class="label"><span lang="en">What do we judge by?</span> / '
                f'{cy("Beth yw sail ein barn?")}</legend>') in page
        assert f'1. <span lang="en">Point 0</span> / {cy("Pwynt 0")}</label>' in page


def test_what_the_lead_says_and_the_plain_line_are_marked_on_every_screen(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    known = codes(site, jury)
    lead, whisperer = signed_in(site, jury, language="cy"), enter(
        site, known["whisperer", None], "cy")
    lead.post(f"{OFFICE}/sessions/1", data={"act": "say", "words": "Cinio am un."})
    whisperer.post("/room/screen", data={"act": "whisper", "words": "Benthyciad yw bond."})
    said, line = '<p class="notice" lang="cy">Cinio am un.</p>', cy("Benthyciad yw bond.")
    screens = [enter(site, known[one]) for one in (
        ("wall", None), ("juror", people[0]), ("table", 1), ("observer", None),
        ("steward", None))]
    for screen in screens:
        page = screen.get("/room/screen").text
        assert said in page and line in page
    console = signed_in(site, jury)
    page = console.get(f"{OFFICE}/sessions/1").text
    assert said in page and line in page
    # The forms hold what stands there, in its language, and leave it so when it is sent again.
    assert 'checked id="written_in-1"' in page and 'lang="cy" name="words"' in page
    console.post(f"{OFFICE}/sessions/1", data={"act": "say", "words": "Cinio am un."})
    english = enter(site, known["whisperer", None])
    assert 'lang="cy" name="words"' in english.get("/room/screen").text
    english.post("/room/screen", data={"act": "whisper", "words": "Benthyciad yw bond."})
    page = screens[0].get("/room/screen").text
    assert said in page and line in page
    # What is written anew says in what.
    console.post(f"{OFFICE}/sessions/1", data={"act": "say", "words": "Lunch is at one.",
                                               "written_in": "en"})
    english.post("/room/screen", data={"act": "whisper", "words": "A bond is a loan.",
                                       "written_in": "en"})
    page = screens[0].get("/room/screen").text
    assert '<p class="notice" lang="en">Lunch is at one.</p>' in page
    assert '<span lang="en">A bond is a loan.</span>' in page


def test_a_word_on_the_wall_is_in_its_own_language(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    known = codes(site, jury)
    enter(site, known["juror", people[0]], "cy").post(
        "/room/words", data={"word": "gwanhau", "said_in": "cy"})
    with site.database.reading() as session:
        word = session.scalars(select(FlaggedWord.id)).one()
    site.work.run(plain.explain, jury["lead"], jury["id"], word, {}, PLAIN, jury["sessions"][0])
    wall = enter(site, known["wall", None])
    assert cy(f"gwanhau: {PLAIN['cy']}") in wall.get("/room/screen").text
    english = flagged(site, jury, people[0])
    site.work.run(plain.explain, jury["lead"], jury["id"], english, {}, PLAIN,
                  jury["sessions"][0])
    assert f'<span lang="en">attenuation: {PLAIN["en"]}</span>' in wall.get("/room/screen").text


def test_the_files_name_the_language(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    run, lead = site.work.run, jury["lead"]
    poll = run(services.open_poll, lead, jury["sessions"][0], COMFORT)
    run(services.close_poll, lead, poll)
    evaluator = build.actor(site, build.a_person(site, "Elin", "evaluator", "shared-budget"))
    _content, members = archive_of(site, run(evaluation.issue_export, evaluator, jury["id"]))
    (row,) = csv.DictReader(io.StringIO(members["polls.csv"].decode()))
    assert (row["title"], row["language"]) == ("Meinciau", "cy")
    result = {"agree": 1, "eligible": 2, "needed": 2, "carried": False}
    for language, name in (("cy", {"cy": "Meinciau"}), ("", "Meinciau")):
        assert figures.poll_figure("Meinciau", language, "comfort", 1, result)["name"] == name
    page = signed_in(site, {"evaluator": evaluator}, "evaluator").get(f"{OFFICE}/evaluation").text
    assert cy("Meinciau") in page


def test_the_vote_on_a_statement_is_marked_on_its_page_and_read_aloud_as_what_it_is(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, first = site.work.run, written["lead"], written["sessions"][0]
    check(site, written)
    clock.now += timedelta(hours=48)
    run(statements.lock, lead, written["statement"])
    run(running.start, lead, first, 0)
    for one in room(site, written).jury.jurors[:20]:
        run(running.be_present, lead, first, one.id, True)
    poll = run(services.open_poll, lead, first, PollValue(
        "consent", "Prosiect 3", "Geiriad un.", project_number=3, language="cy"))
    run(services.close_poll, lead, poll)
    browser = client(site)
    assert f"<q>{cy('Geiriad un.')}</q>" in browser.get("/processes/shared-budget/projects/3").text
    told = browser.get("/processes/shared-budget/statements.json").json()
    assert '"language": "cy"' in str(told).replace("'", '"')
    aloud = browser.get("/processes/shared-budget/projects/3/aloud").text
    assert "In the other language only: Geiriad un." in aloud


def test_votes_from_before_are_taken_for_english_and_labels_for_both() -> None:
    [path] = (Path(migrations.__file__).parent / "versions").glob("*_said_in.py")
    moved = importlib.import_module(f"pb.migrations.versions.{path.stem}")
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for table in ("jury_polls (id integer primary key, language default 'en')",
                      "jury_criteria (poll_id)", "jury_choices (poll_id)"):
            connection.exec_driver_sql(f"create table {table}")
        connection.exec_driver_sql("insert into jury_polls (id) values (1), (2), (3)")
        connection.exec_driver_sql("insert into jury_criteria values (1), (null)")
        connection.exec_driver_sql("insert into jury_choices values (3)")
        moved.mark_both(connection)
        kept = connection.exec_driver_sql("select language from jury_polls order by id")
        assert [one for (one,) in kept] == ["", "en", ""]
