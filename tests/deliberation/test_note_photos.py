"""The photo of a note goes out of sight with it, and is gone when its juror withdraws."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from deliberation.complaints import services
from deliberation.evaluation import withdrawal
from deliberation.notes import services as writing
from deliberation.notes.models import Note
from deliberation.notes.services import NoteValue, Place
from pb.core.site import Site
from tests.deliberation.test_complaints import REPORTS, juror, running_jury
from tests.deliberation.test_drafts import the_table
from tests.deliberation.test_paper import signed_in
from tests.deliberation.test_room import jury
from tests.support.app import client, run_jobs

__all__ = ["jury", "running_jury"]
CONTENT = b"a picture of an insult"


def test_a_reported_note_takes_its_photo_along_and_brings_it_back(
    site: Site, running_jury: dict[str, Any]
) -> None:
    first, key = running_jury["sessions"][0], site.storage.save(CONTENT, "jpg")
    note = site.work.run(
        writing.write_note, the_table(running_jury, 2), first, Place(table=2),
        NoteValue("photo-note", "Look", "en", "table", photo=key, photo_alt="An insult, drawn"))
    anybody, lead = client(site), signed_in(site, running_jury)
    assert anybody.get(f"/pictures/{key}").content == CONTENT
    site.work.run(services.report_note, juror(running_jury), first, 2, note, "It hurts")
    run_jobs(site)
    assert anybody.get(f"/pictures/{key}").status_code == 404
    # The lead has to see it to decide, and nobody else does.
    assert f"{REPORTS}/1/photo" in lead.get(REPORTS).text
    assert lead.get(f"{REPORTS}/1/photo").content == CONTENT
    assert anybody.get(f"{REPORTS}/1/photo").content != CONTENT
    site.work.run(services.decide_report, running_jury["lead"], first, 1, True, "It is a drawing.")
    run_jobs(site)
    assert anybody.get(f"/pictures/{key}").content == CONTENT


def test_who_withdraws_leaves_no_photo(site: Site, running_jury: dict[str, Any]) -> None:
    first, key = running_jury["sessions"][0], site.storage.save(CONTENT, "jpg")
    other = site.storage.save(b"a table's own", "jpg")
    for place, photo in ((Place(table=2, juror_id=running_jury["person"]), key),
                         (Place(table=2), other)):
        site.work.run(
            writing.enter_paper, running_jury["lead"], first, None, 2, place.juror_id,
            NoteValue(f"paper-{photo[:6]}", "From paper", "en", "table", photo=photo,
                      photo_alt="My handwriting"))
    site.work.run(withdrawal.withdraw_for, running_jury["lead"], running_jury["id"],
                  running_jury["person"])
    run_jobs(site)
    assert site.storage.find(key) is None
    assert site.storage.find(other) is not None, "what the table wrote stays"
    with site.database.reading() as session:
        mine = session.scalars(select(Note).where(Note.juror_id == running_jury["person"])).one()
        assert (mine.photo, mine.photo_alt, mine.text) == ("", "", "")
