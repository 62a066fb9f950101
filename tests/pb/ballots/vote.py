"""A vote as the tests here need it: voters with codes, casts, and a browser on its way."""

from __future__ import annotations

import base64
import json
import re
from html import unescape
from typing import Any

from sqlalchemy import select

from pb.ballots import box, casting, sealing, services
from pb.ballots.content import to_json
from pb.ballots.contests import contest_of
from pb.ballots.holders import HOLDERS
from pb.ballots.models import AccessCode, OpenedBallot, RollEntry
from pb.ballots.queries import CastLeaf, cast_leaves, counting_leaves
from pb.ballots.snapshots import box_of
from pb.core.security import find_session, random_code
from pb.core.site import Site
from pb.core.work import SYSTEM, Actor
from pb.processes.models import Process
from pb.projects.queries import project_rows
from pb.record.models import LeafRow
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


def open_box(site: Site, process_id: int) -> None:
    site.work.run(box.open_box, SYSTEM, process_id)


def envelope(
    site: Site, process_id: int, content: Content, area_id: int | None = None,
    tracking: str = "", word: str = "",
) -> casting.Envelope:
    """A sealed ballot; the box is opened if nobody has opened it yet."""
    open_box(site, process_id)
    with site.database.reading() as session:
        process = session.get_one(Process, process_id)
        contest = contest_of(process, project_rows(session, process_id), area_id)
        opened = box_of(session, process_id)
    assert opened is not None
    return casting.seal(opened, process_id, contest, area_id, content,
                        tracking or random_code(12), word)


def cast(
    site: Site, process_id: int, roll_id: int, content: Content, area_id: int | None = None,
    once: str | None = None, tracking: str = "",
) -> list[Any]:
    """Leaf number, hash, the leaf that it replaces, process."""
    return site.work.run(
        casting.cast, voter(process_id, roll_id), process_id, roll_id,
        envelope(site, process_id, content, area_id, tracking),
        once=f"{process_id}/{roll_id}/{once}" if once else None,
    )


def leaves(site: Site, process_id: int) -> list[CastLeaf]:
    """The casts in the record."""
    with site.database.reading() as session:
        return list(cast_leaves(session.connection(), process_id))


def contents(site: Site, process_id: int) -> list[dict[str, Any]]:
    """What lies in the envelopes that count, opened with the key for the test's eyes."""
    with site.database.reading() as session:
        process = session.get_one(Process, process_id)
        contest = contest_of(process, project_rows(session, process_id))
        opened = box_of(session, process_id)
        counting = counting_leaves(session.connection(), process_id)
    if opened is None:
        return []
    key = HOLDERS["server"].private(site, process_id)
    return [
        to_json(sealing.unseal(base64.b64decode(leaf.envelope or ""), key, opened.bound_to,
                               opened.plain_bytes, contest).content)
        for leaf in counting
    ]


def opened_ballots(site: Site, process_id: int) -> list[OpenedBallot]:
    with site.database.reading() as session:
        found = list(session.scalars(
            select(OpenedBallot).where(OpenedBallot.process_id == process_id)
            .order_by(OpenedBallot.tracking)
        ))
        session.expunge_all()
        return found


def leaves_of(site: Site, process_id: int, kind: str) -> list[dict[str, Any]]:
    """The record's leaves of a kind, as values."""
    with site.database.reading() as session:
        return [
            json.loads(payload) for (payload,) in session.execute(
                select(LeafRow.payload)
                .where(LeafRow.process_id == process_id, LeafRow.kind == kind)
                .order_by(LeafRow.number)
            ) if payload is not None
        ]


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
