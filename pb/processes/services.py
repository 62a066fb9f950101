"""Commands on the council and its processes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Container, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pb.access.permissions import Permission
from pb.access.policy import ADMINISTRATOR, LEAD, require
from pb.accounts import twofold
from pb.accounts.models import Act
from pb.accounts.services import give_role, link_token, new_link, new_person
from pb.core.errors import Conflict, Invalid
from pb.core.work import Work, command
from pb.processes import checks
from pb.processes.checks import lacks
from pb.processes.copying import ask_archive as ask_archive
from pb.processes.copying import copy_of as copy_of
from pb.processes.copying import copy_process as copy_process
from pb.processes.copying import free_slug as free_slug
from pb.processes.models import Area, Council, Process
from pb.processes.notices import need_reason, notice, reworded
from pb.processes.notices import the_process as the_process
from pb.processes.rules import BEFORE_THE_VOTE
from pb.processes.timetable import ask_dates as ask_dates
from pb.processes.timetable import ask_early as ask_early
from pb.processes.timetable import edit_dates as edit_dates
from pb.processes.timetable import edit_step as edit_step
from pb.processes.timetable import plan_dates as plan_dates
from pb.processes.values import AreaValue, Reason, RuleValue
from pb.processes.values import Basics as Basics
from pb.processes.values import PhaseValue as PhaseValue


@command()
def install(
    work: Work, name: dict[str, str], languages: list[str], time_zone: str, official: str,
    email: str,
) -> str:
    """Set the council up with its first official; that person's sign-in token. Once only."""
    require(work, Permission.INSTALL)
    if work.session.scalar(select(Council.id).limit(1)) is not None:
        raise Conflict("council.exists")
    work.session.add(
        Council(
            name=name, claim={}, languages=languages, time_zone=time_zone, address={},
            made_at=work.now,
        )
    )
    person = new_person(work, official, email, languages[0])
    give_role(work, person.id, ADMINISTRATOR, None)
    link = new_link(work, person.id)
    work.about("council", None)
    return link_token(work.site.secrets, link)


@command()
def edit_council(work: Work, values: dict[str, Any]) -> None:
    """Change the council's name, claim, address, phone and email, as read by CouncilForm."""
    require(work, Permission.EDIT_COUNCIL)
    council = work.session.scalars(select(Council).limit(1)).one()
    for name, value in values.items():
        setattr(council, name, value)
    work.about("council", council.id, changed=sorted(values))


def slug_of(name: str) -> str:
    """An address made of a name: small letters, figures and dashes."""
    folded = re.sub(r"[^a-z0-9]+", "-", name.casefold().replace("’", "")).strip("-")
    return folded[:60].strip("-") or "process"


@command()
def create_process(work: Work, values: Basics) -> str:
    """Make a draft with good defaults; whoever makes it leads it. Its slug."""
    require(work, Permission.CREATE_PROCESS)
    council = work.session.scalars(select(Council).limit(1)).one()
    wanted = slug_of(values.name.get("en") or values.name.get("cy", ""))
    slug = free_slug(work, wanted)
    process = Process(
        slug=slug, state="draft", name=values.name, headline={}, lead=values.lead,
        purpose=values.purpose, who_decides={}, rule_reason={}, rule_chosen_at=work.now,
        time_zone=council.time_zone, ballot_kind="approval", method="equal-shares",
        method_settings={}, max_choices=5,
        lot_seed=secrets.token_hex(32), map={}, source={}, made_at=work.now,
        made_by=work.actor.person_id,
    )
    process.areas = [
        Area(key="", name={"en": "The whole town", "cy": "Y dref gyfan"}, description={},
             budget=0, population=None, position=99, whole=True)
    ]
    work.session.add(process)
    work.session.flush()
    if work.actor.person_id is not None:
        give_role(work, work.actor.person_id, LEAD, process.id)
    work.about("process", process.id, scope=process.id)
    return slug


@command()
def edit_basics(
    work: Work, process_id: int, values: Basics, reason: Reason | str = ""
) -> None:
    """Change names and texts. What a public process is for, and who decides in it, is changed with
    a reason and a public notice. Errors: Invalid."""
    process = the_process(work, process_id)
    require(work, Permission.EDIT_PROCESS, process)
    before = {"purpose": process.purpose, **_whose(process.who_decides)}
    after = {"purpose": values.purpose, **_whose(values.who_decides)}
    changed = [part for part in {**before, **after}
               if reworded(before.get(part), after.get(part))
               or (part in after) > (part in before)]
    if process.state != "draft" and changed:
        first, texts = need_reason(process, reason)
        notice(work, process, "notice.purpose", first, texts,
               before={part: before.get(part, {}) for part in changed},
               after={part: after.get(part, {}) for part in changed})
    process.name, process.lead, process.purpose = values.name, values.lead, values.purpose
    process.who_decides = values.who_decides
    work.about("process", process.id, scope=process.id)


