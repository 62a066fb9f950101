"""The demo's voters: drawn from a seed, with tastes that follow wards and prices.

Each project has a popularity; each voter a leaning to their own ward, to cheap or to large
projects, and to a few of each at random. No figure here is meant to say anything about people.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pb.processes.models import Process
from pb.projects.models import Project
from voting import Approval, Content, Ranking

ENTITLED_SHARE = 0.88
"""Of the population: eleven years and over."""
VOTING_SHARE = 0.17
BLANK_SHARE = 0.006


@dataclass(frozen=True)
class Voter:
    """``content`` is None for whoever has not voted."""

    area_id: int
    ballot_id: str
    voted_on: date | None
    content: Content | None


def electorate(
    chance: random.Random, process: Process, projects: Sequence[Project], opened: datetime,
    now: datetime,
) -> Iterator[Voter]:
    """Every entitled voter of the process, ward by ward."""
    closes = next(phase.closes_at for phase in process.phases if phase.kind == "voting") or now
    days = max(1, (closes.date() - opened.date()).days)
    popularity = {project.option_id: chance.lognormvariate(0, 0.8) for project in projects}
    whole = {area.id for area in process.areas if area.whole}
    for area in process.areas:
        if area.whole:
            continue
        mine = [one for one in projects if one.area_id == area.id or one.area_id in whole]
        for _ in range(round((area.population or 0) * ENTITLED_SHARE)):
            ballot_id = f"{chance.getrandbits(128):032x}"
            day = opened.date() + timedelta(days=_day(chance, days))
            votes = chance.random() < VOTING_SHARE and day < now.date()
            content = _content(chance, process, mine, popularity) if votes else None
            yield Voter(area.id, ballot_id, day if votes else None, content)


def _day(chance: random.Random, days: int) -> int:
    """Many vote in the first days and in the last two."""
    if chance.random() < 0.55:
        return min(days, int(chance.expovariate(0.45)))
    return days - min(days, int(chance.expovariate(0.35)))


def _content(
    chance: random.Random, process: Process, mine: Sequence[Project],
    popularity: dict[str, float],
) -> Content:
    if chance.random() < BLANK_SHARE:
        chosen: list[str] = []
    else:
        thrift = chance.gauss(0, 0.4)
        wanted = {
            one.option_id: popularity[one.option_id]
            * (1_500_000 / (one.cost + 300_000)) ** thrift * chance.lognormvariate(0, 0.9)
            for one in mine
        }
        most = min(process.max_choices or 5, len(wanted))
        number = min(most, 1 + sum(chance.random() < 0.72 for _ in range(most - 1)))
        chosen = sorted(wanted, key=lambda option: (-wanted[option], option))[:number]
    return Ranking(tuple(chosen)) if process.ballot_kind == "ranked" else Approval(tuple(chosen))
