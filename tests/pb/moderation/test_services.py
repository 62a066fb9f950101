"""Reports, decisions and appeals, on a real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from pb.core.errors import AppError, Conflict, Invalid, NotAllowed, NotFound, TooMany
from pb.core.work import Actor
from pb.moderation import queries, rules, services
from pb.moderation.models import Case
from pb.proposals.models import ProposalPhoto
from tests.pb.moderation.a_post import TEXT, an_idea, cases, change, hidden
from tests.pb.moderation.a_town import Town
from tests.support import build
from tests.support.app import mails, run_jobs


def test_a_report_hides_at_once_and_the_author_is_told_why(town: Town) -> None:
    idea = an_idea(town.site, town.process, town.author_id)
    assert town.report("proposal", idea, code="personal") == "hidden"
    assert hidden(town.site, idea)
    run_jobs(town.site)
    letters = {one["to"]: one for one in mails(town.site)}
    author = letters["nia@example.com"].get_body(("plain",)).get_content()
    assert "/processes/shared-budget/moderation/1" in author
    assert TEXT not in author
    assert {"mair@example.com", "gwyn@example.com"} < set(letters)
    (case,) = cases(town.site)
    assert case.hid and case.code == "personal" and case.open_key == f"proposal/{idea}"


def test_a_decision_shows_it_again_and_the_same_words_are_not_hidden_twice(town: Town) -> None:
    idea = an_idea(town.site, town.process, town.author_id)
    town.report("proposal", idea)
    town.decide(1, "stays")
    assert not hidden(town.site, idea)
    assert town.report("proposal", idea, address="192.0.2.2") == "queued"
    assert not hidden(town.site, idea)
    assert cases(town.site)[1].held_back == "stays"
    # Other words are another matter.
    town.decide(2, "stays")
    change(town.site, idea, wish="You are all thieves.")
    assert town.report("proposal", idea, address="192.0.2.3") == "hidden"


def test_what_stayed_often_is_settled(here: Town) -> None:
    idea = an_idea(here.site, here.process)
    for number in range(1, rules.REOPENED + 1):
        here.report("proposal", idea, address=f"192.0.2.{number}")
        here.decide(number, "stays")
    assert here.report("proposal", idea, address="192.0.2.99") == "counted"
    assert len(cases(here.site)) == rules.REOPENED and not hidden(here.site, idea)


@pytest.mark.parametrize(
    ("phase", "why"), [("voting", "ballot"), ("assessment", "decision"), ("results", "decision")]
)
def test_a_project_is_never_hidden_and_goes_to_the_queue_at_once(
    here: Town, phase: str, why: str
) -> None:
    here.site.clock.now = build.WHEN[phase]  # type: ignore[attr-defined]
    assert here.report("project", 1) == "queued"
    (case,) = cases(here.site)
    assert (case.hid, case.held_back) == (False, why)
    with pytest.raises(Invalid) as refused:
        here.decide(1, "hidden")
    assert refused.value.code == "case.outcome"
    lead = build.a_person(here.site, "Olwen", "lead_official", "shared-budget")
    here.decide(1, "passed", code="unlawful")
    run_jobs(here.site)
    with here.site.database.reading() as session:
        assert session.get_one(Case, 1).outcome == "passed"
    assert mails(here.site)[-1]["to"] == "olwen@example.com", lead


def test_an_accepted_idea_is_an_official_decision(here: Town) -> None:
    idea = an_idea(here.site, here.process, state="accepted")
    assert here.report("proposal", idea) == "queued"
    assert not hidden(here.site, idea)


def test_more_reports_of_the_same_open_no_second_case(here: Town) -> None:
    idea = an_idea(here.site, here.process)
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        assert here.report("proposal", idea, address=address) == "hidden"
    with here.site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
        assert len(queries.reports_of(session, 1)) == 2  # the first address counts once


def test_a_stranger_reports_only_so_often_a_day(here: Town) -> None:
    ideas = [an_idea(here.site, here.process, number=n, wish=f"{TEXT} {n}") for n in range(1, 9)]
    for idea in ideas[: rules.STRANGER_A_DAY]:
        assert here.report("proposal", idea) == "hidden"
    with pytest.raises(TooMany) as refused:
        here.report("proposal", ideas[6])
    assert refused.value.code == "report.enough_stranger"
    assert not hidden(here.site, ideas[6])
    # From elsewhere, signed in, or a day later it goes on.
    assert here.report("proposal", ideas[5], address="2001:db8::1") == "hidden"
    assert here.report("proposal", ideas[6], actor=here.second) == "hidden"
    here.site.clock.turn(hours=25)  # type: ignore[attr-defined]
    assert here.report("proposal", ideas[7]) == "hidden"


def test_a_person_reports_only_so_often_a_day(here: Town) -> None:
    for number in range(1, rules.PERSON_A_DAY + 2):
        idea = an_idea(here.site, here.process, number=number, wish=f"{TEXT} {number}")
        if number <= rules.PERSON_A_DAY:
            assert here.report("proposal", idea, actor=here.author) == "hidden"
    with pytest.raises(TooMany):
        here.report("proposal", idea, actor=here.author)


def test_whoever_was_wrong_in_a_row_hides_nothing_more(here: Town) -> None:
    ideas = [an_idea(here.site, here.process, number=n, wish=f"{TEXT} {n}") for n in range(1, 7)]
    for number, idea in enumerate(ideas[: rules.UNFOUNDED], 1):
        assert here.report("proposal", idea, actor=here.author) == "hidden"
        here.decide(number, "stays")
    assert here.report("proposal", ideas[4], actor=here.author) == "queued"
    assert cases(here.site)[-1].held_back == "unfounded" and not hidden(here.site, ideas[4])
    here.decide(rules.UNFOUNDED + 1, "hidden")  # and once they are right, they are believed again
    assert here.report("proposal", ideas[5], actor=here.author) == "hidden"


def test_a_wave_of_strangers_cannot_empty_the_page(here: Town) -> None:
    last = ""
    for number in range(1, rules.HIDDEN_AN_HOUR + 2):
        idea = an_idea(here.site, here.process, number=number, wish=f"{TEXT} {number}")
        last = here.report("proposal", idea, address=f"198.51.100.{number}")
    assert last == "queued" and cases(here.site)[-1].held_back == "many"
    here.site.clock.turn(minutes=61)  # type: ignore[attr-defined]
    idea = an_idea(here.site, here.process, number=99, wish="Another one.")
    assert here.report("proposal", idea, address="198.51.100.99") == "hidden"


def test_what_is_not_there_cannot_be_reported(here: Town) -> None:
    draft = an_idea(here.site, here.process, state="withdrawn")
    for kind, id in (("proposal", draft), ("proposal", 99), ("nothing", 1)):
        with pytest.raises(NotFound):
            here.report(kind, id)
    other = build.a_process(here.site, "elsewhere", phase="ideas")
    idea = an_idea(here.site, other)
    with pytest.raises(NotFound):
        here.report("proposal", idea)


def test_a_reason_is_needed(here: Town) -> None:
    idea = an_idea(here.site, here.process)
    for code, words, field in (("dislike", "", "code"), ("other", "", "words")):
        with pytest.raises(Invalid) as refused:
            here.report("proposal", idea, code=code, words=words)
        assert refused.value.parameters["field"] == field
    here.report("proposal", idea, code="other", words="It is a riddle.")
    with pytest.raises(Invalid):
        here.decide(1, "hidden", reason="")
    with pytest.raises(Invalid):
        here.decide(1, "hidden", code="dislike")


def test_an_appeal_goes_to_another_person(town: Town) -> None:
    idea = an_idea(town.site, town.process, town.author_id)
    town.report("proposal", idea)
    town.decide(1, "hidden")
    assert hidden(town.site, idea)
    town.appeal(1)
    with pytest.raises(NotAllowed) as refused:
        town.answer(1, "stays", actor=town.first)
    assert refused.value.code == "case.same_person"
    assert hidden(town.site, idea)
    town.answer(1, "stays")
    assert not hidden(town.site, idea)
    with pytest.raises(Conflict):
        town.appeal(1)
    with pytest.raises(Conflict):
        town.answer(1, "hidden")
    run_jobs(town.site)
    told = [one["to"] for one in mails(town.site) if one["to"] == "nia@example.com"]
    assert len(told) == 3  # hidden, decided, answered
    # Words that were right on appeal are not hidden again either.
    assert town.report("proposal", idea, address="192.0.2.9") == "queued"


def test_only_the_author_appeals_once_and_in_time(here: Town) -> None:
    idea = an_idea(here.site, here.process, here.author_id)
    here.report("proposal", idea)
    with pytest.raises(Conflict):
        here.appeal(1)  # nothing is decided yet
    here.decide(1, "hidden")
    with pytest.raises(NotFound):
        build.do(here.site, services.appeal, here.process, 1, "Mine!", "en", actor=here.second)
    with pytest.raises(Invalid):
        here.appeal(1, words="")
    here.site.clock.turn(days=rules.APPEAL_DAYS + 1)  # type: ignore[attr-defined]
    with pytest.raises(Conflict) as refused:
        here.appeal(1)
    assert refused.value.code == "appeal.over"


def test_nobody_decides_on_their_own_words(here: Town) -> None:
    assert here.first.person_id is not None
    idea = an_idea(here.site, here.process, here.first.person_id)
    here.report("proposal", idea)
    with pytest.raises(NotAllowed) as refused:
        here.decide(1, "stays", actor=here.first)
    assert refused.value.code == "case.own_post"
    here.decide(1, "stays", actor=here.second)


def test_two_moderators_at_once_decide_once(town: Town) -> None:
    idea = an_idea(town.site, town.process)
    town.report("proposal", idea)

    def one(choice: tuple[Actor, str]) -> str:
        try:
            town.decide(1, choice[1], actor=choice[0])
        except AppError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(one, [(town.first, "stays"), (town.second, "hidden")]))
    assert sorted(results) == ["case.decided", "done"]
    (case,) = cases(town.site)
    assert hidden(town.site, idea) == (case.outcome == "hidden")


def test_two_reports_at_once_open_one_case(town: Town) -> None:
    idea = an_idea(town.site, town.process)
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(
            lambda n: town.report("proposal", idea, address=f"192.0.2.{n}"), range(4)
        ))
    assert results == ["hidden"] * 4
    assert len(cases(town.site)) == 1


def test_what_its_author_took_back_meanwhile_can_be_closed(here: Town) -> None:
    idea = an_idea(here.site, here.process, here.author_id)
    here.report("proposal", idea)
    change(here.site, idea, state="withdrawn")
    here.decide(1, "stays")
    assert cases(here.site)[0].outcome == "stays"


def test_an_erased_author_is_not_written_to(here: Town) -> None:
    idea = an_idea(here.site, here.process, None)
    here.report("proposal", idea)
    here.decide(1, "hidden")
    run_jobs(here.site)
    assert {one["to"] for one in mails(here.site)} <= {"mair@example.com", "gwyn@example.com"}


def test_a_photo_is_hidden_by_itself(here: Town) -> None:
    idea = an_idea(here.site, here.process, here.author_id, photo="ab12.jpg")
    with here.site.database.reading() as session:
        photo = session.scalars(select(ProposalPhoto.id)).one()
    assert here.report("photo", photo) == "hidden"
    with here.site.database.reading() as session:
        assert session.get_one(ProposalPhoto, photo).hidden_at is not None
    assert not hidden(here.site, idea)
    here.decide(1, "stays")
    with here.site.database.reading() as session:
        assert session.get_one(ProposalPhoto, photo).hidden_at is None
