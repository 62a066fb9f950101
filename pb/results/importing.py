"""Making a finished process of a file: the election as it was, marked as imported.

The commands write in chunks, as a city's ballots are too many for one transaction; until the
last chunk is in, the process is a draft that nobody sees and that the next try replaces.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from sqlalchemy import delete, insert, select

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.ballots.content import to_json
from pb.ballots.models import BallotGroup
from pb.core.errors import Conflict, Invalid
from pb.core.work import Work, command
from pb.processes.models import Area, Phase, Process
from pb.processes.queries import the_council
from pb.processes.services import slug_of
from pb.projects.models import Project
from pb.results.models import Count
from voting import Content, Contest
from voting.formats import Election

CHUNK = 5000
NO_CURRENCY = "XXX"
"""ISO 4217's code for "no currency"."""
BARRED = str.maketrans("łŁøØđĐßæÆœŒ", "lLoOdDsaAoO")
"""Letters that Unicode does not take apart."""
DATES = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


@dataclass(frozen=True)
class Source:
    """What is known of a file beside its election: name, digest and what it says of itself."""

    file: str
    sha256: str
    facts: Mapping[str, str]

    @property
    def language(self) -> str:
        """The language of the file's texts, where it says so; else English."""
        told = self.facts.get("language", "").strip().lower()[:3]
        return told if told.isalpha() and len(told) >= 2 else "en"


def facts_of(head: str) -> dict[str, str]:
    """The lines of a Pabulib file's META section; nothing for other formats."""
    lines = iter(head.lstrip("\ufeff").splitlines())
    if next(lines, "").strip().upper() != "META":
        return {}
    facts = {}
    for line in lines:
        if line.strip().upper() == "PROJECTS":
            break
        key, _, value = line.partition(";")
        facts[key.strip()] = value.strip().strip('"')
    return facts


def address_of(name: str) -> str:
    """The address of an imported process: letters without their accents, "lodz" for Łódź."""
    plain = unicodedata.normalize("NFKD", name.translate(BARRED))
    return slug_of("".join(one for one in plain if not unicodedata.combining(one)))


def in_currency(election: Election) -> tuple[Contest, str]:
    """The contest with money in the currency's minor units. Errors: Invalid("import.scale").

    A file's own unit may be whole złoty; here a złoty is 100 minor units, as everywhere. The
    factor is the same for all amounts, so no outcome changes.
    """
    contest = election.contest
    told = election.currency.strip().upper()
    currency = told if len(told) == 3 and told.isalpha() and told.isascii() else NO_CURRENCY
    scale = 10 ** get_currency_precision(currency)
    factor, rest = divmod(scale, election.money_scale)
    if rest or not factor:
        raise Invalid("import.scale", currency=currency)
    settings = dict(contest.settings)
    increment = settings.get("increment")
    if isinstance(increment, int):
        settings["increment"] = increment * factor
    return replace(
        contest,
        options=tuple(
            replace(option, cost=option.cost * factor) for option in contest.options
        ),
        budgets={area: money * factor for area, money in contest.budgets.items()},
        settings=settings,
    ), currency


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    for pattern in DATES:
        try:
            day = datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
        return datetime.combine(day, time(0), zone).astimezone(UTC)
    return None


def _phases(source: Source, zone: ZoneInfo, now: datetime) -> list[Phase]:
    """The vote at its dates where the file has them, and the result from now on."""
    phases = []
    opened = _moment(source.facts.get("date_begin", ""), zone)
    closed = _moment(source.facts.get("date_end", ""), zone)
    if opened and closed and opened <= closed and closed + timedelta(days=1) < now:
        phases.append(Phase(kind="voting", name={}, summary={}, opens_at=opened,
                            closes_at=closed + timedelta(days=1), opened_at=opened,
                            closed_at=closed + timedelta(days=1)))
    phases.append(Phase(kind="results", name={}, summary={}, opens_at=now, closes_at=None,
                        opened_at=now))
    return phases


