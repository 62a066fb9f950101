"""Signed heads: over what is committed, one a size, never over a log that was changed or cut."""

from __future__ import annotations

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, select, update

from pb.core import jobs
from pb.core.site import Site
from pb.core.work import SYSTEM, Work
from pb.record import heads, keys, notes, queries, services
from pb.record.models import HeadRow, LeafRow, Log, NodeRow
from tests.pb.record import reference
from tests.pb.record.test_log import begin, envelopes
from tests.support.app import run_jobs
from tests.support.build import do

ORIGIN = "testserver/processes/shared-budget"


def entries(site: Site, process_id: int = 1) -> list[bytes]:
    with site.database.engine.connect() as connection:
        return [
            leaf.payload or b""
            for leaf in queries.leaves(connection, process_id, 0, 10**9)
        ]


def all_heads(site: Site, process_id: int = 1) -> list[queries.TheHead]:
    with site.database.engine.connect() as connection:
        return queries.heads(connection, process_id)


def test_a_head_is_signed_over_all_leaves_and_only_when_there_are_new_ones(either: Site) -> None:
    begin(either)
    run_jobs(either)
    do(either, services.append_many, 1, envelopes(40))
    run_jobs(either)
    run_jobs(either)
    do(either, services.append_many, 1, envelopes(300, 40))
    run_jobs(either)
    found = all_heads(either)
    assert [head.size for head in found] == [1, 41, 341]
    log = entries(either)
    for head in found:
        text = notes.opened(head.note, ORIGIN, keys.public_key(either))
        assert notes.read_head(text) == notes.Head(ORIGIN, head.size, head.root)
        assert head.root == reference.mth(log[: head.size])
    with either.database.engine.connect() as connection:
        kept = connection.execute(select(NodeRow.level, func.count()).group_by(NodeRow.level))
        assert sorted(tuple(row) for row in kept) == [(4, 21), (8, 1)]


def test_the_note_is_written_as_the_format_says(site: Site) -> None:
    begin(site)
    head = services.sign_now(site, 1)
    assert head is not None
    lines = head.note.split("\n")
    assert lines[0] == ORIGIN and lines[1] == "1" and lines[3] == "" and lines[5:] == [""]
    assert lines[4].startswith(f"\u2014 {ORIGIN} ")


def test_a_close_asks_for_its_head_at_once(either: Site) -> None:
    begin(either)

    def close(work: Work) -> None:
        services.append(work, 1, "close", {"casts": 0})
        services.ask_head(work, 1)

    do(either, close)
    jobs.run_due(either, steadily=False)
    assert [head.size for head in all_heads(either)] == [2]


HELD = threading.Event()


@jobs.job
def take_long(site: Site, key: int) -> None:
    HELD.wait(60)


