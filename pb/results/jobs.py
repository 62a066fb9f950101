"""Running a count outside of any request, and the mails about results."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.i18n import Reader
from pb.core.jobs import job
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.notifications.jobs import mail_kind
from pb.processes.models import Process
from pb.results import queries
from pb.results.counting import Counted, count_process
from pb.results.models import Count, Objection
from voting import ContestError


@job
def run_count(site: Site, count_id: int) -> None:
    """Count, twice, and keep the result for the officials to look at."""
    carry_out(site, count_id)


def carry_out(site: Site, count_id: int) -> None:
    """Do the count of a row that says "running"; done before, it does nothing.

    What goes wrong leaves "failed" behind: a contest that cannot be counted with its code, and
    anything unforeseen as such, so that nobody waits for a count that has stopped.
    """
    with site.database.reading() as session:
        row = session.get_one(Count, count_id)
        if row.state not in ("running", "failed"):
            return
        process = session.get_one(Process, row.process_id)
        failure = "count.failed"
        try:
            counted = count_process(
                session, process, lambda step: site.work.run(_progress, SYSTEM, count_id, step)
            )
            failure = ""
        except ContestError as error:
            failure = error.code
        finally:
            if failure:
                site.work.run(fail, SYSTEM, count_id, failure)
    if not failure:
        site.work.run(keep, SYSTEM, count_id, counted)


@command(audited=False)
def _progress(work: Work, count_id: int, step: str) -> None:
    require(work, Permission.RUN_JOBS)
    work.connection.execute(
        update(Count).where(Count.id == count_id).values(progress=step, state="running")
    )


@command()
def keep(work: Work, count_id: int, counted: Counted) -> None:
    """Keep what a count came to."""
    require(work, Permission.RUN_JOBS)
    row = work.session.get_one(Count, count_id)
    row.state, row.progress, row.counted_at = "counted", "", work.now
    row.tally, row.second_count = counted.tally, counted.second_count
    row.comparison, row.turnout = counted.comparison, counted.turnout
    if not row.turnout["areas"]:
        # Counted again after the list of voters was deleted: who voted was frozen before.
        earlier = next((one for one in queries.counts_of(work.session, row.process_id)
                        if one.turnout.get("areas")), None)
        row.turnout = earlier.turnout if earlier else row.turnout
    row.input_digest = counted.digest
    work.about("count", count_id, scope=row.process_id, digest=counted.digest)


@command()
def fail(work: Work, count_id: int, code: str) -> None:
    """Say that a count came to nothing, and why."""
    require(work, Permission.RUN_JOBS)
    row = work.session.get_one(Count, count_id)
    row.state, row.progress = "failed", code[:40]
    work.about("count", count_id, scope=row.process_id, code=code)


# -- mails -----------------------------------------------------------------------------------


@mail_kind("result_published")
def result_published_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """To officials and auditors: the result is public, and until when anyone may object."""
    count = session.get_one(Count, arguments["count_id"])
    process = session.get_one(Process, count.process_id)
    return {
        "process": reader.plain(process.name), "until": count.objections_until,
        "url": f"{site.settings.base_url}/processes/{process.slug}/result",
        "invented": process.invented,
    }


def _objection(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    objection = session.get_one(Objection, arguments["objection_id"])
    count = session.get_one(Count, objection.count_id)
    process = session.get_one(Process, count.process_id)
    return {
        "process": reader.plain(process.name), "objection": objection, "slug": process.slug,
        "url": f"{site.settings.base_url}/processes/{process.slug}/result#objections",
        "invented": process.invented,
    }


@mail_kind("objection_made")
def objection_made_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """To whoever objected: a copy of what they wrote."""
    return _objection(site, session, reader, arguments)


@mail_kind("objection_received")
def objection_received_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """To the officials: somebody objected, and where to answer."""
    context = _objection(site, session, reader, arguments)
    number = context["objection"].id
    context["url"] = (
        f"{site.settings.base_url}/office/processes/{context['slug']}/objections/{number}"
    )
    return context


@mail_kind("objection_answered")
def objection_answered_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """To whoever objected: the council's public answer."""
    return _objection(site, session, reader, arguments)