@command()
def begin_import(work: Work, name: str, election: Election, source: Source) -> int:
    """Make the draft of an imported process with its options, without ballots; its id.

    A try that was cut short is replaced. Errors: Conflict("import.exists"), Invalid.
    """
    require(work, Permission.INSTALL)
    slug = address_of(name)
    known = work.session.scalar(select(Process).where(Process.slug == slug))
    if known is not None:
        if known.state != "draft" or known.source.get("state") != "importing":
            raise Conflict("import.exists", name=name, slug=slug)
        _remove(work, known)
    contest, currency = in_currency(election)
    language = source.language
    zone = the_council(work.session).time_zone
    phases = _phases(source, ZoneInfo(zone), work.now)
    process = Process(
        slug=slug, state="draft", name={language: name}, headline={}, lead={}, purpose={},
        who_decides={}, rule_reason={}, rule_chosen_at=phases[0].opens_at, currency=currency,
        time_zone=zone, ballot_kind=contest.kind, method=contest.method,
        method_settings=_settings(contest), seats=contest.seats,
        max_choices=contest.max_choices, max_points=contest.max_points,
        min_support=contest.min_support,
        lot_seed=hashlib.sha256(f"import\n{source.sha256}".encode()).hexdigest(),
        map={}, made_at=work.now,
        source={
            "state": "importing", "file": source.file, "sha256": source.sha256,
            "format": election.format, "title": election.title, "language": language,
            "rule_recorded": election.method_recorded, "refused": election.refused,
            "remarks": len(election.faults), "place": source.facts.get("unit", ""),
        },
    )
    process.phases = phases
    process.areas = _areas(contest, language)
    work.session.add(process)
    work.session.flush()
    _add_projects(work, process, contest, language)
    work.about("process", process.id, scope=process.id, file=source.file, digest=source.sha256)
    return process.id


def _settings(contest: Contest) -> dict[str, Any]:
    """The rule's settings and the groups of which one at most may win, as JSON values."""
    settings: dict[str, Any] = dict(contest.settings)
    if contest.groups:
        settings["groups"] = [
            {"id": group.id, "options": sorted(group.options),
             "exclusive_on_ballot": group.exclusive_on_ballot}
            for group in contest.groups
        ]
    return settings


def _areas(contest: Contest, language: str) -> list[Area]:
    keys = dict.fromkeys(["", *contest.budgets, *(option.area for option in contest.options)])
    return [
        Area(
            key=key, budget=contest.purse(key), population=None, description={},
            name={language: key} if key else {"en": "Everyone", "cy": "Pawb"},
            position=position, whole=not key,
        )
        for position, key in enumerate(keys)
    ]


def _add_projects(work: Work, process: Process, contest: Contest, language: str) -> None:
    areas = {area.key: area.id for area in process.areas}
    rows = [
        {
            "process_id": process.id, "area_id": areas[option.area], "number": number,
            "option_id": option.id, "title": {language: option.name or option.id},
            "summary": {language: option.note} if option.note else {}, "body": {}, "place": {},
            "x": None, "y": None, "cost": option.cost, "picture": "", "picture_alt": {},
            "author": "", "reason": {}, "reason_by": "",
        }
        for number, option in enumerate(contest.options, 1)
    ]
    for start in range(0, len(rows), CHUNK):
        work.connection.execute(insert(Project), rows[start : start + CHUNK])


Groups = Sequence[tuple[Content, int]]


def chunks(groups: Mapping[Content, int]) -> Iterator[Groups]:
    """Grouped ballots, some thousands at a time, in the order of the file."""
    left = iter(groups.items())
    while chunk := list(islice(left, CHUNK)):
        yield chunk


@command()
def add_ballots(work: Work, process_id: int, groups: Groups) -> None:
    """Put a chunk of grouped ballots into the draft of an imported process."""
    require(work, Permission.INSTALL)
    work.connection.execute(
        insert(BallotGroup),
        [
            {"process_id": process_id, "content": to_json(content), "number": number}
            for content, number in groups
        ],
    )
    work.about("process", process_id, scope=process_id, groups=len(groups))


@command()
def finish_import(work: Work, process_id: int) -> str:
    """Everything is in: the process becomes public. Its slug."""
    require(work, Permission.INSTALL)
    process = work.session.get_one(Process, process_id)
    process.state = "published"
    process.source = {**process.source, "state": "imported"}
    work.about("process", process_id, scope=process_id)
    return process.slug


@command()
def discard_import(work: Work, process_id: int) -> None:
    """Take away what a failed import had written."""
    require(work, Permission.INSTALL)
    process = work.session.get_one(Process, process_id)
    if process.source.get("state") == "importing":
        _remove(work, process)
    work.about("process", process_id)


def _remove(work: Work, process: Process) -> None:
    for table in (BallotGroup, Count, Project, Area, Phase):
        work.session.execute(delete(table).where(table.process_id == process.id))
    work.session.expire_all()
    work.session.execute(delete(Process).where(Process.id == process.id))
    work.session.expunge_all()
