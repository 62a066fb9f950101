"""Words that jurors do not understand: flagged without a name, explained, then the town's own."""

from __future__ import annotations

import importlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from deliberation.claims import services as claims
from deliberation.drafts import services as draft_services
from deliberation.evidence import services as evidence
from deliberation.evidence.services import EvidenceValue
from deliberation.notes.models import Note
from deliberation.panels.models import Juror
from deliberation.plain import queries, rules, services
from deliberation.plain.models import FlaggedWord, WordFlag
from deliberation.sessions import running
from deliberation.statements import services as statements
from pb import migrations
from pb.core.audit import AuditRow
from pb.core.errors import Invalid, NotAllowed
from pb.core.site import Site
from pb.core.work import Actor
from pb.processes.checks import lacks
from pb.processes.models import Process
from tests.deliberation import test_drafts as drafts
from tests.deliberation.test_room import OFFICE, codes, enter, jury
from tests.deliberation.test_statements import check, statement, written
from tests.deliberation.test_votes import juror, people
from tests.support import build
from tests.support.app import client
from tests.support.clock import TurnableClock

__all__ = ["jury", "people", "written"]
NAMES = {"en": "attenuation", "cy": "gwanhau"}
PLAIN = {"en": "Water is held back for a while.", "cy": "Caiff dŵr ei ddal yn ôl am ychydig."}


def flagged(site: Site, jury: dict[str, Any], one: int, word: str = "attenuation") -> int:
    site.work.run(services.flag, juror(jury), jury["sessions"][0], one, word, "en")
    with site.database.reading() as session:
        return session.scalars(
            select(FlaggedWord.id).where(FlaggedWord.folded == word.casefold())).one()


