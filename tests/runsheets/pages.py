"""The forty pages of the second run-sheet: what tables write, who votes on each, and what everybody
reads in the end."""

from __future__ import annotations

import json
from datetime import timedelta

from deliberation.statements.models import Statement
from deliberation.statements.queries import statements_of
from tests.pb.ballots import vote as voting
from tests.runsheets.cast import PUBLIC
from tests.runsheets.play import Play
from tests.support import build
from tests.support.app import client

CLOSE = "Juror 09"
"""Lives in the street of projects 2 and 11."""
AWAY = "Juror 06"
"""Does not come to the third session."""
PROJECTS = 40
NOTES = {8: ("We would mend what is there first.", "Trwsio’r hyn sydd yno a wnaem ni gyntaf."),
         9: ("Four of us would wait a year.", "Byddai pedwar ohonom yn aros blwyddyn.")}


def table_a(play: Play, number: int) -> int:
    """The table that tests a project and writes about it, by the lot."""
    return play.allocated[number].tests


def table_b(play: Play, number: int) -> int:
    """The other one, that checks it."""
    return play.allocated[number].checks


def words(number: int) -> dict[str, str]:
    """What a table writes about a project, in both languages."""
    return {
        "what_en": f"Thing {number} is built by the bridge.",
        "what_cy": f"Codir peth {number} ger y bont.",
        "finding1_en": f"Thing {number} serves four streets.",
        "finding1_cy": f"Mae peth {number} yn gwasanaethu pedair stryd.",
        "agree1": "20",
        "finding2_en": f"Thing {number} is pretty.", "finding2_cy": f"Mae peth {number} yn hardd.",
        "agree2": "17",
        "for_kind": "text", "for_en": f"Nothing like thing {number} is near.",
        "for_cy": f"Does dim byd tebyg i beth {number} gerllaw.",
        **({"care_kind": "nobody"} if number % 8 == 0 else
           {"care_kind": "text", "care_en": f"Who mends thing {number} is open.",
            "care_cy": f"Nid yw’n glir pwy fydd yn trwsio peth {number}."}),
        "unknown_en": f"What thing {number} costs in ten years.",
        "unknown_cy": f"Beth fydd cost peth {number} ymhen deng mlynedd.",
    }


def statement_stored(play: Play, number: int) -> Statement:
    jury = play.stored().jury.id
    with play.site.database.reading() as session:
        (found,) = [one for one in statements_of(session, jury).values()
                    if one.project_number == number]
        session.expunge_all()
    return found


def voters(play: Play, number: int) -> list[str]:
    """Who votes on a page: not who is too close to the project, nor who was away when it was
    tested."""
    unseen = AWAY if play.allocated[number].session_number == 3 else ""
    close = CLOSE if number in (2, 11) else ""
    return [name for name in play.names if name not in (unseen, close)]


def everybody_reads_it(play: Play) -> None:
    data = json.loads(client(play.site).get(f"{PUBLIC}/statements.json").text)
    assert [one["project"] for one in data["statements"]] == list(range(1, PROJECTS + 1))
    assert data["process_line"]["en"] == "Twenty-four residents met four times."
    for one in data["statements"]:
        number = one["project"]
        assert one["jurors"] == (23 if number in (2, 11) else 24) and one["locked_at"]
        assert [finding["agree"] for finding in one["findings"]] == [20], "17 of 24 are too few"
        assert [note["text"]["en"] for note in one["minority_notes"]] == (
            [NOTES[number][0]] if number in NOTES else [])
        assert one["nobody_took"] == (["care"] if number % 8 == 0 else [])
        assert [vote["carried"] for vote in one["votes"]] == (
            [False, False] if number == 6 else [True])
    booklet, welsh = play.hall.public("/booklet"), play.hall.public("/booklet", "cy")
    for number in range(1, PROJECTS + 1):
        page = play.hall.public(f"/projects/{number}/statement")
        for seen in (page, booklet):
            assert f"Thing {number} serves" in seen
            of = 23 if number in (2, 11) else 24
            assert f"20 of {of} jurors agree." in seen
            assert f"Thing {number} is pretty." not in seen
        assert f"Mae peth {number} yn gwasanaethu" in welsh
    for english, in_welsh in NOTES.values():
        assert english in booklet and in_welsh in welsh
    assert booklet.words.count("No juror took this position.") == PROJECTS // 8
    for seen in (booklet, play.hall.public("/projects/6/statement")):
        assert "The jurors did not agree" in seen
        assert "Page 6 as it stands" in seen and "Page 6, with who mends it" in seen
    # Who is not in the hall has read no name.
    assert not any(name in page for name in play.names
                   for page in (booklet, play.hall.public("/jury")))
    play.clock.now = build.WHEN["voting"] + timedelta(hours=1)
    voting.open_box(play.site, play.process)
    (code,) = voting.a_batch(play.site, play.process)
    ballot = voting.enter(client(play.site), code).text
    for number in range(1, PROJECTS + 1):
        assert ballot.count(f"/projects/{number}/statement") == 1
    assert "serves three streets." in ballot and "The jurors did not agree." in ballot
