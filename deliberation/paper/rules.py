"""Which sheet a kind of part needs, and whether the printed pack still holds. Pure."""

from __future__ import annotations

from collections.abc import Collection

SHEETS = {
    "arrival": "attendance", "welcome": "rules", "writing": "own", "pairs": "own",
    "table": "notes", "plenary": "notes", "witness": "questions", "questions": "questions",
    "claims": "claims", "criteria": "criteria", "pressure": "pressure", "draft": "draft",
    "check": "check", "consent": "slips", "comfort": "slips", "ranked": "slips", "dots": "slips",
    "survey": "survey", "readback": "unclear", "pause": "rest", "break": "rest",
}
"""By the kind of part: what a table fills in by hand."""
SLIPS = frozenset(kind for kind, sheet in SHEETS.items() if sheet == "slips")
BLANK_OPTIONS = 8
"""Lines on a slip for ranks or dots while no vote with options is open."""


def where(kind: str) -> str:
    """The office's page on which a sheet of this kind is typed in."""
    if kind in SLIPS:
        return "office_votes"
    return {"draft": "office_drafts", "pressure": "office_drafts", "check": "office_statements",
            "arrival": "office_session"}.get(kind, "office_paper")


def held(running: int | None, following: int | None, covers: Collection[int], whole: bool) -> str:
    """How the printed pack stands: "good" (this part and the next are in it), "last" (this part
    is, the next is not) or "old"; parts by their ids, None where there is none."""
    if running is None or whole:
        return "good"
    if running not in covers:
        return "old"
    return "good" if following is None or following in covers else "last"
