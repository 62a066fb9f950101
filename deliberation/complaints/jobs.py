"""The mail that a complaint is there. It says neither who complains nor of what."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from deliberation.panels.models import Jury
from pb.core.i18n import Reader
from pb.core.site import Site
from pb.notifications.jobs import mail_kind
from pb.processes.models import Process


@mail_kind("complaint_made")
def complaint_made_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """To those who may read it: where it can be read."""
    jury = session.get_one(Jury, arguments["jury_id"])
    process = session.get_one(Process, jury.process_id)
    return {
        "process": reader.plain(process.name),
        "url": f"{site.settings.base_url}/office/processes/{process.slug}/jury/complaints",
        "invented": process.invented,
    }
