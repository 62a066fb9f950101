"""The restore drill, and what a backup never holds, on both databases."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import subprocess
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import delete, func, select, update

from pb import backup_cli
from pb.accounts.models import Person
from pb.ballots import box
from pb.ballots.models import RollEntry
from pb.ballots.services import void_ballot
from pb.commands import check_record
from pb.core import security
from pb.core.backup import DATABASE, FACTS, BackupError
from pb.core.database import Model
from pb.core.errors import Conflict
from pb.core.site import Site
from pb.core.work import SYSTEM, Once, Work
from pb.processes.models import Process
from pb.record import heads, keys, queries, services, witness
from pb.record.models import LeafRow
from tests.pb.ballots.vote import a_batch, cast, leaves_of, open_box, roll_id_of
from tests.support.app import make_settings, run_jobs
from tests.support.build import WHEN, a_person, a_process, do
from tests.support.clock import TurnableClock
from tests.support.needs import ROOT
from tests.support.postgres import Server
from tests.support.serve import served
from voting.ballots import Approval

SLUG = "shared-budget"


def elsewhere(folder: Path, **environment: str) -> Site:
    """Another installation, with nothing in it."""
    return Site(make_settings(folder, **environment), TurnableClock())


def a_vote(site: Site, voters: int = 6) -> tuple[int, list[int]]:
    process_id = a_process(site)
    rolls = [roll_id_of(site, process_id, code) for code in a_batch(site, process_id, voters)]
    open_box(site, process_id)
    return process_id, rolls


def vote(site: Site, process_id: int, roll_id: int, once: str | None = None) -> list[Any]:
    return cast(site, process_id, roll_id, Approval(("1",)), once=once)


def rows_of(site: Site) -> dict[str, list[Any]]:
    """Everything in the database."""
    with site.database.engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Model.metadata.sorted_tables
        }


def test_the_restore_drill(either: Site, tmp_path: Path) -> None:
    """A copy is made while casts go on; elsewhere it serves, continues what a witness saw before
    and is refused by the witness who saw more."""
    process_id, rolls = a_vote(either, 8)
    for roll in rolls:
        vote(either, process_id, roll)
    picture = either.storage.save(b"<svg/>", "svg")
    early, late = (witness.read_kept(tmp_path / name) for name in ("early.json", "late.json"))
    file = tmp_path / "copy.zip"
    stop = threading.Event()

    def go_on(roll: int) -> int:
        done = 0
        while not stop.is_set():
            vote(either, process_id, roll)
            done += 1
        return done

    with served(either) as url:
        services.sign_now(either, process_id)
        seen = witness.look(f"{url}/processes/{SLUG}", early)
        with ThreadPoolExecutor(4) as people:
            casts = [people.submit(go_on, roll) for roll in rolls[:4]]
            backup_cli.make_backup(either, file)
            with either.database.engine.connect() as connection:
                before = queries.log_of(connection, process_id)
            while True:
                with either.database.engine.connect() as connection:
                    now = queries.log_of(connection, process_id)
                if now and before and now.size >= before.size + 4:
                    break
            stop.set()
        assert all(one.result() for one in casts)
        services.sign_now(either, process_id)
        after = witness.look(f"{url}/processes/{SLUG}", late)

    other = elsewhere(tmp_path / "other")
    facts = backup_cli.restore(other, file)
    with other.database.engine.connect() as connection:
        restored = queries.log_of(connection, process_id)
        assert restored is not None and seen.head.size <= restored.size < after.head.size
        assert queries.last_head(connection, process_id) is not None
    assert facts["heads"][seen.head.origin]["size"] >= seen.head.size
    assert other.storage.path(picture).read_bytes() == b"<svg/>"
    # The keys come by another way than the backup.
    for path in keys.folder(either).iterdir():
        if path.name != heads.NAME:
            (keys.folder(other) / path.name).write_bytes(path.read_bytes())
    check_record(other)
    port = int(url.rpartition(":")[2])
    with served(other, port) as again:
        assert b"Shared budget" in witness.fetch(f"{again}/processes/{SLUG}")
        services.sign_now(other, process_id)
        assert witness.look(f"{again}/processes/{SLUG}", early).before == seen.head.size
        with pytest.raises(witness.Refused, match="shrunk"):
            witness.look(f"{again}/processes/{SLUG}", late)
    # With the last heads beside the key the server itself notices, before it serves.
    (keys.folder(other) / heads.NAME).write_bytes(
        (keys.folder(either) / heads.NAME).read_bytes()
    )
    with pytest.raises(click.ClickException, match="database is older"):
        check_record(other)
    other.close()


def test_no_key_no_visit_and_no_voter_s_envelope_is_in_a_backup(
    either: Site, tmp_path: Path
) -> None:
    process_id, rolls = a_vote(either)
    receipts = [vote(either, process_id, roll, once="form") for roll in rolls]
    person = a_person(either, "Siân")
    tokens = [
        do(either, lambda work: security.open_session(work, None, person_id=person))
        for _ in range(40)
    ]
    with either.database.engine.connect() as connection:
        marks = connection.execute(
            select(RollEntry.leaf).where(RollEntry.leaf.is_not(None))
        ).scalars().all()
        assert set(marks) == {one[0] for one in receipts}  # they are there
        assert connection.execute(
            select(func.count()).select_from(Once).where(Once.command == "ballots.cast")
        ).scalar_one() == len(rolls)
    if either.database.sqlite:  # rows that went before leave their bytes in free pages
        for token in tokens[1:]:
            either.work.run(security.close_session, SYSTEM, token)
    secrets_of = [either.settings.secret_key.encode()]
    for path in keys.folder(either).rglob("*"):
        content = path.read_bytes().strip()
        if path.name != heads.NAME and content:
            secrets_of += [content, bytes.fromhex(content.decode()) if is_hex(content) else content]
    assert len(secrets_of) >= 3  # the log's key and the box's
    (either.settings.data / "secret.key").write_text(either.settings.secret_key)
    file = tmp_path / "copy.zip"
    backup_cli.make_backup(either, file)

    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        contents = {name: archive.read(name) for name in names}
    assert names[-1] == FACTS and all(
        name in (FACTS, DATABASE) or name.startswith("files/") for name in names
    )
    for name, content in contents.items():
        for one in secrets_of:
            assert one not in content, name
        for token in tokens:
            assert security.session_hash(token).encode() not in content, name
    path = tmp_path / "looked.sqlite3"
    path.write_bytes(contents[DATABASE])
    with sqlite3.connect(path) as look:
        assert look.execute("select count(*), count(leaf), count(ballot_id), count(voted_on) "
                            "from roll").fetchone() == (6, 0, 0, 6)
        assert look.execute("select count(*) from once where command = 'ballots.cast'"
                            ).fetchone() == (0,)
        assert look.execute("select count(*) from sessions").fetchone() == (0,)
        assert look.execute("select count(*) from leaves where kind = 'cast'").fetchone() == (6,)
        assert look.execute("pragma freelist_count").fetchone() == (0,)
    look.close()
    assert [one.name for one in tmp_path.glob(".backup-*")] == []


def test_a_vote_that_was_restored_goes_on_and_its_numbers_agree(
    site: Site, tmp_path: Path
) -> None:
    """Who voted before keeps that ballot, others vote, and at the close all are counted once."""
    process_id, rolls = a_vote(site)
    for roll in rolls[:3]:
        vote(site, process_id, roll)
    backup_cli.make_backup(site, tmp_path / "copy.zip")
    other = elsewhere(tmp_path / "other")
    backup_cli.restore(other, tmp_path / "copy.zip")
    for path in keys.folder(site).iterdir():
        (keys.folder(other) / path.name).write_bytes(path.read_bytes())
    other.clock.now = site.clock()  # type: ignore[attr-defined]
    for roll in rolls[:3]:
        with pytest.raises(Conflict, match=r"ballot\.fixed"):
            vote(other, process_id, roll)
    with pytest.raises(Conflict, match=r"ballot\.fixed"):
        do(other, void_ballot, process_id, rolls[0], "Moved away.")
    for roll in rolls[3:5]:
        vote(other, process_id, roll)
    vote(other, process_id, rolls[4])
    other.clock.now = WHEN["count"]  # type: ignore[attr-defined]
    assert other.work.run(box.close_box, SYSTEM, process_id) == 5
    assert leaves_of(other, process_id, "close") == [
        {"kind": "close", "casts": 6, "replaced": 1, "counted": 5, "voted": 5,
         "voided_ballots": 0}
    ]
    other.close()


def is_hex(content: bytes) -> bool:
    return len(content) % 2 == 0 and all(one in b"0123456789abcdef" for one in content)


def test_a_copy_goes_from_one_database_to_the_other_and_back(
    postgres: Server, site: Site, tmp_path: Path
) -> None:
    process_id, rolls = a_vote(site)
    for roll in rolls[:3]:
        vote(site, process_id, roll)
    a_person(site, "Ŵyn")
    later = a_process(site, "another", phase="voting")
    do(site, lambda work: work.connection.execute(
        update(Process).where(Process.id == process_id).values(copied_from=later)))
    run_jobs(site)
    backup_cli.make_backup(site, tmp_path / "one.zip")
    large = elsewhere(tmp_path / "large", PB_DATABASE_URL=postgres.new_database())
    backup_cli.restore(large, tmp_path / "one.zip")
    backup_cli.make_backup(large, tmp_path / "two.zip")
    small = elsewhere(tmp_path / "small")
    backup_cli.restore(small, tmp_path / "two.zip")
    first, second, third = rows_of(site), rows_of(large), rows_of(small)
    assert second == third
    for name in set(first) - {"roll", "once", "sessions"}:
        assert first[name] == second[name], name
    assert len(first["roll"]) == len(second["roll"]) == 6
    # New rows get numbers of their own on the other database too.
    made = a_person(large, "Nia")
    with large.database.reading() as session:
        assert made == session.scalar(select(func.max(Person.id)))
    with pytest.raises(BackupError, match="has rows already"):
        backup_cli.restore(large, tmp_path / "two.zip")
    large.close()
    small.close()


def test_an_archive_that_was_touched_is_refused_and_nothing_is_left(
    site: Site, tmp_path: Path
) -> None:
    process_id, rolls = a_vote(site)
    vote(site, process_id, rolls[0])
    services.sign_now(site, process_id)
    file = tmp_path / "copy.zip"
    backup_cli.make_backup(site, file)

    def spoilt(name: str, change: Any) -> Path:
        into = tmp_path / f"{secrets.token_hex(4)}.zip"
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(into, "w") as target:
            for one in source.namelist():
                content = source.read(one)
                target.writestr(one, change(content) if one == name else content)
            if name == "more":
                target.writestr("../more", "x")
        return into

    broken = tmp_path / "broken.zip"
    broken.write_bytes(file.read_bytes()[:-200])
    text = tmp_path / "text.zip"
    text.write_text("no archive")
    for wrong in (
        spoilt(DATABASE, lambda one: one[:5000] + bytes([one[5000] ^ 1]) + one[5001:]),
        spoilt(DATABASE, lambda one: one[:-1]),
        spoilt(FACTS, lambda one: b"{}"),
        spoilt(FACTS, lambda one: b"[]"),
        spoilt(FACTS, lambda one: one.replace(b'"version": 1', b'"version": 2')),
        spoilt("more", None), broken, text,
    ):
        other = elsewhere(tmp_path / secrets.token_hex(4))
        with pytest.raises(BackupError):
            backup_cli.restore(other, wrong)
        assert [one.name for one in other.settings.data.rglob("*") if one.is_file()] == []
        other.close()


@pytest.mark.parametrize("what", ["payload", "hash", "leaf"])
def test_a_backup_whose_record_was_changed_is_refused(
    site: Site, tmp_path: Path, what: str
) -> None:
    """Also where whoever changed it wrote a clean archive."""
    process_id, rolls = a_vote(site)
    for roll in rolls:
        vote(site, process_id, roll)
    services.sign_now(site, process_id)

    def change(work: Work) -> None:
        change = {"payload": LeafRow.payload, "hash": LeafRow.hash}.get(what)
        last = LeafRow.number == 4
        if change is None:
            work.connection.execute(delete(LeafRow).where(last))
        else:
            work.connection.execute(
                update(LeafRow).where(last).values({change: b"\0" * 32})
            )

    do(site, change)
    backup_cli.make_backup(site, tmp_path / "copy.zip")
    other = elsewhere(tmp_path / "other")
    with pytest.raises(BackupError, match="record"):
        backup_cli.restore(other, tmp_path / "copy.zip")
    assert not (tmp_path / "other" / "pb.sqlite3").exists()
    other.close()


def test_nothing_is_restored_over_something(site: Site, tmp_path: Path) -> None:
    backup_cli.make_backup(site, tmp_path / "copy.zip")
    before = rows_of(site)
    with pytest.raises(BackupError, match="there already"):
        backup_cli.restore(site, tmp_path / "copy.zip")
    assert rows_of(site) == before


def test_the_commands_as_an_administrator_types_them(site: Site, tmp_path: Path) -> None:
    process_id, rolls = a_vote(site)
    vote(site, process_id, rolls[0])
    services.sign_now(site, process_id)
    site.close()
    environment = {"PATH": os.environ["PATH"], "PB_SETUP": "no"}

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pb", *map(str, arguments)], cwd=ROOT, env=environment,
            capture_output=True, text=True, check=False,
        )

    file, other = tmp_path / "copy.zip", tmp_path / "other"
    made = run("backup", file, "--data", site.settings.data)
    assert made.returncode == 0 and "3 signed entries" in made.stderr, made.stderr
    back = run("restore", file, "--data", other)
    assert back.returncode == 0 and "3 signed entries, checked" in back.stderr, back.stderr
    assert "The secret key here is another one" in back.stderr
    assert "is not in the keys folder" in back.stderr
    assert not (other / "keys" / keys.NAME).exists()
    twice = run("restore", file, "--data", other)
    assert twice.returncode == 1 and "there already" in twice.stderr
    # The clock of this test is ahead of the machine's, which is another reason not to serve.
    refused = run("serve", "--data", other, "--port", "0", "--accept-clock")
    assert refused.returncode == 1 and "Put the folder keys/ back" in refused.stderr
    wrong = run("backup", tmp_path / "no" / "copy.zip", "--data", site.settings.data)
    assert wrong.returncode == 1 and "There is no folder" in wrong.stderr
    assert "Traceback" not in made.stderr + back.stderr + twice.stderr + refused.stderr
    assert json.loads(zipfile.ZipFile(file).read(FACTS))["version"] == 1
