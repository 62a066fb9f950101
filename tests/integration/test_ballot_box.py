"""The box under pressure: many casts of one voter at once, a full disk, clocks that are wrong; and
who could join a voter to a ballot, tried with everything that a person inside may hold."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import IntegrityError

from pb.ballots import casting, sealing, services
from pb.ballots.holders import HOLDERS
from pb.ballots.models import OpenedBallot, RollEntry
from pb.ballots.queries import counting_leaves
from pb.core.database import Database
from pb.core.errors import AppError, Busy
from pb.core.site import Site
from pb.core.work import Once
from pb.notifications.models import Message
from pb.record.models import LeafRow
from tests.pb.ballots.test_box import finished
from tests.pb.ballots.vote import (
    a_batch,
    cast,
    contents,
    enter,
    entry,
    envelope,
    hidden,
    leaves,
    leaves_of,
    open_box,
    opened_ballots,
    roll_id_of,
    voter,
)
from tests.support.app import client, run_jobs
from tests.support.build import WHEN, a_person, a_process, do, the_person
from tests.support.clock import TurnableClock
from voting.ballots import Approval

# -- one voter, one counted ballot -----------------------------------------------------------


def in_threads(number: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(one,)) for one in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_casts_of_many_voters_at_once_leave_one_ballot_each(
    either: Site, clock: TurnableClock, pytestconfig: pytest.Config
) -> None:
    site = either
    voters = int(pytestconfig.getoption("--voters"))
    casts = int(pytestconfig.getoption("--casts"))
    process = a_process(site)
    do(site, lambda work: work.connection.execute(insert(RollEntry), [
        {"process_id": process, "tag": f"{one:064x}", "voided": False, "told": False}
        for one in range(voters)
    ]) and None)
    open_box(site, process)
    with site.database.reading() as session:
        rolls = list(session.scalars(select(RollEntry.id).order_by(RollEntry.id)))
    ready = [envelope(site, process, Approval((str(one),))) for one in range(1, 7)]
    calls = [roll_id for roll_id in rolls for _ in range(casts)]
    random.Random(3).shuffle(calls)
    told: dict[int, list[int]] = {roll_id: [] for roll_id in rolls}
    refused: list[str] = []
    lock = threading.Lock()

    def work(number: int) -> None:
        for place in range(number, len(calls), 40):
            roll_id = calls[place]
            try:
                answer = site.work.run(casting.cast, voter(process, roll_id), process, roll_id,
                                       ready[place % 6], once=f"{place}")
            except AppError as error:
                refused.append(error.code)
                continue
            with lock:
                told[roll_id].append(answer[0])

    in_threads(40, work)
    assert refused == []
    with site.database.reading() as session:
        now_in = {row.id: row.leaf for row in session.query(RollEntry)}
        counting = {leaf.number for leaf in counting_leaves(session.connection(), process)}
    assert {roll_id: max(numbers) for roll_id, numbers in told.items()} == now_in
    assert counting == set(now_in.values()) and len(counting) == len(rolls)
    assert sorted(number for numbers in told.values() for number in numbers) == list(
        range(2, 2 + len(calls)))
    clock.now = WHEN["count"]
    run_jobs(site)
    (close,) = leaves_of(site, process, "close")
    assert (close["casts"], close["counted"], close["voted"]) == (
        len(calls), len(rolls), len(rolls))


def test_what_keeps_one_ballot_a_voter_lies_in_keys_and_conditions(either: Site) -> None:
    """Taken away, each of these lets a second ballot in."""
    site = either
    process = a_process(site)
    (code,) = a_batch(site, process)
    roll_id = roll_id_of(site, process, code)
    number, *_ = cast(site, process, roll_id, Approval(), once="page")
    day = entry(site, roll_id).voted_on
    move = {"roll": roll_id, "process": process, "after": 99, "day": day}
    with site.database.engine.connect() as connection:
        for before in (casting.NO_LEAF, number + 1, number - 1):  # a stale reader
            moved = connection.execute(casting.MOVE, {**move, "before": before})
            assert moved.rowcount == 0
        right = {**move, "before": number}
        for spoiled in (text("UPDATE boxes SET state = 'closed'"),
                        text("UPDATE roll SET voided = true")):
            connection.execute(spoiled)
            assert connection.execute(casting.MOVE, right).rowcount == 0
            connection.rollback()
        assert connection.execute(casting.MOVE, right).rowcount == 1
        connection.rollback()
        with site.database.reading() as session:
            digest, payload = session.execute(
                select(LeafRow.hash, LeafRow.payload)
                .where(LeafRow.process_id == process, LeafRow.number == number)
            ).one()
            kept = session.scalars(select(Once.key)).one()
        doubles = [
            insert(LeafRow).values(process_id=process, number=number, kind="cast",
                                   hash=digest, payload=payload),
            insert(Once).values(key=kept, command="x", result={}, made_on=""),
            insert(RollEntry).values(process_id=process, tag=entry(site, roll_id).tag,
                                     voided=False, told=False),
        ]
        for double in doubles:
            with pytest.raises(IntegrityError):
                connection.execute(double)
            connection.rollback()


# -- a full disk, a wrong clock --------------------------------------------------------------


def test_a_full_disk_refuses_and_loses_nothing(
    site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    process = a_process(site)
    rolls = [roll_id_of(site, process, code) for code in a_batch(site, process, 4)]
    ready = envelope(site, process, Approval(("1",)))
    with site.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    site.work.close()
    site.database.engine.dispose()
    most = [pages + 6]

    def limit(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {most[0]}")  # type: ignore[attr-defined]

    event.listen(site.database.engine, "connect", limit)
    told: dict[str, list[object]] = {}
    refused: dict[str, Busy] = {}
    for number in range(400):
        once, roll_id = f"page {number}", rolls[number % 4]
        try:
            told[once] = site.work.run(casting.cast, voter(process, roll_id), process, roll_id,
                                       ready, once=once)
        except Busy as error:
            refused[once] = error
        if len(refused) == 8:
            break
    assert told and len(refused) == 8
    assert all("full" in str(error.__cause__) for error in refused.values()), "it was injected"
    assert len(leaves(site, process)) == len(told)
    assert client(site).get("/healthy").status_code == 200  # reading goes on
    site.work.close()
    site.database.engine.dispose()
    most[0] = 10**6  # somebody made room
    for once in refused:
        told[once] = site.work.run(casting.cast, voter(process, rolls[0]), process, rolls[0],
                                   ready, once=once)
    assert len(leaves(site, process)) == len(told)
    assert sorted(answer[0] for answer in told.values()) == list(  # type: ignore[type-var]
        range(2, 2 + len(told)))


@pytest.mark.parametrize("days", [-3, 3])
def test_a_server_whose_clock_is_three_days_off(postgres_site: Site, days: int) -> None:
    site = postgres_site
    wrong = TurnableClock()
    wrong.turn(days=days)
    other = Site(site.settings, wrong)
    try:
        process = a_process(site)
        rolls = [roll_id_of(site, process, code) for code in a_batch(site, process, 6)]
        ready = envelope(site, process, Approval(("1",)))
        told = []
        for number in range(24):
            server = (site, other)[number % 2]
            roll_id = rolls[number % 6]
            told.append(server.work.run(casting.cast, voter(process, roll_id), process, roll_id,
                                        ready, once=f"page {number}")[0])
        assert told == list(range(2, 26))  # one order, whatever the clocks say
        again = other.work.run(casting.cast, voter(process, rolls[0]), process, rolls[0], ready,
                               once="page 0")
        assert again[0] == 2  # the other server knows the answer too
        with site.database.reading() as session:
            assert len(counting_leaves(session.connection(), process)) == 6
    finally:
        other.close()


# -- person and ballot -----------------------------------------------------------------------

VOTERS = 60
GUESS = 1 / VOTERS


def best_guess(
    truth: dict[int, str], voters: list[list[int]], ballots: list[list[str]]
) -> float:
    """The best rate of all ways to lay an order of voters beside an order of ballots."""
    return max(
        sum(truth[one] == code for one, code in zip(order, codes, strict=False)) / len(truth)
        for order in voters for codes in ballots
    )


def orders_of_voters(site: Site, by_mail: dict[str, int]) -> list[list[int]]:
    """Every order in which the database can be made to give the voters."""
    by = ["id", "tag", "voted_on"] + (["rowid"] if site.database.sqlite
                                      else ["ctid", "xmin::text::bigint"])
    found = []
    with site.database.engine.connect() as connection:
        for column in by:
            for way in ("", " DESC"):
                rows = connection.execute(text(
                    f"SELECT id FROM roll WHERE voted_on IS NOT NULL ORDER BY {column}{way}"))
                found.append([row.id for row in rows])
        mailed = connection.execute(select(Message.email).order_by(Message.id)).scalars()
        found.append([by_mail[email] for email in mailed if email in by_mail])
    return found


def orders_of_ballots(site: Site, process: int, key: object) -> list[list[str]]:
    """Tracking codes as the box gives them; with the key and envelopes in the order of casts."""
    found = [[one.tracking for one in opened_ballots(site, process)]]
    by = ["tracking"] if site.database.sqlite else ["ctid", "xmin::text::bigint"]
    with site.database.engine.connect() as connection:
        for column in by:
            found.append(list(connection.execute(text(
                f"SELECT tracking FROM opened_ballots ORDER BY {column}")).scalars()))
    if key is not None:
        in_order = tracking_by_leaf(site, process, key)
        found += [[in_order[number] for number in sorted(in_order)],
                  [in_order[number] for number in sorted(in_order, reverse=True)]]
    return found


def tracking_by_leaf(site: Site, process: int, key: object) -> dict[int, str]:
    import base64
    import json

    from pb.ballots.snapshots import box_of

    with site.database.reading() as session:
        box = box_of(session, process)
        counting = counting_leaves(session.connection(), process)
    assert box is not None
    return {
        leaf.number: json.loads(sealing.SUITE.decrypt(
            base64.b64decode(leaf.envelope), key, info=box.bound_to))["tracking"]  # type: ignore[arg-type]
        for leaf in counting if leaf.envelope
    }


def test_who_could_join_a_voter_to_a_ballot(
    either: Site, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = either
    process = a_process(site)
    people = [a_person(site, f"Voter {number:02}") for number in range(VOTERS)]
    rolls = [do(site, services.enrol_person, process, person, None) for person in people]
    by_mail = {str(the_person(site, person).email): roll_id
               for person, roll_id in zip(people, rolls, strict=True)}
    casting_order = rolls[:]
    random.Random(11).shuffle(casting_order)
    truth = {}
    for number, roll_id in enumerate(casting_order):
        truth[roll_id] = casting.tracking_code(site.secrets, process, roll_id, f"p{number}")
        cast(site, process, roll_id, Approval((str(number % 6 + 1),)), once=f"p{number}",
             tracking=truth[roll_id])
    run_jobs(site)
    key = HOLDERS["server"].private(site, process)

    # While voting is open, key and database together link everybody, and the pages say so. This
    # is the control too: were the numbers kept at the close, it would stay so.
    opened = tracking_by_leaf(site, process, key)
    linked = sum(opened[entry(site, roll_id).leaf or 0] == code for roll_id, code in truth.items())
    assert linked == VOTERS

    if not site.database.sqlite:
        # The control of the rewriting: without it PostgreSQL's order of rows tells all.
        monkeypatch.setattr(Database, "write_anew", lambda *_: None)
    clock.now = WHEN["count"]
    run_jobs(site)
    careless = best_guess(truth, orders_of_voters(site, by_mail),
                          orders_of_ballots(site, process, key))
    monkeypatch.undo()
    if not site.database.sqlite:
        assert careless > 10 * GUESS, "the control must link"
        site.database.write_anew("roll", "uq_roll_process_id_tag")
    closed = best_guess(truth, orders_of_voters(site, by_mail),
                        orders_of_ballots(site, process, key))
    assert closed < 8 * GUESS

    finished_orders = orders_of_voters(site, by_mail)  # the list goes with the final result
    finished(site, clock, process)
    do(site, destroy_now, process)
    run_jobs(site)
    with site.database.reading() as session:
        assert not session.scalars(select(RollEntry)).all()
    assert tracking_by_leaf(site, process, key) == {}
    after = best_guess(truth, finished_orders, orders_of_ballots(site, process, None))
    assert after < 8 * GUESS
    print(f"\n{VOTERS} voters, guessing {GUESS:.1%}: open, with the key 100%; after the close "
          f"without rewriting {careless:.1%}, rewritten {closed:.1%}; destroyed {after:.1%}")


def destroy_now(work: object, process: int) -> None:
    """What two officials' act does."""
    from pb.accounts.models import Act
    from pb.ballots import box
    from pb.processes.models import Process

    act = Act(kind="ballots.destroy", process_id=process, reason="over", arguments={}, asked_by=1)
    box.destroy(work, work.session.get_one(Process, process), act)  # type: ignore[attr-defined,arg-type]


