"""What residents say about a proposal, with one level of replies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Comment(Model):
    """A comment, or (``parent_id``) a reply to one."""

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None once the account was erased: then it is a resident's."""
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(String(2000))
    made_at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    """Since when it is out of sight until a moderator decides."""
    removed_at: Mapped[datetime | None]
    """When its author took it away; the text is emptied, replies to it stay."""

    __table_args__ = (Index("ix_comments_listed", "proposal_id", "parent_id", "id"),)
