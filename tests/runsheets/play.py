"""A jury on its run-sheet: the hall with everybody in it, and the parts of each session in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deliberation.allocation.models import Allocation
from deliberation.panels.queries import jury_of
from deliberation.sessions import queries
from deliberation.sessions.plan import Item, Plan, runsheet
from pb.core.site import Site
from tests.runsheets.cast import (
    LOOKERS,
    Hall,
    JurorPhone,
    Lead,
    Official,
    Screen,
    TableScreen,
    Whisperer,
)
from tests.support.clock import TurnableClock

ZONE = ZoneInfo("Europe/London")
CHARTER = ("We listen before we answer. Nia is there in a conflict.",
           "Gwrandawn cyn ateb. Mae Nia yno os bydd gwrthdaro.")


class Phones(dict[str, JurorPhone]):
    """The jurors' phones by name; one is let in when it is first taken out of a pocket."""

    def __init__(self, hall: Hall, codes: Mapping[str, tuple[str, str]]) -> None:
        super().__init__()
        self.hall, self.codes = hall, codes

    def __missing__(self, name: str) -> JurorPhone:
        self[name] = JurorPhone(self.hall, *self.codes[name])
        return self[name]

    def everybody(self) -> list[JurorPhone]:
        return [self[name] for name in self.codes]


