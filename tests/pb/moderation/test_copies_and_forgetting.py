"""Near-copies that are held, and what moderation forgets, on a real database."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from pb.accounts.services import erase_account
from pb.core import jobs
from pb.core.audit import AuditRow
from pb.moderation import rules
from pb.moderation.models import Case, PostMark, Report
from tests.pb.moderation.a_post import TEXT, an_idea, cases, hidden
from tests.pb.moderation.a_town import Town
from tests.pb.moderation.test_rules import near_copies
from tests.support import build
from tests.support.app import run_jobs

# -- near-copies -----------------------------------------------------------------------------


def test_twenty_near_copies_from_one_address_are_held(town: Town) -> None:
    ideas = []
    for number, text in enumerate(near_copies(20), 1):
        idea = an_idea(town.site, town.process, town.author_id, number=number, wish=text)
        held = town.note(idea, text)
        assert held == (number >= rules.COPIES)
        ideas.append(idea)
    assert all(hidden(town.site, idea) for idea in ideas)
    found = cases(town.site)
    assert len(found) == 20 and len({one.bundle for one in found}) == 1
    assert {one.cause for one in found} == {"copies"}
    # Decided together, in one act.
    assert town.decide(found[0].id, "hidden", code="advert", together=True) == 20
    assert all(one.decided_at for one in cases(town.site))


def test_copies_from_elsewhere_or_over_days_are_not_held(here: Town) -> None:
    for number, text in enumerate(near_copies(20), 1):
        idea = an_idea(here.site, here.process, number=number, wish=text)
        if number % 2:
            assert not here.note(idea, text, address=f"192.0.2.{number}")
        else:
            here.site.clock.turn(minutes=16)  # type: ignore[attr-defined]
            assert not here.note(idea, text, address="198.51.100.7")
    assert cases(here.site) == []


def test_a_copy_that_a_moderator_let_stand_is_not_held_again(here: Town) -> None:
    ideas = []
    for number, text in enumerate(near_copies(rules.COPIES), 1):
        ideas.append(an_idea(here.site, here.process, number=number, wish=text))
        here.note(ideas[-1], text)
    here.decide(1, "stays", together=True)
    assert not any(hidden(here.site, idea) for idea in ideas)
    text = near_copies(rules.COPIES + 1)[-1]
    new = an_idea(here.site, here.process, number=9, wish=text)
    assert here.note(new, text)
    assert not any(hidden(here.site, idea) for idea in ideas)


# -- what is kept ----------------------------------------------------------------------------


def test_addresses_are_forgotten_and_never_kept_in_words(here: Town) -> None:
    idea = an_idea(here.site, here.process)
    here.report("proposal", idea, address="192.0.2.77")
    here.note(idea, TEXT, address="192.0.2.77")
    files = list(here.site.settings.data.glob("pb.sqlite3*"))
    raw = b"".join(path.read_bytes() for path in files)  # the log of writes included
    assert TEXT.encode() in raw and b"192.0.2.77" not in raw
    here.site.clock.turn(days=3)  # type: ignore[attr-defined]
    jobs.run_due(here.site)
    for periodic in jobs._PERIODIC:
        periodic(here.site)
    with here.site.database.reading() as session:
        assert session.scalars(select(Report.address)).all() == [""]
        assert session.scalar(select(func.count()).select_from(PostMark)) == 0


def test_every_step_is_in_the_log_and_says_no_words_of_the_post(here: Town) -> None:
    idea = an_idea(here.site, here.process, here.author_id)
    here.report("proposal", idea)
    here.decide(1, "hidden")
    here.appeal(1)
    here.answer(1, "hidden")
    with here.site.database.reading() as session:
        rows = session.execute(
            select(AuditRow.command, AuditRow.details).where(
                AuditRow.command.like("moderation.%")
            )
        ).all()
    assert [row.command for row in rows] == [
        "moderation.report", "moderation.decide", "moderation.appeal", "moderation.answer"
    ]
    assert not any(TEXT in str(row.details) or "192.0.2" in str(row.details) for row in rows)


@pytest.mark.parametrize("keep", [True, False])
def test_whoever_leaves_is_forgotten_and_the_decisions_stand(here: Town, keep: bool) -> None:
    idea = an_idea(here.site, here.process, here.author_id)
    other = an_idea(here.site, here.process, number=2, wish="A tap.")
    here.report("proposal", idea)
    here.report("proposal", other, actor=here.author)
    here.decide(1, "hidden")
    here.appeal(1, "I meant nobody.")
    build.do(here.site, erase_account, keep, actor=here.author)
    with here.site.database.reading() as session:
        assert session.scalars(select(Report.person_id)).all() == [None, None]
        assert session.get_one(Case, 1).appeal == ("I meant nobody." if keep else "")
    here.answer(1, "hidden")
    here.decide(2, "stays", actor=here.second)
    run_jobs(here.site)
    assert cases(here.site)[0].answer_outcome == "hidden"
