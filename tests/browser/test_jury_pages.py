"""Every page of a jury in the demo's town, as its facilitator, its officials and the public read
them, and every screen in the room: accessible and nowhere wider than the device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, select

from deliberation.panels.models import Jury
from deliberation.room.screens import COOKIE
from deliberation.sessions.models import RoomPass
from deliberation.sessions.services import code_of, enter_room, make_passes
from pb.accounts.models import Person
from pb.core import security
from pb.core.work import Work
from pb.processes.models import Process
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
    "/surveys", "/surveys/questions", "/words", "/words/1", "/words/2",
)
OFFICIAL = ("", "/charter", "/checklist", "/evaluation", "/evidence", "/interests", "/jurors",
            "/payments", "/recommendations", "/statements", "/words")
"""What an official works on, or sees otherwise than who leads."""
SESSION = ("", "/agenda", "/missed", "/pack", "/paper", "/plan", "/reports", "/seats", "/themes",
           "/votes")


def pages(role: str) -> list[str]:
    """The addresses that a role is shown."""
    if role == "anybody":
        return [f"/processes/{slug}/jury{path}" for slug in (RUNS, IS_DONE) for path in PUBLIC]
    office = f"/office/processes/{RUNS}/jury"
    if role == "official":
        return [office + path for path in OFFICIAL]
    return [*(office + path for path in OFFICE),
            *(f"{office}/sessions/2{path}" for path in SESSION)]


LOOKS = [("en", "light", 1200), ("cy", "dark", 360)]
ROOM = {
    "juror": ("", "/screen", "/claims", "/drafts", "/evidence", "/interests", "/missed",
              "/payment", "/questions", "/recommendations", "/statements", "/survey/before",
              "/survey/exit", "/withdraw", "/words", "/wrong"),
    "table": ("/screen", "/claims", "/drafts", "/evidence", "/minority"),
    "witness": ("/screen", "/questions"),
    "evaluator": ("/screen", "/evaluation"),
    "wall": ("/screen",), "observer": ("/screen",), "official": ("/screen",),
    "steward": ("/screen",), "whisperer": ("/screen", "/words/1", "/words/2"),
}
"""What each kind of screen is shown."""


def person(name: str) -> Select[tuple[int]]:
    return select(Person.id).where(Person.email == f"{name}@aberwennol.example")


def looked_at(
    page: Any, axe: Callable[[Any], None], url: str, paths: list[str], width: int,
    closed: tuple[int, ...] = (),
) -> set[str]:
    """The pages that were there, each checked; those with a status of ``closed`` are passed by."""
    wrong, seen = [], set()
    for path in paths:
        answer = page.goto(url + path)
        if answer.status in closed:
            continue
        assert answer.status == 200, path
        seen.add(page.url.removeprefix(url))
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{path} is too wide")
        try:
            axe(page)
        except AssertionError as fault:
            wrong.append(str(fault))
    assert not wrong, "\n".join(wrong)
    return seen


@pytest.mark.parametrize("role", ["anybody", "facilitator", "official"])
@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_of_a_jury_is_accessible_and_fits(
    town: Any, new_page: Callable[..., Any], axe: Callable[[Any], None], role: str,
    language: str, theme: str, width: int,
) -> None:
    page = new_page(town, width=width, language=language, theme=theme)
    if role != "anybody":
        mail = "osian-llywarch" if role == "facilitator" else "gwenno-maddox"

        def signed_in(work: Work) -> str:
            return security.open_session(
                work, None, person_id=work.session.scalars(person(mail)).one())

        page.context.add_cookies([{"name": "session", "value": build.do(town.site, signed_in),
                                   "url": town.url}])
    asked = pages(role)
    seen = looked_at(page, axe, town.url, asked, width,
                     closed=(403,) if role == "facilitator" else ())  # who leads pays nobody
    assert len(seen) >= (len(asked) if role != "facilitator" else 30)


def codes_of(town: Any) -> dict[str, str]:
    """A code of each kind of screen of the jury that is in session."""
    with town.site.database.reading() as session:
        jury_id = session.scalars(
            select(Jury.id).join(Process, Process.id == Jury.process_id)
            .where(Process.slug == RUNS)).one()
        lead = session.scalars(person("osian-llywarch")).one()
    town.site.work.run(make_passes, build.actor(town.site, lead), jury_id)
    with town.site.database.reading() as session:
        found = session.scalars(
            select(RoomPass).where(RoomPass.jury_id == jury_id, RoomPass.ended_at.is_(None))
            .order_by(RoomPass.id.desc())
        )
        return {one.role: code_of(town.site.secrets, one) for one in found}


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_screen_in_the_room_is_accessible_and_fits(
    town: Any, new_page: Callable[..., Any], axe: Callable[[Any], None],
    language: str, theme: str, width: int,
) -> None:
    codes = codes_of(town)
    assert set(codes) == set(ROOM)
    for role, paths in ROOM.items():
        page = new_page(town, width=width, language=language, theme=theme)
        cookie = build.do(town.site, enter_room, codes[role])
        page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": town.url}])
        asked = [f"/room{path}" for path in paths]
        assert looked_at(page, axe, town.url, asked, width) == set(asked), role
        page.context.close()
