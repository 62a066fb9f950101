"""Commands on drafts: nothing that somebody typed is lost, whether or not they signed in, and
whether or not the time for ideas has passed meanwhile."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts.models import SignInLink
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.processes.models import Process
from pb.proposals import queries, rules
from pb.proposals.models import Category, Proposal, ProposalPhoto


@command(audited=False)
def begin_draft(work: Work, process_id: int, token: str, language: str) -> int:
    """Begin a draft on this device; its id. ``token``: the value of the device's cookie."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.KEEP_DRAFT, process)
    draft = Proposal(
        process_id=process.id, state="draft", language=language, author_id=work.actor.person_id,
        draft_key=queries.key_hash(token) or None, made_at=work.now, saved_at=work.now,
        shuffle=1 + secrets.randbelow(rules.MERSENNE - 1),
    )
    work.session.add(draft)
    work.session.flush()
    return draft.id


def own_draft(work: Work, draft_id: int, token: str) -> Proposal:
    """A draft of this device or person, inside a command. Errors: NotFound, Conflict."""
    draft = queries.draft_of(work.session, draft_id, work.actor, token)
    if draft.state != "draft":
        raise Conflict("idea.published_already")
    return draft


def process_of(work: Work, proposal_id: int) -> Process:
    """The process of a proposal. Errors: NotFound."""
    proposal = work.session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound("idea.not_found")
    return work.session.get_one(Process, proposal.process_id)


@command(audited=False)
def save_draft(work: Work, draft_id: int, token: str, changes: Mapping[str, Any]) -> None:
    """Keep what was typed so far. Errors: NotFound, Conflict, Invalid for a pin in the sea."""
    process = process_of(work, draft_id)
    require(work, Permission.KEEP_DRAFT, process)
    draft = own_draft(work, draft_id, token)
    change(work, process, draft, changes)
    draft.saved_at = work.now
    if draft.author_id is None:  # begun before signing in
        draft.author_id = work.actor.person_id


def change(
    work: Work, process: Process, proposal: Proposal, changes: Mapping[str, Any]
) -> None:
    """Set fields of a proposal, checked against its process. Errors: Invalid."""
    if not set(changes) <= {*rules.FIELDS, "author_name"}:
        raise ValueError(f"no such fields: {sorted(changes)}")
    area = changes.get("area_id")
    if area is not None and all(one.id != area for one in process.areas):
        raise Invalid("area.unknown", field="area")
    category = changes.get("category_id")
    if category is not None:
        found = work.session.get(Category, category)
        if found is None or found.process_id != process.id:
            raise Invalid("idea.category_unknown", field="category")
    x, y = changes.get("x"), changes.get("y")
    if (x is None) != (y is None):
        raise Invalid("idea.pin", field="pin")
    if x is not None and y is not None and not rules.on_land(process.map, x, y):
        raise Invalid("idea.at_sea", field="pin")
    for name, value in changes.items():
        setattr(proposal, name, value)


@command(audited=False)
def drop_draft(work: Work, draft_id: int, token: str) -> None:
    """Delete a draft; its author wants it gone. Errors: NotFound, Conflict."""
    process = process_of(work, draft_id)
    require(work, Permission.KEEP_DRAFT, process)
    draft = own_draft(work, draft_id, token)
    work.session.execute(delete(ProposalPhoto).where(ProposalPhoto.proposal_id == draft.id))
    work.session.delete(draft)


@command(audited=False)
def add_photo(work: Work, draft_id: int, token: str, key: str, alt: str) -> None:
    """Add a photo, already made safe and stored under ``key``. Errors: Invalid over the most."""
    process = process_of(work, draft_id)
    require(work, Permission.KEEP_DRAFT, process)
    draft = own_draft(work, draft_id, token)
    attach(work, draft, key, alt)
    draft.saved_at = work.now


def attach(work: Work, proposal: Proposal, key: str, alt: str) -> None:
    """One more photo, inside a command; the same picture twice is one photo."""
    known = queries.photos(work.session, proposal.id, hidden=True)
    same = next((one for one in known if one.key == key), None)
    if same is not None:
        same.alt = alt or same.alt
        return
    if len(known) >= rules.MOST_PHOTOS:
        raise Invalid("idea.too_many_photos", field="photo", num=rules.MOST_PHOTOS)
    work.session.add(
        ProposalPhoto(proposal_id=proposal.id, key=key, alt=alt, position=len(known))
    )
    work.session.flush()


@command(audited=False)
def edit_photos(
    work: Work, draft_id: int, token: str, alts: Mapping[int, str], removed: frozenset[int]
) -> None:
    """Describe a draft's photos, by id, and take some away."""
    process = process_of(work, draft_id)
    require(work, Permission.KEEP_DRAFT, process)
    draft = own_draft(work, draft_id, token)
    describe(work, draft, alts, removed)
    draft.saved_at = work.now


def describe(
    work: Work, proposal: Proposal, alts: Mapping[int, str], removed: frozenset[int]
) -> None:
    """Set the words of photos and take some away, inside a command."""
    for photo in queries.photos(work.session, proposal.id, hidden=True):
        if photo.id in removed:
            work.session.delete(photo)
        elif photo.id in alts:
            photo.alt = alts[photo.id]
    work.session.flush()


def forget_old_drafts(work: Work, before: Any, most: int = 200) -> int:
    """Delete drafts of nobody that were not touched since a moment, inside a command."""
    old = work.session.scalars(
        select(Proposal.id).where(
            Proposal.state == "draft", Proposal.author_id.is_(None), Proposal.saved_at < before
        ).limit(most)
    ).all()
    if old:
        work.session.execute(delete(ProposalPhoto).where(ProposalPhoto.proposal_id.in_(old)))
        work.session.execute(delete(Proposal).where(Proposal.id.in_(old)))
    return len(old)


def bound_to(work: Work, bound: str) -> list[Any]:
    """What a mailed link or code is bound to: the link's id and nonce, and the draft's id."""
    return list(work.site.secrets.unsign("idea-confirm", bound) or [0, "", 0])


@command(audited=False)
def claim(work: Work, bound: str) -> int:
    """Make a draft the person's who confirmed their address for it; its id. Errors: NotFound."""
    value = bound_to(work, bound)
    process = process_of(work, value[2])
    require(work, Permission.KEEP_DRAFT, process)
    link = work.session.get(SignInLink, value[0])
    draft = work.session.get_one(Proposal, value[2])
    if link is None or link.nonce != value[1] or link.person_id != work.actor.person_id:
        raise NotFound("idea.no_draft")
    if draft.state == "draft" and draft.author_id is None:
        draft.author_id = link.person_id
    return draft.id
