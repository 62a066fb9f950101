"""Tables draft options, other tables test them, and notes are put under themes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from deliberation.drafts import queries, rules, services
from deliberation.drafts.models import DraftVersion, OptionDraft
from deliberation.lines.services import Said
from deliberation.notes import services as notes
from deliberation.notes.services import NoteValue, Place
from deliberation.panels import services as panels
from deliberation.sessions import running
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_room import OFFICE, codes, enter, jury
from tests.support import build
from tests.support.app import client

__all__ = ["jury"]
BOTH = ("en", "cy")


def both(words: str) -> dict[str, str]:
    return {"en": words, "cy": f"{words} yn Gymraeg"}


def option(title: str = "Three smaller fires", amount: int = 2_500_000) -> dict[str, Any]:
    return {
        "title": both(title),
        "text": {"en": "Three fires.\n\nOne a quarter.",
                 "cy": "Tair coelcerth.\n\nUn ym mhob rhan."},
        "costs": [{"label": both("Marshals"), "amount": amount}],
    }


def the_table(jury: dict[str, Any], number: int) -> Actor:
    return Actor(name=f"table {number}", grants=frozenset({("table", jury["process"])}))


def write(
    site: Site, jury: dict[str, Any], table: int = 1, sections: dict[str, Any] | None = None,
    number: int | None = None, version: int = 0,
) -> int:
    return int(site.work.run(services.write, the_table(jury, table), jury["id"], number, version,
                             table, sections or option()))


def draft(site: Site, jury: dict[str, Any], number: int = 1) -> queries.DraftView:
    with site.database.reading() as session:
        view = queries.draft_by_number(session, jury["id"], str(number), BOTH)
        session.expunge_all()
        return view


def check(site: Site, jury: dict[str, Any], number: int = 1, *, colour: str = "green") -> None:
    """Table 2 marks every line."""
    view = draft(site, jury, number)
    for line in view.lines:
        site.work.run(services.check_line, the_table(jury, 2), view.draft.id,
                      Said(view.draft.version, line, 2, colour, "So so."))


def ready(site: Site, jury: dict[str, Any], table: int, title: str, amount: int) -> int:
    """A draft of a table that is ready for the vote; its number."""
    number = write(site, jury, table, option(title, amount))
    view = draft(site, jury, number)
    other = 2 if table != 2 else 1
    for line in view.lines:
        site.work.run(services.check_line, the_table(jury, other), view.draft.id,
                      Said(1, line, other, "green", ""))
    site.work.run(services.finish, jury["lead"], view.draft.id)
    return number


def test_lines_are_the_title_the_paragraphs_and_the_costs() -> None:
    lines = rules.lines_of(option())
    assert list(lines) == ["title", "text-1", "text-2", "cost-1"]
    assert lines["text-2"] == {"en": "One a quarter.", "cy": "Un ym mhob rhan."}
    assert lines["cost-1"]["amount"] == 2_500_000
    uneven = rules.lines_of({"text": {"en": "One.\n\nTwo.", "cy": "Un."}})
    assert uneven == {"text-1": {"en": "One.", "cy": "Un."}, "text-2": {"en": "Two."}}


def test_every_version_stays_with_who_saved_it(site: Site, jury: dict[str, Any]) -> None:
    number = write(site, jury)
    assert write(site, jury, number=number, version=1, sections=option("Four fires")) == number
    with pytest.raises(Conflict, match=r"draft\.moved"):
        write(site, jury, number=number, version=1, sections=option("Five fires"))
    with site.database.reading() as session:
        kept = session.scalars(select(DraftVersion).order_by(DraftVersion.version)).all()
        assert [(one.version, one.sections["title"]["en"], one.saved_by) for one in kept] == [
            (1, "Three smaller fires", "table 1"), (2, "Four fires", "table 1")]


def test_a_table_writes_its_own_and_tests_only_the_others(
    site: Site, jury: dict[str, Any]
) -> None:
    write(site, jury)
    view = draft(site, jury)
    with pytest.raises(NotAllowed):
        write(site, jury, table=2, number=1, version=1, sections=option("Theirs"))
    one, two = the_table(jury, 1), the_table(jury, 2)
    run = site.work.run
    with pytest.raises(Invalid, match=r"check\.own_table"):
        run(services.check_line, one, view.draft.id, Said(1, "title", 1, "green", ""))
    with pytest.raises(Invalid, match=r"draft\.own_table"):
        run(services.object_to, one, view.draft.id, 1, 1, "Too dear", "en")
    objection = run(services.object_to, two, view.draft.id, 1, 2, "Who pays next year?", "en")
    with pytest.raises(NotAllowed):
        run(services.answer, two, view.draft.id, objection, 2, "We do", "en")
    run(services.answer, one, view.draft.id, objection, 1, "It is paid once.", "en")
    said = draft(site, jury).draft.objections[0]
    assert (said.table_number, said.answer) == (2, "It is paid once.")
    with pytest.raises(NotAllowed):
        run(services.object_to, jury["official"], view.draft.id, 1, 2, "An official's word", "en")


def test_a_line_that_says_the_same_keeps_its_colour(site: Site, jury: dict[str, Any]) -> None:
    write(site, jury)
    check(site, jury)
    changed = option()
    changed["costs"] = [{"label": both("Marshals"), "amount": 2_600_000}]
    write(site, jury, number=1, version=1, sections=changed)
    view = draft(site, jury)
    assert set(view.colours) == {"title", "text-1", "text-2"}, "the amount belongs to its line"
    assert "draft.lacks_checks" in view.lacks
    with pytest.raises(Conflict, match=r"check\.moved"):
        site.work.run(services.check_line, the_table(jury, 2), view.draft.id,
                      Said(1, "title", 2, "red", "An old page"))


def test_a_draft_is_ready_when_it_is_costed_tested_and_answered(
    site: Site, jury: dict[str, Any]
) -> None:
    run = site.work.run
    bare = {"title": {"en": "Fires"}, "text": {"en": "Some."}, "costs": []}
    write(site, jury, sections=bare)
    view = draft(site, jury)
    assert view.lacks == ["draft.lacks_cost", "draft.lacks_language", "draft.lacks_checks"]
    write(site, jury, number=1, version=1)
    check(site, jury, colour="red")
    with pytest.raises(Invalid, match=r"draft\.lacks_checks"):
        run(services.finish, jury["lead"], view.draft.id)
    check(site, jury, colour="amber")
    objection = run(services.object_to, the_table(jury, 3), view.draft.id, 2, 3, "Too loud", "en")
    with pytest.raises(Invalid, match=r"draft\.lacks_answers"):
        run(services.finish, jury["lead"], view.draft.id)
    run(services.answer, the_table(jury, 1), view.draft.id, objection, 1, "At eight it ends", "en")
    with pytest.raises(NotAllowed):
        run(services.finish, the_table(jury, 1), view.draft.id)
    run(services.finish, jury["lead"], view.draft.id)
    assert draft(site, jury).draft.state == "ready"
    with pytest.raises(Conflict, match=r"draft\.closed"):
        write(site, jury, number=1, version=2, sections=option("Too late"))
    run(services.reopen, jury["lead"], view.draft.id, "The marshals cost more")
    assert draft(site, jury).draft.state == "draft"


def test_a_table_has_so_many_drafts_at_a_time(site: Site, jury: dict[str, Any]) -> None:
    for _ in range(rules.MOST_OF_A_TABLE):
        write(site, jury)
    with pytest.raises(Conflict, match=r"draft\.enough"):
        write(site, jury)
    site.work.run(services.set_aside, jury["lead"], draft(site, jury).draft.id, "The same as 2")
    assert write(site, jury) == rules.MOST_OF_A_TABLE + 1, "a number is never given again"
    with pytest.raises(Invalid, match=r"draft\.table"):
        write(site, jury, table=9)


def test_two_tables_draft_and_test_on_their_screens(site: Site, jury: dict[str, Any]) -> None:
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    known = codes(site, jury)
    one, two = enter(site, known["table", 1]), enter(site, known["table", 2])
    assert "/room/drafts" in one.get("/room/screen").text
    wrong = one.post("/room/drafts", data={"once": "a", "text_en": "Words", "amount_0": "25000"})
    assert wrong.status_code == 422 and "Give the option a title." in wrong.text
    assert "Words" in wrong.text and "Say what this amount is for." in wrong.text
    made = one.post("/room/drafts", data={
        "once": "b", "title_en": "Three fires", "title_cy": "Tair coelcerth",
        "text_en": "One a quarter.", "text_cy": "Un ym mhob rhan.",
        "cost_0_en": "Marshals", "cost_0_cy": "Stiwardiaid", "amount_0": "£25,000", "table": "4",
    })
    assert made.status_code == 200 and "£25,000" in made.text
    assert draft(site, jury).draft.table_number == 1, "a screen speaks for its own table"
    theirs = two.get("/room/drafts/1").text
    assert 'value="check"' in theirs and 'value="object"' in theirs
    assert 'value="write"' not in theirs and 'value="finish"' not in theirs
    refused = two.post("/room/drafts/1", data={"act": "write", "version": "1", "once": "c",
                                               "title_en": "Ours now"})
    assert refused.status_code == 403
    two.post("/room/drafts/1", data={"act": "check", "version": "1", "line": "title", "once": "d",
                                     "colour": "amber", "comment": "Which three?", "table": "3"})
    assert draft(site, jury).colours["title"].table_number == 2
    two.post("/room/drafts/1", data={"act": "object", "version": "1", "once": "e",
                                     "text": "Who clears up?"})
    again = one.get("/room/drafts/1").text
    assert "Which three?" in again and "Who clears up?" in again and 'value="answer"' in again


def test_jurors_read_and_officials_look_on(site: Site, jury: dict[str, Any]) -> None:
    site.work.run(running.start, jury["lead"], jury["sessions"][0], 0)
    write(site, jury)
    known = codes(site, jury)
    juror = enter(site, known["juror", 1], "cy")
    page = juror.get("/room/drafts/1").text
    assert "Three smaller fires yn Gymraeg" in page and "Drafftiau o opsiynau" in page
    assert 'name="act"' not in page
    assert juror.post("/room/drafts/1", data={"act": "object", "text": "No"}).status_code == 403
    assert juror.post("/room/drafts", data={"title_en": "Mine"}).status_code == 403
    assert enter(site, known["observer", None]).get("/room/drafts").status_code == 403
    office = client(site)
    build.signed_in(site, office, jury["official"].person_id)
    looked = office.get(f"{OFFICE}/drafts/1").text
    assert "Three smaller fires" in looked and 'value="finish"' not in looked
    assert office.post(f"{OFFICE}/drafts/1", data={"act": "finish"}).status_code == 403
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    assert "Another table has to mark every line" in lead.get(f"{OFFICE}/drafts/1").text


def test_the_lead_puts_notes_under_themes(site: Site, jury: dict[str, Any]) -> None:
    first = jury["sessions"][0]
    site.work.run(running.start, jury["lead"], first, 0)
    run = site.work.run
    written = [
        run(notes.write_note, the_table(jury, 1), first, Place(table=1),
            NoteValue(f"note-number-{one}", f"Thought {one}", "en", "table"))
        for one in range(3)
    ]
    juror = panels_juror(site, jury)
    secret = run(notes.write_note, Actor(grants=frozenset({("juror", jury["process"])})), first,
                 Place(table=1, juror_id=juror), NoteValue("note-secret", "Mine", "en", "private"))
    theme = run(services.add_theme, jury["lead"], first, both("Noise"))
    run(services.put_under, jury["lead"], first, written[0], theme)
    with pytest.raises(NotFound):
        run(services.put_under, jury["lead"], first, secret, theme)
    with pytest.raises(NotAllowed):
        run(services.add_theme, the_table(jury, 1), first, both("Ours"))
    with site.database.reading() as session:
        grouped, loose = queries.themes_of(session, first)
        assert [one.text for one in grouped[0].notes] == ["Thought 0"]
        assert [one.text for one in loose] == ["Thought 1", "Thought 2"]
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    page = f"{OFFICE}/sessions/1/themes"
    lead.post(page, data={"act": "put", "which": written[1], "theme": theme, "once": "a"})
    lead.post(page, data={"act": "put", "which": written[0], "theme": "", "once": "b"})
    assert "Mine" not in lead.get(page).text
    with site.database.reading() as session:
        grouped, loose = queries.themes_of(session, first)
        assert [one.text for one in grouped[0].notes] == ["Thought 1"]
    run(services.remove_theme, jury["lead"], first, theme)
    with site.database.reading() as session:
        assert [len(one) for one in queries.themes_of(session, first)] == [0, 3]


def panels_juror(site: Site, jury: dict[str, Any]) -> int:
    with site.database.reading() as session:
        found = session.get_one(panels.Jury, jury["id"])
        return found.jurors[0].id


def test_a_number_of_no_draft_is_not_found(site: Site, jury: dict[str, Any]) -> None:
    with site.database.reading() as session:
        assert session.scalars(select(OptionDraft)).all() == []
        with pytest.raises(NotFound):
            queries.draft_by_number(session, jury["id"], "²", BOTH)
