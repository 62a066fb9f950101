"""Commands on the phases: their dates, what the public reads of them, opening and closing.

A published timetable takes two people. By it the worker opens a phase once its date has come and
nothing is missing; else the phase is held back and the officials are told, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pb.access.permissions import Permission
from pb.access.policy import OFFICIALS, require
from pb.accounts import twofold
from pb.accounts.models import Act
from pb.accounts.queries import people_with
from pb.core.errors import Conflict, Invalid
from pb.core.work import Work, command
from pb.notifications.services import tell
from pb.processes.checks import lacks
from pb.processes.events import PhaseClosed, PhaseOpened
from pb.processes.models import Phase, Process
from pb.processes.notices import need_reason, notice, reworded, the_process
from pb.processes.rules import due, ended, has_begun, keyed, missed, phase_at
from pb.processes.values import BAND_OF, WHO_PARTS, PhaseValue, Reason, StepValue

RANKS = {"ideas": 0, "assessment": 0, "jury": 0, "voting": 1, "count": 2, "results": 3,
         "delivery": 4}
"""What comes before what; phases of one rank may alternate."""


def check_dates(values: Sequence[PhaseValue]) -> None:
    """Each phase closes after it opens, none opens before the earlier one closes, and nothing that
    leads up to the vote comes after it.

    Errors: Invalid with the field that is wrong.
    """
    before: PhaseValue | None = None
    for value in sorted(values, key=lambda one: one.opens_at):
        if value.closes_at is not None and value.closes_at <= value.opens_at:
            raise Invalid("dates.order", field=f"{value.key}_closes_at")
        if before is not None:
            if value.opens_at < (before.closes_at or before.opens_at):
                raise Invalid("dates.overlap", field=f"{value.key}_opens_at")
            if RANKS[value.kind] < RANKS[before.kind]:
                raise Invalid("dates.turned", field=f"{value.key}_opens_at")
        before = value


def _check_vote(process: Process, values: Sequence[PhaseValue], now: datetime) -> None:
    """A vote that has opened keeps its beginning, and one that has closed its end: what is in the
    box was cast under these dates. Errors: Invalid."""
    phase = next((one for one in process.phases if one.kind == "voting"), None)
    if phase is None or process.state == "draft" or not has_begun(phase, now):
        return
    wanted = next((one for one in values if one.kind == "voting"), None)
    if wanted is None or wanted.opens_at != phase.opens_at:
        raise Invalid("dates.vote_begun", field="voting_opens_at")
    over = phase.closes_at is not None and phase.closes_at <= now
    if over and wanted.closes_at != phase.closes_at:
        raise Invalid("dates.vote_over", field="voting_closes_at")


@command()
def edit_dates(work: Work, process_id: int, values: list[PhaseValue], reason: str = "") -> None:
    """Set the timetable of a draft. A published one is changed by two (``ask_dates``)."""
    process = the_process(work, process_id)
    require(work, Permission.CHANGE_DATES, process)
    if process.state != "draft":
        raise Conflict("dates.published")
    check_dates(values)
    set_dates(work, process, values)
    work.about("process", process.id, scope=process.id)


@command()
def plan_dates(
    work: Work, process_id: int, values: list[PhaseValue], reply_by: datetime | None
) -> None:
    """Give a draft its first timetable, and the day by which the council replies to what people
    decided together. Errors: Conflict, Invalid."""
    process = the_process(work, process_id)
    require(work, Permission.CHANGE_DATES, process)
    if process.state != "draft":
        raise Conflict("dates.published")
    check_dates(values)
    set_dates(work, process, values)
    for phase in process.phases:
        if phase.band == "together":
            phase.reply_by = reply_by
    work.about("process", process.id, scope=process.id)


def set_dates(work: Work, process: Process, values: Sequence[PhaseValue]) -> None:
    """Give the phases their dates, inside another command; what is left out goes.

    A phase that is to open later than now has not begun any more, and is checked again.
    """
    known = keyed(process.phases)
    for value in values:
        phase = known.pop(value.key, None)
        if phase is None:
            phase = Phase(kind=value.kind, name={}, summary={}, opens_at=value.opens_at,
                          closes_at=value.closes_at, who={}, band=BAND_OF[value.kind])
            process.phases.append(phase)
        if phase.opens_at != value.opens_at and value.opens_at > work.now:
            phase.opened_at = phase.held_at = None
        if phase.closes_at != value.closes_at and (
            value.closes_at is None or value.closes_at > work.now
        ):
            phase.closed_at = None
        phase.opens_at, phase.closes_at = value.opens_at, value.closes_at
    for gone in known.values():
        process.phases.remove(gone)
        work.session.delete(gone)


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@command()
def ask_dates(
    work: Work, process_id: int, values: list[PhaseValue], reason: Reason | str
) -> int:
    """Ask a second official to change a published timetable. The act's id."""
    process = the_process(work, process_id)
    require(work, Permission.CHANGE_DATES, process)
    first, texts = need_reason(process, reason)
    check_dates(values)
    _check_vote(process, values, work.now)
    work.about("process", process.id, scope=process.id)
    return twofold.ask(
        work, process, "processes.dates", reason=first, texts=texts,
        phases=[
            [one.kind, _written(one.opens_at), _written(one.closes_at), one.turn]
            for one in values
        ],
    )