def test_a_flag_counts_once_a_juror_and_bears_no_name(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    for one in (people[0], people[0], people[1], people[2]):
        flagged(site, jury, one)
    flagged(site, jury, people[1], "ATTENUATION")
    with site.database.reading() as session:
        view = queries.words_of(session, jury["id"])[0]
        assert (view.word.word, view.jurors, view.open) == ("attenuation", 3, True)
        assert not session.scalars(
            select(AuditRow).where(AuditRow.command == "plain.flag")).all()
    lead, whisperer = client(site), enter(site, codes(site, jury)["whisperer", None])
    build.signed_in(site, lead, jury["lead"].person_id)
    for browser, path in ((lead, f"{OFFICE}/sessions/1"), (whisperer, "/room/screen")):
        page = browser.get(path).text
        assert "flagged by 3 jurors" in page and "attenuation" in page
    for role in ("observer", "table", "whisperer", "facilitator"):
        actor = Actor(name=role, grants=frozenset({(role, jury["process"])}))
        with pytest.raises(NotAllowed):
            site.work.run(services.flag, actor, jury["sessions"][0], people[0], "word", "en")


def test_a_juror_flags_with_one_tap_and_the_whisperer_explains(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    known = codes(site, jury)
    site.work.run(running.whisper, jury["lead"], jury["sessions"][0],
                  "Sustainable attenuation of the brook.", "en")
    phone, whisperer = enter(site, known["juror", people[0]]), enter(site, known["whisperer", None])
    assert 'value="attenuation"' in phone.get("/room/words").text, "one tap"
    phone.post("/room/words", data={"once": "a", "word": "attenuation"})
    assert "You flagged it" in phone.get("/room/words").text
    word = flagged(site, jury, people[1])
    assert phone.get(f"/room/words/{word}").status_code == 403
    path = f"/room/words/{word}"
    half = whisperer.post(path, data={"once": "b", "plain_en": PLAIN["en"]})
    assert half.status_code == 422 and PLAIN["en"] in half.text
    assert "attenuation" not in client(site).get("/glossary").text
    whisperer.post(path, data={
        "once": "c", "names_en": "attenuation", "names_cy": "gwanhau", "plain_en": PLAIN["en"],
        "plain_cy": PLAIN["cy"], "wall": "y"})
    wall = enter(site, known["wall", None]).get("/room/screen").text
    assert f"attenuation: {PLAIN['en']}" in wall
    assert PLAIN["en"] in client(site).get("/glossary").text
    assert PLAIN["cy"] in client(site, "cy").get("/glossary").text
    assert PLAIN["en"] in phone.get("/room/words").text


def test_a_page_that_uses_a_word_of_the_town_explains_it(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    page = "/processes/shared-budget/jury"  # its charter says "We listen."
    word, other = flagged(site, jury, people[0], "listen"), flagged(site, jury, people[0], "other")
    assert PLAIN["en"] not in client(site).get(page).text
    site.work.run(services.explain, jury["lead"], jury["id"], word,
                  {"en": "listen", "cy": "gwrando"}, PLAIN, None)
    shown = client(site).get(page).text
    assert PLAIN["en"] in shown and "<dt>listen</dt>" in shown
    site.work.run(services.put_aside, jury["lead"], jury["id"], other)
    with site.database.reading() as session:
        assert [one.word.word for one in queries.words_of(session, jury["id"])] == ["listen"]
        assert session.scalars(select(WordFlag)).all()


def test_no_statement_is_locked_with_a_word_that_jurors_flagged(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, one = site.work.run, written["lead"], written["statement"]
    with site.database.reading() as session:
        first = session.scalars(select(Juror.id).order_by(Juror.number)).first()
    assert first is not None
    check(site, written)
    clock.now += timedelta(hours=48)
    word = flagged(site, written, first, "Ramp")
    flagged(site, written, first, "procurement")  # stands nowhere on the page
    with pytest.raises(Invalid, match=r"word\.not_plain") as found:
        run(statements.lock, lead, one)
    assert found.value.parameters["listed"] == "Ramp"
    run(services.explain, lead, written["id"], word, NAMES, PLAIN, None)
    run(statements.lock, lead, one)
    assert statement(site, written).state == "locked"


def test_a_tap_on_a_line_of_a_draft_a_claim_or_a_statement_is_the_one_flag(
    site: Site, written: dict[str, Any], people: list[int], clock: TurnableClock
) -> None:
    run, lead = site.work.run, written["lead"]
    drafts.write(site, written, sections=drafts.option("Attenuation of the brook"))
    drafts.check(site, written)
    run(claims.add_claim, drafts.the_table(written, 1), written["sessions"][0], 1, "fact",
        "Subsidence is likely.", "A surveyor", "en")
    known = codes(site, written)
    phone = enter(site, known["juror", people[0]])
    taps = {"/room/drafts/1": ("Attenuation", "draft-1"),
            "/room/claims": ("Subsidence", "claims"),
            "/room/statements/3": ("Everybody", "statement-3")}
    for path, (word, back) in taps.items():
        page = phone.get(path).text
        assert f'form="tap-en" name="word" value="{word}"' in page, path
        sent = phone.post("/room/words", data={"word": word, "back": back, "said_in": "en"})
        assert sent.url.path == path and "(flagged)" in sent.text
        assert f'value="{word}"' not in sent.text, "it was flagged by this juror"
        other = enter(site, known["juror", people[1]]).get(path).text
        assert f'value="{word}"' in other and "(flagged)" in other
    assert "/room/statements/3" in phone.get("/room/statements").text
    feed = enter(site, known["whisperer", None]).get("/room/screen").text
    console = client(site)
    build.signed_in(site, console, lead.person_id)
    for page in (feed, console.get(f"{OFFICE}/words").text):
        assert all(word in page for word, _back in taps.values())
    # It holds the draft back as it holds the statement back, until the whisperer has answered.
    refused = console.post(f"{OFFICE}/drafts/1", data={"act": "finish", "once": "f"})
    assert "These words are not plain yet: Attenuation." in refused.text
    check(site, written)
    clock.now += timedelta(hours=48)
    with pytest.raises(Invalid, match=r"word\.not_plain"):
        run(statements.lock, lead, written["statement"])
    with site.database.reading() as session:
        flags = {one.folded: one.id for one in session.scalars(select(FlaggedWord))}
    for word in ("attenuation", "everybody"):
        run(services.explain, lead, written["id"], flags[word], NAMES, PLAIN, None)
    run(draft_services.finish, lead, drafts.draft(site, written).draft.id)
    run(statements.lock, lead, written["statement"])


def test_a_word_that_is_flagged_after_the_lock_holds_the_vote_back(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead = site.work.run, written["lead"]

    def held() -> list[str]:
        with site.database.reading() as session:
            process = session.get_one(Process, written["process"])
            reader = site.reader("en")
            return [reader.say(one.words, **one.parameters)
                    for one in lacks(session, process, "voting") if one.page == "office_words"]

    run(services.raise_flag, lead, written["id"], "Everybody", "", "en")
    assert not held(), "a page that is not locked stands beside no ballot"
    with site.database.reading() as session:
        word = queries.words_of(session, written["id"])[0].word.id
    run(services.put_aside, lead, written["id"], word)
    check(site, written)
    clock.now += timedelta(hours=48)
    run(statements.lock, lead, written["statement"])
    assert not held()
    run(services.raise_flag, lead, written["id"], "Everybody", "", "en")
    run(services.raise_flag, lead, written["id"], "nowhere", "", "en")
    assert held() == ["1 word in the jury’s pages is not plain yet: Everybody."]
    official = client(site)
    build.signed_in(site, official, written["official"].person_id)
    assert "1 word in the jury’s pages is not plain yet" in official.get(
        "/office/processes/shared-budget").text
    run(services.explain, lead, written["id"], word, NAMES, PLAIN, None)
    assert not held()


def test_words_of_statements_become_words_of_the_jury() -> None:
    """What was flagged before there was one flag: what is open stays open, nothing is doubled."""
    [path] = (Path(migrations.__file__).parent / "versions").glob("*_one_flag.py")
    moved = importlib.import_module(f"pb.migrations.versions.{path.stem}")
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for table in (
            "jury_jargon_flags (id integer primary key, statement_id, word, plain, raised_at, "
            "resolved_at)", "jury_statements (id integer primary key, jury_id)",
            "jury_flagged_words (id integer primary key, jury_id, folded, word, language, names, "
            "plain, raised_at, resolved_at, dropped_at)",
        ):
            connection.exec_driver_sql(f"create table {table}")
        connection.exec_driver_sql("insert into jury_statements values (1, 7), (2, 7), (3, 8)")
        day, later = "2027-05-01 10:00:00.000000", "2027-05-02 10:00:00.000000"
        connection.exec_driver_sql(
            "insert into jury_flagged_words values "
            f"(1, 7, 'gradient', 'gradient', 'en', '{{}}', '{{}}', '{day}', null, '{day}'), "
            f"(2, 7, 'culvert', 'culvert', 'en', '{{}}', '{{\"en\": \"pipe\"}}', '{day}', '{day}', "
            "null)")
        for row in ((1, "Procurement", "buying", None), (2, "procurement", "", later),
                    (3, "procurement", "", later), (1, "Gradient", "", None),
                    (1, "culvert", "", None)):
            connection.exec_driver_sql(
                "insert into jury_jargon_flags (statement_id, word, plain, raised_at, resolved_at)"
                " values (?, ?, ?, ?, ?)", (row[0], row[1], row[2], day, row[3]))
        moved.carry_over(connection)
        kept = [tuple(one) for one in connection.exec_driver_sql(
            "select jury_id, word, plain, resolved_at is not null, dropped_at is not null "
            "from jury_flagged_words order by id")]
    assert kept == [
        (7, "gradient", "{}", 0, 0), (7, "culvert", '{"en": "pipe"}', 1, 0),
        (7, "Procurement", '{"en": "buying"}', 0, 0), (8, "procurement", "{}", 0, 1),
    ]


def test_who_explains_a_word_sees_the_sentences_in_which_it_stands(
    site: Site, written: dict[str, Any], people: list[int]
) -> None:
    run, first, lead = site.work.run, written["sessions"][0], written["lead"]
    known = codes(site, written)
    title = drafts.option("Attenuation of the brook")
    drafts.write(site, written, sections=title)
    run(claims.add_claim, drafts.the_table(written, 1), first, 1, "fact",
        "Subsidence is likely. Attenuation helps.", "A surveyor", "en")
    run(evidence.add, lead, written["id"], EvidenceValue(
        {"en": "Attenuation ponds"}, "for", 20, "An engineer", {"en": "What ponds do."}))
    run(running.whisper, lead, first, "Mae attenuation yn dal dŵr.", "cy")
    phone = enter(site, known["juror", people[0]])
    session = str(first)
    for words, private in (("Attenuation is my secret.", "yes"), ("Attenuation at the table.", "")):
        phone.post("/room/notes", data={"act": "write", "session": session, "text": words,
                                        **({"private": "yes"} if private else {})})
    with site.database.reading() as session:
        assert sorted(session.scalars(select(Note.visibility))) == ["private", "table"]
    word = flagged(site, written, people[0])
    whisperer, office = enter(site, known["whisperer", None]), client(site, "cy")
    build.signed_in(site, office, lead.person_id)
    for page in (whisperer.get(f"/room/words/{word}").text,
                 office.get(f"{OFFICE}/words/{word}").text):
        assert '<q lang="cy">Mae attenuation yn dal dŵr.</q>' in page
        assert '<q lang="en">Attenuation helps.</q>' in page, "the sentence, not its neighbours"
        assert '<q lang="en">Attenuation of the brook</q>' in page
        assert '<q lang="en">Attenuation ponds</q>' in page
        assert "Subsidence" not in page
        assert "secret" not in page and "at the table" not in page, "the room's words alone"
    everybody = flagged(site, written, people[0], "Everybody")
    assert "<q lang=" in whisperer.get(f"/room/words/{everybody}").text, "a page that is written"
    heard = flagged(site, written, people[0], "hereditament")
    page = whisperer.get(f"/room/words/{heard}").text
    assert "<q " not in page and "It stands in no text" in page
    assert "Nid yw’r gair mewn unrhyw destun" in office.get(f"{OFFICE}/words/{heard}").text


def test_a_word_that_is_tapped_on_the_list_keeps_the_language_of_its_text(
    site: Site, jury: dict[str, Any], people: list[int]
) -> None:
    site.work.run(running.whisper, jury["lead"], jury["sessions"][0], "Gwanhau cyffredinol.", "cy")
    phone = enter(site, codes(site, jury)["juror", people[0]])
    page = phone.get("/room/words").text
    form = page.partition('value="cyffredinol"')[0].rpartition("<form ")[2]
    assert 'name="said_in" value="cy"' in form
    assert '<span lang="cy">cyffredinol</span>' in page


def test_sentences_with_a_word_stand_once_in_their_language_and_are_few() -> None:
    found = rules.sentences_with("bond", [
        ("en", "- A **bond** is a loan. Not this one.\nBonds are others.\n\nBond, again!"),
        ("cy", "Bond yw hwn."), ("en", "A bond is a loan."), ("en", ""),
    ])
    assert found == [("en", "A bond is a loan."), ("en", "Bond, again!"), ("cy", "Bond yw hwn.")]
    many = rules.sentences_with("bond", [("en", f"Bond {one}.") for one in range(9)])
    assert len(many) == rules.SHOWN


def test_who_explains(site: Site, jury: dict[str, Any], people: list[int]) -> None:
    word = flagged(site, jury, people[0])
    for role in ("juror", "table", "observer", "official"):
        actor = Actor(name=role, grants=frozenset({(role, jury["process"])}))
        with pytest.raises(NotAllowed):
            site.work.run(services.explain, actor, jury["id"], word, NAMES, PLAIN, None)
    with pytest.raises(Invalid, match=r"word\.plain"):
        site.work.run(services.explain, jury["lead"], jury["id"], word, NAMES, {"en": "x"}, None)


def test_long_words_are_offered_once() -> None:
    assert rules.long_words(["The gradient, Gradient of procurement’s path."]) == [
        "gradient", "procurement’s"]
    assert [(one.text, one.word) for one in rules.pieces("‘Attenuation’ of the gradient.")] == [
        ("‘", ""), ("Attenuation", "Attenuation"), ("’ of the ", ""), ("gradient", "gradient"),
        (".", "")]
    assert rules.stands_in("A2 road", "on the a2 ROAD.") and not rules.stands_in("art", "part")
