"""Proposals: what residents would like to see done, from the first words to the officers' desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model

STATES = ("draft", "published", "withdrawn", "merged", "refused", "accepted")
SHOWN = ("published", "refused", "accepted")
"""The states in which a proposal is on the public list (unless a moderator's look hides it)."""


class Category(Model):
    """What a proposal is about. Optional for whoever proposes, and asked after the free text."""

    __tablename__ = "categories"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[dict[str, str]]
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("process_id", "key"),)


class Package(Model):
    """Several pins of one neighbourhood, looked at as one."""

    __tablename__ = "packages"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    name: Mapped[dict[str, str]]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    left: Mapped[int | None]
    top: Mapped[int | None]
    right: Mapped[int | None]
    bottom: Mapped[int | None]
    """The rectangle that was drawn, on the process's map; None where ideas were chosen by hand."""
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Proposal(Model):
    """A resident's idea. A draft of somebody who has not signed in is known by ``draft_key``."""

    __tablename__ = "proposals"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    number: Mapped[int | None]
    """The public reference within its process, given at publication and kept for ever."""
    state: Mapped[str] = mapped_column(String(20), default="draft")
    """One of STATES."""
    language: Mapped[str] = mapped_column(String(2))
    """In which the author wrote."""
    wish: Mapped[str] = mapped_column(String(2000), default="")
    """The first answer: what would make life here better?"""
    title: Mapped[str] = mapped_column(String(150), default="")
    body: Mapped[str] = mapped_column(String(8000), default="")
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"), index=True)
    x: Mapped[int | None]
    y: Mapped[int | None]
    """On the process's map, 0 to 1000 and 0 to 700; both or neither."""
    place: Mapped[str] = mapped_column(String(200), default="")
    """The place in words."""
    cost_guess: Mapped[int | None] = mapped_column(BigInteger)
    """Minor units of the process's currency; the author's own guess."""
    already_there: Mapped[str] = mapped_column(String(2000), default="")
    can_bring: Mapped[str] = mapped_column(String(2000), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None: not signed in yet, entered for somebody without an account, or the account was erased.
    """
    author_name: Mapped[str] = mapped_column(String(200), default="")
    """As shown with the idea; empty: "a resident"."""
    helped_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The worker who entered it for somebody."""
    draft_key: Mapped[str | None] = mapped_column(String(64), index=True)
    """A digest of the cookie that holds a draft before its author has signed in."""
    made_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    """The last change after publication."""
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    """Since when it is out of sight until a moderator decides."""
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"), index=True)
    package_id: Mapped[int | None] = mapped_column(ForeignKey("packages.id"), index=True)
    supporters: Mapped[int] = mapped_column(default=0)
    comments: Mapped[int] = mapped_column(default=0)
    """How many are shown; both are counted from their rows at each change."""
    shuffle: Mapped[int] = mapped_column(default=0)
    """A number drawn once, from which the list's random order is made with the reader's seed."""

    __table_args__ = (
        UniqueConstraint("process_id", "number"),
        Index("ix_proposals_listed", "process_id", "state", "hidden_at"),
    )


class ProposalVersion(Model):
    """How a published proposal read, version by version; public."""

    __tablename__ = "proposal_versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    number: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """None once that person's account was erased."""
    content: Mapped[dict[str, Any]]
    changed: Mapped[list[str]]
    """The names of the fields that differ from the version before."""

    __table_args__ = (UniqueConstraint("proposal_id", "number"),)


class CoAuthor(Model):
    """Somebody who was invited to write with the author; writes once they accepted."""

    __tablename__ = "co_authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    nonce: Mapped[str] = mapped_column(String(32))
    invited_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class Support(Model):
    """A person's support of a proposal: once. Who supports is never shown, only how many."""

    __tablename__ = "supports"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)


class Follow(Model):
    """Somebody who wants to hear of a proposal by mail, in one digest a day."""

    __tablename__ = "follows"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)


class News(Model):
    """What happened to a proposal, for its followers' digest."""

    __tablename__ = "proposal_news"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    """A code whose sentence says what happened."""
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Whoever did it needs no mail about it."""


class Digest(Model):
    """Up to when a person has been told of what they follow."""

    __tablename__ = "proposal_digests"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    told_to: Mapped[int] = mapped_column(default=0)
    """The last News row that was in a mail."""
    told_at: Mapped[datetime]


class ProposalPhoto(Model):
    """A photo, re-encoded and without what the camera wrote into it."""

    __tablename__ = "proposal_photos"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    alt: Mapped[str] = mapped_column(String(300), default="")
    """What it shows, in the proposal's language."""
    position: Mapped[int] = mapped_column(default=0)
    hidden_at: Mapped[datetime | None]


class Merge(Model):
    """Officers ask to make several proposals one; done when every author has agreed."""

    __tablename__ = "merges"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    """waiting, merged, declined or withdrawn."""
    ended_at: Mapped[datetime | None]


class MergePart(Model):
    """One author of a proposal of a merge, the one that stays included, with their answer."""

    __tablename__ = "merge_parts"
    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("merges.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    """Who is asked; None where no author can be asked any more."""
    answer: Mapped[str] = mapped_column(String(10), default="")
    """Empty while it waits; yes or no."""
    answered_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("merge_id", "proposal_id", "person_id"),)