@twofold.act("processes.dates", Permission.CHANGE_DATES)
def change_dates(work: Work, process: Any, act: Act) -> None:
    """Two officials want other dates: set them, with a public notice."""
    fresh = the_process(work, process.id)
    values = [
        PhaseValue(kind, datetime.fromisoformat(opens),
                   datetime.fromisoformat(closes) if closes else None, *turn)
        for kind, opens, closes, *turn in act.arguments["phases"]
    ]
    check_dates(values)
    _check_vote(fresh, values, work.now)
    before = dates_of(fresh)
    set_dates(work, fresh, values)
    work.session.flush()
    work.session.expire(fresh, ["phases"])
    notice(work, fresh, "notice.dates", act.reason, act.arguments.get("texts"),
           before=before, after=dates_of(fresh))


def dates_of(process: Process) -> dict[str, list[str | None]]:
    """The timetable in short, as a notice of its change keeps it: opening and closing by key."""
    return {
        key: [_written(phase.opens_at), _written(phase.closes_at)]
        for key, phase in keyed(process.phases).items()
    }


# -- what the public reads of a phase --------------------------------------------------------


def the_phase(process: Process, phase_id: int) -> Phase:
    """The phase of a process. Errors: Invalid."""
    phase = next((one for one in process.phases if one.id == phase_id), None)
    if phase is None:
        raise Invalid("phase.unknown")
    return phase


@command()
def edit_step(
    work: Work, process_id: int, phase_id: int, values: StepValue, reason: Reason | str = ""
) -> None:
    """Change a phase's name and words, how far and by whom is decided in it, and the promised
    reply. In a public process all but the sentence under it is a notice with its reason.

    Errors: Invalid.
    """
    process = the_process(work, process_id)
    require(work, Permission.CHANGE_DATES, process)
    phase = the_phase(process, phase_id)
    if values.band == "together" and values.reply_by is None:
        raise Invalid("phase.no_promise", field="reply_by")
    decides: dict[str, Any] = {"band": phase.band, "reply_by": _written(phase.reply_by)}
    wanted: dict[str, Any] = {"band": values.band, "reply_by": _written(values.reply_by)}
    for part in WHO_PARTS:
        said, says = (phase.who or {}).get(part), values.who.get(part)
        if reworded(said, says) or bool(says) > bool(said):
            decides[part], wanted[part] = said, says
    if reworded(phase.name, values.name) or bool(values.name) > bool(phase.name):
        decides["name"], wanted["name"] = dict(phase.name), dict(values.name)
    if decides != wanted:
        first, texts = need_reason(process, reason)
        notice(work, process, "notice.step", first, texts, step=phase.kind,
               name=dict(values.name), before=decides, after=wanted)
    phase.name, phase.summary, phase.who = values.name, values.summary, dict(values.who)
    phase.band, phase.reply_by = values.band, values.reply_by
    work.about("phase", phase.id, scope=process.id, band=values.band)


# -- opening and closing by date -------------------------------------------------------------


