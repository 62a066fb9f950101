"""Letting in, casting and the close, on a real database."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date
from secrets import token_hex

import pytest
from sqlalchemy import select

from pb.accounts import twofold
from pb.accounts.models import Act
from pb.ballots import box, casting, queries, services
from pb.ballots.models import AccessCode
from pb.ballots.queries import counting_leaves
from pb.core.audit import AuditRow
from pb.core.errors import AppError, Conflict, Gone, Invalid, NotAllowed
from pb.core.jobs import JobRow
from pb.core.site import Site
from pb.core.work import SYSTEM, Actor, Once, Work
from pb.processes.models import Process
from tests.pb.ballots.vote import (
    a_batch,
    area_of,
    cast,
    contents,
    entry,
    envelope,
    leaves,
    leaves_of,
    open_box,
    opened_ballots,
    passes_of,
    roll_id_of,
    voter,
)
from tests.support.app import run_jobs
from tests.support.build import WHEN, a_person, a_process, actor, do
from tests.support.clock import TurnableClock
from voting.ballots import Approval, BallotError, Knapsack


def refused(error: pytest.ExceptionInfo[AppError]) -> str:
    return error.value.code


# -- letting in ------------------------------------------------------------------------------


def test_a_code_lets_in_however_it_is_typed(site: Site) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    roll_id = roll_id_of(site, process, code)
    like = code.translate(str.maketrans({"0": "o", "1": "l"})).lower()
    for typed in (code, f"{code[:4]} {code[4:8]}-{code[8:12]} {code[12:]}", like):
        token = site.work.run(services.admit_by_code, Actor(), process, typed, None)
        assert passes_of(site, token) == {str(process): roll_id}


@pytest.mark.parametrize("typed", ["", "ABCD", "ŴŴŴŴ ŴŴŴŴ", "0" * 16, "1" * 60])
def test_a_wrong_code_lets_nobody_in(site: Site, typed: str) -> None:
    process = a_process(site)
    a_batch(site, process, 3)
    with pytest.raises(Invalid) as error:
        site.work.run(services.admit_by_code, Actor(), process, typed, None)
    assert refused(error) == "code.unknown"


def test_a_code_of_one_vote_is_none_of_another(site: Site) -> None:
    one, other = a_process(site, "one"), a_process(site, "other")
    (code,) = a_batch(site, one)
    with pytest.raises(Invalid):
        site.work.run(services.admit_by_code, Actor(), other, code, None)


def test_the_codes_are_not_in_the_database(site: Site) -> None:
    process = a_process(site)
    code, *_ = a_batch(site, process, 5)
    raw = b"".join(path.read_bytes() for path in site.settings.data.glob("pb.sqlite3*"))
    assert code[:4].encode() in raw  # it was written there at all
    assert code[4:].encode() not in raw and code.encode() not in raw


def link(site: Site, process: int, code: str) -> str:
    with site.database.reading() as session:
        row = session.scalars(
            select(AccessCode).where(AccessCode.roll_id == roll_id_of(site, process, code))
        ).one()
        return services.link_token(site.secrets, row)


def visit(site: Site) -> str:
    return site.secrets.sign("visit", token_hex(8))


def test_a_link_lets_in_once_and_the_code_always(site: Site) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    token = link(site, process, code)
    site.work.run(services.admit_by_link, Actor(), process, token, visit(site), None)
    with pytest.raises(Gone) as error:
        site.work.run(services.admit_by_link, Actor(), process, token, visit(site), None)
    assert refused(error) == "vote_link.used"
    assert error.value.parameters["on"] == date(2027, 5, 17)
    site.work.run(services.admit_by_code, Actor(), process, code, None)


def test_the_same_button_pressed_twice_lets_in_twice(site: Site) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    token, page = link(site, process, code), visit(site)
    one = site.work.run(services.admit_by_link, Actor(), process, token, page, None)
    two = site.work.run(services.admit_by_link, Actor(), process, token, page, None)
    assert passes_of(site, one) == passes_of(site, two) != {}


def test_a_link_under_many_hands_lets_one_in(either: Site) -> None:
    site = either
    process = a_process(site)
    (code,) = a_batch(site, process)
    token = link(site, process, code)
    outcomes: list[str] = []

    def open_it() -> None:
        try:
            site.work.run(services.admit_by_link, Actor(), process, token, visit(site), None)
            outcomes.append("in")
        except Gone as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=open_it) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(outcomes) == {"in": 1, "vote_link.used": 19}


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_forged_link_lets_nobody_in(site: Site, token: str) -> None:
    process = a_process(site)
    a_batch(site, process)
    with pytest.raises(Gone) as error:
        site.work.run(services.admit_by_link, Actor(), process, token, visit(site), None)
    assert refused(error) == "link.unknown"


def test_a_link_of_one_vote_opens_no_other(site: Site) -> None:
    one, other = a_process(site, "one"), a_process(site, "other")
    (code,) = a_batch(site, one)
    with pytest.raises(Gone):
        site.work.run(
            services.admit_by_link, Actor(), other, link(site, one, code), visit(site), None
        )


def test_a_person_on_the_roll_needs_no_code(site: Site) -> None:
    process = a_process(site)
    on, off = a_person(site, "Mair"), a_person(site, "Ifan")
    roll_id = do(site, services.enrol_person, process, on, area_of(site, process))
    assert do(site, services.enrol_person, process, on, None) == roll_id
    token = site.work.run(services.admit_person, actor(site, on), process, None)
    assert passes_of(site, token) == {str(process): roll_id}
    for stranger in (actor(site, off), Actor()):
        with pytest.raises(NotAllowed):
            site.work.run(services.admit_person, stranger, process, None)


# -- casting ---------------------------------------------------------------------------------


def test_a_ballot_can_be_changed_until_the_close(site: Site, clock: TurnableClock) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    roll_id = roll_id_of(site, process, code)
    cast(site, process, roll_id, Approval(("1", "2")))
    clock.turn(days=1)
    cast(site, process, roll_id, Approval(("3",)))
    assert contents(site, process) == [{"approval": ["3"]}]
    assert entry(site, roll_id).voted_on == date(2027, 5, 18)
    clock.now = WHEN["count"]
    with pytest.raises(NotAllowed) as error:
        cast(site, process, roll_id, Approval(("1",)))
    assert refused(error) == "access.not_now"
    assert contents(site, process) == [{"approval": ["3"]}]


def test_the_local_day_is_the_process_s(site: Site, clock: TurnableClock) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    clock.now = clock.now.replace(day=18, hour=23, minute=30)  # 0:30 on the 19th in London
    cast(site, process, roll_id_of(site, process, code), Approval())
    assert entry(site, roll_id_of(site, process, code)).voted_on == date(2027, 5, 19)


def test_one_voter_has_one_ballot_under_fifty_casts_at_once(either: Site) -> None:
    site = either
    process = a_process(site)
    codes = a_batch(site, process, 4)
    rolls = [roll_id_of(site, process, code) for code in codes]
    errors: list[Exception] = []
    ready = {str(one): envelope(site, process, Approval((str(one),))) for one in range(1, 7)}

    def one(number: int) -> None:
        roll_id = rolls[number % 4]
        try:
            site.work.run(casting.cast, voter(process, roll_id), process, roll_id,
                          ready[str(number % 6 + 1)])
        except AppError as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    with site.database.reading() as session:
        counting = counting_leaves(session.connection(), process)
    assert {one.number for one in counting} == {entry(site, roll_id).leaf for roll_id in rolls}
    assert len(counting) == 4
    replaced = [one.replaces for one in leaves(site, process) if one.replaces is not None]
    assert len(leaves(site, process)) == 200 and len(set(replaced)) == len(replaced) == 196


def test_a_retry_gets_the_same_answer_and_changes_nothing(either: Site) -> None:
    site = either
    process = a_process(site)
    (code,) = a_batch(site, process)
    roll_id = roll_id_of(site, process, code)
    first = cast(site, process, roll_id, Approval(("1",)), once="page")
    again = cast(site, process, roll_id, Approval(("1",)), once="page")
    assert first == again
    assert len(leaves(site, process)) == 1 and contents(site, process) == [{"approval": ["1"]}]
    other = cast(site, process, roll_id, Approval(("2",)), once="another page")
    assert other[0] == first[0] + 1 and other[2] == first[0]


def test_nobody_casts_for_somebody_else(site: Site) -> None:
    process = a_process(site)
    mine, other = (roll_id_of(site, process, code) for code in a_batch(site, process, 2))
    ready = envelope(site, process, Approval(("1",)))
    for stranger in (voter(process, mine), Actor(), Actor(passes={process + 1: other})):
        with pytest.raises(NotAllowed):
            site.work.run(casting.cast, stranger, process, other, ready)
    assert leaves(site, process) == []


def test_a_ballot_of_another_area_is_refused(site: Site) -> None:
    process = a_process(site)
    riverside, quay = area_of(site, process), area_of(site, process, "quay")
    (code,) = a_batch(site, process, area_id=riverside)
    with pytest.raises(BallotError):
        envelope(site, process, Approval(("2",)), riverside)
    with pytest.raises(Conflict):
        cast(site, process, roll_id_of(site, process, code), Approval(("2",)), quay)
    cast(site, process, roll_id_of(site, process, code), Approval(("1", "3")), riverside)


def test_what_may_not_be_cast_is_never_sealed(site: Site) -> None:
    process = a_process(site, kind="knapsack", projects=30, max_choices=None)
    with pytest.raises(BallotError, match="over_budget"):
        envelope(site, process, Knapsack(("1", "4", "7", "10", "13", "16", "19")))
    process = a_process(site, "two", max_choices=2)
    with pytest.raises(BallotError, match="too_many"):
        envelope(site, process, Approval(("1", "2", "3")))


def test_a_cast_leaves_no_trace_of_when(site: Site) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    with site.database.reading() as session:
        before = len(session.scalars(select(AuditRow)).all())
    site.work.run(services.admit_by_code, Actor(), process, code, None)
    with site.database.reading() as session:
        assert len(session.scalars(select(AuditRow)).all()) == before
    ready = envelope(site, process, Approval())
    with site.database.reading() as session:
        before = len(session.scalars(select(AuditRow)).all())
        jobs_before = len(session.scalars(select(JobRow)).all())
    roll_id = roll_id_of(site, process, code)
    site.work.run(casting.cast, voter(process, roll_id), process, roll_id, ready, once="page")
    with site.database.reading() as session:
        assert len(session.scalars(select(AuditRow)).all()) == before
        assert len(session.scalars(select(JobRow)).all()) == jobs_before
        (kept,) = session.scalars(select(Once))
        assert kept.result == {"value": [2, kept.result["value"][1], None, process]}


# -- voiding ---------------------------------------------------------------------------------


def test_voiding_a_batch_takes_two_and_undoes_no_vote(site: Site) -> None:
    process = a_process(site)
    voted, waiting = a_batch(site, process, 2)
    cast(site, process, roll_id_of(site, process, voted), Approval(("1",)))
    first = actor(site, a_person(site, "Non", "lead_official", "shared-budget"))
    second = actor(site, a_person(site, "Huw", "deputy", "shared-budget"))
    with site.database.reading() as session:
        batch = queries.batches_of(session, process)[0].batch.id
    site.work.run(services.ask_void_batch, first, process, batch, "Letters were lost")
    site.work.run(services.admit_by_code, Actor(), process, waiting, None)
    with site.database.reading() as session:
        act = session.scalars(select(Act.id)).one()

    def confirm(work: Work) -> None:
        twofold.confirm(work, work.session.get_one(Process, process), act)

    with pytest.raises(NotAllowed):
        do(site, confirm, actor=first)
    do(site, confirm, actor=second)
    for code in (voted, waiting):
        with pytest.raises(Gone) as error:
            site.work.run(services.admit_by_code, Actor(), process, code, None)
        assert refused(error) == "code.voided"
    assert len(contents(site, process)) == 1
    assert [(one["added"], one["voided"], one["reason"])
            for one in leaves_of(site, process, "roll-change")] == [
        ({}, {"": 1}, "Letters were lost")
    ]
    with site.database.reading() as session:
        (area,) = queries.turnout_by_area(session, process)
        assert (area.entitled, area.voted) == (1, 1)
    with pytest.raises(NotAllowed):
        cast(site, process, roll_id_of(site, process, waiting), Approval(("2",)))


@pytest.mark.parametrize("number", [0, 5001])
def test_a_batch_has_its_limits(site: Site, number: int) -> None:
    process = a_process(site)
    with pytest.raises(Invalid):
        do(site, services.make_codes, process, None, "Letters", ["x"] * number)


def test_a_batch_is_for_an_area_of_its_process(site: Site) -> None:
    one, other = a_process(site, "one"), a_process(site, "other")
    with pytest.raises(Invalid):
        do(site, services.make_codes, one, area_of(site, other), "Letters", ["A" * 16])


def test_only_officials_make_codes(site: Site) -> None:
    process = a_process(site)
    for role in ("valuer", "auditor", None):
        somebody = actor(site, a_person(site, f"S{role}", role, "shared-budget" if role else None))
        with pytest.raises(NotAllowed):
            site.work.run(services.make_codes, somebody, process, None, "Letters", ["A" * 16])


# -- the close -------------------------------------------------------------------------------


def test_after_the_close_nothing_joins_voter_and_ballot(
    either: Site, clock: TurnableClock
) -> None:
    site = either
    process = a_process(site)
    rolls = [roll_id_of(site, process, code) for code in a_batch(site, process, 9)]
    for number, roll_id in enumerate(rolls):
        cast(site, process, roll_id, Approval((str(number % 6 + 1),)), once=f"page {number}",
             tracking=f"{'ZYXWVTSRQ'[number] * 12}")
    cast(site, process, rolls[0], Approval(()), once="changed", tracking="A" * 12)
    (code,) = a_batch(site, process)
    token = site.work.run(services.admit_by_code, Actor(), process, code, None)
    run_jobs(site)
    assert all(entry(site, roll_id).leaf is not None for roll_id in rolls)  # while it is open
    clock.now = WHEN["count"]
    run_jobs(site)
    assert all(entry(site, roll_id).leaf is None for roll_id in rolls)
    assert all(entry(site, roll_id).voted_on for roll_id in rolls)
    expected = {letter: [str(number % 6 + 1)] for number, letter in enumerate("ZYXWVTSRQ")}
    del expected["Z"]  # replaced
    expected["A"] = []
    assert [(one.tracking[0], one.content["approval"])
            for one in opened_ballots(site, process)] == sorted(expected.items())
    assert passes_of(site, token) == {}
    (close,) = leaves_of(site, process, "close")
    assert close == {"kind": "close", "casts": 10, "replaced": 1, "counted": 9, "voted": 9,
                     "voided_ballots": 0}
    (opened,) = leaves_of(site, process, "opened")
    assert (opened["number"], opened["level"], opened["unopenable"]) == (9, "A", 0)
    assert opened["sha256"] == opened["published_sha256"]
    with site.database.reading() as session:
        assert not session.scalars(select(Once).where(Once.command == "ballots.cast")).all()

    def acts() -> list[str]:
        with site.database.reading() as session:
            return [row.command for row in session.scalars(select(AuditRow).order_by(AuditRow.id))
                    if row.actor == "system" and row.command.startswith("ballots.")
                    and row.command not in ("ballots.make_codes", "ballots.open_box",
                                            "ballots.tell_voters")]

    once = ["ballots.close_box", "ballots.note_rewritten", "ballots.leave_opening",
            "ballots.put_opened"]
    assert acts() == once
    run_jobs(site)
    assert acts() == once


def test_the_box_is_not_closed_while_votes_come_in(site: Site) -> None:
    process = a_process(site)
    open_box(site, process)
    with pytest.raises(Conflict):
        site.work.run(box.close_box, SYSTEM, process)


def test_a_vote_opened_again_takes_no_more_ballots(site: Site, clock: TurnableClock) -> None:
    process = a_process(site)
    voted, fresh = (roll_id_of(site, process, code) for code in a_batch(site, process, 2))
    cast(site, process, voted, Approval(("1",)))
    late = envelope(site, process, Approval(("2",)))
    clock.now = WHEN["count"]
    run_jobs(site)
    clock.now = WHEN["voting"]
    for roll_id in (voted, fresh):
        with pytest.raises(NotAllowed) as error:
            site.work.run(casting.cast, voter(process, roll_id), process, roll_id, late)
        assert refused(error) == "box.closed"
    assert len(leaves(site, process)) == 1


def test_answers_kept_for_another_vote_stay(site: Site, clock: TurnableClock) -> None:
    one, other = a_process(site, "one"), a_process(site, "other")
    for process in (one, other):
        (code,) = a_batch(site, process)
        cast(site, process, roll_id_of(site, process, code), Approval(), once="page")
    do(site, box.forget_answers, one)
    with site.database.reading() as session:
        (kept,) = session.scalars(select(Once).where(Once.command == "ballots.cast"))
        assert kept.result["value"][3] == other


# -- figures ---------------------------------------------------------------------------------


def test_turnout_and_contents(site: Site, clock: TurnableClock) -> None:
    process = a_process(site)
    riverside = area_of(site, process)
    here = [roll_id_of(site, process, code) for code in a_batch(site, process, 3, riverside)]
    (other,) = a_batch(site, process)
    cast(site, process, here[0], Approval(("1",)), riverside)
    clock.turn(days=1)
    cast(site, process, here[1], Approval(("1",)), riverside)
    cast(site, process, roll_id_of(site, process, other), Approval())
    with site.database.reading() as session:
        turnout = {one.area_id: (one.entitled, one.voted)
                   for one in queries.turnout_by_area(session, process)}
        assert turnout == {riverside: (3, 2), None: (1, 1)}
        assert queries.turnout_by_day(session, process) == [
            (date(2027, 5, 17), 1), (date(2027, 5, 18), 2)
        ]
        with pytest.raises(Conflict, match="not_opened"):  # sealed: nobody counts beforehand
            queries.contents_of(session, process)
    clock.now = WHEN["count"]
    run_jobs(site)
    with site.database.reading() as session:
        assert queries.contents_of(session, process) == {Approval(("1",)): 2, Approval(): 1}
