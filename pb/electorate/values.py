"""What forms give to the commands: frozen values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WaysValue:
    """Who may vote, and by which ways; ``words`` by language."""

    ways: tuple[str, ...]
    least_age: int = 16
    ask_street: bool = False
    ask_birth_year: bool = False
    words: dict[str, str] | None = None


@dataclass(frozen=True)
class Declared:
    """What somebody says of themselves. Nothing of it is kept in the clear."""

    area_id: int | None
    email: str
    name: str = ""
    street: str = ""
    birth_year: int | None = None
