"""Session plans: what a jury does minute by minute, as a file that can be written and shared.

A plan is TOML: sessions, each with a start ("10:00", local time) and items of one of ``KINDS``::

    version = 1
    name = { en = "Bonfire jury", cy = "..." }

    [[session]]
    title = { en = "Learn", cy = "Dysgu" }
    start = "10:00"
    grace = 45                                 # optional: minutes a late juror's seat is kept

    [[session.item]]
    kind = "welcome"
    minutes = 40
    title = { en = "Welcome", cy = "Croeso" }
    steps = [{ minutes = 2, title = {...} }]   # optional: what a table does inside the item
    out = "charter"                            # optional: what the item leaves behind

Where the clock runs out, items marked ``droppable`` may be left out; the private vote and the
reading back never are (``NEVER_DROPPED``), whatever a file says.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from importlib import resources
from typing import Any

KINDS = (
    "arrival", "welcome", "writing", "pairs", "table", "witness", "questions", "claims",
    "criteria", "pressure", "draft", "check", "consent", "comfort", "ranked", "dots", "survey",
    "pause", "break", "plenary", "readback",
)
NEVER_DROPPED = frozenset({"consent", "comfort", "ranked", "dots", "readback", "survey"})
LONGEST_ITEM = 240
GRACE = 45
"""Minutes after a session's start for which the seat of who is late is kept."""
MOST_ITEMS = 60
MOST_SESSIONS = 12
RUNSHEETS = ("bonfire", "statements")
Words = Mapping[str, str]


class PlanError(ValueError):
    """What is wrong with a plan, as a code with parameters; ``session`` and ``item`` from 1."""

    def __init__(self, code: str, **parameters: object) -> None:
        self.code = code
        self.parameters = parameters
        super().__init__(f"{code} {parameters}")


@dataclass(frozen=True, slots=True)
class Step:
    """A part of an item that each table goes through by itself."""

    minutes: int
    title: Words


@dataclass(frozen=True, slots=True)
class Item:
    kind: str
    minutes: int
    title: Words
    prompt: Words
    steps: tuple[Step, ...] = ()
    out: str = ""
    droppable: bool = False


@dataclass(frozen=True, slots=True)
class SessionPlan:
    title: Words
    start: time
    items: tuple[Item, ...]
    grace: int = GRACE

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items)


@dataclass(frozen=True, slots=True)
class Plan:
    name: Words
    sessions: tuple[SessionPlan, ...]


def runsheet(name: str) -> Plan:
    """One of the plans that come with the app."""
    text = (resources.files(__package__) / "runsheets" / f"{name}.toml").read_text("utf-8")
    return read(text)


def read(text: str) -> Plan:
    """A plan from a file's text. Errors: PlanError."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanError("plan.not_toml", reason=str(error)) from error
    if found.get("version") != 1:
        raise PlanError("plan.version")
    sessions = found.get("session")
    if not isinstance(sessions, list) or not 1 <= len(sessions) <= MOST_SESSIONS:
        raise PlanError("plan.sessions", most=MOST_SESSIONS)
    return Plan(
        _words(found.get("name"), "name"),
        tuple(_session(one, number) for number, one in enumerate(sessions, 1)),
    )


def _session(found: Any, number: int) -> SessionPlan:
    if not isinstance(found, dict):
        raise PlanError("plan.sessions", most=MOST_SESSIONS)
    start = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", str(found.get("start", "")))
    if not start:
        raise PlanError("plan.start", session=number)
    items = found.get("item")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        raise PlanError("plan.items", session=number, most=MOST_ITEMS)
    return SessionPlan(
        _words(found.get("title"), "title", session=number),
        time(int(start[1]), int(start[2])),
        tuple(_item(one, number, place) for place, one in enumerate(items, 1)),
        _grace(found.get("grace", GRACE), number),
    )


def _grace(found: Any, session: int) -> int:
    if type(found) is not int or not 0 <= found <= LONGEST_ITEM:
        raise PlanError("plan.grace", session=session, most=LONGEST_ITEM)
    return found


def _item(found: Any, session: int, number: int) -> Item:
    at: dict[str, object] = {"session": session, "item": number}
    if not isinstance(found, dict) or found.get("kind") not in KINDS:
        kind = found.get("kind", "") if isinstance(found, dict) else ""
        raise PlanError("plan.kind", kind=str(kind)[:40], **at)
    minutes = _minutes(found.get("minutes"), at)
    steps = tuple(
        Step(_minutes(step.get("minutes"), at), _words(step.get("title"), "title", **at))
        for step in found.get("steps", [])
        if isinstance(step, dict)
    )
    if steps and sum(step.minutes for step in steps) > minutes:
        raise PlanError("plan.steps", **at)
    return Item(
        kind=found["kind"],
        minutes=minutes,
        title=_words(found.get("title"), "title", **at),
        prompt=_words(found["prompt"], "prompt", **at) if "prompt" in found else {},
        steps=steps,
        out=str(found.get("out", ""))[:40],
        droppable=bool(found.get("droppable")) and found["kind"] not in NEVER_DROPPED,
    )


def _minutes(found: Any, at: Mapping[str, object]) -> int:
    if type(found) is not int or not 1 <= found <= LONGEST_ITEM:
        raise PlanError("plan.minutes", most=LONGEST_ITEM, **at)
    return found


def _words(found: Any, field: str, **at: object) -> Words:
    if (
        not isinstance(found, dict)
        or not found
        or set(found) - {"en", "cy"}
        or not all(isinstance(one, str) and 0 < len(one.strip()) <= 300 for one in found.values())
    ):
        raise PlanError("plan.words", field=field, **at)
    return {language: words.strip() for language, words in found.items()}


def write(plan: Plan) -> str:
    """The plan as a file's text, to be shared; ``read`` gives the same plan again."""
    lines = ["version = 1", f"name = {_table(plan.name)}"]
    for session in plan.sessions:
        lines += ["", "[[session]]", f"title = {_table(session.title)}",
                  f'start = "{session.start:%H:%M}"']
        if session.grace != GRACE:
            lines.append(f"grace = {session.grace}")
        for item in session.items:
            lines += ["", "[[session.item]]", f'kind = "{item.kind}"',
                      f"minutes = {item.minutes}", f"title = {_table(item.title)}"]
            if item.prompt:
                lines.append(f"prompt = {_table(item.prompt)}")
            if item.steps:
                lines.append("steps = [")
                lines += [f"  {{ minutes = {step.minutes}, title = {_table(step.title)} }},"
                          for step in item.steps]
                lines.append("]")
            if item.out:
                lines.append(f"out = {_text(item.out)}")
            if item.droppable:
                lines.append("droppable = true")
    return "\n".join(lines) + "\n"


def _table(words: Words) -> str:
    return "{ " + ", ".join(f"{key} = {_text(words[key])}" for key in sorted(words)) + " }"


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(
        one if one.isprintable() else f"\\u{ord(one):04X}" for one in escaped
    ) + '"'
