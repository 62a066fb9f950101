"""Reading the council and its processes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.access.permissions import Permission
from pb.core.errors import NotFound
from pb.core.web import Request
from pb.processes.models import Council, Notice, Process


def the_council(session: Session) -> Council:
    """The installation's council; a placeholder before ``pb init`` was run."""
    council = session.scalar(select(Council).limit(1))
    return council or Council(
        name={"en": "The common purse", "cy": "Y pwrs cyffredin"}, claim={},
        languages=["en", "cy"], time_zone="Europe/London", address={}, phone="", email="",
        strip="",
    )


def council_of(request: Request) -> Council:
    return the_council(request.session)


def process_by_slug(session: Session, slug: str) -> Process:
    """The process with its phases and areas. Errors: NotFound."""
    process = session.scalar(select(Process).where(Process.slug == slug))
    if process is None:
        raise NotFound("process.not_found")
    return process


def the_process(request: Request) -> Process:
    """The process of the address, if this reader may see it. Errors: NotFound."""
    process = process_by_slug(request.session, request.params["slug"])
    if not request.can(Permission.SEE_PROCESS, process):
        raise NotFound("process.not_found")
    return process


def published_processes(session: Session) -> list[Process]:
    """What the public sees, the newest first."""
    return list(
        session.scalars(
            select(Process).where(Process.state != "draft").order_by(Process.id.desc())
        )
    )


def notices_of(session: Session, process_id: int) -> list[Notice]:
    """The public notices of a process, the newest first."""
    return list(
        session.scalars(
            select(Notice).where(Notice.process_id == process_id).order_by(Notice.id.desc())
        )
    )
