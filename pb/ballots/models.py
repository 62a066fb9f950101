"""Who may vote, by which code, and the ballots. A ballot holds no person and no time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class RollEntry(Model):
    """One voter of one process: a keyed tag, an area, and whether they have voted."""

    __tablename__ = "roll"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    tag: Mapped[str] = mapped_column(String(64))
    """A keyed fingerprint of the identifier (address and number, code, account), never itself."""
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    voided: Mapped[bool] = mapped_column(default=False)
    ballot_id: Mapped[str | None] = mapped_column(String(32))
    """Of the box before ballots were sealed: ``open_box`` seals what it points to."""
    leaf: Mapped[int | None]
    """While voting is open the number of their current leaf in the record, so that the ballot can
    be replaced; cleared at the close."""
    voted_on: Mapped[date | None]
    """The local day of the last cast, for turnout by day."""
    told: Mapped[bool] = mapped_column(default=False)
    """Whether the mail "a vote was cast in your name" about the last cast was handed on."""

    __table_args__ = (UniqueConstraint("process_id", "tag"),)


class AccessCode(Model):
    """A code on a letter, or a personal link, that lets one voter in.

    The code's first four characters find the row, the other twelve are kept as a keyed
    fingerprint. The link is made from the row and the secret key; it works once, the code until
    the vote closes.
    """

    __tablename__ = "access_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id"), index=True)
    batch: Mapped[int] = mapped_column(default=0)
    find: Mapped[str] = mapped_column(String(4))
    verify: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(32))
    link_used_on: Mapped[date | None]
    link_visit: Mapped[str] = mapped_column(String(64), default="")
    """A fingerprint of the page whose button used the link up: pressed twice, it lets in twice."""
    voided: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_access_codes_find", "process_id", "find"),)


class CodeBatch(Model):
    """Codes made at one time, for one area, with a name that officials know them by."""

    __tablename__ = "code_batches"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    voided_at: Mapped[datetime | None]


class Box(Model):
    """The sealed box of one vote. Its private key is never in the database."""

    __tablename__ = "boxes"
    process_id: Mapped[int] = mapped_column(
        ForeignKey("processes.id"), primary_key=True, autoincrement=False
    )
    state: Mapped[str] = mapped_column(String(20), default="prepared")
    """prepared, open, closed, opened or destroyed."""
    level: Mapped[str] = mapped_column(String(1), default="A")
    """What will be published of the ballots: A all, B patterns held by ten or more, C totals."""
    key_holder: Mapped[str] = mapped_column(String(20), default="server")
    public_key: Mapped[str] = mapped_column(String(64), default="")
    manifest: Mapped[str] = mapped_column(String(64), default="")
    """The hash of leaf 0, in hexadecimal: every envelope is bound to it."""
    plain_bytes: Mapped[int] = mapped_column(default=0)
    """The size to which every ballot is padded before it is sealed."""
    casts: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int] = mapped_column(default=0)
    """With ``casts``: fixed at the close."""
    done: Mapped[int] = mapped_column(default=0)
    """How many envelopes have been opened so far."""
    unopenable: Mapped[int] = mapped_column(default=0)
    rewritten: Mapped[bool] = mapped_column(default=False)
    """Whether the roll was written anew after the close."""
    key_gone: Mapped[bool] = mapped_column(default=False)
    swept_at: Mapped[datetime | None]
    """When the last mails about casts were handed on."""


class OpenedBallot(Model):
    """A ballot after the close. Sorted by its tracking code, without leaf number, voter or time.

    A row belongs to one process and holds the ballot as ``ballots/content.py`` writes it, with the
    word that the voter added.
    """

    __tablename__ = "opened_ballots"
    process_id: Mapped[int] = mapped_column(
        ForeignKey("processes.id"), primary_key=True, autoincrement=False
    )
    tracking: Mapped[str] = mapped_column(String(12), primary_key=True)
    content: Mapped[dict[str, Any]]
    word: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - a rowid would give the order


class Ballot(Model):
    """A ballot in plain, from before ballots were sealed. ``open_box`` seals those of an open
    vote; those of a closed one are counted as they are."""

    __tablename__ = "ballots"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    content: Mapped[dict[str, Any]]
    """As ``ballots/content.py`` writes it."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - a rowid would give the order


class BallotGroup(Model):
    """Ballots of an imported process, grouped: equal contents once, with their number."""

    __tablename__ = "ballot_groups"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    content: Mapped[dict[str, Any]]
    number: Mapped[int]
