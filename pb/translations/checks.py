"""Voting waits until what stands on the ballot can be read in every language."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pb.core.i18n import NN_
from pb.processes.checks import Lack, check
from pb.processes.models import Council, Process
from pb.translations import queries

COUNTED_BY_PROJECTS = ("title", "summary")
"""``pb/projects/checks.py`` counts projects that lack one of these; they are not said twice."""


@check
def languages(session: Session, process: Process, council: Council) -> list[Lack]:
    """Projects whose longer texts stand in one language only, and translations left behind."""
    if len(council.languages) < 2:
        return []
    bare: set[int] = set()
    old = 0
    for unit in queries.units(session, process):
        if unit.kind != "project":
            continue
        if unit.state == "changed":
            old += 1
        elif unit.state in ("missing", "draft") and unit.item.field not in COUNTED_BY_PROJECTS:
            bare.add(unit.item.subject_id)
    found = []
    if bare:
        found.append(
            Lack(NN_("%(num)s project has a text that waits for its translation.",
                     "%(num)s projects have a text that waits for its translation."),
                 "office_translations", {"num": len(bare)})
        )
    if old:
        found.append(
            Lack(NN_("%(num)s translation is older than its text.",
                     "%(num)s translations are older than their texts."),
                 "office_translations", {"num": old})
        )
    return found
