"""Moderation's mails, and forgetting where reports came from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.core.i18n import Reader
from pb.core.jobs import periodic
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.moderation import queries, rules, words
from pb.moderation.models import Case, PostMark, Report
from pb.moderation.services import forget_addresses
from pb.notifications.jobs import mail_kind
from pb.processes.models import Process


def case_context(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """What the mails about a case say. No mail repeats the words in question."""
    case = session.get_one(Case, arguments["case_id"])
    process = session.get_one(Process, case.process_id)
    now = queries.seen(session, process, case.kind, case.subject_id, site.clock())
    base = f"{site.settings.base_url}/processes/{process.slug}"
    office = f"{site.settings.base_url}/office/processes/{process.slug}/reports"
    return {
        "name": arguments["name"], "process": reader.plain(process.name),
        "title": now.content.title, "case": case, "outcome": case.answer_outcome or case.outcome,
        "why": reader.say(words.WHY[case.reason_code or case.code]),
        "url": f"{base}/moderation/{case.id}", "office_url": f"{office}/{case.id}",
        "days": rules.APPEAL_DAYS, "invented": process.invented,
    }


for _kind in ("post_hidden", "post_decided", "appeal_answered", "reports_waiting", "post_passed"):
    mail_kind(_kind)(case_context)


@periodic
def forget(site: Site) -> None:
    """Forget addresses once their time is over. It looks first: mostly there is nothing to do."""
    now = site.clock()
    with site.database.reading() as session:
        old_report = session.scalar(
            select(Report.id).where(
                Report.address != "", Report.made_at < now - rules.ADDRESSES_KEPT
            ).limit(1)
        )
        old_mark = session.scalar(
            select(PostMark.id).where(PostMark.made_at < now - rules.MARKS_KEPT).limit(1)
        )
    if old_report is not None or old_mark is not None:
        site.work.run(forget_addresses, SYSTEM)
