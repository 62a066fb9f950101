"""The lead gives one table more time: its own clock moves, and all that follows waits for it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from deliberation.sessions import rules, running
from deliberation.sessions import services as sessions
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.site import Site
from tests.deliberation.test_room import OFFICE, codes, enter, jury, room, version
from tests.deliberation.test_room_rules import NINE, Part, minutes
from tests.support import build
from tests.support.app import client, hidden
from tests.support.clock import TurnableClock

__all__ = ["jury"]


def test_what_follows_waits_for_the_last_table() -> None:
    parts = [Part(started_at=NINE, ends_at=NINE + minutes(30)), Part(minutes=10)]
    for own, begins in (((), 30), ((None, None), 30), ((NINE + minutes(45), None), 45),
                        ((NINE + minutes(20),), 30)):
        slots = rules.timetable(parts, NINE, NINE + minutes(5), own)
        assert slots[0] == rules.Slot(NINE, NINE + minutes(30)), "the part ends as it was to"
        assert slots[1] == rules.Slot(NINE + minutes(begins), NINE + minutes(begins + 10))
    late = rules.over_by(parts, NINE, NINE + minutes(40), NINE, [NINE + minutes(45)])
    assert late == minutes(15)


def ends(page: str) -> int:
    """The end that the clock on a page counts to."""
    return int(page.partition('data-ends="')[2].partition('"')[0])


def test_one_table_has_five_minutes_more_and_the_others_have_not(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    first, run = jury["sessions"][0], site.work.run
    seated = room(site, jury).jury.jurors[0]
    run(sessions.keep_seats, jury["lead"], first, {seated.id: 2}, False)
    run(running.start, jury["lead"], first, version(site, jury))
    known = codes(site, jury)
    screens = {number: enter(site, known["table", number]) for number in (1, 2)}
    before = room(site, jury)
    assert before.current is not None and before.current.ends_at is not None
    all_end, follows = before.current.ends_at, before.rows[1].slot.opens_at
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    page = lead.get(f"{OFFICE}/sessions/1").text
    assert "has more time" not in page
    lead.post(f"{OFFICE}/sessions/1", data={**hidden(page), "act": "extend-table", "which": "2",
                                            "version": str(version(site, jury))})
    now = room(site, jury)
    assert now.current is not None and now.current.ends_at == all_end
    assert now.rows[1].slot.opens_at == follows + timedelta(minutes=5)
    assert now.rows[-1].slot.ends_at == before.rows[-1].slot.ends_at + timedelta(minutes=5)
    assert now.late == before.late + timedelta(minutes=5)
    own = {number: ends(screen.get("/room/screen").text) for number, screen in screens.items()}
    assert own == {1: round(all_end.timestamp() * 1000),
                   2: round((all_end + timedelta(minutes=5)).timestamp() * 1000)}
    phone = enter(site, known["juror", seated.id])
    assert ends(phone.get("/room/screen").text) == own[2]
    assert ends(enter(site, known["wall", None]).get("/room/screen").text) == own[1]
    page = lead.get(f"{OFFICE}/sessions/1").text
    assert page.count("This table has more time; what follows waits for it.") == 1
    assert "One table was given more time" in page
    run(running.undo, jury["lead"], first, version(site, jury))
    assert room(site, jury).rows[1].slot.opens_at == follows
    # Time that has run over counts from now; the next part begins with the same clock for all.
    clock.now = all_end + timedelta(minutes=10)
    run(running.extend_table, jury["lead"], first, version(site, jury), 2, 5)
    assert room(site, jury).rows[1].slot.opens_at == clock.now + timedelta(minutes=5)
    run(running.advance, jury["lead"], first, version(site, jury))
    assert all(view.table.ends_at is None for view in room(site, jury).tables)
    run(running.undo, jury["lead"], first, version(site, jury))
    assert room(site, jury).rows[1].slot.opens_at == clock.now + timedelta(minutes=5)


def test_the_pack_of_a_table_says_until_when_it_has_time(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    first, run = jury["sessions"][0], site.work.run
    run(running.start, jury["lead"], first, version(site, jury))
    run(running.extend_table, jury["lead"], first, version(site, jury), 2, 5)
    now = room(site, jury)
    assert now.current is not None and now.current.ends_at is not None
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    untils = []
    for shown in ("", "?whole=yes"):
        page = lead.get(f"{OFFICE}/sessions/1/pack{shown}").text
        untils.append([re.findall(r"until (\d\d?[:.]\d\d|[^<]*m)<", part)
                       for part in page.split('id="table-')[1:]])
    reader = site.reader("en")
    all_end, own = (f"{reader.time(one)}" for one in (
        now.current.ends_at, now.current.ends_at + timedelta(minutes=5)))
    assert all_end != own
    for each in untils:
        assert each == [[all_end], [own], [all_end], [all_end]], "each table its own end, once"


def test_who_may_and_what_cannot_be_extended(site: Site, jury: dict[str, Any]) -> None:
    first, run, lead = jury["sessions"][0], site.work.run, jury["lead"]
    with pytest.raises(Conflict):
        run(running.extend_table, lead, first, 0, 1, 5)
    run(running.start, lead, first, 0)
    for minutes_more in (0, -5, 61):
        with pytest.raises(Invalid):
            run(running.extend_table, lead, first, 1, 1, minutes_more)
    with pytest.raises(NotFound):
        run(running.extend_table, lead, first, 1, 9, 5)
    with pytest.raises(NotAllowed):
        run(running.extend_table, jury["official"], first, 1, 1, 5)
    run(running.extend_table, lead, first, 1, 1, 5)
    with pytest.raises(Conflict, match=r"session\.moved"):
        run(running.extend_table, jury["second"], first, 1, 1, 5)
