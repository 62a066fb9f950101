"""What is decided after the record has begun stands in it: changes, results, objections."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

from pb.core.site import Site
from pb.core.work import NOBODY, Work
from pb.office.services import confirm_act
from pb.processes.models import Process
from pb.processes.notices import notice
from pb.record import queries, rules
from pb.results import services
from pb.results.recorded import result_json
from tests.pb.record.test_log import begin
from tests.pb.results.test_publishing import Town
from tests.support.build import a_process, do
from tests.support.results import the_count


def kept(site: Site, process_id: int, *kinds: str) -> list[dict[str, Any]]:
    with site.database.engine.connect() as connection:
        return [
            json.loads(leaf.payload or b"")
            for leaf in queries.acts(connection, process_id) if leaf.kind in kinds
        ]


@pytest.fixture
def town(site: Site) -> Town:
    made = Town(site)
    with site.database.engine.connect() as connection:
        begun = queries.log_of(connection, made.process_id)
    if begun is None:
        begin(site, made.process_id)
    return made


def test_a_result_its_objections_and_its_end_are_entries(town: Town, site: Site) -> None:
    count_id = town.published()
    process_id = town.process_id
    text = "The quay was counted twice, Siân."
    for one in (text, "Another."):
        objection = town.do(NOBODY, services.object_to, "Siân", "sian@example.com", "en", one)
        town.do(town.lead, services.answer_objection, objection, "It was not.", "en", False)
    site.clock.turn(days=8)  # type: ignore[attr-defined]
    act = town.do(town.lead, services.ask_finish)
    town.do(town.deputy, confirm_act, act)
    digest = sha256(result_json(the_count(site, count_id))).hexdigest()
    assert kept(site, process_id, "result") == [
        {"kind": "result", "count": 1, "state": state, "sha256": digest, "reason": ""}
        for state in ("provisional", "final")
    ]
    found = kept(site, process_id, "objection", "answer")
    assert [(one["kind"], one["number"]) for one in found] == [
        ("objection", 1), ("answer", 1), ("objection", 2), ("answer", 2)
    ]
    assert found[0]["sha256"] == sha256(text.encode()).hexdigest()
    assert found[1]["upheld"] is False
    with site.database.engine.connect() as connection:
        log = b"".join(leaf.payload or b"" for leaf in queries.acts(connection, process_id))
    assert "Siân".encode() not in log and b"sian@example.com" not in log


def test_a_withdrawal_is_an_entry_with_its_reason(town: Town, site: Site) -> None:
    town.published()
    act = town.do(town.lead, services.ask_withdraw, "One box was found unopened.")
    town.do(town.deputy, confirm_act, act)
    *_, last = kept(site, town.process_id, "result")
    assert (last["state"], last["reason"]) == ("withdrawn", "One box was found unopened.")


def test_a_change_after_the_beginning_is_an_entry(either: Site) -> None:
    process_id = a_process(either)

    def change(work: Work, reason: str) -> None:
        process = work.session.get_one(Process, process_id)
        notice(work, process, "notice.budget", reason, area="Quay", before=100, after=200)

    do(either, change, "Before the record begins.")
    begin(either, process_id)
    do(either, change, "A late gift.")
    assert kept(either, process_id, "change") == [{
        "kind": "change", "what": "notice.budget", "reason": "A late gift.",
        "details": {"area": "Quay", "before": 100, "after": 200},
    }]


def test_a_change_that_fails_leaves_no_entry(site: Site) -> None:
    process_id = a_process(site)
    begin(site, process_id)

    def change(work: Work) -> None:
        notice(work, work.session.get_one(Process, process_id), "notice.rule", "x")
        raise ValueError("something else went wrong")

    with pytest.raises(ValueError):
        do(site, change)
    assert kept(site, process_id, "change") == []


def test_a_result_is_the_same_bytes_each_time(town: Town, site: Site) -> None:
    row = the_count(site, town.counted())
    assert result_json(row) == result_json(row)
    assert rules.canonical(json.loads(result_json(row))) == result_json(row)
