"""The evaluation takes up what was measured of talk, the choice of questions, and the evidence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from deliberation.evaluation import sources, withdrawal
from deliberation.evidence import asking
from deliberation.plain import services as plain
from deliberation.plain.models import WordFlag
from deliberation.speaking.models import TalkTotal
from deliberation.weighing.models import Mark
from pb.core.site import Site
from tests.deliberation.test_questions import ask, sitting, want
from tests.deliberation.test_room import jury
from tests.support import build
from tests.support.app import client

__all__ = ["jury", "sitting"]


def test_sums_of_talk_become_figures(site: Site, jury: dict[str, Any]) -> None:
    build.do(site, lambda work: work.session.add(TalkTotal(
        session_id=jury["sessions"][0], table_number=2, turns=24, seconds=900, people=6,
        balance="31/60", nudges=0)))
    with site.database.reading() as session:
        (one,) = sources.voices_of(session, jury["id"])
    assert (one.session_number, one.table_number, one.seconds) == (1, 2, Fraction(31, 60))
    lead = client(site)
    build.signed_in(site, lead, jury["lead"].person_id)
    page = lead.get("/office/processes/shared-budget/jury/evaluation").text
    assert "Equality of voice" in page and "0.52" in page and "0.43" in page


def test_questions_and_evidence_are_counted(site: Site, sitting: dict[str, Any]) -> None:
    run, lead = site.work.run, sitting["lead"]
    run(asking.open_choice, lead, sitting["first"])
    for number in range(8):
        ask(site, sitting, number, f"What does part {number} cost?")
    # Eighteen want the first six; six stand behind the eighth alone, and are left out.
    for who in range(18):
        want(site, sitting, who, 1, 2, 3, 4, 5, 6)
    for who in range(18, 24):
        want(site, sitting, who, 8)
    run(asking.close_choice, lead, sitting["first"])
    with site.database.reading() as session:
        (slate,) = sources.slates_of(session, sitting["id"])
        found = sources.balance_of(session, sitting["id"])
    assert (slate.session_number, slate.jurors, slate.chosen, slate.left_out) == (1, 24, 6, 1)
    assert found is not None and (found.pieces, found.stances, found.questions) == (2, 2, 0)
    shown = client(site).get("/processes/shared-budget/jury/checklist").text
    assert "Pieces of evidence: 2, from 2 sides." in shown
    browser = client(site)
    build.signed_in(site, browser, lead.person_id)
    page = browser.get("/office/processes/shared-budget/jury/evaluation").text
    assert "A group is left out" in page


def test_who_withdraws_leaves_no_mark_and_no_flag(site: Site, sitting: dict[str, Any]) -> None:
    run, lead, one = site.work.run, sitting["lead"], sitting["people"][3]
    run(asking.open_choice, lead, sitting["first"])
    ask(site, sitting, 0, "Who pays?")
    for who in (3, 4):
        want(site, sitting, who, 1)
        run(plain.flag, sitting["juror"], sitting["first"], sitting["people"][who], "lumen", "en")

    def left() -> list[int]:
        with site.database.reading() as session:
            return [session.scalar(select(func.count()).select_from(table).where(
                table.juror_id == one)) or 0 for table in (Mark, WordFlag)]

    assert left() == [1, 1]
    run(withdrawal.withdraw_for, lead, sitting["id"], one)
    assert left() == [0, 0]