def test_a_database_gives_no_two_rows_of_a_cast_away(postgres_site: Site,
                                                     clock: TurnableClock) -> None:
    """The hidden number of a row's transaction (xmin), which once joined 60 of 60 voters."""
    site = postgres_site
    process = a_process(site)
    for number, code in enumerate(a_batch(site, process, 20)):
        cast(site, process, roll_id_of(site, process, code), Approval(), once=f"{number}")
    joined = text("SELECT count(*) FROM roll JOIN leaves ON roll.xmin::text = leaves.xmin::text "
                  "WHERE leaves.kind = 'cast'")
    with site.database.engine.connect() as connection:
        assert connection.execute(joined).scalar() == 20  # the control: it does join while open
    clock.now = WHEN["count"]
    run_jobs(site)
    with site.database.engine.connect() as connection:
        assert connection.execute(joined).scalar() == 0
        for table in ("once", "opened_ballots"):
            other = text("SELECT count(DISTINCT roll.id) FROM roll "
                         f"JOIN {table} ON roll.xmin::text = {table}.xmin::text")
            assert connection.execute(other).scalar() == 0


def test_planted_personal_data_is_in_no_log_and_no_box(
    site: Site, clock: TurnableClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    process = a_process(site)
    person = a_person(site, "Gwenllian Planted")
    do(site, services.enrol_person, process, person, None)
    (code,) = a_batch(site, process)
    browser = client(site)
    page = enter(browser, code)
    page = browser.post("/processes/shared-budget/vote/ballot",
                        data={**hidden(page.text), "choose": ["3"], "check": "1"})
    page = browser.post("/processes/shared-budget/vote/check",
                        data={**hidden(page.text), "word": "plannwyd", "cast": "1"})
    assert "Your ballot is in" in page.text
    assert contents(site, process) == [{"approval": ["3"]}]
    clock.now = WHEN["count"]
    run_jobs(site)
    planted = [code, code[4:], "Gwenllian", "gwenllian", "plannwyd", '{"approval": ["3"]}']
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert said  # something was logged at all
    for one in planted:
        assert one not in said, one
    with site.database.engine.connect() as connection:
        for table in ("roll", "once", "leaves", "boxes", "audit", "jobs", "sessions"):
            rows = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            for one in planted:
                if (table, one) != ("audit", "Gwenllian"):
                    assert one not in rows, (table, one)
        kept = connection.execute(select(OpenedBallot.content, OpenedBallot.word)).all()
        assert [tuple(row) for row in kept] == [({"approval": ["3"]}, "plannwyd")]
