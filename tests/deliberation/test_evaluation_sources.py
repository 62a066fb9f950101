"""The evaluation takes up what measures talk and keeps evidence, where an installation has it."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from deliberation.evaluation import sources
from pb.core.database import Model
from pb.core.site import Site
from tests.deliberation.test_room import jury
from tests.support import build
from tests.support.app import client

__all__ = ["jury"]


def put(site: Site, name: str, **values: Any) -> None:
    table = Model.metadata.tables.get(name)
    if table is None:
        pytest.skip(f"there is no {name} in this installation")
    build.do(site, lambda work: work.connection.execute(table.insert().values(**values)) and None)


def test_sums_of_talk_become_figures(site: Site, jury: dict[str, Any]) -> None:
    put(site, "jury_talk_totals", session_id=jury["sessions"][0], table_number=2, turns=24,
        seconds=900, people=6, balance="31/60", nudges=0)
    with site.database.reading() as session:
        (one,) = sources.talk(session, jury["id"])
    assert (one.session_number, one.table_number, one.seconds) == (1, 2, Fraction(31, 60))
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    page = lead.get("/office/processes/shared-budget/jury/evaluation").text
    assert "Equality of voice" in page and "0.52" in page and "0.43" in page


def test_evidence_of_both_sides_is_counted(site: Site, jury: dict[str, Any]) -> None:
    for number, stance in enumerate(("for", "care", "background"), 1):
        put(site, "jury_evidence", jury_id=jury["id"], number=number, title={"en": "W"},
            witness="", stance=stance, minutes=10, given="planned", text={}, link="", alt={},
            recorded={}, withdrawn_why="", changed_at=datetime(2027, 1, 1, tzinfo=UTC))
    with site.database.reading() as session:
        found = sources.evidence(session, jury["id"])
    assert found is not None and (found.pieces, found.stances) == (3, 2)
    shown = client(site).get("/processes/shared-budget/jury/checklist").text
    assert "Pieces of evidence: 3, from 2 sides." in shown
