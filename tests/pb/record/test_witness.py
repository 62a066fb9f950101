"""The witness against a real server that shrinks, forks or takes another key."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from pb.core.site import Site
from pb.core.work import Work
from pb.record import heads, keys, services, witness
from pb.record.models import HeadRow, LeafRow, Log, NodeRow
from pb.record.witness_cli import witness_command
from tests.pb.record.test_log import begin, envelopes
from tests.support.build import do
from tests.support.needs import ROOT
from tests.support.serve import served


@pytest.fixture
def url(site: Site) -> Iterator[str]:
    with served(site) as address:
        begin(site)
        do(site, services.append_many, 1, envelopes(24))
        services.sign_now(site, 1)
        yield f"{address}/processes/shared-budget"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(witness_command, [str(one) for one in arguments])


def rewind(site: Site, size: int) -> None:
    """What somebody with the database, the key and bad intentions would do."""

    def cut(work: Work) -> None:
        for model in (HeadRow, NodeRow):
            work.connection.execute(delete(model))
        work.connection.execute(delete(LeafRow).where(LeafRow.number >= size))
        work.connection.execute(update(Log).values(size=size))

    do(site, cut)
    (keys.folder(site) / heads.NAME).unlink()


def grow(site: Site, count: int, first: int) -> None:
    do(site, services.append_many, 1, envelopes(count, first))
    services.sign_now(site, 1)


def test_what_continues_is_kept(site: Site, url: str, tmp_path: Path) -> None:
    keep = tmp_path / "kept.json"
    first = run(url, "--keep", keep)
    assert first.exit_code == 0 and "25 entries, the first head" in first.output
    again = run(url + "/record", "--keep", keep)
    assert again.exit_code == 0 and "nothing new" in again.output
    grow(site, 17, 100)
    later = run(url + "/record/", "--keep", keep)
    assert later.exit_code == 0 and "42 entries, continues the 25" in later.output
    kept = json.loads(keep.read_text())
    assert [note.split("\n")[1] for note in kept["heads"]] == ["25", "42"]
    assert kept["key"] == keys.public_key(site).hex()


def test_a_record_that_shrank_is_refused(site: Site, url: str, tmp_path: Path) -> None:
    keep = tmp_path / "kept.json"
    assert run(url, "--keep", keep).exit_code == 0
    before = keep.read_text()
    rewind(site, 20)
    services.sign_now(site, 1)
    result = run(url, "--keep", keep)
    assert result.exit_code == 1
    assert "REFUSED: the record has shrunk: it had 25 entries and now has 20." in result.output
    assert keep.read_text() == before


@pytest.mark.parametrize(("more", "words"), [(5, "two different heads"), (9, "does not continue")])
def test_a_record_that_forked_is_refused(
    site: Site, url: str, tmp_path: Path, more: int, words: str
) -> None:
    keep = tmp_path / "kept.json"
    assert run(url, "--keep", keep).exit_code == 0
    rewind(site, 20)
    grow(site, more, 500)
    result = run(url, "--keep", keep)
    assert result.exit_code == 1 and "REFUSED: the record was forked" in result.output
    assert words in result.output


def test_another_key_is_refused(site: Site, url: str, tmp_path: Path) -> None:
    keep = tmp_path / "kept.json"
    right = keys.public_key(site).hex()
    assert run(url, "--keep", keep).exit_code == 0
    (keys.folder(site) / keys.NAME).unlink()  # a new one is made
    grow(site, 3, 300)
    result = run(url, "--keep", keep)
    assert result.exit_code == 1 and "not by the key of this record" in result.output
    assert keys.public_key(site).hex() != right
    given = run(url, "--keep", tmp_path / "new.json", "--key", right)
    assert given.exit_code == 1 and "not by the key of this record" in given.output
    other = run(url, "--keep", keep, "--key", keys.public_key(site).hex())
    assert other.exit_code == 1 and "the key is not the one that was kept" in other.output


def test_a_file_that_was_changed_is_refused(url: str, tmp_path: Path) -> None:
    keep = tmp_path / "kept.json"
    assert run(url, "--keep", keep).exit_code == 0
    found = json.loads(keep.read_text())
    keep.write_text(json.dumps({**found, "heads": [found["heads"][0].replace("25", "24")]}))
    result = run(url, "--keep", keep)
    assert result.exit_code == 1 and "was changed" in result.output
    keep.write_text("nothing of the kind")
    assert run(url, "--keep", keep).exit_code == 1


def test_wrong_addresses_and_silence_get_plain_words(url: str, tmp_path: Path) -> None:
    keep = tmp_path / "kept.json"
    for address in ("nonsense", "ftp://x/processes/a", "https://example.org/"):
        result = run(address, "--keep", keep)
        assert result.exit_code == 1 and "give the address of a process" in result.output
    result = run(url.replace("shared-budget", "no-such"), "--keep", keep)
    assert result.exit_code == 2 and "There is no record at this address yet." in result.output
    result = run("http://127.0.0.1:9/processes/shared-budget", "--keep", keep)
    assert result.exit_code == 2 and "gives no answer" in result.output
    assert run(url, "--key", "abc").exit_code == 2
    assert not keep.exists()


@pytest.mark.parametrize(
    "answer", [b"", b"{}", b'{"hashes": 1}', b'{"hashes": ["zz"]}', b'{"hashes": ["00"]}', b"\xff"]
)
def test_a_site_that_answers_nonsense_is_refused(
    site: Site, url: str, tmp_path: Path, answer: bytes
) -> None:
    kept = witness.read_kept(tmp_path / "kept.json")
    witness.look(url, kept)
    grow(site, 2, 300)

    def lying(address: str) -> bytes:
        return answer if "/proof/" in address else witness.fetch(address)

    with pytest.raises(witness.Refused):
        witness.look(url, kept, fetch=lying)
    with pytest.raises(witness.Refused):
        witness.look(url, kept, fetch=lambda address: answer)
    assert len(kept.heads) == 1


def test_it_looks_again_and_again_until_something_is_refused(
    site: Site, url: str, tmp_path: Path
) -> None:
    """As another organisation runs it: the real command, in a process of its own."""
    keep = tmp_path / "kept.json"
    watching = subprocess.Popen(
        [sys.executable, "-m", "pb", "witness", url, "--keep", str(keep), "--every", "1"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PB_SETUP": "no", "PATH": "/usr/bin:/bin"},
    )
    guard = threading.Timer(60, watching.kill)
    guard.start()
    try:
        assert watching.stdout is not None
        assert "the first head" in watching.stdout.readline()
        grow(site, 4, 300)
        for line in watching.stdout:
            if "29 entries, continues the 25" in line:
                break
        rewind(site, 20)
        services.sign_now(site, 1)
        _, words = watching.communicate(timeout=60)
    finally:
        guard.cancel()
    assert watching.returncode == 1 and "the record has shrunk" in words


def test_a_witness_needs_no_database_and_no_server() -> None:
    """Whoever lends a computer for it brings the standard library and ``cryptography``."""
    told = subprocess.run(
        [sys.executable, "-c", "import sys, pb.record.witness; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    ours = {name.split(".")[0] for name in told.stdout.split()}
    assert "cryptography" in ours
    assert not ours & {"sqlalchemy", "starlette", "jinja2", "click", "wtforms"}
