"""Plain builders: the smallest whole thing of each kind, with what a test names put in.

They write rows directly, since how things come to be is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from pb.accounts.models import Person
from pb.accounts.queries import actor_for
from pb.accounts.services import give_role, new_person
from pb.core import security
from pb.core.site import Site
from pb.core.work import SYSTEM, Actor, Work, command
from pb.processes.models import Area, Council, Phase, Process
from pb.processes.queries import process_by_slug
from pb.projects.models import CostLine, Project, ProjectObjection
from tests.support.clock import START

WEEK = timedelta(days=7)
TIMETABLE = (
    ("ideas", START - 8 * WEEK, START - 6 * WEEK),
    ("assessment", START - 6 * WEEK, START - 1 * WEEK),
    ("voting", START - 1 * WEEK, START + 1 * WEEK),
    ("count", START + 1 * WEEK, START + 2 * WEEK),
    ("results", START + 2 * WEEK, None),
)
WHEN = {
    "before": START - 9 * WEEK,
    "ideas": START - 7 * WEEK,
    "assessment": START - 3 * WEEK,
    "voting": START,
    "count": START + WEEK + timedelta(hours=1),
    "results": START + 3 * WEEK,
}
"""A moment inside each phase of the timetable."""


def do(site: Site, function: Any, *arguments: Any, actor: Actor = SYSTEM) -> Any:
    """Run any function of a Work in a transaction."""
    marked = function if hasattr(function, "command") else command(audited=False)(function)
    return site.work.run(marked, actor, *arguments)


def a_council(site: Site, languages: Sequence[str] = ("en", "cy")) -> None:
    def make(work: Work) -> None:
        if work.session.scalar(select(Council.id)) is None:
            work.session.add(
                Council(
                    name={"en": "Testing Town", "cy": "Tre’r Profi"}, claim={},
                    languages=list(languages), time_zone="Europe/London", address={},
                    phone="01632 960000", email="help@example.com", made_at=work.now,
                )
            )

    make.__module__ = __name__
    do(site, make)


def a_person(
    site: Site, name: str = "Mair", role: str | None = None, process: str | None = None,
    language: str = "en",
) -> int:
    """A person, with a role in a process (by slug) or, without one, in the installation."""

    def make(work: Work) -> int:
        person = new_person(work, name, f"{name.lower().replace(' ', '.')}@example.com", language)
        if role:
            scope = process_by_slug(work.session, process).id if process else None
            give_role(work, person.id, role, scope)
        return person.id

    a_council(site)
    return int(do(site, make))


def actor(site: Site, person_id: int) -> Actor:
    with site.database.reading() as session:
        return actor_for(session, person_id)


def signed_in(site: Site, browser: Any, person_id: int) -> None:
    """Give a browser the session of a person."""

    def make(work: Work) -> str:
        return security.open_session(work, None, person_id=person_id)

    browser.cookies.set("session", do(site, make), domain="testserver.local")


def a_process(
    site: Site,
    slug: str = "shared-budget",
    *,
    phase: str = "voting",
    kind: str = "approval",
    method: str = "greedy",
    projects: int = 6,
    areas: Sequence[tuple[str, int]] = (("riverside", 6_000_000), ("quay", 4_500_000)),
    whole: int = 3_500_000,
    state: str = "published",
    seats: int = 0,
    settings: dict[str, Any] | None = None,
    max_choices: int | None = 5,
    max_points: int | None = None,
    timetable: Sequence[tuple[str, datetime, datetime | None]] = TIMETABLE,
    opened: bool = True,
) -> int:
    """A process with areas and projects (numbered from 1, dealt to the areas in turn).

    The clock is turned to a moment inside the phase. Each phase opens by its date, as if the
    worker had checked it; with ``opened=False`` none has been opened, and the worker has to.
    """

    def make(work: Work) -> int:
        process = Process(
            slug=slug, state=state, name={"en": "Shared budget", "cy": "Y gyllideb a rennir"},
            headline={}, lead={}, who_decides={},
            purpose={"en": "Money for the town.", "cy": "Arian i’r dref."},
            rule_reason={"en": "It is simple.", "cy": "Mae’n syml."}, rule_chosen_at=work.now,
            time_zone="Europe/London", ballot_kind=kind, method=method,
            method_settings=settings or {}, seats=seats, max_choices=max_choices,
            max_points=max_points, lot_seed="0" * 64, map={}, source={}, made_at=work.now,
        )
        process.phases = [
            Phase(kind=one, name={}, summary={}, opens_at=opens, closes_at=closes,
                  opened_at=opens if opened else None)
            for one, opens, closes in timetable
        ]
        process.areas = [
            Area(key=key, name={"en": key.title(), "cy": f"Ardal {key}"}, description={},
                 budget=budget, population=1000, position=position)
            for position, (key, budget) in enumerate(areas)
        ]
        if whole or not areas:
            process.areas.append(
                Area(key="", name={"en": "The whole town", "cy": "Y dref gyfan"}, description={},
                     budget=whole, population=None, position=99, whole=True)
            )
        work.session.add(process)
        work.session.flush()
        for number in range(1, projects + 1):
            area = process.areas[(number - 1) % len(process.areas)]
            work.session.add(a_project(process.id, area.id, number))
        return process.id

    a_council(site)
    made = int(do(site, make))
    site.clock.now = WHEN[phase]  # type: ignore[attr-defined]
    return made


def a_project(process_id: int, area_id: int, number: int, cost: int = 1_000_000) -> Project:
    return Project(
        process_id=process_id, area_id=area_id, number=number, option_id=str(number),
        title={"en": f"Project {number}", "cy": f"Prosiect {number}"},
        summary={"en": f"Summary {number}.", "cy": f"Crynodeb {number}."},
        body={"en": f"Words {number}.", "cy": f"Geiriau {number}."},
        place={"en": "By the bridge", "cy": "Ger y bont"}, x=500, y=350, cost=cost,
        picture_alt={}, author="A resident", reason={"en": "It can be done.",
                                                     "cy": "Gellir ei wneud."},
        reason_by="An officer",
        costs=[CostLine(position=1, label={"en": "All of it", "cy": "Y cyfan"}, amount=cost)],
        objections=[ProjectObjection(author="A neighbour", text={"en": "Too dear.",
                                                                 "cy": "Rhy ddrud."})],
    )


def the_person(site: Site, person_id: int) -> Person:
    with site.database.reading() as session:
        person = session.get_one(Person, person_id)
        session.expunge(person)
        return person
