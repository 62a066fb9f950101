"""Reports of what people wrote, the cases made of them, and marks of posts sent in one hour."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Case(Model):
    """What a moderator decides: one subject, whoever and however many reported it."""

    __tablename__ = "moderation_cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    """What it is about, as registered in ``subjects``."""
    subject_id: Mapped[int]
    cause: Mapped[str] = mapped_column(String(20))
    """report, or copies: held since it came with many alike."""
    code: Mapped[str] = mapped_column(String(20))
    """The first report's reason."""
    opened_at: Mapped[datetime]
    hid: Mapped[bool] = mapped_column(default=False)
    """Whether opening it hid the subject."""
    held_back: Mapped[str] = mapped_column(String(30), default="")
    """Why it did not: a code of ``rules.Kept`` such as "protected"; empty where it did."""
    bundle: Mapped[str] = mapped_column(String(64), default="")
    """The same for near-copies that were held together, so that they can be decided together."""
    digest: Mapped[str] = mapped_column(String(64))
    """Of the words that were looked at: "stays" holds only as long as they stay the same."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str] = mapped_column(String(20), default="")
    """stays, hidden, or passed (to the officials, where a moderator may not hide)."""
    reason_code: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(String(2000), default="")
    reason_language: Mapped[str] = mapped_column(String(2), default="")
    appealed_at: Mapped[datetime | None]
    appeal: Mapped[str] = mapped_column(String(2000), default="")
    appeal_language: Mapped[str] = mapped_column(String(2), default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answer_outcome: Mapped[str] = mapped_column(String(20), default="")
    answer: Mapped[str] = mapped_column(String(2000), default="")
    answer_language: Mapped[str] = mapped_column(String(2), default="")
    open_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    """Kind and subject while it waits for its decision, so that there is one; then None."""

    __table_args__ = (Index("ix_moderation_cases_subject", "kind", "subject_id"),)


class Report(Model):
    """One report. Who made it stays with the council: the author never learns it."""

    __tablename__ = "reports"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_cases.id"), index=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"))
    code: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(1000), default="")
    language: Mapped[str] = mapped_column(String(2))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    address: Mapped[str] = mapped_column(String(64), default="", index=True)
    """Keyed fingerprint of a stranger's address, for the day's cap; taken out after two days."""
    made_at: Mapped[datetime] = mapped_column(index=True)


class PostMark(Model):
    """What a post looked like and where it came from, kept for a day to find near-copies."""

    __tablename__ = "post_marks"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"))
    kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int]
    address: Mapped[str] = mapped_column(String(64))
    sketch: Mapped[list[Any]]
    """``rules.sketch`` of its words: it tells how alike two posts are, and not what they say."""
    words: Mapped[int]
    """How many words it has."""
    made_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_post_marks_address", "address", "made_at"),)
