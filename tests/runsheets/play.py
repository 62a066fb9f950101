"""A jury on its run-sheet: the hall with everybody in it, and the parts of each session in turn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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


class Play:
    """A jury from its first page on. ``outs`` are what the parts have left behind so far, as the
    play has seen it stored and shown."""

    def __init__(self, site: Site, clock: TurnableClock, process: int, plan: str, *,
                 jurors: int, reserves: int, tables: int, first_day: date) -> None:
        self.site, self.clock, self.process = site, clock, process
        self.plan: Plan = runsheet(plan)
        self.first_day, self.tables = first_day, tables
        self.hall = Hall(site, clock)
        self.names = [f"Juror {number:02}" for number in range(1, jurors + 1)]
        self.reserves = [f"Reserve {number}" for number in range(1, reserves + 1)]
        self.outs: set[str] = set()
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
        self.codes = lead.print_codes()

    def _let_in(self) -> None:
        """Everybody's screen is let in by its own code."""
        codes, hall = self.codes, self.hall
        self.phones = {
            name: JurorPhone(hall, codes[f"{place} {name}"], "cy" if place % 4 == 0 else "en")
            for place, name in enumerate([*self.names, *self.reserves], 1)
        }
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
        self.session, self._place = number, 0
        self.turn_to(self.first_day + timedelta(days=7 * (number - 1)),
                     self.plan.sessions[number - 1].start)
        self.lead.sign_in()
        self.second.sign_in()
        self.second.session = number
        self.official.sign_in()
        self._let_in()
        self.lead.begin(number)
        self._seen_by_all()

    def go_on(self, kind: str) -> None:
        """The part's time is over; the next one is of this kind, on every screen."""
        self.clock.turn(minutes=self.item.minutes)
        self.lead.next()
        self._place += 1
        assert self.item.kind == kind, f"the run-sheet has {self.item.kind}: {self.item.title}"
        self._seen_by_all()

    def end(self) -> None:
        self.clock.turn(minutes=self.item.minutes)
        self.lead.next()
        assert self._place == len(self.plan.sessions[self.session - 1].items) - 1
        assert self.stored().session.state == "ended"

    def _seen_by_all(self) -> None:
        """Every kind of screen shows what is now; the clock is the server's."""
        title = self.item.title
        until = self.clock.now + timedelta(minutes=self.item.minutes)
        ends = f'data-ends="{round(until.timestamp() * 1000)}"'
        for screen in (*self.lookers.values(), self.whisperer, *self.table_screens,
                       self.phones[self.names[0]]):
            page = screen.look()
            assert title["en"] in page, (screen, title)
            assert ends in page.html, (screen, until)
        welsh = self.phones[self.names[3]].look()
        assert title["cy"] in welsh

    def out(self, name: str) -> None:
        """What the running part leaves behind has been seen, stored and shown."""
        assert self.item.out == name, (self.item.out, name)
        self.outs.add(name)

    # -- what is stored ----------------------------------------------------------------------

    def stored(self) -> Any:
        """The running session's room, read anew."""
        with self.site.database.reading() as session:
            jury = jury_of(session, self.process)
            assert jury is not None
            one = queries.session_by_number(session, jury.id, self.session)
            assert one is not None
            found = queries.room_of(session, jury, one, self.clock.now)
            session.expunge_all()
            return found

    def table_of(self, name: str) -> int:
        for view in self.stored().tables:
            if any(juror.name == name for juror, _seat in view.people):
                return int(view.table.number)
        raise AssertionError(f"{name} has no seat")

    # -- what happens in every session -------------------------------------------------------

    def check_in(self, absent: tuple[str, ...] = ()) -> None:
        """Who is here is noted at the door, by name."""
        self.lead.look()
        here = [name for name in self.names if name not in absent]
        for name in here:
            self.lead.here(name)
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
        if misread:
            assert "Not the same" in self.second.read_slips(misread)
            self.lead.close_vote(422)
        assert "Both lists are the same" in self.second.read_slips(slips)
