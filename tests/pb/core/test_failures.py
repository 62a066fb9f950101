"""What does not fit the database is refused in plain words, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pb.accounts.models import Person
from pb.core.site import Site
from tests.support import build
from tests.support.app import client

HUGE = "9" * 30


def test_a_sign_that_nobody_types_is_left_out(either: Site) -> None:
    person = build.a_person(either, "Mair", "administrator")
    browser = client(either)
    build.signed_in(either, browser, person)
    page = browser.post("/account", data={"name": "Mair\x00 Jones", "language": "en"})
    assert page.status_code < 500
    page = browser.post("/sign-in", data={"email": "mair\x00@example.com", "on\x00ce": "x"})
    assert page.status_code == 200 and page.url.path == "/sign-in/sent"
    with either.database.reading() as session:
        assert "\x00" not in session.scalars(select(Person.name)).one()


@pytest.mark.parametrize("path", [
    f"/office/acts/{HUGE}", f"/processes/shared-budget/projects/{HUGE}",
    "/processes/%00/vote", "/processes/shared-budget/projects/%00",
    f"/processes/shared-budget/record/leaves?start={HUGE}", f"/ideas/confirm/{HUGE}",
])
def test_a_number_or_sign_beyond_the_database_finds_nothing(either: Site, path: str) -> None:
    build.a_process(either)
    person = build.a_person(either, "Lead", "lead_official", "shared-budget")
    browser = client(either)
    build.signed_in(either, browser, person)
    page = browser.get(path)
    assert page.status_code in (400, 404, 410, 422), path
    assert "<h1" in page.text or "record" in path


def test_a_form_with_a_number_beyond_the_database_is_refused(either: Site) -> None:
    build.a_process(either)
    person = build.a_person(either, "Lead", "lead_official", "shared-budget")
    browser = client(either)
    build.signed_in(either, browser, person)
    page = browser.post(f"/office/acts/{HUGE}", data={"confirm": "1"})
    assert page.status_code in (400, 404) and "<h1" in page.text
