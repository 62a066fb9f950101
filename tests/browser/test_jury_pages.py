"""Every page of a jury in the demo's town, as its facilitator, its officials and the public read
them: accessible and nowhere wider than the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from pb.accounts.models import Person
from pb.core import security
from pb.core.work import Work
from pb.demo.build import build as build_town
from tests.support import build

pytestmark = pytest.mark.chromium

RUNS, IS_DONE = "small-works-2027", "shared-budget-2027"
"""The process whose jury is in session, and the one whose jury has handed over."""
PUBLIC = ("", "/checklist", "/claims", "/complaints", "/evaluation", "/evidence",
          "/recommendations", "/rules", "/tables")
OFFICE = (
    "", "/allocation", "/census", "/certificates", "/charter", "/checklist", "/choice", "/claims",
    "/codes", "/drafts", "/edit", "/evaluation", "/evidence", "/interests", "/jurors",
    "/payments", "/questions", "/recommendations", "/sessions", "/speaking", "/statements",
    "/surveys", "/surveys/questions", "/words",
)
SESSION = ("", "/agenda", "/pack", "/paper", "/plan", "/reports", "/seats", "/themes", "/votes")


def pages(role: str) -> list[str]:
    """The addresses that a role is shown."""
    if role == "anybody":
        return [f"/processes/{slug}/jury{path}" for slug in (RUNS, IS_DONE) for path in PUBLIC]
    office = f"/office/processes/{RUNS}/jury"
    return [*(office + path for path in OFFICE),
            *(f"{office}/sessions/2{path}" for path in SESSION)]


@pytest.mark.parametrize("role", ["anybody", "facilitator", "official"])
@pytest.mark.parametrize(("language", "theme", "width"),
                         [("en", "light", 1200), ("cy", "dark", 360)])
def test_every_page_of_a_jury_is_accessible_and_fits(
    live: Any, new_page: Callable[..., Any], axe: Callable[[Any], None], role: str,
    language: str, theme: str, width: int,
) -> None:
    build_town(live.site, lambda words: None)
    page = new_page(live, width=width, language=language, theme=theme)
    if role != "anybody":
        mail = "osian-llywarch" if role == "facilitator" else "gwenno-maddox"

        def signed_in(work: Work) -> str:
            person = work.session.scalars(
                select(Person.id).where(Person.email == f"{mail}@aberwennol.example")).one()
            return security.open_session(work, None, person_id=person)

        page.context.add_cookies([{"name": "session", "value": build.do(live.site, signed_in),
                                   "url": live.url}])
    wrong, seen = [], 0
    for path in pages(role):
        answer = page.goto(live.url + path)
        if role != "anybody" and answer.status == 403:
            continue  # an official leads nothing, a facilitator pays nobody
        assert answer.status == 200, path
        seen += 1
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{path} is too wide")
        try:
            axe(page)
        except AssertionError as fault:
            wrong.append(str(fault))
    assert not wrong, "\n".join(wrong)
    assert seen >= {"anybody": 18, "facilitator": 30, "official": 20}[role]
