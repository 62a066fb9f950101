"""Who may vote: the ways in that a process offers, lists that officials bring, addresses for
mails, what people declare about themselves, and counts that show oddities.

Nothing here is known to a ballot. Names, streets and mail addresses are encrypted under the site's
key and go when the result is final; what finds them again is a keyed fingerprint.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from pb.core.database import Model

WAYS = ("list", "letters", "event", "declared")
"""The ways onto the roll, the strongest check first."""


class Entitlement(Model):
    """Who may vote in a process, and by which ways; one row a process."""

    __tablename__ = "entitlements"
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), primary_key=True)
    ways: Mapped[list[str]]
    least_age: Mapped[int] = mapped_column(default=16)
    ask_street: Mapped[bool] = mapped_column(default=False)
    """Self-declared voters give name and street, so that the same person twice is noticed."""
    ask_birth_year: Mapped[bool] = mapped_column(default=False)
    words: Mapped[dict[str, str]]
    """Who may vote, in the council's own words, by language; may be empty."""
    changed_at: Mapped[datetime]


class Upload(Model):
    """A table of voters that an official brought: checked first, then put on the roll by a job.

    ``content`` is the file, compressed and encrypted; it goes once the codes have been taken.
    """

    __tablename__ = "roll_uploads"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """people: a line is a voter. households: a line is an address with a number of voters."""
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    state: Mapped[str] = mapped_column(String(20), default="checked")
    """checked, asked, running, done or discarded."""
    columns: Mapped[dict[str, Any]]
    """What is read from which column: ``{"identifier": 0, "area": 2}``."""
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    """For lines that name no area."""
    basis: Mapped[str] = mapped_column(String(2000), default="")
    lines: Mapped[int] = mapped_column(default=0)
    """Sound lines, set when the job begins."""
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("code_batches.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Contact(Model):
    """The mail address of a voter on the roll, for the personal link. Goes with the roll."""

    __tablename__ = "contacts"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"))
    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id", ondelete="CASCADE"), index=True)
    mark: Mapped[str] = mapped_column(String(64))
    """A keyed fingerprint of the address, by which a typed one is found."""
    sealed: Mapped[str] = mapped_column(String(700))
    """The address, encrypted."""
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """waiting, sending (begun, and nobody knows yet whether it left) or sent."""
    sent_on: Mapped[date | None]

    __table_args__ = (
        Index("ix_contacts_mark", "process_id", "mark"),
        Index("ix_contacts_state", "process_id", "state"),
    )


class Declaration(Model):
    """Somebody says that they live here and are old enough, and shows that a mail address is
    theirs. Name, street and address are encrypted."""

    __tablename__ = "declarations"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    mark: Mapped[str] = mapped_column(String(64))
    """The mail address as typed, as a keyed fingerprint."""
    inbox_mark: Mapped[str] = mapped_column(String(64))
    """The same without what many providers ignore: a tag after "+", dots, capitals."""
    person_mark: Mapped[str] = mapped_column(String(64), default="")
    """Name and street, where they are asked."""
    network_mark: Mapped[str] = mapped_column(String(64), default="")
    sealed: Mapped[str] = mapped_column(String(2000))
    """Mail address, name and street, encrypted together."""
    birth_year: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(2))
    nonce: Mapped[str] = mapped_column(String(32))
    wrong_codes: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """waiting (the mail is not confirmed), review, in or refused."""
    holds: Mapped[str | None] = mapped_column(String(64))
    """The mark once confirmed: one mail address, one declaration."""
    roll_id: Mapped[int | None] = mapped_column(ForeignKey("roll.id", ondelete="SET NULL"),
                                                index=True)
    like_id: Mapped[int | None]
    """The earlier declaration that it resembles."""
    made_at: Mapped[datetime]
    confirmed_on: Mapped[date | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")

    __table_args__ = (
        UniqueConstraint("process_id", "holds"),
        Index("ix_declarations_inbox", "process_id", "inbox_mark"),
        Index("ix_declarations_person", "process_id", "person_mark"),
        Index("ix_declarations_network", "process_id", "network_mark"),
    )


class EntryCount(Model):
    """How often ballots were opened: by minute, by day, and by keyed network fingerprint a day.

    Three counts apart from each other and without voters, so that no row says who came when.
    """

    __tablename__ = "entry_counts"
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    """minute, way or network."""
    bucket: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
