"""A vote as the tests here need it: voters with codes, casts, and a browser on its way."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from sqlalchemy import select

from pb.ballots import box, services
from pb.ballots.models import AccessCode, Ballot, RollEntry
from pb.core.security import find_session
from pb.core.site import Site
from pb.core.work import Actor
from pb.processes.models import Process
from pb.projects.queries import project_rows
from tests.support import build
from voting.ballots import Content


def area_of(site: Site, process_id: int, key: str = "riverside") -> int:
    with site.database.reading() as session:
        return next(
            area.id for area in session.get_one(Process, process_id).areas if area.key == key
        )


def a_batch(
    site: Site, process_id: int, number: int = 1, area_id: int | None = None
) -> list[str]:
    """New codes, each a voter's."""
    codes = services.codes_for(site.secrets, f"{process_id}/{area_id}/{number}", number)
    build.do(site, services.make_codes, process_id, area_id, "Letters", codes)
    return codes


def roll_id_of(site: Site, process_id: int, code: str) -> int:
    with site.database.reading() as session:
        return session.scalars(
            select(AccessCode.roll_id).where(
                AccessCode.process_id == process_id, AccessCode.find == code[:4],
                AccessCode.verify == services.code_mark(site.secrets, process_id, code),
            )
        ).one()


def voter(process_id: int, roll_id: int) -> Actor:
    return Actor(name="", passes={process_id: roll_id})


def envelope(
    site: Site, process_id: int, content: Content, area_id: int | None = None
) -> box.Envelope:
    with site.database.reading() as session:
        process = session.get_one(Process, process_id)
        return box.seal(process, project_rows(session, process_id), area_id, content)


def cast(
    site: Site, process_id: int, roll_id: int, content: Content, area_id: int | None = None,
    once: str | None = None,
) -> None:
    site.work.run(
        services.cast, voter(process_id, roll_id), process_id, roll_id,
        envelope(site, process_id, content, area_id), once=once,
    )


def ballots(site: Site, process_id: int) -> list[Ballot]:
    with site.database.reading() as session:
        found = list(session.scalars(select(Ballot).where(Ballot.process_id == process_id)))
        session.expunge_all()
        return found


def entry(site: Site, roll_id: int) -> RollEntry:
    with site.database.reading() as session:
        found = session.get_one(RollEntry, roll_id)
        session.expunge_all()
        return found


def passes_of(site: Site, token: str) -> dict[str, Any]:
    with site.database.reading() as session:
        row = find_session(session.connection(), token, site.clock())
        return dict(row.passes) if row else {}


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of the page's first form that has each, as a browser reads them."""
    found: dict[str, str] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html):
        found.setdefault(name, unescape(value))
    return found


def enter(browser: Any, code: str, slug: str = "shared-budget") -> Any:
    """Type the code; the ballot's page."""
    page = browser.get(f"/processes/{slug}/vote")
    return browser.post(f"/processes/{slug}/vote", data={**hidden(page.text), "code": code})