def test_heads_do_not_wait_for_a_long_job(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count of ten minutes must not break the promise of ten seconds."""
    assert jobs.STEADY_PAUSE < 10
    monkeypatch.setattr(jobs, "STEADY_PAUSE", 0.05)
    do(site, lambda work: work.later(take_long, key=1))
    worker = jobs.Worker(site)
    worker.start()
    try:
        begin(site)
        for _ in range(1, 200):
            if all_heads(site):
                break
            time.sleep(0.05)
        do(site, services.append_many, 1, envelopes(3))
        for _ in range(200):
            if all_heads(site)[-1].size == 4:
                break
            time.sleep(0.05)
        assert all_heads(site)[-1].size == 4
        with site.database.engine.connect() as connection:
            assert connection.execute(select(jobs.JobRow.done_at)).scalar_one() is None
    finally:
        HELD.set()
        worker.stop()


def test_several_servers_sign_the_same_heads(either: Site) -> None:
    begin(either)

    # Servers share the database and the folder of keys; SQLite has one.
    sites = [either] * 3 if either.database.sqlite else [
        Site(either.settings, either.clock) for _ in range(3)
    ]

    def serve(site: Site, first: int) -> None:
        for turn in range(5):
            do(site, services.append_many, 1, envelopes(20, first + turn))
            heads.sign(site, 1)

    with ThreadPoolExecutor(3) as servers:
        list(servers.map(serve, sites, (0, 1000, 2000)))
    for site in sites:
        site.close()
    found = all_heads(either)
    log = entries(either)
    assert found[-1].size == len(log) == 301
    assert len({head.size for head in found}) == len(found)
    assert all(head.root == reference.mth(log[: head.size]) for head in found)
    assert heads.remembered(either)[ORIGIN].size == 301


def test_no_second_head_of_a_size(either: Site) -> None:
    begin(either)
    services.sign_now(either, 1)
    forged = queries.TheHead(1, bytes(32), "another note")
    with pytest.raises(heads.Contradiction):
        either.work.run(heads.keep_head, SYSTEM, 1, forged, [])
    assert [head.root for head in all_heads(either)] == [reference.mth(entries(either))]


@pytest.mark.parametrize(
    "what", ["changed", "changed, and the file is gone", "cut", "cut with heads", "renumbered"]
)
def test_nothing_is_signed_over_a_log_that_does_not_continue(
    site: Site, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    begin(site)
    do(site, services.append_many, 1, envelopes(20))
    services.sign_now(site, 1)

    def meddle(work: Work) -> None:
        run = work.connection.execute
        if what.startswith("changed"):
            run(update(LeafRow).where(LeafRow.number == 18).values(hash=bytes(32)))
        elif what == "renumbered":
            run(delete(LeafRow).where(LeafRow.number == 18))
        else:
            run(delete(LeafRow).where(LeafRow.number >= 18))
            run(update(Log).values(size=18))
        if what == "cut with heads":
            run(delete(HeadRow))
            run(delete(NodeRow))
        if what == "cut":
            run(update(Log).values(size=18))
        else:
            services.append_many(work, 1, envelopes(5 if what != "cut with heads" else 9, 90))

    do(site, meddle)
    if "file" in what:
        (keys.folder(site) / heads.NAME).unlink()
    before = all_heads(site)
    with pytest.raises((heads.Contradiction, queries.Incomplete)):
        heads.sign(site, 1)
    with caplog.at_level(logging.ERROR, "pb.record"):
        run_jobs(site)
    assert all_heads(site) == before
    if what != "cut":  # a log shorter than its head is not looked at by the periodic job
        assert "no head is signed" in caplog.text


def test_one_log_in_trouble_does_not_stop_the_others(site: Site) -> None:
    begin(site)
    begin(site, 2, "another")
    run_jobs(site)
    do(site, lambda work: work.connection.execute(
        update(LeafRow).where(LeafRow.process_id == 1).values(hash=bytes(32))))
    do(site, services.append_many, 1, envelopes(1))
    do(site, services.append_many, 2, envelopes(1))
    run_jobs(site)
    assert [head.size for head in all_heads(site, 1)] == [1]
    assert [head.size for head in all_heads(site, 2)] == [1, 2]


def test_the_last_head_is_written_beside_the_key(site: Site) -> None:
    begin(site)
    services.sign_now(site, 1)
    path = keys.folder(site) / heads.NAME
    (head,) = all_heads(site)
    assert json.loads(path.read_text()) == {ORIGIN: {"size": 1, "root": head.root.hex()}}
    heads.remember(site, ORIGIN, heads.Remembered(0, bytes(32)))  # never backwards
    assert json.loads(path.read_text())[ORIGIN]["size"] == 1


def test_a_promise_holds_for_its_leaf_only(site: Site) -> None:
    leaf = begin(site)
    line = services.promise(site, ORIGIN, leaf)
    public = services.public_key(site)
    assert len(line) == 68 and services.promised(public, ORIGIN, leaf, line)
    for origin, other, wrong in (
        ("testserver/processes/other", leaf, line),
        (ORIGIN, services.Leaf(1, leaf.hash), line),
        (ORIGIN, services.Leaf(0, leaf.hash[::-1]), line),
        (ORIGIN, leaf, line[:-1] + bytes([line[-1] ^ 1])),
        (ORIGIN, leaf, bytes([line[0] ^ 1]) + line[1:]),
        (ORIGIN, leaf, line + b"\0"),
        (ORIGIN, leaf, b""),
    ):
        assert not services.promised(public, origin, other, wrong)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("\n1\n", "\n2\n"),
        lambda note: note.replace("\n1\n", "\n01\n"),
        lambda note: note + "\n",
        lambda note: note + note.split("\n\n")[1],
        lambda note: note.replace("testserver", "elsewhere"),
        lambda note: note[:-6] + "AAAA=\n",
        lambda note: note.replace("\u2014", "-"),
        lambda note: note * 100,
        lambda note: "",
    ],
)
def test_a_note_that_was_touched_is_refused(site: Site, spoil) -> None:  # type: ignore[no-untyped-def]
    begin(site)
    head = services.sign_now(site, 1)
    assert head is not None
    assert notes.opened(head.note, ORIGIN, keys.public_key(site))
    with pytest.raises(notes.NoteError):
        notes.opened(spoil(head.note), ORIGIN, keys.public_key(site))
    with pytest.raises(notes.NoteError):
        notes.opened(head.note, ORIGIN, bytes(32))


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\n-1\nAA==\n", "a\n1\nAA==\n", "\n1\n" + "A" * 43 + "=\n",
     "a\n1\n2\n3\n"],
)
def test_what_is_no_head_is_not_read_as_one(text: str) -> None:
    with pytest.raises(notes.NoteError):
        notes.read_head(text)
