"""What forms about a jury come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class JuryValue:
    name: dict[str, str]
    remit: dict[str, str]
    promise: dict[str, str]
    commissioners: str
    reply_by: date | None
    conflict_name: str
    conflict_contact: str


@dataclass(frozen=True)
class JurorValue:
    """One line of a list of jurors; ``pool_id`` is their id in a draw's files, if any."""

    name: str
    pool_id: str = ""
    reserve: bool = False
    speaks: str = "en"
    needs: str = ""
