"""Commands on a jury's evaluation: what it is compared with, publication, the evaluator's files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from deliberation.evaluation import files, rules
from deliberation.evaluation.checklist import PRINCIPLES
from deliberation.evaluation.models import Census, Evaluation, Export, PrincipleWords
from deliberation.evaluation.queries import exports_of, figures_of
from deliberation.panels.models import Jury
from deliberation.panels.services import process_of_jury
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process


@command()
def set_census(
    work: Work, jury_id: int, source: str, census: rules.Census,
    pool: rules.PoolCounts | None, sha256: str,
) -> None:
    """What the jury shall be like, and its pool in sums. Traits of jurors are kept with them, and
    go when they leave. Errors: Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    known = work.session.get(Census, jury.id)
    if known is None:
        known = Census(jury_id=jury.id, pool={}, shares={}, set_at=work.now)
        work.session.add(known)
    known.source, known.shares, known.set_at = source, census, work.now
    if pool is not None:
        known.pool, known.pool_people, known.pool_sha256 = pool.counts, pool.people, sha256
        for juror in jury.jurors:
            if juror.left_at is None and juror.pool_id in pool.traits:
                juror.traits = pool.traits[juror.pool_id]
    work.about("jury", jury.id, scope=process.id, traits=len(census),
               pool=pool.people if pool else 0)


@command()
def publish(work: Work, jury_id: int) -> int:
    """Publish the figures as everybody may see them; the version. Errors: Conflict without any."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.PUBLISH_EVALUATION, process)
    found = figures_of(work.session, work.site.secrets, jury, work.now,
                       ZoneInfo(process.time_zone), exact=False)
    if not found:
        raise Conflict("evaluation.nothing")
    known = work.session.get(Evaluation, jury.id)
    if known is None:
        known = Evaluation(jury_id=jury.id, version=0)
        work.session.add(known)
    known.version, known.figures, known.published_at = known.version + 1, found, work.now
    work.about("jury", jury.id, scope=process.id, figures=len(found), version=known.version)
    return known.version


@command()
def set_words(work: Work, jury_id: int, words: Mapping[str, dict[str, str]]) -> None:
    """The organiser's own sentence about each principle; an empty one goes. Errors: Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EDIT_JURY, process)
    if not set(words) <= set(PRINCIPLES):
        raise Invalid("checklist.unknown")
    for principle, text in words.items():
        known = work.session.get(PrincipleWords, (jury.id, principle))
        if not text:
            if known is not None:
                work.session.delete(known)
        elif known is None:
            work.session.add(PrincipleWords(jury_id=jury.id, principle=principle, text=text))
        else:
            known.text = text
    work.about("jury", jury.id, scope=process.id, principles=len(words))


@command()
def issue_export(work: Work, jury_id: int) -> int:
    """Make the evaluator's files of the jury as it stands; the issue's number. A later issue takes
    the place of the earlier ones, whose hashes stay."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.EXPORT_EVALUATION, process)
    before = work.session.scalar(select(func.max(Export.number)).where(Export.jury_id == jury.id))
    number = new_issue(work, process, jury, "renewed" if before else "first")
    work.about("jury", jury.id, scope=process.id, issue=number)
    return number


def new_issue(work: Work, process: Process, jury: Jury, reason: str) -> int:
    """Make an issue inside another command: earlier ones lose their content."""
    if reason not in rules.EXPORT_REASONS:
        raise NotFound("export.unknown")
    number = 1
    for one in exports_of(work.session, jury.id):
        number = max(number, one.number + 1)
        one.content = None
    content, manifest = files.issue(
        work.session, work.site.secrets, process, jury, number, work.now
    )
    work.session.add(Export(
        jury_id=jury.id, number=number, reason=reason, files=manifest, content=content,
        sha256=hashlib.sha256(content).hexdigest(), made_at=work.now,
    ))
    work.session.flush()
    return number

