"""What the office's form gives to the commands: frozen values."""

from __future__ import annotations

from dataclasses import dataclass

Texts = dict[str, str]


@dataclass(frozen=True)
class ProjectValue:
    """A project as typed. ``costs``: (label, minor units) a line; ``objections``: (author, text).

    ``picture`` is a key of the storage, or empty; ``x`` and ``y`` are both given or neither.
    """

    area_id: int
    title: Texts
    summary: Texts
    body: Texts
    place: Texts
    x: int | None
    y: int | None
    costs: tuple[tuple[Texts, int], ...]
    picture: str
    picture_alt: Texts
    author: str
    objections: tuple[tuple[str, Texts], ...]
    reason: Texts
    reason_by: str
