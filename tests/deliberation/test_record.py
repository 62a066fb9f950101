"""The record of a draw, written act by act, and what the check that stands alone says of it."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deliberation.sortition import draw, record, verify
from deliberation.sortition.beacon import Beacon, BeaconError
from deliberation.sortition.draw import Dice, Numbers, Promise, Seed
from deliberation.sortition.record import RecordError
from tests.deliberation.a_draw import (
    PANELS,
    ROUND_1000,
    ROUND_12040883,
    SALTS,
    TARGETS,
    WITNESSES,
    a_lottery,
    a_pool,
    alter,
    files,
    root_of,
    stand_alone,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record.write(a_lottery(), a_pool(), TARGETS, tmp_path / "draw", salts=SALTS)
    return tmp_path / "draw"


def test_a_record_is_sound_and_says_what_was_drawn(folder: Path) -> None:
    assert record.check(folder) == []
    report = verify.examine(folder)
    assert report.fingerprint == record.fingerprint(folder)
    assert any("no lottery gives the worst off more than 1/3" in fact for fact in report.facts)
    drawn = json.loads((folder / "draw.json").read_bytes())
    lottery = a_lottery()
    index = draw.draw(lottery)
    assert drawn["index"] == index
    listed = (folder / "sealed/drawn.csv").read_text().splitlines()[1:]
    ids = [line.split(",")[2] for line in listed]
    assert sorted(ids) == sorted(lottery.ids[person] for person in lottery.panels[index])


def test_the_stand_alone_check_needs_no_package_and_says_what_it_did_not_see(
    folder: Path,
) -> None:
    code, words = stand_alone(folder)
    assert code == 0
    assert "ok: no lottery gives the worst off more than 1/3" in words
    assert "NOT CHECKED: that chance decided: a bare seed was used" in words
    assert f"fingerprint: {record.fingerprint(folder)}" in words
    assert stand_alone(folder, script=folder / "verify.py") == (code, words)
    assert stand_alone(folder, "--fingerprint", record.fingerprint(folder))[0] == 0
    code, words = stand_alone(folder, "--fingerprint", "0" * 64)
    assert code == 1 and "WRONG: manifest.json: has not the fingerprint" in words


def test_a_folder_that_is_not_there_is_no_record(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", str(verify.__file__), str(tmp_path / "nowhere")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert [finding.where for finding in record.check(tmp_path)] == ["manifest.json"]


def test_rounds_that_come_too_early_are_not_promised(tmp_path: Path) -> None:
    for second, closed, code in (
        (1000, None, "record.rounds"),
        (2000, datetime(2023, 8, 23, 16, 0, tzinfo=UTC), "record.closed"),
    ):
        with pytest.raises(RecordError) as caught:
            record.commit(
                a_pool(),
                TARGETS,
                tmp_path / "draw",
                seats=4,
                panels=PANELS,
                first=Promise("beacon", round=1000),
                second=[Promise("beacon", round=second)],
                closed=closed,
            )
        assert caught.value.code == code
    assert not (tmp_path / "draw").exists()


def test_without_the_sealed_part_the_public_record_is_whole(folder: Path) -> None:
    before = record.fingerprint(folder)
    shutil.rmtree(folder / "sealed")
    report = verify.examine(folder)
    assert report.findings == [] and report.fingerprint == before
    assert any("traits are not published" in words for words in report.unchecked)
    public = b"".join((folder / name).read_bytes() for name in files(folder))
    for secret in (b"f-away", b"Mill Lane", SALTS[1].hex().encode()):
        assert secret not in public


def test_nothing_of_the_sealed_part_may_be_missing_alone(folder: Path) -> None:
    (folder / "sealed/people.json").unlink()
    assert "sealed/people.json" in {finding.where for finding in record.check(folder)}


def test_a_receipt_shows_ticket_and_panels(folder: Path, tmp_path: Path) -> None:
    person = json.loads((folder / "sealed/people.json").read_bytes())[4]
    (tmp_path / "receipt.json").write_text(json.dumps(person))
    code, words = stand_alone(folder, "--receipt", str(tmp_path / "receipt.json"))
    ticket = draw.tickets(11, "7")[4]
    assert code == 0
    assert f"ok: ticket {ticket} is in 20 of 60 panels, numbers 1, 4, 7," in words
    person["id"] = "somebody else"
    (tmp_path / "receipt.json").write_text(json.dumps(person))
    code, words = stand_alone(folder, "--receipt", str(tmp_path / "receipt.json"))
    assert code == 1 and "the receipt is not what was committed to" in words


def public_draw(folder: Path) -> None:
    """A draw with the beacon and dice, act by act."""
    dice = Promise("dice", name="two ten-sided dice", faces=((0, 9), (0, 9)))
    record.commit(
        a_pool(),
        TARGETS,
        folder,
        seats=4,
        panels=PANELS,
        first=Promise("beacon", round=1000),
        second=[Promise("beacon", round=12040883), dice],
        closed=datetime(2023, 8, 23, 15, 0, tzinfo=UTC),
        salts=SALTS,
    )


THROWN = Dice("two ten-sided dice", ((0, 9), (0, 9)), ((7, 7), (0, 9)), WITNESSES)


def test_a_public_draw_goes_act_by_act_and_is_sound_at_each(tmp_path: Path) -> None:
    folder = tmp_path / "draw"
    public_draw(folder)
    assert record.check(folder) == []
    assert "the draw: it has not been made yet" in verify.examine(folder).unchecked
    seed = draw.seed_from(ROUND_1000, root_of(folder))
    lottery = a_lottery(seed)
    published = record.publish(lottery, folder, first=ROUND_1000)
    assert record.check(folder) == []
    concluded, index = record.conclude(folder, second=[ROUND_12040883, THROWN])
    assert published != concluded == record.fingerprint(folder)
    assert index == draw.draw(lottery, (ROUND_12040883, THROWN))
    report = verify.examine(folder)
    assert report.findings == []
    assert "the beacon's round 1000 is genuine" in report.facts
    assert "the beacon's round 12040883 is genuine" in report.facts
    assert report.unchecked == [words for words in report.unchecked if "without a chance" in words]
    code, words = stand_alone(folder)
    assert code == 0
    assert "NOT CHECKED: the signature of the beacon's round 1000" in words


def test_another_source_than_the_promised_one_is_refused_and_found(tmp_path: Path) -> None:
    folder = tmp_path / "draw"
    public_draw(folder)
    root = root_of(folder)
    other = Beacon(12040883, ROUND_1000.signature)
    with pytest.raises(RecordError) as caught:
        record.publish(a_lottery("7"), folder, first=Seed("7"))
    assert caught.value.code == "record.promise"
    with pytest.raises(RecordError) as caught:
        record.publish(a_lottery("7"), folder, first=ROUND_1000)
    assert caught.value.code == "record.seed"
    lottery = a_lottery(draw.seed_from(ROUND_1000, root))
    record.publish(lottery, folder, first=ROUND_1000)
    for second, code in (
        ([ROUND_12040883], "record.promise"),
        ([ROUND_1000, THROWN], "record.promise"),
        ([ROUND_12040883, Numbers("x", (1,), WITNESSES)], "record.promise"),
    ):
        with pytest.raises(RecordError) as caught:
            record.conclude(folder, second=second)
        assert caught.value.code == code
    with pytest.raises(BeaconError):
        record.conclude(folder, second=[other, THROWN])
    record.conclude(folder, second=[ROUND_12040883, THROWN])
    alter(
        folder,
        "draw.json",
        lambda c: c["second"][0].update(signature=ROUND_1000.signature.hex()),
        seal=True,
    )
    assert [finding.words for finding in record.check(folder)] == [
        "the signature is not the beacon's of round 12040883"
    ]


def test_witnessed_numbers_alone_serve_where_there_is_no_beacon(tmp_path: Path) -> None:
    folder = tmp_path / "draw"
    first = Numbers("a national lottery of a named day", (3, 17, 22, 40, 41, 49), WITNESSES)
    second = Dice("two ten-sided dice", ((0, 9), (0, 9)), ((9, 3), (4, 2)), WITNESSES)
    record.commit(
        a_pool(),
        TARGETS,
        folder,
        seats=4,
        panels=PANELS,
        first=record.promise(first),
        second=[record.promise(second)],
    )
    lottery = a_lottery(draw.seed_from(first, root_of(folder)))
    record.publish(lottery, folder, first=first)
    record.conclude(folder, second=[second])
    report = verify.examine(folder)
    assert report.findings == []
    assert not any("bare seed" in words for words in report.unchecked)
    for change, words in (
        (lambda c: c["second"][0].update(throws=[[4, 2], [4, 2]]), "not the first fair throw"),
        (lambda c: c["second"][0].update(throws=[[9, 3]]), "not the first fair throw"),
        (lambda c: c["second"][0].update(throws=[[4, 10]]), "what the dice do not have"),
        (lambda c: c["second"][0].update(witnesses=["one"]), "there are not two witnesses"),
        (lambda c: c["second"][0].update(throws=[[4, 3]]), "the index is not"),
    ):
        content = (folder / "draw.json").read_bytes()
        alter(folder, "draw.json", change, seal=True)
        assert any(words in finding.words for finding in record.check(folder)), words
        (folder / "draw.json").write_bytes(content)
        record._seal(folder)


def test_who_withdrew_after_the_commitment_cannot_be_left_out_in_silence(tmp_path: Path) -> None:
    lottery = a_lottery()
    record.commit(
        a_pool(),
        TARGETS,
        tmp_path / "draw",
        seats=4,
        panels=PANELS,
        first=Promise("seed"),
        second=[Promise("seed")],
    )
    smaller = replace(lottery, ids=lottery.ids[:-1])
    with pytest.raises(RecordError) as caught:
        record.publish(smaller, tmp_path / "draw", first=Seed("7"))
    assert caught.value.code == "record.people"
    assert caught.value.parameters == {"missing": ("f-away",), "unknown": ()}
    with pytest.raises(RecordError) as caught:
        record.publish(replace(lottery, seats=3), tmp_path / "draw", first=Seed("7"))
    assert caught.value.code == "record.settings"


def test_acts_go_in_order_and_once(folder: Path) -> None:
    for act in (
        lambda: record.publish(a_lottery(), folder, first=Seed("7")),
        lambda: record.conclude(folder, second=[Seed("7")]),
        lambda: record.publish(a_lottery(), folder / "sealed", first=Seed("7")),
    ):
        with pytest.raises(RecordError) as caught:
            act()
        assert caught.value.code == "record.stage"
    with pytest.raises(RecordError) as caught:
        record.write(a_lottery(), a_pool(), TARGETS, folder)
    assert caught.value.code == "record.folder"


def test_a_draw_of_replacements_is_chained_to_the_first(folder: Path, tmp_path: Path) -> None:
    next_folder = tmp_path / "next"
    before = record.fingerprint(folder)
    record.write(a_lottery("8"), a_pool(), TARGETS, next_folder, previous=before)
    assert record.check(next_folder, previous=folder) == []
    assert any(before in words for words in verify.examine(next_folder).unchecked)
    (folder / "README.txt").write_text("x")
    found = record.check(next_folder, previous=folder)
    assert [finding.where for finding in found] == [f"{folder}/README.txt"]
    record._seal(folder)
    found = record.check(next_folder, previous=folder)
    assert [finding.where for finding in found] == ["commitment.json"]


def test_the_same_seed_draws_the_same_panel_whatever_the_salts(tmp_path: Path) -> None:
    first = record.write(a_lottery(), a_pool(), TARGETS, tmp_path / "a")
    second = record.write(a_lottery(), a_pool(), TARGETS, tmp_path / "b")
    assert first[0] != second[0]
    assert first[1] == second[1] == draw.draw(a_lottery())
