"""Leaves in the log: numbers without gaps on both databases, hashes, refusals, erasing."""

from __future__ import annotations

import hashlib
import threading

import pytest
from sqlalchemy import event, select

from pb.core.errors import Busy, Conflict
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.record import keys, rules, services
from pb.record.models import LeafRow, Log
from tests.support.build import do


def begin(site: Site, process_id: int = 1, slug: str = "shared-budget") -> services.Leaf:
    """Begin a log with a small manifest."""
    found = do(site, services.start, process_id, slug, {"version": 1, "name": {"en": "Budget"}})
    assert isinstance(found, services.Leaf)
    return found


def rows(site: Site, process_id: int = 1) -> list[tuple[int, str, bytes, bytes | None]]:
    with site.database.engine.connect() as connection:
        return [
            (row.number, row.kind, row.hash, row.payload)
            for row in connection.execute(
                select(LeafRow.number, LeafRow.kind, LeafRow.hash, LeafRow.payload)
                .where(LeafRow.process_id == process_id).order_by(LeafRow.number)
            )
        ]


def envelopes(count: int, first: int = 0) -> list[bytes]:
    return [
        rules.payload("cast", {"envelope": f"e{number}", "replaces": None})
        for number in range(first, first + count)
    ]


@command(audited=False)
def append_and_stumble(work: Work, process_id: int, stumble: bool) -> int:
    """Add a leaf, and perhaps fail after it."""
    leaf = services.append(work, process_id, "seed", {"purpose": "test", "value": "0"})
    if stumble:
        raise Conflict("count.unknown")
    return leaf.number


def test_the_first_leaf_is_the_rules_with_the_name_and_the_key(either: Site) -> None:
    leaf = begin(either)
    ((number, kind, digest, payload),) = rows(either)
    assert (number, kind) == (0, "rules") == (leaf.number, "rules")
    assert payload == (
        b'{"kind":"rules","name":{"en":"Budget"},"origin":"testserver/processes/shared-budget",'
        b'"signing_key":"%s","version":1}' % keys.public_key(either).hex().encode()
    )
    assert digest == leaf.hash == hashlib.sha256(b"\x00" + payload).digest()


def test_a_log_begins_once(either: Site) -> None:
    begin(either)
    with pytest.raises(Conflict):
        begin(either)
    assert len(rows(either)) == 1


def test_many_leaves_follow_each_other_and_logs_do_not_mix(either: Site) -> None:
    begin(either)
    begin(either, 2, "another")
    assert do(either, services.append_many, 1, envelopes(3)) == 1
    assert do(either, services.append_many, 2, envelopes(1)) == 1
    assert do(either, services.append_many, 1, envelopes(2, 3)) == 4
    found = rows(either)
    assert [row[0] for row in found] == list(range(6))
    assert [row[3] for row in found[1:]] == envelopes(5)


def test_a_group_of_casts_costs_two_statements(either: Site) -> None:
    begin(either)
    seen: list[str] = []

    def cast(work: Work) -> None:
        event.listen(work.connection, "before_cursor_execute",
                     lambda *given: seen.append(given[2].split()[0]))
        services.append_many(work, 1, envelopes(64))

    do(either, cast)
    assert seen[:2] == ["UPDATE", "INSERT"]
    assert not {"UPDATE", "INSERT", "SELECT"} & set(seen[2:])
    assert len(rows(either)) == 65


def test_numbers_have_no_gaps_when_commands_fail_and_race(either: Site) -> None:
    begin(either)
    got: list[int] = []
    refused = []

    def push(stumbles: bool) -> None:
        turn = 0
        while turn < 12:
            try:
                got.append(
                    either.work.run(append_and_stumble, SYSTEM, 1, stumbles and turn % 3 == 0)
                )
            except Conflict:
                refused.append(turn)
            except Busy:
                continue  # PostgreSQL gave up on it, so nothing was written: once more
            turn += 1

    threads = [threading.Thread(target=push, args=(number % 2 == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 8  # the failures happened
    assert sorted(got) == list(range(1, 41))
    assert [row[0] for row in rows(either)] == list(range(41))
    with either.database.engine.connect() as connection:
        assert connection.execute(select(Log.size)).scalar_one() == 41


def test_nothing_is_added_to_a_log_that_has_not_begun(either: Site) -> None:
    with pytest.raises(Conflict):
        do(either, services.append, 1, "seed", {"purpose": "x", "value": "y"})
    assert do(either, services.note, 1, "seed", {"purpose": "x", "value": "y"}) is None
    assert rows(either) == []


def test_what_is_erased_keeps_its_hash(either: Site) -> None:
    begin(either)
    do(either, services.append_many, 1, envelopes(3))
    before = rows(either)
    assert do(either, services.erase, 1, "cast") == 3
    after = rows(either)
    assert [row[3] for row in after] == [before[0][3], None, None, None]
    assert [row[2] for row in after] == [row[2] for row in before]


@pytest.mark.parametrize(
    "body",
    [{"value": 0.5}, {"value": "a\0b"}, {"value": "\ud800"}, {"value": {1: "x"}},
     {"value": b"x"}, {"value": [float("nan")]}],
)
def test_what_cannot_be_written_in_one_way_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        rules.payload("seed", body)


def test_kinds_are_known_and_text_stays_as_it_is() -> None:
    with pytest.raises(ValueError):
        rules.payload("gossip", {})
    assert rules.payload("change", {"what": "Tŷ", "b": [1, None, True]}) == (
        '{"b":[1,null,true],"kind":"change","what":"Tŷ"}'.encode()
    )


def test_the_key_is_made_once_and_for_the_owner_only(site: Site) -> None:
    path = keys.folder(site) / keys.NAME
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: made.append(keys.public_key(site))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1 and len(made) == 8
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in path.parent.iterdir()] == [keys.NAME]
