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
    """While voting is open, so that the ballot can be changed; cleared at the close."""
    voted_on: Mapped[date | None]
    """The local day of the last cast, for turnout by day."""

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


class Ballot(Model):
    """A ballot in the box. Its random id gives no order away."""

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
