"""The clock of a session, and plans as files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from deliberation.panels.rules import LineFault, missing_of_draw, read_jurors
from deliberation.panels.values import JurorValue
from deliberation.sessions import rules
from deliberation.sessions.plan import KINDS, RUNSHEETS, PlanError, read, runsheet, write

NINE = datetime(2027, 1, 16, 9, 0, tzinfo=UTC)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@dataclass(frozen=True)
class Part:
    kind: str = "table"
    minutes: int = 30
    droppable: bool = False
    started_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    dropped_at: datetime | None = None


def test_before_it_begins_everything_follows_the_plan() -> None:
    slots = rules.timetable([Part(), Part(minutes=10)], NINE, NINE - minutes(60))
    assert slots == [
        rules.Slot(NINE, NINE + minutes(30)), rules.Slot(NINE + minutes(30), NINE + minutes(40)),
    ]


def test_what_runs_over_pushes_what_follows_and_what_is_left_out_gives_its_time() -> None:
    running = Part(started_at=NINE, ends_at=NINE + minutes(30))
    parts = [running, Part(minutes=20, dropped_at=NINE), Part(minutes=10)]
    now = NINE + minutes(37)
    slots = rules.timetable(parts, NINE, now)
    assert slots[1] is None
    assert slots[2] == rules.Slot(now, now + minutes(10))
    assert rules.over_by(parts, NINE, NINE + minutes(40), now) == minutes(7)


def test_time_left_is_the_end_less_now_however_long_a_laptop_slept() -> None:
    running = Part(started_at=NINE, ends_at=NINE + minutes(30))
    assert rules.remaining(running, NINE + minutes(29)) == minutes(1)
    assert rules.remaining(running, NINE + minutes(95)) == -minutes(65)


def test_what_is_offered_for_leaving_out() -> None:
    parts = [
        Part(droppable=True, started_at=NINE), Part(droppable=True, minutes=20),
        Part(kind="comfort", droppable=True), Part(droppable=True, minutes=10), Part(),
    ]
    assert rules.to_shed(parts, minutes(10)) == [3]
    assert rules.to_shed(parts, minutes(11)) == [3, 1]
    assert rules.to_shed(parts, minutes(0)) == []
    assert not rules.may_drop(replace(parts[1], dropped_at=NINE))


@pytest.mark.parametrize("name", RUNSHEETS)
def test_the_plans_that_come_with_the_app(name: str) -> None:
    plan = runsheet(name)
    assert len(plan.sessions) == 4
    assert read(write(plan)) == plan, "shared as a file it is the same plan"
    for session in plan.sessions:
        assert set(session.title) == {"en", "cy"}
        for item in session.items:
            assert item.kind in KINDS and set(item.title) == {"en", "cy"}
            assert all(set(step.title) == {"en", "cy"} for step in item.steps)
    spent = [one.minutes for one in plan.sessions]
    assert all(300 <= one <= 450 for one in spent), spent


def test_the_statements_jury_has_the_slots_that_forty_proposals_need() -> None:
    slots = [
        sum(1 for item in one.items if item.out == "statement" and item.kind == "table")
        for one in runsheet("statements").sessions
    ]
    assert slots == [0, 7, 3, 0], "seven of forty minutes, then three: forty at four tables"
    for one in runsheet("statements").sessions[1].items:
        if one.kind == "table":
            assert [step.minutes for step in one.steps] == [2, 3, 8, 10, 2, 12, 3]


GOOD = """version = 1
name = { en = "Ours" }
[[session]]
title = { en = "One" }
start = "09:30"
item = [{ kind = "welcome", minutes = 10, title = { en = "Hello" } }]
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("version = 1", "version = ", "plan.not_toml"),
        ("version = 1", "version = 2", "plan.version"),
        ('"09:30"', '"25:00"', "plan.start"),
        ('"09:30"', '"09:30"\ngrace = 241', "plan.grace"),
        ('"09:30"', '"09:30"\ngrace = true', "plan.grace"),
        ("[[session]]", "[[other]]", "plan.sessions"),
        ("welcome", "dance", "plan.kind"),
        ("minutes = 10", "minutes = 0", "plan.minutes"),
        ("minutes = 10", "minutes = true", "plan.minutes"),
        ('{ en = "Hello" }', '{ de = "Hallo" }', "plan.words"),
        ('{ en = "Hello" }', '{ en = " " }', "plan.words"),
        ("minutes = 10,", 'minutes = 10, steps = [{ minutes = 11, title = { en = "S" } }],',
         "plan.steps"),
        ("item = [", "item = [] #", "plan.items"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(old: str, new: str, code: str) -> None:
    assert read(GOOD).sessions[0].items[0].minutes == 10
    assert read(GOOD).sessions[0].grace == 45, "where a plan says nothing"
    patient = read(GOOD.replace('"09:30"', '"09:30"\ngrace = 60'))
    assert patient.sessions[0].grace == 60 and read(write(patient)) == patient
    with pytest.raises(PlanError) as found:
        read(GOOD.replace(old, new))
    assert found.value.code == code


def test_text_that_needs_escapes_survives_a_plan_file() -> None:
    plan = read(GOOD.replace("Hello", 'Ŵyl \\"y môr\\" \\\\ tab\\tend'))
    assert read(write(plan)) == plan


def test_a_list_of_jurors() -> None:
    found, faults = read_jurors("Mair Ellis; p31; ; cymraeg; a seat by the door\n\nJo\tp4\treserve")
    assert faults == []
    assert found == [
        JurorValue("Mair Ellis", "p31", False, "cy", "a seat by the door"),
        JurorValue("Jo", "p4", True),
    ]
    assert missing_of_draw(["p31", "p9"], found) == ["p9"]


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("; p1", LineFault(1, "jurors.name")),
        ("Jo\njo", LineFault(2, "jurors.twice", "jo")),
        ("Jo; p1\nMo; p1", LineFault(2, "jurors.twice", "Mo")),
        ("Jo; p1; maybe", LineFault(1, "jurors.reserve", "maybe")),
        ("Jo; p1; ; French", LineFault(1, "jurors.speaks", "French")),
        ("Jo; p1; ; en; stairs; more", LineFault(1, "jurors.parts")),
    ],
)
def test_what_is_wrong_with_a_list_is_said_by_line(lines: str, fault: LineFault) -> None:
    assert read_jurors(lines)[1] == [fault]
