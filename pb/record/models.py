"""The logs, their leaves, the hashes over them and the heads that were signed.

No column holds a time and no table a row number: what was written when would be half of who
cast what.
"""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Log(Model):
    """One log a process. ``size`` is the number that the next leaf gets."""

    __tablename__ = "record_logs"
    process_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    origin: Mapped[str] = mapped_column(String(300))
    """The log's name in its signed heads, kept as it was when the log began."""
    size: Mapped[int] = mapped_column(default=0)


class LeafRow(Model):
    """What was recorded. An erased leaf has no payload any more; its hash stays."""

    __tablename__ = "leaves"
    process_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    # The last column, so that reading the others does not load it.
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        # What people read is found without going through the casts, and casts pay nothing for it.
        Index("ix_leaves_acts", "process_id", "number", sqlite_where=text("kind <> 'cast'"),
              postgresql_where=text("kind <> 'cast'")),
        {"sqlite_with_rowid": False},
    )


class NodeRow(Model):
    """The hash of a complete subtree: ``level`` 4 is over 16 leaves, 8 over 256, and so on."""

    __tablename__ = "record_nodes"
    process_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own way


class HeadRow(Model):
    """A signed head: one a size, and never another."""

    __tablename__ = "heads"
    process_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[str] = mapped_column(String(1000))

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own way