class Play:
    """A jury from its first page on. ``seen``: what the parts of the running session have left
    behind, by their places, as the play has seen it stored and shown."""

    def __init__(self, site: Site, clock: TurnableClock, process: int, plan: str, *,
                 jurors: int, reserves: int, tables: int, first_day: date) -> None:
        self.site, self.clock, self.process = site, clock, process
        self.plan: Plan = runsheet(plan)
        self.first_day, self.tables = first_day, tables
        self.hall = Hall(site, clock)
        self.names = [f"Juror {number:02}" for number in range(1, jurors + 1)]
        self.reserves = [f"Reserve {number}" for number in range(1, reserves + 1)]
        self.seen: dict[int, str] = {}
        self.away: tuple[str, ...] = ()
        """Jurors who did not come to the running session."""
        self.came: Counter[str] = Counter()
        self.allocated: dict[int, Allocation] = {}
        """Which table tests and which one checks each project, as it is stored; in the lot's order.
        """
        self.session = 0
        self._place = 0
        self.turn_to(first_day - timedelta(days=7), time(9, 0))
        self.lead = Lead(self.hall)
        self.second = Lead(self.hall, "Huw")
        self.official = Official(self.hall)
        self._prepare(plan)

    # -- before ------------------------------------------------------------------------------

    def _prepare(self, plan: str) -> None:
        lead = self.lead
        lead.begin_a_jury(
            name_en="Our jury", name_cy="Ein rheithgor", remit_en="What shall the money do?",
            remit_cy="Beth ddylai’r arian ei wneud?", promise_en="Each one gets a written reply.",
            promise_cy="Caiff pob un ateb ysgrifenedig.", commissioners="Police, fire, council",
            reply_by=str(self.first_day + timedelta(days=51)), conflict_name="Nia",
            conflict_contact="ext. 4",
        )
        lead.write_the_charter(*CHARTER)
        lead.seat_the_jury([
            *(f"{name}; p{place}; ; {'Welsh' if place % 4 == 0 else ''}"
              for place, name in enumerate(self.names, 1)),
            *(f"{name}; r{place}; reserve" for place, name in enumerate(self.reserves, 1)),
        ])
        lead.plan(plan, str(self.first_day), self.tables)
        for number in range(1, len(self.plan.sessions) + 1):
            lead.seats(number)
        self.codes = lead.print_codes()

    def _let_in(self) -> None:
        """Everybody's screen is let in by its own code."""
        codes, hall = self.codes, self.hall
        self.phones = Phones(hall, {
            name: (codes[f"{place} {name}"], "cy" if place % 4 == 0 else "en")
            for place, name in enumerate([*self.names, *self.reserves], 1)
        })
        self.table_screens = [
            TableScreen(hall, codes[f"Table {number}"]) for number in range(1, self.tables + 1)
        ]
        self.whisperer = Whisperer(hall, codes[LOOKERS["whisperer"]])
        self.lookers = {role: Screen(hall, codes[LOOKERS[role]])
                        for role in ("wall", "observer", "witness", "official", "evaluator")}
        self.wall = self.lookers["wall"]

    # -- the clock and the plan --------------------------------------------------------------

    def turn_to(self, day: date, at: time) -> None:
        self.clock.now = datetime.combine(day, at, ZONE).astimezone(self.clock.now.tzinfo)

    @property
    def item(self) -> Item:
        return self.plan.sessions[self.session - 1].items[self._place]

    def begin(self, number: int) -> None:
        """Everybody is in the hall: the session begins on its day, on time."""
        self.session, self._place, self.seen = number, 0, {}
        self.turn_to(self.first_day + timedelta(days=7 * (number - 1)),
                     self.plan.sessions[number - 1].start)
        self.lead.sign_in()
        self.second.sign_in()
        self.second.session = number
        self.official.sign_in()
        self._let_in()
        self.lead.begin(number)
        self._seen_by(self.everybody())

    def go_on(self, kind: str) -> None:
        """The part's time is over; the next one is of this kind, on every screen: the wall and the
        Welsh phone are looked at each time, the others in turn."""
        self.clock.turn(minutes=self.item.minutes)
        self.lead.next()
        self._place += 1
        assert self.item.kind == kind, f"the run-sheet has {self.item.kind}: {self.item.title}"
        others = self.everybody()[1:]
        turn = self._place * 3 % len(others)
        self._seen_by([self.wall, *(others + others)[turn:turn + 3]])

    def end(self) -> None:
        """The last part is over. Every part has left behind what the plan says, and no more."""
        self.clock.turn(minutes=self.item.minutes)
        self.lead.next()
        items = self.plan.sessions[self.session - 1].items
        assert self._place == len(items) - 1
        assert self.stored().session.state == "ended"
        planned = {place: one.out for place, one in enumerate(items) if one.out}
        assert self.seen == planned, f"session {self.session} left {self.seen}, not {planned}"

    def everybody(self) -> list[Screen]:
        """A screen of every kind, the wall first, and of every table."""
        return [self.wall, *(one for one in self.lookers.values() if one is not self.wall),
                self.whisperer, *self.table_screens, self.phones[self.names[0]]]

    def _seen_by(self, screens: Iterable[Screen]) -> None:
        """These screens show what is now; the clock is the server's."""
        title = self.item.title
        until = self.clock.now + timedelta(minutes=self.item.minutes)
        ends = f'data-ends="{round(until.timestamp() * 1000)}"'
        for screen in screens:
            page = screen.look()
            assert title["en"] in page, (screen, title)
            assert ends in page.html, (screen, until)
        welsh = self.phones[self.names[3]].look()
        assert title["cy"] in welsh

    def out(self, name: str) -> None:
        """What the running part leaves behind has been seen, stored and shown."""
        assert self.item.out == name, (self.item.out, name)
        assert self._place not in self.seen, f"{name} was seen twice"
        self.seen[self._place] = name

    # -- what is stored ----------------------------------------------------------------------

    def stored(self, number: int = 0) -> Any:
        """The room of the running session, or of another one, read anew."""
        with self.site.database.reading() as session:
            jury = jury_of(session, self.process)
            assert jury is not None
            one = queries.session_by_number(session, jury.id, number or self.session)
            assert one is not None
            found = queries.room_of(session, jury, one, self.clock.now)
            session.expunge_all()
            return found

    def table_of(self, name: str, session: int = 0) -> int:
        for view in self.stored(session).tables:
            if any(juror.name == name for juror, _seat in view.people):
                return int(view.table.number)
        raise AssertionError(f"{name} has no seat")

    # -- what happens in every session -------------------------------------------------------

    def check_in(self, absent: tuple[str, ...] = ()) -> None:
        """Who is here is noted at the door, by name."""
        self.away = absent
        here = [name for name in self.names if name not in absent]
        self.came.update(here)
        self.lead.here(here)
        room = self.stored()
        assert room.present == len(here)
        assert f"{len(here)} of {len(self.names)} here" in self.lead.look()
        assert sorted(
            juror.name for view in room.tables for juror, seat in view.people if seat.came_at
        ) == here
        for number, screen in enumerate(self.table_screens, 1):
            page = screen.look()
            mine = [juror.name for juror, _seat in room.tables[number - 1].people]
            assert all(name in page for name in mine)
            assert not any(name in page for name in here if name not in mine)

    def everybody_votes(self, answers: Mapping[str, Mapping[str, str]]) -> None:
        for name, answer in answers.items():
            self.phones[name].vote(**answer)

    def slips(self, slips: str, misread: str = "") -> None:
        """Slips are read by two people, each alone; where they differ, the vote stays open."""
        self.lead.read_slips(slips)
        self.second.open(f"{self.second.console}/votes")
        if misread:
            assert "Not the same" in self.second.read_slips(misread)
            self.lead.close_vote(422)
        assert "Both lists are the same" in self.second.read_slips(slips)
