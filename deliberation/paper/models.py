"""Which pack was printed last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class PackPrint(Model):
    """The last pack of a session that somebody printed: it holds for its part and the next."""

    __tablename__ = "jury_pack_prints"
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_sessions.id"), primary_key=True)
    whole: Mapped[bool] = mapped_column(default=False)
    """The whole session, as it was planned then."""
    covers: Mapped[str] = mapped_column(String(40))
    """The ids of the parts that it holds, with blanks; empty for the whole session."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
