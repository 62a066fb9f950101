"""One way to take a table's word on a line, for every text that is read so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from deliberation.lines.models import LineCheck
from deliberation.lines.rules import Lines, refused
from pb.core.errors import Conflict, Invalid

Kind = TypeVar("Kind", bound=LineCheck)


@dataclass(frozen=True)
class Said:
    """What a table says of one line, of the version that it read."""

    version: int
    line: str
    table: int
    colour: str
    comment: str


class Read(Protocol):
    """A text that another table reads."""

    version: Any
    table_number: Any


def checked(
    kind: type[Kind], text: Read, lines: Lines, said: Said, at: datetime
) -> Kind:
    """A table's word on a line, to be put with the text. Errors: Conflict (a newer version),
    Invalid."""
    if said.version != text.version:
        raise Conflict("check.moved", version=text.version)
    code = refused(said.line, lines, said.colour, said.comment, said.table, text.table_number)
    if code:
        raise Invalid(code)
    maker: Any = kind
    made: Kind = maker(version=said.version, line=said.line, colour=said.colour,
                       comment=said.comment, table_number=said.table, at=at)
    return made
