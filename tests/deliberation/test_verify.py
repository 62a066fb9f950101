"""Altered records: any byte, any forgery that mends the hashes, any nonsense; rule by rule."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from deliberation.sortition import draw, record, verify
from deliberation.sortition.draw import Numbers, Promise
from deliberation.sortition.exclusion import Case, Exclusion, Split
from deliberation.sortition.lottery import Lottery
from tests.deliberation.a_draw import (
    EXCLUSION,
    PANELS,
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
        ("draw.json", lambda c: c.update(portfolio="0" * 64), "draw.json"),
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


def mend(folder: Path) -> None:
    """Make all hashes fit again, as one would who forges the record before it is published."""

    def read(name: str) -> Any:
        return json.loads((folder / name).read_bytes())

    def digest(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()

    leaves = [verify.leaf_of(person) for person in read("sealed/people.json")]
    alter(folder, "leaves.json", lambda _: leaves, seal=False)
    root, targets = verify.merkle_root(leaves), digest("targets.json")
    alter(folder, "commitment.json", lambda c: c.update(root=root, targets=targets), seal=False)
    commitment, portfolio = digest("commitment.json"), digest("portfolio.json")
    alter(
        folder,
        "draw.json",
        lambda c: c.update(commitment=commitment, portfolio=portfolio),
        seal=False,
    )
    exclusion = digest("sealed/exclusion.json")
    alter(folder, "certificate.json", lambda c: c.update(exclusion=exclusion), seal=True)


NUMBERS = {"kind": "numbers", "name": "x", "witnesses": ["a", "b"]}


ROUND = {"kind": "beacon", "round": 1000}


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("sealed/people.json", lambda c: c[1].update(id=c[0]["id"]), "names somebody twice"),
        ("sealed/people.json", lambda c: c[1].update(entry=5), "entry 2 is not in its place"),
        ("sealed/people.json", lambda c: c[1]["traits"].pop("place"), "each category once"),
        ("sealed/people.json", lambda c: c[1]["traits"].update(sex="x"), "without a target"),
        ("targets.json", lambda c: c.append(c[0]), "names a value twice"),
        ("targets.json", lambda c: c[0].update(minimum=3), "a minimum above its maximum"),
        ("commitment.json", lambda c: c.update(seats=0), "more seats than people, or none"),
        ("commitment.json", lambda c: c.update(panels=0), "promises no panel"),
        ("commitment.json", lambda c: c.update(second=c["second"] * 2), "cannot be combined"),
        (
            "commitment.json",
            lambda c: c.update(first=ROUND, second=[ROUND]),
            "the second round does not follow the first",
        ),
        (
            "commitment.json",
            lambda c: c.update(first=ROUND, closed="2023-08-23T15:59:24Z"),
            "the first round came before the pool was closed",
        ),
        ("seed.json", lambda c: c.update(first=NUMBERS | {"numbers": []}), "not the one that was"),
        ("portfolio.json", lambda c: c["panels"].__setitem__(0, [1, 2, 3, 99]), "nobody has"),
        ("portfolio.json", lambda c: c["panels"].__setitem__(0, [1, 2, 3]), "has not 4 members"),
        ("portfolio.json", lambda c: c["panels"].__setitem__(0, [1, 2, 3, 3]), "different tickets"),
        ("counts.json", lambda c: c["target"].append("0.0"), "has not a target for each ticket"),
        ("counts.json", lambda c: c["target"].__setitem__(0, "1.1"), "aims at what is no chance"),
        ("counts.json", lambda c: c["no_chance"].append(c["no_chance"][0]), "twice, or out of"),
        (
            "certificate.json",
            lambda c: c.update(bound="1/10", gap="-0.23333333333333"),
            "the portfolio does better than the bound allows",
        ),
        ("certificate.json", lambda c: c["certificate"]["weights"].pop(), "a weight and a price"),
        ("certificate.json", lambda c: c["certificate"]["ceiling"].pop(), "a weight and a price"),
        (
            "certificate.json",
            lambda c: c["certificate"].update(denominator=7),
            "the weights do not sum to one",
        ),
        (
            "certificate.json",
            lambda c: c["certificate"]["at_most"].pop(),
            "two prices for each target",
        ),
        (
            "certificate.json",
            lambda c: c["certificate"].update(household=[[1]]),
            "a household has not one price",
        ),
        (
            "certificate.json",
            lambda c: c["certificate"].update(excluded=[1, 2]),
            "excludes others than those without a chance",
        ),
        (
            "certificate.json",
            lambda c: c["certificate"].update(household=[c["certificate"]["household"][0]] * 2),
            "prices a household twice",
        ),
        (
            "certificate.json",
            lambda c: c["certificate"].update(household=[[12, 0]]),
            "prices a household nobody is of",
        ),
        (
            "certificate.json",
            lambda c: c["certificate"]["ceiling"].__setitem__(0, 1),
            "prices a ceiling that there is not",
        ),
        ("draw.json", lambda c: c.update(second=[]), "has not the sources promised"),
        ("sealed/exclusion.json", lambda c: c[0].update(low=0), "is not a tree"),
        ("sealed/exclusion.json", lambda c: c[0].update(low=c[0]["high"]), "is not a tree"),
        ("sealed/exclusion.json", lambda c: c[0].update(low=9), "is not a tree"),
        ("sealed/exclusion.json", lambda c: c.append(c[1]), "is not a tree"),
        ("sealed/exclusion.json", lambda c: c[0].update(people=[99]), "names nobody"),
        ("sealed/exclusion.json", lambda c: c[1].update(denominator=0), "lacks a price"),
    ],
)
def test_each_rule_is_in_force_even_if_all_hashes_fit(
    folder: Path, name: str, change: Callable[[Any], object], words: str
) -> None:
    mend(folder)
    assert record.check(folder) == []
    alter(folder, name, lambda content: (change(content), None)[1], seal=False)
    mend(folder)
    found = record.check(folder)
    assert any(words in finding.words and finding.where for finding in found), found
    assert all("SHA-256" not in finding.words for finding in found)


def test_weight_on_a_ticket_without_a_chance_is_found(folder: Path) -> None:
    """The weight of those who cannot sit would dilute that of those who can."""

    def change(content: dict[str, Any]) -> None:
        proof = content["certificate"]
        proof["weights"][proof["excluded"][0] - 1] = 1
        proof["denominator"] += 1

    alter(folder, "certificate.json", change, seal=True)
    words = [finding.words for finding in record.check(folder)]
    assert "gives weight to a ticket without a chance" in words


def test_a_seed_that_is_not_its_sources_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "draw"
    first = Numbers("a lottery", (3, 17, 22), WITNESSES)
    record.commit(
        a_pool(),
        TARGETS,
        folder,
        seats=4,
        panels=PANELS,
        first=record.promise(first),
        second=[Promise("seed")],
    )
    record.publish(a_lottery(draw.seed_from(first, root_of(folder))), folder, first=first)
    for numbers, words in (([3, 17, 23], "the seed is not its source's"), ([], "no number")):
        alter(folder, "seed.json", lambda c, n=numbers: c["first"].update(numbers=n), seal=True)
        assert any(words in finding.words for finding in record.check(folder))


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
