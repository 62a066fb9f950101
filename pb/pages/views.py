"""What the public pages show of a process, put together from several features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pb.core.i18n import N_
from pb.core.web import Request
from pb.processes.models import Phase, Process
from pb.processes.queries import second_vote_of, step_box, votes_in_turn
from pb.processes.rules import (
    has_begun,
    held_phase,
    next_phase,
    phase_at,
    phase_kind,
    phase_of_kind,
)
from pb.processes.values import NOW_WORDS, PHASE_NAMES
from pb.projects.models import Project
from pb.projects.queries import ProjectRow, count_by_area


@dataclass(frozen=True)
class ProcessView:
    """``doing``: propose, vote, wait_vote, wait_result, result or nothing: what one can do now."""

    doing: str
    steps: list[dict[str, object]]
    purses: list[dict[str, object]]
    money: int
    projects: int
    closes_at: datetime | None
    opens_at: datetime | None
    result_at: datetime | None
    now_words: str
    next_words: str
    decides_words: str
    ideas_until: datetime | None
    """When the open time for ideas ends, if it does."""
    held: str
    """The name of the step whose date has come and which is still being prepared, or nothing."""
    first: Process | None
    """The vote before, where this is a second vote."""
    second: Process | None
    """The vote that follows this one."""
    now_at: Process
    """Whose step is the present one in ``steps``: of this process, or of the vote after it."""


def is_current(process: Process, now: datetime) -> bool:
    """Whether something is still to come before the result."""
    return phase_kind(process, now) not in ("results", "delivery", "draft", "archived")


def doing(process: Process, now: datetime) -> str:
    kind = phase_kind(process, now)
    if kind == "voting":
        return "vote"
    if kind == "ideas":
        return "propose"
    if kind in ("before", "assessment", "jury", "between"):
        return "wait_vote"
    if kind == "count":
        return "wait_result"
    if kind == "archived":
        voted = any(phase.kind in ("voting", "results") and has_begun(phase, now)
                    for phase in process.phases)
        return "result" if voted else "nothing"
    return "result" if kind in ("results", "delivery") else "nothing"


def phase_name(request: Request, phase: Phase) -> str:
    return request.reader.text(phase.name) or request.reader.say(PHASE_NAMES[phase.kind])


def at_this_moment(request: Request, process: Process) -> tuple[str, str, str]:
    """What one can do now, what comes next, and who decides, in sentences."""
    reader, now = request.reader, request.now
    current, coming = phase_at(process, now), next_phase(process, now)
    held = held_phase(process, now)
    kind = phase_kind(process, now)
    if process.state == "archived":
        return (
            reader.say(N_("You can read everything that was published. Nothing is changed any "
                          "more.")),
            reader.say(N_("Nothing: this process is over.")),
            reader.say(N_("It is decided.")),
        )
    shown = current or (phase_of_kind(process, "count") if kind == "count" else None)
    if current is not None:
        can = reader.say(NOW_WORDS[current.kind])
        if current.closes_at is not None:
            can += " " + reader.say(
                N_("It closes at %(when)s."), when=reader.datetime(current.closes_at, "day")
            )
    elif kind == "count":
        can = reader.say(NOW_WORDS["count"])
    else:
        can = reader.say(N_("Nothing is open at this moment. You can read what is here already."))
    if held is not None:
        after = reader.say(
            N_("‘%(step)s’ opens soon. It was planned for %(when)s and is being prepared."),
            step=phase_name(request, held), when=reader.datetime(held.opens_at, "day"),
        )
    elif coming is not None:
        after = reader.say(
            N_("‘%(step)s’ opens at %(when)s."), step=phase_name(request, coming),
            when=reader.datetime(coming.opens_at, "day"),
        )
    elif (second := second_vote_of(request.session, process.id, public=True)) is not None:
        after = reader.say(N_("There is a second vote: %(name)s."), name=reader.plain(second.name))
    else:
        after = reader.say(N_("This is the last step."))
    asked = shown or held or coming
    decides = dict(step_box(reader, asked)["facts"])["decides"] if asked is not None else ""
    return can, after, decides


def process_view(request: Request, process: Process) -> ProcessView:
    reader, now = request.reader, request.now
    numbers = count_by_area(request.session, process.id)
    voting = phase_of_kind(process, "voting")
    results = phase_of_kind(process, "results")
    held = held_phase(process, now)
    can, after, decides = at_this_moment(request, process)
    steps, now_at, first, second = steps_in_turn(request, process, now)
    purses: list[dict[str, object]] = [
        {
            "name": reader.text(area.name),
            "sum": reader.money(area.budget, process.currency),
            "amount": area.budget,
            "yours": False,
            "number": numbers.get(area.id, 0),
            "href": request.link("projects", slug=process.slug, area=area.id),
            "ideas": request.link("ideas", slug=process.slug, area=area.id),
            "population": area.population,
        }
        for area in process.areas
        if area.budget or numbers.get(area.id)
    ]
    return ProcessView(
        doing=doing(process, now),
        steps=steps,
        purses=purses,
        money=sum(area.budget for area in process.areas),
        projects=sum(numbers.values()),
        closes_at=voting.closes_at if voting else None,
        opens_at=voting.opens_at if voting else None,
        ideas_until=next(
            (one.closes_at for one in process.phases
             if one.kind == "ideas" and one.closes_at is not None and one.closes_at > request.now),
            None,
        ),
        result_at=results.opens_at if results else None,
        now_words=can, next_words=after, decides_words=decides,
        held=phase_name(request, held) if held is not None else "",
        first=first, second=second, now_at=now_at,
    )


def steps_in_turn(
    request: Request, process: Process, now: datetime
) -> tuple[list[dict[str, object]], Process, Process | None, Process | None]:
    """The stones of the timeline, whose present one is shown, and the votes before and after.

    Votes that follow each other have one timeline, and one present step: the last that is open.
    """
    reader = request.reader
    votes = votes_in_turn(request.session, process)
    here = votes.index(process)
    found: list[dict[str, object]] = []
    now_at = process
    for one in votes:
        for phase in one.phases:
            stone = step(request, one, phase, now)
            if one is not process:
                stone["href"] = request.link("process", slug=one.slug)
                stone["words"] = reader.say(N_("Part of: %(name)s"), name=reader.plain(one.name))
            if stone["state"] == "now":
                now_at = one
                for earlier in found:
                    if earlier["state"] == "now":
                        earlier["state"], earlier["when"] = "done", earlier["since"]
            found.append(stone)
    return (found, now_at, votes[here - 1] if here else None,
            votes[here + 1] if here + 1 < len(votes) else None)


def step(request: Request, process: Process, phase: Phase, now: datetime) -> dict[str, object]:
    """One stone of the timeline."""
    reader = request.reader
    current = phase_at(process, now)
    if current is phase and process.state != "archived":
        state = "now"
    elif has_begun(phase, now) or (phase.closes_at is not None and phase.closes_at <= now):
        state = "done"
    else:
        state = "later"
    if state == "now" and phase.closes_at is not None:
        when = reader.say(
            N_("Now, until %(when)s"), when=reader.datetime(phase.closes_at, "day")
        )
    elif state == "now":
        when = reader.say(N_("Now"))
    elif state == "later" and phase.opens_at <= now:
        when = reader.say(N_("Opens soon, being prepared"))
    elif state == "later":
        when = reader.say(N_("From %(when)s"), when=reader.date(phase.opens_at, "day"))
    elif not has_begun(phase, now):
        when = reader.say(N_("Did not take place"))
    else:
        when = ""
    since = reader.date(phase.opens_at, "month")
    since = since[0].upper() + since[1:]
    return {
        "state": state,
        "since": since,
        "when": when or since,
        "title": phase_name(request, phase),
        "words": reader.text(phase.summary),
        "kind": phase.kind,
        "who": step_box(reader, phase),
    }


def card(request: Request, process: Process) -> dict[str, object]:
    """A process in a list, with the votes before it: they stand there as one."""
    votes = votes_in_turn(request.session, process)
    return {
        "earlier": [(one.name, one.slug) for one in votes[: votes.index(process)]],
        "name": process.name,
        "lead": process.lead,
        "money": sum(area.budget for area in process.areas),
        "currency": process.currency,
        "doing": doing(process, request.now),
        "slug": process.slug,
        "source": process.source,
    }


def project_card(
    request: Request, process: Process, project: ProjectRow | Project
) -> dict[str, object]:
    """A project as components/cards.html wants it."""
    reader = request.reader
    return {
        "number": project.number,
        "title": reader.text(project.title),
        "sentence": reader.text(project.summary),
        "cost": reader.money(project.cost, process.currency),
        "place": reader.text(project.place),
        "picture": f"/pictures/{project.picture}" if project.picture else "",
        "href": request.link("project", slug=process.slug, number=project.number),
        "aside": bool(project.aside),
    }


def map_view(
    request: Request, process: Process, rows: Sequence[ProjectRow]
) -> dict[str, Any]:
    """The ward map with a pin for each project that has a place, and the same as lists by area."""
    reader = request.reader

    def pin(row: ProjectRow) -> dict[str, object]:
        return {
            "x": row.x, "y": row.y, "number": row.number, "title": reader.plain(row.title),
            "href": request.link("project", slug=process.slug, number=row.number),
            "place": reader.plain(row.place),
        }

    placed = [row for row in rows if row.x is not None and row.y is not None]
    groups = [
        (reader.plain(area.name), [pin(row) for row in placed if row.area_id == area.id])
        for area in process.areas
    ]
    return {
        **process.map,
        "pins": [pin(row) for row in placed],
        "groups": [(name, pins) for name, pins in groups if pins],
    }
