"""What of a proposal can be reported: its text, and each photo by itself.

A decision by officers protects it from being hidden by a mere report.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.core.i18n import N_
from pb.core.pictures import settle_picture
from pb.core.work import Work
from pb.moderation.subjects import Content, Subject, register
from pb.processes.models import Process
from pb.proposals import search
from pb.proposals.models import SHOWN, CoAuthor, Proposal, ProposalPhoto


def _load(session: Session, id: int) -> Proposal | None:
    found = session.get(Proposal, id)
    return found if found is not None and found.state in SHOWN else None


def _words(session: Session, row: Proposal) -> Content:
    pictures = session.execute(
        select(ProposalPhoto.key, ProposalPhoto.alt)
        .where(ProposalPhoto.proposal_id == row.id).order_by(ProposalPhoto.position)
    ).all()
    words = (row.wish, row.body, row.place, row.already_there, row.can_bring)
    return Content(
        f"{row.number}. {row.title}", tuple(one for one in words if one), row.language,
        tuple((key, alt) for key, alt in pictures),
    )


def _authors(session: Session, row: Proposal) -> Sequence[int]:
    others = session.scalars(
        select(CoAuthor.person_id).where(
            CoAuthor.proposal_id == row.id, CoAuthor.accepted_at.is_not(None),
            CoAuthor.removed_at.is_(None), CoAuthor.person_id.is_not(None),
        )
    ).all()
    return [one for one in (row.author_id, *others) if one is not None]


def _settle_pictures(work: Work, row: Proposal) -> None:
    """The files follow what is to be seen, once it is kept."""
    for key in work.session.scalars(
        select(ProposalPhoto.key).where(ProposalPhoto.proposal_id == row.id)
    ):
        work.later(settle_picture, key=key)


def _hide(work: Work, row: Proposal) -> None:
    row.hidden_at = work.now
    search.drop(work.connection, row.id)
    _settle_pictures(work, row)


def _show(work: Work, row: Proposal) -> None:
    row.hidden_at = None
    search.put(
        work.connection, row.id, row.process_id, (row.title, row.wish, row.body, row.place)
    )
    _settle_pictures(work, row)


def _link(session: Session, row: Proposal, process: Process) -> tuple[str, dict[str, Any]]:
    return "idea", {"slug": process.slug, "number": row.number}


def _protected(session: Session, row: Proposal, process: Process, now: datetime) -> str:
    return "decision" if row.state in ("accepted", "refused") else ""


register(
    Subject(
        kind="proposal", named=N_("An idea"), load=_load,
        process_id=lambda session, row: int(row.process_id),
        hidden=lambda row: row.hidden_at is not None, hide=_hide, show=_show, words=_words,
        link=_link, author=_authors, protected=_protected,
    )
)


def _proposal(session: Session, photo: ProposalPhoto) -> Proposal:
    return session.get_one(Proposal, photo.proposal_id)


def _load_photo(session: Session, id: int) -> ProposalPhoto | None:
    photo = session.get(ProposalPhoto, id)
    return photo if photo is not None and _proposal(session, photo).state in SHOWN else None


def _photo_words(session: Session, row: ProposalPhoto) -> Content:
    proposal = _proposal(session, row)
    return Content(
        f"{proposal.number}. {proposal.title}", (row.alt,) if row.alt else (), proposal.language,
        ((row.key, row.alt),),
    )


def _hide_photo(work: Work, row: ProposalPhoto) -> None:
    row.hidden_at = work.now
    work.later(settle_picture, key=row.key)


def _show_photo(work: Work, row: ProposalPhoto) -> None:
    row.hidden_at = None
    work.later(settle_picture, key=row.key)


register(
    Subject(
        kind="photo", named=N_("A photo"), load=_load_photo,
        process_id=lambda session, row: int(_proposal(session, row).process_id),
        hidden=lambda row: row.hidden_at is not None, hide=_hide_photo, show=_show_photo,
        words=_photo_words,
        link=lambda session, row, process: _link(session, _proposal(session, row), process),
        author=lambda session, row: _authors(session, _proposal(session, row)),
    )
)
