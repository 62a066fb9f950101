"""What another table says of one line; each text that is read so keeps a table of these."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column


class LineCheck:
    """The columns of a check: one line of a text, in the version that was read."""

    version: Mapped[int]
    line: Mapped[str] = mapped_column(String(20))
    colour: Mapped[str] = mapped_column(String(10))
    """red, amber or green."""
    comment: Mapped[str] = mapped_column(String(500), default="")
    table_number: Mapped[int]
    at: Mapped[datetime]

    def carried_to(self, version: int) -> Self:
        """The same word on a new version whose line still says the same."""
        kind: Any = type(self)
        made: Self = kind(version=version, line=self.line, colour=self.colour,
                          comment=self.comment, table_number=self.table_number, at=self.at)
        return made
