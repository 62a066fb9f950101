"""Deciding: what passes becomes a project, a refusal is told first, and nobody overwrites anybody
without seeing it. On both databases where two meet."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pb.accounts.checks import ERASERS
from pb.core.audit import AuditRow
from pb.core.errors import AppError, Conflict, Invalid, NotAllowed
from pb.core.site import Site
from pb.projects import services as projects
from pb.projects.models import Project
from pb.projects.queries import projects_of
from pb.valuations import queries, rules, services
from pb.valuations.values import Score
from tests.pb.valuations.made import (
    NO,
    REASON,
    a_proposal,
    findings,
    the_proposal,
    the_valuation,
)
from tests.support import build
from tests.support.app import mails, run_jobs


def officer(site: Site, name: str = "Olwen", role: str = "valuer") -> Any:
    return build.actor(site, build.a_person(site, name, role, "shared-budget"))


def refused(call: Any, kind: type[AppError], code: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.code == code


def project(site: Site, number: int) -> Project:
    with site.database.reading() as session:
        found = next(one for one in projects_of(session, 1) if one.number == number)
        session.expunge_all()
        return found


def test_what_passes_becomes_a_project_with_its_own_number(either: Site) -> None:
    site = either
    build.a_process(site, phase="assessment", projects=3)
    author = build.a_person(site, "Mair")
    one = a_proposal(site, 1, 7, author)
    olwen = officer(site)
    version = build.do(site, services.save, 1, one, 0, findings(), actor=olwen)
    assert version == 1
    assert build.do(site, services.decide, 1, one, version, "pass", actor=olwen) == "decided"
    made = project(site, 4)
    assert (made.title, made.summary) == ({"en": "Bench 7"}, {"en": "A bench for number 7."})
    assert (made.area_id, made.cost, made.x, made.y) == (1, 150_050, 400, 300)
    assert [(line.label, line.amount) for line in made.costs] == [
        ({"en": "Oak"}, 120_000), ({"en": "Work"}, 30_050)
    ]
    assert (made.reason, made.reason_by, made.author) == (REASON, "Olwen", "Mair")
    valuation = the_valuation(site, one)
    assert (valuation.project_id, valuation.outcome) == (made.id, "pass")
    assert (valuation.decided_name, valuation.decided_role) == ("Olwen", "valuer")
    assert valuation.decided_at == valuation.public_at == site.clock()
    assert the_proposal(site, one).state == "accepted"
    with site.database.reading() as session:
        found = queries.proposal_of_project(session, made.id)
        assert found is not None and found.id == one
    run_jobs(site)
    letter = mails(site)[-1]
    assert letter["to"] == "mair@example.com"
    assert "project 4" in letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"feasibility": ""}, "valuation.feasibility_needed"),
        ({"costs": ()}, "valuation.cost_needed"),
        ({"reason": {}}, "valuation.reason_needed"),
        ({"feasibility": "changed"}, "valuation.changes_needed"),
        ({"costs": (({"en": "Gold"}, 6_000_001),)}, "project.over_budget"),
    ],
)
def test_a_project_is_not_made_of_half_an_assessment(
    site: Site, changed: dict[str, Any], code: str
) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one, olwen = a_proposal(site, 1), officer(site)
    build.do(site, services.save, 1, one, 0, findings(**changed), actor=olwen)
    refused(lambda: build.do(site, services.decide, 1, one, 1, "pass", actor=olwen), Invalid, code)
    assert the_valuation(site, one).state == "open"
    with site.database.reading() as session:
        assert session.scalar(select(Project.id)) is None


def told(site: Site, author: int | None = None, outcome: str = "refuse") -> tuple[int, Any]:
    """A refused proposal, and the officer."""
    one, olwen = a_proposal(site, 1, 1, author), officer(site)
    build.do(site, services.save, 1, one, 0, findings(feasibility="no", costs=(), reason=NO),
             actor=olwen)
    build.do(site, services.decide, 1, one, 1, outcome, actor=olwen)
    return one, olwen


@pytest.mark.parametrize("outcome", ["refuse", "park"])
def test_the_author_hears_of_a_refusal_first(site: Site, outcome: str) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair", language="cy")
    one, _ = told(site, author, outcome)
    valuation = the_valuation(site, one)
    assert (valuation.state, valuation.public_at) == ("told", None)
    assert valuation.answer_until == site.clock() + rules.ANSWER_TIME
    with site.database.reading() as session:
        assert queries.public_valuation(session, one) is None
        assert queries.public_rows(session, 1) == []
        assert queries.progress(session, 1) == (0, 1)
    assert the_proposal(site, one).state == "published"
    run_jobs(site)
    (letter,) = mails(site)
    words = letter.get_body(("plain",)).get_content()
    assert letter["to"] == "mair@example.com" and NO["cy"] in words
    assert "/processes/shared-budget/ideas/1/decision" in words
    # A minute before the time is up it is still the author's alone.
    site.clock.turn(seconds=rules.ANSWER_TIME.total_seconds() - 60)  # type: ignore[attr-defined]
    run_jobs(site)
    assert the_valuation(site, one).state == "told"
    site.clock.turn(minutes=1)  # type: ignore[attr-defined]
    run_jobs(site)
    valuation = the_valuation(site, one)
    assert (valuation.state, valuation.public_at) == ("decided", site.clock())
    assert valuation.decided_name == "Olwen"
    assert the_proposal(site, one).state == ("refused" if outcome == "refuse" else "published")
    with site.database.reading() as session:
        (row,) = queries.public_rows(session, 1)
        assert (row.outcome, row.reason, row.decided_name) == (outcome, NO, "Olwen")


def test_an_answer_holds_the_refusal_back_until_an_officer_has_looked_again(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair")
    one, olwen = told(site, author)
    mair = build.actor(site, author)
    build.do(site, services.answer, 1, one, "It is: we bought it.", "en", actor=mair)
    site.clock.turn(days=8)  # type: ignore[attr-defined]
    run_jobs(site)
    assert the_valuation(site, one).state == "answered"
    assert [letter["to"] for letter in mails(site)] == ["mair@example.com", "olwen@example.com"]
    version = the_valuation(site, one).version
    build.do(site, services.uphold, 1, one, version, actor=olwen)
    valuation = the_valuation(site, one)
    assert (valuation.state, valuation.answer) == ("decided", "It is: we bought it.")
    refused(lambda: build.do(site, services.answer, 1, one, "Again", "en", actor=mair),
            Conflict, "valuation.too_late")


def test_an_answer_may_change_the_officers_mind(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair")
    one, olwen = told(site, author)
    build.do(site, services.answer, 1, one, "We own it.", "en", actor=build.actor(site, author))
    version = the_valuation(site, one).version
    refused(lambda: build.do(site, services.reopen, 1, one, version, " ", actor=olwen),
            Invalid, "valuation.why_needed")
    build.do(site, services.reopen, 1, one, version, "The deed was found.", actor=olwen)
    assert the_valuation(site, one).state == "open"
    version = build.do(site, services.save, 1, one, version + 1, findings(), actor=olwen)
    build.do(site, services.decide, 1, one, version, "pass", actor=olwen)
    assert the_proposal(site, one).state == "accepted"
    # The time that ran for the first refusal does nothing any more.
    site.clock.turn(days=8)  # type: ignore[attr-defined]
    run_jobs(site)
    assert the_valuation(site, one).outcome == "pass"


def test_only_the_author_answers_and_only_in_time(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair")
    one, _ = told(site, author)
    other = build.actor(site, build.a_person(site, "Gwyn"))
    refused(lambda: build.do(site, services.answer, 1, one, "No", "en", actor=other),
            NotAllowed, "access.not_you")
    site.clock.turn(days=7)  # type: ignore[attr-defined]
    refused(
        lambda: build.do(site, services.answer, 1, one, "No", "en",
                         actor=build.actor(site, author)),
        Conflict, "valuation.too_late",
    )


def test_without_an_author_there_is_nobody_to_wait_for(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one, _ = told(site, None)
    assert the_valuation(site, one).state == "decided"


def test_what_was_withdrawn_is_not_refused_afterwards(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair")
    one, olwen = told(site, author)

    def withdraw(work: Any) -> None:
        from pb.proposals.models import Proposal

        work.session.get_one(Proposal, one).state = "withdrawn"

    build.do(site, withdraw)
    site.clock.turn(days=8)  # type: ignore[attr-defined]
    run_jobs(site)
    assert the_valuation(site, one).state == "told"
    refused(lambda: build.do(site, services.save, 1, one, 2, findings(), actor=olwen),
            Conflict, "valuation.gone")


def test_two_officers_at_once_the_second_sees_the_first(either: Site) -> None:
    site = either
    build.a_process(site, phase="assessment", projects=0)
    one = a_proposal(site, 1)
    olwen, gethin = officer(site), officer(site, "Gethin", "deputy")
    build.do(site, services.save, 1, one, 0, findings(), actor=olwen)
    build.do(site, services.decide, 1, one, 1, "pass", actor=olwen)
    for late in (
        lambda: build.do(site, services.decide, 1, one, 1, "refuse", actor=gethin),
        lambda: build.do(site, services.save, 1, one, 0, findings(reason=NO), actor=gethin),
        lambda: build.do(site, services.assign, 1, one, 1, gethin.person_id, None, actor=gethin),
        lambda: build.do(site, services.reopen, 1, one, 1, "Hm", actor=gethin),
        lambda: build.do(site, services.uphold, 1, one, 1, actor=gethin),
    ):
        refused(late, Conflict, "valuation.changed")
    valuation = the_valuation(site, one)
    assert (valuation.outcome, valuation.reason) == ("pass", REASON)
    with site.database.reading() as session:
        since = queries.changes_since(session, valuation.id, 1)
        assert [(change.kind, change.name, change.after) for change in since] == [
            ("decided", "Olwen", {"outcome": "pass"})
        ]


def test_a_correction_after_the_decision_gives_its_reason_and_stays_visible(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one, olwen = a_proposal(site, 1), officer(site)
    build.do(site, services.save, 1, one, 0, findings(), actor=olwen)
    build.do(site, services.decide, 1, one, 1, "pass", actor=olwen)
    dearer = findings(costs=(({"en": "Oak"}, 200_000),))
    refused(lambda: build.do(site, services.save, 1, one, 2, dearer, actor=olwen),
            Invalid, "valuation.why_needed")
    build.do(site, services.save, 1, one, 2, dearer, "Oak is dearer now.", actor=olwen)
    assert project(site, 1).cost == 200_000
    change = the_valuation(site, one).history[-1]
    assert (change.kind, change.public, change.reason) == (
        "corrected", True, "Oak is dearer now."
    )
    assert [line["amount"] for line in change.before["cost_lines"]] == [120_000, 30_050]
    assert [line["amount"] for line in change.after["cost_lines"]] == [200_000]
    # And what a project cannot do without is not taken away from it.
    refused(lambda: build.do(site, services.save, 1, one, 3, findings(costs=()), "Free now.",
                             actor=olwen), Invalid, "valuation.cost_needed")
    refused(lambda: build.do(site, services.reopen, 1, one, 3, "Hm", actor=olwen),
            Conflict, "valuation.has_project")


def test_scores_are_each_officers_own_and_disagreement_goes_to_the_jury(either: Site) -> None:
    site = either
    build.a_process(site, phase="assessment", projects=0)
    one = a_proposal(site, 1)
    olwen, gethin = officer(site), officer(site, "Gethin", "deputy")
    build.do(site, services.score, 1, one, Score("simple", 5, 2), actor=olwen)
    assert the_valuation(site, one).route == "officers"
    with site.database.reading() as session:
        assert queries.triage(session, 1) == []  # one score would tell whose it is
    build.do(site, services.score, 1, one, Score("complicated", 2, 3), actor=gethin)
    assert the_valuation(site, one).route == "jury"
    with site.database.reading() as session:
        (row,) = queries.triage(session, 1)
        assert (row.impact.median, row.impact.low, row.impact.high) == (rules.MIDDLE, 2, 5)
        assert row.quadrant == "quick_win"
    # A second thought takes the first one's place.
    build.do(site, services.score, 1, one, Score("simple", 6, 2), actor=gethin)
    assert the_valuation(site, one).route == "officers"
    with site.database.reading() as session:
        scores = queries.scores_of(session, the_valuation(site, one).id)
        assert sorted(score.impact or 0 for score in scores) == [5, 6]
        # The log says that somebody scored, and not what.
        logged = session.scalars(select(AuditRow).where(AuditRow.command == "valuations.score"))
        assert [row.details for row in logged] == [{}, {}, {}]


def test_what_is_the_jurys_waits_for_the_jury(site: Site) -> None:
    weeks = timedelta(days=7)
    now = site.clock()
    build.a_process(
        site, phase="assessment", projects=0,
        timetable=(("assessment", now - 6 * weeks, now - weeks), ("jury", now, now + weeks)),
    )
    one = a_proposal(site, 1)
    olwen = officer(site)
    build.do(site, services.score, 1, one, Score("complex", None, None), actor=olwen)
    build.do(site, services.save, 1, one, 0, findings(feasibility="no", reason=NO), actor=olwen)
    refused(lambda: build.do(site, services.decide, 1, one, 1, "refuse", actor=olwen),
            Invalid, "valuation.jury_first")
    site.clock.now = now + timedelta(hours=1)  # type: ignore[attr-defined]
    assert build.do(site, services.decide, 1, one, 1, "refuse", actor=olwen) == "decided"


def test_an_expert_is_heard_before_what_is_complicated_is_decided(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one, olwen = a_proposal(site, 1), officer(site)
    build.do(site, services.score, 1, one, Score("complicated", 4, 4), actor=olwen)
    build.do(site, services.save, 1, one, 0, findings(), actor=olwen)
    refused(lambda: build.do(site, services.decide, 1, one, 1, "pass", actor=olwen),
            Invalid, "valuation.advice_needed")
    heard = findings(expert="Dr Rees, engineer", advice={"en": "It will stand."})
    build.do(site, services.save, 1, one, 1, heard, actor=olwen)
    build.do(site, services.decide, 1, one, 2, "pass", actor=olwen)


def test_what_is_urgent_is_done_at_once_and_said_so(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair")
    one, olwen = a_proposal(site, 1, 1, author), officer(site)
    build.do(site, services.score, 1, one, Score("urgent", 6, 1), actor=olwen)
    with site.database.reading() as session:
        rows, _ = queries.queue(session, 1, site.clock(), route="at_once")
        assert [row.number for row in rows] == [1]
    build.do(site, services.save, 1, one, 0,
             findings(feasibility="", costs=(), reason={"en": "The rail is mended."}),
             actor=olwen)
    assert build.do(site, services.decide, 1, one, 1, "act", actor=olwen) == "decided"
    with site.database.reading() as session:
        assert session.scalar(select(Project.id)) is None
    run_jobs(site)
    assert "The council acts at once." in mails(site)[-1].get_body(("plain",)).get_content()


def test_only_who_may_look_at_it_can_be_asked_to(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one, olwen = a_proposal(site, 1), officer(site)
    mair = build.a_person(site, "Mair")
    refused(lambda: build.do(site, services.assign, 1, one, 0, mair, None, actor=olwen),
            Invalid, "valuation.officer")
    due = site.clock() + timedelta(days=2)
    build.do(site, services.assign, 1, one, 0, olwen.person_id, due, actor=olwen)
    valuation = the_valuation(site, one)
    assert (valuation.assigned_to, valuation.due_at, valuation.version) == (
        olwen.person_id, due, 1
    )


def test_nothing_of_the_assessment_is_changed_once_the_vote_is_open(site: Site) -> None:
    build.a_process(site, phase="voting", projects=1)
    one, olwen = a_proposal(site, 1), officer(site)
    for late in (
        lambda: build.do(site, services.save, 1, one, 0, findings(), actor=olwen),
        lambda: build.do(site, services.decide, 1, one, 0, "refuse", actor=olwen),
        lambda: build.do(site, services.add_note, 1, one, "Hm", actor=olwen),
        lambda: build.do(site, services.score, 1, one, Score("simple", 1, 1), actor=olwen),
    ):
        refused(late, NotAllowed, "access.not_now")


def test_two_threads_decide_and_one_of_them_did(either: Site) -> None:
    site = either
    build.a_process(site, phase="assessment", projects=0)
    one = a_proposal(site, 1)
    people = [officer(site), officer(site, "Gethin", "deputy")]
    build.do(site, services.save, 1, one, 0, findings(), actor=people[0])
    barrier, ends = threading.Barrier(2), []

    def decide(actor: Any, outcome: str) -> None:
        barrier.wait()
        try:
            ends.append(build.do(site, services.decide, 1, one, 1, outcome, actor=actor))
        except AppError as error:
            ends.append(error.code)

    threads = [
        threading.Thread(target=decide, args=pair)
        for pair in zip(people, ("pass", "act"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["decided", "valuation.changed"]
    valuation = the_valuation(site, one)
    assert [change.kind for change in valuation.history] == ["saved", "decided"]
    with site.database.reading() as session:
        made = session.scalars(select(Project.id)).all()
        assert len(made) == (1 if valuation.outcome == "pass" else 0)


def test_a_project_that_is_removed_leaves_the_decision_and_can_be_looked_at_again(
    either: Site
) -> None:
    site = either
    build.a_process(site, phase="assessment", projects=0)
    one, olwen = a_proposal(site, 1), officer(site)
    build.do(site, services.save, 1, one, 0, findings(), actor=olwen)
    build.do(site, services.decide, 1, one, 1, "pass", actor=olwen)
    made = the_valuation(site, one).project_id
    assert made is not None
    build.do(site, projects.remove_project, 1, made, actor=olwen)
    valuation = the_valuation(site, one)
    assert (valuation.project_id, valuation.state) == (None, "decided")
    build.do(site, services.reopen, 1, one, valuation.version, "A new site.", actor=olwen)
    assert the_proposal(site, one).state == "published"


@pytest.mark.parametrize("keep", [True, False])
def test_an_author_who_left_is_named_nowhere(site: Site, keep: bool) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair")
    one, olwen = told(site, author)
    build.do(site, services.answer, 1, one, "It is ours.", "en", actor=build.actor(site, author))
    version = the_valuation(site, one).version
    build.do(site, services.uphold, 1, one, version, actor=olwen)
    build.do(site, lambda work: [forget(work, author, keep) for forget in ERASERS])
    valuation = the_valuation(site, one)
    assert valuation.answer == ("It is ours." if keep else "")
    (answered,) = [change for change in valuation.history if change.kind == "answered"]
    assert (answered.name, answered.person_id) == ("", None)
    assert ("It is ours." in str(answered.after)) is keep
    assert valuation.decided_name == "Olwen"  # who decided for the council stays known


def test_a_correction_keeps_what_translators_wrote_on_the_project(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one, olwen = a_proposal(site, 1), officer(site)
    build.do(site, services.save, 1, one, 0, findings(reason={"en": "Yes."}), actor=olwen)
    build.do(site, services.decide, 1, one, 1, "pass", actor=olwen)

    def translate(work: Any) -> None:
        row = work.session.scalars(select(Project)).one()
        row.title, row.reason = row.title | {"cy": "Mainc"}, row.reason | {"cy": "Ie."}
        row.costs[0].label = row.costs[0].label | {"cy": "Derw"}

    build.do(site, translate)
    dearer = findings(reason={"en": "Yes."}, costs=(({"en": "Oak"}, 200_000),
                                                    ({"en": "Paint"}, 5_000)))
    build.do(site, services.save, 1, one, 2, dearer, "Dearer now.", actor=olwen)
    now = project(site, 1)
    assert (now.title["cy"], now.reason) == ("Mainc", {"en": "Yes.", "cy": "Ie."})
    assert [(line.label, line.amount) for line in now.costs] == [
        ({"en": "Oak", "cy": "Derw"}, 200_000), ({"en": "Paint"}, 5_000)
    ]
