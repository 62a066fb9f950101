"""The bundle of a real vote: from the page and the command line, checked by its own verify.py."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pb.ballots import jobs as boxes
from pb.ballots import services as ballots
from pb.ballots.box import box_row
from pb.ballots.receipts import Receipt
from pb.cli import main
from pb.core import jobs
from pb.core.site import Site
from pb.record import keys, verify
from pb.record import queries as record
from pb.record import services as log
from pb.results import bundle_cli, services
from tests.pb.ballots import vote
from tests.support.app import client
from tests.support.build import WEEK, a_process, do
from voting.ballots import Approval, Content, Points, Ranking

ROOT = Path(__file__).parent.parent.parent.parent
BUNDLE = "/processes/shared-budget/bundle"


class Town:
    """A vote with fourteen voters of whom one thinks again, counted and published."""

    def __init__(self, site: Site, **given: Any) -> None:
        self.site = site
        self.process_id = a_process(site, areas=(), whole=2_500_000, projects=4, **given)
        codes = vote.a_batch(site, self.process_id, 14)
        self.rolls = [vote.roll_id_of(site, self.process_id, code) for code in codes]
        self.receipt = ""

    def cast(self, contents: list[Content]) -> None:
        for roll_id, content in zip(self.rolls, contents, strict=False):
            number, digest, _before, _process = vote.cast(
                self.site, self.process_id, roll_id, content
            )
            log.sign_now(self.site, self.process_id)
        with self.site.database.reading() as session:
            origin = record.all_logs(session.connection())[0].origin
        leaf = log.Leaf(number, bytes.fromhex(digest))
        promise = log.promise(self.site, origin, leaf)
        self.receipt = Receipt("shared-budget", number, leaf.hash, promise).text
        vote.cast(self.site, self.process_id, self.rolls[0], contents[1])

    def close(self) -> None:
        self.site.clock.now += WEEK + timedelta(hours=1)  # type: ignore[attr-defined]
        boxes.close_boxes(self.site)
        jobs.run_due(self.site)

    def publish(self, final: bool = False) -> None:
        services.count_and_publish_now(self.site, self.process_id, final=final)
        log.sign_now(self.site, self.process_id)

    @property
    def key(self) -> str:
        return log.public_key(self.site).hex()


def approvals() -> list[Content]:
    return [Approval(tuple(one)) for one in ("1", "12", "23", "3", "4", "134", "", "2", "24", "34")]


def held(site: Site, **given: Any) -> Town:
    town = Town(site, **given)
    town.cast(approvals())
    town.close()
    town.publish()
    return town


def checked(
    data: bytes, folder: Path, *options: str, program: Path | None = None
) -> subprocess.CompletedProcess[str]:
    (folder / "vote.zip").write_bytes(data)
    script = program or ROOT / "pb/record/verify.py"
    return subprocess.run([sys.executable, "-I", str(script), "vote.zip", *options], cwd=folder,
                          capture_output=True, text=True)


def test_anybody_downloads_it_and_checks_it_with_what_is_in_it(
    either: Site, tmp_path: Path
) -> None:
    town = held(either)
    browser = client(either)
    answer = browser.get(BUNDLE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="shared-budget-bundle.zip"' in answer.headers["content-disposition"]
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert packed.read("verify.py") == (ROOT / "pb/record/verify.py").read_bytes()
    (tmp_path / "verify.py").write_bytes(packed.read("verify.py"))
    with either.database.reading() as session:
        head = record.heads(session.connection(), town.process_id)[2].note
    (tmp_path / "head.txt").write_text(head, encoding="utf-8")
    (tmp_path / "auditor").mkdir()
    shutil.copy(keys.folder(either) / f"{town.process_id}.box", tmp_path / "auditor")
    done = checked(answer.content, tmp_path, "--key", town.key, "--head", "head.txt", "--receipt",
                   town.receipt, "--auditor", "auditor", program=tmp_path / "verify.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("Not proved here: nothing.\n")
    assert "11 casts, 1 replaced" in done.stdout and "roll of 14" in done.stdout


@pytest.mark.parametrize(("kind", "method", "seats", "level"), [
    ("ranked", "scottish-stv", 2, "A"), ("ranked", "irv", 1, "A"),
    ("ranked", "equal-shares-ranked", 0, "B"), ("points", "equal-shares", 0, "C"),
    ("points", "greedy", 0, "A"),
])
def test_each_kind_of_vote_and_each_level(
    kind: str, method: str, seats: int, level: str, site: Site, tmp_path: Path
) -> None:
    town = Town(site, kind=kind, method=method, seats=seats,
                max_points=9 if kind == "points" else None)
    choose(site, town.process_id, level)
    chosen = ["12", "12", "2", "34", "12", "", "12", "12", "12", "12", "12", "12", "12", "321"]
    town.cast([
        Ranking(tuple(one)) if kind == "ranked"
        else Points(tuple((option, 2) for option in one)) for one in chosen
    ])
    town.close()
    town.publish()
    data = client(site).get(BUNDLE).content
    done = checked(data, tmp_path, "--key", town.key)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("NOT RECOUNTED" in done.stdout) == (level != "A")
    shutil.copytree(keys.folder(site), tmp_path / "copied")
    audited = checked(data, tmp_path, "--auditor", "copied")
    assert audited.returncode == 0, audited.stdout
    assert "OK the result is right" in audited.stdout


def choose(site: Site, process_id: int, level: str) -> None:
    def put(work: Any) -> None:
        box_row(work, process_id).level = level

    do(site, put)


def test_a_stranger_sees_who_tampered_with_the_database(site: Site, tmp_path: Path) -> None:
    """The opened ballots are changed behind the app: the log holds the hash of the true ones."""
    town = held(site)
    good = client(site).get(BUNDLE).content
    assert checked(good, tmp_path).returncode == 0
    with site.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE opened_ballots SET content = '{\"approval\":[\"1\",\"2\",\"3\",\"4\"]}'"
            " WHERE tracking = (SELECT min(tracking) FROM opened_ballots)"
        )
    for path in (site.settings.data / "bundles").glob("*.zip"):
        path.unlink()
    done = checked(client(site).get(BUNDLE).content, tmp_path, "--key", town.key)
    assert done.returncode == 1
    assert "ballots were changed after they were opened" in done.stdout


def test_after_the_destruction_it_still_counts(site: Site, tmp_path: Path) -> None:
    town = Town(site)
    town.cast(approvals())
    town.close()
    town.publish(final=True)
    before = client(site).get(BUNDLE).content

    def destroy(work: Any) -> None:
        envelopes = log.erase(work, town.process_id, "cast")
        log.append(work, town.process_id, "destroyed", {
            "envelopes": envelopes, "key_public": "", "by": 2, "reason": "The time is over.",
        })

    do(site, destroy)
    log.sign_now(site, town.process_id)
    after = client(site).get(BUNDLE).content
    assert after != before
    done = checked(after, tmp_path, "--key", town.key, "--receipt", town.receipt)
    assert done.returncode == 0, done.stdout
    assert "OK the result is right" in done.stdout and "It is final." in done.stdout


def test_before_the_result_there_is_a_sentence_and_no_link(site: Site) -> None:
    browser = client(site)
    town = Town(site)
    assert "no bundle of it" in _refused(browser)
    town.cast(approvals())
    assert "once the result is published" in _refused(browser)
    town.close()
    assert "bundle" not in browser.get("/processes/shared-budget/record").text
    services.count_and_publish_now(site, town.process_id, final=False)
    assert "Try again in ten seconds" in _refused(browser)
    log.sign_now(site, town.process_id)
    assert browser.get(BUNDLE).status_code == 200


def _refused(browser: Any) -> str:
    answer = browser.get(BUNDLE)
    assert answer.status_code == 409
    return str(answer.text)


def test_the_pages_lead_to_it_in_both_languages(site: Site) -> None:
    town = held(site)
    browser = client(site)
    for address in ("result", "record"):
        for language, words in (("en", "Download the bundle"), ("cy", "Lawrlwytho’r bwndel")):
            page = browser.get(f"/processes/shared-budget/{address}?language={language}").text
            assert f'href="{BUNDLE}' in page and words in page
    assert town.key in browser.get("/processes/shared-budget/record").text


def test_the_same_record_gives_the_same_bytes_and_is_packed_once(site: Site) -> None:
    held(site)
    browser = client(site)
    first = browser.get(BUNDLE).content
    (path,) = (site.settings.data / "bundles").iterdir()
    kept = path.stat().st_mtime_ns
    assert browser.get(BUNDLE).content == first
    assert path.stat().st_mtime_ns == kept
    path.unlink()
    assert browser.get(BUNDLE).content == first


def test_the_command_writes_it_and_says_how_to_check(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = held(site)
    out = tmp_path / "out.zip"
    bundle_cli.pack(site, "shared-budget", out)
    said = capsys.readouterr().err
    assert f"--key {town.key}" in said and str(out) in said
    assert verify.main([str(out), "--key", town.key]) == 0
    assert list(tmp_path.glob(".bundle-*")) == []


def test_the_command_refuses_in_words(tmp_path: Path) -> None:
    run = CliRunner().invoke
    for arguments, words in (
        (["bundle", "--out", str(tmp_path / "b.zip")], "Name a process"),
        (["bundle", "x", "--demo", "--out", str(tmp_path / "b.zip")], "Name a process"),
        (["bundle", "x", "--out", str(tmp_path / "no/b.zip")], "no folder"),
        (["bundle", "x", "--out", str(tmp_path / "b.zip"), "--data", str(tmp_path)],
         "no process 'x'"),
    ):
        result = run(main, arguments)
        assert result.exit_code != 0 and words in result.output, result.output
    assert not (tmp_path / "b.zip").exists()


def test_a_vote_read_from_a_file_has_none(site: Site) -> None:
    """It was not held here: there is no log, and the page offers no bundle."""
    from tests.support.results import approvals as plain
    from tests.support.results import cast

    process_id = a_process(site, phase="count", areas=(), whole=2_000_000, projects=3)
    cast(site, process_id, *plain("1", "1 2"))
    services.count_and_publish_now(site, process_id, final=True)
    browser = client(site)
    assert BUNDLE not in browser.get("/processes/shared-budget/result").text
    assert "no bundle of it" in _refused(browser)


def test_voiding_takes_a_ballot_out_before_everybodys_eyes(site: Site, tmp_path: Path) -> None:
    town = Town(site)
    town.cast(approvals())

    def void(work: Any) -> None:
        ballots.void_ballot(work, town.process_id, town.rolls[3], "A forged letter.")

    do(site, void)
    town.close()
    town.publish()
    done = checked(client(site).get(BUNDLE).content, tmp_path, "--key", town.key)
    assert done.returncode == 0, done.stdout
    assert "1 voided, 9 to count" in done.stdout and "a roll of 13" in done.stdout
