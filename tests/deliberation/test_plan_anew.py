"""A jury's sessions are made anew from a plan, as long as nothing is kept for one of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from deliberation.drafts.services import add_theme
from deliberation.sessions import queries, services
from deliberation.sessions.plan import runsheet
from pb.core.errors import Conflict
from pb.core.site import Site
from tests.deliberation.test_room import OFFICE
from tests.deliberation.test_room import jury as jury
from tests.support import build
from tests.support.app import client, hidden


def test_sessions_for_which_something_is_kept_are_not_made_anew(
    site: Site, jury: dict[str, Any]
) -> None:
    """A survey, a theme or a printed sheet of a session that is planned would lose its place."""
    again = (services.make_sessions, jury["official"], jury["id"], runsheet("statements"),
             date(2027, 1, 16), 7, 4)
    assert site.work.run(*again) == 4, "while nothing is kept, as often as one likes"
    with site.database.reading() as session:
        first = queries.sessions_of(session, jury["id"])[0].id
    site.work.run(add_theme, jury["lead"], first, {"en": "Time"})
    with pytest.raises(Conflict, match=r"session\.in_use"):
        site.work.run(*again)
    browser = client(site)
    signed_in_as = jury["official"].person_id
    build.signed_in(site, browser, signed_in_as)
    page = browser.get(f"{OFFICE}/sessions")
    answer = browser.post(f"{OFFICE}/sessions", data={
        **hidden(page.text), "plan": "bonfire", "first_day": "2027-09-01", "days_between": "7",
        "tables": "4"})
    assert answer.status_code == 409 and "Change each session’s own plan" in answer.text
