"""A count, its publication and an import on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pb.core.site import Site
from pb.office.services import confirm_act
from pb.results import services
from pb.results.import_cli import run_import
from pb.results.importing import Source
from tests.support.app import client, run_jobs
from tests.support.build import a_person, a_process, actor, do
from tests.support.results import approvals, cast, the_count
from voting.formats import read

VOTE = "3 1\n2 1 2 0\n3 2 0\n1 3 0\n0\n\"Ash\"\n\"Birch\"\n\"Cedar\"\n\"Trees\"\n"


def test_from_the_count_to_the_final_word(either: Site) -> None:
    process_id = a_process(either, phase="count", areas=(), whole=2_000_000, projects=3)
    cast(either, process_id, *approvals("1", "1 2", "3"))
    lead = actor(either, a_person(either, "Lead", "lead_official", "shared-budget"))
    deputy = actor(either, a_person(either, "Deputy", "deputy", "shared-budget"))
    count_id = do(either, services.ask_count, process_id, actor=lead)
    run_jobs(either)
    until = either.clock() + timedelta(days=7)
    act = do(either, services.ask_publish, process_id, count_id, until, actor=lead)
    do(either, confirm_act, process_id, act, actor=deputy)
    assert the_count(either, count_id).state == "provisional"
    either.clock.turn(days=8)  # type: ignore[attr-defined]
    act = do(either, services.ask_finish, process_id, actor=deputy)
    do(either, confirm_act, process_id, act, actor=lead)
    assert the_count(either, count_id).state == "final"
    assert "2 projects won" in client(either).get("/processes/shared-budget/result").text


def test_an_import(either: Site, tmp_path: Path) -> None:
    path = tmp_path / "trees.blt"
    path.write_text(VOTE)
    slug = run_import(either, "Trees", read(path), Source("trees.blt", "0" * 64, {}))
    page = client(either).get(f"/processes/{slug}/result").text
    assert "1 was elected" in page
    assert "Birch" in page
