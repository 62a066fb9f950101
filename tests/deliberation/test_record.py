"""The record of a draw: written, checked by a file that stands alone, any altered byte found."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from deliberation.sortition import draw, record, verify
from deliberation.sortition.beacon import Beacon, BeaconError
from deliberation.sortition.certificate import Certificate
from deliberation.sortition.draw import Dice, Numbers, Promise, Seed
from deliberation.sortition.exclusion import Case, Exclusion, Split
from deliberation.sortition.lottery import Lottery
from deliberation.sortition.pool import Person, Pool
from deliberation.sortition.record import RecordError
from deliberation.sortition.targets import Target, Targets

WITNESSES = ("the town clerk", "a member of the public")
ROUND_1000 = Beacon(
    1000,
    bytes.fromhex(
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125"
        "e342b73a8dd2bacbe47e4b6b63ed5e39"
    ),
)
ROUND_12040883 = Beacon(
    12040883,
    bytes.fromhex(
        "929906c959032ab363c9f26570d215d66f5c06cb0c44fe508c12bb5839f04ec8"
        "95bb6868e5b9ff13ab289bdb5266b394"
    ),
)
TARGETS = Targets(
    (
        Target("sex", "f", 2, 2),
        Target("sex", "m", 2, 2),
        Target("place", "here", 4, 4),
        Target("place", "gone", 0, 0),
    )
)
PANELS = 60


# Nobody of a place that has no seat: the place's maximum costs as much as one person weighs. The
# split on the women is not needed, but it is a proof by cases all the same.
CASE = {"denominator": 1, "seat": 0, "at_least": (0,) * 4, "household": ()}
EXCLUSION = Split(
    (0, 1, 2, 3),
    1,
    Case(at_most=(0, 0, 0, 1), splits=(0,), **CASE),
    Case(at_most=(0, 0, 0, 1), splits=(0,), **CASE),
)


def a_pool() -> Pool:
    """Four women and six men for two seats each; a woman whom no panel can hold; one household."""
    people = [Person(f"f{at}", (0, 2)) for at in range(4)]
    people += [Person(f"m{at}", (1, 2), "Mill Lane 3" if at < 2 else None) for at in range(6)]
    return Pool((*people, Person("f-away", (0, 3))))


def a_lottery(seed: str = "7") -> Lottery:
    """Everybody of a kind in turn: each man's chance is 1/3, which is also the bound."""
    panels = []
    for turn in range(PANELS):
        women = {(2 * turn) % 4, (2 * turn + 1) % 4}
        first = turn % 3  # m0 with m2, m1 with m3, m4 with m5: never two of the household
        men = {(4, 6), (5, 7), (8, 9)}
        panels.append(tuple(sorted(women | set(sorted(men)[first]))))
    return Lottery(
        ids=a_pool().ids,
        seats=4,
        panels=tuple(panels),
        target=(0.5,) * 4 + (1 / 3,) * 6 + (0.0,),
        zero_chance=(10,),
        type_of=(0,) * 4 + (1, 1, 2, 2, 2, 2) + (3,),
        bound=Fraction(1, 3),
        # The men's two seats are shared by six: each man weighs 1 and the seat costs 1.
        certificate=Certificate(
            denominator=6,
            weights=(0,) * 4 + (1,) * 6 + (0,),
            seat=0,
            at_most=(0, 1, 0, 0),
            at_least=(0, 0, 0, 0),
            household=(("Mill Lane 3", 0),),
            ceiling=(0,) * 11,
            bound=Fraction(1, 3),
            excluded=(10,),
            exclusion=Exclusion(EXCLUSION),
        ),
        exact=True,
        gap=0.0,
        seed=seed,
    )


