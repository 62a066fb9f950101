"""The power goes in the hall: after a kill -9 everything is there again, from the last row that was
committed, and the printed pack is at most one part old."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import pytest

from deliberation.panels.queries import jury_of
from pb.core import security
from pb.core.site import Site
from pb.core.work import Work
from tests.deliberation.test_room import OFFICE, codes, jury
from tests.support import build
from tests.support.clock import START, TurnableClock
from tests.support.killable import Killable

__all__ = ["jury"]
CONSOLE = f"{OFFICE}/sessions/1"
JSON = {"accept": "application/json"}


@dataclass
class Hall:
    """A real server that can lose its power, and the browsers of its people."""

    server: Killable
    cookies: dict[str, dict[str, str]]

    def browser(self, who: str) -> httpx.Client:
        return httpx.Client(base_url=self.server.url, cookies=self.cookies[who],
                            headers={"accept-language": "en"}, follow_redirects=True, timeout=30)

    def enter(self, who: str, code: str) -> None:
        """Come in by a code; the cookie stays on the device through every cut."""
        with httpx.Client(base_url=self.server.url, follow_redirects=True) as browser:
            assert browser.post("/room", data={"code": code}).status_code == 200
            self.cookies[who] = dict(browser.cookies)

    def get(self, who: str, path: str) -> str:
        with self.browser(who) as browser:
            answer = browser.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            return answer.text

    def post(self, who: str, path: str, **data: str) -> httpx.Response:
        with self.browser(who) as browser:
            return browser.post(path, data=data, headers=JSON if path == "/room/notes" else {})

    def cut(self) -> None:
        """The power goes and comes back."""
        self.server.kill()
        self.server.start()


def shown(page: str) -> list[str]:
    """What a screen shows: everything that follows live, without one-time keys and the clock's
    moment of asking."""
    parts = re.findall(r'<(?:div|section)[^>]*id="(part-[a-z]+)"[^>]*data-live-part[^>]*>(.*?)'
                       r'(?=<(?:div|section)[^>]*data-live-part|<div id="live")', page, re.S)
    return [
        name + re.sub(r'(name="once" value|data-now)="[^"]*"', "", words) for name, words in parts
    ]


@pytest.fixture
def hall(site: Site, clock: TurnableClock, jury: dict[str, Any]) -> Iterator[Hall]:
    clock.now = START  # as the server's own

    def lead_session(work: Work) -> str:
        return security.open_session(work, None, person_id=jury["lead"].person_id)

    def second_session(work: Work) -> str:
        return security.open_session(work, None, person_id=jury["second"].person_id)

    cookies = {"lead": {"session": build.do(site, lead_session)},
               "second": {"session": build.do(site, second_session)}}
    known = codes(site, jury)
    with site.database.reading() as session:
        found = jury_of(session, jury["process"])
        assert found is not None
        person = found.jurors[0].id
    site.work.close()  # the server is the only writer from here on
    server = Killable(site.settings.data)
    try:
        server.start()
        made = Hall(server, cookies)
        made.enter("table", known["table", 2])
        made.enter("juror", known["juror", person])
        made.cookies["ids"] = {"session": str(jury["sessions"][0]), "juror": str(person)}
        yield made
    finally:
        server.close()


def test_everything_is_there_again_after_the_power_was_cut(hall: Hall) -> None:
    session, person = hall.cookies["ids"]["session"], hall.cookies["ids"]["juror"]
    votes = f"{CONSOLE}/votes"
    steps = [
        ("lead", CONSOLE, {"act": "start", "version": "0"}),
        ("lead", CONSOLE, {"act": "came", "which": person}),
        ("lead", f"{CONSOLE}/pack", {}),
        ("lead", CONSOLE, {"act": "next", "version": "1"}),
        ("lead", CONSOLE, {"act": "extend", "version": "2", "which": "5"}),
        ("lead", f"{CONSOLE}/pack", {}),
        ("table", "/room/notes", {"act": "write", "session": session, "text": "A ramp",
                                  "client_id": "device-note-1"}),
        ("lead", CONSOLE, {"act": "say", "words": "Lunch is at one"}),
        ("lead", votes, {"kind": "comfort", "title": "More benches"}),
        ("juror", "/room/vote", {"poll": "1", "answer": "like"}),
        ("lead", votes, {"act": "key", "which": "1", "slips": ""}),
    ]
    for number, (who, path, data) in enumerate(steps):
        answer = hall.post(who, path, once=f"step-{number}", **data)
        assert answer.status_code == 200, (who, path, data, answer.status_code)
    before = shown(hall.get("lead", CONSOLE))
    wall = shown(hall.get("table", "/room/screen"))
    voted = "Your vote is in" in hall.get("juror", "/room/screen")
    assert voted and any("A ramp" in one for one in before) and len(before) > 5
    hall.cut()
    assert shown(hall.get("lead", CONSOLE)) == before
    assert shown(hall.get("table", "/room/screen")) == wall
    assert "Your vote is in" in hall.get("juror", "/room/screen"), "sealed votes are kept"
    again = hall.post("table", "/room/notes", act="write", session=session, text="A ramp",
                      client_id="device-note-1")
    assert again.status_code == 200
    assert hall.get("lead", CONSOLE).count("A ramp") == before_count(before), "once, not twice"
    late = hall.post("lead", CONSOLE, act="next", version="2", once="old")
    assert late.status_code == 422 and "Somebody else was faster" in late.text
    assert hall.post("lead", CONSOLE, act="next", version="3", once="new").status_code == 200
    closed = hall.post("lead", votes, act="close", which="1", once="close")
    assert "1 of 1 jurors" in closed.text, "what was cast before the cut is counted after it"


def before_count(parts: list[str]) -> int:
    return sum(one.count("A ramp") for one in parts)


def test_the_printed_pack_is_at_most_one_part_old(hall: Hall) -> None:
    """Whoever prints at each part, as the screen says, has this part and the next on the tables
    whenever the power goes."""
    hall.post("lead", CONSOLE, act="start", version="0", once="s")
    for version in range(1, 4):
        pack = hall.get("lead", f"{CONSOLE}/pack")
        titles = re.findall(r"<h3>(?:Now|Then): ([^/<]+)", pack)[:2]
        hall.post("lead", f"{CONSOLE}/pack", once=f"p{version}")
        assert "The pack holds" in hall.get("lead", CONSOLE)
        hall.cut()
        console = hall.get("lead", CONSOLE)
        assert "The pack holds" in console
        now = re.search(r'<h1 class="now-title[^"]*">([^<]+)', console)
        assert now is not None and now[1].strip() == titles[0].strip()
        assert hall.get("lead", f"{CONSOLE}/pack").count(f"Now: {titles[0].strip()}") == 4
        hall.post("lead", CONSOLE, act="next", version=str(version), once=f"n{version}")
        later = hall.get("lead", CONSOLE)
        assert "The pack ends with this part" in later, "one part old, and the screen says so"
        assert titles[1].strip() in later
