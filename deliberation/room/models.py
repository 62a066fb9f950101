"""What was refused in a jury's room, for who leads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Refusal(Model):
    """Somebody who only looks on tried to act, and was refused."""

    __tablename__ = "jury_refusals"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), index=True)
    at: Mapped[datetime]
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    """Who it was, where they are signed in or have a screen of their own."""
    what: Mapped[str] = mapped_column(String(200))
    """The address, with what was pressed there."""
    seen_at: Mapped[datetime | None]
    """When who leads said that they have read it."""
