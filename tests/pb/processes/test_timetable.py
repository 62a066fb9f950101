"""Phases open by date once nothing is missing, close by date at once, and change by two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from pb.core import events, jobs
from pb.core.audit import AuditRow
from pb.core.errors import AppError, Conflict, Invalid
from pb.core.jobs import JobRow
from pb.core.site import Site
from pb.core.work import Work
from pb.office.services import confirm_act
from pb.processes import services, timetable
from pb.processes.events import PhaseClosed, PhaseOpened
from pb.processes.models import Notice, Phase, Process
from pb.processes.values import PhaseValue, StepValue
from pb.projects.models import Project
from tests.support import build
from tests.support.app import mails, run_jobs
from tests.support.clock import START, TurnableClock

DAY = timedelta(days=1)
IDEAS, VOTE = START + DAY, START + 8 * DAY
COMING = (
    ("ideas", IDEAS, IDEAS + 6 * DAY),
    ("voting", VOTE, VOTE + 7 * DAY),
    ("count", VOTE + 7 * DAY, VOTE + 9 * DAY),
    ("delivery", VOTE + 20 * DAY, None),
)


def coming(
    site: Site, timetable: Sequence[tuple[str, datetime, datetime | None]] = COMING, **more: Any
) -> int:
    """A published process whose phases are all still to come, with everything it needs."""
    made = build.a_process(site, phase="voting", timetable=timetable, opened=False, **more)
    change(site, Process, lead={"en": "Money.", "cy": "Arian."})
    return made


def change(site: Site, table: Any, **values: Any) -> None:
    def make(work: Work) -> None:
        work.session.execute(update(table).values(**values))

    make.__module__ = build.__name__
    build.do(site, make)


def kind_now(site: Site, process_id: int = 1) -> str:
    with site.database.reading() as session:
        return session.get_one(Process, process_id).phase_kind(site.clock())


def recorded(site: Site, kind: type[events.Event]) -> list[dict[str, Any]]:
    with site.database.reading() as session:
        name = f"tests.{kind.__name__}"
        return [
            dict(row.arguments) for row in session.scalars(
                select(JobRow).where(JobRow.name == name).order_by(JobRow.id)
            )
        ]


@pytest.fixture(autouse=True)
def listening() -> Any:
    """A subscriber of each event, as a later feature would have; its jobs show what was said."""
    heard = {}
    for kind in (PhaseOpened, PhaseClosed):
        job = jobs.Job(f"tests.{kind.__name__}", lambda site, **told: None)
        jobs.JOBS[job.name] = job
        events._SUBSCRIBERS.setdefault(kind, []).append(job)
        heard[kind] = job
    yield
    for kind, job in heard.items():
        events._SUBSCRIBERS[kind].remove(job)
        del jobs.JOBS[job.name]


def test_phases_open_and_close_by_date(either: Site, clock: TurnableClock) -> None:
    site = either
    coming(site)
    run_jobs(site)
    assert kind_now(site) == "before"
    clock.now = IDEAS - timedelta(seconds=1)
    run_jobs(site)
    assert kind_now(site) == "before"
    clock.now = IDEAS
    assert kind_now(site) == "before", "its date alone opens nothing"
    run_jobs(site)
    assert kind_now(site) == "ideas"
    run_jobs(site)
    assert [one["kind"] for one in recorded(site, PhaseOpened)] == ["ideas"], "once"
    clock.now = IDEAS + 6 * DAY
    assert kind_now(site) == "between", "it closes at its date, before any worker looks"
    run_jobs(site)
    assert [one["kind"] for one in recorded(site, PhaseClosed)] == ["ideas"]
    clock.now = VOTE
    run_jobs(site)
    assert kind_now(site) == "voting"
    clock.now = VOTE + 7 * DAY
    assert kind_now(site) == "count", "the count's time begins with the vote's end"
    run_jobs(site)
    clock.now = VOTE + 10 * DAY
    run_jobs(site)
    assert kind_now(site) == "count", "whatever gap the dates leave"
    told = [one["kind"] for one in recorded(site, PhaseOpened)]
    assert told == ["ideas", "voting", "count"]
    with site.database.reading() as session:
        words = {row.command for row in session.scalars(select(AuditRow))}
    assert "processes.keep_timetable" in words


def test_a_phase_that_lacks_something_is_held_back_and_its_officials_are_mailed_once(
    either: Site, clock: TurnableClock
) -> None:
    site = either
    process_id = coming(site)
    build.a_person(site, "Olwen", "lead_official", "shared-budget")
    build.a_person(site, "Gethin", "administrator", language="cy")
    build.a_person(site, "Idris", "auditor", "shared-budget")
    clock.now = IDEAS
    run_jobs(site)
    change(site, Project, cost=0)
    clock.now = VOTE
    for _ in range(3):
        run_jobs(site)
        clock.turn(hours=1)
    build.do(site, timetable.keep_timetable, process_id)  # also when the command itself is run
    run_jobs(site)
    assert kind_now(site) == "between", "a phase whose check fails never counts as open"
    letters = mails(site)
    assert sorted(str(one["to"]) for one in letters) == ["gethin@example.com", "olwen@example.com"]
    english = next(one for one in letters if "olwen" in str(one["to"]))
    text = english.get_body(("plain",)).get_content()
    assert "6 projects have no cost." in text and "/office/processes/shared-budget" in text
    with site.database.reading() as session:
        rows = session.scalars(
            select(AuditRow).where(AuditRow.command == "processes.keep_timetable")
        ).all()
        assert len(rows) == 3, "a look that changes nothing leaves no row"
    change(site, Project, cost=100)
    run_jobs(site)
    assert kind_now(site) == "voting", "it opens by itself once nothing is missing"
    assert len(mails(site)) == 2
    with site.database.reading() as session:
        phase = session.get_one(Process, process_id).phases[1]
        assert phase.held_at is None and phase.opened_at == clock.now


def test_a_vote_that_nobody_could_cast_in_is_not_over(site: Site, clock: TurnableClock) -> None:
    coming(site, projects=0)
    build.a_person(site, "Olwen", "lead_official", "shared-budget")
    clock.now = IDEAS
    run_jobs(site)
    clock.now = VOTE
    run_jobs(site)
    clock.now = VOTE + 8 * DAY
    run_jobs(site)
    assert kind_now(site) == "between", "and nothing is counted"
    subjects = [str(one["subject"]) for one in mails(site)]
    assert subjects == ["A step is held back: Vote", "A step did not take place: Vote",
                        "A step is held back: Count"]


def test_a_worker_that_was_down_for_a_day_catches_up(either: Site, clock: TurnableClock) -> None:
    site = either
    coming(site)
    clock.now = IDEAS
    run_jobs(site)
    clock.now = VOTE + DAY  # down since: the end of the ideas and the vote's first day
    assert kind_now(site) == "between"
    run_jobs(site)
    assert kind_now(site) == "voting"
    assert [one["kind"] for one in recorded(site, PhaseClosed)] == ["ideas"]
    with site.database.reading() as session:
        vote = session.get_one(Process, 1).phases[1]
        assert vote.opens_at == VOTE and vote.opened_at == VOTE + DAY


def test_a_step_before_the_vote_that_never_took_place_holds_the_vote_back(
    site: Site, clock: TurnableClock
) -> None:
    coming(site)
    clock.now = VOTE
    run_jobs(site)
    assert kind_now(site) == "before"
    lead = build.actor(site, build.a_person(site, "Olwen", "lead_official", "shared-budget"))
    second = build.actor(site, build.a_person(site, "Gethin", "deputy", "shared-budget"))
    act = build.do(site, timetable.ask_dates, 1, [PhaseValue(*one) for one in COMING[1:]],
                   {"en": "The hall was flooded.", "cy": "Roedd llifogydd."}, actor=lead)
    build.do(site, confirm_act, 1, act, actor=second)
    run_jobs(site)
    assert kind_now(site) == "voting", "left out with a public reason, it waits no longer"
    with site.database.reading() as session:
        row = session.scalars(select(Notice)).one()
        assert row.kind == "notice.dates" and row.texts["cy"] == "Roedd llifogydd."
        assert "ideas" in row.details["before"] and "ideas" not in row.details["after"]


@pytest.mark.parametrize(
    ("opens", "closes", "hours"),
    [
        # London's clocks go on by an hour on 28 March 2027 and back on 31 October.
        ("2027-03-27T00:00", "2027-03-29T00:00", 47),
        ("2027-10-30T00:00", "2027-11-01T00:00", 49),
        ("2027-06-01T00:00", "2027-06-02T00:00", 24),
    ],
)
def test_midnight_and_the_change_of_clocks(
    site: Site, clock: TurnableClock, opens: str, closes: str, hours: int
) -> None:
    from zoneinfo import ZoneInfo

    from pb.processes.forms import DatesForm

    zone = ZoneInfo("Europe/London")
    form = DatesForm(
        _Typed({"voting_opens_at": opens, "voting_closes_at": closes}),
        reader=site.reader("en", zone="Europe/London"),
    )
    assert form.validate()
    (value,) = form.values()
    assert value.closes_at is not None
    assert value.closes_at - value.opens_at == timedelta(hours=hours)
    clock.now = value.opens_at - DAY
    build.a_process(site, timetable=[("voting", value.opens_at, value.closes_at)], opened=False)
    change(site, Process, lead={"en": "Money.", "cy": "Arian."})
    for moment, kind in (
        (value.opens_at - timedelta(seconds=1), "before"),
        (value.opens_at, "voting"),
        (value.closes_at - timedelta(seconds=1), "voting"),
        (value.closes_at, "count"),
    ):
        clock.now = moment
        run_jobs(site)
        assert kind_now(site) == kind, moment.astimezone(zone)
    assert site.reader("en", zone="Europe/London").time(value.closes_at) == "midnight"


def _Typed(values: dict[str, str]) -> Any:
    from starlette.datastructures import FormData

    return FormData(values)


# -- what officials change -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phases", "field", "code"),
    [
        ([("voting", 0, 5), ("ideas", 6, 8)], "ideas_opens_at", "dates.turned"),
        ([("count", 0, 5), ("voting", 6, 8)], "voting_opens_at", "dates.turned"),
        ([("ideas", 0, 5), ("voting", 4, 8)], "voting_opens_at", "dates.overlap"),
        ([("ideas", 5, 5)], "ideas_closes_at", "dates.order"),
    ],
)
def test_a_timetable_in_no_order_is_refused(
    phases: list[tuple[str, int, int]], field: str, code: str
) -> None:
    values = [PhaseValue(kind, START + a * DAY, START + b * DAY) for kind, a, b in phases]
    with pytest.raises(Invalid) as caught:
        timetable.check_dates(values)
    assert (caught.value.code, caught.value.parameters["field"]) == (code, field)


def test_a_step_may_come_twice(site: Site, clock: TurnableClock) -> None:
    coming(site, state="draft")
    twice = [
        PhaseValue("ideas", START + DAY, START + 2 * DAY),
        PhaseValue("assessment", START + 2 * DAY, START + 3 * DAY),
        PhaseValue("ideas", START + 3 * DAY, START + 4 * DAY, 2),
        PhaseValue("voting", START + 5 * DAY, START + 6 * DAY),
    ]
    build.do(site, timetable.edit_dates, 1, twice)
    with site.database.reading() as session:
        kinds = [phase.kind for phase in session.get_one(Process, 1).phases]
    assert kinds == ["ideas", "assessment", "ideas", "voting"]
    change(site, Process, state="published")
    for day, kind in ((1, "ideas"), (2, "assessment"), (3, "ideas"), (5, "voting")):
        clock.now = START + day * DAY
        run_jobs(site)
        assert kind_now(site) == kind


STEP = StepValue({"en": "Second round", "cy": "Ail rownd"}, {}, "consults", {}, None)


def two(site: Site) -> tuple[Any, Any]:
    return (
        build.actor(site, build.a_person(site, "Olwen", "lead_official", "shared-budget")),
        build.actor(site, build.a_person(site, "Gethin", "deputy", "shared-budget")),
    )


def test_a_vote_that_opened_keeps_its_beginning_and_a_closed_one_its_end(
    site: Site, clock: TurnableClock
) -> None:
    build.a_process(site)
    lead, second = two(site)
    opens, closes = build.TIMETABLE[2][1:]
    assert closes
    with pytest.raises(Invalid) as caught:
        build.do(site, timetable.ask_dates, 1, [PhaseValue("voting", START, closes)], "Why.",
                 actor=lead)
    assert caught.value.code == "dates.vote_begun"
    with pytest.raises(Invalid):
        build.do(site, timetable.ask_dates, 1, [], "Why.", actor=lead)
    # A longer vote is asked for in time and confirmed too late: the box has closed meanwhile.
    act = build.do(site, timetable.ask_dates, 1, [PhaseValue("voting", opens, closes + DAY)],
                   "Why.", actor=lead)
    clock.now = closes
    with pytest.raises(Invalid) as caught:
        build.do(site, confirm_act, 1, act, actor=second)
    assert caught.value.code == "dates.vote_over"
    assert kind_now(site) == "count"


def test_two_open_and_close_a_step_early_with_a_public_notice(
    either: Site, clock: TurnableClock
) -> None:
    site = either
    coming(site)
    lead, second = two(site)
    with pytest.raises(Invalid):
        build.do(site, timetable.ask_early, 1, 1, "open", "", actor=lead)
    act = build.do(site, timetable.ask_early, 1, 1, "open", "All is ready.", actor=lead)
    assert kind_now(site) == "before", "one person's word does nothing"
    build.do(site, confirm_act, 1, act, actor=second)
    assert kind_now(site) == "ideas"
    with pytest.raises(Conflict):
        build.do(site, timetable.ask_early, 1, 2, "open", "Both at once.", actor=lead)
    clock.turn(hours=1)
    act = build.do(site, timetable.ask_early, 1, 1, "close", "Nobody comes.", actor=lead)
    build.do(site, confirm_act, 1, act, actor=second)
    assert kind_now(site) == "between"
    run_jobs(site)
    assert [len(recorded(site, one)) for one in (PhaseOpened, PhaseClosed)] == [1, 1]
    with site.database.reading() as session:
        assert [row.kind for row in session.scalars(select(Notice).order_by(Notice.id))] == [
            "notice.opened", "notice.closed"
        ]
    change(site, Project, cost=0)
    with pytest.raises(Invalid) as caught:
        build.do(site, timetable.ask_early, 1, 2, "open", "Now.", actor=lead)
    assert caught.value.code == "phase.incomplete"


def test_a_phase_that_is_moved_on_is_closed_until_then(site: Site, clock: TurnableClock) -> None:
    coming(site)
    lead, second = two(site)
    clock.now = IDEAS
    run_jobs(site)
    later = [PhaseValue("ideas", IDEAS + DAY, IDEAS + 5 * DAY),
             *(PhaseValue(*one) for one in COMING[1:])]
    act = build.do(site, timetable.ask_dates, 1, later, "A storm.", actor=lead)
    build.do(site, confirm_act, 1, act, actor=second)
    assert kind_now(site) == "before"
    clock.now = IDEAS + DAY
    run_jobs(site)
    assert kind_now(site) == "ideas"


def test_together_is_refused_without_a_promise(site: Site) -> None:
    coming(site, state="draft")
    together = StepValue({}, {}, "together", {}, None)
    with pytest.raises(Invalid) as caught:
        build.do(site, timetable.edit_step, 1, 2, together)
    assert caught.value.parameters["field"] == "reply_by"
    promised = StepValue({}, {}, "together", {"acts": {"en": "All of us."}}, VOTE + 30 * DAY)
    build.do(site, timetable.edit_step, 1, 2, promised)
    change(site, Phase, reply_by=None)  # however it came about, it is not published so
    lead, _ = two(site)
    with pytest.raises(Invalid) as refused:
        build.do(site, services.ask_publish, 1, actor=lead)
    assert refused.value.code == "process.incomplete"


def test_another_band_after_publication_needs_a_reason_and_is_a_notice(site: Site) -> None:
    coming(site)
    with pytest.raises(Invalid):
        build.do(site, timetable.edit_step, 1, 1, STEP)
    build.do(site, timetable.edit_step, 1, 1, STEP, {"en": "We asked too much."})
    with site.database.reading() as session:
        row = session.scalars(select(Notice)).one()
        assert row.details["after"]["band"] == "consults"
        assert session.get_one(Phase, 1).name["en"] == "Second round"


def test_a_process_that_begins_in_the_past_is_not_published(site: Site) -> None:
    past = [("ideas", START - 3 * DAY, START - DAY), ("voting", VOTE, VOTE + DAY)]
    coming(site, past, state="draft")
    lead, _ = two(site)
    with pytest.raises(AppError) as caught:
        build.do(site, services.ask_publish, 1, actor=lead)
    assert caught.value.code == "process.past_dates"


def test_utc_is_what_is_kept(site: Site) -> None:
    coming(site)
    with site.database.reading() as session:
        assert session.get_one(Phase, 1).opens_at.tzinfo is UTC
