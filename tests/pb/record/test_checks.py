"""Before serving: a record that was put back, changed or robbed of its key is not served."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, update

from pb import commands
from pb.commands import check_record
from pb.core.audit import AuditRow
from pb.core.site import Site
from pb.record import checks, heads, keys, services, witness
from pb.record.models import LeafRow, Log
from tests.pb.record.test_heads import all_heads, entries
from tests.pb.record.test_log import begin, envelopes, rows
from tests.support.app import client
from tests.support.build import do


def grown(site: Site, count: int = 30, first: int = 0) -> None:
    do(site, services.append_many, 1, envelopes(count, first))
    services.sign_now(site, 1)


def back_to(site: Site, copy: Path) -> None:
    """Put the database file back as it was, as an administrator would."""
    site.close()
    for name in ("pb.sqlite3", "pb.sqlite3-wal", "pb.sqlite3-shm"):
        (site.settings.data / name).unlink(missing_ok=True)
    shutil.copy(copy, site.settings.data / "pb.sqlite3")


def copied(site: Site, to: Path) -> Path:
    with sqlite3.connect(site.settings.data / "pb.sqlite3") as source, sqlite3.connect(to) as into:
        source.backup(into)
    source.close()
    into.close()
    return to


def refusal(site: Site, reason: str | None = None) -> str:
    with pytest.raises(click.ClickException) as caught:
        check_record(site, reason)
    return caught.value.message


def test_a_whole_record_is_served(either: Site) -> None:
    check_record(either)
    begin(either)
    check_record(either)  # before the first head
    grown(either)
    do(either, services.append_many, 1, envelopes(3, 90))  # leaves without a head yet
    check_record(either)


def test_an_older_database_is_refused_until_a_reason_is_given(site: Site, tmp_path: Path) -> None:
    begin(site)
    grown(site)
    copy = copied(site, tmp_path / "copy.sqlite3")
    grown(site, 5, 100)
    lost = heads.remembered(site)["testserver/processes/shared-budget"]
    back_to(site, copy)
    words = refusal(site)
    assert "has 31 entries, but a head over 36 was signed" in words
    assert "--accept-rollback" in words
    assert "36" in refusal(site, "   ")
    check_record(site, "The disk broke; the backup of noon was put back.")
    *_, (number, kind, _, payload) = rows(site)
    assert (number, kind) == (31, "correction")
    assert json.loads(payload or b"") == {
        "kind": "correction", "what": "rollback",
        "lost": {"size": 36, "root": lost.root.hex()},
        "reason": "The disk broke; the backup of noon was put back.",
    }
    check_record(site)  # and from now on without a word
    assert [head.size for head in all_heads(site)] == [31, 32]
    grown(site, 9, 300)
    assert all_heads(site)[-1].size == 41
    with site.database.engine.connect() as connection:
        assert connection.execute(
            select(AuditRow.command).where(AuditRow.command == "record.correct")
        ).all()


def test_a_witness_notices_what_was_accepted(site: Site, tmp_path: Path) -> None:
    begin(site)
    grown(site)
    copy = copied(site, tmp_path / "copy.sqlite3")
    grown(site, 5, 100)
    kept = witness.read_kept(tmp_path / "kept.json")
    browser = client(site)

    def fetch(url: str) -> bytes:
        return browser.get(url).content

    url = "http://testserver/processes/shared-budget"
    witness.look(url, kept, fetch=fetch)
    back_to(site, copy)
    check_record(site, "A test.")
    with pytest.raises(witness.Refused, match="shrunk"):
        witness.look(url, kept, fetch=fetch)
    grown(site, 9, 300)
    with pytest.raises(witness.Refused, match="forked"):
        witness.look(url, kept, fetch=fetch)


@pytest.mark.parametrize("number", [0, 7, 16, 30])
def test_an_entry_that_was_changed_is_refused_whatever_is_said(site: Site, number: int) -> None:
    """Also where every kept hash over it was left as it was."""
    begin(site)
    grown(site)
    do(site, lambda work: work.connection.execute(
        update(LeafRow).where(LeafRow.number == number).values(hash=bytes(32))))
    assert "its first 31 entries are not those that were signed" in refusal(site)
    assert "were signed" in refusal(site, "Never mind.")


def test_a_gap_is_refused(site: Site) -> None:
    begin(site)
    grown(site)
    do(site, lambda work: work.connection.execute(delete(LeafRow).where(LeafRow.number == 9)))
    assert "not those that were signed" in refusal(site)


def test_a_record_that_vanished_is_refused(site: Site) -> None:
    begin(site)
    grown(site)
    for model in (LeafRow, Log):
        do(site, lambda work, model=model: work.connection.execute(delete(model)))
    assert "is not in this database" in refusal(site, "Never mind.")


def test_a_lost_key_is_said_and_a_new_one_is_public(site: Site) -> None:
    begin(site)
    grown(site)
    shutil.rmtree(keys.folder(site))
    assert "is not in the keys folder" in refusal(site)
    assert not (site.settings.data / "keys" / keys.NAME).exists()  # none is made unasked
    check_record(site, "The server burned down.")
    check_record(site)
    last = json.loads(entries(site)[-1])
    assert last["what"] == "new-key" and last["signing_key"] == keys.public_key(site).hex()
    assert all_heads(site)[-1].size == 32


def test_content_that_does_not_fit_its_hash_is_found(either: Site) -> None:
    begin(either)
    grown(either)
    with either.database.engine.connect() as connection:
        assert checks.whole(connection, 1) is None
    do(either, lambda work: work.connection.execute(
        update(LeafRow).where(LeafRow.number == 12).values(payload=b"{}")))
    with either.database.engine.connect() as connection:
        assert checks.whole(connection, 1) == 12


@pytest.mark.parametrize(
    ("name", "content"),
    [(heads.NAME, "{"), (heads.NAME, "[1]"), (heads.NAME, '{"a": {}}'), (keys.NAME, "no key"),
     (keys.NAME, "00")],
)
def test_a_damaged_file_beside_the_key_is_named(site: Site, name: str, content: str) -> None:
    begin(site)
    grown(site)
    (keys.folder(site) / name).write_text(content)
    keys._KEYS.clear()  # as after a restart
    words = refusal(site, "Never mind.")
    assert name in words and "is damaged" in words


def test_pb_serve_takes_the_reason(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(site)
    grown(site)
    copy = copied(site, tmp_path / "copy.sqlite3")
    grown(site, 5, 100)
    back_to(site, copy)
    started: list[Site] = []
    monkeypatch.setattr(commands, "serve", lambda served, host, port: started.append(served))
    monkeypatch.setenv("PB_SECRET_KEY", site.settings.secret_key)
    monkeypatch.setenv("PB_BASE_URL", site.settings.base_url)
    run = CliRunner()
    refused = run.invoke(commands.serve_command, ["--data", str(site.settings.data)])
    assert refused.exit_code == 1 and "database is older" in refused.output and not started
    given = ["--data", str(site.settings.data), "--accept-rollback", "The disk broke."]
    served = run.invoke(commands.serve_command, given)
    assert served.exit_code == 0 and len(started) == 1, served.output
    started[0].close()
    assert json.loads(entries(site)[-1])["reason"] == "The disk broke."
