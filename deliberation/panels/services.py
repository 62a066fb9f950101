"""Commands on a jury before it sits: its remit, promise and charter, and who is on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deliberation.panels import rules
from deliberation.panels.models import Interest, Juror, Jury
from deliberation.panels.queries import jury_of
from deliberation.panels.values import JurorValue, JuryValue
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process
from pb.projects.queries import project_numbers


def process_of_jury(work: Work, jury_id: int) -> tuple[Process, Jury]:
    """A jury with the process that it belongs to, the subject of every permission about it."""
    jury = work.session.get(Jury, jury_id)
    if jury is None:
        raise NotFound("jury.unknown")
    return work.session.get_one(Process, jury.process_id), jury


@command()
def make_jury(work: Work, process_id: int, values: JuryValue) -> int:
    """Begin a process's jury; its id. Errors: Conflict where there is one."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.EDIT_JURY, process)
    if jury_of(work.session, process_id) is not None:
        raise Conflict("jury.exists")
    jury = Jury(
        process_id=process_id, charter={}, drawn={}, made_at=work.now,
        made_by=work.actor.person_id, **_texts(values),
    )
    work.session.add(jury)
    work.session.flush()
    work.about("jury", jury.id, scope=process_id)
    return jury.id


@command()
def edit_jury(work: Work, jury_id: int, values: JuryValue) -> None:
    """Change remit, promise, and whom jurors turn to."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    for name, value in _texts(values).items():
        setattr(jury, name, value)
    work.about("jury", jury.id, scope=process.id)


def _texts(values: JuryValue) -> dict[str, Any]:
    return {
        "name": values.name, "remit": values.remit, "promise": values.promise,
        "commissioners": values.commissioners, "reply_by": values.reply_by,
        "conflict_name": values.conflict_name, "conflict_contact": values.conflict_contact,
    }


@command()
def set_charter(work: Work, jury_id: int, charter: dict[str, str]) -> None:
    """Write the charter anew: a new version, which every juror is asked to accept."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    if charter == jury.charter:
        return
    jury.charter, jury.charter_version = charter, jury.charter_version + 1
    work.about("jury", jury.id, scope=process.id, charter=jury.charter_version)


@command()
def accept_charter(work: Work, jury_id: int, version: int) -> None:
    """A facilitator takes the charter on, in the version that they have read. Errors: Conflict."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    if version != jury.charter_version or not version:
        raise Conflict("charter.other")
    jury.charter_accepted = version
    work.about("jury", jury.id, scope=process.id, charter=version)


@command()
def accept_charter_as(work: Work, juror_id: int) -> None:
    """A juror accepts the charter on their own screen."""
    juror = work.session.get_one(Juror, juror_id)
    process, jury = process_of_jury(work, juror.jury_id)
    require(work, Permission.ACT_AS_JUROR, process)
    juror.accepted_charter = jury.charter_version
    work.about("juror", juror.id, scope=process.id, charter=jury.charter_version)


@command()
def set_jurors(
    work: Work, jury_id: int, values: Sequence[JurorValue], drawn: dict[str, Any]
) -> None:
    """Put people on a jury that has nobody yet. ``drawn``: the digest and ids of a draw's record,
    of whom nobody may be missing. Errors: Conflict, Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    if jury.jurors:
        raise Conflict("jurors.there")
    if not 1 <= len(values) <= rules.MOST_JURORS:
        raise Invalid("jurors.number", field="lines", most=rules.MOST_JURORS)
    missing = rules.missing_of_draw(drawn.get("ids", ()), values)
    if missing:
        raise Invalid("jurors.not_drawn", field="lines", ids=", ".join(missing[:5]))
    jury.drawn = drawn
    jury.jurors = [
        Juror(number=number, pool_id=one.pool_id, name=one.name, reserve=one.reserve,
              speaks=one.speaks, needs=one.needs, traits={})
        for number, one in enumerate(values, 1)
    ]
    work.about("jury", jury.id, scope=process.id, jurors=len(values))


def _juror(jury: Jury, juror_id: int) -> Juror:
    found = next((one for one in jury.jurors if one.id == juror_id), None)
    if found is None:
        raise NotFound("juror.unknown")
    return found


@command()
def let_go(work: Work, jury_id: int, juror_id: int) -> None:
    """A juror leaves for good: the name and what they need go at once; the number stays, and
    what they voted in secret stays in the sums."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    juror = _juror(jury, juror_id)
    if juror.left_at is not None:
        raise Conflict("juror.left")
    juror.left_at, juror.name, juror.needs, juror.pool_id = work.now, "", "", ""
    juror.traits = {}
    work.about("juror", juror.id, scope=process.id)


@command()
def seat_reserve(work: Work, jury_id: int, juror_id: int) -> None:
    """A reserve becomes a juror."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    juror = _juror(jury, juror_id)
    if not juror.reserve or juror.left_at is not None:
        raise Conflict("juror.no_reserve")
    juror.reserve = False
    work.about("juror", juror.id, scope=process.id)


@command()
def declare_interest(
    work: Work, jury_id: int, juror_id: int, project_number: int, why: str
) -> None:
    """A juror is too close to a project: from now on they do not judge it. Twice is once."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    juror = _juror(jury, juror_id)
    known = work.session.get(Interest, (juror.id, project_number))
    if known is None:
        work.session.add(Interest(juror_id=juror.id, project_number=project_number, why=why,
                                  declared_at=work.now))
    else:
        known.why = why
    work.about("juror", juror.id, scope=process.id, project=project_number)


@command()
def take_back_interest(work: Work, jury_id: int, juror_id: int, project_number: int) -> None:
    """An interest was noted by mistake. Errors: NotFound."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    known = work.session.get(Interest, (_juror(jury, juror_id).id, project_number))
    if known is None:
        raise NotFound("interest.unknown")
    work.session.delete(known)
    work.about("juror", juror_id, scope=process.id, project=project_number, taken_back=True)


@command()
def declare_own_interests(
    work: Work, juror_id: int, numbers: Sequence[int], why: str
) -> int:
    """A juror says on their own screen to which projects they are too close; how many are new.

    What is declared stays: a facilitator takes back what was noted by mistake. Errors: NotFound.
    """
    juror = work.session.get_one(Juror, juror_id)
    process, _jury = process_of_jury(work, juror.jury_id)
    require(work, Permission.ACT_AS_JUROR, process)
    known = set(project_numbers(work.session, process.id))
    if not set(numbers) <= known:
        raise NotFound("interest.unknown")
    new = 0
    for number in numbers:
        if work.session.get(Interest, (juror.id, number)) is None:
            work.session.add(Interest(juror_id=juror.id, project_number=number, why=why,
                                      declared_at=work.now))
            new += 1
    work.about("juror", juror.id, scope=process.id, interests=list(numbers))
    return new
