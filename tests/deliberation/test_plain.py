"""Words that jurors do not understand: flagged without a name, explained, then the town's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from deliberation.panels.models import Juror
from deliberation.plain import queries, rules, services
from deliberation.plain.models import FlaggedWord, WordFlag
from deliberation.sessions import running
from deliberation.statements import services as statements
from pb.core.audit import AuditRow
from pb.core.errors import Invalid, NotAllowed
from pb.core.site import Site
from pb.core.work import Actor
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
                  "Sustainable attenuation of the brook.")
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
    with pytest.raises(Invalid, match=r"statement\.jargon") as found:
        run(statements.lock, lead, one)
    assert found.value.parameters["listed"] == "Ramp"
    run(services.explain, lead, written["id"], word, NAMES, PLAIN, None)
    run(statements.lock, lead, one)
    assert statement(site, written).state == "locked"


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
    assert rules.stands_in("A2 road", "on the a2 ROAD.") and not rules.stands_in("art", "part")