def _whose(who: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What is said of who decides: part by part, each by language."""
    return {part: dict(said.get("text", {})) for part, said in (who or {}).items()
            if said.get("text")}


@command()
def edit_rule(
    work: Work, process_id: int, values: RuleValue, reason: Reason | str = ""
) -> None:
    """Set ballot and rule of a draft. A published process's are changed by two (``ask_rule``)."""
    process = the_process(work, process_id)
    require(work, Permission.EDIT_PROCESS, process)
    if process.state != "draft":
        raise Conflict("rule.published")
    _set_rule(work, process, values)
    work.about("process", process.id, scope=process.id, ballot=values.ballot_kind,
               rule=values.method)


def _set_rule(work: Work, process: Process, values: RuleValue) -> None:
    process.ballot_kind, process.method = values.ballot_kind, values.method
    process.method_settings, process.seats = values.settings, values.seats
    process.max_choices, process.max_points = values.max_choices, values.max_points
    process.rule_reason, process.rule_chosen_at = values.reason, work.now
    process.min_support, process.quorum = values.min_support, values.quorum


@command()
def ask_rule(work: Work, process_id: int, values: RuleValue, reason: Reason | str) -> int:
    """Ask a second official to change ballot and rule of a published process. The act's id."""
    process = the_process(work, process_id)
    require(work, Permission.EDIT_PROCESS, process)
    first, texts = need_reason(process, reason)
    work.about("process", process.id, scope=process.id, ballot=values.ballot_kind,
               rule=values.method)
    return twofold.ask(work, process, "processes.rule", reason=first, texts=texts,
                       rule=asdict(values))


@twofold.act("processes.rule", Permission.EDIT_PROCESS)
def change_rule(work: Work, process: Any, act: Act) -> None:
    """Two officials want another ballot or rule: set it, with a public notice."""
    fresh = the_process(work, process.id)
    values = RuleValue(**act.arguments["rule"])
    before = rule_facts(fresh)
    _set_rule(work, fresh, values)
    notice(work, fresh, "notice.rule", act.reason, act.arguments.get("texts"),
            before=before, after=rule_facts(fresh))


def rule_facts(process: Process) -> dict[str, Any]:
    """Ballot and rule in short, as a notice of their change keeps them."""
    return {
        "ballot": process.ballot_kind, "rule": process.method, "choices": process.max_choices,
        "points": process.max_points, "seats": process.seats,
        "threshold": process.method_settings.get("threshold") or 0,
        "min_support": process.min_support, "quorum": process.quorum,
    }


@command()
def edit_area(work: Work, process_id: int, area_id: int | None, values: AreaValue) -> None:
    """Add an area, or change one. A budget below its dearest project's cost is refused. In a
    public process each of it is a notice with its reason. Errors: Invalid."""
    process = the_process(work, process_id)
    require(work, Permission.EDIT_PROCESS, process)
    if area_id is None:
        first, texts = need_reason(process, values.reason)
        notice(work, process, "notice.area_new", first, texts,
               area=dict(values.name), before=None, after=values.budget)
        key = free_key(values.name, {area.key for area in process.areas})
        process.areas.append(
            Area(key=key, name=values.name, description=values.description, budget=values.budget,
                 population=values.population, position=len(process.areas), whole=False)
        )
    else:
        area = next((one for one in process.areas if one.id == area_id), None)
        if area is None:
            raise Invalid("area.unknown")
        for guard in checks.BUDGET_GUARDS:
            guard(work.session, area, values.budget)
        _notice_budget(work, process, area, values)
        area.name, area.description = values.name, values.description
        area.budget, area.population = values.budget, values.population
    work.about("area", area_id, scope=process.id, budget=values.budget)


@command()
def save_purses(
    work: Work, process_id: int, whole: int, rows: Sequence[tuple[int | None, AreaValue]]
) -> None:
    """Set the money of a draft at once: ``whole`` for everybody's purse, a row for each area.

    Areas that no row names go, if nothing stands in them. Errors: Invalid, Conflict.
    """
    process = the_process(work, process_id)
    require(work, Permission.EDIT_PROCESS, process)
    if process.state != "draft":
        raise Conflict("process.published")
    known = {area.id: area for area in process.areas if not area.whole}
    keys = {area.key for area in process.areas}
    for position, (area_id, values) in enumerate(rows):
        area = known.pop(area_id, None) if area_id is not None else None
        if area is None:
            area = Area(key=free_key(values.name, keys), name={}, description={}, budget=0,
                        whole=False)
            keys.add(area.key)
            process.areas.append(area)
        area.name, area.budget, area.position = values.name, values.budget, position
        area.population = values.population if values.population is not None else area.population
    for gone in known.values():
        _delete(work, process, gone)
    for area in process.areas:
        if area.whole:
            area.budget = whole
    work.about("process", process.id, scope=process.id, areas=len(rows), whole=whole)


def free_key(name: dict[str, str], taken: Container[str]) -> str:
    """A key for an area, made of its name, that no other area of its process has."""
    wanted = slug_of(name.get("en") or name.get("cy", ""))
    key, number = wanted, 2
    while key in taken:
        key, number = f"{wanted}-{number}", number + 1
    return key


def _delete(work: Work, process: Process, area: Area) -> None:
    try:
        with work.session.begin_nested():
            process.areas.remove(area)
            work.session.delete(area)
            work.session.flush()
    except IntegrityError:
        raise Conflict("area.in_use") from None


def _notice_budget(work: Work, process: Process, area: Area, values: AreaValue) -> None:
    if area.budget != values.budget:
        first, texts = need_reason(process, values.reason)
        notice(work, process, "notice.budget", first, texts,
                area=dict(area.name), before=area.budget, after=values.budget)
    if reworded(area.name, values.name) or reworded(area.description, values.description):
        first, texts = need_reason(process, values.reason)
        notice(work, process, "notice.area", first, texts, area=dict(area.name),
               before={"name": dict(area.name), "description": dict(area.description)},
               after={"name": dict(values.name), "description": dict(values.description)})


@command()
def remove_area(
    work: Work, process_id: int, area_id: int, reason: Reason | str = ""
) -> None:
    """Take an area away while nothing stands in it; from a public process with a notice and its
    reason. The whole town's stays. Errors: Invalid, Conflict."""
    process = the_process(work, process_id)
    require(work, Permission.EDIT_PROCESS, process)
    area = next((one for one in process.areas if one.id == area_id), None)
    if area is None or area.whole:
        raise Invalid("area.unknown")
    first, texts = need_reason(process, reason)
    name, budget = dict(area.name), area.budget
    _delete(work, process, area)
    notice(work, process, "notice.area_gone", first, texts, area=name, before=budget, after=None)
    work.about("area", area_id, scope=process.id)


@command()
def ask_publish(work: Work, process_id: int) -> int:
    """Ask a second official to publish a draft that lacks nothing. The act's id."""
    process = the_process(work, process_id)
    require(work, Permission.PUBLISH_PROCESS, process)
    if process.state != "draft":
        raise Conflict("process.published")
    if lacks(work.session, process):
        raise Invalid("process.incomplete")
    work.about("process", process.id, scope=process.id)
    if _over_already(process, work.now):
        raise Invalid("process.past_dates")
    return twofold.ask(work, process, "processes.publish")


def _over_already(process: Process, now: datetime) -> bool:
    """Whether a step up to the vote would be over before anybody could take part in it."""
    return any(
        phase.kind in (*BEFORE_THE_VOTE, "voting") and phase.opened_at is None
        and phase.closes_at is not None and phase.closes_at <= now
        for phase in process.phases
    )


@twofold.act("processes.publish", Permission.PUBLISH_PROCESS)
def publish(work: Work, process: Any, act: Act) -> None:
    """Two officials want it public: from now on it is, and changes are notices."""
    fresh = the_process(work, process.id)
    if fresh.state != "draft":
        raise Conflict("process.published")
    if lacks(work.session, fresh):
        raise Invalid("process.incomplete")  # something was taken out since it was asked for
    if _over_already(fresh, work.now):
        raise Invalid("process.past_dates")
    fresh.state, fresh.published_at = "published", work.now
    if fresh.follows is not None:
        first = the_process(work, fresh.follows)
        if first.state == "published":
            words = next((one for one in fresh.lead.values() if one), "")
            notice(work, first, "notice.second_vote", words, fresh.lead, second=fresh.slug)