@command()
def keep_timetable(work: Work, process_id: int) -> None:
    """Open the phases whose date has come and that lack nothing, note those that are over.

    A phase that lacks something is held back; its officials are told once. One that went by
    without ever being open is told as well. Run by the worker; twice does nothing more.
    """
    process = the_process(work, process_id)
    require(work, Permission.RUN_JOBS)
    if process.state != "published":
        return
    for phase in missed(process.phases, work.now):
        phase.closed_at, phase.held_at = work.now, None
        work.about("phase", phase.id, scope=process.id, missed=phase.kind)
        _tell_officials(work, process, phase, "phase_missed")
    for phase in ended(process.phases, work.now):
        _close(work, process, phase)
    for phase in due(process.phases, work.now):
        missing = lacks(work.session, process, phase.kind)
        if not missing:
            _open(work, process, phase)
        elif phase.held_at is None:
            phase.held_at = work.now
            work.about("phase", phase.id, scope=process.id, held=phase.kind)
            _tell_officials(work, process, phase, "phase_held")
        work.session.flush()  # the next one's check sees that this one has begun


def _open(work: Work, process: Process, phase: Phase) -> None:
    phase.opened_at, phase.held_at = work.now, None
    work.about("phase", phase.id, scope=process.id, opened=phase.kind)
    work.record(PhaseOpened(process.id, phase.id, phase.kind))


def _close(work: Work, process: Process, phase: Phase) -> None:
    phase.closed_at = work.now
    work.about("phase", phase.id, scope=process.id, closed=phase.kind)
    work.record(PhaseClosed(process.id, phase.id, phase.kind))


def _tell_officials(work: Work, process: Process, phase: Phase, kind: str) -> None:
    """Mail those who can put it right, once each."""
    for person in people_with(work.session, process.id, OFFICIALS):
        tell(work, kind, email=person.email or "", language=person.language, person_id=person.id,
             name=person.name, process_id=process.id, phase_id=phase.id, phase=phase.kind)


# -- opening and closing early, by two -------------------------------------------------------


@command()
def ask_early(
    work: Work, process_id: int, phase_id: int, way: str, reason: Reason | str
) -> int:
    """Ask a second official to ``open`` or ``close`` a phase now. The act's id.

    Errors: Invalid, Conflict.
    """
    process = the_process(work, process_id)
    require(work, Permission.CHANGE_DATES, process)
    phase = the_phase(process, phase_id)
    first, texts = need_reason(process, reason)
    _check_early(work, process, phase, way)
    work.about("phase", phase.id, scope=process.id, way=way)
    return twofold.ask(work, process, f"processes.{way}_now", subject_id=phase.id, reason=first,
                       texts=texts)


def _check_early(work: Work, process: Process, phase: Phase, way: str) -> None:
    """Whether the phase can be opened or closed at this moment. Errors: Invalid, Conflict."""
    if process.state != "published" or way not in ("open", "close"):
        raise Conflict("phase.not_public")
    if way == "close":
        if phase_at(process, work.now) is not phase:
            raise Conflict("phase.not_open")
        return
    over = phase.closes_at is not None and phase.closes_at <= work.now
    if over or has_begun(phase, work.now):
        raise Conflict("phase.begun")
    if phase_at(process, work.now) is not None or any(
        one is not phase and one.opens_at < phase.opens_at and not has_begun(one, work.now)
        for one in process.phases
    ):
        raise Conflict("phase.other_first")
    if lacks(work.session, process, phase.kind):
        raise Invalid("phase.incomplete")


@twofold.act("processes.open_now", Permission.CHANGE_DATES)
def open_now(work: Work, process: Any, act: Act) -> None:
    """Two officials open a phase before its date, with a public notice."""
    fresh = the_process(work, process.id)
    phase = the_phase(fresh, act.subject_id or 0)
    _check_early(work, fresh, phase, "open")
    planned = _written(phase.opens_at)
    phase.opens_at = work.now
    _open(work, fresh, phase)
    notice(work, fresh, "notice.opened", act.reason, act.arguments.get("texts"),
           step=phase.kind, name=dict(phase.name), planned=planned)


@twofold.act("processes.close_now", Permission.CHANGE_DATES)
def close_now(work: Work, process: Any, act: Act) -> None:
    """Two officials close a phase before its date, with a public notice."""
    fresh = the_process(work, process.id)
    phase = the_phase(fresh, act.subject_id or 0)
    _check_early(work, fresh, phase, "close")
    planned = _written(phase.closes_at)
    phase.closes_at = work.now
    _close(work, fresh, phase)
    notice(work, fresh, "notice.closed", act.reason, act.arguments.get("texts"),
           step=phase.kind, name=dict(phase.name), planned=planned)
