"""What the officers' forms give to the commands: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

Texts = dict[str, str]


@dataclass(frozen=True)
class Findings:
    """What officers found out, as typed. ``costs``: (label, minor units) a line; texts by
    language. ``reason`` is the public one."""

    feasibility: str = ""
    changes: Texts = field(default_factory=dict)
    costs: tuple[tuple[Texts, int], ...] = ()
    legal: Texts = field(default_factory=dict)
    long_term: Texts = field(default_factory=dict)
    ways: tuple[str, ...] = ()
    equality: Texts = field(default_factory=dict)
    expert: str = ""
    advice: Texts = field(default_factory=dict)
    reason: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """One officer's view; ``impact`` and ``effort`` from 1 to 6, or None where left out."""

    kind: str
    impact: int | None
    effort: int | None