SALTS = [bytes([at]) * 16 for at in range(11)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record.write(a_lottery(), a_pool(), TARGETS, tmp_path / "draw", salts=SALTS)
    return tmp_path / "draw"


def stand_alone(folder: Path, *arguments: str, script: Path | None = None) -> tuple[int, str]:
    """verify.py alone: isolated and without any installed package."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script or verify.__file__), str(folder), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def alter(folder: Path, name: str, change: Callable[[Any], object], *, seal: bool) -> None:
    """Change a JSON file in good form; with ``seal`` its hashes too, as a careful forger would."""
    path = folder / name
    content = json.loads(path.read_bytes())
    changed = change(content)
    path.write_bytes(draw.canonical(content if changed is None else changed) + b"\n")
    if seal:
        record._seal(folder)


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


def files(folder: Path) -> list[str]:
    names = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return sorted(names)


def test_any_altered_byte_is_found_and_its_file_named(folder: Path) -> None:
    """Positions by chance in every file, the first and the last byte too; all of small files."""
    random = Random("bytes")
    assert len(files(folder)) == 15
    for name in files(folder):
        path = folder / name
        content = path.read_bytes()
        places = {0, len(content) - 1, *random.sample(range(len(content)), 25)}
        for place in sorted(places):
            altered = bytearray(content)
            altered[place] ^= 1 << random.randrange(8)
            path.write_bytes(altered)
            found = record.check(folder)
            assert any(name in str(finding) for finding in found), (name, place)
            if name != "manifest.json":  # a wrong hash is seen beside the file it should be of
                assert name in {finding.where for finding in found}, (name, place)
        for other in (content[:-1], content + b"\n", content + b" ", b"", b" " + content):
            path.write_bytes(other)
            assert name in {finding.where for finding in record.check(folder)}
        path.unlink()
        assert name in {finding.where for finding in record.check(folder)}
        path.write_bytes(content)
    assert record.check(folder) == []


@pytest.mark.parametrize(
    "name", ["portfolio.json", "draw.json", "sealed/people.json", "README.txt"]
)
def test_the_stand_alone_check_fails_on_an_altered_byte_and_says_where(
    folder: Path, name: str
) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    code, words = stand_alone(folder)
    assert code == 1
    assert f"WRONG: {name}: " in words
    assert "ok:" not in words


def test_files_that_do_not_belong_are_named(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    (folder / "sealed/more.csv").write_text("x")
    (folder / "link").symlink_to(folder / "draw.json")
    found = {finding.where for finding in record.check(folder)}
    assert found == {"notes.txt", "sealed/more.csv", "link"}


def swap(items: list[Any], a: int, b: int) -> None:
    items[a], items[b] = items[b], items[a]


@pytest.mark.parametrize(
    ("name", "change", "where"),
    [
        ("commitment.json", lambda c: c.update(seats=3), "portfolio.json"),
        ("commitment.json", lambda c: c.update(panels=59), "portfolio.json"),
        ("commitment.json", lambda c: c.update(people=12), "commitment.json"),
        ("commitment.json", lambda c: c.update(root="0" * 64), "commitment.json"),
        ("commitment.json", lambda c: c.update(first={"kind": "beacon", "round": 5}), "seed.json"),
        ("commitment.json", lambda c: c.update(second=[]), "commitment.json"),
        ("commitment.json", lambda c: c.update(seats="4"), "commitment.json"),
        ("leaves.json", lambda c: swap(c, 0, 1), "commitment.json"),
        ("targets.json", lambda c: c[0].update(maximum=3), "commitment.json"),
        ("targets.json", lambda c: c[0].update(minimum=3), "targets.json"),
        ("seed.json", lambda c: c.update(seed="8"), "seed.json"),
        ("seed.json", lambda c: c["first"].update(seed="8"), "seed.json"),
        ("tickets.json", lambda c: swap(c, 0, 1), "tickets.json"),
        ("portfolio.json", lambda c: swap(c["panels"], 0, 1), "draw.json"),
        ("portfolio.json", lambda c: c["panels"].pop(), "portfolio.json"),
        ("portfolio.json", lambda c: c["panels"][0].reverse(), "portfolio.json"),
        ("portfolio.json", lambda c: c["panels"].append([1, 2, 3, 99]), "portfolio.json"),
        ("counts.json", lambda c: swap(c["counts"], *extremes(c["counts"])), "counts.json"),
        ("counts.json", lambda c: c.update(no_chance=[]), "certificate.json"),
        ("counts.json", lambda c: swap(c["target"], 0, 1) or c["target"].pop(), "counts.json"),
        ("counts.json", lambda c: c["target"].__setitem__(0, "0.9"), "counts.json"),
        ("counts.json", lambda c: c["target"].__setitem__(0, "-0.1"), "counts.json"),
        ("counts.json", lambda c: c.update(no_chance=[1, 2]), "counts.json"),
        ("certificate.json", lambda c: c.update(bound="1/2"), "certificate.json"),
        ("certificate.json", lambda c: c.update(lowest="1/2"), "certificate.json"),
        ("certificate.json", lambda c: c.update(gap="0.1"), "certificate.json"),
        ("certificate.json", lambda c: c["certificate"].update(seat=1), "certificate.json"),
        (
            "certificate.json",
            lambda c: swap(c["certificate"]["weights"], *extremes(c["certificate"]["weights"])),
            "sealed/people.json",
        ),
        ("certificate.json", lambda c: c["certificate"]["weights"].pop(), "certificate.json"),
        (
            "certificate.json",
            lambda c: c["certificate"].update(ceiling=[1] * 11),
            "certificate.json",
        ),
        ("certificate.json", lambda c: c["certificate"].update(excluded=[]), "certificate.json"),
        ("certificate.json", lambda c: c.update(exclusion=None), "sealed/exclusion.json"),
        ("sealed/exclusion.json", lambda c: c[1].update(at_most=[0] * 4), "sealed/exclusion.json"),
        ("draw.json", lambda c: c.update(index=(c["index"] + 1) % PANELS), "draw.json"),
        ("draw.json", lambda c: c.update(panel=c["panel"] + 1), "draw.json"),
        ("draw.json", lambda c: c.update(tickets=[1, 2, 3, 4]), "draw.json"),
        ("draw.json", lambda c: c["second"][0].update(seed="8"), "draw.json"),
        ("draw.json", lambda c: c.update(commitment="0" * 64), "draw.json"),
        ("sealed/people.json", lambda c: c[0].update(id="somebody else"), "sealed/people.json"),
        ("sealed/people.json", lambda c: c[0].update(salt="01" * 16), "sealed/people.json"),
        ("sealed/people.json", lambda c: swap(c, 0, 1), "sealed/people.json"),
        ("sealed/people.json", lambda c: c.pop(), "sealed/people.json"),
    ],
)
def test_a_careful_forger_who_mends_the_hashes_is_found_too(
    folder: Path, name: str, change: Callable[[Any], object], where: str
) -> None:
    alter(folder, name, change, seal=True)
    found = record.check(folder)
    assert where in {finding.where for finding in found}, found
    assert all("SHA-256" not in finding.words for finding in found)


JUNK = (0, -1, 10**30, 1.5, None, True, "", "x", "1/0", "1e999", [], [[]], {}, [[1, 2]])


def nodes(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places in a JSON value, as paths; long lists by their first members."""
    found = [path] if path else []
    keys = list(value) if isinstance(value, dict) else []
    keys = list(range(min(len(value), 4))) if isinstance(value, list) else keys
    for key in keys:
        found += nodes(value[key], (*path, key))
    return found


def test_no_nonsense_makes_the_check_fall_over_or_pass(folder: Path) -> None:
    random = Random("nonsense")
    for name in (name for name in files(folder) if name.endswith(".json")):
        content = (folder / name).read_bytes()
        for path in random.sample(places := nodes(json.loads(content)), min(len(places), 30)):
            value = json.loads(content)
            inner = value
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = random.choice([one for one in JUNK if one != inner[path[-1]]])
            (folder / name).write_bytes(draw.canonical(value) + b"\n")
            if name != "manifest.json":
                record._seal(folder)
            found = record.check(folder)
            free = (name, path[-1]) in {
                ("commitment.json", "method"),
                ("certificate.json", "notes"),
            }
            assert found or free, (name, path, inner[path[-1]])
        (folder / name).write_bytes(content)
        record._seal(folder)


def extremes(numbers: list[int]) -> tuple[int, int]:
    return numbers.index(max(numbers)), numbers.index(min(numbers))


def test_panels_that_miss_a_target_or_hold_a_household_twice_are_found(tmp_path: Path) -> None:
    for name, panel, words in (
        ("target", (0, 1, 2, 4), "misses the target sex f"),
        ("household", (0, 1, 4, 5), "holds two of one household"),
    ):
        lottery = a_lottery()
        lottery = replace(lottery, panels=(panel, *lottery.panels[1:]))
        # The counts, the lowest chance and the index are honest: only the people show it.
        lowest = min(Fraction(n, PANELS) for n in lottery.counts[:10])
        lottery = replace(lottery, gap=float(Fraction(1, 3) - lowest))
        record.write(lottery, a_pool(), TARGETS, tmp_path / name)
        found = record.check(tmp_path / name)
        assert [finding.where for finding in found] == ["sealed/people.json"]
        assert words in found[0].words
        shutil.rmtree(tmp_path / name / "sealed")
        assert record.check(tmp_path / name) == []


def with_exclusion(split: Split | Case) -> Lottery:
    proof = a_lottery().certificate
    assert proof is not None
    return replace(a_lottery(), certificate=replace(proof, exclusion=Exclusion(split)))


def test_a_proof_of_no_chance_that_proves_nothing_is_found(tmp_path: Path) -> None:
    """Each case must hold; that it is named with its right hash does not help."""
    for number, case in enumerate(
        (
            replace(EXCLUSION.low, at_most=(0, 0, 0, 0)),  # no price: the person may sit
            replace(EXCLUSION.low, at_least=(0, 1, 0, 0)),  # two seats less, but 2 of 6 men pay
            replace(EXCLUSION.low, splits=()),  # no price for the split on the way
            replace(EXCLUSION.low, splits=(1,), at_most=(0, 0, 0, 0)),  # at most one woman of four
        )
    ):
        for split in (replace(EXCLUSION, low=case), replace(EXCLUSION, high=case)):
            folder = tmp_path / f"{number} {split.low is case}"
            record.write(with_exclusion(split), a_pool(), TARGETS, folder)
            found = record.check(folder)
            assert [finding.where for finding in found] == ["sealed/exclusion.json"]
            assert re.search("does not prove that nobody|lacks a price", found[0].words)
            assert not split_holds(split)


def split_holds(split: Split) -> bool:
    pool = a_pool()
    households = [person.household for person in pool.people]
    return Exclusion(split).holds((10,), pool.traits, households, TARGETS, 4)


def test_without_a_proof_the_bound_is_said_to_rest_on_a_claim(tmp_path: Path) -> None:
    proof = a_lottery().certificate
    assert proof is not None and split_holds(EXCLUSION)
    lottery = replace(a_lottery(), certificate=replace(proof, exclusion=None))
    record.write(lottery, a_pool(), TARGETS, tmp_path / "draw")
    report = verify.examine(tmp_path / "draw")
    assert report.findings == []
    assert any("the bound rests on it" in words for words in report.unchecked)
    assert not any("the certificate holds" in fact for fact in report.facts)


def test_a_ceiling_is_part_of_the_commitment_and_of_the_proof(tmp_path: Path) -> None:
    half = replace(a_lottery(), ceiling=Fraction(1, 2))
    record.write(half, a_pool(), TARGETS, tmp_path / "kept")
    assert record.check(tmp_path / "kept") == []
    third = replace(a_lottery(), ceiling=Fraction(1, 3))
    record.write(third, a_pool(), TARGETS, tmp_path / "passed")
    found = record.check(tmp_path / "passed")
    assert [finding.words for finding in found] == ["does not say that the ceiling is passed"]
    said = replace(third, notes=("ceiling.passed",))
    record.write(said, a_pool(), TARGETS, tmp_path / "said")
    assert record.check(tmp_path / "said") == []


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


def root_of(folder: Path) -> bytes:
    return bytes.fromhex(json.loads((folder / "commitment.json").read_bytes())["root"])


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


def test_both_programs_build_the_same_tree() -> None:
    for number in range(1, 40):
        leaves = [hashlib.sha256(bytes([at])).digest() for at in range(number)]
        root = record.merkle_root(leaves)
        assert verify.merkle_root([leaf.hex() for leaf in leaves]) == root.hex()
    # RFC 9162's tree of three: the two first together, then the third.
    pair = hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest()
    assert record.merkle_root(leaves[:3]) == hashlib.sha256(b"\x01" + pair + leaves[2]).digest()


def test_the_check_shares_no_code_with_what_it_checks() -> None:
    text = Path(verify.__file__).read_text(encoding="utf-8")
    assert "deliberation" not in text and "sortition." not in text
