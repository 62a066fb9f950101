"""A comment can be reported; while a moderator looks at it, it is not counted either."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from pb.comments.models import Comment
from pb.core.i18n import N_
from pb.core.work import Work
from pb.moderation.subjects import Content, Subject, register
from pb.processes.models import Process
from pb.proposals.models import Proposal


def _load(session: Session, id: int) -> Comment | None:
    found = session.get(Comment, id)
    return found if found is not None and found.removed_at is None else None


def _process_id(session: Session, row: Comment) -> int:
    return int(session.get_one(Proposal, row.proposal_id).process_id)


def _words(session: Session, row: Comment) -> Content:
    proposal = session.get_one(Proposal, row.proposal_id)
    return Content(f"{proposal.number}. {proposal.title}", (row.text,), row.language)


def _hide(work: Work, row: Comment) -> None:
    from pb.comments.services import recount

    row.hidden_at = work.now
    work.session.flush()
    recount(work, row.proposal_id)


def _show(work: Work, row: Comment) -> None:
    from pb.comments.services import recount

    row.hidden_at = None
    work.session.flush()
    recount(work, row.proposal_id)


def _link(session: Session, row: Comment, process: Process) -> tuple[str, dict[str, Any]]:
    proposal = session.get_one(Proposal, row.proposal_id)
    return "idea", {"slug": process.slug, "number": proposal.number}


register(
    Subject(
        kind="comment", named=N_("A comment"), load=_load, process_id=_process_id,
        hidden=lambda row: row.hidden_at is not None, hide=_hide, show=_show, words=_words,
        link=_link,
        author=lambda session, row: [row.author_id] if row.author_id is not None else [],
    )
)
