"""A minority note on a statement: whose it is, how long it may be, when it is locked, where it
stands. The rule is the same as of recommendations."""

from __future__ import annotations

from typing import Any

import pytest

from deliberation.minority import rules
from deliberation.plain import services as plain_words
from deliberation.statements import noting, services
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_room import codes, enter, jury
from tests.deliberation.test_statements import (
    PAGE,
    both,
    check,
    lead_browser,
    locked,
    statement,
    written,
)
from tests.support.app import client, hidden
from tests.support.clock import TurnableClock

__all__ = ["jury", "written"]
ROOM = "/room/minority"
PUBLIC = "/processes/shared-budget"
NOTE = both("We would rather mend the steps.")


def noted(site: Site, known: dict[str, Any], who: str = "lead", **more: Any) -> int:
    given = {"note": None, "table": None, "text": NOTE, "jurors": 2} | more
    return int(site.work.run(noting.write_note, known[who], known["statement"], given["note"],
                             given["table"], given["text"], given["jurors"]))


@pytest.mark.parametrize(
    ("text", "jurors", "code"),
    [({"en": "word " * 121}, 2, "words"), ({"cy": "gair " * 121}, 2, "words"), (NOTE, 1, "jurors"),
     (NOTE, 25, "jurors"), ({}, 2, "text"), ({"en": "word " * 120}, 2, "")],
)
def test_what_a_note_may_be(
    site: Site, written: dict[str, Any], text: dict[str, str], jurors: int, code: str
) -> None:
    found = rules.problem(text, jurors, 24)
    assert (found[0] if found else "") == (f"minority.{code}" if code else "")
    if code:
        with pytest.raises(Invalid, match=rf"minority\.{code}$"):
            noted(site, written, text=text, jurors=jurors)
    else:
        noted(site, written, text=text, jurors=jurors)
    assert len(statement(site, written).notes) == (0 if code else 1)


def test_a_table_writes_its_own_note_on_its_screen(site: Site, written: dict[str, Any]) -> None:
    screen = enter(site, codes(site, written)["table", 1])
    page = screen.get(ROOM).text
    assert "There is no minority note." not in page and "At most 120 words" in page
    sent = {"act": "note", "statement": str(written["statement"]), "text_en": "word " * 121,
            "text_cy": "Gwell trwsio’r grisiau.", "jurors": "2", **hidden(page)}
    wrong = screen.post(ROOM, data=sent)
    assert wrong.status_code == 422 and "This has 121 words. At most 120 fit." in wrong.text
    assert "Gwell trwsio’r grisiau." in wrong.text, "what was typed stays"
    screen.post(ROOM, data=sent | {"text_en": "Mend the steps.", "once": "n2"})
    (one,) = statement(site, written).notes
    assert (one.table_number, one.jurors) == (1, 2)
    assert one.text == {"en": "Mend the steps.", "cy": "Gwell trwsio’r grisiau."}
    assert "Mend the steps." in screen.get(ROOM).text
    other = enter(site, codes(site, written)["table", 2])
    assert "Mend the steps." not in other.get(ROOM).text
    changed = {"act": "note", "which": str(one.id), f"note{one.id}-text_en": "Leave it.",
               f"note{one.id}-text_cy": "Gadewch ef.", f"note{one.id}-jurors": "3"}
    assert other.post(ROOM, data=changed | {"once": "x"}).status_code == 404
    assert other.post(ROOM, data={"act": "drop-note", "which": str(one.id), "once": "y"}
                      ).status_code == 404
    screen.post(ROOM, data=changed | {"once": "n3"})
    (one,) = statement(site, written).notes
    assert (one.text["en"], one.jurors) == ("Leave it.", 3)
    screen.post(ROOM, data={"act": "drop-note", "which": str(one.id), "once": "n4"})
    assert statement(site, written).notes == []


def test_only_tables_and_who_leads_write_notes(site: Site, written: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        noted(site, written, "official")
    with pytest.raises(NotAllowed):
        site.work.run(noting.drop_note, written["official"], written["statement"],
                      noted(site, written), None)
    for role in ("juror", "wall", "observer", "official"):
        with pytest.raises(NotAllowed):
            site.work.run(noting.write_note,
                          Actor(grants=frozenset({(role, written["process"])})),
                          written["statement"], None, None, NOTE, 2)
    for place in ("observer", "wall"):
        screen = enter(site, codes(site, written)[place, None])
        assert screen.get(ROOM).status_code == 403
        assert screen.post(ROOM, data={"act": "note"}).status_code == 403
    assert client(site).get(ROOM).url.path == "/room"


def test_a_note_is_locked_with_its_page_and_stands_where_the_page_does(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    lead = lead_browser(site, written)
    lead.post(PAGE, data={"act": "note", "text_en": NOTE["en"], "text_cy": NOTE["cy"],
                          "jurors": "2", "once": "a"})
    assert NOTE["en"] in lead.get(PAGE).text
    assert NOTE["en"] not in client(site).get(f"{PUBLIC}/booklet").text
    locked(site, written, clock)
    (one,) = statement(site, written).notes
    public = client(site)
    for path in ("/projects/3/statement", "/projects/3", "/booklet", "/projects/3/aloud",
                 "/projects/3/statement.txt", "/booklet.txt"):
        page = public.get(PUBLIC + path).text
        assert NOTE["en"] in page and "Minority note" in page, path
    assert NOTE["cy"] in client(site, "cy").get(f"{PUBLIC}/projects/3/statement").text
    (data,) = public.get(f"{PUBLIC}/statements.json").json()["statements"]
    assert data["minority_notes"] == [{"text": NOTE, "jurors": 2}]
    with pytest.raises(Conflict, match=r"statement\.locked"):
        noted(site, written)
    with pytest.raises(Conflict, match=r"statement\.locked"):
        site.work.run(noting.drop_note, written["lead"], written["statement"], one.id, None)
    assert "Change the note" not in lead.get(PAGE).text
    table = enter(site, codes(site, written)["table", 1])
    assert "There is no page to which a note can be added now." in table.get(ROOM).text


def test_a_note_in_one_language_or_with_a_word_that_is_not_plain_keeps_the_page_open(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    note = noted(site, written, text={"en": "We would mend the risers."})
    with pytest.raises(Invalid, match=r"minority\.language"):
        locked(site, written, clock)
    noted(site, written, note=note, text=both("We would mend the risers."))
    site.work.run(plain_words.raise_flag, written["lead"], written["id"], "risers", "", "en")
    with pytest.raises(Invalid, match=r"word\.not_plain"):
        site.work.run(services.lock, written["lead"], written["statement"])
    assert "risers" in lead_browser(site, written).get(PAGE).text
    noted(site, written, note=note, text=NOTE)
    site.work.run(services.lock, written["lead"], written["statement"])


def test_no_more_notes_than_one_page_holds(site: Site, written: dict[str, Any]) -> None:
    for _ in range(noting.MOST_NOTES):
        noted(site, written)
    with pytest.raises(Conflict, match=r"minority\.enough"):
        noted(site, written)
    with pytest.raises(NotFound):
        noted(site, written, note=999)
    check(site, written)
