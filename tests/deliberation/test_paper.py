"""A jury on paper: every part prints what a table needs, and what comes back is confirmed."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from deliberation.notes import queries as notes
from deliberation.notes import services as writing
from deliberation.notes.models import Note
from deliberation.notes.services import NoteValue
from deliberation.paper import rules
from deliberation.sessions import running, services
from deliberation.sessions.plan import KINDS, read
from deliberation.votes import services as votes
from deliberation.votes.services import PollValue
from pb.core.errors import Conflict, Invalid
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_drafts import option, the_table
from tests.deliberation.test_drafts import write as write_draft
from tests.deliberation.test_room import OFFICE, codes, enter, jury, room
from tests.support import build
from tests.support.app import client

__all__ = ["jury"]
PACK = f"{OFFICE}/sessions/1/pack"
PAPER = f"{OFFICE}/sessions/1/paper"


def signed_in(site: Site, known: dict[str, Any], who: str = "lead", language: str = "en") -> Any:
    browser = client(site, language)
    build.signed_in(site, browser, known[who].person_id)
    return browser


def with_every_kind(site: Site, known: dict[str, Any]) -> dict[str, Any]:
    """The jury with one session that has a part of every kind, and three people at table 1."""
    items = "".join(
        f'[[session.item]]\nkind = "{kind}"\nminutes = 5\n'
        f'title = {{ en = "The {kind} part", cy = "Rhan {kind}" }}\n'
        for kind in KINDS
    )
    plan = read('version = 1\nname = { en = "All" }\n[[session]]\ntitle = { en = "All" }\n'
                f'start = "09:00"\n{items}')
    site.work.run(services.make_sessions, known["official"], known["id"], plan, date(2027, 1, 16),
                  7, 2)
    with site.database.reading() as session:
        found = [one.id for one in session.scalars(select(services.JurySession))]
    made = known | {"sessions": found}
    for one in room(site, made).jury.jurors[:3]:
        site.work.run(services.move_seat, known["lead"], found[0], one.id, 1, False)
    return made


def test_every_kind_of_part_has_its_sheet(site: Site, jury: dict[str, Any]) -> None:
    assert set(rules.SHEETS) == set(KINDS)
    known = with_every_kind(site, jury)
    write_draft(site, known, 2, option("Three fires"))
    for language, title, printed in (
        ("en", 'The {} part / <span lang="cy">Rhan {}</span>', "Large print"),
        ("cy", 'Rhan {} / <span lang="en">The {} part</span>', "Print bras"),
    ):
        page = signed_in(site, known, language=language).get(f"{PACK}?whole=yes")
        assert page.status_code == 200 and printed in page.text
        for kind in KINDS:
            assert page.text.count(title.format(kind, kind)) == 2, "once for each table"
        squares = len(re.findall("qr-small", page.text))
        assert squares == 2 * (len(KINDS) - 2), "all but pause and break are typed in somewhere"
    english = signed_in(site, known).get(f"{PACK}?whole=yes").text
    first = english[english.index('id="table-1"'):english.index('id="table-2"')]
    sheets = dict(zip(KINDS, first.split('<article class="sheet">')[1:], strict=True))
    for kind, words in {
        "arrival": "Came at", "welcome": "Nobody objects", "writing": "one thought a line",
        "pairs": "one thought a line", "table": "What the table says",
        "plenary": "What the table says", "witness": "whom they are for",
        "questions": "whom they are for", "claims": "F / E / V", "criteria": "A good option must",
        "pressure": "Three fires", "draft": "What it costs", "check": "Amber",
        "consent": "Pull it", "comfort": "Can live with it", "ranked": "Write 1 beside",
        "dots": "Draw your dots", "survey": "the number of your answer",
        "readback": "not clear", "pause": "Nothing is written", "break": "Nothing is written",
    }.items():
        assert words in sheets[kind], kind
    for kind in rules.SLIPS:
        assert sheets[kind].count('class="slip"') == 3, "a slip for each juror at the table"
        slip = sheets[kind].partition('class="slip"')[2]
        assert "Person" not in slip and "Table" not in slip, "a slip names nobody"
    assert "Three fires" not in sheets["draft"], "it is the other table's"


def test_the_pack_is_this_part_and_the_next_and_says_when_it_is_old(
    site: Site, jury: dict[str, Any]
) -> None:
    run, lead, first = site.work.run, jury["lead"], jury["sessions"][0]
    people = room(site, jury).jury.jurors
    run(services.move_seat, lead, first, people[6].id, 4, False)
    run(running.start, lead, first, 0)
    browser = signed_in(site, jury)
    page = browser.get(PACK).text
    assert page.count("Now: Arrival, check-in and access") == 4
    assert page.count("Then: The question, the promise and the charter") == 4
    assert page.count('<article class="sheet">') == 8 and "7 Person 7" in page
    console = f"{OFFICE}/sessions/1"
    assert "No pack is printed" in browser.get(console).text
    browser.post(PACK, data={"once": "p1"})
    assert "The pack holds" in browser.get(console).text
    run(running.advance, lead, first, 1)
    assert "The pack ends with this part" in browser.get(console).text
    run(running.advance, lead, first, 2)
    assert "The pack is old" in browser.get(console).text
    browser.post(PACK, data={"once": "p2", "whole": "yes"})
    run(running.advance, lead, first, 3)
    assert "The pack holds" in browser.get(console).text
    assert signed_in(site, jury, "official").post(PACK, data={"once": "p3"}).status_code == 403


@pytest.mark.parametrize(
    ("running_item", "following", "covers", "whole", "state"),
    [(1, 2, {1, 2}, False, "good"), (2, 3, {1, 2}, False, "last"), (3, 4, {1, 2}, False, "old"),
     (2, None, {1, 2}, False, "good"), (9, 10, set(), True, "good"),
     (None, 1, set(), False, "good"), (2, 5, {2, 3}, False, "last")],
)
def test_when_a_pack_holds(
    running_item: int | None, following: int | None, covers: set[int], whole: bool, state: str
) -> None:
    assert rules.held(running_item, following, covers, whole) == state


def test_slips_bear_the_open_votes_options(site: Site, jury: dict[str, Any]) -> None:
    known = with_every_kind(site, jury)
    run, first = site.work.run, known["sessions"][0]
    run(running.start, known["lead"], first, 0)
    run(votes.open_poll, known["lead"], first,
        PollValue("dots", "Which first?", options=("A ramp", "A bus"), each=5))
    page = signed_in(site, known).get(f"{PACK}?whole=yes").text
    assert page.count("Which first?") == 3 + 1, "a slip a juror; at the empty table one"
    assert "You have 5 dots." in page and page.count("A ramp") == 4


def test_a_square_holds_no_secret_and_leads_each_to_their_own_place(
    site: Site, jury: dict[str, Any]
) -> None:
    first = jury["sessions"][0]
    path = f"/room/paper/{first}/1/2"
    stranger = client(site)
    page = stranger.get(path)
    assert page.status_code == 200 and "It opens nothing by itself." in page.text
    assert "sign-in" in str(stranger.get(f"{path}?office=yes").url)
    known = codes(site, jury)
    table = enter(site, known["table", 2])
    assert table.get(path, follow_redirects=False).headers["location"] == "/room/screen#notes"
    lead = signed_in(site, jury)
    assert lead.get(path, follow_redirects=False).headers["location"] == f"{OFFICE}/sessions/1"
    second = lead.get(f"/room/paper/{first}/2/2", follow_redirects=False).headers["location"]
    assert second.startswith(PAPER) and "table=2" in second
    assert 'value="2"' in lead.get(second).text, "part and table are filled in"
    assert client(site).get("/room/paper/999/1/1").status_code == 404
    assert client(site).get(f"/room/paper/{first}/99/1").status_code == 404


def a_photo(**exif: str) -> bytes:
    picture = Image.new("RGB", (640, 480), "#2f6238")
    data = Image.Exif()
    data[0x010F] = exif.get("make", "SecretPhone")
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=data)
    return file.getvalue()


def test_paper_is_typed_in_with_a_photo_and_confirmed_by_a_second_person(
    site: Site, jury: dict[str, Any]
) -> None:
    first = jury["sessions"][0]
    site.work.run(running.start, jury["lead"], first, 0)
    part = str(room(site, jury).current.id)
    lead = signed_in(site, jury)
    sent = {"act": "type", "once": "a", "client_id": "paper-note-1", "item": part, "table": "2",
            "juror": "99", "written_in": "cy", "text": "Mwy o feinciau"}
    wrong = lead.post(PAPER, data=sent)
    assert wrong.status_code == 422 and "No juror of this jury has this number." in wrong.text
    assert "Mwy o feinciau" in wrong.text
    photo = {"photo": ("sheet.jpg", a_photo(), "image/jpeg")}
    bare = lead.post(PAPER, data={**sent, "juror": "", "once": "b"}, files=photo)
    assert bare.status_code == 422 and "Say in words what the photo shows" in bare.text
    kept = lead.post(PAPER, data={**sent, "juror": "", "once": "c", "photo_alt": "Taflen bwrdd 2"},
                     files={"photo": ("sheet.jpg", a_photo(), "image/jpeg")})
    assert kept.status_code == 200 and 'alt="Taflen bwrdd 2"' in kept.text
    with site.database.reading() as session:
        note = session.scalars(select(Note)).one()
        session.expunge_all()
    assert (note.entered_by, note.language, note.table_number) == ("Gwen", "cy", 2)
    stored = site.storage.path(note.photo).read_bytes()
    assert b"SecretPhone" not in stored and b"Exif" not in stored
    assert 'value="confirm"' not in kept.text, "not by whoever typed it in"
    with pytest.raises(Conflict, match=r"note\.same_person"):
        site.work.run(writing.second_paper, jury["lead"], first, note.id)
    second = signed_in(site, jury, "second")
    assert 'value="confirm"' in second.get(PAPER).text
    done = second.post(PAPER, data={"act": "confirm", "which": str(note.id), "once": "d"})
    assert "by Huw" in done.text
    with pytest.raises(Conflict, match=r"note\.confirmed"):
        site.work.run(writing.second_paper, jury["second"], first, note.id)
    assert signed_in(site, jury, "official").post(PAPER, data={**sent, "once": "e", "juror": ""}
                                                  ).status_code == 403


def test_a_juror_says_that_it_is_not_what_they_wrote(site: Site, jury: dict[str, Any]) -> None:
    run, first = site.work.run, jury["sessions"][0]
    run(running.start, jury["lead"], first, 0)
    person = room(site, jury).jury.jurors[0]
    ids = [
        run(writing.enter_paper, jury["lead"], first, None, 2, person.id,
            NoteValue(f"paper-{one}xxxx", f"Thought {one}", "en", "table", source="paper"))
        for one in range(2)
    ]
    phone = enter(site, codes(site, jury)["juror", person.id])
    page = phone.get("/room/screen").text
    assert page.count("No, this is not what I wrote") == 2
    for which, act in zip(ids, ("confirm", "refuse"), strict=True):
        phone.post("/room/notes", data={"session": str(first), "act": act, "which": str(which),
                                        "once": f"x{which}"})
    assert "Thought 1" not in phone.get("/room/screen").text
    run(writing.write_note, the_table(jury, 1), first, writing.Place(table=1),
        NoteValue("screen-note-1", "From a screen", "en", "table"))
    with site.database.reading() as session:
        assert notes.sources_of(session, first) == notes.Sources(1, 1, 1, 1)
    typed = signed_in(site, jury).get(PAPER).text
    assert "The juror did not write this" in typed and "by the juror" in typed


def test_a_table_keeps_a_photo_with_its_words(site: Site, jury: dict[str, Any]) -> None:
    first = jury["sessions"][0]
    site.work.run(running.start, jury["lead"], first, 0)
    known = codes(site, jury)
    table, json = enter(site, known["table", 2]), {"accept": "application/json"}

    def send(client_id: str, content: bytes, alt: str) -> Any:
        return table.post("/room/notes", headers=json, data={
            "session": str(first), "act": "write", "text": "Our drawing", "client_id": client_id,
            "photo_alt": alt}, files={"photo": ("a.jpg", content, "image/jpeg")})

    assert send("photo-note-1", a_photo(), "").status_code == 422
    long = io.BytesIO()
    Image.new("RGB", (2000, 300)).save(long, "PNG")
    narrow = send("photo-note-2", long.getvalue(), "A strip")
    assert narrow.status_code == 422 and "too long and narrow" in narrow.json()["error"]
    assert send("photo-note-3", b"no picture", "Nothing").status_code == 422
    assert send("photo-note-4", a_photo(), "A map with three fires").status_code == 200
    assert 'alt="A map with three fires"' in table.get("/room/screen").text
    with pytest.raises(Invalid, match=r"note\.visibility"):
        site.work.run(
            writing.write_note, Actor(grants=frozenset({("juror", jury["process"])})),
            first, writing.Place(table=1, juror_id=room(site, jury).jury.jurors[0].id),
            NoteValue("photo-note-5", "Mine", "en", "private", photo="x.jpg", photo_alt="Y"))


def test_both_languages_are_on_the_pages_of_paper(site: Site, jury: dict[str, Any]) -> None:
    welsh = signed_in(site, jury, language="cy")
    assert "Ar bapur" in welsh.get(PACK).text
    assert "O bapur: sesiwn 1" in welsh.get(PAPER).text
